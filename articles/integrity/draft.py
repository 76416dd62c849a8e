"""The text a rule reads, with what every rule needs to know of it worked out once."""

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from articles.citations import citation_marks, loose_marks
from articles.integrity.sentences import Sentence, sentences

PROSE = ("short_answer", "body", "plain_body")
FIELDS = ("title", *PROSE, "disclaimer")

Reference = Mapping[str, Any]


@dataclass(frozen=True)
class Citation:
    """One mark in the text: the keys it names, or loose numbers and the keys they can safely be read as."""

    field: str
    start: int
    end: int
    keys: tuple[str, ...]
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class Draft:
    """Everything the rules look at: text, references in list order, and what is known around them.

    `retractions` maps a DOI in lower case or a PMID to "retraction", "concern" or "correction";
    None means that no list is loaded, which is not the same as an empty one. `records` has, by key, the title and
    year that a saved record of Crossref or PubMed gives a reference.
    """

    title: str = ""
    short_answer: str = ""
    body: str = ""
    plain_body: str = ""
    audience: str = "patient"
    disclaimer: str = ""
    references: tuple[Reference, ...] = ()
    reference_list_numbered: bool = False
    searches: tuple[Mapping[str, Any], ...] = ()
    own_names: tuple[str, ...] = ()
    today: date = field(default_factory=date.today)
    retractions: Mapping[str, str] | None = None
    records: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @cached_property
    def texts(self) -> dict[str, str]:
        """The fields that are not empty, in the order a reader meets them."""
        return {name: text for name in FIELDS if (text := getattr(self, name))}

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        return tuple(each for name in PROSE for each in self._sentences_by_field.get(name, ()))

    @cached_property
    def _sentences_by_field(self) -> dict[str, tuple[Sentence, ...]]:
        return {name: sentences(text, field=name) for name, text in self.texts.items()}

    @cached_property
    def _starts(self) -> dict[str, list[int]]:
        return {name: [each.start for each in found] for name, found in self._sentences_by_field.items()}

    def sentence_at(self, field: str, position: int) -> Sentence | None:
        """The sentence this position lies in; None in headings and between sentences."""
        index = bisect_right(self._starts.get(field, []), position) - 1
        if index < 0:
            return None
        sentence = self._sentences_by_field[field][index]
        return sentence if position < sentence.end else None

    @cached_property
    def keys(self) -> tuple[str, ...]:
        return tuple(value(reference, "key") for reference in self.references)

    @cached_property
    def by_key(self) -> dict[str, Reference]:
        return dict(zip(self.keys, self.references, strict=True))

    @cached_property
    def citations(self) -> tuple[Citation, ...]:
        """Every mark of the prose, in the order a reader meets them."""
        found = [*self._keyed, *map(self._mapped, self._loose)]
        return tuple(sorted(found, key=lambda each: (PROSE.index(each.field), each.start)))

    @cached_property
    def _keyed(self) -> tuple[Citation, ...]:
        return tuple(
            Citation(name, mark.start, mark.end, tuple(mark.keys))
            for name in PROSE
            for mark in citation_marks(self.texts.get(name, ""))
        )

    @cached_property
    def _loose(self) -> tuple[Citation, ...]:
        return tuple(
            Citation(name, mark.start, mark.end, (), tuple(mark.numbers))
            for name in PROSE
            for mark in loose_marks(self.texts.get(name, ""))
            if self._is_citation(name, mark.start)
        )

    def _is_citation(self, name: str, start: int) -> bool:
        # Where keys are in use, a bare number at the end of a line is a number ("at least 2"), not a leftover mark.
        return not self._keyed or not self.texts[name][start].isascii() or not self.texts[name][start].isdigit()

    def _mapped(self, mark: Citation) -> Citation:
        if self.unmapped:
            return mark
        keys = tuple(self.keys[number - 1] for number in mark.numbers)
        return Citation(mark.field, mark.start, mark.end, keys, mark.numbers)

    @cached_property
    def loose_numbers(self) -> tuple[int, ...]:
        """The distinct loose numbers, in ascending order."""
        return tuple(sorted({number for mark in self._loose for number in mark.numbers}))

    @cached_property
    def unmapped(self) -> bool:
        """Loose numbers that nothing ties to the list: it is unnumbered, or as a list it has another length."""
        if not self.loose_numbers:
            return False
        fits = self.loose_numbers[0] >= 1 and self.loose_numbers[-1] == len(self.references)
        return not (self.reference_list_numbered and fits)

    @cached_property
    def cited_keys(self) -> frozenset[str]:
        return frozenset(key for mark in self.citations for key in mark.keys)

    @cached_property
    def _by_sentence(self) -> dict[tuple[str, int], list[Citation]]:
        found: dict[tuple[str, int], list[Citation]] = defaultdict(list)
        for mark in self.citations:
            if sentence := self.sentence_at(mark.field, mark.start):
                found[sentence.field, sentence.start].append(mark)
        return found

    def citations_in(self, sentence: Sentence) -> tuple[Citation, ...]:
        return tuple(self._by_sentence.get((sentence.field, sentence.start), ()))

    def sources_of(self, sentence: Sentence) -> tuple[Reference, ...]:
        """The entries this sentence cites, each once; a mark that leads nowhere adds none."""
        keys = dict.fromkeys(key for mark in self.citations_in(sentence) for key in mark.keys)
        return tuple(self.by_key[key] for key in keys if key in self.by_key)

    def matches(
        self, pattern: re.Pattern[str], *, fields: tuple[str, ...] = FIELDS
    ) -> Iterator[tuple[str, re.Match[str]]]:
        """Every hit of a pattern, with the field it is in."""
        for name in fields:
            for match in pattern.finditer(self.texts.get(name, "")):
                yield name, match


def value(reference: Reference, name: str) -> str:
    """One property of a reference as stripped text; empty where there is none."""
    held = reference.get(name)
    return "" if held is None else str(held).strip()
