"""What editors fill in to have an approved text read again, and reviewers to say what they found."""

from typing import Any, cast

from django import forms
from django.db.models import Count, Q

from articles.models import Article
from reviews import claim_cards, matching
from reviews.claims import claims_of
from reviews.forms import DecisionForm, StrictForm, words
from reviews.kinds import Verdict
from reviews.models import BoardMember, Recheck
from reviews.querysets import RecheckQuerySet
from reviews.recheck_answers import CHOICES


class AnswerForm(DecisionForm):
    """What a reviewer found on reading an approved text again."""

    def __init__(self, *args: Any, recheck: Recheck, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        verdict, reason = (cast(Any, self.fields[name]) for name in ("verdict", "reason"))
        verdict.label, verdict.choices = "What you found", CHOICES
        reason.label = "In your words"
        reason.help_text = "What you looked at and what you found. The editors settle it with these words."
        cast(Any, self.fields["statement"]).label = (
            "I read this text again myself, from beginning to end."
            if recheck.is_whole
            else "I held each of these claims against its sources again myself."
        )
        for name in ("statement", "password"):
            self.fields[name].help_text = "Needed to say that it stands."
        self.is_whole = recheck.is_whole

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        stands = cleaned.get("verdict") == Verdict.APPROVE
        if stands and not self.is_whole and not cleaned.get("reason", "").strip():
            self.add_error("reason", "Say in a few words what you found: the editors settle it with your words.")
        return cleaned


class ReadAgainForm(StrictForm):
    """Some claims of the approved text, or the whole of it."""

    claims = forms.MultipleChoiceField(
        label="Claims to be read again",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Choose none, and the whole text is read again.",
    )
    why = words("Why", rows=2, help_text="The reviewers see this. Whoever fits best is asked at once.")

    def __init__(self, *args: Any, article: Article, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = claims_of(article.approval.revision) if article.approval else ()
        cast(Any, self.fields["claims"]).choices = [(claim.identity, _line(claim)) for claim in found]


class AskAgainForm(StrictForm):
    recheck = forms.IntegerField(widget=forms.HiddenInput)
    member = forms.ModelChoiceField(BoardMember.objects.none(), label="Board member", empty_label="Choose a person")

    def __init__(self, *args: Any, article: Article, about: Recheck, **kwargs: Any) -> None:
        super().__init__(*args, **(kwargs | {"initial": {"recheck": about.pk}}))
        fitting = matching.candidates(article, recheck=about)
        member = cast(forms.ModelChoiceField, self.fields["member"])
        member.queryset = BoardMember.objects.filter(pk__in=[c.member.pk for c in fitting])
        member.choices = [("", "Choose a person"), *((c.member.pk, f"{c.member} ({c.reasons})") for c in fitting)]


def of_article(article: Article) -> RecheckQuerySet:
    return Recheck.objects.filter(article=article)


def listed(article: Article) -> list[Recheck]:
    """The open re-checks of an article, each with how many were asked, and those that were settled last."""
    answered = Count("assignments", filter=Q(assignments__decision__isnull=False))
    every = of_article(article).annotate(asked=Count("assignments"), answered=answered)
    return list(every.order_by("-closed_at", "-pk")[:10])


def _line(claim: Any) -> str:
    said = "".join(words for kind, words in claim.pieces if kind != "cites")
    return f"{claim.number}. {claim_cards.VARIANTS[claim.field]}: {said[:160]}"
