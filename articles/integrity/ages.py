"""Sources are recent enough to be called current."""

import re
from collections.abc import Iterator

from articles.integrity.draft import Draft, Reference, value
from articles.integrity.findings import UNMAPPED, Found, Level, NotChecked
from articles.integrity.places import in_reference
from articles.integrity.registry import rule

OLD_AFTER_YEARS = 5

_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")


@rule("REF-OLD", Level.INFO)
def sources_are_recent(draft: Draft) -> Iterator[Found | NotChecked]:
    if draft.unmapped:
        # Some of the cited sources may not be in the list at all, and those would be the ones nobody dated.
        yield UNMAPPED
    undated = [reference for reference in draft.references if year_of(reference) is None]
    if undated:
        yield NotChecked(f"{len(undated)} of {len(draft.references)} sources have no year.")
    for reference in draft.references:
        year = year_of(reference)
        if year is not None and draft.today.year - year > OLD_AFTER_YEARS:
            message = f"This source is from {year}, more than {OLD_AFTER_YEARS} years ago. Check for newer evidence."
            yield in_reference(reference, message)


def year_of(reference: Reference) -> int | None:
    found = _YEAR.search(value(reference, "year"))
    return int(found.group()) if found else None
