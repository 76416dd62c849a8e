"""One's own account, and the ways in: an invitation, a request."""

from collections.abc import Callable
from functools import wraps

from allauth.account.models import EmailAddress
from allauth.account.utils import perform_login
from allauth.account.views import password_change
from allauth.decorators import rate_limit
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from allauth.mfa.totp.views import ActivateTOTPView
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from editorial import (
    account_changes,
    account_requests,
    carried,
    clock,
    invitation_links,
    invitations,
    profiles,
    second_factor,
    sessions,
)
from editorial.account_forms import AskForAccountForm, OpenAccountForm, ProfileForm
from editorial.admin_doors import visitor
from editorial.errors import WorkflowError
from editorial.models import User
from editorial.numbers import whole

View = Callable[..., HttpResponse]
REFUSED = 422
INVITED_BY = "invitation_token"


def own_page(view: View) -> View:
    """For people who are signed in; kept by no cache on the way and by no search engine."""

    @never_cache
    @login_required
    @wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        return _unlisted(view(request, *args, **kwargs))

    return answer


def entrance(view: View) -> View:
    """For people who are not in yet: kept nowhere either, and what is sent happens as a whole or not at all."""

    @never_cache
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.method != "POST":
            return _unlisted(view(request, *args, **kwargs))
        with transaction.atomic():
            return _unlisted(view(request, *args, **kwargs))

    return answer


