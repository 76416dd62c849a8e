"""What an importer hands over: records, the problems met on the way, and the keys that sentences cite them by."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, fields
from itertools import chain, count
from typing import Any, Self

SOURCE_TYPES = frozenset(
    {
        "guideline",
        "systematic_review",
        "randomised_trial",
        "observational",
        "case_report",
        "narrative_review",
        "secondary_summary",
        "regulator",
        "preprint",
        "website",
        "expert_opinion",
    }
)

VALID_KEY = re.compile(r"(?![0-9]+$)(?!.*//)[A-Za-z0-9](?:[A-Za-z0-9_:./-]{0,68}[A-Za-z0-9_])?")
"""The given keys that are kept: no bare record numbers, no addresses, and room for a suffix up to the stored 80."""

_COMMON_WORDS = {"with", "from", "that", "this", "these", "what", "when", "which", "does", "into", "about", "between"}
_SPELLED = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ß": "ss", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})


class UnreadableFile(ValueError):
    """A file nothing could be taken from; the message says what to do."""


@dataclass(frozen=True)
class Author:
    """A person by family and given name, or an organisation by its `literal` name."""

    family: str = ""
    given: str = ""
    literal: str = ""


OTHERS = Author(literal="et al.")
"""Stands last where the file names only the first authors ("and others", "et al.")."""


@dataclass(frozen=True)
class ReferenceRecord:
    """One source. `type` is empty where the file does not say what kind of evidence it is: the author chooses."""

    key: str = ""
    type: str = ""
    title: str = ""
    authors: tuple[Author, ...] = ()
    container_title: str = ""
    publisher: str = ""
    issuing_body: str = ""
    year: int | None = None
    volume: str = ""
    issue: str = ""
    pages: str = ""
    doi: str = ""
    pmid: str = ""
    pmcid: str = ""
    isbn: str = ""
    url: str = ""
    accessed: str = ""
    no_id_reason: str = ""

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Self:
        """The record behind the plain form that revisions freeze."""
        names = {field.name for field in fields(cls)} & plain.keys()
        authors = tuple(Author(**author) for author in plain.get("authors", ()))
        return cls(**{**{name: plain[name] for name in names}, "authors": authors})


@dataclass(frozen=True)
class ImportProblem:
    """One thing to look at: where, in which record, what to do. `lost` is true when the record did not arrive."""

    line: int | None
    record: str
    reason: str
    lost: bool = False


@dataclass(frozen=True)
class ImportResult:
    records: tuple[ReferenceRecord, ...]
    problems: tuple[ImportProblem, ...]


def stable_key(record: ReferenceRecord, taken: set[str]) -> str:
    """The key of `record`: its own where it is valid, else name and year; with b, c, d … where that is taken."""
    key = record.key if VALID_KEY.fullmatch(record.key) else f"{_key_word(record)}{record.year or ''}"
    return next(free for free in chain([key], (key + _letters(n) for n in count(1))) if free not in taken)


def _key_word(record: ReferenceRecord) -> str:
    words = [record.authors[0].family or _first_word(record.authors[0].literal)] if record.authors else []
    words.append(_first_word(record.title))
    return next(filter(None, map(_ascii_letters, words)), "ref")


def _first_word(text: str) -> str:
    words = text.split()
    telling = (word for word in words if len(word) > 3 and word.lower() not in _COMMON_WORDS)
    return next(telling, words[0] if words else "")


def _ascii_letters(word: str) -> str:
    spelled = word.lower().translate(_SPELLED)
    plain = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z]", "", plain)[:30]


def _letters(number: int) -> str:
    """1 → b, 2 → c … 25 → z, 26 → ba: the second source of a name and year is its b."""
    letters = ""
    while number:
        number, rest = divmod(number, 26)
        letters = chr(ord("a") + rest) + letters
    return letters
