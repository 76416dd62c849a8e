"""How often each article is read, counted by day and without a trace of who reads."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import redis
from django.conf import settings
from django.db import transaction
from django.db.models import F, Sum

from articles.models import Article, ReadCount
from articles.remembering import attempt
from editorial import clock

WAITING = "desk-reads"  # a hash of the shared cache: "day:article" → reads that are not in the database yet
RECENT = timedelta(days=30)
KEPT = timedelta(days=400)
BATCH = 500


def note(article_pk: int) -> None:
    """One more read, counted in the shared cache alone: it costs no query, and is lost where the cache is away."""
    attempt(lambda: _server().hincrby(WAITING, f"{clock.now():%Y-%m-%d}:{article_pk}", 1))


def flush() -> int:
    """Bring what was counted to the database; returns how many reads that were.

    They are taken out of the cache before they are written, so that a flush that is cut short loses reads and never
    counts one twice.
    """
    counted = list(_taken())
    for some in _batches(counted):
        _add(some)
    ReadCount.objects.filter(day__lt=(clock.now() - KEPT).date()).delete()
    return sum(reads for _, _, reads in counted)


def recent_reads(articles: Iterable[int], *, at: datetime) -> dict[int, int]:
    """Reads of the last thirty days of each of these articles that was read at all."""
    counts = ReadCount.objects.filter(article__in=articles, day__gt=(at - RECENT).date())
    return dict(counts.values_list("article").annotate(Sum("reads")).order_by())


@cache
def _server() -> redis.Redis:
    """The server of the shared cache, asked for what Django's cache has no word for: adding to one of many counts."""
    return redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=2)


def _taken() -> Iterable[tuple[date, int, int]]:
    def take() -> dict[bytes, bytes]:
        together = _server().pipeline(transaction=True)
        together.hgetall(WAITING)
        together.delete(WAITING)
        return together.execute()[0]

    found: Any = attempt(take) or {}
    for name, reads in found.items():
        day, _, article = name.decode().partition(":")
        yield date.fromisoformat(day), int(article), int(reads)


@transaction.atomic
def _add(counted: list[tuple[date, int, int]]) -> None:
    known = set(Article.objects.filter(pk__in={pk for _, pk, _ in counted}).values_list("pk", flat=True))
    reads = {(day, pk): number for day, pk, number in counted if pk in known}
    ReadCount.objects.bulk_create((ReadCount(article_id=pk, day=day) for day, pk in reads), ignore_conflicts=True)
    rows = ReadCount.objects.filter(article__in=known, day__in={day for day, _ in reads})
    mine = [row for row in rows if (row.day, row.article_id) in reads]
    for row in mine:
        # Added where the row stands, not here: somebody else's flush may add to the same row.
        row.reads = F("reads") + reads[row.day, row.article_id]
    ReadCount.objects.bulk_update(mine, ["reads"])


def _batches(counted: list[tuple[date, int, int]]) -> Iterable[list[tuple[date, int, int]]]:
    return (counted[start : start + BATCH] for start in range(0, len(counted), BATCH))
