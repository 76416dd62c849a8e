"""Where reviewers of one revision judged alike and where they did not, once each has decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from reviews.claim_cards import VARIANTS, tone_of
from reviews.kinds import ClaimFinding
from reviews.models import Decision


@dataclass(frozen=True)
class Opinion:
    """What one reviewer found about one claim."""

    who: str
    label: str
    tone: str
    place: str
    note: str


@dataclass(frozen=True)
class Compared:
    """One claim with what each found; one's own comes first."""

    number: int
    variant: str
    sentence: str
    opinions: tuple[Opinion, ...]

    @property
    def differs(self) -> bool:
        return len({opinion.label for opinion in self.opinions}) > 1


def compared(own: Decision, others: Sequence[Decision]) -> list[Compared]:
    """Every claim that anybody judged, those they differ on first."""
    decisions = [own, *others]
    judged: dict[str, dict[str, Any]] = {}
    for decision in decisions:
        for said in decision.claims:
            judged.setdefault(said["identity"], said)
    rows = [_row(said, decisions, own=own) for said in judged.values()]
    return sorted(rows, key=lambda row: (not row.differs, row.number))


def _row(about: Mapping[str, Any], decisions: Sequence[Decision], *, own: Decision) -> Compared:
    opinions = tuple(
        _opinion("You" if decision == own else decision.reviewer_label, said)
        for decision in decisions
        for said in decision.claims
        if said["identity"] == about["identity"]
    )
    return Compared(about["number"], VARIANTS[about["field"]], about["sentence"], opinions)


def _opinion(who: str, said: Mapping[str, Any]) -> Opinion:
    label = str(ClaimFinding(said["finding"]).label)
    return Opinion(who, label, tone_of(said["finding"]), said["place"], said["note"])


def others_beside(decision: Decision) -> list[Decision]:
    """What others decided in the same review or, of an approved text that is read again, in the same re-check."""
    again = decision.assignment.recheck
    same = Q(assignment__recheck=again) if again else Q(assignment__recheck=None, revision=decision.revision_id)
    return list(Decision.objects.filter(same).exclude(pk=decision.pk).select_related("assignment"))
