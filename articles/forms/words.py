"""A field for words: what cannot be accepted is refused in a sentence, and nothing is cut off."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from articles.rendering import UnreadableText, clean_line, clean_text

LOST_IN_TRANSLATION = "\ufffd"


class Words(forms.CharField):
    """One line, or a text where `lines` or a text area is given. It tells no client its limit: a browser would cut
    what is pasted at it, without a word.
    """

    def __init__(self, *, spoken: str, lines: int = 0, **options: Any) -> None:
        self.spoken = spoken
        self.limit = options.pop("limit", None)
        widget = forms.Textarea(attrs={"rows": lines}) if lines else forms.TextInput
        super().__init__(strip=not lines, widget=options.pop("widget", widget), **options)

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        _refuse_undecodable(text, spoken=self.spoken)
        try:
            return self._cleaned(text)
        except UnreadableText as refusal:
            raise ValidationError(str(refusal)) from None

    def _cleaned(self, text: str) -> str:
        if not isinstance(self.widget, forms.Textarea):
            return clean_line(text, name=self.spoken, limit=self.limit or 300)
        text = clean_text(text, name=self.spoken)
        if self.limit and len(text) > self.limit:
            raise UnreadableText(
                f"The {self.spoken} has {len(text):,} characters; the limit is {self.limit:,}. Shorten it."
            )
        return text


def _refuse_undecodable(text: str, *, spoken: str) -> None:
    # Bytes that are not UTF-8 arrive as this character; what stood there is gone and only its author knows it.
    if LOST_IN_TRANSLATION in text:
        line = text.count("\n", 0, text.index(LOST_IN_TRANSLATION)) + 1
        raise ValidationError(
            f"The {spoken} holds characters on line {line} that could not be read and now show as"
            f" {LOST_IN_TRANSLATION}. Type them again, or copy the text from a program that saves it as UTF-8."
        )
