"""How editors narrow the queue, keep a view of it, and ask one member to read several articles."""

from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Value
from django.http import QueryDict

from articles.models import Topic
from articles.states import AiInvolvement, Risk, State
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
    language = forms.ChoiceField(required=False, choices=[("", "Every language"), *settings.LANGUAGES])
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


def _topics_and_members() -> dict[str, list[tuple[int, str]]]:
    """What can be chosen from the desk's own lists, in one query."""
    members = BoardMember.objects.order_by().filter(left_at=None)
    rows = members.values_list(Value("member"), "pk", "user__printed_name")
    every = rows.union(Topic.objects.order_by().values_list(Value("topic"), "pk", "name"), all=True)
    named: dict[str, list[tuple[int, str]]] = {"topic": [], "member": []}
    for kind, pk, name in sorted(every, key=lambda row: row[2].casefold()):
        named[kind].append((pk, name))
    return named
