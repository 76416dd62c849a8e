"""What must stand beside the text of one article wherever it appears, what must appear nowhere, and what was missed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from articles.alphabet import place
from articles.models import Article, Revision
from articles.past_versions import picked
from articles.public import PublicArticle, PublicText, for_public, public_article, reviewer_text
from reviews.sweep.documents import Document, Part, Placed, words_of_html
from reviews.sweep.words import RUN, Runs, Words, joined

MOST_VERSIONS = 10  # of one article, the newest
SHORTEST_PHRASE = 4  # words of a short answer that are still recognised as one


@dataclass(frozen=True)
class Expected:
    """What a stranger may find of one article at one moment."""

    pk: int
    slug: str
    title: Words
    is_shown: bool  # its page answers 200 with text
    is_indexable: bool
    cautioned: Runs  # text that is shown, under its caution
    phrases: tuple[Words, ...]  # the same, where a whole text is shorter than a run
    hidden: Runs  # text that nobody may be shown
    caution: Words
    line: Words
    topic: str = ""  # slug of the topic it is listed under
    letter: str = ""  # that it is listed under


def expected_of(pk: int, *, at: datetime) -> Expected:
    """Read from the database what should be out there, through the door that readers get it by."""
    article = for_public(Article.objects.filter(pk=pk)).get()
    unit = public_article(article, at=at)
    shown = None if unit.standing.is_quarantined else unit.text
    title = Words.of(unit.title)
    said = _runs(shown) - title.runs if shown else frozenset()
    withheld = [_runs(reviewer_text(revision)) for revision in _not_shown(article, shown)]
    owes = shown if unit.caution else None
    caution, line = (unit.caution.text, unit.caution_line) if owes and unit.caution else ("", "")
    return Expected(
        pk=pk,
        slug=unit.slug,
        title=title,
        is_shown=shown is not None,
        is_indexable=unit.standing.is_indexable,
        cautioned=said if owes else frozenset(),
        phrases=tuple(_phrases(owes)) if owes else (),
        hidden=frozenset().union(*withheld) - said - title.runs,
        caution=Words.of(caution),
        line=Words.of(line),
        topic=unit.topic_slug,
        letter=place(unit.title)[0],
    )


def expected_of_versions(pk: int, expected: Expected, *, at: datetime) -> Iterator[tuple[str, Expected]]:
    """The path of each version's own address, and what may be found there: an older text under its own caution.

    At the address of a version that readers may not have, no more may be found than on the article's own page.
    """
    article = for_public(Article.objects.filter(pk=pk)).get()
    numbers = list(article.revisions.values_list("number", flat=True)[:MOST_VERSIONS])
    older = {each.number: each for each in picked(article, numbers, at=at) if each.replaced_by and each.unit}
    for number in numbers:
        unit = older[number].unit if number in older else None
        yield f"{article.get_absolute_url()}versions/{number}/", _of_older(expected, unit) if unit else expected


def expected_of_comparisons(pk: int, expected: Expected, *, at: datetime) -> Iterator[tuple[str, Expected]]:
    """The path of each two neighbouring versions side by side, once for either of them."""
    article = for_public(Article.objects.filter(pk=pk)).get()
    numbers = list(article.revisions.values_list("number", flat=True)[:MOST_VERSIONS])
    readable = [each for each in picked(article, numbers, at=at) if each.unit]
    for newer, older in pairwise(readable):
        path = f"{article.get_absolute_url()}versions/{older.number}..{newer.number}/"
        both = [_of_older(expected, each.unit) for each in (older, newer) if each.unit]
        hidden = expected.hidden - both[0].cautioned - both[1].cautioned
        for theirs in both:
            yield (
                path,
                replace(theirs, hidden=hidden, cautioned=theirs.cautioned if theirs.caution.row else frozenset()),
            )


def _of_older(expected: Expected, unit: PublicArticle) -> Expected:
    said = _runs(unit.text) - expected.title.runs if unit.text else frozenset()
    return replace(
        expected,
        is_shown=True,
        is_indexable=False,
        cautioned=said,
        phrases=tuple(_phrases(unit.text)) if unit.text else (),
        hidden=expected.hidden - said,
        caution=Words.of(unit.caution.text if unit.caution else ""),
        line=Words.of(unit.caution_line),
    )


def faults_of_page(page: Document, expected: Expected) -> Iterator[str]:
    """The article's own page: the whole caution, in sight, in the same `<article>`, before the first word of text."""
    words = [p for p in page.page if p.article is not None or p.slug in (None, expected.slug)]
    row = tuple(p.word for p in words)
    if any(row[i : i + RUN] in expected.hidden for i in range(len(row))):
        yield "its page holds text that nobody may be shown"
    first = _first_text(words, row, expected)
    if first is not None and not _is_cautioned_before(words, first, expected.caution):
        yield "its page shows text that its whole caution does not stand before"
    for text in map(Words.of, page.head):
        if text.runs & expected.hidden or (text.runs & expected.cautioned and not text.has(expected.line)):
            yield "the head of its page holds text without its caution"


