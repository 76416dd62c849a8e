"""Only the record of reviews says that a text was reviewed; the text itself never does."""

from collections.abc import Iterator

from articles.integrity.draft import Draft
from articles.integrity.findings import Found, Level
from articles.integrity.patterns import one_of, phrases
from articles.integrity.places import in_text, quoted
from articles.integrity.registry import rule

_TEXT = one_of(
    "articles? pages? contents? texts? information answers? leaflets? guides? summary summaries materials? posts? "
    "publications?"
)
_CHECKED = one_of(
    r"reviewed approved certified verified checked vetted endorsed validated accredited fact-checked signed\soff "
    "quality-assured"
)
_BY = one_of(
    "board panel experts? editors? physicians? doctors? clinicians? specialists? professionals? team committee nurses? "
    "pharmacists?"
)
_READ = one_of(r"reviewed verified checked vetted fact-checked proofread signed\soff")
_WHICH = rf"(?:this|these|all(?: of)?|every|each|our)(?: (?:our|the|of|its|these))?(?: [\w-]{{1,20}})? {_TEXT}"
_HAS_BEEN = r"(?:is|are|was|were|has been|have been)(?: (?!not |never |awaiting |being |pending |un)[\w-]{1,20}){0,3}"
_STATE = phrases(
    rf"{_WHICH}(?: on this (?:site|page))? {_HAS_BEEN} {_CHECKED}",
    rf"{_CHECKED}(?: [\w-]{{1,20}}){{0,3}} by (?:our|its own)(?: [\w-]{{1,20}}){{0,4}} {_BY}",
    rf"(?:medically|clinically|expert|editorially|physician|doctor|professionally)[-\s]{_CHECKED}"
    rf"(?= (?:by|on|in|{_TEXT})|[.,:;!])",
    rf"{_CHECKED} for (?:medical )?accuracy",
    rf"(?:review |editorial )?status: {_CHECKED}",
    r"last (?:medically )?(?:reviewed|checked|approved)(?: (?:on|by))?",
    r"(?:HON ?code|PIF TICK|URAC)[-\s](?:certified|accredited|approved)",
    r"(?:certified|accredited) (?:health |medical )?(?:content|information|article)",
    # The words by which our own pages say who checked them.
    rf"(?:(?<![\s\S])|(?<=\n)|(?<=[.!?:>#*_|])|(?<=[.!?:>#*_|+-]\s)){_READ} by",
    rf"to be {_READ} again",
    rf"{_BY} (?:has|have) (?:now )?{_READ} (?:this|these|our|every|all)",
    r"(?:medical|clinical|expert|medically) (?:reviewer|review|editor)s?:",
)


@rule("STATE-CONTRADICTION", Level.ERROR)
def the_text_does_not_claim_to_be_reviewed(draft: Draft) -> Iterator[Found]:
    for field, match in draft.matches(_STATE):
        message = (
            f"{quoted(match.group())} says that the text was checked. Who checked which text, and when, is shown from "
            "the record of reviews alone. Take the statement out."
        )
        yield in_text(draft, field, match.start(), match.end(), message)
