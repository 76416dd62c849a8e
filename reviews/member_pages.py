"""A board member's own pages in the admin, and what editors see and settle about a member."""

from collections.abc import Callable
from dataclasses import dataclass
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
from editorial.errors import WorkflowError, status_of
from editorial.numbers import whole
from reviews import absences, credentials, interests, policy
from reviews.member_forms import (
    AbsenceForm,
    CancelAbsenceForm,
    CredentialForm,
    DeclarationForm,
    TermsForm,
    VerifyCredentialForm,
    WithdrawCredentialForm,
)
from reviews.models import BoardMember, ReviewAssignment

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
def my_availability(request: StaffRequest) -> HttpResponse:
    """When I am away, how much I take on, and who stands in for me."""
    member = _own(request)
    here = redirect("admin:my-availability")
    return (
        _settle(request, member, AVAILABILITY, _availability, here)
        if request.method == "POST"
        else _availability(request, member)
    )


@require_http_methods(["GET", "HEAD", "POST"])
def member_standing(request: StaffRequest, pk: int) -> HttpResponse:
    """One member as editors see them: credentials to verify, what was declared, when they are there."""
    if not request.user.is_editor:
        raise Http404
    member = get_object_or_404(BoardMember.objects.select_related("user"), pk=pk)
    here = redirect("admin:member-standing", member.pk)
    return (
        _settle(request, member, STANDING, _standing, here) if request.method == "POST" else _standing(request, member)
    )


@dataclass(frozen=True)
class Act:
    """One thing that can be settled on these pages: its form, its verb, and what is said when it is done."""

    form: Callable[..., Form]
    call: Callable[[StaffRequest, BoardMember, dict[str, Any]], object]
    done: str
    key: str = ""  # the hidden field that says which of several rows is meant
    needs_member: bool = False

    def blank(self, name: str, member: BoardMember, key: int | None = None, data: Any = None) -> Form:
        more: dict[str, Any] = {"member": member} if self.needs_member else {}
        if self.key:
            more["initial"] = {self.key: key}
        return self.form(data, auto_id=f"{name}{key or ''}-%s", **more)


def _add_credential(request: StaffRequest, member: BoardMember, said: dict[str, Any]) -> None:
    credentials.add(member, by=request.user, **said)


def _verify_credential(request: StaffRequest, member: BoardMember, said: dict[str, Any]) -> None:
    credentials.verify(get_object_or_404(member.credentials, pk=said["credential"]), by=request.user)


def _withdraw_credential(request: StaffRequest, member: BoardMember, said: dict[str, Any]) -> None:
    found = get_object_or_404(member.credentials, pk=said["credential"])
    credentials.withdraw(found, by=request.user, reason=said["reason"])


def _set_away(request: StaffRequest, member: BoardMember, said: dict[str, Any]) -> None:
    absences.set_away(member, by=request.user, **said)


def _cancel_absence(request: StaffRequest, member: BoardMember, said: dict[str, Any]) -> None:
    absences.cancel(get_object_or_404(member.absences, pk=said["absence"]), by=request.user)


def _set_terms(request: StaffRequest, member: BoardMember, said: dict[str, Any]) -> None:
    absences.set_terms(member, by=request.user, **said)


AVAILABILITY = {
    "away": Act(AbsenceForm, _set_away, "Noted. Nobody is asked or reminded on these days; a deputy is asked instead."),
    "back": Act(CancelAbsenceForm, _cancel_absence, "Taken back.", key="absence"),
    "terms": Act(TermsForm, _set_terms, "Saved; it holds from now on.", needs_member=True),
}
STANDING = AVAILABILITY | {
    "add": Act(CredentialForm, _add_credential, "Added. It counts once an editor has verified it."),
    "verify": Act(VerifyCredentialForm, _verify_credential, "Verified, on record under your name.", key="credential"),
    "withdraw": Act(
        WithdrawCredentialForm, _withdraw_credential, "Withdrawn: it no longer counts, from now on.", key="credential"
    ),
}
Bound = tuple[str, Form] | None


