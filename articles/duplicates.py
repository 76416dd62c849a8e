"""Which entries of a list may be one source: offered for merging, and never merged unasked."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from articles.integrity.draft import value
from articles.integrity.duplicates import bare_doi
from articles.integrity.names import significant

MOST_PAIRS = 30
MOST_ALIKE = 40  # entries that share a mark are compared with each other; nobody merges so many
SIMILAR = 0.8
FEWEST_WORDS = 4

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Pair:
    """Two entries, in the order of the list, and why they may be one source."""

    one: Record
    other: Record
    why: str


def pairs(records: Sequence[Record]) -> list[Pair]:
    """Entries with one DOI or PMID, or with one title: the surest reason of each pair, at most `MOST_PAIRS`."""
    found: dict[tuple[int, int], str] = {}
    for why, sharing in _sharing(records):
        for one, other in combinations(sharing[:MOST_ALIKE], 2):
            if (one, other) not in found and (reason := _reason(why, records[one], records[other])):
                found[one, other] = reason
            if len(found) == MOST_PAIRS:
                break
    return [Pair(records[one], records[other], why) for (one, other), why in sorted(found.items())[:MOST_PAIRS]]


def _sharing(records: Sequence[Record]) -> Iterator[tuple[str, list[int]]]:
    """Places of the entries that share a mark, the surest kind of mark first."""
    marks: dict[str, dict[str, list[int]]] = {kind: defaultdict(list) for kind in ("DOI", "PMID", "title", "word")}
    for place, record in enumerate(records):
        marks["DOI"][bare_doi(value(record, "doi"))].append(place)
        marks["PMID"][value(record, "pmid")].append(place)
        words = significant(value(record, "title"))
        marks["title"][" ".join(words)].append(place)
        # Two titles of nearly the same words share at least one of these.
        for word in {words[0], words[-1], max(words, key=len)} if len(words) >= FEWEST_WORDS else ():
            marks["word"][word].append(place)
    for kind, by_mark in marks.items():
        yield from ((kind, places) for mark, places in by_mark.items() if mark and len(places) > 1)


def _reason(kind: str, one: Record, other: Record) -> str:
    if kind in ("DOI", "PMID"):
        return f"the same {kind}"
    years = {value(record, "year") for record in (one, other)} - {""}
    if kind == "title":
        return "the same title and year" if len(years) == 1 else "the same title"
    return "nearly the same title" if len(years) < 2 and _are_similar(one, other) else ""


def _are_similar(one: Record, other: Record) -> bool:
    left, right = (set(significant(value(record, "title"))) for record in (one, other))
    return len(left & right) >= SIMILAR * len(left | right)
