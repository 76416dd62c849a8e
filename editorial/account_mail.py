"""Letters about accounts: written into an outbox with what happened, worded and given their links when they go out."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.db import transaction
from django.template import Context, Engine
from django.urls import reverse

from editorial import clock, invitation_links
from editorial.bell import ring
from editorial.mail_words import one_line, subject_and_body
from editorial.models import AccountMail, User

Kind = AccountMail.Kind


def post(kind: AccountMail.Kind, *, to: str, user: User | None = None, about: Any = None, **facts: Any) -> AccountMail:
    """Put one letter into the outbox, in the transaction of what it tells; `about` is an invitation or a request."""
    now = clock.now()
    linked = {about._meta.model_name.replace("accountrequest", "account_request"): about} if about else {}
    letter = AccountMail.objects.create(kind=kind, to=to, user=user, facts=facts, created_at=now, due_at=now, **linked)
    transaction.on_commit(ring, robust=True)
    return letter


def tell_change(user: User, what: str, *, to: str = "") -> None:
    """Tell somebody that their account was changed; whoever did not do it learns of it that way."""
    if address := to or user.email:
        post(Kind.CHANGED, to=address, user=user, what=what)


def why_not(letter: AccountMail) -> str:
    """Why this must not be sent any more, judged at the moment it goes out; empty if it may."""
    if letter.user and not letter.user.is_active:
        return f"{letter.user.label} was deactivated before it could be sent."
    return _WHY_NOT.get(Kind(letter.kind), lambda letter: "")(letter)


def compose(letter: AccountMail) -> EmailMessage:
    """The e-mail for one row; links are made from the configured address, never from a request.

    Raises:
        ValidationError: mail cannot be sent to the address.
        TemplateDoesNotExist, TemplateSyntaxError: the template of this kind is missing or cannot be read.
    """
    validate_email(letter.to)
    template = Engine.get_default().get_template(f"account/email/{letter.kind}.txt")
    subject, body = subject_and_body(template.render(Context(_facts(letter), autoescape=False)))
    headers = {
        "Message-ID": f"<{letter.message_id}@{urlsplit(settings.SITE_URL).hostname}>",
        "Auto-Submitted": "auto-generated",
    }
    email = EmailMessage(subject=subject, body=body, to=[letter.to], headers=headers)
    # Whatever cannot be written as an e-mail shows here and not halfway through a conversation with the server.
    email.message()
    return email


def _facts(letter: AccountMail) -> dict[str, Any]:
    path = _PATHS[Kind(letter.kind)](letter)
    facts = {key: one_line(value) if isinstance(value, str) else value for key, value in letter.facts.items()}
    return facts | {
        "name": one_line(letter.user.label, longest=120) if letter.user else "",
        "username": letter.user.username if letter.user else "",
        "to": letter.to,
        "invitation": letter.invitation,
        "inviter": one_line(letter.invitation.invited_by.label, longest=120) if letter.invitation else "",
        "asked_by": one_line(letter.account_request.name, longest=120) if letter.account_request else "",
        "link": settings.SITE_URL + path,
        "is_possible_duplicate": letter.possible_duplicate,
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
    }


def _to_verify(letter: AccountMail) -> str:
    address = EmailAddress.objects.get(user=letter.user, email=letter.to)
    return reverse("account_confirm_email", args=[EmailConfirmationHMAC(address).key])


def _to_reset(letter: AccountMail) -> str:
    assert letter.user
    token = default_token_generator.make_token(letter.user)
    return reverse("account_reset_password_from_key", args=[user_pk_to_url_str(letter.user), token])


def _to_accept(letter: AccountMail) -> str:
    assert letter.invitation
    return reverse("invitation-link", args=[invitation_links.token(letter.invitation)])


def _to_request(letter: AccountMail) -> str:
    return reverse("admin:editorial_accountrequest_change", args=[letter.account_request_id])


_PATHS: dict[AccountMail.Kind, Callable[[AccountMail], str]] = {
    Kind.INVITATION: _to_accept,
    Kind.REQUEST_RECEIVED: _to_request,
    Kind.REQUEST_DECLINED: lambda letter: "/",
    Kind.VERIFY: _to_verify,
    Kind.RESET: _to_reset,
    Kind.NO_ACCOUNT: lambda letter: reverse("login"),
    Kind.CHANGED: lambda letter: reverse("account"),
}


def _invitation_ended(letter: AccountMail) -> str:
    open_now = letter.invitation and invitation_links.is_open(letter.invitation, at=clock.now())
    return "" if open_now else "The invitation had ended before it could be sent."


def _address_settled(letter: AccountMail) -> str:
    waiting = EmailAddress.objects.filter(user=letter.user, email=letter.to, verified=False)
    return "" if waiting.exists() else "The address was verified or removed before it could be sent."


def _address_left(letter: AccountMail) -> str:
    """A link that opens an account goes only to an address that the account still has."""
    assert letter.user
    has_it = letter.user.email.lower() == letter.to.lower()
    has_it = has_it or EmailAddress.objects.filter(user=letter.user, email__iexact=letter.to).exists()
    return "" if has_it else "The account no longer has this address."


def _no_editor(letter: AccountMail) -> str:
    return "" if letter.user and letter.user.is_editor else "The addressee is no longer an editor."


_WHY_NOT: dict[AccountMail.Kind, Callable[[AccountMail], str]] = {
    Kind.INVITATION: _invitation_ended,
    Kind.VERIFY: _address_settled,
    Kind.RESET: _address_left,
    Kind.REQUEST_RECEIVED: _no_editor,
}
