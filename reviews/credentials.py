"""The qualifications of board members: stated by one person, verified by another, and worth nothing before that."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from editorial import clock
from editorial.attribution import saved_by
from editorial.audit import record
from editorial.errors import Conflict, WorkflowError
from editorial.models import User
from reviews.models import BoardMember, Credential

MOST = 20


@transaction.atomic
def add(member: BoardMember, *, by: User, title: str, expires_at: date | None = None, **details: Any) -> Credential:
    """Put a qualification on the list, not verified yet. `details`: issuer, register_number, country.

    Raises:
        PermissionDenied: `by` is neither the member nor an editor.
        WorkflowError: it has no title, or there are too many already.
    """
    if not (by.is_active and (by.is_editor or by.pk == member.user_id)):
        raise PermissionDenied("Only the member and the editors can add a credential.")
    if not title.strip():
        raise WorkflowError("Name the credential, for example “Licence to practise medicine”.")
    if member.credentials.count() >= MOST:
        raise WorkflowError(f"There are {MOST} credentials here already. Withdraw one that no longer counts first.")
    credential = Credential(member=member, title=title.strip(), expires_at=expires_at, **details)
    saved_by(credential, by)
    credential.save()
    record("credential.added", by=by, about=_about(credential), credential=credential.pk, title=credential.title)
    return credential


@transaction.atomic
def verify(credential: Credential, *, by: User) -> None:
    """An editor checked it with the issuer and answers for that by name.

    Raises:
        PermissionDenied: `by` is not an editor, or it is their own.
        WorkflowError: nothing to check it by, or it ran out. Conflict: it was verified or withdrawn already.
    """
    credential = _lock(credential, by=by)
    if credential.verified_at:
        raise Conflict("This credential is verified already; nothing was changed.")
    if not credential.issuer.strip():
        raise WorkflowError("Say who issued it first: nobody can check a credential without knowing that.")
    if credential.expires_at and credential.expires_at < clock.now().date():
        raise WorkflowError(f"This credential expired on {credential.expires_at:%-d %B %Y}. Add the one that is valid.")
    credential.verified_at, credential.verified_by = clock.now(), by
    _save(credential, ["verified_at", "verified_by"], "credential.verified", by=by)


@transaction.atomic
def withdraw(credential: Credential, *, by: User, reason: str) -> None:
    """It no longer counts, from now on and for a reason that is kept; past decisions keep what held then.

    Raises:
        PermissionDenied: `by` is not an editor, or it is their own.
        WorkflowError: no reason. Conflict: it was withdrawn already.
    """
    credential = _lock(credential, by=by)
    if not reason.strip():
        raise WorkflowError("Say why this credential no longer counts; the reason is kept on record.")
    credential.withdrawn_at, credential.withdrawn_because = clock.now(), reason.strip()
    _save(credential, ["withdrawn_at", "withdrawn_because"], "credential.withdrawn", by=by, reason=reason.strip())


def current(member: BoardMember, *, at: datetime | None = None) -> list[Credential]:
    """The verified ones that have neither run out nor been withdrawn; no query where they were prefetched."""
    at = at or clock.now()
    return [c for c in member.credentials.all() if c.verified_at and not c.withdrawn_at and not _is_over(c, at=at)]


def why_none(member: BoardMember, *, at: datetime | None = None) -> str:
    """Why this member has no credential that counts, in words that follow the name; empty if there is one."""
    if current(member, at=at):
        return ""
    return "has no verified credential that is still valid"


def _is_over(credential: Credential, *, at: datetime) -> bool:
    return credential.expires_at is not None and credential.expires_at < at.date()


def _lock(credential: Credential, *, by: User) -> Credential:
    locked = Credential.objects.select_for_update(of=("self",)).select_related("member__user").get(pk=credential.pk)
    if not (by.is_active and by.is_editor):
        raise PermissionDenied("Only an editor can verify or withdraw a credential.")
    if locked.member.user_id == by.pk:
        raise PermissionDenied("This credential is your own, so another editor has to judge it.")
    if locked.withdrawn_at:
        raise Conflict("This credential was withdrawn already; nothing was changed.")
    return locked


def _save(credential: Credential, fields: list[str], action: str, *, by: User, **data: Any) -> None:
    saved_by(credential, by)
    credential.save(update_fields=fields)
    record(action, by=by, about=_about(credential), credential=credential.pk, title=credential.title, **data)


def _about(credential: Credential) -> str:
    return f"boardmember:{credential.member_id}"
