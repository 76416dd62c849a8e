"""No source is in the list twice."""

import re
from collections.abc import Iterator

from articles.integrity.draft import Draft, Reference, value
from articles.integrity.findings import Found, Level
from articles.integrity.names import words
from articles.integrity.places import in_reference, quoted
from articles.integrity.registry import rule

_RESOLVER = re.compile(r"(?:https?://)?(?:dx\.)?doi\.org/|doi:\s*", re.IGNORECASE)


@rule("REF-DUPLICATE", Level.WARNING)
def sources_are_listed_once(draft: Draft) -> Iterator[Found]:
    first_with: dict[tuple[str, str], Reference] = {}
    for reference in draft.references:
        marks = list(_marks(reference))
        twin = next(((what, first_with[what, held]) for what, held in marks if (what, held) in first_with), None)
        if twin:
            yield in_reference(reference, _is_twice(*twin))
        for mark in marks:
            first_with.setdefault(mark, reference)


def _is_twice(what: str, other: Reference) -> str:
    key = quoted(value(other, "key"))
    return f"This entry has the same {what} as {key}. Merge the two and cite one key, or correct the one that is wrong."


def _marks(reference: Reference) -> Iterator[tuple[str, str]]:
    if doi := bare_doi(value(reference, "doi")):
        yield "DOI", doi
    if pmid := value(reference, "pmid"):
        yield "PMID", pmid
    title, year = " ".join(words(value(reference, "title"))), value(reference, "year")
    if title and year:
        yield "title and year", f"{title}\0{year}"


def bare_doi(written: str) -> str:
    """A DOI without its resolver and in lower case, as DOIs are compared."""
    return _RESOLVER.sub("", written, count=1).strip().lower()
