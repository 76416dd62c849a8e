"""Text as the words it is made of, so that marks, spaces and letter case cannot hide it or make it look new."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

WORD = re.compile(r"\w+")
RUN = 8  # words in a row that no two texts share by chance

Runs = frozenset[tuple[str, ...]]


@dataclass(frozen=True)
class Words:
    """A piece of text, word by word."""

    row: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> "Words":
        return cls(tuple(split(text)))

    @cached_property
    def runs(self) -> Runs:
        """Every row of `RUN` words in it."""
        return frozenset(self.row[i : i + RUN] for i in range(len(self.row) - RUN + 1))

    def has(self, other: "Words") -> bool:
        """Whether all of `other`, which must not be empty, stands in it word by word."""
        return bool(other.row) and other._joined in self._joined

    @cached_property
    def _joined(self) -> str:
        return f" {' '.join(self.row)} "


def split(text: str) -> Iterator[str]:
    return (found.group() for found in WORD.finditer(text.casefold()))


def joined(pieces: Iterable[Words]) -> Words:
    return Words(tuple(word for piece in pieces for word in piece.row))
