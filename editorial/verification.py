"""Reading the audit chain from the first stone to the head, and finding what does not fit."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import IntEnum

from django.db import models

from editorial import immutability
from editorial.audit import GENESIS, entry_hash, fingerprint, subject_of
from editorial.models import AuditEntry, AuditHead


class Verdict(IntEnum):
    """Exit codes of `verify_audit` (`trust.md`, INV-8)."""

    OK = 0
    BROKEN = 1
    SHORTENED = 2
    UNMATCHED = 3
    UNGUARDED = 4


@dataclass(frozen=True)
class Fault:
    verdict: Verdict
    what: str


@dataclass
class Outcome:
    entries: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def verdict(self) -> Verdict:
        """The first kind of fault in the order a reader should worry about them."""
        return min((fault.verdict for fault in self.faults), default=Verdict.OK)


def verify(anchors: Iterable[str] = ()) -> Outcome:
    """Check links, head, known anchors (`sequence:hash-start`, as e-mails quote them), rows and guards."""
    outcome = Outcome()
    subjects: dict[str, str] = {}
    seen: dict[int, str] = {}
    wanted = dict(_parsed(anchor) for anchor in anchors)
    previous, expected = GENESIS, 1
    for entry in AuditEntry.objects.order_by("sequence").iterator(chunk_size=2000):
        outcome.faults += _link_faults(entry, previous=previous, expected=expected)
        previous, expected = entry.hash, entry.sequence + 1
        if entry.subject in subjects:
            # The first word on a row counts: a later one would only make a changed row look right.
            outcome.faults.append(Fault(Verdict.UNMATCHED, f"entry {entry.sequence} records {entry.subject} again"))
        elif entry.subject:
            subjects[entry.subject] = entry.data.get("fingerprint", "")
        if entry.sequence in wanted:
            seen[entry.sequence] = entry.hash
        outcome.entries += 1
    outcome.faults += _head_faults(expected - 1, previous)
    outcome.faults += _anchor_faults(wanted, seen)
    outcome.faults += _row_faults(subjects)
    outcome.faults += [Fault(Verdict.UNGUARDED, f"the guard {name} is missing") for name in immutability.missing()]
    return outcome


def _link_faults(entry: AuditEntry, *, previous: str, expected: int) -> Iterator[Fault]:
    if entry.sequence != expected:
        yield Fault(Verdict.BROKEN, f"entry {expected} is missing: after {expected - 1} comes {entry.sequence}")
    if entry.previous != previous:
        yield Fault(Verdict.BROKEN, f"entry {entry.sequence} does not continue the one before it")
    if entry_hash(entry) != entry.hash:
        yield Fault(Verdict.BROKEN, f"entry {entry.sequence} ({entry.action}) was changed after it was written")


def _head_faults(last: int, last_hash: str) -> Iterator[Fault]:
    head = AuditHead.objects.filter(pk=1).first()
    if head is None:
        yield Fault(Verdict.SHORTENED, "the head of the chain is missing")
    elif head.sequence > last:
        yield Fault(Verdict.SHORTENED, f"the chain ends at {last}, but it had {head.sequence} entries")
    elif (head.sequence, head.hash) != (last, last_hash):
        yield Fault(Verdict.BROKEN, f"the head says {head.sequence}, the chain ends at {last}")


def _anchor_faults(wanted: dict[int, str], seen: dict[int, str]) -> Iterator[Fault]:
    for sequence, start in wanted.items():
        if sequence not in seen:
            yield Fault(Verdict.SHORTENED, f"entry {sequence}, which an anchor quotes, is not there")
        elif not seen[sequence].startswith(start):
            yield Fault(Verdict.BROKEN, f"entry {sequence} is not the one its anchor quotes ({start})")


def _row_faults(subjects: dict[str, str]) -> Iterator[Fault]:
    """Every immutable row has its entry and still says what it said; every entry still has its row."""
    unseen = dict(subjects)
    for model in immutability.append_only_models():
        if model is not AuditEntry:
            for row in model._default_manager.order_by("pk").iterator(chunk_size=500):
                yield from _row_fault(row, unseen.pop(subject_of(row), None))
    for subject in unseen:
        yield Fault(Verdict.UNMATCHED, f"{subject} is on record, but its row is gone")


def _row_fault(row: models.Model, said: str | None) -> Iterator[Fault]:
    if said is None:
        yield Fault(Verdict.UNMATCHED, f"{subject_of(row)} has no entry in the chain")
    elif said != fingerprint(row):
        yield Fault(Verdict.UNMATCHED, f"{subject_of(row)} was changed after it was put on record")


def _parsed(anchor: str) -> tuple[int, str]:
    sequence, _, start = anchor.partition(":")
    return int(sequence), start.strip()
