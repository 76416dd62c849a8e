"""The review desk: one board member, one frozen revision, one decision."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from editorial.admin_doors import StaffRequest
from editorial.errors import WorkflowError, status_of
from editorial.models import User
from reviews import assignments, checklist, claims, comment_pages, comments, confirmation, decisions, desk_page, threads
from reviews.completeness import Reading
from reviews.forms import AcceptForm, ChecklistForm, DeclineForm, JudgeForm, StrictForm, UnsafeForm
from reviews.invitation_pages import after_answer
from reviews.kinds import Verdict
from reviews.models import Decision, ReviewAssignment
from reviews.recheck_answers import answer
from reviews.thread_forms import AskAgainForm, SettleForm


@require_http_methods(["GET", "HEAD", "POST"])
def review(request: StaffRequest, pk: int) -> HttpResponse:
    """One assignment: GET serves the text with a reading receipt, POST says something about exactly that text."""
    return _act(request, pk) if request.method == "POST" else _open(request, pk)


def _open(request: StaffRequest, pk: int) -> HttpResponse:
    assignment = get_object_or_404(desk_page.to_show().visible_to(request.user), pk=pk)
    if desk_page.is_held(request, assignment):
        if assignment.opened_at is None and request.method == "GET" and not assignments.why_not_ready(assignment):
            claims.begin(assignment, by=request.user)
            comments.carry_over(assignment, by=request.user)
        return desk_page.desk(request, assignment)
    if assignment.reviewer.user_id == request.user.pk and hasattr(assignment, "decision"):
        return desk_page.record(request, assignment)
    if request.user.is_editor:
        return redirect("admin:articles_article_change", assignment.revision.article_id)
    raise Http404


def _act(request: StaffRequest, pk: int) -> HttpResponse:
    """The verb judges whether it is still possible; a tab that is too late gets its words back."""
    assignment = get_object_or_404(desk_page.loaded().filter(reviewer__user=request.user), pk=pk)
    acts = {"judge": _judge, "clear": _clear, "answer": _answer, "unsafe": _flag_unsafe, "decline": _decline}
    acts |= {"accept": _accept, "settle": _settle, "ask_again": _ask_again}
    act = request.POST.get("act", "")
    if act in comment_pages.ACTS:
        return comment_pages.ACTS[act](request, assignment, _kept_as_typed)
    return acts.get(act, _decide)(request, assignment)


def _accept(request: StaffRequest, assignment: ReviewAssignment) -> HttpResponse:
    form = AcceptForm(request.POST, auto_id="accept-%s")
    if not form.is_valid():
        return _again(request, assignment, 422, accept_form=form)
    try:
        assignments.accept(assignment, by=request.user, **form.cleaned_data)
    except (WorkflowError, PermissionDenied) as refusal:
        return _refused(request, assignment, refusal, accept_form=form)
    return after_answer(request, form.cleaned_data["interest"], assignment)


def _settle(request: StaffRequest, assignment: ReviewAssignment) -> HttpResponse:
    form = SettleForm(request.POST)
    return _about_point(request, assignment, form, lambda pk, **said: threads.settle(assignment, pk, **said))


def _ask_again(request: StaffRequest, assignment: ReviewAssignment) -> HttpResponse:
    form = AskAgainForm(request.POST)
    return _about_point(request, assignment, form, lambda pk, **said: threads.ask_again(assignment, pk, **said))


def _about_point(
    request: StaffRequest, assignment: ReviewAssignment, form: SettleForm, verb: Callable[..., Any]
) -> HttpResponse:
    """One point of one's own, settled or asked again; what was typed stays where the verb refuses."""
    try:
        if not form.is_valid():
            raise WorkflowError("This could not be read, so nothing was changed. Reload the page and try again.")
        said = form.cleaned_data
        verb(said.pop("thread"), by=request.user, **said)
    except (WorkflowError, PermissionDenied) as refusal:
        return _kept_as_typed(request, assignment, refusal)
    return redirect(f"{request.path}#asked")


def _kept_as_typed(request: StaffRequest, assignment: ReviewAssignment, refusal: Exception) -> HttpResponse:
    return _again(request, assignment, status_of(refusal), refusal=str(refusal), typed=request.POST)


def _judge(request: StaffRequest, assignment: ReviewAssignment) -> HttpResponse:
    return _keep(request, assignment, JudgeForm(request.POST), lambda **said: claims.judge(assignment, **said))


def _clear(request: StaffRequest, assignment: ReviewAssignment) -> HttpResponse:
    def clear(*, identity: str, by: User, digest: str, seen: str, **_: str) -> None:
        claims.clear(assignment, identity, by=by, digest=digest, seen=seen)

    return _keep(request, assignment, JudgeForm(request.POST), clear)


def _answer(request: StaffRequest, assignment: ReviewAssignment) -> HttpResponse:
    form = ChecklistForm(request.POST)

    def answer(*, by: User, digest: str, **_: str) -> None:
        checklist.answer(assignment, form.said, by=by, digest=digest)

    return _keep(request, assignment, form, answer)


def _keep(
    request: StaffRequest, assignment: ReviewAssignment, form: StrictForm, verb: Callable[..., Any]
) -> HttpResponse:
    """One step of the reading, saved: told as JSON to the page's script, and as the page itself to everybody else."""
    try:
        if not form.is_valid():
            raise WorkflowError(str(form.non_field_errors()[0]))
        verb(by=request.user, **form.cleaned_data)
    except (WorkflowError, PermissionDenied) as refusal:
        if _asks_for_json(request):
            return JsonResponse({"refusal": str(refusal)}, status=status_of(refusal))
        return _kept_as_typed(request, assignment, refusal)
    assignment = get_object_or_404(desk_page.loaded(), pk=assignment.pk)
    reading = desk_page.reading(assignment)
    identity = request.POST.get("identity", "")
    if _asks_for_json(request):
        return JsonResponse(_progress(reading) | {"seen": claims.mark_of(reading.verdicts.get(identity))})
    return redirect(f"{request.path}{_place_after(reading, request)}")


