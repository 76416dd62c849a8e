"""What readers without an account send, and what keeps programs from sending it for them."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from articles.forms.words import Words
from editorial import clock
from reviews import questions, reports
from reviews.kinds import Problem

SALT = "opened"
QUICKEST, SLOWEST = timedelta(seconds=2), timedelta(days=1)
TRAP = "website"
AT_MOST = _("At most {n} characters. Leave out names and anything that says who you are.")


def question_field() -> Words:
    return Words(
        label=_("Your question"),
        spoken="question",
        lines=3,
        limit=questions.LONGEST,
        help_text=format_lazy(AT_MOST, n=questions.LONGEST),
        error_messages={"required": _("Write your question first.")},
    )


class AskForm(forms.Form):
    """A question to be answered at once; it is not kept."""

    use_required_attribute = False

    question = question_field()
    about = forms.SlugField(required=False, max_length=120, widget=forms.HiddenInput)


class FromAPerson(forms.Form):
    """Has a field that people do not see, and knows when it was opened: programs fill in everything, at once."""

    use_required_attribute = False

    website = forms.CharField(required=False)
    opened = forms.CharField(required=False)

    @property
    def opened_now(self) -> str:
        return signing.dumps(clock.now().isoformat(), salt=SALT)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get(TRAP):
            raise ValidationError(
                _(
                    "Something filled in a part of this form that people do not see, as programs do, so nothing was"
                    " sent. That part is empty again: send it once more."
                )
            )
        age = clock.now() - self._opened_at()
        if age < QUICKEST:
            raise ValidationError(_("This came faster than anybody types, so nothing was sent. Send it once more."))
        if age > SLOWEST:
            raise ValidationError(_("This page was open for more than a day, so nothing was sent. Send it once more."))
        return cleaned

    def _opened_at(self) -> datetime:
        try:
            return datetime.fromisoformat(signing.loads(self.data.get("opened", ""), salt=SALT))
        except (signing.BadSignature, ValueError):
            raise ValidationError(
                _("This did not come from our page, so nothing was sent. Send it once more.")
            ) from None


class QuestionForm(FromAPerson):
    """A question for the editors."""

    question = question_field()
    about = forms.SlugField(required=False, max_length=120, widget=forms.HiddenInput)


class ReportForm(FromAPerson):
    """What a reader found wrong with a text."""

    quote = Words(
        label=_("The sentence it is about"),
        spoken="quote",
        lines=3,
        limit=reports.LONGEST_QUOTE,
        required=False,
        help_text=_("Copied from the page, so that we find it."),
    )
    kind = forms.ChoiceField(
        label=_("What is the matter?"),
        choices=Problem.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what comes closest.")},
    )
    words = Words(
        label=_("What you found"),
        spoken="report",
        lines=6,
        limit=reports.LONGEST_WORDS,
        help_text=format_lazy(AT_MOST, n=reports.LONGEST_WORDS),
        error_messages={"required": _("Say in a sentence or two what you found.")},
    )
