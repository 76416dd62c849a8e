"""Who approves shows anew who they are, for exactly one digest; the proof of it is short-lived."""

from datetime import datetime, timedelta

from django.core import signing
from django.core.cache import cache

from editorial import clock
from editorial.audit import record
from editorial.errors import WorkflowError
from editorial.models import User

SALT = "reviews.confirmation"
PASSWORD = "password"  # noqa: S105 (the name of a method)
MOST_WRONG = 5
WITHIN = timedelta(minutes=15)


def methods_for(user: User) -> tuple[str, ...]:
    """How this person can show who they are, the strongest first."""
    return (PASSWORD,) if user.has_usable_password() else ()


def confirm(user: User, *, digest: str, password: str) -> str:
    """A proof that `user` was here and meant `digest`, to be handed to the approval.

    Raises:
        WorkflowError: a wrong password, too many of them, no way to confirm, or no cache to count the tries in.
    """
    if PASSWORD not in methods_for(user):
        raise WorkflowError("Your account has no password to confirm with. Ask an administrator to let you set one.")
    _count_try(user)
    if not user.check_password(password):
        record("confirmation.failed", by=user, about=f"user:{user.pk}", digest=digest[:64])
        raise WorkflowError("That is not your password, so nothing was recorded. Type it again.")
    cache.delete(_key(user))
    return proof_of(user, digest=digest, method=PASSWORD)


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
        raise WorkflowError("Confirm that it is you: an approval needs your password, given for this text.")
    if clock.now() - datetime.fromisoformat(at) > within:
        minutes = int(within.total_seconds() // 60)
        raise WorkflowError(f"You confirmed who you are more than {minutes} minutes ago. Type your password again.")
    return method


def _count_try(user: User) -> None:
    """Counted before the password is looked at, so that many tries at once are as many tries."""
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
        raise WorkflowError(f"Too many wrong passwords. What you judged is kept; try again in {minutes} minutes.")


def _key(user: User) -> str:
    return f"confirmation-tries:{user.pk}"
