"""Freezing an article: its canonical form, its digest, and how two frozen copies differ."""

import difflib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from typing import Any

from django.utils.translation import gettext as _

from articles import bylines
from articles.citations import numbering
from articles.disclaimers import DISCLAIMERS
from articles.models import Article, CitedSource, Reference, Revision
from articles.reference_style import identifier_links, vancouver
from articles.rendering import render_article
from articles.retractions import identifiers
from articles.seals import digest_of
from articles.states import AiInvolvement, SourceType
from editorial.audit import canonical
from editorial.models import User

SCHEMA = 1
MOST_STEPS = 5_000_000  # about a second
CHEAP = 200_000  # steps for which a stretch is compared word by word at once
STEPS_TO_COMPARE = 20  # what looking at the likeness of two units is worth
ALIKE = 0.4
AROUND = 200  # characters of unchanged text shown on each side of a change
COMPARED = (
    *("title", "short_answer", "body", "plain_body", "topic", "audience"),
    *("authors", "translators", "ai", "declared"),
)


def content_of(
    article: Article, *, number: int, interests: str | None = None, beside: Iterable[Reference] = ()
) -> dict[str, Any]:
    """Everything a reader would see of the working text, as data: numbers given, Markdown rendered, names as now.

    Previews give the `interests` that are being typed, and references to stand `beside` those in the list.

    Raises:
        UnreadableText: the text cannot be rendered safely; the message says where and what to do.
    """
    records = {reference.key: reference.as_record() for reference in (*article.references.all(), *beside)}
    numbers = numbering(article.short_answer, article.body, article.plain_body)
    authors, translators = bylines.names(article)
    interests = bylines.interests_of(article) if interests is None else interests
    texts = {"short_answer": article.short_answer, "body": article.body, "plain_body": article.plain_body}
    return {
        "schema": SCHEMA,
        "article": article.slug,
        "revision": number,
        "language": article.language,
        "title": article.title,
        **texts,
        "topic": article.topic.name,
        "topic_slug": article.topic.slug,
        "audience": article.audience,
        "authors": authors,
        "translators": translators,
        "ai": ai_statement(article),
        "declared": {"interests": interests, "funding": article.funding},
        "disclaimers": {str(audience): text for audience, text in DISCLAIMERS.items()},
        "references": [_printed(records[key], number=n) for key, n in numbers.items() if key in records]
        + [_printed(records[key], number=None) for key in records if key not in numbers],
        "searches": [search.as_record() for search in article.searches.all()],
        "html": render_article(numbers={key: n for key, n in numbers.items() if key in records}, **texts),  # type: ignore[arg-type]
    }


def ai_statement(article: Article) -> dict[str, str]:
    person = article.ai_accountable
    return {
        "involvement": article.ai_involvement,
        "tool": article.ai_tool if article.ai_involvement != AiInvolvement.NONE else "",
        "version": article.ai_version if article.ai_involvement != AiInvolvement.NONE else "",
        "accountable": person.label if person and article.ai_involvement != AiInvolvement.NONE else "",
    }


def freeze(
    article: Article, *, by: User, at: datetime, change_note: str = "", findings: dict[str, Any] | None = None
) -> Revision:
    """Make the next numbered, immutable copy of the working text. The article's row must be locked."""
    number = (article.latest_revision.number if article.latest_revision else 0) + 1
    seen = content_of(article, number=number)
    return _frozen(
        article,
        seen,
        by=by,
        at=at,
        change_note=change_note,
        contributors=sorted(contributors(article) | {by.pk}),
        findings=findings or {},
    )


def with_typing(frozen: Mapping[str, Any], texts: Mapping[str, str], *, number: int) -> dict[str, Any]:
    """The same content with other words in its three texts: its sources, their numbers and all else stay.

    Raises:
        UnreadableText: a text cannot be rendered safely.
    """
    numbers = {source["key"]: source["number"] for source in frozen["references"] if source["number"]}
    kept = {part: texts[part] for part in ("short_answer", "body", "plain_body")}
    return {**frozen, **kept, "revision": number, "html": render_article(numbers=numbers, **kept)}  # type: ignore[arg-type]


def freeze_typing(
    article: Article, content: Mapping[str, Any], *, of: Revision, by: User, at: datetime, change_note: str
) -> Revision:
    """Freeze what `with_typing` made of `of`. Whoever mends the typing does not become an author by that."""
    return _frozen(
        article,
        content,
        by=by,
        at=at,
        change_note=change_note,
        contributors=of.contributors,
        findings=of.findings,
    )


