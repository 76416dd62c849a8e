"""Seals and digests: what makes an approval provable, and a forged one worthless."""

import hashlib
import hmac
from typing import Any

from django.conf import settings

from articles.models import Approval, Revision
from editorial.audit import canonical


def digest_of(content: str) -> str:
    """SHA-256 of a revision's canonical form."""
    return hashlib.sha256(content.encode()).hexdigest()


def seal_of(approval: Approval, *, key: str | None = None) -> str:
    """HMAC-SHA256 over everything the approval says and the text it says it about."""
    return hmac.new((key or settings.SEAL_KEY).encode(), canonical(_sealed(approval)), hashlib.sha256).hexdigest()


def is_proven(approval: Approval | None) -> bool:
    """The seal is ours, and the stored text is the one that was checked. Recomputed on every read."""
    if approval is None:
        return False
    revision, read = approval.revision, approval.read
    # With the typing corrected since, it is worth what the approval of the text that was read is worth.
    if read is not None and (read.read_id is not None or not is_proven(read) or not approval.typing):
        return False
    return digest_of(revision.content) == approval.digest == revision.digest and any(
        hmac.compare_digest(seal_of(approval, key=key), approval.seal)
        for key in (settings.SEAL_KEY, *settings.SEAL_KEY_FALLBACKS)
    )


def is_intact(revision: Revision) -> bool:
    """The stored text still has the digest it was named by."""
    return digest_of(revision.content) == revision.digest


def _sealed(approval: Approval) -> dict[str, Any]:
    return {
        "article": approval.revision.article_id,
        "revision": approval.revision.number,
        "number": approval.number,
        "digest": approval.digest,
        "checked_at": approval.checked_at.isoformat(),
        "valid_until": approval.valid_until.isoformat(),
        "hidden_after": approval.hidden_after.isoformat() if approval.hidden_after else None,
        "checked_by": approval.checked_by,
        "released_by": approval.released_by,
        "risk": approval.risk,
        "policy": approval.policy_version,
    } | _carried(approval)


def _carried(approval: Approval) -> dict[str, Any]:
    """Nothing where the text that stands is the one that was read: such seals are what they always were."""
    read = approval.read
    return {"read": {"digest": read.digest, "seal": read.seal}, "typing": approval.typing} if read else {}
