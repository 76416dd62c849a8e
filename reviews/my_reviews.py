"""What one board member is asked to read, and what they decided lately."""

from dataclasses import dataclass, field
from datetime import timedelta

from editorial import clock
from editorial.models import User
from reviews.kinds import Ending
from reviews.models import ReviewAssignment
from reviews.querysets import ReviewAssignmentQuerySet

SOON = timedelta(days=7)
LATELY = 10


@dataclass
class MyReviews:
    overdue: list[ReviewAssignment] = field(default_factory=list)
    due_soon: list[ReviewAssignment] = field(default_factory=list)
    later: list[ReviewAssignment] = field(default_factory=list)
    decided: list[ReviewAssignment] = field(default_factory=list)

    @property
    def is_clear(self) -> bool:
        return not (self.overdue or self.due_soon or self.later)


def of(user: User) -> MyReviews:
    """Two queries, whatever the length of the lists."""
    now = clock.now()
    mine = MyReviews()
    for assignment in _loaded().held_by(user).order_by("due_at", "pk"):
        late, soon = assignment.due_at <= now, assignment.due_at <= now + SOON
        (mine.overdue if late else mine.due_soon if soon else mine.later).append(assignment)
    decided = _loaded().filter(reviewer__user=user, ending=Ending.DECIDED).select_related("decision")
    mine.decided = list(decided.order_by("-ended_at", "-pk")[:LATELY])
    return mine


def _loaded() -> ReviewAssignmentQuerySet:
    return ReviewAssignment.objects.select_related(
        "revision__article__risk", "revision__article__topic", "discipline"
    ).defer("revision__article__body", "revision__article__plain_body", "revision__article__short_answer")
