"""What reviewers and editors fill in; the verbs judge what it means."""

from datetime import datetime, time
from typing import Any, cast

from django import forms
from django.utils import timezone

from articles.models import Article, Topic
from articles.states import Risk
from editorial import clock
from editorial.admin_doors import DayInput
from reviews import checklist, matching, policy
from reviews.kinds import Verdict
from reviews.models import BoardMember

BESIDE_FIELDS = {"csrfmiddlewaretoken", "act"}
STATEMENT = "I read this version myself, from beginning to end."


class StrictForm(forms.Form):
    """Refuses what it did not ask for, so that nobody believes an unknown field had an effect."""

    def clean(self) -> dict[str, Any]:
        asked = {self.add_prefix(name) for name in self.fields}
        if unknown := sorted(set(self.data) - asked - BESIDE_FIELDS):
            raise forms.ValidationError(
                f"This form has no field “{unknown[0][:40]}”, so nothing was recorded. Reload the page and try again."
            )
        return super().clean() or self.cleaned_data


def words(label: str, *, rows: int = 4, required: bool = True, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=10_000,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class DecisionForm(StrictForm):
    """A verdict on exactly the digest that the page was served with."""

    verdict = forms.ChoiceField(
        label="Your decision", choices=[(v.value, v.label) for v in Verdict], widget=forms.RadioSelect
    )
    reason = words(
        "Your reasons",
        rows=7,
        required=False,
        help_text="Needed unless you approve. Quote the passage, say what is wrong with it and what would mend it.",
    )
    statement = forms.BooleanField(label=STATEMENT, required=False, help_text="Needed for an approval.")
    password = forms.CharField(
        label="Your password",
        required=False,
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        help_text="Needed for an approval: it shows that it is you, and that you mean this text.",
    )
    digest = forms.CharField(required=False, widget=forms.HiddenInput)
    receipt = forms.CharField(required=False, widget=forms.HiddenInput)

    needed_for_some = {"reason", "password"}  # "optional" would be the wrong word for these

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        verdict = cleaned.get("verdict")
        if verdict == Verdict.APPROVE and not cleaned.get("statement"):
            self.add_error("statement", "Tick this to approve: an approval says that you read the whole text yourself.")
        if verdict and verdict != Verdict.APPROVE and not cleaned.get("reason", "").strip():
            self.add_error("reason", "Give your reasons: the authors can only mend what they are told about.")
        return cleaned


class UnsafeForm(StrictForm):
    """One reason is enough: whoever finds a danger must not be kept from saying so."""

    reason = words(
        "What could hurt someone", rows=3, help_text="Quote the passage. The text is hidden at once, and editors hear."
    )
    digest = forms.CharField(required=False, widget=forms.HiddenInput)
    receipt = forms.CharField(required=False, widget=forms.HiddenInput)


class AsTyped(forms.Field):
    """Words whose limits and meaning the verb judges, so that every door says the same."""

    def __init__(self) -> None:
        super().__init__(required=False)

    def to_python(self, value: Any) -> str:
        return value or ""


class JudgeForm(StrictForm):
    """A verdict on one claim of the digest that the page was served with."""

    identity, finding, place, note = AsTyped(), AsTyped(), AsTyped(), AsTyped()
    digest, seen = AsTyped(), AsTyped()


class ChecklistForm(StrictForm):
    """Any number of answers; each item has `answer-NAME` and `note-NAME`."""

    digest = AsTyped()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for item in checklist.ITEMS:
            self.fields[f"answer-{item.name}"] = AsTyped()
            self.fields[f"note-{item.name}"] = AsTyped()

    @property
    def said(self) -> dict[str, checklist.Said]:
        given = self.cleaned_data
        every = {
            item.name: checklist.Said(given[f"answer-{item.name}"], given[f"note-{item.name}"])
            for item in checklist.ITEMS
        }
        return {name: said for name, said in every.items() if said.answer or said.note.strip()}


class DeclineForm(StrictForm):
    reason = words("Why you decline", rows=2, help_text="The editors see this and look for somebody else.")


class AssignForm(StrictForm):
    """Only people who may read this text can be chosen; anybody else is not on the list."""

    member = forms.ModelChoiceField(BoardMember.objects.none(), label="Board member", empty_label="Choose a person")
    discipline = forms.ModelChoiceField(Topic.objects.none(), label="Asked to judge it as", empty_label=None)
    due = forms.DateField(label="Due", widget=DayInput, help_text="Through the end of this day (UTC).")

    def __init__(self, *args: Any, article: Article, candidates: list[matching.Candidate], **kwargs: Any) -> None:
        rule = policy.in_force().rule(article.risk_id)
        due = policy.due_at(rule, asked_at=clock.now()).date()
        super().__init__(*args, **(kwargs | {"initial": {"discipline": article.topic_id, "due": due}}))
        member, discipline = (cast(forms.ModelChoiceField, self.fields[name]) for name in ("member", "discipline"))
        member.queryset = BoardMember.objects.filter(pk__in=[c.member.pk for c in candidates])
        member.choices = [("", "Choose a person"), *((c.member.pk, f"{c.member} ({c.reasons})") for c in candidates)]
        discipline.queryset = Topic.objects.all()
        self.has_choice = bool(candidates)

    def due_at(self) -> datetime:
        return timezone.make_aware(datetime.combine(self.cleaned_data["due"], time(23, 59)))


class TakeBackForm(StrictForm):
    assignment = forms.IntegerField(widget=forms.HiddenInput)
    reason = words("Why it is taken back", rows=2, help_text="The reviewer is told.")


class ReleaseForm(StrictForm):
    digest = forms.CharField(required=False, widget=forms.HiddenInput)


class RiskForm(StrictForm):
    level = forms.TypedChoiceField(
        label="Risk class", coerce=int, choices=[(r.value, f"{r.value} · {r.label}") for r in Risk]
    )
    reason = words("Reason", rows=2, required=False, help_text="Needed for lowering; it goes on record.")


class ReasonForm(StrictForm):
    reason = words("Reason", rows=3, help_text="Kept on record; readers do not see it.")


class NoticeForm(StrictForm):
    text = words("What readers are told", rows=3, help_text="Plain words: what changed or is in doubt, and since when.")


class RetractForm(NoticeForm):
    reason = words("Reason", rows=3, help_text="Kept on record; readers do not see it.")
    for_good = forms.BooleanField(label="I know that nothing leads back from a retraction.")


class ResolveForm(StrictForm):
    notice = forms.IntegerField(widget=forms.HiddenInput)
    text = words("How it was resolved", rows=3, help_text="Kept on record; this alone lifts it.")


class RuleForm(forms.Form):
    """One row of a policy: what is asked for one risk class."""

    approvals = forms.IntegerField(label="Approvals needed", min_value=1, max_value=9)
    specialty_matched = forms.IntegerField(label="… of them from the topic's specialty", min_value=0, max_value=9)
    public_before_approval = forms.BooleanField(label="Public, with its caution, before approval", required=False)
    valid_months = forms.IntegerField(label="Valid for, in months", min_value=1, max_value=120)
    window_days = forms.IntegerField(
        label="Approvals lie within, in days", min_value=1, required=False, help_text="Empty: no limit."
    )
    grace_days = forms.IntegerField(
        label="Stays up after its check date, in days",
        min_value=0,
        required=False,
        help_text="Empty: it stays, with its caution.",
    )
    due_days = forms.IntegerField(label="A reviewer is given, in days", min_value=1, max_value=365)
    claim_sample = forms.IntegerField(
        label="Claims to be judged one by one, in percent",
        min_value=1,
        max_value=100,
        help_text="Of a text in which no AI system had a part, and at least five; of all others every claim.",
    )
    confirm_within_minutes = forms.IntegerField(
        label="A confirmation of identity is good for, in minutes", min_value=1, max_value=60
    )

    def rule(self) -> policy.Rule:
        return policy.Rule(**self.cleaned_data)


class PolicyNoteForm(forms.Form):
    note = words("What changes, and why", rows=3, help_text="Shown on the public page with this version.")


class RetractionListForm(StrictForm):
    """A retraction list to be loaded instead of the one in force."""

    use_required_attribute = False

    file = forms.FileField(
        label="Retraction list",
        help_text="A comma-separated file (.csv) in the layout of Retraction Watch, up to 200 MB.",
        error_messages={
            "required": "Choose the file of the list, and load it again.",
            "empty": "That file is empty. Fetch the list again.",
        },
        widget=forms.FileInput(attrs={"accept": ".csv,.txt"}),
    )
