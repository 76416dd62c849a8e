"""What one board member is asked to read, and what they decided lately."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from editorial import clock
from editorial.models import User
from reviews import policy
from reviews.kinds import Ending
from reviews.models import ReviewAssignment
from reviews.querysets import ReviewAssignmentQuerySet
from reviews.reminders import NextStep, next_step

SOON = timedelta(days=7)
LATELY = 10


@dataclass(frozen=True)
class Line:
    """One review, and what the clock does next about it."""

    assignment: ReviewAssignment
    is_new: bool
    next: NextStep | None


@dataclass
class MyReviews:
    waiting: list[Line] = field(default_factory=list)
    overdue: list[Line] = field(default_factory=list)
    due_soon: list[Line] = field(default_factory=list)
    later: list[Line] = field(default_factory=list)
    decided: list[ReviewAssignment] = field(default_factory=list)

    @property
    def is_clear(self) -> bool:
        return not (self.waiting or self.overdue or self.due_soon or self.later)


def of(user: User, *, seen_at: datetime | None = None) -> MyReviews:
    """A constant number of queries; what came after `seen_at` is new."""
    now, mine, ladder = clock.now(), MyReviews(), policy.in_force().terms.ladder
    held = _loaded().held_by(user).select_related("reviewer__deputy__user")
    for assignment in held.prefetch_related("steps", "reviewer__absences").order_by("due_at", "pk"):
        is_new = seen_at is not None and assignment.assigned_at > seen_at
        _place(mine, assignment, now).append(Line(assignment, is_new, next_step(assignment, ladder)))
    decided = _loaded().filter(reviewer__user=user, ending=Ending.DECIDED).select_related("decision")
    mine.decided = list(decided.order_by("-ended_at", "-pk")[:LATELY])
    return mine


def _place(mine: MyReviews, assignment: ReviewAssignment, now: datetime) -> list[Line]:
    if assignment.is_invitation:
        return mine.waiting
    if assignment.due_at <= now:
        return mine.overdue
    return mine.due_soon if assignment.due_at <= now + SOON else mine.later


def _loaded() -> ReviewAssignmentQuerySet:
    return ReviewAssignment.objects.select_related(
        "recheck", "revision__article__risk", "revision__article__topic", "discipline", "assigned_by"
    ).defer("revision__article__body", "revision__article__plain_body", "revision__article__short_answer")
