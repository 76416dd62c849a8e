"""What a reviewer sees before the text: what is asked of them, and the one question about interests."""

from dataclasses import dataclass

from django.contrib import admin, messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from articles.public import ai_line
from editorial import clock
from editorial.admin_doors import StaffRequest
from reviews import interests
from reviews.claims import claims_of
from reviews.forms import AcceptForm, DeclineForm
from reviews.kinds import Level
from reviews.models import ReviewAssignment

WORDS_A_MINUTE = 200  # careful reading, sources not counted


@dataclass(frozen=True)
class Answers:
    """The form that was sent and refused just now, to be shown as it was typed."""

    accept: AcceptForm | None = None
    decline: DeclineForm | None = None


def invitation(
    request: StaffRequest,
    assignment: ReviewAssignment,
    why_not: str,
    sent: Answers,
    *,
    status: int = 200,
    refusal: str = "",
) -> HttpResponse:
    """Everything needed to say yes or no, and nothing of the text itself.

    `why_not` is what keeps the text shut: no answer yet, or a declaration or credential that ran out since.
    """
    revision, article = assignment.revision, assignment.revision.article
    frozen = revision.data
    length = sum(len(frozen[part].split()) for part in ("short_answer", "body", "plain_body"))
    context = {
        "title": frozen["title"],
        "home_url": reverse("admin:index"),
        "assignment": assignment,
        "article": article,
        "revision": revision,
        "topic": frozen["topic"],
        "authors": frozen["authors"],
        "ai_line": ai_line(frozen["ai"]),
        "length": length,
        "minutes": max(1, round(length / WORDS_A_MINUTE)),
        "sources": len(frozen["references"]),
        "claims": len(claims_of(revision)),
        "is_overdue": assignment.due_at <= clock.now(),
        "may_answer": assignment.is_invitation and interests.is_current(assignment.reviewer),
        "state": interests.state_of(assignment.reviewer),
        "is_declared": interests.is_current(assignment.reviewer),
        "why_not": why_not,
        "refusal": refusal,
        "accept_form": sent.accept or AcceptForm(auto_id="accept-%s"),
        "decline_form": sent.decline or DeclineForm(auto_id="decline-%s"),
        "decline_is_open": sent.decline is not None,
    }
    return render(request, "reviews/invitation.html", admin.site.each_context(request) | context, status=status)


def after_answer(request: StaffRequest, interest: str, assignment: ReviewAssignment) -> HttpResponse:
    if interest == Level.MAJOR:
        messages.success(request, "Thank you. You will not be asked about this text; the editors were told.")
        return redirect("admin:index")
    messages.success(request, "You accepted. This is the text; your decision is about exactly this version.")
    return redirect("admin:reviews_reviewassignment_change", assignment.pk)
