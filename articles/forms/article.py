"""What authors type: the working text, who wrote it, and what part a machine had."""

from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.http import QueryDict

from articles import bylines
from articles.forms.words import Words
from articles.models import Article, Topic
from articles.states import AiInvolvement, Audience
from editorial.models import User


class ArticleForm(forms.Form):
    """The working text of one article, whose `author` is given; what was typed always comes back."""

    use_required_attribute = False

    title = Words(
        label="Question",
        spoken="question",
        help_text="As a reader would ask it, ending in a question mark.",
        error_messages={"required": "Write the question this article answers."},
    )
    short_answer = Words(
        label="Short answer",
        spoken="short answer",
        lines=4,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "data-cites": True}),
        help_text="Two or three sentences that say what the body says, and no more. A draft can be saved without.",
    )
    body = Words(
        label="Body",
        spoken="body",
        required=False,
        widget=forms.Textarea(attrs={"rows": 24, "class": "long", "data-cites": True}),
        help_text="Markdown. Cite a reference by its key, [@smith2020], right after what it supports.",
    )
    plain_body = Words(
        label="Plain-language version",
        spoken="plain-language version",
        required=False,
        widget=forms.Textarea(attrs={"rows": 10, "class": "long", "data-cites": True}),
        help_text="The same in everyday words and short sentences.",
    )
    topic = forms.ModelChoiceField(
        Topic.objects.all(),
        empty_label="Choose a topic",
        help_text="Decides which board members are asked to read it.",
        error_messages={"required": "Choose the topic: it decides who is asked to read the text."},
    )
    audience = forms.ChoiceField(
        choices=[("", "Choose who it is written for"), *Audience.choices],
        error_messages={"required": "Choose who the text is written for."},
    )
    ai_involvement = forms.ChoiceField(
        label="What part did an AI system have in this text?",
        choices=AiInvolvement.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Say what part an AI system had. “None” has to be said too: readers are told."},
    )
    ai_tool = Words(
        label="AI system",
        spoken="name of the AI system",
        limit=120,
        required=False,
        help_text="Its name, as its maker gives it.",
    )
    ai_version = Words(
        label="Its version",
        spoken="version of the AI system",
        limit=60,
        required=False,
        help_text="Version, or the month you used it.",
    )
    ai_accountable = forms.ModelChoiceField(
        User.objects.none(),
        label="Who answers for its work",
        required=False,
        empty_label="Nobody: no AI system was used",
        help_text="The person who asked for the text and checked what came back.",
        error_messages={"invalid_choice": "That is not an author of this text. Choose one of its authors."},
    )
    interests = Words(
        label="Your interests",
        spoken="word on your interests",
        lines=2,
        limit=500,
        required=False,
        help_text="Money, work, shares, patents or family ties of yours that touch the subject. Where there are none,"
        " write “None”: it has to be said before the text can be submitted, and readers see it. Co-authors say theirs.",
    )
    funding = Words(
        label="Who paid for the work",
        spoken="word on who paid for the work",
        lines=2,
        limit=500,
        required=False,
        help_text="Grants, commissions, employers. Where nobody did, write “Nobody”.",
    )
    interests_seen = forms.CharField(required=False, widget=forms.HiddenInput)
    edition = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, data: QueryDict | None = None, files: Any = None, *, by: User, article: Article | None = None
    ) -> None:
        initial = _typed_before(article, by=by) if article else {"ai_accountable": by.pk}
        super().__init__(data, files, initial=initial)
        authors = [article.author_id, *article.coauthors.values_list("pk", flat=True)] if article else [by.pk]
        answering = cast(forms.ModelChoiceField, self.fields["ai_accountable"])
        answering.queryset = User.objects.filter(pk__in=authors, is_active=True, is_machine=False)

    def clean(self) -> dict[str, Any]:
        super().clean()
        given = self.cleaned_data
        if given.get("ai_involvement") not in (None, AiInvolvement.NONE):
            self._check_ai_is_described(given)
        return given

    def _check_ai_is_described(self, given: Mapping[str, Any]) -> None:
        person = given.get("ai_accountable")
        if "ai_tool" in given and not given["ai_tool"]:
            self.add_error("ai_tool", "Name the AI system that was used, or choose “None” above.")
        if "ai_version" in given and not given["ai_version"]:
            self.add_error("ai_version", "Give its version. Where it has none, write the month you used it.")
        if person is None and "ai_accountable" not in self.errors:
            self.add_error("ai_accountable", "Name the person who answers for what the AI system did.")

    @property
    def text(self) -> dict[str, Any]:
        """What the verbs of `editing` are given; interests that nobody touched here may be newer elsewhere."""
        given = self.cleaned_data
        is_untouched = "interests_seen" in self.data and given["interests_seen"] == given["interests"].strip()
        left_out = {"edition", "interests_seen"} | ({"interests"} if is_untouched else set())
        return {name: value for name, value in given.items() if name not in left_out}


def _typed_before(article: Article, *, by: User) -> dict[str, Any]:
    fields = ("title", "short_answer", "body", "plain_body", "audience", "ai_involvement", "ai_tool", "ai_version")
    return {name: getattr(article, name) for name in (*fields, "funding")} | {
        **dict.fromkeys(("interests", "interests_seen"), bylines.own_interests(article, by)),
        "topic": article.topic_id,
        "ai_accountable": article.ai_accountable_id,
        "edition": article.edition,
    }
