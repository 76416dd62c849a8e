"""Looks before the house opens: every caution has its four parts and can be read at a glance."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from articles.caution import MOST_WORDS, every_caution


@register()
def cautions_are_complete(**_: Any) -> list[CheckMessage]:
    return [
        Error(f"A caution cannot be used: {why}", hint="Mend its words in articles/caution.py.", id="articles.E001")
        for caution in every_caution()
        if (why := _fault(caution))
    ]


def _fault(caution: Any) -> str:
    parts = (caution.not_done, caution.may_be_wrong, caution.do_not, caution.instead, caution.line)
    if not all(part.strip() for part in parts):
        return f"one of its parts is empty: {parts}"
    words = len(caution.text.split())
    return f"it has {words} words, {MOST_WORDS} at most: {caution.text}" if words > MOST_WORDS else ""
