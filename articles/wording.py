"""The words of a sentence as they are read: without its Markdown, its citations as numbers."""

import html
import re
from collections.abc import Iterator, Mapping

from articles.citations import CITATION, keys_in

# Each repeat is bounded: the text may be hostile.
_LINK = re.compile(r"\[([^\[\]]{1,300})\]\([^()\s]{1,1000}(?:\s\"[^\"]{0,200}\")?\)")
_EMPHASIS = re.compile(
    r"(?<![\w\\])(\*{1,3}|_{1,3})(?=\S)([^*_]{1,500}?)(?<=\S)\1(?!\w)|(\*{1,3})(?=\S)([^*]{1,500}?)(?<=\S)\3"
)
_CODE = re.compile(r"`([^`]{1,300})`")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")

Piece = tuple[str, str]


def pieces(sentence: str, *, numbers: Mapping[str, int | None]) -> tuple[Piece, ...]:
    """The sentence in pieces of (kind, words): kind is `words`, or `cites` for the numbers of a citation."""
    return tuple(_pieces(sentence, numbers))


def _pieces(sentence: str, numbers: Mapping[str, int | None]) -> Iterator[Piece]:
    position = 0
    for mark in CITATION.finditer(sentence):
        if before := as_read(sentence[position : mark.start()]):
            yield "words", before
        yield "cites", ", ".join(str(numbers.get(key) or key) for key in keys_in(mark.group()))
        position = mark.end()
    if rest := as_read(sentence[position:]):
        yield "words", rest


def as_read(markdown: str) -> str:
    """The words between the marks of emphasis, links and code, on one line."""
    text = _CODE.sub(r"\1", _LINK.sub(r"\1", markdown))
    text = _EMPHASIS.sub(lambda found: found[2] or found[4], text)
    return re.sub(r"\s+", " ", html.unescape(_ESCAPE.sub(r"\1", text)))
