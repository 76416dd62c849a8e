"""What has to hold for anything that is said on the review desk: it is one's own, open, and about this very text."""

from django.core.exceptions import PermissionDenied

from articles.models import Article
from articles.states import State
from editorial.errors import Conflict
from editorial.models import User
from reviews import assignments, matching
from reviews.models import ReviewAssignment


def lock(assignment: ReviewAssignment, *, by: User, digest: str) -> tuple[Article, ReviewAssignment]:
    """Article and assignment, locked and re-read, if `by` may say something about `digest` now.

    Raises:
        PermissionDenied: `by` does not hold this assignment, or had a hand in the text.
        WorkflowError: it was not accepted, or the declaration of interests or the credential has run out.
        Conflict: it has ended, or the text has moved on since it was served.
    """
    article, assignment = assignments.lock(assignment)
    assignments.check_held(assignment, by=by)
    assignments.check_ready(assignment)
    if by.pk in matching.authors_of(article):
        raise PermissionDenied("You had a hand in this text, so you cannot review it.")
    if assignment.recheck:
        assignments.check_read_again(article, assignment.recheck)
    elif article.state != State.UNDER_REVIEW or article.latest_revision_id != assignment.revision_id:
        raise Conflict("This revision is no longer under review, so nothing was recorded.")
    if digest != assignment.revision.digest:
        raise Conflict("The text you were shown is not the one under review. Open the review again and read it there.")
    return article, assignment
