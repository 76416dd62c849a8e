"""What was corrected, doubted or taken back after it had been public, with what is told of it today."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from articles.models import Article, Notice
from articles.notice_fields import printed
from articles.public import PublicArticle, for_public, public_article
from articles.states import NoticeKind

SAID = (NoticeKind.CORRECTION, NoticeKind.CONCERN, NoticeKind.RETRACTION, NoticeKind.WITHDRAWAL, NoticeKind.TYPING)


@dataclass(frozen=True)
class Entry:
    """One notice and its article as it stands; the unit has no text where none may be read."""

    notice: Notice
    details: tuple[tuple[str, str], ...]
    settled_at: datetime | None
    unit: PublicArticle


def published() -> QuerySet[Notice]:
    """Newest first; of texts that were never public nothing is said."""
    about_public = Notice.objects.filter(kind__in=SAID, article__first_public_at__isnull=False)
    return about_public.select_related("resolution").order_by("-pk")


def entries(notices: Sequence[Notice], *, at: datetime) -> list[Entry]:
    articles = for_public(Article.objects.filter(pk__in={notice.article_id for notice in notices}))
    units = {article.pk: public_article(article, at=at) for article in articles}
    told = [(notice, units[notice.article_id]) for notice in notices]
    return [
        Entry(notice, printed(notice.kind, notice.details), _settled_at(notice), unit)
        for notice, unit in told
        if unit.standing.is_listed and not unit.standing.is_quarantined
    ]


def _settled_at(notice: Notice) -> datetime | None:
    resolution = getattr(notice, "resolution", None)
    return resolution.at if resolution else None
