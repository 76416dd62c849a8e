"""The versions of the review policy: each can be read, and a new one laid down."""

from dataclasses import asdict

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from articles.states import Risk
from editorial.admin_doors import visitor
from editorial.errors import WorkflowError
from reviews import policy
from reviews.forms import PolicyNoteForm, RuleForm
from reviews.models import ReviewPolicy


def policy_version(request: HttpRequest, pk: str) -> HttpResponse:
    version = get_object_or_404(ReviewPolicy, pk=pk)
    rules = [(Risk(int(risk)), policy.Rule(**rule)) for risk, rule in sorted(version.rules.items())]
    context = {**admin.site.each_context(request), "title": str(version), "version": version, "rules": rules}
    return render(request, "reviews/policy_version.html", context)


def new_policy(request: HttpRequest) -> HttpResponse:
    """The rules in force, to be changed and laid down as the next version."""
    data = request.POST if request.method == "POST" else None
    now = policy.in_force()
    rules = {r: RuleForm(data, prefix=f"risk{r}", initial=asdict(now.rule(r))) for r in Risk.values}
    note = PolicyNoteForm(data)
    refusal = ""
    if data is not None and all([note.is_valid(), *(form.is_valid() for form in rules.values())]):
        refusal = _lay_down(request, rules, note)
        if not refusal:
            return redirect("admin:reviews_reviewpolicy_changelist")
    context = {
        **admin.site.each_context(request),
        "title": "Lay down a new policy",
        "rules": [(Risk(r), form) for r, form in rules.items()],
        "note": note,
        "refusal": refusal,
    }
    return render(request, "reviews/policy_lay_down.html", context, status=200 if data is None else 422)


def _lay_down(request: HttpRequest, rules: dict[int, RuleForm], note: PolicyNoteForm) -> str:
    """Why it was refused, or nothing."""
    asked = {risk: form.rule() for risk, form in rules.items()}
    try:
        laid = policy.lay_down(asked, by=visitor(request), note=note.cleaned_data["note"])
    except WorkflowError as refusal:
        return str(refusal)
    messages.success(request, f"{laid} is in force from now on.")
    return ""
