"""Every citation leads to an entry of the list, and every entry is cited."""

from collections.abc import Iterator
from itertools import islice

from articles.integrity.draft import Draft, value
from articles.integrity.findings import UNMAPPED, Found, Level, NotChecked
from articles.integrity.places import in_reference, in_text, quoted
from articles.integrity.registry import rule


@rule("CITE-DANGLING", Level.ERROR)
def citations_have_entries(draft: Draft) -> Iterator[Found | NotChecked]:
    if draft.unmapped:
        yield UNMAPPED
    for mark in draft.citations:
        for key in dict.fromkeys(mark.keys):
            if key not in draft.by_key:
                message = (
                    f"No reference has the key {quoted(key)}. Add the reference, or correct or remove the citation."
                )
                yield in_text(draft, mark.field, mark.start, mark.end, message)


@rule("CITE-MAP-UNDEFINED", Level.ERROR)
def loose_numbers_match_the_list(draft: Draft) -> Iterator[Found]:
    if draft.unmapped:
        first = next(mark for mark in draft.citations if mark.numbers)
        yield in_text(draft, first.field, first.start, first.end, _cannot_be_matched(draft))


def _cannot_be_matched(draft: Draft) -> str:
    numbers, entries = draft.loose_numbers, len(draft.references)
    listed = ", ".join(str(number) for number in islice(numbers, 20)) + (", …" if len(numbers) > 20 else "")
    cited = f"The text cites the numbers {listed} ({len(numbers)} in all)"
    length = f"{entries} {'entry' if entries == 1 else 'entries'}"
    why = f"the list has {length}" + ("" if draft.reference_list_numbered else " and is not numbered")
    return (
        f"{cited}, but {why}: nothing says which source each number means. Choose the source of each number yourself."
    )


@rule("REF-UNCITED", Level.WARNING)
def entries_are_cited(draft: Draft) -> Iterator[Found | NotChecked]:
    if draft.unmapped:
        yield UNMAPPED
        return
    for reference in draft.references:
        if value(reference, "key") not in draft.cited_keys:
            yield in_reference(reference, "No sentence cites this reference. Cite it where it is used, or remove it.")
