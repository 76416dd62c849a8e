"""Asking for an account, where the site takes requests; an editor's yes is an invitation."""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q

from editorial import account_mail, clock, invitations
from editorial.audit import record
from editorial.errors import Conflict, WorkflowError
from editorial.models import AccountMail, AccountRequest, Invitation, User

# A crowd of strangers shall fill neither the table nor the editors' mailboxes.
MOST_WAITING = 500


@transaction.atomic
def ask(*, name: str, email: str, affiliation: str, why: str) -> None:
    """Put a request before the editors. Nothing that the asker can see tells whether the address is known here.

    Raises:
        WorkflowError: the site takes no requests, or too many wait.
    """
    if settings.SIGN_UP != "request":
        raise WorkflowError("This site takes no requests for accounts.")
    waiting = AccountRequest.objects.filter(answered_at=None)
    if waiting.count() >= MOST_WAITING:
        raise WorkflowError("Too many requests are waiting for an answer just now. Please try again in a few days.")
    said = {"name": name, "affiliation": affiliation, "why": why, "asked_at": clock.now()}
    # A second request from the same address adds nothing, and nobody can write over the first.
    asked, is_new = AccountRequest.objects.get_or_create(email=email.lower(), answered_at=None, defaults=said)
    if is_new:
        record("account.requested", by=None, about=f"accountrequest:{asked.pk}")
        _tell_editors(asked)


@transaction.atomic
def propose(*, email: str, why: str, by: User) -> None:
    """An author would work with somebody who may have no account yet: the editors decide, as on every request.

    Nothing happens where accounts are closed, too many requests wait, or this address waits already.
    """
    if settings.SIGN_UP == "closed" or AccountRequest.objects.filter(answered_at=None).count() >= MOST_WAITING:
        return
    if invitations.has_account(email) or _is_invited(email):
        return
    said = {"name": email[:120], "why": why, "asked_at": clock.now()}
    asked, is_new = AccountRequest.objects.get_or_create(email=email, answered_at=None, defaults=said)
    if is_new:
        record("account.proposed", by=by, about=f"accountrequest:{asked.pk}")
        _tell_editors(asked)


@transaction.atomic
def accept(asked: AccountRequest, *, role: str, by: User) -> Invitation:
    """Raises WorkflowError where the address cannot be invited; the request then still waits."""
    asked = _waiting(asked, by=by)
    invitation = invitations.invite(email=asked.email, role=role, by=by, answers=asked)
    _answer(asked, AccountRequest.Answer.ACCEPTED, by=by)
    return invitation


@transaction.atomic
def decline(asked: AccountRequest, *, by: User) -> None:
    asked = _waiting(asked, by=by)
    _answer(asked, AccountRequest.Answer.DECLINED, by=by)
    record("account.request_declined", by=by, about=f"accountrequest:{asked.pk}")
    account_mail.post(AccountMail.Kind.REQUEST_DECLINED, to=asked.email, about=asked)


def _waiting(asked: AccountRequest, *, by: User) -> AccountRequest:
    if not invitations.may_invite(by):
        raise PermissionDenied
    asked = AccountRequest.objects.select_for_update().get(pk=asked.pk)
    if asked.answered_at:
        raise Conflict(f"This request was answered meanwhile: {asked.get_answer_display().lower()}.")
    return asked


def _answer(asked: AccountRequest, answer: str, *, by: User) -> None:
    asked.answer, asked.answered_at, asked.answered_by = answer, clock.now(), by
    asked.save()


def _is_invited(email: str) -> bool:
    return Invitation.objects.filter(email=email, accepted_at=None, revoked_at=None).exists()


def _tell_editors(asked: AccountRequest) -> None:
    for editor in _editors():
        account_mail.post(AccountMail.Kind.REQUEST_RECEIVED, to=editor.email, user=editor, about=asked)


def _editors() -> list[User]:
    offices = Q(is_managing_editor=True) | Q(is_responsible_editor=True)
    return [editor for editor in User.objects.filter(offices, is_active=True) if editor.email]
