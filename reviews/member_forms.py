"""What board members say about themselves, and what editors say about their credentials."""

from typing import Any, cast

from django import forms

from editorial.admin_doors import DayInput
from reviews.absences import MOST_REVIEWS
from reviews.forms import StrictForm, words
from reviews.interests import Item
from reviews.kinds import Interest
from reviews.models import BoardMember

MOST_OF_A_KIND = 5
HINTS = {
    Interest.MONEY: "Fees, grants, travel costs or gifts from anybody with a stake in health.",
    Interest.JOB: "Posts, consultancies and advisory boards, paid or not.",
    Interest.SHARES: "Shares or other holdings in companies that sell for health.",
    Interest.PATENTS: "Patents, licences and royalties, held or applied for.",
    Interest.FAMILY: "Any of these held by somebody close to you.",
    Interest.PUBLIC: "Membership of a guideline panel or a society, campaigns, testimony, public statements.",
}


class InterestForm(forms.Form):
    """One interest of one kind; left empty, it says nothing."""

    what = forms.CharField(label="What it is", max_length=300, required=False)
    since = forms.CharField(
        label="Since when", max_length=40, required=False, widget=forms.TextInput(attrs={"placeholder": "2021"})
    )
    weight = forms.ChoiceField(
        label="Weight",
        required=False,
        choices=[("", "Choose"), ("minor", "Minor: readers should know"), ("major", "Major: it could sway me")],
    )

    def __init__(self, *args: Any, kind: Interest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        missing = [name for name in self.fields if not cleaned.get(name) and name not in self.errors]
        if len(missing) < len(self.fields):
            for name in missing:
                self.add_error(name, "Needed for this interest. Clear the whole row if there is none.")
        return cleaned

    def item(self) -> Item | None:
        said = self.cleaned_data
        if not said.get("what"):
            return None
        return Item(self.kind, said["what"], said["since"], said["weight"] == "major")


class DeclarationForm:
    """Every kind with the interests declared last time, an empty row each, and the word that there is none."""

    def __init__(self, data: Any = None, *, before: list[Item], with_more: bool = False) -> None:
        self.data = data
        self.none = NoneDeclaredForm(data)
        rows = {kind: self._rows(kind, before, with_more) for kind in Interest}
        self.kinds = [(kind, HINTS[kind], rows[kind], any(map(_says_something, rows[kind]))) for kind in Interest]

    def is_valid(self) -> bool:
        return all([self.none.is_valid(), *(form.is_valid() for form in self._forms())])

    @property
    def is_none(self) -> bool:
        return self.none.cleaned_data["none_declared"]

    def items(self) -> list[Item]:
        return [item for form in self._forms() if (item := form.item())]

    def _forms(self) -> list[InterestForm]:
        return [form for _, _, rows, _ in self.kinds for form in rows]

    def _rows(self, kind: Interest, before: list[Item], with_more: bool) -> list[InterestForm]:
        if self.data is None:
            known = [item for item in before if item.kind == kind][:MOST_OF_A_KIND]
            said = [{"what": i.what, "since": i.since, "weight": "major" if i.is_major else "minor"} for i in known]
            rows = [InterestForm(kind=kind, prefix=f"{kind}-{n}", initial=row) for n, row in enumerate(said)]
            return rows if rows else [InterestForm(kind=kind, prefix=f"{kind}-0")]
        sent = [n for n in range(MOST_OF_A_KIND) if f"{kind}-{n}-what" in self.data]
        rows = [InterestForm(self.data, kind=kind, prefix=f"{kind}-{n}") for n in sent]
        is_full = all(self.data[f"{kind}-{n}-what"].strip() for n in sent)
        if with_more and is_full and len(sent) < MOST_OF_A_KIND:
            rows.append(InterestForm(kind=kind, prefix=f"{kind}-{len(sent)}"))
        return rows


def _says_something(form: InterestForm) -> bool:
    """Filled in now or last time, so that its kind is shown open."""
    return any(form[name].value() for name in form.fields)


class NoneDeclaredForm(forms.Form):
    none_declared = forms.BooleanField(label="I have nothing to declare of any of these kinds.", required=False)


class AbsenceForm(StrictForm):
    starts_on = forms.DateField(label="First day away", widget=DayInput)
    ends_on = forms.DateField(label="Last day away", widget=DayInput)
    note = forms.CharField(max_length=200, required=False, help_text="For the editors only, for example “on call”.")


class CancelAbsenceForm(StrictForm):
    absence = forms.IntegerField(widget=forms.HiddenInput)


class TermsForm(StrictForm):
    """How much somebody takes on, and who stands in."""

    capacity = forms.IntegerField(
        label="Open reviews at most", min_value=0, max_value=MOST_REVIEWS, help_text="0: do not ask me at present."
    )
    deputy = forms.ModelChoiceField(
        BoardMember.objects.none(),
        label="Deputy",
        required=False,
        empty_label="Nobody",
        help_text="Asked to take a review over when it stays undone or its reader is away.",
    )

    def __init__(self, *args: Any, member: BoardMember, **kwargs: Any) -> None:
        super().__init__(*args, **({"initial": {"capacity": member.capacity, "deputy": member.deputy_id}} | kwargs))
        deputy = cast(forms.ModelChoiceField, self.fields["deputy"])
        deputy.queryset = BoardMember.objects.present().exclude(pk=member.pk).select_related("user")


class CredentialForm(StrictForm):
    title = forms.CharField(max_length=120, help_text="For example “Licence to practise medicine”.")
    issuer = forms.CharField(max_length=160, required=False, help_text="The council, chamber or university.")
    register_number = forms.CharField(max_length=60, required=False)
    country = forms.CharField(max_length=80, required=False)
    expires_at = forms.DateField(label="Valid until", required=False, widget=DayInput)


class WithdrawCredentialForm(StrictForm):
    credential = forms.IntegerField(widget=forms.HiddenInput)
    reason = words("Why it no longer counts", rows=2, help_text="Kept on record; readers do not see it.")


class VerifyCredentialForm(StrictForm):
    credential = forms.IntegerField(widget=forms.HiddenInput)
