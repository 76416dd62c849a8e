"""A board member's own pages in the admin, and what editors see and settle about a member."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from editorial import clock
from editorial.admin_doors import StaffRequest
from editorial.errors import Conflict, WorkflowError
from reviews import credentials, interests, policy
from reviews.member_forms import CredentialForm, DeclarationForm, VerifyCredentialForm, WithdrawCredentialForm
from reviews.models import BoardMember, Credential, ReviewAssignment

MORE = "more"


@require_http_methods(["GET", "HEAD", "POST"])
def my_interests(request: StaffRequest) -> HttpResponse:
    """What I declared, whether it still holds, and the form that replaces it."""
    member = _own(request)
    before = interests.items_of(interests.newest(member))
    if request.method != "POST":
        return _declaration(request, member, DeclarationForm(before=before))
    asks_for_more = request.POST.get("act") == MORE
    form = DeclarationForm(request.POST, before=before, with_more=asks_for_more)
    if asks_for_more:
        return _declaration(request, member, form)
    if not form.is_valid():
        return _declaration(request, member, form, status=422)
    try:
        interests.declare(member, by=request.user, items=form.items(), none_declared=form.is_none)
    except WorkflowError as refusal:
        return _declaration(request, member, form, status=422, refusal=str(refusal))
    messages.success(request, "Your declaration is on record. Readers see it beside your name.")
    return redirect(_back_to(request))


def _declaration(
    request: StaffRequest, member: BoardMember, form: DeclarationForm, *, status: int = 200, refusal: str = ""
) -> HttpResponse:
    newest = interests.newest(member)
    return _page(
        request,
        "reviews/my_interests.html",
        "My interests",
        status=status,
        refusal=refusal,
        form=form,
        member=member,
        newest=newest,
        state=interests.state_of(member),
        expires_soon=bool(newest and newest.expires_at <= clock.now() + interests.TOLD_BEFORE),
        printed=interests.printed(member),
        terms=policy.in_force().terms,
        back=_asked_from(request),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def member_standing(request: StaffRequest, pk: int) -> HttpResponse:
    """One member as editors see them: credentials to verify, and what was declared."""
    if not request.user.is_editor:
        raise Http404
    member = get_object_or_404(BoardMember.objects.select_related("user"), pk=pk)
    if request.method != "POST":
        return _standing(request, member)
    name = request.POST.get("act", "")
    if name not in ACTS:
        raise Http404
    form_class, call, done = ACTS[name]
    form = form_class(request.POST, auto_id=f"{name}{_number(request)}-%s")
    if not form.is_valid():
        return _standing(request, member, status=422, bound=(name, form))
    try:
        call(request, member, form.cleaned_data)
    except (WorkflowError, PermissionDenied) as refusal:
        form.add_error(None, str(refusal))
        status = 409 if isinstance(refusal, Conflict) else 403 if isinstance(refusal, PermissionDenied) else 422
        return _standing(request, member, status=status, bound=(name, form), refusal=str(refusal))
    messages.success(request, done)
    return redirect("admin:member-standing", member.pk)


def _add_credential(request: StaffRequest, member: BoardMember, said: dict[str, Any]) -> None:
    credentials.add(member, by=request.user, **said)


def _verify_credential(request: StaffRequest, member: BoardMember, said: dict[str, Any]) -> None:
    credentials.verify(_credential(member, said), by=request.user)


def _withdraw_credential(request: StaffRequest, member: BoardMember, said: dict[str, Any]) -> None:
    credentials.withdraw(_credential(member, said), by=request.user, reason=said["reason"])


Act = Callable[[StaffRequest, BoardMember, dict[str, Any]], None]
ACTS: dict[str, tuple[type[Form], Act, str]] = {
    "add": (CredentialForm, _add_credential, "Added. It counts once an editor has verified it."),
    "verify": (VerifyCredentialForm, _verify_credential, "Verified, on record under your name."),
    "withdraw": (WithdrawCredentialForm, _withdraw_credential, "Withdrawn: it no longer counts, from now on."),
}


def _credential(member: BoardMember, said: dict[str, Any]) -> Credential:
    return get_object_or_404(member.credentials, pk=said["credential"])


def _standing(
    request: StaffRequest,
    member: BoardMember,
    *,
    status: int = 200,
    bound: tuple[str, Form] | None = None,
    refusal: str = "",
) -> HttpResponse:
    rows = list(member.credentials.select_related("verified_by"))
    valid = {credential.pk for credential in credentials.current(member)}
    return _page(
        request,
        "reviews/member_standing.html",
        member.user.label,
        status=status,
        refusal=refusal,
        member=member,
        is_own=member.user_id == request.user.pk,
        credentials=[(row, row.pk in valid, _forms_of(row, bound)) for row in rows],
        add_form=bound[1] if bound and bound[0] == "add" else CredentialForm(auto_id="add-%s"),
        is_adding=bool(bound and bound[0] == "add"),
        state=interests.state_of(member),
        printed=interests.printed(member),
        declarations=member.declarations.all()[:10],
    )


def _forms_of(credential: Credential, bound: tuple[str, Form] | None) -> dict[str, Form]:
    """The two forms of one credential; the one that was sent comes back as it was typed."""
    forms: dict[str, Form] = {}
    for name in ("verify", "withdraw"):
        form = ACTS[name][0](initial={"credential": credential.pk}, auto_id=f"{name}{credential.pk}-%s")
        if bound and bound[0] == name and bound[1].auto_id == form.auto_id:
            form = bound[1]
        forms[name] = form
    return forms


def _number(request: StaffRequest) -> str:
    sent = request.POST.get("credential", "")
    return sent if sent.isascii() and sent.isdigit() and len(sent) < 19 else ""


def _own(request: StaffRequest) -> BoardMember:
    """The board membership of whoever asks; for others these pages do not exist."""
    return get_object_or_404(BoardMember.objects.select_related("user"), user=request.user, left_at=None)


def _asked_from(request: StaffRequest) -> int | None:
    """The review that led here and waits for the declaration, if it is one of theirs."""
    sent = request.POST.get("for") or request.GET.get("for") or ""
    if not (sent.isascii() and sent.isdigit() and len(sent) < 19):
        return None
    return ReviewAssignment.objects.held_by(request.user).filter(pk=sent).values_list("pk", flat=True).first()


def _back_to(request: StaffRequest) -> str:
    pk = _asked_from(request)
    return reverse("admin:reviews_reviewassignment_change", args=[pk]) if pk else reverse("admin:my-interests")


def _page(request: StaffRequest, template: str, title: str, *, status: int = 200, **context: Any) -> HttpResponse:
    return render(request, template, admin.site.each_context(request) | {"title": title} | context, status=status)
