"""What is said of a source is what its own record says."""

from collections.abc import Iterator, Mapping
from typing import Any

from articles.integrity.ages import year_of
from articles.integrity.draft import Draft, Reference, value
from articles.integrity.findings import Found, Level, NotChecked
from articles.integrity.names import significant
from articles.integrity.places import in_reference, quoted
from articles.integrity.registry import rule

# Titles are shortened, and subtitles left out: of the shorter one so much must be in the other.
SHARED = 0.7
# Online one year, in print the next.
YEARS_APART = 1


@rule("REF-RECORD-MISMATCH", Level.WARNING)
def entries_say_what_their_records_say(draft: Draft) -> Iterator[Found | NotChecked]:
    unknown = sum(value(reference, "key") not in draft.records for reference in draft.references)
    if unknown:
        yield NotChecked(
            f"{unknown} of {len(draft.references)} sources have no saved record of Crossref or PubMed to compare with."
        )
    for reference in draft.references:
        record = draft.records.get(value(reference, "key"))
        if record and (differing := list(_differing(reference, record))):
            said = f"The record behind its identifier has {' and '.join(differing)}."
            yield in_reference(
                reference, f"{said} Correct the entry, or the identifier: one of them is another paper's."
            )


def _differing(reference: Reference, record: Mapping[str, Any]) -> Iterator[str]:
    ours, theirs = (set(significant(value(each, "title"))) for each in (reference, record))
    if ours and theirs and len(ours & theirs) < SHARED * min(len(ours), len(theirs)):
        yield f"the title {quoted(value(record, 'title'))}"
    year = year_of(reference)
    if year and record.get("year") and abs(year - record["year"]) > YEARS_APART:
        yield f"the year {record['year']}"
