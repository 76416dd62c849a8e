"""The link in an invitation: derived from the row and the secret key, so that a copy of the database opens nothing."""

import re
from datetime import datetime

from django.utils.crypto import constant_time_compare, salted_hmac

from editorial.models import Invitation

WRITTEN = re.compile(r"(\d{1,12})-([0-9a-f]{64})")


def token(invitation: Invitation) -> str:
    return f"{invitation.pk}-{_proof(invitation)}"


def find(written: str, *, at: datetime) -> Invitation | None:
    """The open invitation that this token belongs to; nothing for one that is forged, used, taken back or too old."""
    parts = WRITTEN.fullmatch(written)
    invitation = Invitation.objects.filter(pk=int(parts[1])).first() if parts else None
    if not (parts and invitation and constant_time_compare(parts[2], _proof(invitation))):
        return None
    return invitation if is_open(invitation, at=at) else None


def is_open(invitation: Invitation, *, at: datetime) -> bool:
    return invitation.accepted_at is None and invitation.revoked_at is None and at < invitation.expires_at


def _proof(invitation: Invitation) -> str:
    value = f"{invitation.pk}:{invitation.serial}:{invitation.email}"
    return salted_hmac("editorial.invitation", value, algorithm="sha256").hexdigest()
