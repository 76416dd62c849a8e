"""Every source can be found by an identifier, and every identifier can be one."""

from collections.abc import Callable, Iterator

from articles.integrity.draft import Draft, Reference, value
from articles.integrity.findings import Found, Level
from articles.integrity.places import in_reference, quoted
from articles.integrity.registry import rule
from articles.reference_style import valid_doi, valid_isbn, valid_pmcid, valid_pmid, valid_url

FORMS: dict[str, tuple[str, Callable[[str], bool], str]] = {
    "doi": ("DOI", valid_doi, "10.1000/xyz123"),
    "pmid": ("PMID", valid_pmid, "one to eight digits"),
    "pmcid": ("PMCID", valid_pmcid, "PMC and digits"),
    "isbn": ("ISBN", valid_isbn, "10 or 13 digits with a correct check digit"),
    "url": ("web address", valid_url, "https:// and a host name"),
}


@rule("REF-NO-ID", Level.ERROR)
def sources_have_an_identifier(draft: Draft) -> Iterator[Found]:
    for reference in draft.references:
        if not _has_identifier(reference) and not value(reference, "no_id_reason"):
            yield in_reference(
                reference,
                "This source has no DOI, PMID, PMCID, ISBN or web address, so nobody can look it up. "
                "Add one, or say why there is none.",
            )


def _has_identifier(reference: Reference) -> bool:
    return any(value(reference, name) for name in FORMS)


@rule("REF-ID-MALFORMED", Level.ERROR)
def identifiers_are_well_formed(draft: Draft) -> Iterator[Found]:
    for reference in draft.references:
        for name, (label, valid, form) in FORMS.items():
            written = value(reference, name)
            if written and not valid(written):
                message = f"{quoted(written)} cannot be a {label} (expected: {form}). Copy it again from the source."
                yield in_reference(reference, message)
