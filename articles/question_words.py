"""Which words of a question say what it is about, and whether it sounds as if somebody needed help at once."""

import re
from typing import NamedTuple

from articles.integrity.draft import Draft
from articles.integrity.patterns import phrases, vocabulary
from articles.integrity.risk import risk_of
from articles.states import Risk

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")

# Words that both databases leave out or that carry a sentence without saying what it is about.
SILENT = vocabulary(
    "i me my myself we our ours ourselves you your yours yourself yourselves he him his himself she her hers herself "
    "it its itself they them their theirs themselves what which who whom whose this that these those am is are was "
    "were be been being have has had having do does did doing done a an the and but if or because as until while of "
    "at by for with about against between into through during before after above below to from up down in out on off "
    "over under again further then once here there when where why how all any both each few more most other some "
    "such no nor not only own same so than too very can cannot will just don should now s t ll re ve ain "
    "aren couldn didn doesn hadn hasn haven isn mightn mustn needn shan shouldn wasn weren won wouldn "
    "could would may might must shall ought also even ever yet still though although whether within without upon via "
    "per else let us im ive id dont cant"
)
# Everyday words: a paragraph that has them fits better, one that lacks them is no worse an answer.
EVERYDAY = vocabulary(
    "get gets got getting go goes going gone went make makes made making really quite maybe perhaps think thinks "
    "thought know knows known like likes want wants need needs needed feel feels feeling felt help helps helped "
    "helping good bad better best worse worst well fine ok okay thing things something anything everything nothing "
    "someone anyone everyone somebody anybody people person way ways much many lot lots little bit several often "
    "sometimes always never usually normally long longer last lasts lasting short time times day days week weeks "
    "month months year years today tomorrow yesterday soon old new say says said tell tells told ask asks asked "
    "question questions answer answers please thanks thank hello hi dear cause causes caused causing safe safely work "
    "works worked working use uses used using take takes taken took taking give gives given giving kind kinds type "
    "types sort mean means meant meaning different difference possible possibly normal usual try tries tried trying "
    "happen happens happened happening keep keeps kept keeping one two three first second find found see seen look "
    "looks looking come comes came coming able actually true false evidence show shows study studies effective "
    "recommended recommend advice advise advised"
)
# Critical words that ask about a subject rather than cry for help.
_OF_A_SUBJECT = re.compile(r"cur(?:e|es|ed|ing)|outbreaks?|epidemics?|pandemics?")
_CALLS_FOR_HELP = phrases(
    r"(?:chest|heart) (?:pain|pressure|tightness)",
    r"(?:can ?not|can['’]?t|hardly|barely|struggling to|difficulty|trouble) (?:breath(?:e|ing)|wake|swallow(?:ing)?)",
    r"(?:not|stopped) breathing|short(?:ness)? of breath|chok(?:e|ed|es|ing)",
    r"unconscious|unresponsive|collapsed|passed out|faint(?:ed|ing)",
    r"stroke|face (?:is )?drooping|slurred speech|seizures?|convulsions?",
    r"bleeding (?:heavily|a lot|badly)|heavy bleeding|vomiting blood|blood in (?:my|his|her|the) vomit",
    r"(?:want|wants|going|wish) to (?:die|be dead)|end (?:my|his|her|their) life",
    r"harm(?:ing)? (?:myself|himself|herself|themselves)",
    r"took too (?:many|much)|swallowed (?:a|some|bleach|battery|poison)|poison(?:ed)?",
    r"heart attack|meningitis|sepsis",
)


class Terms(NamedTuple):
    """`required`: every one must occur. `further`: they only make a better match of what has all those."""

    required: tuple[str, ...]
    further: tuple[str, ...]


def terms_of(question: str) -> Terms:
    words = list(dict.fromkeys(_bare(word) for word in WORD.findall(question.lower())))
    spoken = [word for word in words if word and word not in SILENT]
    return Terms(
        tuple(word for word in spoken if word not in EVERYDAY), tuple(word for word in spoken if word in EVERYDAY)
    )


def sounds_urgent(question: str) -> bool:
    """It uses words of an emergency. Said of the words only: nobody and nothing here judges what the matter is."""
    critical = [word for word, level in risk_of(Draft(title=question)).words if level == Risk.CRITICAL]
    return any(not _OF_A_SUBJECT.fullmatch(word) for word in critical) or bool(_CALLS_FOR_HELP.search(question))


def likeness(one: str, other: str) -> float:
    """How much two questions share of what they are about, from 0 to 1."""
    here, there = _stems(one), _stems(other)
    return len(here & there) / len(here | there) if here and there else 0.0


def _bare(word: str) -> str:
    """Without what an apostrophe adds: “doctor's” is about a doctor, “don't” about nothing."""
    return re.split(r"['’]", word)[0]


def _stems(question: str) -> set[str]:
    terms = terms_of(question)
    return {re.sub(r"(?:ing|ed|es|s|e)$", "", word) if len(word) > 3 else word for word in terms.required}
