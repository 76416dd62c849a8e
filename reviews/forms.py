"""What reviewers and editors fill in; the verbs judge what it means."""

from datetime import datetime, time
from typing import Any, cast

from django import forms
from django.utils import timezone

from articles.models import Article, Topic
from articles.notice_fields import FIELDS, Field, NoticeIncomplete, checked
from articles.states import NoticeKind, Risk
from editorial import clock
from editorial.admin_doors import DayInput
from reviews import checklist, matching, policy
from reviews.kinds import Act, Level, Verdict
from reviews.models import BoardMember, Dissent

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
        label="Your password, or a code of your app",
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


class AcceptForm(StrictForm):
    """The one question about interests in this text; the answer and the acceptance are one act."""

    interest = forms.ChoiceField(
        label="Does an interest of yours touch this text?",
        choices=[
            (Level.NONE, "No, none"),
            (Level.MINOR, "Yes, a minor one: I can judge it all the same, and it is told beside my name"),
            (Level.MAJOR, "Yes, a major one: I step back, and the editors ask somebody else"),
        ],
        widget=forms.RadioSelect,
    )
    words = words("What it is", rows=2, required=False, help_text="Needed unless there is none. Kept with your answer.")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("interest", Level.NONE) != Level.NONE and not cleaned.get("words", "").strip():
            self.add_error("words", "Say in a few words what the interest is.")
        return cleaned


class DeclineForm(StrictForm):
    reason = words("Why you decline", rows=2, help_text="The editors see this and look for somebody else.")
    suggested = forms.ModelChoiceField(
        BoardMember.objects.none(),
        label="Who could read it instead",
        required=False,
        empty_label="Nobody in particular",
    )

    def __init__(self, *args: Any, suggests: bool = True, **kwargs: Any) -> None:
        """Who has begun to read only says why; whoever answers an invitation may name somebody too."""
        super().__init__(*args, **kwargs)
        if not suggests:
            del self.fields["suggested"]
            return
        suggested = cast(forms.ModelChoiceField, self.fields["suggested"])
        suggested.queryset = BoardMember.objects.present().select_related("user")


