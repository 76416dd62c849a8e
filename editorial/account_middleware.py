"""What stands in front of a person's pages: the second factor that is still owed, and words where the cache is down."""

import logging
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from redis.exceptions import RedisError

from editorial import second_factor
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
OWED = "Your work here needs a second factor. Set one up below; everything else opens when you have."


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
