"""What authors type: the working text, who wrote it, and what part a machine had."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import QueryDict

from articles.forms.words import Words
from articles.models import Article, Topic
from articles.states import AiInvolvement, Audience
from editorial.models import User

# A null byte is in no username, and PostgreSQL takes none in a question.
USERNAME = re.compile(r"[^\s,;\0]+")


class Usernames(forms.Field):
    """People by username, with commas or spaces between; gives the people."""

    def to_python(self, value: Any) -> list[User]:
        names = list(dict.fromkeys(USERNAME.findall(str(value or ""))))[:50]
        found = {person.username: person for person in User.objects.filter(username__in=names)} if names else {}
        for name in names:
            person = found.get(name)
            if person is None:
                raise ValidationError(f"Nobody here has the username “{name}”. Ask them how they sign in.")
            if person.is_machine or not person.is_active:
                raise ValidationError(f"“{name}” cannot be a co-author: only active people can.")
        return [found[name] for name in names]


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
    )
    interests = Words(
        label="Interests of the authors",
        spoken="interests of the authors",
        lines=2,
        limit=500,
        required=False,
        help_text="Money, work, shares, patents or family ties that touch the subject, for each author. Where there are"
        " none, write “None”: it has to be said before the text can be submitted, and readers see it.",
    )
    funding = Words(
        label="Who paid for the work",
        spoken="word on who paid for the work",
        lines=2,
        limit=500,
        required=False,
        help_text="Grants, commissions, employers. Where nobody did, write “Nobody”.",
    )
    coauthors = Usernames(
        label="Co-authors",
        required=False,
        help_text="Their usernames, with commas between. They can read, change and submit this article.",
    )
    edition = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, data: QueryDict | None = None, files: Any = None, *, author: User, article: Article | None = None
    ) -> None:
        shared = list(article.coauthors.all()) if article else []
        initial = _typed_before(article, shared) if article else {"ai_accountable": author.pk}
        super().__init__(data, files, initial=initial)
        self.author = author
        usernames = USERNAME.findall(self.data.get("coauthors", ""))[:50]
        named = Q(pk__in=[author.pk, *(person.pk for person in shared)]) | Q(username__in=usernames)
        answering = cast(forms.ModelChoiceField, self.fields["ai_accountable"])
        answering.queryset = User.objects.filter(named, is_active=True, is_machine=False)

    def clean(self) -> dict[str, Any]:
        super().clean()
        given = self.cleaned_data
        given["coauthors"] = [person for person in given.get("coauthors", []) if person != self.author]
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
        if person and "coauthors" not in self.errors and person not in (self.author, *given["coauthors"]):
            self.add_error(
                "ai_accountable", f"{person.label} is not an author of this text. Choose one of its authors."
            )

    @property
    def text(self) -> dict[str, Any]:
        """What the verbs of `editing` are given."""
        return {name: value for name, value in self.cleaned_data.items() if name != "edition"}


def _typed_before(article: Article, coauthors: Iterable[User]) -> dict[str, Any]:
    fields = ("title", "short_answer", "body", "plain_body", "audience", "ai_involvement", "ai_tool", "ai_version")
    return {name: getattr(article, name) for name in (*fields, "interests", "funding")} | {
        "topic": article.topic_id,
        "ai_accountable": article.ai_accountable_id,
        "coauthors": ", ".join(person.username for person in coauthors),
        "edition": article.edition,
    }
