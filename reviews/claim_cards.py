"""The claims of one reading as the desk lays them out: each with its sources, findings, and what was said before."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from articles.models import Revision
from articles.states import RetractionNature
from articles.wording import Piece
from reviews import claims
from reviews.claims import FrozenClaim, is_beside, mark_of
from reviews.completeness import Reading
from reviews.findings import Findings, Said
from reviews.kinds import AGAINST, ClaimFinding
from reviews.models import ClaimVerdict, Decision

VARIANTS = {"short_answer": "Short answer", "body": "Body", "plain_body": "Plain-language version"}
TO_DO, WITH_FINDINGS = "to-do", "findings"
FILTERS = (("", "All"), (TO_DO, "To do"), (WITH_FINDINGS, "With findings"))


@dataclass(frozen=True)
class Source:
    """The frozen record of one cited source, what the loaded list says of it now, and what the checks said."""

    record: Mapping[str, Any]
    doubt: str
    findings: tuple[Said, ...]


@dataclass(frozen=True)
class Card:
    """One claim, ready to be judged."""

    claim: FrozenClaim
    variant: str
    verdict: ClaimVerdict | None
    is_required: bool
    sources: tuple[Source, ...]
    findings: tuple[Said, ...]
    history: str
    typed: Mapping[str, str]  # what was sent and refused just now

    @property
    def given(self) -> Mapping[str, str]:
        """What stands in the form."""
        if self.typed or self.verdict is None:
            return self.typed
        return {"finding": self.verdict.finding, "place": self.verdict.place, "note": self.verdict.note}

    @property
    def pieces(self) -> tuple[Piece, ...]:
        return self.claim.pieces

    @property
    def is_to_do(self) -> bool:
        return self.is_required and self.verdict is None

    @property
    def has_findings(self) -> bool:
        """Something to look at closely: what is only good to know does not count."""
        said = [*self.findings, *(one for source in self.sources for one in source.findings)]
        return any(one.level != "info" for one in said) or any(source.doubt for source in self.sources)

    @property
    def tone(self) -> str:
        """The colour that goes with the word: see `data-state` in the stylesheet."""
        return tone_of(self.verdict.finding if self.verdict else "")

    @property
    def label(self) -> str:
        if self.verdict:
            return str(self.verdict.get_finding_display())
        return "To do" if self.is_required else "Not in the sample"

    @property
    def seen(self) -> str:
        return mark_of(self.verdict)

    def is_shown(self, only: str) -> bool:
        return {TO_DO: self.is_to_do, WITH_FINDINGS: self.has_findings}.get(only, True)


def cards(
    reading: Reading, revision: Revision, findings: Findings, last: Decision | None, typed: Mapping[str, str]
) -> tuple[Card, ...]:
    """Every claim in reading order; a text has as many as it has, and all this reads is in memory but one look-up."""
    doubts = claims.in_doubt(revision)
    said_before = {said["identity"]: said for said in last.claims} if last else {}
    return tuple(
        Card(
            claim,
            VARIANTS[claim.field],
            verdict := reading.verdicts.get(claim.identity),
            claim.identity in reading.required,
            tuple(_source(record, findings, doubts) for record in claim.sources),
            tuple(said for said in findings.said if said.start is not None and is_beside(said, claim)),
            _history(claim, verdict, last, said_before.get(claim.identity), doubts),
            typed if typed.get("identity") == claim.identity else {},
        )
        for claim in reading.claims
    )


def elsewhere(findings: Findings, shown: tuple[Card, ...]) -> tuple[Said, ...]:
    """The findings that stand beside no claim."""
    return tuple(said for said in findings.said if not any(is_beside(said, card.claim) for card in shown))


def tone_of(finding: str) -> str:
    if finding in AGAINST:
        return "rejected"
    return {"": "draft", ClaimFinding.SUPPORTED: "approved"}.get(finding, "overdue")


def _source(record: Mapping[str, Any], findings: Findings, doubts: Mapping[str, str]) -> Source:
    nature = doubts.get(record["key"], "")
    about = tuple(said for said in findings.said if said.field == f"references.{record['key']}")
    return Source(record, str(RetractionNature(nature).label) if nature else "", about)


def _history(
    claim: FrozenClaim,
    verdict: ClaimVerdict | None,
    last: Decision | None,
    said: Mapping[str, Any] | None,
    doubts: Mapping[str, str],
) -> str:
    """What the reviewer said of this claim the last time, and whether that still holds."""
    if last is None or (verdict and not verdict.carried_from_id):
        return ""
    day = f"{last.decided_at:%-d %B %Y}"
    if verdict:
        return f"Carried over from your decision of {day}: sentence and sources are unchanged."
    if said is None:
        return f"New or changed since your decision of {day}."
    if claim.evidence != said["evidence"]:
        why = "What is known of its source has changed since then."
    elif claim.keys & doubts.keys():
        why = "Its source was retracted or put in doubt since then."
    else:
        why = "Its sentence and its sources are unchanged."
    return f"Open again: on {day} you found “{ClaimFinding(said['finding']).label}”. {why}"
