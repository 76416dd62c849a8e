"""A statistic or a dose has a source in its own sentence."""

from collections.abc import Iterator

from articles.integrity.draft import Draft
from articles.integrity.findings import Found, Level
from articles.integrity.places import in_text, quoted
from articles.integrity.quantities import DOSE, STATISTIC, is_dose
from articles.integrity.registry import rule
from articles.integrity.sentences import Sentence


@rule("NUMBER-UNCITED", Level.WARNING)
def numbers_have_a_source(draft: Draft) -> Iterator[Found]:
    for sentence in draft.sentences:
        if draft.citations_in(sentence):
            continue
        if span := _number(sentence):
            start, end = span
            number = quoted(sentence.text[start:end])
            message = (
                f"{number} has no source. Cite, in this sentence, the source it comes from, or take the number out."
            )
            yield in_text(draft, sentence.field, sentence.start + start, sentence.start + end, message)


def _number(sentence: Sentence) -> tuple[int, int] | None:
    if statistic := STATISTIC.search(sentence.text):
        return statistic.span()
    return next((dose.span() for dose in DOSE.finditer(sentence.text) if is_dose(dose)), None)
