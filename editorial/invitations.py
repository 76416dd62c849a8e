"""Inviting somebody to open an account, and what becomes of the invitation."""

import re
from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction

from editorial import account_mail, clock, invitation_links
from editorial.audit import record
from editorial.errors import Conflict, WorkflowError
from editorial.models import AccountMail, AccountRequest, Invitation, User

VALID = timedelta(days=14)
NO_LONGER_OPEN = "This invitation was used, taken back or replaced meanwhile. Reload the page to see how it stands."
NOT_VALID = "This invitation is not valid any more. Ask whoever invited you to send it again."


def may_invite(user: User) -> bool:
    return user.is_active and not user.is_machine and (user.is_editor or user.is_superuser)


@transaction.atomic
def invite(*, email: str, role: str, by: User, answers: AccountRequest | None = None) -> Invitation:
    """Ask an address to open an account; the letter goes out at once.

    Raises:
        PermissionDenied: `by` is neither an editor nor an administrator.
        WorkflowError: accounts are closed, or the address has an account or an open invitation.
    """
    _refuse_unless_open(by)
    email = email.strip().lower()
    if has_account(email):
        raise WorkflowError(f"{email} belongs to an account already. Its owner can sign in, or choose a new password.")
    # Whoever writes to the chain queues for it, so two editors who invite the same address come one after the other.
    waiting = Invitation.objects.select_for_update().filter(email=email, accepted_at=None, revoked_at=None).first()
    if waiting:
        raise Conflict(
            f"{email} was invited on {waiting.sent_at:%d %B %Y}. Send that invitation again, or take it back."
        )
    now = clock.now()
    invitation = Invitation.objects.create(email=email, role=role, invited_by=by, sent_at=now, expires_at=now + VALID)
    asked: dict[str, Any] = {"answers": answers.pk} if answers else {}
    record("invitation.sent", by=by, about=f"invitation:{invitation.pk}", role=role, **asked)
    account_mail.post(AccountMail.Kind.INVITATION, to=email, about=invitation)
    return invitation


@transaction.atomic
def send_again(invitation: Invitation, *, by: User) -> Invitation:
    """A new letter with a new link and a new term; every earlier link is worthless from now on."""
    _refuse_unless_open(by)
    invitation = _still_waiting(invitation)
    invitation.serial += 1
    invitation.sent_at = clock.now()
    invitation.expires_at = invitation.sent_at + VALID
    invitation.save()
    record("invitation.sent_again", by=by, about=f"invitation:{invitation.pk}")
    account_mail.post(AccountMail.Kind.INVITATION, to=invitation.email, about=invitation)
    return invitation


@transaction.atomic
def take_back(invitation: Invitation, *, by: User) -> None:
    if not may_invite(by):
        raise PermissionDenied
    invitation = _still_waiting(invitation)
    invitation.revoked_at = clock.now()
    invitation.save()
    record("invitation.taken_back", by=by, about=f"invitation:{invitation.pk}")


@transaction.atomic
def accept(token: str, *, printed_name: str, password: str) -> User:
    """Open the account. That the link was followed proves the address, so it counts as verified.

    Raises:
        WorkflowError: the invitation is used, taken back, too old, or the address meanwhile has an account.
    """
    found = invitation_links.find(token, at=clock.now())
    if found is None or settings.SIGN_UP == "closed":
        raise WorkflowError(NOT_VALID)
    invitation = Invitation.objects.select_for_update().get(pk=found.pk)
    if not invitation_links.is_open(invitation, at=clock.now()) or invitation.serial != found.serial:
        raise WorkflowError(NOT_VALID)
    if has_account(invitation.email):
        raise WorkflowError("This address belongs to an account already. Sign in, or choose a new password.")
    user = _open_account(invitation, printed_name=printed_name, password=password)
    invitation.accepted_at, invitation.accepted_as = clock.now(), user
    invitation.save()
    record("invitation.accepted", by=user, about=f"invitation:{invitation.pk}", account=user.pk, role=invitation.role)
    return user


def has_account(email: str) -> bool:
    known = EmailAddress.objects.filter(email__iexact=email, verified=True)
    return known.exists() or User.objects.filter(email__iexact=email).exists()


def _refuse_unless_open(by: User) -> None:
    if not may_invite(by):
        raise PermissionDenied
    if settings.SIGN_UP == "closed":
        raise WorkflowError("This site takes no new accounts by invitation. An administrator can add one by hand.")


def _still_waiting(invitation: Invitation) -> Invitation:
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if invitation.accepted_at or invitation.revoked_at:
        raise Conflict(NO_LONGER_OPEN)
    return invitation


def _open_account(invitation: Invitation, *, printed_name: str, password: str) -> User:
    user = User(
        username=_free_username(invitation),
        email=invitation.email,
        printed_name=printed_name,
        is_staff=invitation.role == Invitation.Role.BOARD_MEMBER,
    )
    user.set_password(password)
    user.save()
    EmailAddress.objects.create(user=user, email=invitation.email, verified=True, primary=True)
    return user


def _free_username(invitation: Invitation) -> str:
    """What stands before the @; with the invitation's number where somebody is called so already."""
    name = re.sub(r"[^\w.+-]", "", invitation.email.split("@")[0])[:100] or "person"
    return f"{name}-{invitation.pk}" if User.objects.filter(username__iexact=name).exists() else name
