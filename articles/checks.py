"""Looks before the house opens: every caution has its four parts and can be read at a glance, in each language."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from articles.caution import ENGLISH, MOST_WORDS, every_caution

HINT = "Mend its words in articles/caution.py or in the file of its language, or take the language out of LANGUAGES."


@register()
def cautions_are_complete(**_: Any) -> list[CheckMessage]:
    return [
        Error(f"A caution cannot be used ({language}): {why}", hint=HINT, id="articles.E001")
        for language in dict.fromkeys([ENGLISH, *dict(settings.LANGUAGES)])
        for why in _faults_in(language)
    ]


def _faults_in(language: str) -> Iterator[str]:
    try:
        cautions = every_caution(language)
    except KeyError as missing:
        yield f"it has no words for {missing}"
        return
    english = every_caution()
    for caution, original in zip(cautions, english, strict=False):
        if why := _fault(caution) or (language != ENGLISH and _untranslated(caution, original)):
            yield why


def _fault(caution: Any) -> str:
    if not all(part.strip() for part in _parts(caution)):
        return f"one of its parts is empty: {_parts(caution)}"
    words = len(caution.text.split())
    return f"it has {words} words, {MOST_WORDS} at most: {caution.text}" if words > MOST_WORDS else ""


def _untranslated(caution: Any, original: Any) -> str:
    same = [part for part, english in zip(_parts(caution), _parts(original), strict=True) if part == english]
    return f"it is still in English: {same[0]}" if same else ""


def _parts(caution: Any) -> tuple[str, ...]:
    return (caution.not_done, caution.may_be_wrong, caution.do_not, caution.instead, caution.line)
