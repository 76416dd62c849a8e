"""A text does not lean on one source for most of what it says."""

from collections import Counter
from collections.abc import Iterator

from articles.integrity.draft import Citation, Draft
from articles.integrity.findings import Found, Level, NotChecked
from articles.integrity.places import in_list, in_reference
from articles.integrity.registry import rule

# Of one or two citations, one source always carries half or all.
FEWEST = 3


@rule("REF-CONCENTRATION", Level.WARNING)
def no_source_carries_most_citations(draft: Draft) -> Iterator[Found | NotChecked]:
    counts = Counter(source for mark in draft.citations for source in _sources(mark))
    total = counts.total()
    if total < FEWEST:
        yield NotChecked(f"Fewer than {FEWEST} citations: too few for a share to mean anything.")
        return
    source, most = counts.most_common(1)[0]
    if 2 * most > total:
        yield _found(draft, source, f"carries {most} of {total} citations ({100 * most / total:.0f} %)")


def _sources(mark: Citation) -> tuple[str, ...]:
    return mark.keys or tuple(f"{number}" for number in mark.numbers)


def _found(draft: Draft, source: str, share: str) -> Found:
    ask = "Check whether it really supports all of this, and look for independent sources."
    if source in draft.by_key and not draft.unmapped:
        return in_reference(draft.by_key[source], f"This source {share}. {ask}")
    return in_list(f"Source {source} {share}. {ask}", excerpt=f"[{source}]")
