"""Places in the newest-first order of articles, so that pages neither repeat nor skip."""

from datetime import UTC, datetime, timedelta

from django.db.models import Q

from articles.models import Article
from articles.querysets import ArticleQuerySet
from editorial.numbers import whole

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)
LONGEST_PLACE = 40  # characters


def place_of(article: Article) -> str:
    """Where the page after this row begins."""
    return f"{((article.updated_at or EPOCH) - EPOCH) // MOMENT}-{article.pk}"


def older_than(articles: ArticleQuerySet, place: str) -> ArticleQuerySet:
    """What stands after `place` in the order.

    Raises:
        ValueError: no page ever gave out such a place.
    """
    moment, _, last = place.partition("-")
    passed, pk = whole(moment), whole(last)
    if passed is None or pk is None:
        raise ValueError("There is no such place in the list. Start again from its first page.")
    try:
        at = EPOCH + passed * MOMENT
    except OverflowError:
        raise ValueError("There is no such place in the list. Start again from its first page.") from None
    return articles.filter(Q(updated_at__lt=at) | Q(updated_at=at, pk__lt=pk))
