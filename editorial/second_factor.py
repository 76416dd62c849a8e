"""The second factor: who needs one, whether a code is right, and the way back when all of it is lost."""

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db import transaction

from editorial import account_mail, sessions, tries
from editorial.audit import record
from editorial.errors import WorkflowError
from editorial.models import User

# Recovery codes alone are no factor: they are there for the day the factor is lost.
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
MOST_TRIES, WITHIN = 5, 300
# Longer than any code counts: the period before, its own, and the one after.
USED_FOR = 120


def is_required_of(user: User) -> bool:
    """Board members, editors and everybody else on the staff, where the site asks for it."""
    if not settings.REQUIRE_SECOND_FACTOR or user.is_machine:
        return False
    return user.is_staff or user.is_superuser or user.is_editor or hasattr(user, "board_member")


def has_second_factor(user: User) -> bool:
    return Authenticator.objects.filter(user=user, type__in=FACTORS).exists()


def verify_code(user: User, code: str) -> bool:
    """Whether this is the code that the person's app shows now, or one of their unused recovery codes (used up by it).

    Raises:
        TooMany: five wrong codes within five minutes.
        WorkflowError: tries cannot be counted just now.
    """
    tries.count("second-factor", user.pk, most=MOST_TRIES, seconds=WITHIN)
    typed = Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.WEBAUTHN)
    is_right = any(each.wrap().validate_code(code) for each in typed) and is_first_use(user, code)
    if is_right:
        tries.forget("second-factor", user.pk)
    return is_right


def is_first_use(user: User, code: str) -> bool:
    """A code that somebody looked at over a shoulder opens nothing a second time, in whatever form it is typed."""
    plain = "".join(filter(str.isalnum, code))
    return cache.add(f"second-factor-used:{user.pk}:{plain}", True, USED_FOR)


@transaction.atomic
def reset(person: User, *, by: User | None, reason: str) -> None:
    """Take every factor of a person away, end their sessions and tell them; at the next sign-in they set up anew.

    `by=None` is whoever has the machine in hand.

    Raises:
        PermissionDenied: `by` is not an administrator, or means themselves.
        WorkflowError: no reason is given, or there is nothing to reset.
    """
    if by is not None and (not (by.is_active and by.is_superuser) or by.pk == person.pk):
        raise PermissionDenied("An administrator resets the second factor of somebody else, never their own.")
    if not reason.strip():
        raise WorkflowError("Say how you know that it is really this person who asks: it goes on record.")
    person = User.objects.select_for_update().get(pk=person.pk)
    taken, _ = Authenticator.objects.filter(user=person).delete()
    if not taken:
        raise WorkflowError(f"{person.label} has no second factor, so there is nothing to reset.")
    sessions.end_all(person)
    record("account.second_factor_reset", by=by, about=f"user:{person.pk}", reason=reason)
    account_mail.tell_change(person, "second_factor_reset")