class AssignForm(StrictForm):
    """Only people who may read this text can be chosen; those ruled out are named with the reason."""

    member = forms.ModelChoiceField(BoardMember.objects.none(), label="Board member", widget=forms.RadioSelect)
    discipline = forms.ModelChoiceField(Topic.objects.none(), label="Asked to judge it as", empty_label=None)
    due = forms.DateField(label="Due", widget=DayInput, help_text="Through the end of this day (UTC).")

    def __init__(
        self,
        *args: Any,
        article: Article,
        candidates: list[matching.Candidate],
        suggested: BoardMember | None = None,
        **kwargs: Any,
    ) -> None:
        rule = policy.in_force().rule(article.risk_id)
        due = policy.due_at(rule, asked_at=clock.now()).date()
        fitting = [c for c in candidates if not c.why_not]
        self.excluded = [c for c in candidates if c.why_not]
        self.suggested = suggested if suggested and suggested.pk in {c.member.pk for c in fitting} else None
        initial = {"discipline": article.topic_id, "due": due, "member": self.suggested and self.suggested.pk}
        super().__init__(*args, **(kwargs | {"initial": initial}))
        member, discipline = (cast(forms.ModelChoiceField, self.fields[name]) for name in ("member", "discipline"))
        member.queryset = BoardMember.objects.filter(pk__in=[c.member.pk for c in fitting])
        member.choices = [(c.member.pk, str(c.member)) for c in fitting]
        discipline.queryset = Topic.objects.all()
        self.fitting = fitting
        self.has_choice = bool(fitting)

    @property
    def people(self) -> list[tuple[Any, matching.Candidate]]:
        """Each who can be chosen: the button, and what speaks for and against them."""
        return list(zip(self["member"], self.fitting, strict=True))

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
    """What readers are told in a sentence or two, and then field by field what such a notice has to say."""

    kind: NoticeKind
    text = words("What readers are told", rows=3, help_text="Plain words: what changed or is in doubt, and since when.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        last = {name: self.fields.pop(name) for name in ("reason", "for_good") if name in self.fields}
        self.fields |= {field.name: _asked(field) for field in FIELDS[self.kind]} | last
        self.needed_for_some = {field.name for field in FIELDS[self.kind] if not field.is_optional}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        try:
            checked(self.kind, self.details)
        except NoticeIncomplete as missing:
            for name, sentence in missing.errors.items():
                self.add_error(name, sentence)
        return cleaned

    @property
    def details(self) -> dict[str, str]:
        return {field.name: self.cleaned_data.get(field.name, "") for field in FIELDS[self.kind]}


def _asked(field: Field) -> forms.Field:
    """The rules of `notice_fields` judge what is typed, so that every door says the same."""
    asked = AsTyped()
    asked.label, asked.help_text = field.label, field.help_text
    asked.widget = (
        forms.RadioSelect(choices=field.choices)
        if field.choices
        else DayInput()
        if field.is_date
        else forms.Textarea(attrs={"rows": 2})
    )
    return asked


class CorrectionForm(NoticeForm):
    kind = NoticeKind.CORRECTION


class ConcernForm(NoticeForm):
    kind = NoticeKind.CONCERN


class RetractForm(NoticeForm):
    kind = NoticeKind.RETRACTION
    reason = words("Reason", rows=3, help_text="Kept on record; readers do not see it.")
    for_good = forms.BooleanField(label="I know that nothing leads back from a retraction.")


class WithdrawForm(ReasonForm):
    """Why readers lose a text, and the reason that stays with the desk."""

    why = forms.ChoiceField(
        label="What readers are told",
        choices=FIELDS[NoticeKind.WITHDRAWAL][0].choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what readers are told of why it is withdrawn."},
    )
    field_order = ("why", "reason")


class PublishDissentForm(StrictForm):
    """One of those whose authors agreed; their words go out as they are."""

    dissent = forms.ChoiceField(
        label="Whose words",
        widget=forms.RadioSelect,
        error_messages={
            "invalid_choice": "These words were changed or taken back by their author, or are published already."
            " Read what stands here now."
        },
    )

    def __init__(self, *args: Any, given: list[Dissent], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.given = {each.seen: each for each in given}
        said = [(each.seen, f"{each.decision.reviewer_label}: “{each.words}”") for each in given]
        cast(forms.ChoiceField, self.fields["dissent"]).choices = said

    @property
    def chosen(self) -> Dissent:
        return self.given[self.cleaned_data["dissent"]]


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
    disciplines = forms.MultipleChoiceField(
        label="Disciplines that must be among the approvals",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Each approval is given in the one discipline its reviewer was asked to judge.",
    )

    def __init__(self, *args: Any, topics: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.MultipleChoiceField, self.fields["disciplines"]).choices = topics

    def rule(self) -> policy.Rule:
        return policy.Rule(**self.cleaned_data | {"disciplines": tuple(self.cleaned_data["disciplines"])})


class RungForm(forms.Form):
    """One rung of the ladder; left empty, there is none."""

    days = forms.IntegerField(
        label="Days after the due date",
        required=False,
        min_value=-90,
        max_value=365,
        help_text="Before it: less than 0.",
    )
    act = forms.ChoiceField(label="What is done", required=False, choices=[("", "Nothing"), *Act.choices])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if (cleaned.get("days") is None) == bool(cleaned.get("act")) and not self.errors:
            self.add_error("act", "A rung needs both: the day, and what is done. Clear both if there is none.")
        return cleaned


class BoardTermsForm(forms.Form):
    """What a policy says for the board as a whole."""

    interest_months = forms.IntegerField(
        label="A declaration of interests is valid for, in months", min_value=1, max_value=60
    )
    recheck_days = forms.IntegerField(
        label="An approved text is read again so many days before its check is due", min_value=1, max_value=180
    )
    look_back_months = forms.IntegerField(label="… and looks back over, in months", min_value=1, max_value=240)


class LadderForm:
    """The rungs in force, and empty ones to add; in any order."""

    def __init__(self, data: Any, *, ladder: tuple[policy.Rung, ...]) -> None:
        known = [{"days": rung.days, "act": rung.act} for rung in ladder]
        said = known + [{}] * (policy.MOST_RUNGS - len(known))
        self.rows = [RungForm(data, prefix=f"rung{n}", initial=row) for n, row in enumerate(said)]

    def is_valid(self) -> bool:
        """Each row is looked at, so that all that is wrong is said at once."""
        judged = [row.is_valid() for row in self.rows]
        return all(judged)

    def ladder(self) -> tuple[policy.Rung, ...]:
        said = [row.cleaned_data for row in self.rows if row.cleaned_data["act"]]
        return tuple(policy.rung(row["days"], row["act"]) for row in sorted(said, key=lambda row: row["days"]))


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
