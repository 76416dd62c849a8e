"""Who is told that a review is due soon or overdue: one message per rung of a ladder, whenever the clock gets to it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, Value
from django.db.models.functions import Cast, Concat

from editorial import clock
from editorial.models import User
from reviews.kinds import Kind
from reviews.models import Notification, ReviewAssignment
from reviews.notifications import editors, post, rows_for
from reviews.querysets import ReviewAssignmentQuerySet

BATCH = 500


@dataclass(frozen=True)
class Rung:
    """From so long before (less than zero) or after the due date, until the next rung takes over."""

    name: str
    since: timedelta
    kind: Kind
    tells_editors: bool = False

    @property
    def event(self) -> str:
        """What the key of each of its messages begins with; the assignment's own key ends it."""
        return f"reminder:{self.name}:"


LADDER = (
    Rung("due_soon", timedelta(days=-2), Kind.REVIEW_DUE_SOON),
    Rung("overdue", timedelta(0), Kind.REVIEW_OVERDUE),
    Rung("overdue_3_days", timedelta(days=3), Kind.REVIEW_OVERDUE, tells_editors=True),
    Rung("overdue_7_days", timedelta(days=7), Kind.REVIEW_OVERDUE, tells_editors=True),
)


def remind() -> int:
    """Tell everybody whose review has reached a rung they were not told of; returns how many messages are new.

    A rung is a stretch of time, so a missed tick is made good by the next one; after a long silence only the rung
    that is reached now is told, not those below it.
    """
    now = clock.now()
    watching = editors()
    uppers = (*LADDER[1:], None)
    return sum(_tell(rung, upper, watching, now=now) for rung, upper in zip(LADDER, uppers, strict=True))


def _tell(rung: Rung, upper: Rung | None, watching: list[User], *, now: datetime) -> int:
    return sum(_post(rung, batch, watching) for batch in _batches(_reached(rung, upper, now=now)))


def _reached(rung: Rung, upper: Rung | None, *, now: datetime) -> ReviewAssignmentQuerySet:
    """Open reviews on this rung that nobody was told about, in one question to the database."""
    reached = ReviewAssignment.objects.due_before(now - rung.since)
    if upper:
        reached = reached.filter(due_at__gt=now - upper.since)
    event = Concat(Value(rung.event), Cast(OuterRef("pk"), CharField()))
    return reached.filter(~Exists(Notification.objects.filter(event=event)))


def _batches(reached: ReviewAssignmentQuerySet) -> Iterator[list[ReviewAssignment]]:
    """By key, so that each is seen once even where nobody is left to be told."""
    loaded = reached.select_related("reviewer__user", "revision__article").defer(
        *("revision__content", "revision__findings"),
        *("revision__article__short_answer", "revision__article__body", "revision__article__plain_body"),
    )
    last = 0
    while batch := list(loaded.filter(pk__gt=last).order_by("pk")[:BATCH]):
        yield batch
        last = batch[-1].pk


@transaction.atomic
def _post(rung: Rung, batch: list[ReviewAssignment], watching: list[User]) -> int:
    return post(row for assignment in batch for row in _rows(rung, assignment, watching))


def _rows(rung: Rung, assignment: ReviewAssignment, watching: list[User]) -> list[Notification]:
    member = assignment.reviewer
    told = [] if member.left_at else [member.user]
    return rows_for(
        rung.kind,
        [*told, *watching] if rung.tells_editors else told,
        event=f"{rung.event}{assignment.pk}",
        article=assignment.revision.article,
        assignment=assignment,
        due=assignment.due_at.isoformat(),
        reviewer=member.user.label,
    )
