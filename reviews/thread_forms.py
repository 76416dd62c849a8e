"""What authors and reviewers say about a single point."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import QueryDict

from articles.forms.words import Words
from reviews.forms import StrictForm
from reviews.models import Thread
from reviews.threads import MOST_IN_MESSAGE, Response

RESPONSE, SEEN = "response-", "seen-"
MOST_KEPT = 20_000


class ResponsesForm(forms.Form):
    """One field for each point that the authors can write to; all are saved together."""

    use_required_attribute = False

    def __init__(self, data: QueryDict | None, *, threads: Iterable[Thread]) -> None:
        super().__init__(data)
        self.needed_for_some = set()
        for thread in threads:
            if thread.is_blocking:
                self.needed_for_some.add(f"{RESPONSE}{thread.pk}")
            self.fields[f"{RESPONSE}{thread.pk}"] = _response(thread)
            self.fields[f"{SEEN}{thread.pk}"] = forms.CharField(
                required=False, max_length=40, widget=forms.HiddenInput, initial=thread.seen
            )

    @property
    def responses(self) -> dict[int, Response]:
        said: dict[str, Any] = self.cleaned_data
        pks = [int(name.removeprefix(RESPONSE)) for name in said if name.startswith(RESPONSE)]
        return {pk: Response(said[f"{RESPONSE}{pk}"], said[f"{SEEN}{pk}"]) for pk in pks}

    @property
    def unplaced(self) -> list[str]:
        """What was typed to points that can no longer be written to, so that nobody has to type it twice."""
        named = [name for name in self.data if name.startswith(RESPONSE) and name not in self.fields]
        return [words[:MOST_KEPT] for name in named[:200] if (words := self.data[name].strip())]

    def field_of(self, thread: Thread) -> forms.BoundField:
        return self[f"{RESPONSE}{thread.pk}"]

    def seen_of(self, thread: Thread) -> forms.BoundField:
        return self[f"{SEEN}{thread.pk}"]


def _response(thread: Thread) -> Words:
    return Words(
        label="Your answer: what you changed, or why not",
        spoken="answer",
        lines=3,
        limit=MOST_IN_MESSAGE,
        required=False,
        initial=thread.response,
    )


class SettleForm(StrictForm):
    """Which point a reviewer has nothing more to ask about, on which text."""

    thread = forms.IntegerField(min_value=1)
    digest = forms.CharField(max_length=64)


class AskAgainForm(SettleForm):
    """The same, with what is still asked for."""

    words = forms.CharField(required=False, max_length=200_000)
