"""Tells all stories in the order things happened, so that the audit chain reads like a year's work."""

import heapq
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from editorial import clock
from editorial.demo import accounts, stories
from reviews.kinds import Delivery
from reviews.models import Notification

OLD_NEWS = timedelta(days=14)


@transaction.atomic
def load() -> int:
    """Fill an empty desk; all of it or nothing. Returns the number of stories told."""
    today = timezone.now()
    with clock.at(today - timedelta(days=800)):
        people = accounts.create()
        accounts.stand_up(people)
    told = stories.all_of_them(stories.Teller(people))
    yearly = [stories.declared_again(people, name) for name in stories.BOARD]
    waiting = [(-next(story), number, story) for number, story in enumerate([*told, *yearly])]
    heapq.heapify(waiting)
    while waiting:
        ago, number, story = heapq.heappop(waiting)
        with clock.at(today + timedelta(days=ago)):
            following = next(story, None)
        if following is not None:
            heapq.heappush(waiting, (-following, number, story))
    _let_old_news_rest(today - OLD_NEWS)
    return len(told)


def _let_old_news_rest(before) -> None:
    """Nobody wants a year of mail on the first day."""
    old = Notification.objects.filter(created_at__lt=before)
    old.update(read_at=F("created_at"))
    old.filter(state=Delivery.DUE).update(
        state=Delivery.SUPPRESSED, ended_at=F("created_at"), outcome="It happened before the demonstration began."
    )
