"""The piece of a text that shows why a search found it."""

import re
from collections.abc import Iterator

LENGTH = 240  # characters
WORD = re.compile(r"\w+")


def excerpt(words: str, query: str) -> list[tuple[bool, str]]:
    """About `LENGTH` characters around the first hit, as (is a hit, words) pieces in order; nothing here is HTML."""
    asked = _stems(query)
    hits = [m for m in WORD.finditer(words) if _is_hit(m.group(), asked)]
    start, end = _window(words, around=hits[0].start() if hits else 0)
    return list(_pieces(words, [m.span() for m in hits], start=start, end=end))


def _stems(query: str) -> set[str]:
    return {_stem(word) for word in WORD.findall(query.lower())}


def _stem(word: str) -> str:
    """Roughly what the index does to endings, so that “exercise” marks “exercises” as well."""
    return re.sub(r"(?:ing|ed|es|s|e)$", "", word) if len(word) > 4 else word


def _is_hit(word: str, asked: set[str]) -> bool:
    return _stem(word.lower()) in asked


def _window(words: str, *, around: int) -> tuple[int, int]:
    """From a word's beginning to a word's end."""
    start = max(0, around - LENGTH // 3)
    start = words.rfind(" ", 0, start) + 1 if start else 0
    end = min(len(words), start + LENGTH)
    return start, words.rfind(" ", start, end) if end < len(words) and " " in words[start:end] else end


def _pieces(words: str, hits: list[tuple[int, int]], *, start: int, end: int) -> Iterator[tuple[bool, str]]:
    place = start
    yield False, "… " if start else ""
    for begins, ends in hits:
        if begins >= start and ends <= end:
            yield False, words[place:begins]
            yield True, words[begins:ends]
            place = ends
    yield False, words[place:end] + (" …" if end < len(words) else "")
