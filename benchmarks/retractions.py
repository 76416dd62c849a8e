"""A retraction list of 70,000 rows, and 10,000 articles with 100,000 references held against it."""

import io
import time
from collections.abc import Callable, Iterator

from articles import retractions
from articles.importers.retractions import read
from articles.models import Article, CitedSource
from benchmarks import filling
from benchmarks.measuring import milliseconds, queries, say
from reviews import source_alerts

ROWS, ARTICLES, SOURCES_EACH = 70_000, 10_000, 10
LISTED_EVERY = 500  # of the references: 200 of them are on the list
HEAD = "Record ID,Title,RetractionDate,OriginalPaperDOI,OriginalPaperPubMedID,RetractionNature,Reason\r\n"


def run() -> None:
    filling.pattern()
    filling.articles(ARTICLES)
    CitedSource.objects.bulk_create(_sources(), batch_size=5000)
    data = _a_list().encode()
    papers = read(io.BytesIO(data), name="list.csv").records
    say(f"read a list of {ROWS:,} rows ({len(data) / 1e6:.0f} MB)", _once(lambda: read(io.BytesIO(data), name="list")))
    say("put it in place of the list in force", milliseconds(lambda: retractions.replace_list(papers), times=3))
    what = f"hold {Article.objects.count():,} articles, {CitedSource.objects.count():,} references against it"
    say(what, milliseconds(retractions.hits, times=5), asked=queries(retractions.hits))
    first = Article.objects.filter(pk=Article.objects.earliest("pk").pk)
    say("the same for one article", milliseconds(lambda: retractions.hits(among=first)))
    say("load the list, with an alert for each article concerned", _once(lambda: _load(data)))
    say("load the same list again", _once(lambda: _load(data)))


def _load(data: bytes) -> None:
    done = source_alerts.load_file(io.BytesIO(data), name="list.csv", by=None)
    print(f"  {done.listed:,} papers listed, {done.articles_alerted} articles alerted")


def _a_list() -> str:
    """The first of each `LISTED_EVERY` references, and many papers that nobody here cites."""
    cited = [f"10.1000/source.{n}" for n in range(0, ARTICLES * SOURCES_EACH, LISTED_EVERY)]
    others = [f"10.2000/other.{n}" for n in range(ROWS - len(cited))]
    title = "A study of a length that titles of papers have, as they are printed in such a list"
    rows = (f'{n},"{title}",1/2/2020 0:00,{doi},{n + 1},Retraction,+Error;\r\n' for n, doi in enumerate(cited + others))
    return HEAD + "".join(rows)


def _sources() -> Iterator[CitedSource]:
    """Every other one has a DOI only; the rest have a PMID, which is on no list, as well."""
    keys = Article.objects.exclude(latest_revision=None).order_by("pk").values_list("latest_revision", flat=True)
    for n in range(min(len(keys), ARTICLES) * SOURCES_EACH):
        pmid = "" if n % 2 else str(10_000_000 + n)
        number = n % SOURCES_EACH + 1
        yield CitedSource(
            revision_id=keys[n // SOURCES_EACH], key=f"key{number}", number=number, doi=f"10.1000/source.{n}", pmid=pmid
        )


def _once(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    run()
