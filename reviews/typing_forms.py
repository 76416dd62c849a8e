"""What is filled in to propose a typing correction, and to sign or decline one."""

from typing import Any

from django import forms

from articles.typing_slips import TEXTS
from reviews.forms import ReasonForm, StrictForm
from reviews.typing_corrections import LONGEST_REASON

ROWS = {"short_answer": 4, "body": 24, "plain_body": 12}


class TypingForm(StrictForm):
    """The three texts as they stand, to be mended in place."""

    def __init__(self, *args: Any, texts: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **(kwargs | {"initial": texts}))
        for part, name in TEXTS.items():
            if texts[part]:
                self.fields[part] = forms.CharField(
                    label=name.capitalize(),
                    max_length=200_000,
                    strip=False,
                    widget=forms.Textarea(attrs={"rows": ROWS[part], "spellcheck": "true"}),
                )
        self.fields["reason"] = forms.CharField(
            label="What was corrected",
            max_length=LONGEST_REASON,
            help_text="Readers see this with the date, your name and the name of whoever signs. For example: two"
            " misspelt words.",
        )
        self.texts_as_they_stand = texts

    @property
    def texts(self) -> dict[str, str]:
        return {part: self.cleaned_data.get(part, self.texts_as_they_stand[part]) for part in TEXTS}


class SignForm(StrictForm):
    """The second person's word on exactly the digest that the page was served with."""

    statement = forms.BooleanField(
        label="I looked at every marked place. Nothing but the typing changed, and the text says what it said before.",
        error_messages={"required": "Tick this to sign: the signature says just that."},
    )
    password = forms.CharField(
        label="Your password, or a code of your app",
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        help_text="It shows that it is you, and that you mean this text.",
    )
    digest = forms.CharField(max_length=64, widget=forms.HiddenInput)


class NotSignedForm(ReasonForm):
    """Why it is declined or taken back."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = "Kept on record; its authors and the editors are told."
