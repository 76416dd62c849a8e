"""What a notice has to say besides its words: the fields that ICMJE and COPE ask for, frozen with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from articles.rendering import UnreadableText, clean_text
from articles.states import NoticeKind
from editorial import clock
from editorial.dates import in_words
from editorial.errors import WorkflowError

LONGEST = 2000
LAST_YEAR = 2200


@dataclass(frozen=True)
class Field:
    """One thing to be said: in words, by choosing, or as a date."""

    name: str
    label: str
    help_text: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    is_date: bool = False
    is_past: bool = False  # a date that cannot lie ahead
    is_optional: bool = False


FIELDS: dict[NoticeKind, tuple[Field, ...]] = {
    NoticeKind.CORRECTION: (
        Field("was_wrong", _("What was wrong"), "Quote the words as they stood."),
        Field("is_right", _("What is right")),
        Field("effect", _("What it does to the conclusion"), "Say so too if it does nothing."),
        Field(
            "noticed_by",
            _("Who noticed it"),
            choices=(
                *(("reader", _("A reader")), ("author", _("An author"))),
                *(("editor", _("An editor")), ("board", _("A member of the board"))),
            ),
        ),
        Field("noticed_on", _("Noticed on"), is_date=True, is_past=True),
    ),
    NoticeKind.CONCERN: (
        Field("concern", _("What the concern is")),
        Field("doing", _("What is being done about it")),
        Field("expected_on", _("An outcome is expected by"), is_date=True),
    ),
    NoticeKind.RETRACTION: (
        Field(
            "category",
            _("Why it is retracted"),
            choices=(
                *(("error", _("An error in the text")), ("source", _("Its sources do not hold"))),
                *(("harm", _("Following it could harm")), ("misconduct", _("Misconduct"))),
                *(("other", _("Another reason")),),
            ),
        ),
        Field(
            "asked_by",
            _("Who asked for it"),
            choices=(
                *(("authors", _("Its authors")), ("editors", _("The editors"))),
                *(("board", _("The board")), ("others", _("Somebody else"))),
            ),
        ),
        Field(
            "advice", _("What it does to the advice"), "What readers should no longer rely on, and what holds instead."
        ),
        Field(
            "authors_agree",
            _("Whether the authors agree"),
            choices=(
                ("yes", _("They agree")),
                ("no", _("They do not agree")),
                ("not_reached", _("They could not be asked")),
            ),
        ),
        Field(
            "replaced_by", _("Replaced by"), "The address of the text that takes its place, if any.", is_optional=True
        ),
    ),
    NoticeKind.DISSENT: (
        Field("name", "Name"),
        Field("profession", "Profession"),
        Field("decided_on", "Decided on", is_date=True, is_past=True),
    ),
    NoticeKind.WITHDRAWAL: (
        Field(
            "why",
            _("Why it is withdrawn"),
            "Readers see this.",
            choices=(
                *(("authors", _("Its authors asked for it")), ("outdated", _("It is out of date"))),
                *(
                    ("replaced", _("Another text takes its place")),
                    ("mistaken", _("It should not have been submitted")),
                ),
                *(("other", _("Another reason")),),
            ),
        ),
    ),
}


class NoticeIncomplete(WorkflowError):
    """Something is missing or cannot be so; `errors` says what, by the name of the field."""

    def __init__(self, errors: dict[str, str]) -> None:
        self.errors = errors
        super().__init__(" ".join(errors.values()))


def checked(kind: NoticeKind, said: Mapping[str, Any]) -> dict[str, str]:
    """What was said, ready to be frozen.

    Raises:
        NoticeIncomplete: a field is empty, too long, or not one of its choices; or there is no such field.
    """
    fields = FIELDS[kind]
    errors = {
        name: f"A {kind.label.lower()} has no field “{name[:40]}”." for name in said.keys() - {f.name for f in fields}
    }
    kept: dict[str, str] = {}
    for field in fields:
        try:
            kept[field.name] = _checked(field, said.get(field.name))
        except (ValueError, UnreadableText) as refusal:
            errors[field.name] = str(refusal)
    if errors:
        raise NoticeIncomplete(errors)
    return {name: words for name, words in kept.items() if words}


def printed(kind: str, details: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Label and words of each that was said; a notice older than its fields has none."""
    return tuple(
        (gettext(field.label), _spoken(field, details[field.name]))
        for field in FIELDS.get(NoticeKind(kind), ())
        if field.name in details
    )


def _checked(field: Field, said: Any) -> str:
    words = clean_text(said.isoformat() if isinstance(said, date) else str(said or ""), name=field.label).strip()
    if not words:
        if field.is_optional:
            return ""
        raise ValueError(f"“{field.label}” has to be said.")
    if len(words) > LONGEST:
        raise ValueError(f"“{field.label}” has {len(words):,} characters; {LONGEST:,} are enough. Shorten it.")
    if field.choices and words not in dict(field.choices):
        raise ValueError(f"“{field.label}”: choose one of those that are offered.")
    return _as_date(field, words) if field.is_date else words


def _as_date(field: Field, words: str) -> str:
    try:
        day = parse_date(words)
    except ValueError:
        day = None
    today = clock.now().date()
    if day is None or day.year > LAST_YEAR:
        raise ValueError(f"“{field.label}” has to be a date, written as {today.isoformat()}.")
    if field.is_past and day > today:
        raise ValueError(f"“{field.label}” lies ahead. Give the day on which it was noticed.")
    if not field.is_past and day < today:
        raise ValueError(f"“{field.label}” lies behind. Give a day that is still to come.")
    return day.isoformat()


def _spoken(field: Field, words: str) -> str:
    if field.is_date:
        return in_words(date.fromisoformat(words))
    choice = dict(field.choices).get(words)
    return gettext(choice) if choice else words
