"""The words of the caution, per standing, provenance and audience, long and in one line.

Four parts, as the evidence on labels asks: what was not done, what may be wrong, what not to do, what to do instead.
"""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from django.conf import settings

from articles import caution_in_german
from articles.standing import Standing, Told
from articles.states import AI_WROTE, Audience, NoticeKind

VERSION = "3"
MOST_WORDS = 60


@dataclass(frozen=True)
class Caution:
    """Four sentences, and one line for places where four do not fit."""

    not_done: str
    may_be_wrong: str
    do_not: str
    instead: str
    line: str

    @property
    def text(self) -> str:
        return f"{self.not_done} {self.may_be_wrong} {self.do_not} {self.instead}"


AI_FAULTS = "It may get facts or doses wrong, or name studies that do not say what it claims."
HUMAN_FAULTS = "It may hold mistakes, or leave out something that matters to you."
AGED = "Newer research may have changed what is advised."

# (what was not done, what may be wrong, one line), for a text an AI system wrote and for one it did not.
ABOUT = {
    (Told.SUBMITTED, True): (
        "This text was made with an AI system, and no health professional has checked it.",
        AI_FAULTS,
        "Made with AI and not checked by any health professional: do not act on it.",
    ),
    (Told.SUBMITTED, False): (
        "No health professional on our board has checked this text yet.",
        HUMAN_FAULTS,
        "Not yet checked by a health professional: do not act on it.",
    ),
    (Told.UNDER_REVIEW, True): (
        "This text was made with an AI system, and a health professional is still checking it.",
        AI_FAULTS,
        "Made with AI, and its check is not finished: do not act on it.",
    ),
    (Told.UNDER_REVIEW, False): (
        "A health professional is still checking this text.",
        HUMAN_FAULTS,
        "Its check by a health professional is not finished: do not act on it.",
    ),
    (Told.CHANGES_REQUESTED, True): (
        "This text was made with an AI system. Health professionals asked for changes that have not been made.",
        "Some of what it says is known to need fixing.",
        "Made with AI, and its reviewers asked for changes: do not act on it.",
    ),
    (Told.CHANGES_REQUESTED, False): (
        "Health professionals read this text and asked for changes that have not been made.",
        "Some of what it says is known to need fixing.",
        "Its reviewers asked for changes that are not made yet: do not act on it.",
    ),
    (Told.OVERDUE, True): (
        "This text was made with an AI system and checked once. Its next check is due and has not been done.",
        AGED,
        "Checked once, but its next check is overdue: it may be out of date.",
    ),
    (Told.OVERDUE, False): (
        "This text was checked once. Its next check is due and has not been done.",
        AGED,
        "Checked once, but its next check is overdue: it may be out of date.",
    ),
    (Told.SUPERSEDED, True): (
        "This is an older version of a text that was made with an AI system. A newer one has taken its place.",
        "It may hold mistakes that were put right since.",
        "An older version that a newer one has replaced: do not act on it.",
    ),
    (Told.SUPERSEDED, False): (
        "This is an older version of this text. A newer one has taken its place.",
        "It may hold mistakes that were put right since.",
        "An older version that a newer one has replaced: do not act on it.",
    ),
    (Told.RETRACTED, True): (
        "We took back this text. It was made with an AI system, and our check did not find what is wrong with it.",
        "It is seriously wrong, and following it could do harm.",
        "Taken back because it is seriously wrong: do not use it.",
    ),
    (Told.RETRACTED, False): (
        "We took back this text: our check did not find what is wrong with it.",
        "It is seriously wrong, and following it could do harm.",
        "Taken back because it is seriously wrong: do not use it.",
    ),
}

OVERLAID = {
    NoticeKind.SOURCE_ALERT: (
        "A study behind this text was retracted or is in doubt, and no one has yet checked what that changes.",
        "Some of what it says may no longer hold.",
        "A study behind this text was retracted or is in doubt: some of it may no longer hold.",
    ),
    NoticeKind.CONCERN: (
        "Doubts were raised about this text after it was checked, and they are not settled.",
        "Some of what it says may be wrong.",
        "Doubts about this text are being looked into: some of it may be wrong.",
    ),
}

DO_NOT = {
    Audience.PATIENT: "Do not start, stop or change any treatment because of it.",
    Audience.PROFESSIONAL: "Do not base a decision about a patient on it.",
    Audience.STUDENT: "Do not rely on it or cite it as checked.",
}
INSTEAD = {
    Audience.PATIENT: "Ask a doctor, nurse or pharmacist, or read a page that names who checked it.",
    Audience.PROFESSIONAL: "Go to the sources themselves and to current local guidance.",
    Audience.STUDENT: "Read the sources themselves, or a page that names who checked it.",
}


# Every language the caution has words in; in any other a text is cautioned in English.
ENGLISH = "en"
WORDS: dict[str, Any] = {
    ENGLISH: SimpleNamespace(ABOUT=ABOUT, OVERLAID=OVERLAID, DO_NOT=DO_NOT, INSTEAD=INSTEAD),
    "de": caution_in_german,
}


def spoken(language: str) -> str:
    """The language a text written in `language` is cautioned in: its own where this site offers it."""
    base = language.lower().partition("-")[0]
    return base if base in WORDS and base in dict(settings.LANGUAGES) else ENGLISH


def caution(standing: Standing, *, ai_involvement: str, audience: str, language: str = ENGLISH) -> Caution | None:
    """The caution this standing calls for, or None where a valid check stands behind every sentence."""
    if not standing.needs_caution:
        return None
    words = WORDS[spoken(language)]
    if standing.is_pending:
        state = Told.SUBMITTED if standing.state in {Told.DRAFT, Told.REJECTED, Told.WITHDRAWN} else standing.state
        # Anything that is not known to be human work is cautioned as a machine's.
        not_done, may_be_wrong, line = words.ABOUT[state, is_machine_written(ai_involvement)]
    else:
        kinds = [overlay.kind for overlay in standing.overlays]
        kind = NoticeKind.SOURCE_ALERT if NoticeKind.SOURCE_ALERT in kinds else NoticeKind.CONCERN
        not_done, may_be_wrong, line = words.OVERLAID[kind]
    reader = Audience(audience) if audience in Audience.values else Audience.PATIENT
    return Caution(not_done, may_be_wrong, words.DO_NOT[reader], words.INSTEAD[reader], line)


def is_machine_written(ai_involvement: str) -> bool:
    return ai_involvement in AI_WROTE or ai_involvement not in ("none", "language_help")


def every_caution(language: str = ENGLISH) -> list[Caution]:
    """All the wordings there are in one language, so that a start-up check can read each.

    Raises:
        KeyError: there are none in this language, or one is missing.
    """
    words = WORDS[language]
    beginnings = [*(words.ABOUT[key] for key in ABOUT), *(words.OVERLAID[kind] for kind in OVERLAID)]
    return [
        Caution(not_done, may_be_wrong, words.DO_NOT[reader], words.INSTEAD[reader], line)
        for not_done, may_be_wrong, line in beginnings
        for reader in Audience
    ]
