"""How editors narrow the queue, keep a view of it, and ask one member to read several articles."""

from collections import Counter
from datetime import datetime, time
from typing import Any

from django import forms
from django.conf import global_settings
from django.db.models import Value
from django.http import QueryDict
from django.utils import timezone

from articles.models import Article, Topic
from articles.states import AiInvolvement, Risk, State
from editorial.admin_doors import DayInput
from reviews.forms import StrictForm
from reviews.models import BoardMember

IN_WORK = "work"
CHECK_SOON = "check_soon"
CHECK_OVERDUE = "check_overdue"
STOPPED = "stopped"
EVERY = "all"

READER, READING, RELEASE = "reader", "reading", "release"
OVERDUE, WEEK, MONTH = "overdue", "week", "month"


class QueueFilter(forms.Form):
    """What cannot be read counts as not asked, so that an old address still leads somewhere."""

    state = forms.ChoiceField(
        required=False,
        choices=[
            (IN_WORK, "In work"),
            (STOPPED, "Flagged unsafe or taken down"),
            (CHECK_SOON, "Check due within 90 days"),
            (CHECK_OVERDUE, "Check date has passed"),
            *State.choices,
            (EVERY, "Every state"),
        ],
    )
    next = forms.ChoiceField(
        label="Next step",
        required=False,
        choices=[
            ("", "Any"),
            (READER, "Needs a reader"),
            (READING, "Is with a reader"),
            (RELEASE, "Waits for release"),
        ],
    )
    risk = forms.TypedChoiceField(
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", "Every risk"), *((r.value, f"{r.value} · {r.label}") for r in reversed(Risk))],
    )
    q = forms.CharField(
        label="Words",
        required=False,
        max_length=200,
        help_text="Of the question, or an author’s name.",
    )
    topic = forms.TypedChoiceField(required=False, coerce=int, empty_value=None)
    holder = forms.TypedChoiceField(label="Read by", required=False, coerce=int, empty_value=None)
    due = forms.ChoiceField(
        label="Reading due",
        required=False,
        choices=[("", "Any time"), (OVERDUE, "Overdue"), (WEEK, "Within 7 days"), (MONTH, "Within 30 days")],
    )
    language = forms.ChoiceField(required=False, choices=[("", "Every language"), *global_settings.LANGUAGES])
    ai = forms.ChoiceField(
        label="AI involvement", required=False, choices=[("", "Any or none"), *AiInvolvement.choices]
    )

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = _topics_and_members()
        self.fields["topic"].choices = [("", "Every topic"), *named["topic"]]  # type: ignore[attr-defined]
        self.fields["holder"].choices = [("", "Anybody"), *named["member"]]  # type: ignore[attr-defined]

    @property
    def said(self) -> dict[str, Any]:
        """What was asked and can be read, by field."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}

    @property
    def query(self) -> str:
        """The same as an address says it, and nothing else that stood there."""
        query = QueryDict(mutable=True)
        query.update({name: str(value) for name, value in self.said.items()})
        return query.urlencode()

    @property
    def first_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("state", "next", "risk", "q")]

    @property
    def more_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("topic", "holder", "due", "language", "ai")]

    @property
    def asks_more(self) -> bool:
        return any(field.name in self.said for field in self.more_fields)


class KeepViewForm(StrictForm):
    """A name for the filter that is shown; the filter comes along in the words of its address."""

    query = forms.CharField(max_length=500, widget=forms.HiddenInput, required=False)
    name = forms.CharField(label="Name", max_length=60)
    is_shared = forms.BooleanField(label="All editors see it", required=False)

    def clean_query(self) -> str:
        """What the queue can read of it, and nothing else."""
        return QueueFilter(QueryDict(self.cleaned_data["query"])).query


class ChangeViewForm(StrictForm):
    view = forms.IntegerField(widget=forms.HiddenInput)
    name = forms.CharField(label="Name", max_length=60)
    is_shared = forms.BooleanField(label="All editors see it", required=False)


class RemoveViewForm(StrictForm):
    view = forms.IntegerField(widget=forms.HiddenInput)


class AskForEachForm(StrictForm):
    """One board member, asked to read each of these."""

    article = forms.TypedMultipleChoiceField(
        label="Articles",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Tick at least one article."},
    )
    member = forms.TypedChoiceField(
        label="Board member", coerce=int, error_messages={"required": "Choose who is asked to read them."}
    )
    due = forms.DateField(
        label="Due",
        required=False,
        widget=DayInput,
        help_text="Through the end of this day (UTC). Empty: each by the time that the policy gives its risk class.",
    )

    use_required_attribute = False

    def __init__(self, data: Any, *, articles: list[Article], fitting: Counter[BoardMember]) -> None:
        super().__init__(data, initial={"article": [article.pk for article in articles]})
        self.fields["article"].choices = [(a.pk, a.title) for a in articles]  # type: ignore[attr-defined]
        choices = [(m.pk, f"{m} (may be asked for {count} of {len(articles)})") for m, count in fitting.most_common()]
        self.fields["member"].choices = [("", "Choose a person"), *choices]  # type: ignore[attr-defined]
        self.has_choice = bool(choices)

    def due_at(self) -> datetime | None:
        due = self.cleaned_data["due"]
        return timezone.make_aware(datetime.combine(due, time(23, 59))) if due else None


def _topics_and_members() -> dict[str, list[tuple[int, str]]]:
    """What can be chosen from the desk's own lists, in one query."""
    members = BoardMember.objects.order_by().filter(left_at=None)
    rows = members.values_list(Value("member"), "pk", "user__printed_name")
    every = rows.union(Topic.objects.order_by().values_list(Value("topic"), "pk", "name"), all=True)
    named: dict[str, list[tuple[int, str]]] = {"topic": [], "member": []}
    for kind, pk, name in sorted(every, key=lambda row: row[2].casefold()):
        named[kind].append((pk, name))
    return named
