"""The versions of the review policy: each can be read, and a new one laid down."""

from dataclasses import asdict
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from articles.models import Topic
from articles.states import Risk
from editorial.admin_doors import visitor
from editorial.errors import WorkflowError, status_of
from reviews import policy
from reviews.forms import BoardTermsForm, LadderForm, PolicyNoteForm, RuleForm
from reviews.models import ReviewPolicy


def policy_version(request: HttpRequest, pk: str) -> HttpResponse:
    version = get_object_or_404(ReviewPolicy, pk=pk)
    laid_down = policy.stored(version)
    context = {
        **admin.site.each_context(request),
        "title": str(version),
        "version": version,
        "rules": policy.described(laid_down),
        "terms": laid_down.terms,
        "silence": policy.silence(laid_down.terms),
    }
    return render(request, "reviews/policy_version.html", context)


def new_policy(request: HttpRequest) -> HttpResponse:
    """The rules in force, to be changed and laid down as the next version."""
    forms = _PolicyForms(request.POST if request.method == "POST" else None)
    refusal, status = "", 200
    if request.method == "POST":
        refusal, status = _lay_down(request, forms) if forms.are_valid() else ("", 422)
        if status == 200:
            return redirect("admin:reviews_reviewpolicy_changelist")
    context = {
        **admin.site.each_context(request),
        "title": "Lay down a new policy",
        "rules": [(Risk(r), form) for r, form in forms.rules.items()],
        "terms": forms.terms,
        "ladder": forms.ladder,
        "note": forms.note,
        "refusal": refusal,
    }
    return render(request, "reviews/policy_lay_down.html", context, status=status)


class _PolicyForms:
    """Everything one version says, as forms over the version in force."""

    def __init__(self, data: Any) -> None:
        now = policy.in_force()
        topics = list(Topic.objects.values_list("slug", "name"))
        self.rules = {
            risk: RuleForm(data, prefix=f"risk{risk}", initial=asdict(now.rule(risk)), topics=topics)
            for risk in Risk.values
        }
        self.terms = BoardTermsForm(data, prefix="terms", initial=asdict(now.terms))
        self.ladder = LadderForm(data, ladder=now.terms.ladder)
        self.note = PolicyNoteForm(data)

    def are_valid(self) -> bool:
        every: list[Any] = [*self.rules.values(), self.terms, self.ladder, self.note]
        judged = [form.is_valid() for form in every]
        return all(judged)


def _lay_down(request: HttpRequest, forms: _PolicyForms) -> tuple[str, int]:
    """Why it was refused, or nothing; and how that is answered."""
    rules = {risk: form.rule() for risk, form in forms.rules.items()}
    terms = policy.Terms(**forms.terms.cleaned_data, ladder=forms.ladder.ladder())
    try:
        laid = policy.lay_down(rules, by=visitor(request), note=forms.note.cleaned_data["note"], terms=terms)
    except WorkflowError as refusal:
        return str(refusal), status_of(refusal)
    messages.success(request, f"{laid} is in force from now on.")
    return "", 200
