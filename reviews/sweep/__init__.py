"""Looks at every public channel of every unchecked article like a stranger, and takes down what lacks its caution."""

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from urllib.parse import quote, urljoin

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q

from articles.models import Approval, Article
from articles.querysets import ArticleQuerySet
from articles.states import NoticeKind, State
from editorial import clock
from reviews import publication
from reviews.models import Sweep
from reviews.sweep.documents import Document
from reviews.sweep.fetching import Answer, Unreachable, fetch
from reviews.sweep.files import Unreadable, pieces_of
from reviews.sweep.judging import (
    Expected,
    expected_of,
    expected_of_comparisons,
    expected_of_versions,
    faults_of_file,
    faults_of_list,
    faults_of_page,
    faults_of_sitemap,
    shows_text,
)

log = logging.getLogger(__name__)

BATCH = 20
MOST_PAGES = 20  # of one list; what lies further back is still found by its own page and by the search
WORDS_ASKED = 6
LONGEST_TROUBLE = 2000
FAILED = {429, 500, 502, 504}  # a 503 of ours says why there is no file
MOST_IN_HAND = 40  # articles in one sweep whose files, sheets and answers are looked at, each time others
MOST_PRINTED = 2  # versions of one article, the newest: a sheet takes a second to lay out
MOST_ASKED = 10  # questions in one run: one address may ask thirty in ten minutes
LONGEST_FILES = 60.0  # seconds for the files of one article: the worker is stopped after ten minutes
TAKEN_ALONG = (
    ("its PDF", "article.pdf"),
    ("its share card", "card.png"),
    *((f"its citation as {form}", f"cite.{form}") for form in ("txt", "bib", "ris", "json")),
    *((f"its references as {form}", f"references.{form}") for form in ("bib", "ris", "json")),
)
# Articles in a row that nobody answers for, until the site itself is taken to be down.
SILENCE = 3
KEPT = timedelta(days=30)


@dataclass
class Shared:
    """What is the same for many articles: fetched once for a run."""

    documents: tuple[tuple[str, Document], ...]
    trouble: list[str]  # channels that did not answer; the others are looked at all the same
    parts: int = 1  # of so many articles one is taken in hand in each sweep, another one in the next
    lots: int = 1  # of so many articles in hand one is asked about, by lot: none is left out for ever
    turn: int = 0
    asked: int = 0
    further: dict[str, tuple[Document, ...]] = field(default_factory=dict)

    def asks_about(self, pk: int) -> bool:
        """Whether a question is spent on this article in this sweep."""
        is_asked = self.asked < MOST_ASKED and hash((self.turn, pk)) % self.lots == 0
        self.asked += is_asked
        return is_asked

    def pages(self, path: str) -> tuple[Document, ...]:
        """A list that some articles stand in, as far as it answers."""
        if path not in self.further:
            try:
                self.further[path] = tuple(_pages(path))
            except Unreachable as silence:
                self.further[path] = ()
                self.trouble.append(str(silence))
        return self.further[path]


class FileTrouble(Unreachable):
    """What is taken along did not come, or proves nothing; the pages of the same article did answer."""


