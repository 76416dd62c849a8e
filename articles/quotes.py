"""Where the words that somebody quotes stand in a frozen text, and how they are marked there."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from lxml import html

from articles.passages import CITATION
from articles.public import VARIANTS, PublicText

LONGEST, SHORTEST = 1_000, 2  # characters
INLINE = {"a", "abbr", "b", "br", "code", "del", "em", "i", "ins", "kbd", "mark", "q", "s", "span", "strong", "sub"}
# What one keyboard writes in one way and another in another: a quote that was typed is the same quote.
SAME = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "−": "-", "‑": "-"})
SPACED = re.compile(r" (?=[.,;:!?)])")  # where a citation was left out before it
UNSEEN = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff")


class NotThere(Exception):
    """The words do not stand in the text; the message says so in a sentence."""


@dataclass(frozen=True)
class Passage:
    """Words of one language variant as they stand there, and the how-manieth of the places where they do."""

    field: str
    quote: str
    occurrence: int = 1

    @property
    def where(self) -> str:
        return VARIANTS[self.field]


@dataclass(frozen=True)
class Mark:
    """A passage that is marked in the text; the sign behind it shows `number` and leads to `name`."""

    passage: Passage
    name: str
    number: int


@dataclass
class _Piece:
    """Words between two tags; `node` holds them before its first child or, as a tail, behind itself."""

    words: str
    node: Any = None
    is_tail: bool = False


class Readable:
    """A rendered fragment as a row of visible signs: white space, citations and tags do not count."""

    def __init__(self, fragment: str) -> None:
        self.root = html.fragment_fromstring(fragment, create_parent="div") if fragment else html.Element("div")
        self.pieces = list(_pieces(self.root))
        self.places = [
            (number, offset)
            for number, piece in enumerate(self.pieces)
            if piece.node is not None
            for offset, sign in enumerate(piece.words)
            if _counts(sign)
        ]
        self.signs = "".join(self.pieces[number].words[offset] for number, offset in self.places).translate(SAME)

    def starts(self, quote: str) -> list[int]:
        """Every place where these words begin, overlapping ones too."""
        wanted, found = signs_of(quote), []
        at = self.signs.find(wanted) if len(wanted) >= SHORTEST else -1
        while at >= 0:
            found.append(at)
            at = self.signs.find(wanted, at + 1)
        return found

    def words(self, start: int, end: int) -> str:
        """What stands from one sign to another, on one line."""
        (first, begin), (last, stop) = self.places[start], self.places[end - 1]
        if first == last:
            return _one_line(self.pieces[first].words[begin : stop + 1])
        between = "".join(piece.words for piece in self.pieces[first + 1 : last])
        return _one_line(f"{self.pieces[first].words[begin:]}{between}{self.pieces[last].words[: stop + 1]}")

    def marked(self, spans: Sequence[tuple[int, int, "Mark"]]) -> str:
        """The fragment with each span of signs in `mark`, and behind its last word a sign that leads to its name."""
        covered: dict[int, list[tuple[int, int]]] = {}
        for start, end, _ in spans:
            for number, begin, stop in self._parts(start, end):
                covered.setdefault(number, []).append((begin, stop))
        # From the end: what is put in moves nothing that is still to come.
        put = {number: _rewrite(self.pieces[number], covered[number]) for number in sorted(covered, reverse=True)}
        for _, end, mark in sorted(spans, key=lambda span: span[2].number, reverse=True):
            number, offset = self.places[end - 1]
            _put_sign(put[number][offset + 1], mark)
        return "".join([_escaped(self.root.text), *(html.tostring(child, encoding="unicode") for child in self.root)])

    def _parts(self, start: int, end: int) -> Iterator[tuple[int, int, int]]:
        """Which stretch of which piece a span covers."""
        stretches: dict[int, list[int]] = {}
        for number, offset in self.places[start:end]:
            stretches.setdefault(number, []).append(offset)
        for number, offsets in stretches.items():
            yield number, offsets[0], offsets[-1] + 1


def find(text: PublicText, field: str, quote: str, occurrence: int = 1) -> Passage:
    """The passage that is meant, in the very words of the frozen text.

    Raises:
        NotThere: there is no such variant, or these words do not stand in it, or not so often.
    """
    if field not in VARIANTS:
        raise NotThere("This text has no such part. Choose the short answer, the body or the plain-language version.")
    if len(quote) > 4 * LONGEST or len(signs_of(quote)) > LONGEST:
        raise NotThere(f"A quote has at most {LONGEST:,} characters. Quote the words that your comment is about.")
    if len(signs_of(quote)) < SHORTEST:
        raise NotThere("Quote at least one word of the text, so that the authors know what your comment is about.")
    readable = Readable(fragment_of(text, field))
    wanted = next((words for words in (quote, CITATION.sub("", quote)) if readable.starts(words)), "")
    starts = readable.starts(wanted)
    if not starts:
        raise NotThere(f"These words do not stand in the {VARIANTS[field]} as it was frozen. Copy them from the text.")
    if not 1 <= occurrence <= len(starts):
        times = "once" if len(starts) == 1 else f"{len(starts)} times"
        raise NotThere(f"These words stand in the {VARIANTS[field]} {times}. Say which of these places you mean.")
    start = starts[occurrence - 1]
    return Passage(field, readable.words(start, start + len(signs_of(wanted))), occurrence)


def fragment_of(text: PublicText, field: str) -> str:
    return {"short_answer": text.short_answer_html, "body": text.body_html, "plain_body": text.plain_html}[field]


def marked(text: PublicText, field: str, marks: Sequence[Mark]) -> str:
    """One language variant with these passages marked, as far as they stand in it."""
    fragment, spans = fragment_of(text, field), []
    chosen = [mark for mark in marks if mark.passage.field == field]
    readable = Readable(fragment) if chosen else None
    for mark in chosen:
        starts = readable.starts(mark.passage.quote) if readable else []
        if len(starts) >= mark.passage.occurrence:
            start = starts[mark.passage.occurrence - 1]
            spans.append((start, start + len(signs_of(mark.passage.quote)), mark))
    return readable.marked(spans) if readable and spans else fragment


def signs_of(words: str) -> str:
    return "".join(filter(_counts, words)).translate(SAME)


def _counts(sign: str) -> bool:
    return not sign.isspace() and sign not in UNSEEN


def _pieces(node: Any) -> Iterator[_Piece]:
    """The words of a tree in their order, with a space where a block begins or ends; citations left out."""
    yield _Piece(node.text or "", node)
    for child in node:
        apart = not isinstance(child.tag, str) or child.tag not in INLINE | {"sup"}
        if apart or child.tag == "br":
            yield _Piece(" ")
        if child.tag != "sup" and isinstance(child.tag, str):
            yield from _pieces(child)
        if apart:
            yield _Piece(" ")
        yield _Piece(child.tail or "", child, is_tail=True)


def _rewrite(piece: _Piece, covered: list[tuple[int, int]]) -> dict[int, Any]:
    """Split the words of one piece at the ends of what is marked; returns the marks by where they end."""
    cuts = sorted({0, len(piece.words), *(at for stretch in covered for at in stretch)})
    parent = piece.node.getparent() if piece.is_tail else piece.node
    place = parent.index(piece.node) + 1 if piece.is_tail else 0
    last = piece.node if piece.is_tail else None
    _say(parent, last, "")
    put = {}
    for begin, end in pairwise(cuts):
        words = piece.words[begin:end]
        if any(first <= begin and end <= stop for first, stop in covered):
            last = put[end] = html.Element("mark")
            last.text = words
            parent.insert(place, last)
            place += 1
        else:
            _say(parent, last, words)
    return put


def _say(parent: Any, last: Any, words: str) -> None:
    """Words behind a child, or before the first."""
    if last is None:
        parent.text = words
    else:
        last.tail = words


def _put_sign(marked: Any, mark: Mark) -> None:
    """Behind the marked words or, as no link can stand in another, behind the link that they are part of."""
    before = next(marked.iterancestors("a"), marked)
    sign = html.Element("sup")
    link = html.Element("a", {"href": f"#{mark.name}", "id": f"mark-{mark.name}", "class": "passage-sign"})
    link.set("aria-label", f"Your comment {mark.number}")
    link.text = str(mark.number)
    sign.append(link)
    sign.tail, before.tail = before.tail, None
    parent = before.getparent()
    parent.insert(parent.index(before) + 1, sign)


def _escaped(words: str | None) -> str:
    holder = html.Element("p")
    holder.text = words or ""
    return str(html.tostring(holder, encoding="unicode"))[3:-4]


def _one_line(words: str) -> str:
    return SPACED.sub("", " ".join(words.split()))
