"""Strong words stand on strong sources."""

from collections.abc import Iterator

from articles.integrity.draft import PROSE, Draft
from articles.integrity.findings import UNMAPPED, Found, Level, NotChecked
from articles.integrity.patterns import phrases
from articles.integrity.places import in_text, quoted
from articles.integrity.registry import rule
from articles.integrity.sentences import Sentence
from articles.integrity.source_types import LOW_BY_TYPE, source_type

_STRONG = phrases(
    r"prove[ns]?",
    r"proved",
    r"proving",
    r"(?<!how\sit\s)(?<!how\sthis\s)works(?! (?:by|as|at|with|on)(?!\w))",
    r"cure[sd]?",
    r"guarantee[sd]?",
    r"definitely",
    r"definitively",
    r"conclusively",
    r"undoubtedly",
    r"without (?:any )?doubt",
    r"always (?:helps|relieves|prevents|improves)",
    r"(?:highly|extremely|very) effective",
)
_SAYS_LOW = phrases(
    r"(?:very )?low(?:[-\s](?:to|or)[-\s](?:very low|moderate))?[-\s](?:certainty|quality)",
    r"(?:certainty|quality)(?: of the evidence| of evidence)? (?:is|was) (?:very )?low",
)


_UNTYPED = NotChecked("Some strong words stand beside sources whose type is not known.")


@rule("STRONG-WORDS", Level.WARNING)
def strong_words_have_strong_sources(draft: Draft) -> Iterator[Found | NotChecked]:
    for field, match in draft.matches(_STRONG, fields=PROSE):
        sentence = draft.sentence_at(field, match.start())
        if not sentence or not draft.citations_in(sentence):
            continue
        certainty = _certainty(draft, sentence)
        if certainty is None:
            yield UNMAPPED if draft.unmapped else _UNTYPED
        elif certainty:
            message = (
                f"{quoted(match.group())} is stronger than its source, which is of {certainty} certainty. "
                "Say “may”, say how certain it is, or cite stronger evidence."
            )
            yield in_text(draft, field, match.start(), match.end(), message)


def _certainty(draft: Draft, sentence: Sentence) -> str | None:
    """ "low" or "very low" where nothing better is cited; empty where something is; None where that is not known."""
    if said := _SAYS_LOW.search(sentence.text):
        return "very low" if "very" in said.group().lower() else "low"
    types = {source_type(reference) for reference in draft.sources_of(sentence)}
    if types - set(LOW_BY_TYPE) - {""}:
        return ""
    if not types or "" in types:
        return None
    return "very low" if all(LOW_BY_TYPE[each] == "very low" for each in types) else "low"
