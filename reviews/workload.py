"""Who has how much to read and how long reading takes, by member and by topic."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from math import ceil
from statistics import median

from django.db.models import Count, Q

from articles.models import Topic
from editorial import clock
from reviews.kinds import Ending
from reviews.models import BoardMember, ReviewAssignment

LATELY = timedelta(days=90)
DAY = timedelta(days=1)


@dataclass
class Load:
    """One line: what is open now, and what came of what ended lately."""

    name: str
    is_member: bool
    open: int = 0
    overdue: int = 0
    unanswered: int = 0  # of the open ones: asked, and neither accepted nor declined yet
    declined: int = 0
    days: list[float] = field(default_factory=list)  # from asked to decided

    @property
    def decided(self) -> int:
        return len(self.days)

    @property
    def median_days(self) -> float | None:
        return round(median(self.days), 1) if self.days else None

    @property
    def slow_days(self) -> float | None:
        """Nine of ten took no longer (nearest rank)."""
        return round(sorted(self.days)[ceil(0.9 * len(self.days)) - 1], 1) if self.days else None

    @property
    def is_empty(self) -> bool:
        return not (self.open or self.declined or self.days)


@dataclass(frozen=True)
class Workload:
    members: list[Load]
    topics: list[Load]


def workload() -> Workload:
    """Present members, and the topics that anything was read for; four queries, however much was read."""
    members = {
        pk: Load(name, is_member=True)
        for pk, name in BoardMember.objects.filter(left_at=None).values_list("pk", "user__printed_name")
    }
    topics = {pk: Load(name, is_member=False) for pk, name in Topic.objects.values_list("pk", "name")}
    _add_what_is_open(members, topics)
    _add_what_ended(members, topics)
    return Workload(_busiest_first(members.values()), _busiest_first(t for t in topics.values() if not t.is_empty))


def _add_what_is_open(members: dict[int, Load], topics: dict[int, Load]) -> None:
    counted = ReviewAssignment.objects.open().order_by().values_list("reviewer", "discipline")
    late = Count("pk", filter=Q(due_at__lte=clock.now()))
    unanswered = Count("pk", filter=Q(accepted_at=None))
    rows = counted.annotate(number=Count("pk"), overdue=late, unanswered=unanswered)
    for reviewer, topic, number, overdue, not_yet in rows:
        for load in _of(reviewer, topic, members, topics):
            load.open += number
            load.overdue += overdue
            load.unanswered += not_yet


def _add_what_ended(members: dict[int, Load], topics: dict[int, Load]) -> None:
    lately = ReviewAssignment.objects.filter(ended_at__gte=clock.now() - LATELY).order_by()
    ended = lately.filter(ending__in=[Ending.DECIDED, Ending.DECLINED])
    columns = ("reviewer", "discipline", "ending", "assigned_at", "ended_at")
    for reviewer, topic, ending, asked_at, ended_at in ended.values_list(*columns).iterator():
        for load in _of(reviewer, topic, members, topics):
            if ending == Ending.DECLINED:
                load.declined += 1
            else:
                load.days.append((ended_at - asked_at) / DAY)


def _of(reviewer: int, topic: int, members: dict[int, Load], topics: dict[int, Load]) -> list[Load]:
    """Whose line this counts in; of those who left the board only the topic remembers."""
    return [load for load in (members.get(reviewer), topics.get(topic)) if load]


def _busiest_first(loads: Iterable[Load]) -> list[Load]:
    return sorted(loads, key=lambda load: (-load.overdue, -load.open, load.name.casefold()))
