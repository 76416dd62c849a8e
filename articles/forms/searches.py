"""One search for evidence, as its author records it."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from articles.forms.words import Words
from articles.models import RecordedSearch
from editorial import clock


class SearchForm(forms.Form):
    """Where, what for, when, and how much was found: nought is a result."""

    use_required_attribute = False

    where = Words(
        spoken="place",
        limit=200,
        help_text="The database or site, such as PubMed or the Cochrane Library.",
        error_messages={"required": "Say where you looked."},
    )
    terms = Words(
        label="Search terms",
        spoken="search terms",
        limit=2000,
        help_text="As you typed them, filters too.",
        error_messages={"required": "Give the search terms, so that others can search the same way."},
    )
    searched_on = forms.DateField(
        label="Day of the search",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"placeholder": "2026-01-31"}),
        input_formats=["%Y-%m-%d"],
        error_messages=dict.fromkeys(("required", "invalid"), "Write the day as 2026-01-31."),
        help_text="As 2026-01-31.",
    )
    hits = forms.IntegerField(
        label="Number of hits",
        min_value=0,
        max_value=2_000_000_000,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), "Write how many hits there were, as a number; 0 is one."
        ),
        help_text="How many there were; 0 if there were none.",
    )
    note = Words(
        spoken="note", limit=500, required=False, help_text="What you made of them: how many you read, what fitted."
    )
    edition = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None = None, *, search: RecordedSearch | None = None) -> None:
        initial = {name: getattr(search, name) for name in self.base_fields} if search else {}
        super().__init__(data, initial=initial)

    def clean_searched_on(self) -> date:
        day = self.cleaned_data["searched_on"]
        if day > clock.now().date():
            raise ValidationError("That day has not come yet. Write the day on which you searched.")
        return day

    @property
    def said(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "edition"}
