"""What proves a version: its digest, who approved it, the records of that in the audit chain, and the text itself."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from articles.models import Article
from articles.past_versions import Check, Version
from articles.public import PublicArticle
from editorial.models import AuditEntry

ON_RECORD = {
    "revision.frozen": _("Frozen"),
    "decision.approve": _("A reviewer approved it"),
    "decision.request_changes": _("A reviewer asked for changes"),
    "decision.reject": _("A reviewer rejected it"),
    "decision.unsafe": _("A reviewer flagged it as unsafe"),
    "revision.released": _("An editor released it"),
    "article.approved": _("Approved"),
    "typing.signed": _("A second person signed its typing correction"),
    "article.approval_carried": _("The approval was carried over to the corrected typing"),
}
RECOMPUTE = (
    "The digest is the SHA-256 of the value of “content”: take that string as JSON decodes it, encode it as UTF-8, and"
    " hash the bytes. The content is itself JSON, with sorted keys and no spaces, and holds everything a reader sees."
)


def receipt_of(article: Article, version: Version, unit: PublicArticle) -> dict[str, Any]:
    """Everything somebody else needs to prove this version without asking us; the text goes with its standing."""
    return {
        "slug": article.slug,
        "version": version.number,
        "url": f"{settings.SITE_URL}{unit.url}",
        "title": unit.title,
        "standing": standing_in(unit, version),
        "digest": version.digest,
        "frozen_at": version.submitted_at.isoformat(),
        "approvals": [_approval(check) for check in version.checks],
        "dissents": [
            {"name": d.name, "profession": d.profession, "words": d.words, "decided_on": d.decided_on.isoformat()}
            for d in unit.standing.dissents
        ],
        "records": [
            {"action": each.action, "at": each.at.isoformat(), "record": each.record}
            for each in records_of(article, version)
        ],
        "how_to_recompute": RECOMPUTE,
        "content": unit.text.canonical if unit.text else None,
    }


def standing_in(unit: PublicArticle, version: Version) -> dict[str, Any]:
    return {
        "state": unit.standing.state.value,
        "label": unit.label,
        "version": version.line,
        "caution": unit.caution.text if unit.caution else None,
        "caution_line": unit.caution_line or None,
    }


@dataclass(frozen=True)
class Record:
    """One entry of the audit chain about exactly this digest."""

    action: str
    label: str
    at: datetime
    record: str


def records_of(article: Article, version: Version) -> list[Record]:
    """What was done with this digest, when, and under which number it stands in the audit chain."""
    entries = AuditEntry.objects.filter(about=article.about, action__in=ON_RECORD, data__digest=version.digest)
    return [
        Record(entry.action, str(ON_RECORD[entry.action]), entry.at, entry.record_number)
        for entry in entries.order_by("sequence")
    ]


def as_json(receipt: dict[str, Any]) -> str:
    return json.dumps(receipt, ensure_ascii=False, indent=1)


def _approval(check: Check) -> dict[str, Any]:
    return {
        "number": check.number,
        "checked_at": check.checked_at.isoformat(),
        "check_due": check.check_due.isoformat(),
        "checked_by": [
            {"name": c.name, "profession": c.profession, "decided_at": c.decided_at} for c in check.checked_by
        ],
        "released_by": check.released_by,
        "seal": "valid",
        "read": {"version": check.read_number, "digest": check.read_digest} if check.read_number else None,
        "typing_corrected": [
            {"at": t.at.isoformat(), "reason": t.reason, "proposed_by": t.proposed_by, "signed_by": t.signed_by}
            for t in check.typing
        ],
    }
