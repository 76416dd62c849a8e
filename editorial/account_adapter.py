"""What django-allauth asks the house: who may sign in, where links lead, what is told and put on record."""

import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.userkit import filter_users_by_email, get_user_by_username
from allauth.account.models import EmailAddress
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from editorial import account_changes, account_mail, carried, factor_secrets
from editorial.models import AccountMail, User

SIGNED_IN_AT = "signed_in_at"
WRONG = "These do not fit together. Look at both, and mind capital letters. After five tries, sign-in pauses."
PAUSED = (
    "Too many tries for this account. Wait five minutes, or use “Password lost?” below:"
    " the link in that e-mail lets you in at once."
)
CLOSED_TO = "This account cannot sign in. Ask an administrator of this site."

# What the library calls an event → what the record and the letter call it. Two more it tells only after the commit,
# when they could still be lost: the pages note those themselves.
EVENTS = {
    "account/email/password_changed": "password_changed",
    "account/email/password_set": "password_changed",
    "account/email/password_reset": "password_reset",
    "account/email/email_changed": "email_changed",
    "mfa/email/totp_deactivated": "authenticator_app_removed",
    "mfa/email/webauthn_added": "passkey_added",
    "mfa/email/webauthn_removed": "passkey_removed",
}


def may_sign_in(user: User) -> bool:
    return user.is_active and not user.is_machine


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": WRONG,
        "username_password_mismatch": WRONG,
        "too_many_login_attempts": PAUSED,
        "rate_limited": "Too many tries. Wait five minutes, then try again.",
        "incorrect_password": "This is not your password.",
        "enter_current_password": "This is not your password.",
        "invalid_password_reset": "This link is not valid any more.",
        "duplicate_email": "This is your address already.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts come from invitations; the library's own form is not among our addresses."""
        return False

    def is_ajax(self, request: HttpRequest) -> bool:
        """Pages are pages. Only what a passkey has to sign is fetched by a script."""
        return request.path == reverse("mfa_login_webauthn") and request.headers.get("accept") == "application/json"

    def is_safe_url(self, url: str) -> bool:
        """Back into this site only, and said without a host."""
        return url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """A right password opens no account that is closed, and the answer is that of a wrong one."""
        user = super().authenticate(request, **credentials)
        return user if isinstance(user, User) and may_sign_in(user) else None

    def pre_login(self, request: HttpRequest, user: Any, **how: Any) -> HttpResponse | None:
        if may_sign_in(user):
            self._take_along(request, user)
            return super().pre_login(request, user, **how)
        messages.error(request, CLOSED_TO)
        return redirect("login")

    def post_login(self, request: HttpRequest, user: Any, **how: Any) -> HttpResponse:
        request.session[SIGNED_IN_AT] = time.time()
        response = super().post_login(request, user, **how)
        # Outlives the session, so that a form sent after its end can be kept for whoever wrote it. Opens nothing.
        response.set_signed_cookie(
            carried.PERSON,
            user.pk,
            salt=carried.SALT,
            max_age=carried.REMEMBERED,
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
        return response

    def _take_along(self, request: HttpRequest, user: User) -> None:
        """Words that were sent too late, from the page that holds them; the password was right when this is asked."""
        sealed = request.POST.get(carried.FIELD, "")
        if sealed and carried.opened(sealed, to=user):
            request.session[carried.FIELD] = sealed

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Whoever has just signed in, with all factors, is not asked again at once."""
        signed_in_at = self.request.session.get(SIGNED_IN_AT, 0) if self.request else 0
        is_fresh = time.time() - signed_in_at < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
        return not is_fresh and super().is_reauthentication_required(app=app, **kwargs)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account")

    def get_email_verification_redirect_url(self, email_address: EmailAddress) -> str:
        return reverse("account" if context.request.user.is_authenticated else "login")

    # Letters: rows of an outbox, so that a mail server that is down fails nobody's request

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """What is left over: somebody asked for a new password for an address that no account has."""
        account_mail.post(AccountMail.Kind.NO_ACCOUNT, to=email)

    def send_confirmation_mail(self, request: HttpRequest, emailconfirmation: Any, signup: bool) -> None:
        address = emailconfirmation.email_address
        account_mail.post(AccountMail.Kind.VERIFY, to=address.email, user=address.user)

    def send_password_reset_mail(self, user: Any, email: str, context: dict[str, Any]) -> None:
        account_mail.post(AccountMail.Kind.RESET, to=email, user=user)

    def send_notification_mail(
        self, template_prefix: str, user: Any, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        """Changes that the library makes pass here: each goes on record, and its owner is told."""
        if what := EVENTS.get(template_prefix):
            account_changes.note(user, what, to=email or "")

    # Counting

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """One count for one account, whichever of its names is typed, and one for each name that nobody has."""
        typed = str(credentials.get("email") or credentials.get("username") or "").lower()
        found = filter_users_by_email(typed) or [get_user_by_username(typed)]
        return f"account:{found[0].pk}" if found[0] else f"name:{typed}"


class MfaAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "This code does not fit. Type the one that your app shows now, or an unused recovery code.",
    }

    def encrypt(self, text: str) -> str:
        return factor_secrets.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return factor_secrets.decrypt(encrypted_text)

    def generate_authenticator_name(self, user: Any, type: Authenticator.Type) -> str:
        return f"Passkey {Authenticator.objects.filter(user=user, type=type).count() + 1}"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Bound to the configured address: a passkey made under another host name would never fit."""
        return {"id": settings.SITE_HOST, "name": settings.SITE_NAME}
