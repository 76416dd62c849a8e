"""Who approves shows anew who they are, for exactly one digest; the proof of it is short-lived."""

from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from django.core import signing
from django.core.cache import cache

from editorial import clock, second_factor
from editorial.audit import record
from editorial.errors import WorkflowError
from editorial.models import User

SALT = "reviews.confirmation"
PASSWORD, CODE = "password", "code"
IS_RIGHT = {PASSWORD: lambda user, typed: user.check_password(typed), CODE: second_factor.verify_code}
SAID_OF = {PASSWORD: "your password", CODE: "a code that your app shows now"}
MOST_WRONG = 5
WITHIN = timedelta(minutes=15)


def methods_for(user: User) -> tuple[str, ...]:
    """How this person can show who they are: by the password, by a code of their authenticator app."""
    has_codes = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()
    return (PASSWORD,) * user.has_usable_password() + (CODE,) * has_codes


def confirm(user: User, *, digest: str, secret: str) -> str:
    """A proof that `user` was here and meant `digest`, to be handed to the approval; `secret` is what they typed.

    Raises:
        WorkflowError: neither password nor code, too many tries, no way to confirm, or no cache to count the tries in.
    """
    methods = methods_for(user)
    if not methods:
        raise WorkflowError(
            "Your account has neither a password nor an app with codes to confirm with."
            " Set one up on your account page."
        )
    _count_try(user)
    method = next((method for method in methods if IS_RIGHT[method](user, secret)), None)
    if method is None:
        record("confirmation.failed", by=user, about=f"user:{user.pk}", digest=digest[:64])
        wanted = " or ".join(SAID_OF[method] for method in methods)
        raise WorkflowError(f"That is not {wanted}, so nothing was recorded. Type it again.")
    cache.delete(_key(user))
    return proof_of(user, digest=digest, method=method)


def proof_of(user: User, *, digest: str, method: str) -> str:
    """The signed statement that `user` has just confirmed `digest` by `method`; hand it out after a check only."""
    return signing.dumps([user.pk, digest, clock.now().isoformat(), method], salt=SALT)


def method_of(proof: str, *, by: User, digest: str, within: timedelta) -> str:
    """How `by` confirmed `digest`.

    Raises:
        WorkflowError: no proof, a forged or an old one, or one of another person or for another text.
    """
    try:
        person, meant, at, method = signing.loads(proof or "", salt=SALT)
    except (signing.BadSignature, ValueError):
        person = meant = None
    if (person, meant) != (by.pk, digest):
        raise WorkflowError(
            "Confirm that it is you: an approval needs your password or a code of your app, given for this text."
        )
    if clock.now() - datetime.fromisoformat(at) > within:
        minutes = int(within.total_seconds() // 60)
        raise WorkflowError(f"You confirmed who you are more than {minutes} minutes ago. Do it again.")
    return method


def _count_try(user: User) -> None:
    """Counted before anything typed is looked at, so that many tries at once are as many tries."""
    try:
        cache.add(_key(user), 0, timeout=WITHIN.total_seconds())
        tries = cache.incr(_key(user))
    except Exception as trouble:
        # Whatever the cache runs into: without a count nobody may guess, and everything but approving goes on.
        raise WorkflowError(
            "Your identity cannot be confirmed at the moment, so nothing was recorded. What you judged is kept;"
            " try to approve again in a few minutes."
        ) from trouble
    if tries > MOST_WRONG:
        minutes = int(WITHIN.total_seconds() // 60)
        raise WorkflowError(f"Too many wrong tries. What you judged is kept; try again in {minutes} minutes.")


def _key(user: User) -> str:
    return f"confirmation-tries:{user.pk}"
