"""The hash chain: who did what to which text, in an order nobody can change unseen."""

import hashlib
import json
from typing import Any

from django.db import models, transaction

from editorial import clock
from editorial.models import AuditEntry, AuditHead, User

GENESIS = "0" * 64
SYSTEM = "the system"


@transaction.atomic
def record(
    action: str, *, by: User | None, about: str = "", row: models.Model | None = None, **data: Any
) -> AuditEntry:
    """Append one entry about `action`; `row` is the immutable row that this act wrote, fixed by its fingerprint.

    `by=None` means the system itself (the clock, a quorum completed). Call it inside the verb's own transaction.
    """
    head = AuditHead.objects.select_for_update().get(pk=1)
    entry = AuditEntry(
        sequence=head.sequence + 1,
        at=clock.now(),
        actor=by,
        actor_label=by.label if by else SYSTEM,
        action=action,
        about=about,
        subject=subject_of(row) if row else "",
        data=data | ({"fingerprint": fingerprint(row)} if row else {}),
        previous=head.hash,
    )
    entry.hash = entry_hash(entry)
    entry.save(force_insert=True)
    AuditHead.objects.filter(pk=1).update(sequence=entry.sequence, hash=entry.hash)
    return entry


def open_chain() -> None:
    """Lay the first stone, once; safe to call again."""
    _, laid = AuditHead.objects.get_or_create(pk=1, defaults={"sequence": 0, "hash": GENESIS})
    if laid:
        record("chain.opened", by=None)


def canonical(value: Any) -> bytes:
    """One spelling for one content: sorted keys, no spaces, UTF-8 (as RFC 8785 for the types we use)."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def entry_hash(entry: AuditEntry) -> str:
    """SHA-256 over everything the entry says and the hash of the one before it."""
    return hashlib.sha256(canonical(plain(entry))).hexdigest()


def plain(entry: AuditEntry) -> dict[str, Any]:
    """The entry without its own hash, as it is hashed and exported."""
    return {
        "sequence": entry.sequence,
        "at": entry.at.isoformat(),
        "actor": entry.actor_id,
        "actor_label": entry.actor_label,
        "action": entry.action,
        "about": entry.about,
        "subject": entry.subject,
        "data": entry.data,
        "previous": entry.previous,
    }


def subject_of(row: models.Model) -> str:
    return f"{row._meta.label_lower}:{row.pk}"


def fingerprint(row: models.Model) -> str:
    """SHA-256 over every stored column of an immutable row.

    A column that the table was given later (`added_later` on the model) counts from its first value on, so that rows
    written before it keep the fingerprint they were recorded with.
    """
    values = {field.attname: field.value_to_string(row) for field in row._meta.concrete_fields if _counts(field, row)}
    return hashlib.sha256(canonical(values)).hexdigest()


def _counts(field: models.Field, row: models.Model) -> bool:
    is_new = field.name in getattr(row, "added_later", ())
    return not is_new or getattr(row, field.attname) != field.get_default()
