"""Split Markdown into sentences, always the same way, each keeping the citations that belong to it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from articles.integrity.patterns import vocabulary

_HEADING = re.compile(r" {0,3}#{1,6}(?:\s|$)")
# Longer ones are paragraphs in disguise: nothing may escape the checks by being printed large.
_LONGEST_HEADING = 120
_RULER = re.compile(r"[\s|:=*_+–—-]*$")
_FENCE = re.compile(r" {0,3}(?:```|~~~)")
# What opens a line without being part of a sentence: quote marks, then one list marker, perhaps a tick box.
_OPENING = re.compile(r"[ \t]{0,40}(?:>[ \t]{0,4}){0,8}(?P<item>(?:[-*+•‣◦]|\d{1,4}[.)])[ \t]{1,8}(?:\[[ xX]\] )?|\|)?")
# Inside a paragraph only "1." can begin a list: "in\n2021. The" is the end of a sentence.
_NOT_FIRST = re.compile(r"\d(?<!1)|\d\d")
_END = re.compile(r"[.!?…]{1,10}[)\"'”’»*_]{0,4}")
_BRACKETS = r"(?:\s?\[(?:[^\[\]@]{0,40}@[^\[\]]{0,400}|[\d\s,;–—-]{1,80})\])"
_CITATIONS = re.compile(
    rf"(?:[–—-]?{_BRACKETS}|\s?<sup>[^<>]{{1,80}}</sup>|[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁽⁾]{{1,20}}|(?<=[a-z)\]][.?!])\d{{1,3}}(?:[,–-]\d{{1,3}}){{0,8}}){{1,40}}"
)
_NEXT = re.compile(r"\s+[\"'“‘«(\[*_]{0,4}(?:[^\W_a-zß-öø-ÿ]|@)")
_ABBREVIATIONS = vocabulary(
    "al approx ca cf cp dr ed eds eg eq etc fig figs ie incl mr mrs ms nr p pp prof ref refs resp sp spp st vol vs"
)
_DAY_HALVES = frozenset({"a.m", "p.m"})


@dataclass(frozen=True)
class Sentence:
    """A sentence of one field: `text` is exactly what stands between `start` and `end`; `block` its paragraph."""

    text: str
    field: str
    start: int
    end: int
    block: int


def sentences(markdown: str, *, field: str) -> tuple[Sentence, ...]:
    """The sentences of a text: short headings and rulers are none, a list item or table row is one or more."""
    found = []
    for number, (start, end) in enumerate(_blocks(markdown)):
        for first, last in _split(markdown, start, end):
            found.append(Sentence(markdown[first:last], field, first, last, number))
    return tuple(found)


def _blocks(markdown: str) -> Iterator[tuple[int, int]]:
    """Where each paragraph, list item and table row starts and ends."""
    start, end, lines, in_list = None, 0, 0, False
    for offset, line in _lines(markdown):
        indent, marker = _opening(line)
        text = line[indent:].strip()
        breaks = not text or _RULER.match(text) or _is_heading(line) or _FENCE.match(line)
        item = bool(marker) and (start is None or in_list or not _NOT_FIRST.match(marker))
        if start is not None and (breaks or item):
            # A line of equals signs or dashes under a line of text makes a heading of it.
            if lines > 1 or end - start > _LONGEST_HEADING or not _underlines(line):
                yield start, end
            start = None
        if not breaks:
            if start is None:
                start, lines, in_list = offset + indent, 0, item
            end, lines = offset + len(line.rstrip()), lines + 1
    if start is not None:
        yield start, end


def _is_heading(line: str) -> bool:
    return len(line) <= _LONGEST_HEADING and bool(_HEADING.match(line))


def _opening(line: str) -> tuple[int, str]:
    """How far the text of a line is set in, and the list marker before it."""
    found = _OPENING.match(line)
    return (found.end(), found["item"] or "") if found else (0, "")


def _lines(markdown: str) -> Iterator[tuple[int, str]]:
    offset = 0
    for line in markdown.split("\n"):
        yield offset, line
        offset += len(line) + 1


def _underlines(line: str) -> bool:
    bare = line.strip()
    return len(bare) > 1 and (set(bare) == {"="} or set(bare) == {"-"})


def _split(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    first = start
    for mark in _END.finditer(text, start, end):
        last = _sentence_end(text, mark, end) if mark.start() >= first else None
        if last:
            yield from _trimmed(text, first, last)
            first = last
    yield from _trimmed(text, first, end)


def _trimmed(text: str, first: int, last: int) -> Iterator[tuple[int, int]]:
    inside = text[first:last]
    if stripped := inside.strip():
        first += len(inside) - len(inside.lstrip())
        yield first, first + len(stripped)


def _sentence_end(text: str, mark: re.Match[str], end: int) -> int | None:
    """Where the sentence before this full stop ends, its trailing citations included; None if it goes on."""
    after = mark.end()
    citations = _CITATIONS.match(text, after, end)
    if citations and _begins_sentence(text, citations.end(), end):
        return citations.end()
    if _begins_sentence(text, after, end) and not _abbreviates(text, mark, end):
        return after
    return None


def _begins_sentence(text: str, position: int, end: int) -> bool:
    return position >= end or bool(_NEXT.match(text, position, end))


def _abbreviates(text: str, mark: re.Match[str], end: int) -> bool:
    if mark.group() != "." or mark.end() >= end:
        return False
    words = text[max(0, mark.start() - 40) : mark.start()].split()
    word = words[-1].lstrip("([*_\"'“‘") if words else ""
    if word.lower() in _ABBREVIATIONS:
        return True
    if word.lower() == "no":
        return text[mark.end() :].lstrip()[:1].isdigit() if mark.end() + 2 < end else False
    if "." in word:
        return len(word) < 6 and word.lower() not in _DAY_HALVES and word.replace(".", "").isalpha()
    return _is_initial(words)


def _is_initial(words: list[str]) -> bool:
    """ "J. Smith" goes on; "hepatitis B. Next" does not."""
    if not words or len(words[-1]) != 1 or not words[-1].isupper():
        return False
    before = words[-2] if len(words) > 1 else ""
    return not before[:1].islower()
