"""Compare names of people and organisations as readers would: by their words, whatever the punctuation."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from articles.integrity.draft import Reference, value
from articles.integrity.patterns import vocabulary

_WORD = re.compile(r"[^\W_]+")
_SMALL = vocabulary("a an and de des for in la of on the to und y")
_COUNTRIES = frozenset({"us", "uk", "eu"})
_SPELLINGS = {
    "organization": "organisation",
    "organizations": "organisations",
    "centers": "centres",
    "center": "centre",
}


def words(text: str) -> tuple[str, ...]:
    """The words of a text, without case, accents and punctuation."""
    plain = text if text.isascii() else _without_accents(text)
    return tuple(_SPELLINGS.get(word, word) for word in _WORD.findall(plain.casefold()))


def _without_accents(text: str) -> str:
    return "".join(each for each in unicodedata.normalize("NFKD", text) if not unicodedata.combining(each))


def significant(text: str) -> tuple[str, ...]:
    """The words of a name without "of", "the" and their like."""
    return tuple(word for word in words(text) if word not in _SMALL)


def issuers(reference: Reference) -> Iterator[str]:
    """The organisations that could have issued a source."""
    yield from filter(None, (value(reference, "issuing_body"), value(reference, "publisher")))
    for author in authors(reference):
        if literal := value(author, "literal"):
            yield literal


def authors(reference: Reference) -> tuple[Mapping[str, Any], ...]:
    listed = reference.get("authors")
    return tuple(one for one in listed if isinstance(one, Mapping)) if isinstance(listed, list | tuple) else ()


def same_body(one: str, other: str) -> bool:
    """Whether two names can mean one organisation: the same words, more of them, or their initials."""
    left, right = significant(one), significant(other)
    if not left or not right:
        return False
    fewer, more = sorted((set(left), set(right)), key=len)
    return left == right or (len(fewer) > 1 and fewer <= more) or _abbreviates(one, right) or _abbreviates(other, left)


def _abbreviates(name: str, full: tuple[str, ...]) -> bool:
    """NICE stands for the National Institute for Health and Care Excellence: in order, but not every initial."""
    initials = "".join(word if word in _COUNTRIES else word[0] for word in full)
    return any(word in full or _in_order(word, initials) for word in acronyms(name))


def _in_order(letters: str, initials: str) -> bool:
    rest = iter(initials)
    return letters[0] == initials[0] and all(letter in rest for letter in letters)


def acronyms(name: str) -> list[str]:
    """The words in capitals that stand for a body, in lower case; a country alone does not."""
    found = [word for word in _WORD.findall(name) if 2 <= len(word) <= 8 and word.isupper() and word.isalpha()]
    return [word.casefold() for word in found if word.casefold() not in _COUNTRIES]
