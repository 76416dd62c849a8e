"""The reading receipt: proof that exactly this digest was served to exactly this person."""

from datetime import datetime, timedelta

from django.core import signing

from editorial import clock
from editorial.errors import Conflict
from editorial.models import User
from reviews.models import ReviewAssignment

LASTS = timedelta(days=14)
SALT = "reviews.receipt"


def issue(assignment: ReviewAssignment, *, to: User) -> str:
    """A signed token for the decision form of the page that shows the revision."""
    said = [assignment.pk, to.pk, assignment.revision.digest, clock.now().isoformat()]
    return signing.dumps(said, salt=SALT)


def opened_at(receipt: str, *, assignment: ReviewAssignment, by: User, digest: str) -> datetime:
    """When this person was shown this digest.

    Raises:
        Conflict: no receipt, a forged or an old one, or one for another text, person or assignment.
    """
    try:
        said = signing.loads(receipt or "", salt=SALT)
    except signing.BadSignature:
        said = [None, None, None, None]
    if said[:3] != [assignment.pk, by.pk, digest]:
        raise Conflict("This form was not served with the text it decides on. Open the review again and read it there.")
    opened = datetime.fromisoformat(said[3])
    if clock.now() - opened > LASTS:
        raise Conflict(f"You opened this text more than {LASTS.days} days ago. Open it again, then decide.")
    return opened