def _frozen(article: Article, seen: Mapping[str, Any], *, by: User, at: datetime, **kept: Any) -> Revision:
    content = canonical(seen).decode()
    revision = Revision.objects.create(
        article=article,
        number=seen["revision"],
        digest=digest_of(content),
        content=content,
        submitted_by=by,
        submitted_by_label=by.label,
        submitted_at=at,
        **kept,
    )
    _note_sources(revision, seen["references"])
    return revision


def _note_sources(revision: Revision, references: list[dict[str, Any]]) -> None:
    """Its sources by their identifiers, to be found when one of them is retracted."""
    sources = []
    for reference in references:
        doi, pmid = identifiers(reference)
        sources.append(
            CitedSource(revision=revision, key=reference["key"], number=reference["number"], doi=doi, pmid=pmid)
        )
    CitedSource.objects.bulk_create(sources)


def contributors(article: Article) -> set[int]:
    """Ids of everyone who wrote, co-wrote, edited, prompted or answers for the working text, or ever did."""
    past = article.history.values_list("history_user", "ai_accountable", "historicalarticle_coauthors__user")
    named = {article.author_id, article.ai_accountable_id, *article.coauthors.values_list("pk", flat=True)}
    return {pk for pk in named.union(*past) if pk}


def authors_of(article: Article) -> set[int]:
    """Ids of everyone who ever had a hand in the text, in any revision or in the working text."""
    past = Revision.objects.filter(article=article).values_list("contributors", flat=True)
    return contributors(article).union(*past)


Rows = tuple[tuple[str, str], ...]
Split = Callable[[str], list[str]]


@dataclass(frozen=True)
class Difference:
    """What one part of the text was and is, as rows of (kind, words): kind is same, out or in."""

    part: str
    rows: Rows


@dataclass
class Budget:
    """How many steps comparing may still take; share one among all the comparisons of a page."""

    left: int = MOST_STEPS

    def affords(self, steps: int) -> bool:
        if steps > self.left:
            return False
        self.left -= steps
        return True


def compare(old: dict[str, Any], new: dict[str, Any], *, budget: Budget | None = None) -> list[Difference]:
    """What a reader of `old` would find different in `new`, part by part, word by word.

    What cannot be compared within the budget is shown as replaced, so that no text can make a page hang.
    """
    budget = budget or Budget()
    parts = [(part, _flat(old.get(part)), _flat(new.get(part))) for part in COMPARED]
    parts.append(("references", _reference_lines(old), _reference_lines(new)))
    parts.append(("searches", _search_lines(old), _search_lines(new)))
    return [Difference(part, _word_rows(was, now, budget)) for part, was, now in parts if was != now]


def shortened(rows: Rows) -> Rows:
    """Unchanged stretches cut to what stands around a change, for where the whole text is at hand anyway."""
    cut = (
        words if kind != "same" or len(words) <= 3 * AROUND else f"{_first(words)} […] {_last(words)}"
        for kind, words in rows
    )
    return tuple(zip((kind for kind, _ in rows), cut, strict=True))


def _first(words: str) -> str:
    """What stands after a change, up to the end of a word."""
    return words[:AROUND].rsplit(" ", 1)[0]


def _last(words: str) -> str:
    """What stands before a change, from the beginning of a word."""
    return words[-AROUND:].split(" ", 1)[-1]


def _printed(record: dict[str, Any], *, number: int | None) -> dict[str, Any]:
    return record | {
        "number": number,
        "printed": vancouver(record),
        "links": [list(link) for link in identifier_links(record)],
        "type_label": str(SourceType(record["type"]).label) if record["type"] else "Source, type not stated",
    }


def _flat(value: Any) -> str:
    if isinstance(value, dict):
        return "; ".join(str(v) for v in value.values() if v)
    return "; ".join(value) if isinstance(value, list) else str(value or "")


def _reference_lines(content: dict[str, Any]) -> str:
    return "\n".join(_reference_line(reference) for reference in content["references"])


def _search_lines(content: dict[str, Any]) -> str:
    """Content that was frozen before searches were recorded has none."""
    said = _("{where}, {date}: {terms} ({hits} hits). {note}")
    lines = (said.format(**search) for search in content.get("searches", ()))
    return "\n".join(line.strip() for line in lines)


def _reference_line(reference: dict[str, Any]) -> str:
    """As it is printed, with the addresses behind its links: a source can be replaced by its identifier alone."""
    beyond = [
        address
        for _, address in reference["links"]
        if address.rstrip("/").rpartition("/")[2] not in reference["printed"]
    ]
    return " ".join([f"[@{reference['key']}] {reference['type_label']}. {reference['printed']}", *beyond])


def _word_rows(was: str, now: str, budget: Budget) -> Rows:
    """Paragraph by paragraph, then word by word within those that differ."""
    return tuple(_rows(was, now, (_paragraphs, _sentences, _words), budget))


