"""The loaded retraction list: what it says of given sources, and which articles lean on a source it names."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from articles.importers.retractions import ListedPaper, day_of
from articles.integrity.draft import value
from articles.integrity.duplicates import bare_doi
from articles.models import Article, CitedSource, RetractionRecord
from articles.querysets import ArticleQuerySet
from articles.states import RetractionNature, State

# How the audit chain names the list, and its coming into force.
LIST = "retraction-list"
LOADED = "retractions.loaded"

BATCH = 2_000
SERIOUS_FIRST = list(RetractionNature)
TAKEN_BACK = (State.WITHDRAWN, State.RETRACTED)
TEXTS = (
    *("revision__content", "revision__findings"),
    *("revision__article__short_answer", "revision__article__body", "revision__article__plain_body"),
)

_seriousness = Case(*(When(nature=nature, then=Value(rank)) for rank, nature in enumerate(SERIOUS_FIRST)))


@dataclass(frozen=True)
class Hit:
    """One listed source of one article, in the revision that was approved or in the newest one."""

    article: Article
    source: CitedSource
    record: RetractionRecord

    @property
    def day(self) -> date | None:
        """When its journal said so, as far as the list's date can be read."""
        return day_of(self.record.date)

    @property
    def order(self) -> tuple[int, int, int, int]:
        """The highest risk first, then the most serious nature."""
        rank = SERIOUS_FIRST.index(RetractionNature(self.record.nature))
        return -self.article.risk_id, rank, self.article.pk, self.source.pk


@transaction.atomic
def replace_list(papers: Iterable[ListedPaper]) -> int:
    """Let these papers be the list, all of them or none; returns how many they are.

    Raises:
        IntegrityError: two rows are about one paper, or somebody else loads a list at the same moment.
    """
    RetractionRecord.objects.all().delete()
    records = (RetractionRecord(**asdict(paper)) for paper in papers)
    return len(RetractionRecord.objects.bulk_create(records, batch_size=BATCH))


def statuses(references: Iterable[Mapping[str, Any]]) -> Mapping[str, str] | None:
    """The nature of each DOI and PMID among `references` that the list names; None where no list is loaded."""
    found = natures(references)
    return found if found or RetractionRecord.objects.exists() else None


def natures(references: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The same in one query, for whoever knows that a list is loaded."""
    wanted = [identifiers(reference) for reference in references]
    dois, pmids = {doi for doi, _ in wanted if doi}, {pmid for _, pmid in wanted if pmid}
    named = RetractionRecord.objects.filter(Q(doi__in=dois) | Q(pmid__in=pmids)).order_by(_seriousness)
    found: dict[str, str] = {}
    for doi, pmid, nature in named.values_list("doi", "pmid", "nature"):
        for identifier in filter(None, (doi, pmid)):
            found.setdefault(identifier, nature)
    return found


def hits(*, among: ArticleQuerySet | None = None) -> list[Hit]:
    """Every listed source of the approved and newest revisions `among` these articles, by risk; two queries.

    Texts that were taken back are left out: nobody is told to rely on them, and a new revision is checked when it is
    submitted.
    """
    articles = (Article.objects.all() if among is None else among).exclude(state__in=TAKEN_BACK)
    found = list(_cited_and_listed(articles))
    records = RetractionRecord.objects.in_bulk({source.record_id for source in found})
    return sorted(
        (Hit(source.revision.article, source, records[source.record_id]) for source in found),
        key=lambda hit: hit.order,
    )


def ranked(found: Iterable[Hit], *, reads: Mapping[int, int]) -> list[Hit]:
    """In the order they should be looked at: doubt before mere correction, then by risk, readers, and the newest."""

    def order(hit: Hit) -> tuple[bool, int, int, int, tuple[int, int, int, int]]:
        is_mended = hit.record.nature == RetractionNature.CORRECTION
        day = hit.day or date.min
        return is_mended, -hit.article.risk_id, -reads.get(hit.article.pk, 0), -day.toordinal(), hit.order

    return sorted(found, key=order)


def identifiers(reference: Mapping[str, Any]) -> tuple[str, str]:
    """DOI and PMID of a reference as lists compare them; empty where it has none."""
    return bare_doi(value(reference, "doi")), value(reference, "pmid")


def _cited_and_listed(articles: QuerySet[Article]) -> QuerySet[Any]:
    articles = articles.order_by()
    newest = Q(revision__in=articles.values("latest_revision"))
    approved = Q(revision__in=articles.exclude(approval=None).values("approval__revision"))
    by_doi, by_pmid = RetractionRecord.objects.exclude(doi=""), RetractionRecord.objects.exclude(pmid="")
    # Probes of an index, row by row: an IN would make a table of the whole list even for a single article.
    listed = Exists(by_doi.filter(doi=OuterRef("doi"))) | Exists(by_pmid.filter(pmid=OuterRef("pmid")))
    return (
        CitedSource.objects.filter(newest | approved, listed)
        .annotate(
            record_id=Coalesce(
                Subquery(by_doi.filter(doi=OuterRef("doi")).values("pk")[:1]),
                Subquery(by_pmid.filter(pmid=OuterRef("pmid")).order_by(_seriousness).values("pk")[:1]),
            )
        )
        .select_related("revision__article__risk")
        .defer(*TEXTS)
    )
