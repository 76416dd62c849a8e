"""Inviting, answering requests and resetting a lost second factor, on the review desk."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect, render

from editorial import account_requests, invitations, second_factor
from editorial.account_forms import InviteForm, ReasonForm
from editorial.admin_doors import visitor
from editorial.errors import WorkflowError
from editorial.models import AccountRequest, Invitation, User

REFUSED = 422


def _page(request: HttpRequest, template: str, *, status: int = 200, **context: object) -> HttpResponse:
    return render(request, template, admin.site.each_context(request) | context, status=status)


def _inviters_only(request: HttpRequest) -> None:
    if not invitations.may_invite(visitor(request)):
        raise PermissionDenied


def invite_page(request: HttpRequest) -> HttpResponse:
    _inviters_only(request)
    form = InviteForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            invitation = invitations.invite(**form.cleaned_data, by=visitor(request))
        except WorkflowError as refusal:
            form.add_error("email", str(refusal))
        else:
            messages.success(request, f"The invitation to {invitation.email} is on its way.")
            return redirect("admin:editorial_invitation_changelist")
    status = REFUSED if form.is_bound else 200
    return _page(request, "admin/invite.html", title="Invite somebody", form=form, status=status)


def one_invitation(request: HttpRequest, pk: str) -> HttpResponse:
    _inviters_only(request)
    invitation = get_object_or_404(Invitation.objects.select_related("invited_by", "accepted_as"), pk=pk)
    acts = {"send_again": invitations.send_again, "take_back": invitations.take_back}
    words = {"send_again": "Sent again. The link in the earlier e-mail no longer works.", "take_back": "Taken back."}
    act = request.POST.get("act", "")
    if request.method == "POST" and act in acts:
        try:
            acts[act](invitation, by=visitor(request))
            messages.success(request, words[act])
        except WorkflowError as refusal:
            messages.error(request, str(refusal))
        return redirect("admin:editorial_invitation_change", pk)
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    return _page(request, "admin/invitation.html", title=str(invitation), invitation=invitation)


def answer_request(request: HttpRequest, pk: str) -> HttpResponse:
    _inviters_only(request)
    asked = get_object_or_404(AccountRequest.objects.select_related("answered_by"), pk=pk)
    act = request.POST.get("act", "")
    if request.method == "POST" and act in ("accept", "decline"):
        try:
            _answer(request, asked, act)
        except WorkflowError as refusal:
            messages.error(request, str(refusal))
            return redirect("admin:editorial_accountrequest_change", pk)
        return redirect("admin:editorial_accountrequest_changelist")
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    context: dict[str, Any] = {
        "asked": asked,
        "roles": Invitation.Role.choices,
        "has_account": invitations.has_account(asked.email),
    }
    return _page(request, "admin/account_request.html", title=str(asked), **context)


def _answer(request: HttpRequest, asked: AccountRequest, act: str) -> None:
    if act == "decline":
        account_requests.decline(asked, by=visitor(request))
        messages.success(request, f"{asked.name} is told that there is no account at present.")
        return
    role = request.POST.get("role", "")
    role = role if role in Invitation.Role.values else Invitation.Role.AUTHOR
    account_requests.accept(asked, role=role, by=visitor(request))
    messages.success(request, f"{asked.name} is invited.")


def reset_second_factor(request: HttpRequest, object_id: int) -> HttpResponse:
    """For somebody who has lost all of it, once an administrator knows that it is they who ask."""
    if not visitor(request).is_superuser:
        raise PermissionDenied
    person = get_object_or_404(User, pk=object_id)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            second_factor.reset(person, by=visitor(request), reason=form.cleaned_data["reason"])
        except WorkflowError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"Done. {person.label} is signed out everywhere and was told.")
            return redirect("admin:editorial_user_change", object_id)
    context: dict[str, Any] = {"person": person, "form": form, "is_set_up": second_factor.has_second_factor(person)}
    title = f"Second factor of {person.label}"
    return _page(request, "admin/second_factor.html", title=title, status=REFUSED if form.is_bound else 200, **context)
