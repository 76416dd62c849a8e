"""Writing what people must hear into the outbox, in the same transaction as what happened."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Q

from articles.models import Article
from editorial import clock
from editorial.bell import ring
from editorial.models import AuditEntry, User
from reviews.kinds import Channel, Delivery, Kind
from reviews.models import Notification, ReviewAssignment


def notify(
    kind: Kind,
    recipients: Iterable[User],
    *,
    event: str,
    article: Article | None = None,
    assignment: ReviewAssignment | None = None,
    entry: AuditEntry | None = None,
    **facts: Any,
) -> int:
    """One row per recipient and channel for `event`; an event that was told before is not told again.

    Returns how many rows are new. `facts` go to the template; article text never does.
    """
    return post(rows_for(kind, recipients, event=event, article=article, assignment=assignment, entry=entry, **facts))


def rows_for(
    kind: Kind,
    recipients: Iterable[User],
    *,
    event: str,
    article: Article | None = None,
    assignment: ReviewAssignment | None = None,
    entry: AuditEntry | None = None,
    **facts: Any,
) -> list[Notification]:
    """What `notify` would write, for callers that tell many events at once."""
    now = clock.now()
    people = {person.pk: person for person in recipients if person.is_active and not person.is_machine}
    return [
        Notification(
            event=event,
            kind=kind,
            recipient=person,
            channel=channel,
            article=article,
            assignment=assignment,
            facts=facts,
            record_number=entry.record_number if entry else "",
            created_at=now,
            due_at=now,
            state=Delivery.DUE if channel == Channel.EMAIL else Delivery.SENT,
            ended_at=None if channel == Channel.EMAIL else now,
        )
        for person in people.values()
        for channel in Channel
    ]


def post(rows: Iterable[Notification]) -> int:
    """Put rows into the outbox, those left out that were told before; two queries, however many there are."""
    rows = list(rows)
    told = set(
        Notification.objects.filter(event__in={row.event for row in rows}).values_list(
            "event", "recipient_id", "channel"
        )
    )
    new = [row for row in rows if (row.event, row.recipient_id, row.channel) not in told]
    if new:
        # Two clocks may tell the same event at once; the database keeps one of them.
        Notification.objects.bulk_create(new, ignore_conflicts=True)
        transaction.on_commit(ring, robust=True)
    return len(new)


def editors() -> list[User]:
    """Everyone who watches the queue."""
    return list(User.objects.filter(is_active=True).filter(Q(is_managing_editor=True) | Q(is_responsible_editor=True)))
