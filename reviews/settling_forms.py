"""What editors fill in to settle the questions and reports of readers."""

import re

from django import forms
from django.core.exceptions import ValidationError

from articles.forms.words import Words
from articles.models import Topic
from articles.states import Audience
from editorial.models import User
from reviews.forms import StrictForm, words
from reviews.kinds import Outcome

SLUG_IN_ADDRESS = re.compile(r"(?:.*/articles/)?([\w-]{1,120})/?(?:[#?].*)?")


class AnswerForm(StrictForm):
    use_required_attribute = False

    article = forms.CharField(
        label="Address of the article that answers it",
        max_length=500,
        help_text="As your browser shows it. Only a text that is checked and shown now can be an answer.",
        error_messages={"required": "Paste the address of an approved article."},
    )
    words = words("A sentence for the reader", rows=2, required=False)

    def clean_article(self) -> str:
        found = SLUG_IN_ADDRESS.fullmatch(self.cleaned_data["article"].strip())
        if not found:
            raise ValidationError("That is not the address of an article here. Copy it from the article's page.")
        return found[1]


class MergeForm(StrictForm):
    into = forms.IntegerField(
        label="Number of the question that asks the same",
        min_value=1,
        max_value=2**62,
        error_messages={"required": "Give the number of the question that stays open."},
    )


class DraftForm(StrictForm):
    use_required_attribute = False

    title = Words(
        label="Question, as the article will ask it",
        spoken="question",
        limit=300,
        help_text="Take out what says who asked. The author can change it.",
        error_messages={"required": "An article needs a question."},
    )
    topic = forms.ModelChoiceField(
        Topic.objects.all(),
        empty_label="Choose a topic",
        error_messages={"required": "Choose the topic: it decides who is asked to read the text."},
    )
    audience = forms.ChoiceField(label="Written for", choices=Audience.choices)
    author = forms.CharField(
        label="Author's username",
        max_length=150,
        help_text="Who writes it. They are told at once; nothing is public before it was checked.",
        error_messages={"required": "Name the person who will write it."},
    )

    def clean_author(self) -> User:
        named = User.objects.filter(username=self.cleaned_data["author"].strip(), is_active=True, is_machine=False)
        if not (person := named.first()):
            raise ValidationError("Nobody who can write here has this username. Look it up, or ask an administrator.")
        return person


class DeclineQuestionForm(StrictForm):
    words = words("What the reader is told", rows=3, help_text="Plain and kind: why, and where else to ask.")


class SettleForm(StrictForm):
    """How a report is closed, in words that stand on a public page."""

    outcome = forms.ChoiceField(label="Outcome", choices=Outcome.choices, widget=forms.RadioSelect)
    words = words(
        "What readers are told",
        rows=4,
        help_text="Public: what you found and what you did. Quote the reader only if nothing says who it was.",
    )


class EscalateForm(StrictForm):
    """Nothing to fill in: the responsible editor is told, and reads the report itself."""
