"""What each loose number of a text stands for, as its author says it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.http import QueryDict

from articles.loose_numbers import LEAVE, NO_SOURCE, LooseNumber

MOST_OPTIONS = 20_000
MOST_NUMBERS = 300
SHORT = 90


class CitationsForm(forms.Form):
    """One choice for each number; where the choices would make a page of megabytes, the key is typed instead."""

    use_required_attribute = False

    edition = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        numbers: Sequence[LooseNumber],
        sources: Iterable[tuple[str, str]],
        edition: int,
        filled: Mapping[int, str] | None = None,
    ) -> None:
        super().__init__(data, initial={"edition": edition})
        listed = [(key, f"{key} · {_short(printed)}") for key, printed in sources]
        others = [(NO_SOURCE, "No source in this list"), (LEAVE, "It is no citation: leave it for me to reword")]
        self.numbers = list(numbers[:MOST_NUMBERS])
        is_long = len(self.numbers) * len(listed) > MOST_OPTIONS
        for each in self.numbers:
            field = forms.ChoiceField(
                label=f"Source of number {each.number}",
                choices=[("", "Choose what it stands for"), *listed, *others],
                initial=(filled or {}).get(each.number, ""),
                widget=forms.TextInput if is_long else forms.Select,
                help_text="Type its key; - for no source, = for no citation." if is_long else "",
                error_messages={
                    "required": f"Choose what {each.number} stands for. “No source in this list” is an answer too.",
                    "invalid_choice": f"What was chosen for {each.number} is not in the list any more. Choose again.",
                },
            )
            self.fields[f"n{each.number}"] = field

    def rows(self) -> list[tuple[LooseNumber, Any]]:
        return [(each, self[f"n{each.number}"]) for each in self.numbers]

    @property
    def choices(self) -> dict[int, str]:
        return {each.number: self.cleaned_data[f"n{each.number}"] for each in self.numbers}


def _short(printed: str) -> str:
    return printed if len(printed) <= SHORT else f"{printed[: SHORT - 1]}…"