def faults_of_list(document: Document, expected: Expected, *, where: str) -> Iterator[str]:
    """A list, search, feed or API answer: the caution in the same entry, and no text outside of entries."""
    for part in document.parts:
        if part.slug == expected.slug:
            yield from _faults_of_entry(part, expected, where)
        elif part.slug is None and part.words.runs & (expected.hidden | expected.cautioned):
            yield f"{where} holds text of it outside of any entry"


def faults_of_file(pieces: Iterable[Words], expected: Expected, *, where: str) -> Iterator[str]:
    """What is taken along: every piece of it says what may be said of the text, and none holds what nobody may have."""
    for piece in pieces:
        if piece.runs & expected.hidden:
            yield f"{where} holds text of it that nobody may be shown"
        if expected.line.row and not (piece.has(expected.caution) or piece.has(expected.line)):
            yield f"{where} goes without its caution"


def faults_of_sitemap(document: Document, expected: Expected) -> Iterator[str]:
    if expected.slug in document.addresses and not expected.is_indexable:
        yield "the sitemap names it"


def shows_text(page: Document, expected: Expected) -> bool:
    """Whether the text was recognised at all: a look that recognises nothing proves nothing."""
    if not expected.cautioned:
        return True
    return bool(Words(tuple(p.word for p in page.page)).runs & expected.cautioned)


def _faults_of_entry(part: Part, expected: Expected, where: str) -> Iterator[str]:
    if part.words.runs & expected.hidden:
        yield f"{where} holds text of it that nobody may be shown"
    owes = expected.line.row and (
        part.words.has(expected.title)
        or part.words.runs & expected.cautioned
        or any(part.words.has(phrase) for phrase in expected.phrases)
    )
    if owes and not (part.seen.has(expected.line) or part.seen.has(expected.caution)):
        yield f"{where} has an entry of it without its caution"


def _first_text(words: list[Placed], row: tuple[str, ...], expected: Expected) -> int | None:
    """Where the text begins. A phrase is too short to be told from the frame's own words, so it counts inside only."""
    for i in range(len(row)):
        if row[i : i + RUN] in expected.cautioned:
            return i
        if words[i].article is not None and any(row[i : i + len(p.row)] == p.row for p in expected.phrases):
            return i
    return None


def _is_cautioned_before(words: list[Placed], first: int, caution: Words) -> bool:
    article = words[first].article
    before = Words(tuple(p.word for p in words[:first] if p.is_seen and p.article == article))
    return article is not None and before.has(caution)


def _not_shown(article: Article, shown: PublicText | None) -> list[Revision]:
    """The newest revision and the approved one, as far as readers do not get them now."""
    approved = article.approval.revision if article.approval else None
    revisions = {r.pk: r for r in (article.latest_revision, approved) if r}
    return [r for r in revisions.values() if shown is None or r.digest != shown.digest]


def _runs(text: PublicText) -> Runs:
    """Every run of the text, with its citations as pages print them and without, and as it was typed."""
    return frozenset().union(*(piece.runs for piece in _forms(text)))


def _forms(text: PublicText) -> list[Words]:
    printed = [words_of_html(html) for html in (text.short_answer_html, text.body_html, text.plain_html)]
    return [joined(printed[:1]), *printed[1:], Words.of(text.words), Words.of(text.body), Words.of(text.short_answer)]


def _phrases(text: PublicText) -> Iterator[Words]:
    for words in (Words.of(text.short_answer_words), Words.of(text.short_answer)):
        if SHORTEST_PHRASE <= len(words.row) < RUN:
            yield words
