"""Who says that nothing was found says where and how they looked."""

from collections.abc import Iterator, Mapping
from typing import Any

from articles.integrity.draft import PROSE, Draft
from articles.integrity.findings import Found, Level
from articles.integrity.patterns import one_of, phrases
from articles.integrity.places import in_text, listed
from articles.integrity.registry import rule

_KINDS = one_of(
    "study studies trials? evidence research data guidelines? guidance publications? papers? literature reviews? "
    "reports? RCTs? recommendations?"
)
_EVIDENCE = rf"{_KINDS}(?!-)"  # "no role in evidence-based care" is about a role
_LOOKED_AT = one_of(
    "mentioned included listed recommended found studied tested described covered named addressed reported evaluated "
    "investigated examined proven shown"
)
_TELL = one_of(
    "mentions? mentioned recommends? recommended shows? showed found includes? included supports? supported names? "
    "reports? reported address addresses addressed tested"
)
ABSENCE = phrases(
    rf"no(?! (?:need|doubt|matter|reason|longer|one|more))(?: [\w-]{{1,30}}){{0,4}} {_EVIDENCE}",
    rf"(?:not|never|nowhere)(?: \w{{1,12}}){{0,2}} {_LOOKED_AT}(?: \w{{1,12}}){{0,2}} (?:in|by) any",
    rf"(?:has|have) (?:not|never) (?:yet )?been (?:\w{{1,12}}ly )?{_LOOKED_AT}",
    rf"none (?:of (?:the|these|those|them)(?: [\w-]{{1,30}}){{0,4}} )?{_TELL}",
    rf"(?:absence|lack) of(?: [\w-]{{1,30}}){{0,3}} {_EVIDENCE}",
    rf"(?:not|never)(?: \w{{1,12}}){{0,2}} (?:a single|any)(?: [\w-]{{1,30}}){{0,3}} {_EVIDENCE}",
    rf"without any(?: [\w-]{{1,30}}){{0,3}} {_EVIDENCE}",
)
_RECORDED = {"where": "where you looked", "terms": "the search terms", "date": "the date", "hits": "the number of hits"}


@rule("ABSENCE-NO-SEARCH", Level.ERROR)
def absences_rest_on_a_recorded_search(draft: Draft) -> Iterator[Found]:
    if any(not _missing(search) for search in draft.searches):
        return
    told = set()
    for field, match in draft.matches(ABSENCE, fields=PROSE):
        sentence = draft.sentence_at(field, match.start())
        if sentence and sentence not in told:
            told.add(sentence)
            yield in_text(draft, field, match.start(), match.end(), _unsearched(draft))


def _unsearched(draft: Draft) -> str:
    if not draft.searches:
        ask = f"no search is recorded. Record {listed(_RECORDED.values(), 'and')}"
    else:
        ask = f"the recorded search lacks {listed(_missing(draft.searches[0]), 'and')}. Complete it"
    return f"This sentence says that something does not exist, but {ask}, or say only what the cited sources say."


def _missing(search: Mapping[str, Any]) -> list[str]:
    """What a record of a search lacks; nought hits are a result."""
    return [
        label
        for name, label in _RECORDED.items()
        if str(search.get(name, "") or "").strip() == "" and search.get(name) != 0
    ]
