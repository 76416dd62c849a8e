"""No source has been retracted, doubted or corrected, as far as the list that is loaded can tell."""

from collections.abc import Iterator

from articles.integrity.draft import Draft, Reference, value
from articles.integrity.duplicates import bare_doi
from articles.integrity.findings import Found, Level, NotChecked
from articles.integrity.places import in_reference, quoted
from articles.integrity.registry import rule

SAYS = {
    "retraction": (
        Level.ERROR,
        "This source has been retracted. Remove it, and every sentence that nothing else supports.",
    ),
    "concern": (
        Level.WARNING,
        "The journal has published an expression of concern about this source. Read it; lean on another source.",
    ),
    "correction": (
        Level.INFO,
        "This source has been corrected. Check that what you quote is what the correction says.",
    ),
}


@rule("REF-RETRACTED", Level.ERROR)
def sources_are_not_retracted(draft: Draft) -> Iterator[Found | NotChecked]:
    if draft.retractions is None:
        yield NotChecked("No retraction list is loaded. An editor can load one.")
        return
    unknown = [reference for reference in draft.references if not list(_identifiers(reference))]
    if unknown:
        yield NotChecked(f"{len(unknown)} of {len(draft.references)} sources have neither DOI nor PMID to look up.")
    for reference in draft.references:
        if kind := next((draft.retractions[id] for id in _identifiers(reference) if id in draft.retractions), None):
            level, message = SAYS.get(kind, (Level.ERROR, f"The retraction list says {quoted(kind)}. Read the notice."))
            yield in_reference(reference, message, level=level)


def _identifiers(reference: Reference) -> Iterator[str]:
    yield from filter(None, (bare_doi(value(reference, "doi")), value(reference, "pmid")))
