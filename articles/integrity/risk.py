"""The words that raise the risk class of an article, with the class they raise it to."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from articles.integrity.draft import PROSE, Draft
from articles.integrity.drugs import is_drug
from articles.integrity.findings import Found, Level
from articles.integrity.patterns import one_of, phrases
from articles.integrity.places import in_text, quoted
from articles.integrity.quantities import DOSE, is_dose
from articles.integrity.registry import rule

LOWEST = 1
_FIELDS = ("title", *PROSE)

_PLACES = one_of("departments? rooms? services? numbers? medicine physicians? contacts?")
_PEOPLE = one_of("people friends peers staff others family families colleagues carers partners")
_MEDICINE = one_of("medicines? drugs? medications? tablets treatments? therapy pills? antidepressants? opioids?")

_CRITICAL = phrases(
    # The fixed name of a place or a service is not an emergency; "in an emergency" is.
    rf"emergenc(?:y|ies)(?! {_PLACES})",
    r"overdos(?:e|es|ed|ing|age)",
    r"self[-\s]harm(?:s|ed|ing)?",
    r"self[-\s]injur(?:y|ies|ing)",
    r"suicid\w{1,6}",
    r"kill (?:yourself|myself|themselves|himself|herself)",
    r"outbreaks?|epidemics?|pandemics?",
    r"anaphyla(?:xis|ctic)",
    r"cardiac arrest",
    r"poisoning",
    r"(?<!no\s)(?<!no\sknown\s)(?<!not\sa\s)(?<!cannot\s)(?<!not\s)cure[sd]?",
    r"curing",
)
_HIGH = phrases(
    r"(?<!healthy\s)dos(?:e|es|ed|ing|age|ages)(?! of (?:reality|humou?r|realism|common sense|scepticism|luck))",
    r"(?<!social\s)(?<!human\s)(?<!gene\s)(?<!personal\s)(?<!peer\s)(?<!family\s)(?<!protein\s)interactions?"
    rf"(?! (?:with|between|among) (?:\w{{1,12}} )?{_PEOPLE})",
    rf"interact(?:s|ing)? with (?:\w{{1,12}} )?(?:alcohol|{_MEDICINE})",
    r"pregnan(?:t|cy|cies)",
    r"breast[-\s]?fe(?:ed|eds|eding|d)",
    r"lactati(?:on|ng)",
    r"child(?:ren)?(?!['’]s play)",
    r"infants?|bab(?:y|ies)|newborns?|toddlers?|neonat(?:e|es|al)|pa?ediatrics?",
    r"screening|screened for",
    r"(?<!complaints\s)(?<!complaint\s)(?<!appeals\s)procedures?",
    r"(?<!GP\s)(?<!doctor['’]s\s)surger(?:y|ies)",
    r"surgical(?:ly)?|biops(?:y|ies)|(?:colono|endo|arthro|laparo)scop(?:y|ies)|an?a?esthe(?:sia|tic|tics)",
    r"implant(?:s|ed|ation)?|injections?",
    rf"stop(?:s|ped|ping)? (?:taking|using|(?:\w{{1,12}} ){{0,2}}{_MEDICINE})",
    rf"com(?:e|es|ing) off (?:\w{{1,20}} ){{0,2}}{_MEDICINE}",
    r"discontinu(?:e|es|ed|ing|ation)",
    r"taper(?:s|ed|ing)?",
    r"withdrawal",
)
_WORD = re.compile(r"[^\W\d_]{4,40}")
_USE = phrases(
    r"(?:tak|us|giv|prescrib|initiat|administer|inject|swallow|appl|avoid|start|combin|treat|add|consider|switch)"
    r"(?:e|es|ed|en|ing|ies|ied|y|s|ment)?",
    r"first-line|second-line|as needed|daily|twice",
)
_MEDIUM = phrases(
    r"treatments?|treat(?:s|ed|ing)?|therap(?:y|ies)|self[-\s]care|self[-\s]management|rehabilitation|exercises?",
    r"symptoms?|diagnos(?:is|es|ed|e)|conditions?|diseases?|disorders?|syndromes?|infections?|illness(?:es)?|"
    r"injur(?:y|ies)|pain|cancers?|diabetes|asthma|arthritis|depression|anxiety|migraines?|hypertension",
    r"medicines?|medications?|drugs?|vaccin(?:e|es|ation|ations)",
)


@dataclass(frozen=True)
class RiskAssessment:
    """The class the words raise an article to, and each word once with its own class, the gravest first."""

    level: int
    words: tuple[tuple[str, int], ...]


class _Trigger(NamedTuple):
    word: str
    level: int
    field: str
    start: int
    end: int


def risk_of(draft: Draft) -> RiskAssessment:
    """The highest class any word asks for; 1 where none does. The disclaimer, which every text has, does not count."""
    words = sorted(((each.word, each.level) for each in _triggers(draft)), key=lambda pair: -pair[1])
    return RiskAssessment(max((level for _, level in words), default=LOWEST), tuple(words))


@rule("RISK-TRIGGER", Level.INFO)
def words_that_raise_the_risk_are_told(draft: Draft) -> Iterator[Found]:
    for each in _triggers(draft):
        message = f"{quoted(each.word)} raises the risk class to {each.level}. An editor can lower it, with a reason."
        yield in_text(draft, each.field, each.start, each.end, message)


def _triggers(draft: Draft) -> Iterator[_Trigger]:
    """Every word that asks for more than the lowest class, at its first place."""
    seen = set()
    for level, spans in ((4, _plain(draft, _CRITICAL)), (3, _high(draft)), (2, _plain(draft, _MEDIUM))):
        for field, start, end in spans:
            word = " ".join(draft.texts[field][start:end].lower().split())
            if word not in seen:
                seen.add(word)
                yield _Trigger(word, level, field, start, end)


_Span = tuple[str, int, int]


def _plain(draft: Draft, pattern: re.Pattern[str]) -> Iterator[_Span]:
    for field, match in draft.matches(pattern, fields=_FIELDS):
        yield field, *match.span()


def _high(draft: Draft) -> Iterator[_Span]:
    yield from _plain(draft, _HIGH)
    for field, match in draft.matches(DOSE, fields=_FIELDS):
        if is_dose(match):
            yield field, *match.span()
    for field, match in draft.matches(_WORD, fields=_FIELDS):
        if is_drug(match.group()) and _is_used(draft, field, match):
            yield field, *match.span()


def _is_used(draft: Draft, field: str, match: re.Match[str]) -> bool:
    sentence = draft.sentence_at(field, match.start())
    around = sentence.text if sentence else match.string[max(0, match.start() - 80) : match.end() + 80]
    return bool(_USE.search(around))