def _place_after(reading: Reading, request: StaffRequest) -> str:
    """Where the page goes on: the same filter, and the next claim after the one that was judged."""
    if request.POST.get("act") == "answer":
        return "#checklist"
    identity = request.POST.get("identity", "")
    numbers = {claim.identity: claim.number for claim in reading.claims}
    step = 0 if request.POST.get("act") == "clear" else 1
    number = min(numbers.get(identity, 0) + step, len(numbers))
    show = request.GET.get("show", "")
    return f"?{urlencode({'show': show, 'claim': number})}#claim-{number}"


def _progress(reading: Reading) -> dict[str, Any]:
    return {
        "progress": reading.progress,
        "missing": [{"words": one.words, "anchor": one.anchor} for one in reading.missing],
    }


def _asks_for_json(request: StaffRequest) -> bool:
    return request.headers.get("accept") == "application/json"


def _decide(request: StaffRequest, assignment: ReviewAssignment) -> HttpResponse:
    form = desk_page.answer_form(assignment, request.POST)
    if not form.is_valid():
        return _again(request, assignment, 422, decision_form=form)
    try:
        decision = _call_verb(assignment, request, form.cleaned_data)
    except (WorkflowError, PermissionDenied) as refusal:
        return _refused(request, assignment, refusal, decision_form=form)
    return _decided(request, decision)


def _call_verb(assignment: ReviewAssignment, request: StaffRequest, said: dict[str, Any]) -> Decision:
    served = {"by": request.user, "digest": said["digest"], "receipt": said["receipt"]}
    if assignment.recheck:
        stands = said["verdict"] == Verdict.APPROVE
        proof = _proof(assignment, request.user, said) if stands else ""
        return answer(assignment, said["verdict"], reason=said["reason"], confirmation=proof, **served)
    if said["verdict"] == Verdict.APPROVE:
        proof = _proof(assignment, request.user, said)
        return decisions.approve(assignment, note=said["reason"], confirmation=proof, **served)
    verb = {
        Verdict.REQUEST_CHANGES: decisions.request_changes,
        Verdict.REJECT: decisions.reject,
        Verdict.UNSAFE: decisions.flag_unsafe,
    }[Verdict(said["verdict"])]
    return verb(assignment, reason=said["reason"], **served)


def _proof(assignment: ReviewAssignment, by: User, said: dict[str, Any]) -> str:
    """For what was typed; it is not looked at, and no try is spent, where the approval is refused for other reasons."""
    if not said["password"] or not assignment.is_open or desk_page.reading(assignment).missing:
        return ""
    return confirmation.confirm(by, digest=said["digest"], secret=said["password"])


def _flag_unsafe(request: StaffRequest, assignment: ReviewAssignment) -> HttpResponse:
    form = UnsafeForm(request.POST, auto_id="unsafe-%s")
    if not form.is_valid():
        return _again(request, assignment, 422, unsafe_form=form)
    try:
        decision = _call_unsafe(assignment, by=request.user, **form.cleaned_data)
    except (WorkflowError, PermissionDenied) as refusal:
        return _refused(request, assignment, refusal, unsafe_form=form)
    return _decided(request, decision)


def _call_unsafe(assignment: ReviewAssignment, **said: Any) -> Decision:
    if assignment.recheck:
        return answer(assignment, Verdict.UNSAFE, **said)
    return decisions.flag_unsafe(assignment, **said)


def _decided(request: StaffRequest, decision: Decision) -> HttpResponse:
    messages.success(request, f"Your decision is on record: {decision.said.lower()}.")
    return redirect("admin:reviews_reviewassignment_change", decision.assignment_id)


def _decline(request: StaffRequest, assignment: ReviewAssignment) -> HttpResponse:
    form = DeclineForm(request.POST, auto_id="decline-%s")
    if not form.is_valid():
        return _again(request, assignment, 422, decline_form=form)
    try:
        assignments.decline(assignment, by=request.user, **form.cleaned_data)
    except (WorkflowError, PermissionDenied) as refusal:
        return _refused(request, assignment, refusal, decline_form=form)
    messages.success(request, "You declined this review. The editors were told and will ask somebody else.")
    return redirect("admin:index")


def _refused(
    request: StaffRequest, assignment: ReviewAssignment, refusal: Exception, **forms: StrictForm
) -> HttpResponse:
    return _again(request, assignment, status_of(refusal), refusal=str(refusal), **forms)


def _again(
    request: StaffRequest, assignment: ReviewAssignment, status: int, *, refusal: str = "", **forms: Any
) -> HttpResponse:
    """The desk again with everything that was typed; without the text where the loan of access is over."""
    assignment = get_object_or_404(desk_page.to_show(), pk=assignment.pk)
    if desk_page.is_held(request, assignment):
        return desk_page.desk(request, assignment, status=status, refusal=refusal, **forms)
    typed = next(filter(None, (request.POST.get(name) for name in ("reason", "note", "words"))), "")
    said = refusal or f"This review has ended already ({assignment.get_ending_display().lower()}); nothing was changed."
    return desk_page.render_at_desk(
        request, "reviews/too_late.html", "This review is over", status=409, refusal=said, typed=typed[:10_000]
    )
