"""The text can be read by the people it is for."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from textstat.textstat import textstatistics

from articles.integrity.draft import Draft
from articles.integrity.findings import Found, Level, NotChecked
from articles.integrity.registry import rule

METHOD = "Flesch–Kincaid grade, textstat"
FEWEST_WORDS = 100

# "en-US" with a hyphen counts syllables with Pyphen. Written "en_US", textstat would fetch a pronouncing
# dictionary from the network at the first use. Pyphen misses some short syllables: grades come out up to
# one and a half too low, never too high.
_STATISTICS = textstatistics()
_STATISTICS.set_lang("en-US")

_NOT_PROSE = re.compile(
    r"\[[^\[\]]{0,400}\](?:\([^()\s]{0,500}\))?|<[^<>]{1,200}>|https?://\S{1,500}|[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,20}"
)
_LINK_TEXT = re.compile(r"\[([^\[\]@]{0,400})\]\([^()\s]{0,500}\)")
_WORD = re.compile(r"[^\W\d_][\w'’-]{0,39}")


class Target(NamedTuple):
    """The grade a text for an audience should not exceed, and the one above which it is an error."""

    grade: int
    limit: int | None


PATIENT = Target(8, 12)
TARGETS = {"patient": PATIENT, "professional": Target(14, None), "student": Target(14, None)}


@rule("READABILITY", Level.INFO)
def the_audience_can_read_it(draft: Draft) -> Iterator[Found | NotChecked]:
    for field, grade, target in grades(draft):
        if grade is None:
            yield NotChecked(f"The {_NAMES[field]} has fewer than {FEWEST_WORDS} words: too few to measure ({METHOD}).")
        elif grade > target.grade:
            yield _too_hard(draft, field, grade, target)


def grades(draft: Draft) -> Iterator[tuple[str, float | None, Target]]:
    """The grade of each language variant beside its target; None where it has too few words to measure."""
    for field, target in (("body", TARGETS[draft.audience]), ("plain_body", PATIENT)):
        lines = _prose(draft, field)
        if lines or field == "body":
            yield field, _grade(lines) if sum(map(len, lines)) >= FEWEST_WORDS else None, target


_NAMES = {"body": "body", "plain_body": "plain-language body"}


def _too_hard(draft: Draft, field: str, grade: float, target: Target) -> Found:
    level = Level.ERROR if target.limit is not None and grade > target.limit else Level.INFO
    reader = "patients" if target is PATIENT else f"{draft.audience}s"
    message = (
        f"The {_NAMES[field]} reads at grade {grade:.1f} ({METHOD}); the target for {reader} is {target.grade}. "
        "Use shorter sentences and everyday words."
    )
    # The finding is about the whole field: an explanation of it holds while the whole grade does.
    return Found(field, 0, len(draft.texts[field]), f"grade {grade:.0f}", message, level)


def _prose(draft: Draft, field: str) -> list[list[str]]:
    """The words of each sentence, without marks, links and numbers."""
    plain = (_NOT_PROSE.sub(" ", _LINK_TEXT.sub(r"\1", each.text)) for each in draft.sentences if each.field == field)
    return [found for text in plain if (found := _WORD.findall(text))]


def _grade(lines: list[list[str]]) -> float:
    # Sentences are ours: textstat would end one at every decimal point.
    return float(_STATISTICS.flesch_kincaid_grade(" ".join(f"{' '.join(words)}." for words in lines)))