def _settle(
    request: StaffRequest, member: BoardMember, acts: dict[str, Act], page: Callable[..., HttpResponse], here: Any
) -> HttpResponse:
    """Call the one verb that `act` names; where it refuses, the page comes back with everything that was typed."""
    name = request.POST.get("act", "")
    if name not in acts:
        raise Http404
    act = acts[name]
    form = act.blank(name, member, whole(request.POST.get(act.key)) if act.key else None, request.POST)
    if not form.is_valid():
        return page(request, member, status=422, bound=(name, form))
    try:
        act.call(request, member, form.cleaned_data)
    except (WorkflowError, PermissionDenied) as refusal:
        form.add_error(None, str(refusal))
        status = status_of(refusal)
        return page(request, member, status=status, bound=(name, form), refusal=str(refusal))
    messages.success(request, act.done)
    return here


def _availability(
    request: StaffRequest, member: BoardMember, *, status: int = 200, bound: Bound = None, refusal: str = ""
) -> HttpResponse:
    return _page(
        request,
        "reviews/my_availability.html",
        "My availability",
        status=status,
        refusal=refusal,
        member=member,
        credentials=member.credentials.filter(withdrawn_at=None),
        valid={credential.pk for credential in credentials.current(member)},
        **_when_there(member, bound),
    )


def _standing(
    request: StaffRequest, member: BoardMember, *, status: int = 200, bound: Bound = None, refusal: str = ""
) -> HttpResponse:
    rows = list(member.credentials.select_related("verified_by"))
    valid = {credential.pk for credential in credentials.current(member)}
    forms = {row.pk: {name: _form(name, member, bound, row.pk) for name in ("verify", "withdraw")} for row in rows}
    return _page(
        request,
        "reviews/member_standing.html",
        member.user.label,
        status=status,
        refusal=refusal,
        member=member,
        is_own=member.user_id == request.user.pk,
        credentials=[(row, row.pk in valid, forms[row.pk]) for row in rows],
        add_form=_form("add", member, bound),
        state=interests.state_of(member),
        printed=interests.printed(member),
        declarations=member.declarations.all()[:10],
        **_when_there(member, bound),
    )


def _when_there(member: BoardMember, bound: Bound) -> dict[str, Any]:
    """The days away, and the forms that both pages share."""
    to_come = absences.to_come(member)
    return {
        "away_until": absences.away_until(member, on=clock.now().date()),
        "absences": [(absence, _form("back", member, bound, absence.pk)) for absence in to_come],
        "away_form": _form("away", member, bound),
        "terms_form": _form("terms", member, bound),
        "open_reviews": ReviewAssignment.objects.held_by(member.user).count(),
    }


def _form(name: str, member: BoardMember, bound: Bound, key: int | None = None) -> Form:
    """A new form, or the one that was sent, if it is this one."""
    form = STANDING[name].blank(name, member, key)
    return bound[1] if bound and bound[0] == name and bound[1].auto_id == form.auto_id else form


def _own(request: StaffRequest) -> BoardMember:
    """The board membership of whoever asks; for others these pages do not exist."""
    return get_object_or_404(BoardMember.objects.select_related("user"), user=request.user, left_at=None)


def _asked_from(request: StaffRequest) -> int | None:
    """The review that led here and waits for the declaration, if it is one of theirs."""
    pk = whole(request.POST.get("for") or request.GET.get("for"))
    return ReviewAssignment.objects.held_by(request.user).filter(pk=pk).values_list("pk", flat=True).first()


def _back_to(request: StaffRequest) -> str:
    pk = _asked_from(request)
    return reverse("admin:reviews_reviewassignment_change", args=[pk]) if pk else reverse("admin:my-interests")


def _page(request: StaffRequest, template: str, title: str, *, status: int = 200, **context: Any) -> HttpResponse:
    return render(request, template, admin.site.each_context(request) | {"title": title} | context, status=status)
