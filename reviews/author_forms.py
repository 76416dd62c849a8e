"""What an author says when handing a text over or taking it back."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from articles.desk_findings import Remark
from articles.forms.words import Words
from articles.notice_fields import FIELDS
from articles.states import NoticeKind
from reviews.publication import CANNOT_BE_EXPLAINED

EXPLAIN = "explain-"


class SubmitForm(forms.Form):
    """A note for the reviewers, and one explanation for each blocking finding that is right as it stands."""

    use_required_attribute = False

    change_note = Words(
        label="Note on this version",
        spoken="note",
        lines=3,
        limit=500,
        required=False,
        help_text="What it is about, or what you changed and why. The editors and reviewers read it now; readers see it"
        " in the change history, for good, once this version is public.",
    )
    edition = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, data: QueryDict | None, *, edition: int, blocking: Iterable[Remark], said_before: Mapping[str, str]
    ) -> None:
        initial: dict[str, Any] = {"edition": edition} | {
            f"{EXPLAIN}{name}": words for name, words in said_before.items()
        }
        super().__init__(data, initial=initial)
        self.current = edition
        for remark in blocking:
            if remark.finding.rule not in CANNOT_BE_EXPLAINED:
                self.fields[f"{EXPLAIN}{remark.finding.id}"] = _explanation()

    def clean_edition(self) -> int | None:
        seen = self.cleaned_data["edition"]
        if seen is not None and seen != self.current:
            raise ValidationError(
                "The text was changed after you opened this page, so nothing was submitted."
                " Below is what it says now: look at it, and submit again."
            )
        return seen

    @property
    def explanations(self) -> dict[str, str]:
        given = self.cleaned_data.items()
        return {name.removeprefix(EXPLAIN): words for name, words in given if name.startswith(EXPLAIN)}

    def answer_to(self, remark: Remark) -> forms.BoundField | None:
        """The field for this finding; None where only the text itself can answer it."""
        name = f"{EXPLAIN}{remark.finding.id}"
        return self[name] if name in self.fields else None


def _explanation() -> Words:
    return Words(
        label="Why it is right as it stands",
        spoken="explanation",
        lines=2,
        limit=2000,
        error_messages={"required": "Mend this in the text, or explain here why it is right as it stands."},
    )


class WithdrawForm(forms.Form):
    use_required_attribute = False

    why = forms.ChoiceField(
        label="What readers are told of why",
        choices=FIELDS[NoticeKind.WITHDRAWAL][0].choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what readers are told of why it is withdrawn."},
    )
    reason = Words(
        label="Why you withdraw it",
        spoken="reason",
        lines=4,
        limit=2000,
        help_text="Kept on record and told to the editors and your co-authors. Readers are not shown it.",
        error_messages={"required": "Say why it is withdrawn; the reason is kept on record."},
    )
