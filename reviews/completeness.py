"""What is still missing before one reading can end in an approval, said with the place where it can be mended."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from editorial.errors import WorkflowError
from reviews import checklist, policy
from reviews.claims import FrozenClaim, claims_of, required, verdicts_of
from reviews.kinds import AGAINST, Answer
from reviews.models import ChecklistAnswer, ClaimVerdict, ReviewAssignment, Thread


@dataclass(frozen=True)
class Missing:
    """One thing to do first, and where on the desk it is done."""

    words: str
    anchor: str


class Incomplete(WorkflowError):
    """The reading is not far enough for an approval; `missing` says what to do, in order."""

    def __init__(self, missing: tuple[Missing, ...]) -> None:
        listed = " ".join(f"{one.words}." for one in missing)
        super().__init__(f"An approval needs a complete reading, and this one is not complete yet. {listed}")
        self.missing = missing


@dataclass(frozen=True)
class Reading:
    """How far one reviewer has come with one revision."""

    claims: tuple[FrozenClaim, ...]
    required: frozenset[str]
    verdicts: Mapping[str, ClaimVerdict]
    answers: Mapping[str, ChecklistAnswer]
    items: tuple[checklist.Item, ...] = checklist.ITEMS
    unsettled: int = 0  # points of one's own that block and are not settled

    @property
    def judged(self) -> int:
        return len(self.required & self.verdicts.keys())

    @property
    def answered(self) -> int:
        return len(self.answers)

    @property
    def missing(self) -> tuple[Missing, ...]:
        return (*_missing_claims(self), *_missing_answers(self), *_missing_settling(self))

    @property
    def progress(self) -> str:
        """“34 of 60 claims, 9 of 12 checklist”."""
        judged = f"{self.judged} of {len(self.required)} claim{'' if len(self.required) == 1 else 's'}"
        return f"{judged}, {self.answered} of {len(self.items)} checklist" if self.items else judged


def reading_of(assignment: ReviewAssignment, *, rule: policy.Rule, unsettled: int | None = None) -> Reading:
    """How far it has come by this rule; `unsettled` for callers that have counted that already."""
    claims = claims_of(assignment.revision)
    if assignment.recheck and not assignment.recheck.is_whole:
        named = tuple(claim for claim in claims if claim.identity in assignment.recheck.claims)
        return Reading(named, frozenset(c.identity for c in named), verdicts_of(assignment), {}, ())
    return Reading(
        claims,
        required(claims, assignment.revision, rule),
        verdicts_of(assignment),
        checklist.answers_of(assignment),
        unsettled=_unsettled(assignment) if unsettled is None else unsettled,
    )


def _unsettled(assignment: ReviewAssignment) -> int:
    return Thread.objects.opened_in(assignment).unsettled().filter(is_blocking=True).count()


def _missing_claims(reading: Reading) -> Iterator[Missing]:
    open_claims = [c for c in reading.claims if c.identity in reading.required and c.identity not in reading.verdicts]
    if open_claims:
        yield Missing(_counted(open_claims, "has no verdict yet", "have no verdict yet"), _anchor(open_claims))
    against = [
        c for c in reading.claims if c.identity in reading.verdicts and reading.verdicts[c.identity].finding in AGAINST
    ]
    if against:
        yield Missing(
            _counted(against, "does not stand by your own verdict", "do not stand by your own verdict"),
            _anchor(against),
        )


def _missing_answers(reading: Reading) -> Iterator[Missing]:
    unanswered = [item for item in reading.items if item.name not in reading.answers]
    if unanswered:
        titles = ", ".join(f"“{item.title}”" for item in unanswered)
        yield Missing(f"Checklist: not answered yet: {titles}", f"check-{unanswered[0].name}")
    for item in reading.items:
        given = reading.answers.get(item.name)
        if given and given.answer == Answer.NO:
            yield Missing(f"Checklist: “{item.title}” is answered with no", f"check-{item.name}")


def _missing_settling(reading: Reading) -> Iterator[Missing]:
    if reading.unsettled:
        points = "1 point is" if reading.unsettled == 1 else f"{reading.unsettled} points are"
        yield Missing(f"What you asked for before: {points} not settled yet", "asked")


def _anchor(claims: Collection[FrozenClaim]) -> str:
    return f"claim-{next(iter(claims)).number}"


def _counted(claims: Collection[FrozenClaim], one: str, several: str) -> str:
    numbers = [str(claim.number) for claim in claims]
    if len(numbers) == 1:
        return f"Claim {numbers[0]} {one}"
    shown = ", ".join(numbers[:8]) + (f" and {len(numbers) - 8} more" if numbers[8:] else "")
    return f"Claims {shown} {several}"
