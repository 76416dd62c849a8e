"""What people fill in about how they want to be told, and how they narrow their inbox."""

from typing import Any, cast

from django import forms

from editorial.models import User
from reviews import telling
from reviews.entitlement import Office
from reviews.forms import StrictForm
from reviews.kinds import ALWAYS_AT_ONCE, Kind, Timing
from reviews.models import TellingPreference

HEADINGS = {
    Office.REVIEWER: "Your reviews",
    Office.MEMBER: "Your seat on the board",
    Office.AUTHOR: "Your texts",
    Office.NAMED: "Writing with others",
    Office.EDITOR: "The editors’ desk",
}
CHOICES_OF = "tell-"


def _hours(label: str, *, required: bool = True, help_text: str = "") -> forms.TypedChoiceField:
    hours = [(str(hour), f"{hour:02}:00") for hour in telling.HOURS]
    return forms.TypedChoiceField(
        label=label,
        coerce=int,
        empty_value=None,
        required=required,
        choices=hours if required else [("", "None"), *hours],
        help_text=help_text,
    )


class TellingForm(StrictForm):
    """One choice for each kind of message this person can get, and the hours of their day."""

    use_required_attribute = False

    time_zone = forms.ChoiceField(
        label="Your time zone", help_text="Dates in your e-mails, your daily e-mail and your quiet hours go by it."
    )
    daily_at = _hours("Your daily e-mail comes at", help_text="On days on which there is something to tell.")
    quiet_from = _hours("Quiet from", required=False, help_text="In these hours e-mails wait, and none is lost.")
    quiet_until = _hours("Quiet until", required=False)

    def __init__(self, data: Any = None, *, user: User, preference: TellingPreference) -> None:
        self.offered = telling.offered_to(user)
        kept = {name: getattr(preference, name) for name in ("time_zone", "daily_at", "quiet_from", "quiet_until")}
        chosen = {f"{CHOICES_OF}{kind}": telling.timing(preference, kind) for kind in self._kinds()}
        super().__init__(data, initial=kept | chosen)
        cast(forms.ChoiceField, self.fields["time_zone"]).choices = [
            (zone, zone.replace("_", " ")) for zone in telling.time_zones()
        ]
        for kind in self._kinds():
            self.fields[f"{CHOICES_OF}{kind}"] = forms.ChoiceField(label=kind.label, choices=Timing.choices)

    def groups(self) -> list[tuple[str, list[forms.BoundField], list[str]]]:
        """For each office its heading, what can be chosen, and what is always told at once."""
        return [
            (
                HEADINGS[office],
                [self[f"{CHOICES_OF}{kind}"] for kind in kinds if kind not in ALWAYS_AT_ONCE],
                [str(kind.label) for kind in kinds if kind in ALWAYS_AT_ONCE],
            )
            for office, kinds in self.offered.items()
        ]

    def hours(self) -> list[forms.BoundField]:
        return [self[name] for name in ("time_zone", "daily_at", "quiet_from", "quiet_until")]

    @property
    def said(self) -> dict[str, Any]:
        """What `telling.choose` is to keep."""
        chosen = {k.removeprefix(CHOICES_OF): v for k, v in self.cleaned_data.items() if k.startswith(CHOICES_OF)}
        return {
            "choices": chosen,
            **{name: self.cleaned_data[name] for name in ("time_zone", "daily_at", "quiet_from", "quiet_until")},
        }

    def _kinds(self) -> list[Kind]:
        return [kind for kinds in self.offered.values() for kind in kinds if kind not in ALWAYS_AT_ONCE]


class InboxFilter(forms.Form):
    """How somebody narrows their inbox; what cannot be read counts as not asked."""

    kind = forms.ChoiceField(label="About", required=False)
    unread = forms.BooleanField(label="Only what I have not read", required=False)

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data)
        kinds = [(kind.value, kind.label) for kinds in telling.offered_to(user).values() for kind in kinds]
        cast(forms.ChoiceField, self.fields["kind"]).choices = [("", "Everything"), *kinds]

    @property
    def asked(self) -> dict[str, Any]:
        said = self.cleaned_data if self.is_valid() else {}
        return {"kind": said.get("kind", ""), "unread": said.get("unread", False)}
