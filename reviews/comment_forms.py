"""What is sent about a passage; the verbs judge what it means."""

from typing import Any

from django import forms

from articles.quotes import Passage
from reviews.comments import Remark
from reviews.forms import AsTyped, StrictForm


class RemarkForm(StrictForm):
    """What is said; the limits of the words are the verb's, so that every door says the same."""

    words = AsTyped()
    is_blocking = forms.BooleanField(required=False)
    digest = AsTyped()

    @property
    def remark(self) -> Remark:
        return Remark(self.cleaned_data["words"], self.cleaned_data["is_blocking"])


class WriteForm(RemarkForm):
    """A new comment, with the passage it is about."""

    field, quote = AsTyped(), AsTyped()
    occurrence = forms.IntegerField(required=False, min_value=1, max_value=1_000_000)

    @property
    def said(self) -> dict[str, Any]:
        given = self.cleaned_data
        passage = Passage(given["field"], given["quote"], given["occurrence"] or 1)
        return {"passage": passage, "remark": self.remark, "digest": given["digest"]}


class DraftForm(RemarkForm):
    """A draft that is changed or sent; `seen` names the state that was on the page."""

    comment = forms.IntegerField(min_value=1, max_value=2**62)
    seen = AsTyped()

    @property
    def said(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {"pk": given["comment"], "remark": self.remark, "digest": given["digest"], "seen": given["seen"]}
