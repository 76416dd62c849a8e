"""Where a board member who decided against a text says whether their words may be published."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import BooleanField
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from articles.rendering import UnreadableText
from editorial.admin_doors import StaffRequest
from editorial.errors import WorkflowError
from reviews import desk_page, dissents
from reviews.forms import StrictForm, words
from reviews.kinds import Verdict
from reviews.models import Decision, Dissent


class AgreeForm(StrictForm):
    """The words, and the agreement in so many words."""

    words = words(
        "What readers should know",
        rows=6,
        help_text="In your own words; the editors can publish them or not, and never change them.",
    )
    may_be_published = BooleanField(
        label="This may be published under my name and profession.",
        error_messages={"required": "Tick this to agree. Without it your words stay with the desk."},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def dissent_page(request: StaffRequest, pk: int) -> HttpResponse:
    """GET shows what was agreed; POST agrees, or takes the agreement back."""
    own = Decision.objects.filter(reviewer__user=request.user).exclude(verdict=Verdict.APPROVE)
    decision = get_object_or_404(own.select_related("assignment", "revision", "reviewer"), assignment=pk)
    return _act(request, decision) if request.method == "POST" else _page(request, decision)


def _act(request: StaffRequest, decision: Decision) -> HttpResponse:
    act = request.POST.get("act", "")
    if act not in ("agree", "take_back"):
        raise Http404
    form = AgreeForm(request.POST, auto_id="agree-%s")
    if act == "agree" and not form.is_valid():
        return _page(request, decision, form, status=422)
    try:
        if act == "agree":
            dissents.agree(decision, by=request.user, words=form.cleaned_data["words"])
        else:
            dissents.take_back(decision, by=request.user)
    except (WorkflowError, PermissionDenied, UnreadableText) as refusal:
        return _page(request, decision, form if act == "agree" else None, refusal=str(refusal), status=422)
    messages.success(request, "Kept. The editors may publish it." if act == "agree" else "Taken back.")
    return redirect("admin:reviewassignment-dissent", decision.assignment_id)


def _page(
    request: StaffRequest, decision: Decision, form: AgreeForm | None = None, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    kept = Dissent.objects.filter(decision=decision).select_related("notice").first()
    said = kept.words if kept else decision.reason
    return desk_page.render_at_desk(
        request,
        "reviews/dissent.html",
        decision.revision.data["title"],
        status=status,
        refusal=refusal,
        decision=decision,
        kept=kept,
        form=form or AgreeForm(initial={"words": said}, auto_id="agree-%s"),
    )
