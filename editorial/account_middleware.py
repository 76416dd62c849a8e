"""What stands in front of a person's pages: a session that ended, a factor still owed, a cache that is down."""

import logging
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from redis.exceptions import RedisError

from editorial import carried, second_factor
from editorial.account_forms import SignInForm
from editorial.refusal_pages import refusal

log = logging.getLogger(__name__)
GetResponse = Callable[[HttpRequest], HttpResponse]

# What somebody needs who still has to set up a second factor; public pages are open to everybody anyway.
SETTING_UP = {
    *("logout", "account_logout", "account_reauthenticate", "account_confirm_email", "admin:logout"),
    *("mfa_index", "mfa_activate_totp", "account-app-picture", "mfa_add_webauthn", "mfa_list_webauthn"),
    *("mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_download_recovery_codes"),
    *("mfa_reauthenticate", "mfa_reauthenticate_webauthn"),
}
RETRY_SECONDS = 120
LEAVING = {"logout", "account_logout", "admin:logout"}
OWED = "Your work here needs a second factor. Set one up below; everything else opens when you have."


class WordsOutliveSessions:
    """Where a form arrives after its session has ended, the answer is a page that holds all of it, and a way back in.

    The form's token was right, or it would not have come this far: no other site can have sent it.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.resolver_match and request.resolver_match.view_name in LEAVING:
            response.delete_cookie(carried.PERSON)
        if request.method != "POST" or not _is_sent_away(response) or request.user.is_authenticated:
            return response
        sent = _sent_too_late(request)
        return _signed_out(request, sent) if sent else response


def _sent_too_late(request: HttpRequest) -> carried.Carried | None:
    """What somebody sent who was signed in here and is not any more; None where nobody can say who that was."""
    try:
        writer = request.get_signed_cookie(carried.PERSON, salt=carried.SALT, max_age=carried.REMEMBERED)
    except (KeyError, BadSignature):
        return None
    fields = [(name, str(words)) for name, sent in request.POST.lists() for words in sent]
    # From the page that gives such words back, where the session has ended once more, they go to where they always did.
    given_back = request.path == reverse("account-carried")
    path = (given_back and request.POST.get(carried.MEANT_FOR)) or request.get_full_path()
    return carried.held(fields, path=path, writer=int(writer or 0))


def _is_sent_away(response: HttpResponse) -> bool:
    """To sign in and come back; whoever is led to that page when something is done has nothing left to send."""
    if response.status_code != 302:
        return False
    address, _, query = response["Location"].partition("?")
    return address in {reverse("login"), reverse("admin:login")} and REDIRECT_FIELD_NAME in QueryDict(query)


def _signed_out(request: HttpRequest, sent: carried.Carried) -> HttpResponse:
    context = {"sealed": sent.sealed, "words": sent.words, "form": SignInForm()}
    response = render(request, "account/signed_out.html", context, status=403)
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


class SecondFactorGate:
    """Whoever owes a second factor reaches the pages to set one up, the public ones, and the way out."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        user: Any = request.user
        if not user.is_authenticated or not second_factor.is_required_of(user):
            return None
        match = request.resolver_match
        if getattr(view, "is_public_channel", False) or (match and match.view_name in SETTING_UP):
            return None
        if second_factor.has_second_factor(user):
            return None
        messages.info(request, OWED)
        return redirect("mfa_index")


class SignInNeedsTheCache:
    """Tries are counted in the cache; where it is down nobody is let in uncounted, and the page says so."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not request.path.startswith("/account/") or not isinstance(exception, RedisError):
            return None
        log.error("%s cannot be served while the cache is down: %s", request.path, exception)
        return refusal(None, "account/unavailable.html", status=503, retry=RETRY_SECONDS)
