"""The addresses of signing in and of one's own account: of the library's only those that are designed here."""

from typing import Any

from allauth.account import views as door
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as app
from allauth.mfa.webauthn import views as passkeys
from django.urls import URLPattern, path, re_path
from django.views.decorators.http import require_POST
from django.views.generic import RedirectView

from articles.channels import carries_no_article_text
from editorial import account_pages as own
from editorial.account_pages import entrance, own_page


def way_in(route: str, view: Any, name: str) -> URLPattern:
    """Open to strangers, and marked as carrying no article text."""
    return path(route, carries_no_article_text(entrance(view)), name=name)


def mine(route: str, view: Any, name: str) -> URLPattern:
    """For whoever is signed in; what is sent happens as a whole or not at all."""
    return path(route, own_page(entrance(view)), name=name)


# Not within one transaction: a password takes half a second to check, and nothing is written before it is right.
sign_in = carries_no_article_text(door.login)
sign_out = carries_no_article_text(require_POST(door.logout))

urlpatterns = [
    path("sign-in/", sign_in, name="login"),
    path("sign-in/", sign_in, name="account_login"),
    path("sign-out/", sign_out, name="logout"),
    path("sign-out/", sign_out, name="account_logout"),
    way_in("sign-in/code/", factors.authenticate, "mfa_authenticate"),
    way_in("sign-in/passkey/", passkeys.login_webauthn, "mfa_login_webauthn"),
    # How one comes to have an account
    way_in("request/", own.request_account, "account_signup"),
    way_in("invitation/", own.invitation, "invitation"),
    way_in("invitation/<token>/", own.invitation_link, "invitation-link"),
    way_in("password/lost/", door.password_reset, "account_reset_password"),
    way_in("password/lost/sent/", door.password_reset_done, "account_reset_password_done"),
    way_in("password/new/done/", door.password_reset_from_key_done, "account_reset_password_from_key_done"),
    re_path(
        r"^password/new/(?P<uidb36>[0-9A-Za-z]{1,13})-(?P<key>[\w-]{1,100})/$",
        carries_no_article_text(entrance(door.password_reset_from_key)),
        name="account_reset_password_from_key",
    ),
    re_path(
        r"^email/verify/(?P<key>[-:\w]{1,200})/$",
        carries_no_article_text(entrance(door.confirm_email)),
        name="account_confirm_email",
    ),
    # One's own
    path("", own.account, name="account"),
    path("sessions/", own.sessions_page, name="account-sessions"),
    path("carried/", own.carried_words, name="account-carried"),
    mine("email/", door.email, "account_email"),
    mine("password/", own.password, "account_change_password"),
    mine("confirm/", door.reauthenticate, "account_reauthenticate"),
    mine("confirm/code/", factors.reauthenticate, "mfa_reauthenticate"),
    mine("confirm/passkey/", passkeys.reauthenticate_webauthn, "mfa_reauthenticate_webauthn"),
    mine("second-factor/", factors.index, "mfa_index"),
    mine("second-factor/app/", own.SetUpApp.as_view(), "mfa_activate_totp"),
    path("second-factor/app/picture/", own.app_picture, name="account-app-picture"),
    mine("second-factor/app/remove/", app.deactivate_totp, "mfa_deactivate_totp"),
    mine("second-factor/codes/", codes.view_recovery_codes, "mfa_view_recovery_codes"),
    mine("second-factor/codes/new/", own.RenewRecoveryCodes.as_view(), "mfa_generate_recovery_codes"),
    mine("second-factor/codes/download/", codes.download_recovery_codes, "mfa_download_recovery_codes"),
    mine("second-factor/passkeys/", RedirectView.as_view(pattern_name="mfa_index"), "mfa_list_webauthn"),
    mine("second-factor/passkeys/new/", passkeys.add_webauthn, "mfa_add_webauthn"),
    mine("second-factor/passkeys/<int:pk>/remove/", passkeys.remove_webauthn, "mfa_remove_webauthn"),
]