def _rows(was: str, now: str, levels: tuple[Split, ...], budget: Budget) -> Iterator[tuple[str, str]]:
    """The difference by the units of the first level; what differs there is looked at by those of the next."""
    split, *finer = levels
    for old, new in aligned(split(was), split(now), budget):
        if old == new:
            yield "same", "".join(old)
        elif finer:
            yield from _closer(old, new, tuple(finer), budget)
        else:
            yield from _replaced("".join(old), "".join(new))


def _closer(old: list[str], new: list[str], finer: tuple[Split, ...], budget: Budget) -> Iterator[tuple[str, str]]:
    """Word by word where that is cheap; where it is not, each unit with the one that it resembles."""
    was, now = "".join(old), "".join(new)
    if _steps(_words(was), _words(now)) <= CHEAP:
        yield from _rows(was, now, (_words,), budget)
        return
    for out, into in _together(_alike(old, new, budget)):
        yield from _rows(out, into, finer, budget) if out and into else _replaced(out, into)


def _together(pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """What stands alone goes with the pair before it: a unit that was split in two is still looked at as one."""
    out = into = ""
    for old, new in pairs:
        if old and new and out and into:
            yield out, into
            out, into = old, new
        else:
            out, into = out + old, into + new
    if out or into:
        yield out, into


def _alike(old: list[str], new: list[str], budget: Budget) -> Iterator[tuple[str, str]]:
    """Each unit beside the one it became, in order; alone where there is none. All together if that is too dear."""
    if not budget.affords(len(old) * len(new) * STEPS_TO_COMPARE):
        yield "".join(old), "".join(new)
        return
    here, there = ([set(_words(unit)) for unit in units] for units in (old, new))
    likeness = [[_likeness(one, other) for other in there] for one in here]
    best = _best_from_here(likeness)
    i = k = 0
    while i < len(old) and k < len(new):
        if likeness[i][k] and best[i][k] == likeness[i][k] + best[i + 1][k + 1]:
            yield old[i], new[k]
            i, k = i + 1, k + 1
        elif best[i + 1][k] >= best[i][k + 1]:
            yield old[i], ""
            i += 1
        else:
            yield "", new[k]
            k += 1
    yield from ((unit, "") for unit in old[i:])
    yield from (("", unit) for unit in new[k:])


def _likeness(one: set[str], other: set[str]) -> float:
    """How much of two units is the same; nothing where that is little."""
    share = len(one & other) / max(len(one), len(other), 1)
    return share if share >= ALIKE else 0


def _best_from_here(likeness: list[list[float]]) -> list[list[float]]:
    """For each place in both lists, how much likeness the rest can be paired for without crossing."""
    width = len(likeness[0]) if likeness else 0
    best = [[0.0] * (width + 1) for _ in range(len(likeness) + 1)]
    for i in range(len(likeness) - 1, -1, -1):
        for k in range(width - 1, -1, -1):
            best[i][k] = max(best[i + 1][k], best[i][k + 1], likeness[i][k] + best[i + 1][k + 1])
    return best


def _replaced(out: str, into: str) -> list[tuple[str, str]]:
    return [(kind, words) for kind, words in (("out", out), ("in", into)) if words]


def aligned(old: list[str], new: list[str], budget: Budget) -> Iterator[tuple[list[str], list[str]]]:
    """Stretches of `old` with what stands in their place in `new`: equal pairs are the same on both sides."""
    start = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False)))
    rest = zip(reversed(old[start:]), reversed(new[start:]), strict=False)
    end = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], rest))
    inner_old, inner_new = old[start : len(old) - end], new[start : len(new) - end]
    if start:
        yield old[:start], new[:start]
    if budget.affords(_steps(inner_old, inner_new)):
        for _, i, j, k, m in difflib.SequenceMatcher(None, inner_old, inner_new, autojunk=False).get_opcodes():
            yield inner_old[i:j], inner_new[k:m]
    else:
        yield inner_old, inner_new
    if end:
        yield old[len(old) - end :], new[len(new) - end :]


def _steps(old: list[str], new: list[str]) -> int:
    """The most that matching these two can cost: every pair of equal pieces, looked at once per match."""
    here, there = Counter(old), Counter(new)
    return min(len(old), len(new)) * sum(count * there[piece] for piece, count in here.items())


def _paragraphs(text: str) -> list[str]:
    return re.findall(r"[^\n]*\n+|[^\n]+", text)


def _sentences(text: str) -> list[str]:
    return [piece for piece in re.split(r"(?<=[.!?] )|(?<=\n)", text) if piece]


def _words(text: str) -> list[str]:
    pieces: list[str] = []
    for line in text.splitlines(keepends=True):
        pieces += [word + " " for word in line.rstrip("\n").split(" ")]
        if line.endswith("\n"):
            pieces.append("\n")
    return pieces