def run(*, within: float = 200) -> Sweep:
    """Go on with the sweep that is under way, or begin one, for at most so many seconds; harmless if run twice at once.

    A sweep is complete when every unchecked article was looked at. Whoever cannot be reached is trouble, not a miss.
    """
    sweep, deadline, silent = _under_way(), time.monotonic() + within, 0
    try:
        shared = _shared()
        count = unchecked(at=clock.now()).count()
        shared.turn, shared.parts, shared.lots = sweep.pk, _parts(count), -(-min(count, MOST_IN_HAND) // MOST_ASKED)
        for pk in _unseen(sweep):
            if time.monotonic() > deadline:
                return sweep
            silent = 0 if _look_at(pk, shared, sweep) else silent + 1
            if silent >= SILENCE:
                raise Unreachable(f"{SILENCE} articles in a row could not be fetched.")
    except Unreachable as trouble:
        return _finish(sweep, trouble=str(trouble))
    return _finish(sweep, is_complete=not shared.trouble, trouble=" ".join(shared.trouble))


def unchecked(*, at: datetime) -> ArticleQuerySet:
    """Articles of which any text may be out there that no valid check stands behind, hidden and older ones included."""
    lying_over = (
        *(NoticeKind.CONCERN, NoticeKind.SOURCE_ALERT, NoticeKind.CLASS_RAISED),
        *(NoticeKind.QUARANTINE, NoticeKind.UNSAFE),
    )
    noticed = Article.objects.filter(notices__kind__in=lying_over, notices__resolution=None)
    checked = Article.objects.filter(
        state=State.APPROVED, approval__revision=F("latest_revision"), approval__valid_until__gt=at
    ).exclude(pk__in=noticed.values("pk"))
    older = Approval.objects.filter(revision__article=OuterRef("pk")).exclude(revision=OuterRef("approval__revision"))
    return Article.objects.exclude(state=State.DRAFT).filter(~Q(pk__in=checked.values("pk")) | Exists(older))


# One sweep


def _under_way() -> Sweep:
    now = clock.now()
    found = Sweep.objects.filter(finished_at=None).first()
    if found is None:
        Sweep.objects.filter(started_at__lt=now - KEPT, misses=0).delete()
        found = Sweep.objects.create(started_at=now)
    return found


def _unseen(sweep: Sweep) -> Iterator[int]:
    """In the order of their keys, a batch at a time, so that a sweep that was cut short goes on where it was."""
    while batch := list(
        unchecked(at=clock.now()).filter(pk__gt=sweep.cursor).order_by("pk").values_list("pk", flat=True)[:BATCH]
    ):
        yield from batch


def _look_at(pk: int, shared: Shared, sweep: Sweep) -> bool:
    """Whether the site answered for this article."""
    is_silent = False
    try:
        in_hand = bool(shared.parts) and pk % shared.parts == sweep.pk % shared.parts
        faults, trouble = _faults_now(pk, shared, in_hand=in_hand), ""
    except Unreachable as silence:
        faults, trouble, is_silent = [], str(silence), not isinstance(silence, FileTrouble)
    except (KeyError, ValueError) as fault:
        # A stored text that was tampered with is refused by the public door; the others still want to be looked at.
        faults, trouble = [], f"What is stored of article {pk} cannot be read ({fault!r})."
    article = Article.objects.get(pk=pk)
    if faults:
        reason = f"The sweep of the public pages found: {'; '.join(dict.fromkeys(faults))}."
        log.error("%s is quarantined. %s", article.slug, reason)
        publication.quarantine(article, reason=reason)
    _advance(sweep, pk, is_miss=bool(faults), trouble=trouble)
    return not is_silent


def _advance(sweep: Sweep, pk: int, *, is_miss: bool, trouble: str) -> None:
    """Only forward: of two that sweep at once, whoever comes second to an article does not count it again."""
    if trouble:
        log.warning("The sweep could not look at something: %s", trouble)
        sweep.trouble = f"{sweep.trouble}{trouble}\n"[:LONGEST_TROUBLE]
    sweep.cursor = pk
    Sweep.objects.filter(pk=sweep.pk, cursor__lt=pk).update(
        cursor=pk, articles_seen=F("articles_seen") + 1, misses=F("misses") + int(is_miss), trouble=sweep.trouble
    )


def _finish(sweep: Sweep, *, is_complete: bool = False, trouble: str = "") -> Sweep:
    if trouble:
        log.warning("The sweep is not complete. %s", trouble)
    sweep.refresh_from_db()
    sweep.finished_at, sweep.is_complete = clock.now(), is_complete
    sweep.trouble = f"{sweep.trouble}{trouble}"[:LONGEST_TROUBLE]
    sweep.save(update_fields=["finished_at", "is_complete", "trouble"])
    return sweep


# One article


def _faults_now(pk: int, shared: Shared, *, in_hand: bool = False) -> list[str]:
    """What is wrong, seen twice with nothing changed in between: a text approved during a look is no miss."""
    if not _faults(expected_of(pk, at=clock.now()), shared, in_hand=in_hand):
        return []
    before = expected_of(pk, at=clock.now())
    faults = _faults(before, _shared(), in_hand=in_hand)
    return faults if expected_of(pk, at=clock.now()) == before else []


def _faults(expected: Expected, shared: Shared, *, in_hand: bool = False) -> list[str]:
    """What was found stands, even where another channel did not answer."""
    found: list[str] = []
    try:
        for fault in _every_fault(expected, shared, in_hand=in_hand):
            found.append(fault)
    except Unreachable:
        if not found:
            raise
    return found


def _every_fault(expected: Expected, shared: Shared, *, in_hand: bool) -> Iterator[str]:
    answer = fetch(f"/articles/{expected.slug}/")
    page = answer.read()
    yield from faults_of_page(page, expected)
    for where, document in shared.documents:
        yield from faults_of_list(document, expected, where=where)
        yield from faults_of_sitemap(document, expected)
    for where, path in _listed_under(expected):
        for document in shared.pages(path):
            yield from faults_of_list(document, expected, where=where)
    for where, path in _asked_about(expected):
        yield from faults_of_list(fetch(path).read(), expected, where=where)
    yield from _faults_of_versions(expected)
    trouble: list[str] = []
    if in_hand:
        yield from _faults_of_answers(expected, shared)
        yield from _faults_of_what_is_taken_along(expected, trouble)
    _refuse_proof_of_nothing(answer, page, expected)
    if trouble:
        raise FileTrouble(" ".join(trouble))


def _faults_of_versions(expected: Expected) -> Iterator[str]:
    """The change history, and each version at its permanent address, for people and for machines."""
    yield from faults_of_page(fetch(f"/articles/{expected.slug}/versions/").read(), expected)
    for path, theirs in expected_of_versions(expected.pk, expected, at=clock.now()):
        yield from faults_of_page(fetch(path).read(), theirs)
        yield from faults_of_list(fetch(f"{path}receipt.json").read(), theirs, where="a version's receipt")
    for path, theirs in expected_of_comparisons(expected.pk, expected, at=clock.now()):
        yield from (f"beside another version, {fault}" for fault in faults_of_page(fetch(path).read(), theirs))


def _faults_of_what_is_taken_along(expected: Expected, trouble: list[str]) -> Iterator[str]:
    """As far as it comes in time: a file that does not keeps nobody from looking at the next."""
    deadline = time.monotonic() + LONGEST_FILES
    for where, path, theirs in _taken_along(expected):
        if time.monotonic() > deadline:
            trouble.append(f"{path} and what follows was not looked at: the others took {LONGEST_FILES:g} seconds.")
            return
        try:
            yield from _faults_of_file(where, path, theirs)
        except Unreachable as silence:
            trouble.append(str(silence))


def _taken_along(expected: Expected) -> Iterator[tuple[str, str, Expected]]:
    """Files and pictures of the text as it is shown, and the sheets of its newest versions."""
    for where, name in TAKEN_ALONG:
        yield where, f"/articles/{expected.slug}/{name}", expected
    versions = expected_of_versions(expected.pk, expected, at=clock.now())
    for path, theirs in islice(versions, MOST_PRINTED):
        yield "the PDF of a version", f"{path}article.pdf", theirs


def _faults_of_file(where: str, path: str, expected: Expected) -> Iterator[str]:
    """Instead of a file a page may come, which says why there is none."""
    answer = fetch(path)
    if expected.is_shown and answer.status in FAILED:
        raise Unreachable(f"{path} answered {answer.status}, so nothing is proven about it.")
    if "html" in answer.content_type:
        yield from faults_of_page(answer.read(), expected)
        return
    try:
        pieces = pieces_of(answer.body, answer.content_type)
    except Unreadable as fault:
        raise Unreachable(f"{path} is {fault}.") from fault
    if not pieces:
        raise Unreachable(f"{path} holds no words, so nothing is proven about it.")
    yield from faults_of_file(pieces, expected, where=where)


def _faults_of_answers(expected: Expected, shared: Shared) -> Iterator[str]:
    """Asked for by its title, as often as one address may ask; where the desk takes no question, it quotes nothing."""
    if not shared.asks_about(expected.pk):
        return
    answer = fetch("/ask/", sent={"question": " ".join(expected.title.row[:WORDS_ASKED])})
    if answer.status == 200:
        yield from faults_of_list(answer.read(), expected, where="the answers to questions")


def _refuse_proof_of_nothing(answer: Answer, page: Document, expected: Expected) -> None:
    if expected.is_shown and answer.status != 200:
        raise Unreachable(f"{answer.path} answered {answer.status} where it should show a text.")
    if not shows_text(page, expected):
        raise Unreachable(f"{answer.path} shows none of the text it should, so nothing is proven about it.")


def _asked_about(expected: Expected) -> tuple[tuple[str, str], ...]:
    """The channels that are asked about one article."""
    words, address = quote(" ".join(expected.title.row[:WORDS_ASKED])), f"/articles/{expected.slug}/"
    return (
        ("the search", f"/search/?q={words}"),
        ("the API", f"/api/v1{address}"),
        ("the page that verifies", f"/verify/?q={quote(address)}"),
        ("the form for reports", f"{address}report/"),
    )


def _listed_under(expected: Expected) -> tuple[tuple[str, str], ...]:
    """The lists that only some articles stand in."""
    topic = f"/topics/{expected.topic}/"
    return (
        ("the A–Z", f"/a-z/?letter={quote(expected.letter)}"),
        ("its topic's list", topic),
        ("its topic's feed", f"{topic}feed.atom"),
        ("its topic's JSON feed", f"{topic}feed.json"),
    )


def _parts(count: int) -> int:
    """In how many sweeps every article is taken in hand once; 0 where none is."""
    return -(-count // MOST_IN_HAND) if MOST_IN_HAND else 0


# What is the same for all


def _shared() -> Shared:
    """Raises `Unreachable` where no channel answers at all."""
    documents: list[tuple[str, Document]] = []
    trouble = []
    for where, pages in CHANNELS.items():
        try:
            documents += [(where, page) for page in pages()]
        except Unreachable as silence:
            trouble.append(str(silence))
    if not documents:
        raise Unreachable(trouble[0])
    return Shared(tuple(documents), trouble)


def _pages(path: str) -> Iterator[Document]:
    """A list, page after page, for as long as it names a next one."""
    for _ in range(MOST_PAGES):
        page = _must_answer(path)
        yield page
        if not page.next:
            return
        path = urljoin(path, page.next)


def _sitemap() -> Iterator[Document]:
    first = _must_answer("/sitemap.xml")
    yield first
    for path in first.files[:MOST_PAGES]:
        yield _must_answer(path)


def _must_answer(path: str) -> Document:
    answer = fetch(path)
    if answer.status != 200:
        advice = " Is SWEEP_URL right, and its host among ALLOWED_HOSTS?" if answer.status < 500 else ""
        raise Unreachable(f"{settings.SWEEP_URL}{answer.path} answered {answer.status}.{advice}")
    return answer.read()


CHANNELS: dict[str, Callable[[], Iterator[Document]]] = {
    "the list": partial(_pages, "/"),
    "the feed": partial(_pages, "/feed.atom"),
    "the JSON feed": partial(_pages, "/feed.json"),
    "the API's list": partial(_pages, "/api/v1/articles/"),
    "the newly checked": partial(_pages, "/newly-checked/"),
    "the corrections": partial(_pages, "/corrections/"),
    "the reports": partial(_pages, "/reports/"),
    "the sitemap": _sitemap,
}
