"""What authors fill in about each other and about themselves."""

from typing import Any, cast

from django import forms

from articles.forms.words import Words
from articles.models import Article
from articles.states import AiInvolvement, Part

ANSWERS_FOR_AI = "answers_for_ai"


class InviteCoauthorForm(forms.Form):
    """Whom to ask, and for what."""

    use_required_attribute = False

    to = Words(
        label="User name or e-mail address",
        spoken="name or address",
        limit=254,
        help_text="They read nothing of the text before they accept.",
        error_messages={"required": "Give the name they sign in with, or their e-mail address."},
    )
    part = forms.ChoiceField(
        label="As",
        widget=forms.RadioSelect,
        initial=Part.COAUTHOR,
        error_messages={"required": "Say as what you invite them."},
    )

    def __init__(self, data: Any = None, *, article: Article) -> None:
        super().__init__(data)
        self.fields["to"].widget.attrs |= {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        choices = [
            (Part.COAUTHOR, "Co-author: writes, submits and answers the reviewers"),
            (ANSWERS_FOR_AI, "Co-author who also answers for the AI’s work"),
            (Part.TRANSLATOR, "Translator: changes the text, and does not submit it"),
        ]
        if article.ai_involvement == AiInvolvement.NONE:
            choices.pop(1)
        cast(forms.ChoiceField, self.fields["part"]).choices = choices

    @property
    def asked(self) -> dict[str, Any]:
        """What the verb is given."""
        part = self.cleaned_data["part"]
        is_for_ai = part == ANSWERS_FOR_AI
        return {
            "to": self.cleaned_data["to"],
            "part": Part.COAUTHOR if is_for_ai else Part(part),
            "answers_for_ai": is_for_ai,
        }


class InterestsForm(forms.Form):
    """One's own interests in one text."""

    use_required_attribute = False

    interests = Words(
        label="Your interests",
        spoken="word on your interests",
        lines=2,
        limit=500,
        help_text="Money, work, shares, patents or family ties of yours that touch the subject. Where there are none,"
        " write “None”. Readers and reviewers see it under your name.",
        error_messages={"required": "Say what interests of yours touch the subject, or write “None”."},
    )
