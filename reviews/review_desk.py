"""The review desk: one board member, one frozen revision, one decision."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from articles.models import Article, Revision
from articles.public import ai_line, for_public, public_article, reviewer_text
from articles.seals import is_intact
from articles.versions import Change, shortened_changes
from editorial import clock
from editorial.admin_doors import StaffRequest
from editorial.errors import Conflict, WorkflowError
from editorial.models import AuditEntry
from reviews import assignments, decisions, receipts
from reviews.findings import findings_of
from reviews.forms import DecisionForm, DeclineForm
from reviews.kinds import Verdict
from reviews.later_checks import later_checks
from reviews.models import Decision, ReviewAssignment

DECLINE = "decline"


@require_http_methods(["GET", "HEAD", "POST"])
def review(request: StaffRequest, pk: int) -> HttpResponse:
    """One assignment: GET serves the text with a reading receipt, POST decides or declines with it."""
    return _act(request, pk) if request.method == "POST" else _open(request, pk)


def _open(request: StaffRequest, pk: int) -> HttpResponse:
    assignment = get_object_or_404(_loaded().visible_to(request.user), pk=pk)
    if _holds(request, assignment):
        if assignment.opened_at is None and request.method == "GET":
            assignments.note_opened(assignment, by=request.user)
        return _desk(request, assignment)
    if assignment.reviewer.user_id == request.user.pk and hasattr(assignment, "decision"):
        return _record(request, assignment)
    if request.user.is_editor:
        return redirect("admin:articles_article_change", assignment.revision.article_id)
    raise Http404


def _act(request: StaffRequest, pk: int) -> HttpResponse:
    """The verb judges whether it is still possible; a tab that is too late gets its words back."""
    assignment = get_object_or_404(_loaded().filter(reviewer__user=request.user), pk=pk)
    act = _decline if request.POST.get("act") == DECLINE else _decide
    return act(request, assignment)


def _decide(request: StaffRequest, assignment: ReviewAssignment) -> HttpResponse:
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _again(request, assignment, 422, decision_form=form)
    try:
        decision = _call_verb(assignment, request, form.cleaned_data)
    except (WorkflowError, PermissionDenied) as refusal:
        return _refused(request, assignment, refusal, decision_form=form)
    messages.success(request, f"Your decision is on record: {decision.get_verdict_display().lower()}.")
    return redirect("admin:reviews_reviewassignment_change", assignment.pk)


def _call_verb(assignment: ReviewAssignment, request: StaffRequest, said: dict[str, Any]) -> Decision:
    served = {"by": request.user, "digest": said["digest"], "receipt": said["receipt"]}
    if said["verdict"] == Verdict.APPROVE:
        return decisions.approve(assignment, note=said["reason"], **served)
    verb = {
        Verdict.REQUEST_CHANGES: decisions.request_changes,
        Verdict.REJECT: decisions.reject,
        Verdict.UNSAFE: decisions.flag_unsafe,
    }[Verdict(said["verdict"])]
    return verb(assignment, reason=said["reason"], **served)


def _decline(request: StaffRequest, assignment: ReviewAssignment) -> HttpResponse:
    form = DeclineForm(request.POST, auto_id="decline-%s")
    if not form.is_valid():
        return _again(request, assignment, 422, decline_form=form)
    try:
        assignments.decline(assignment, by=request.user, reason=form.cleaned_data["reason"])
    except (WorkflowError, PermissionDenied) as refusal:
        return _refused(request, assignment, refusal, decline_form=form)
    messages.success(request, "You declined this review. The editors were told and will ask somebody else.")
    return redirect("admin:index")


def _refused(
    request: StaffRequest, assignment: ReviewAssignment, refusal: Exception, **forms: DecisionForm | DeclineForm
) -> HttpResponse:
    status = 409 if isinstance(refusal, Conflict) else 403 if isinstance(refusal, PermissionDenied) else 422
    return _again(request, assignment, status, refusal=str(refusal), **forms)


def _again(
    request: StaffRequest, assignment: ReviewAssignment, status: int, *, refusal: str = "", **forms: Any
) -> HttpResponse:
    """The desk again with everything that was typed; without the text where the loan of access is over."""
    assignment = get_object_or_404(_loaded(), pk=assignment.pk)
    if _holds(request, assignment):
        return _desk(request, assignment, status=status, refusal=refusal, **forms)
    typed = request.POST.get("reason", "")[:10_000]
    said = refusal or f"This review has ended already ({assignment.get_ending_display().lower()}); nothing was changed."
    return _render(request, "reviews/too_late.html", "This review is over", status=409, refusal=said, typed=typed)


def _desk(
    request: StaffRequest,
    assignment: ReviewAssignment,
    *,
    status: int = 200,
    refusal: str = "",
    decision_form: DecisionForm | None = None,
    decline_form: DeclineForm | None = None,
) -> HttpResponse:
    revision = assignment.revision
    if not is_intact(revision):
        return _render(request, "reviews/not_intact.html", "This text cannot be reviewed", status=503)
    article = for_public(Article.objects.filter(pk=revision.article_id)).get()
    text = reviewer_text(revision)
    compared = _compared(article, assignment)
    return _render(
        request,
        "reviews/review_desk.html",
        text.title,
        status=status,
        refusal=refusal,
        assignment=assignment,
        is_overdue=assignment.due_at <= clock.now(),
        revision=revision,
        article=article,
        text=text,
        ai_line=ai_line(revision.data["ai"]),
        told=public_article(article, at=clock.now()),
        findings=findings_of(revision),
        later=later_checks(revision),
        checked=_last_checked(article),
        compared=compared,
        changes=_changes(compared, revision),
        moves=article.moves.all(),
        revisions=_past(article.pk),
        decision_form=_with_receipt(decision_form, assignment, request),
        decline_form=decline_form or DeclineForm(auto_id="decline-%s"),
        decline_is_open=decline_form is not None,
    )


def _with_receipt(form: DecisionForm | None, assignment: ReviewAssignment, request: StaffRequest) -> DecisionForm:
    """Every serving of the text carries a new receipt, and the statement has to be made anew for it."""
    served = {"digest": assignment.revision.digest, "receipt": receipts.issue(assignment, to=request.user)}
    if form is None:
        return DecisionForm(initial=served, auto_id="decide-%s")
    typed = {name: value for name, value in form.data.items() if name != "statement"}
    return DecisionForm(typed | served, auto_id="decide-%s")


def _record(request: StaffRequest, assignment: ReviewAssignment) -> HttpResponse:
    """What was decided and by whom; the text itself went back with the loan of access."""
    decision = assignment.decision
    entry = AuditEntry.objects.filter(subject=f"reviews.decision:{decision.pk}").first()
    others = Decision.objects.filter(revision=assignment.revision_id).exclude(pk=decision.pk)
    return _render(
        request,
        "reviews/decision_record.html",
        assignment.revision.data["title"],
        assignment=assignment,
        decision=decision,
        record_number=entry.record_number if entry else "",
        others=others,
        article=assignment.revision.article,
    )


def _compared(article: Article, assignment: ReviewAssignment) -> Revision | None:
    """What this reviewer needs the changes from: the last approved revision or, before the first, what they read."""
    checked = _last_checked(article)
    if checked or assignment.revision.number == 1:
        return checked
    read = Decision.objects.filter(revision__article=article, reviewer=assignment.reviewer_id)
    last = read.select_related("revision").order_by("-revision__number").first()
    return last.revision if last else None


def _changes(compared: Revision | None, revision: Revision) -> list[Change]:
    if compared is None or compared.pk == revision.pk:
        return []
    return shortened_changes(compared.data, revision.data)


def _last_checked(article: Article) -> Revision | None:
    return article.approval.revision if article.approval else None


def _past(article_id: int) -> list[Revision]:
    return list(Revision.objects.filter(article=article_id).defer("content", "findings")[:50])


def _holds(request: StaffRequest, assignment: ReviewAssignment) -> bool:
    reviewer = assignment.reviewer
    return assignment.is_open and reviewer.user_id == request.user.pk and reviewer.left_at is None


def _loaded() -> Any:
    return ReviewAssignment.objects.select_related(
        "revision__article__topic", "reviewer__user", "discipline", "assigned_by", "decision"
    )


def _render(request: StaffRequest, template: str, title: str, *, status: int = 200, **context: Any) -> HttpResponse:
    frame = admin.site.each_context(request)
    context |= {"title": title, "home_url": reverse("admin:index")}
    return render(request, template, frame | context, status=status)
