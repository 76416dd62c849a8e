"""An effect is told with what makes it readable: its interval, the studies behind it, and how certain it is."""

import re
from collections.abc import Iterator

from articles.integrity.draft import Draft
from articles.integrity.findings import Found, Level
from articles.integrity.patterns import one_of, phrases
from articles.integrity.places import in_text, listed, quoted
from articles.integrity.quantities import CHANGE, EFFECT, PERCENT
from articles.integrity.registry import rule
from articles.integrity.sentences import Sentence

_INTERVAL = re.compile(
    r"(?<!\w)(?:CI|CrI|(?i:confidence|credible|prediction)\s(?i:intervals?|limits?)|(?i:interval))(?!\w)"
)
_COUNT = one_of(
    r"\d{1,5} a one two three four five six seven eight nine ten eleven twelve fifteen twenty thirty the this single"
)
_STUDIES = one_of("trials? study studies RCTs? cohorts? comparisons?")
_STUDY_COUNT = phrases(rf"{_COUNT}(?: [\w-]{{1,30}}){{0,4}} {_STUDIES}", r"k ?= ?\d{1,4}")
_GRADE = r"(?:very low|low|moderate|high)"
_SURE = one_of("certainty quality confidence")
_CERTAINTY = phrases(
    rf"{_GRADE}(?:[-\s](?:to|or)[-\s]{_GRADE})?[-\s]{_SURE}",
    rf"{_SURE}(?: \w{{1,12}}){{0,5}}:? {_GRADE}",
)
_BESIDE = {"number of studies": _STUDY_COUNT, "certainty": _CERTAINTY}


@rule("DROPPED-UNCERTAINTY", Level.WARNING)
def effects_carry_their_uncertainty(draft: Draft) -> Iterator[Found]:
    for sentence, following in zip(draft.sentences, [*draft.sentences[1:], None], strict=False):
        for start, end, missing in _bare_effects(sentence, following):
            message = _without(sentence.text[start:end], missing)
            yield in_text(draft, sentence.field, sentence.start + start, sentence.start + end, message)


def _bare_effects(sentence: Sentence, following: Sentence | None) -> Iterator[tuple[int, int, list[str]]]:
    """Each effect of a sentence with what is missing beside it.

    GRADE's table of findings has interval, studies and certainty next to each number; here they stand in
    the sentence or in the one after it, and each effect has an interval of its own.
    """
    effects = sorted(_effects(sentence.text))
    around = f"{sentence.text} {_goes_on(sentence, following)}"
    missing = [what for what, pattern in _BESIDE.items() if effects and not pattern.search(around)]
    stops = [start for start, _ in effects[1:]] + [len(around)]
    for (start, end), stop in zip(effects, stops, strict=False):
        lacking = missing if _INTERVAL.search(around, start, stop) else ["interval", *missing]
        if lacking:
            yield start, end, lacking


def _goes_on(sentence: Sentence, following: Sentence | None) -> str:
    """The next sentence, if the same paragraph goes on with it."""
    if following and (following.field, following.block) == (sentence.field, sentence.block):
        return following.text
    return ""


def _effects(text: str) -> Iterator[tuple[int, int]]:
    for match in EFFECT.finditer(text):
        yield match.span()
    percents = [match for match in PERCENT.finditer(text) if not match["of"] and not match["interval"]]
    if percents and CHANGE.search(text):
        for match in percents:
            yield match.span("number")


def _without(effect: str, missing: list[str]) -> str:
    told = f"{quoted(effect)} is told without its {listed(missing, 'or')}."
    return f"{told} Add what the source says about it, or drop the number."
