"""From the linked numbers of a JATS text to citation keys, ranges written out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .jats import ReferenceList

MAX_RANGE = 200

_MARK = "\ue000[0-9 ]*\ue001"
_DASH = r"(?:\\?[-‐-―−⁻])"
_BETWEEN = rf"\s*(?:[,;]|{_DASH})?\s*"
_CLUSTER = rf"{_MARK}(?:{_BETWEEN}{_MARK})*"
_BRACKETED = re.compile(rf"\\\[\s*({_CLUSTER})\s*\\\]|\(\s*({_CLUSTER})\s*\)")
_RUN = re.compile(_CLUSTER)
_NEXT = re.compile(f"({_BETWEEN})({_MARK})")
_NUMBERS = re.compile(r"\W*\d+[a-z]?(?:\W+\d+[a-z]?)*\W*|\W*")
_RANGE = re.compile(r"\W*(\d{1,4})\s*[-‐-―−]\s*(\d{1,4})\W*")


@dataclass(frozen=True)
class CitationMarks:
    """What can be cited: entries in the order of the list, each with the keys of its sources."""

    entries: dict[str, int]
    keys: list[list[str]]

    @classmethod
    def of(cls, references: ReferenceList) -> "CitationMarks":
        records = references.result.records
        keys = [[records[place].key for place in places] for places in references.places.values()]
        return cls({name: number for number, name in enumerate(references.places)}, keys)

    def mark(self, rid: str, *, shown: str) -> str:
        """A mark for the entries named in `rid`, to be written out by `expand`; empty if there are none."""
        found = [self.entries[name] for name in rid.split() if name in self.entries]
        found = [number for number in found if self.keys[number]]
        if not found or len(found) < len(rid.split()):
            return ""
        span = _RANGE.fullmatch(shown)
        if len(found) == 1 and span and int(span[1]) == found[0] + 1:
            found = list(self._range(found[0], int(span[2]) - 1))
        return f"\ue000{' '.join(map(str, found))}\ue001"

    def _range(self, first: int, last: int) -> Iterator[int]:
        """The entries from `first` to `last`; only the two where that cannot be a range."""
        if first < last < min(first + MAX_RANGE, len(self.keys)):
            yield from range(first, last + 1)
        else:
            yield from (number for number in (first, last) if number < len(self.keys))

    def cited(self, run: str) -> str:
        """`[@a; @b]` for a run of marks, each key once."""
        numbers: list[int] = []
        for between, mark in _NEXT.findall(run):
            entries = [int(number) for number in mark[1:-1].split()]
            if numbers and re.search(_DASH, between):
                entries = [*self._range(numbers[-1], entries[0]), *entries]
            numbers += entries
        keys = dict.fromkeys(key for number in numbers for key in self.keys[number])
        return "[" + "; ".join(f"@{key}" for key in keys) + "]"


def expand(text: str, marks: CitationMarks) -> str:
    """`text` with each run of marks, brackets around it or not, as one citation."""
    bare = _BRACKETED.sub(lambda found: found[1] or found[2], text)
    return _RUN.sub(lambda run: _apart(bare, run.start()) + marks.cited(run[0]), bare)


def _apart(text: str, position: int) -> str:
    """A raised number stands at its word; a key needs a space before it."""
    before = text[position - 1 : position]
    return "" if not before or before in " (" else " "


def is_number(shown: str) -> bool:
    """Whether a citation shows numbers only, which the key replaces; names and years in it belong to the sentence."""
    return bool(_NUMBERS.fullmatch(shown))