def _unlisted(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex"
    return response


@own_page
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """Who one is here, and what the account is held by."""
    user = visitor(request)
    form = ProfileForm(request.POST if request.method == "POST" else None, initial=_said(user))
    if form.is_bound and form.is_valid() and not _change_profile(request, form):
        return redirect("account")
    context = {
        "form": form,
        "waiting_address": EmailAddress.objects.filter(user=user, verified=False).exclude(email=user.email).first(),
        "is_verified": EmailAddress.objects.filter(user=user, email__iexact=user.email, verified=True).exists(),
        "factors": Authenticator.objects.filter(user=user, type__in=second_factor.FACTORS).count(),
        "is_factor_required": second_factor.is_required_of(user),
        "sessions": len(sessions.of(user, current=request.session.session_key)),
    }
    return render(request, "account/account.html", context, status=REFUSED if form.is_bound else 200)


def _said(user: User) -> dict[str, str]:
    said = {name: getattr(user, name) for name in profiles.FIELDS}
    return said | {"languages": user.language_names, "printed_name": user.label}


def _change_profile(request: HttpRequest, form: ProfileForm) -> bool:
    """Whether it was refused, with the reason put into the form."""
    try:
        changed = profiles.change(visitor(request), by=visitor(request), **form.cleaned_data)
    except WorkflowError as refusal:
        form.add_error(None, str(refusal))
        return True
    messages.success(request, "Saved." if changed else "Nothing was changed.")
    return False


@own_page
def password(request: HttpRequest) -> HttpResponse:
    """Whoever has no password yet gets one by the link that goes to their address."""
    if not visitor(request).has_usable_password():
        return redirect("account_reset_password")
    return password_change(request)


class SetUpApp(ActivateTOTPView):
    def form_valid(self, form: forms.Form) -> HttpResponse:
        account_changes.note(visitor(self.request), "authenticator_app_added")
        return super().form_valid(form)


class RenewRecoveryCodes(GenerateRecoveryCodesView):
    def form_valid(self, form: forms.Form) -> HttpResponse:
        account_changes.note(visitor(self.request), "recovery_codes_renewed")
        return super().form_valid(form)


@own_page
@require_safe
def app_picture(request: HttpRequest) -> HttpResponse:
    """The key of the app that is being set up, as a picture of its own: inline ones are not let in."""
    secret = request.session.get(SECRET_SESSION_KEY)
    if not secret:
        raise Http404
    factors = get_adapter()
    picture = factors.build_totp_svg(factors.build_totp_url(visitor(request), secret))
    return HttpResponse(picture, content_type="image/svg+xml")


@own_page
@require_http_methods(["GET", "HEAD", "POST"])
def carried_words(request: HttpRequest) -> HttpResponse:
    """What was sent after a session had ended: to send where it was meant to go, or to discard."""
    found = carried.opened(request.session.get(carried.FIELD, ""), to=visitor(request))
    if found is None:
        return redirect(settings.LOGIN_REDIRECT_URL)
    if request.method != "POST":
        return render(request, "account/carried.html", {"carried": found})
    del request.session[carried.FIELD]
    if request.POST.get(carried.FIELD) != "send":
        messages.success(request, "Discarded.")
        return redirect(settings.LOGIN_REDIRECT_URL)
    # The browser sends the same form once more, to where it was meant to go.
    return HttpResponseRedirect(found.path, preserve_request=True)


@own_page
@require_http_methods(["GET", "HEAD", "POST"])
def sessions_page(request: HttpRequest) -> HttpResponse:
    user, current = visitor(request), request.session.session_key
    if request.method == "POST":
        _end_sessions(request, user)
        return redirect("account-sessions")
    return render(request, "account/sessions.html", {"sessions": sessions.of(user, current=current)})


def _end_sessions(request: HttpRequest, user: User) -> None:
    which = request.POST.get("session", "")
    if which == "others":
        ended = sessions.end_others(user, keep=request.session.session_key)
        messages.success(request, f"Signed out everywhere else: {ended} ended.")
    elif (session := whole(which)) is not None and sessions.end(user, session):
        messages.success(request, "That session is ended.")
    else:
        messages.info(request, "That session had ended already.")


@require_safe
@entrance
def invitation_link(request: HttpRequest, token: str) -> HttpResponse:
    """Takes the secret out of the address at once, so that it stays in no history and no log of a next page."""
    request.session[INVITED_BY] = token
    return redirect("invitation")


@require_http_methods(["GET", "HEAD", "POST"])
@rate_limit(action="open_account")
@entrance
def invitation(request: HttpRequest) -> HttpResponse:
    token = request.session.get(INVITED_BY, "")
    found = invitation_links.find(token, at=clock.now())
    if found is None or settings.SIGN_UP == "closed" or request.user.is_authenticated:
        return render(request, "account/invitation_ended.html", {"why": invitations.NOT_VALID}, status=404)
    form = OpenAccountForm(request.POST if request.method == "POST" else None, invitation=found)
    if form.is_bound and form.is_valid() and (user := _opened(form, token)):
        del request.session[INVITED_BY]
        messages.success(request, f"Welcome. Your account is open, and {user.email} is verified.")
        return perform_login(request, user, email_verification="none")
    context = {"form": form, "invitation": found}
    return render(request, "account/invitation.html", context, status=REFUSED if form.is_bound else 200)


def _opened(form: OpenAccountForm, token: str) -> User | None:
    said = form.cleaned_data
    try:
        return invitations.accept(token, printed_name=said["printed_name"], password=said["password1"])
    except WorkflowError as refusal:
        form.add_error(None, str(refusal))
        return None


@require_http_methods(["GET", "HEAD", "POST"])
@rate_limit(action="request_account")
@entrance
def request_account(request: HttpRequest) -> HttpResponse:
    """Where the site takes requests, a form; elsewhere how one comes in. The answer never tells who is known here."""
    takes_requests = settings.SIGN_UP == "request"
    form = AskForAccountForm(request.POST if request.method == "POST" and takes_requests else None)
    if form.is_bound and form.is_valid():
        try:
            account_requests.ask(**form.cleaned_data)
        except WorkflowError as refusal:
            form.add_error(None, str(refusal))
        else:
            return render(request, "account/request_sent.html", {"email": form.cleaned_data["email"]})
    context = {"form": form, "mode": settings.SIGN_UP}
    return render(request, "account/request.html", context, status=REFUSED if form.is_bound else 200)
