"""Which checks end within the next quarter, and who read the texts last."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.db.models import Count
from django.db.models.functions import TruncMonth

from articles.models import Article
from articles.querysets import ArticleQuerySet
from articles.states import PIPELINE, Risk, State
from editorial import clock
from reviews.places import Order

AHEAD = timedelta(days=90)
PAGE = 50
BY_DATE = Order(("check_due_at", "pk"))
# An approval stands in these; what was withdrawn or retracted has no check to come.
STANDING = (*PIPELINE, State.APPROVED, State.REJECTED)


@dataclass(frozen=True)
class Check:
    """One approval that ends."""

    article: Article
    readers: list[str]
    newer: str  # what is known of a newer revision, or nothing
    can_be_asked: bool


@dataclass(frozen=True)
class Month:
    """How many checks end in one month, and how many of them in the two high classes."""

    begins: datetime | None  # nothing: the date has passed
    number: int
    high: int


def due(articles: ArticleQuerySet) -> ArticleQuerySet:
    """Everything whose check has ended or ends within the next 90 days."""
    return articles.filter(check_due_at__lte=clock.now() + AHEAD, state__in=STANDING)


def months(articles: ArticleQuerySet) -> list[Month]:
    """What is behind, and the months ahead, in two queries whatever their length."""
    now = clock.now()
    late = due(articles).filter(check_due_at__lte=now).order_by().values_list("risk").annotate(number=Count("pk"))
    ahead = due(articles).filter(check_due_at__gt=now).order_by().annotate(month=TruncMonth("check_due_at"))
    by_month: dict[datetime | None, list[tuple[int, int]]] = {}
    for risk, number in late:
        by_month.setdefault(None, []).append((risk, number))
    for month, risk, number in ahead.values_list("month", "risk").annotate(number=Count("pk")).order_by("month"):
        by_month.setdefault(month, []).append((risk, number))
    return [
        Month(month, sum(n for _, n in rows), sum(n for risk, n in rows if risk >= Risk.HIGH))
        for month, rows in by_month.items()
    ]


def by_month(articles: list[Article]) -> list[tuple[str, list[Check]]]:
    """The lines for these articles, in their order, under the words for when they are due; nothing more is asked."""
    now = clock.now()
    months = groupby(articles, key=lambda article: _when(article.check_due_at, now=now))
    return [(name, _lines(group)) for name, group in months]


def _when(due_at: Any, *, now: datetime) -> str:
    return "Overdue" if due_at <= now else f"{due_at:%B %Y}"


def _lines(articles: Iterable[Article]) -> list[Check]:
    return [
        Check(
            article,
            [f"{person['name']}, {person['profession']}" for person in article.approval.checked_by]
            if article.approval
            else [],
            article.get_state_display() if article.state in PIPELINE else "",
            article.state in (State.SUBMITTED, State.UNDER_REVIEW),
        )
        for article in articles
    ]
