"""Name the place a finding is about, in words that stay the same while the place does."""

import re
from collections.abc import Iterable

from articles.integrity.draft import Draft, Reference, value
from articles.integrity.findings import Found, Level

# Enough of the sentence to know it again, little enough that a sentence of 100 kB cannot swell a report.
_AROUND = 150


def in_text(draft: Draft, field: str, start: int, end: int, message: str, *, level: Level | None = None) -> Found:
    """A finding about the words between `start` and `end` of a field; its excerpt is the sentence they stand in."""
    return Found(field, start, end, excerpt(draft, field, start, end), message, level)


def in_reference(reference: Reference, message: str, *, level: Level | None = None) -> Found:
    """A finding about one entry of the list, named by its key and quoted by its title."""
    title = value(reference, "title") or "(no title)"
    return Found(f"references.{value(reference, 'key')}", None, None, _clipped(title), message, level)


def in_list(message: str, *, excerpt: str) -> Found:
    """A finding about the reference list as a whole."""
    return Found("references", None, None, _clipped(excerpt), message)


def excerpt(draft: Draft, field: str, start: int, end: int) -> str:
    text = draft.texts[field]
    sentence = draft.sentence_at(field, start)
    first, last = (sentence.start, sentence.end) if sentence else _line(text, start)
    left, right = max(first, start - _AROUND), min(max(last, end), end + _AROUND)
    quoted = re.sub(r"\s+", " ", text[left:right]).strip()
    return ("…" if left > first else "") + quoted[: 3 * _AROUND] + ("…" if right < last else "")


def quoted(text: str) -> str:
    """Words from the draft inside a message, on one line and not endless."""
    return f"“{_clipped(text, 80)}”"


def listed(things: Iterable[str], joint: str) -> str:
    """“a, b and c”."""
    *most, last = things
    return f"{', '.join(most)} {joint} {last}" if most else last


def _line(text: str, position: int) -> tuple[int, int]:
    end = text.find("\n", position)
    return text.rfind("\n", 0, position) + 1, len(text) if end < 0 else end


def _clipped(text: str, length: int = 2 * _AROUND) -> str:
    flat = " ".join(text[: 4 * length].split())
    return flat if len(flat) <= length else flat[: length - 1] + "…"
