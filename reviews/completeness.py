"""What is still missing before one reading can end in an approval, said with the place where it can be mended."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from textwrap import shorten
from typing import Any

from editorial.errors import WorkflowError
from reviews import checklist, policy
from reviews.claims import FrozenClaim, claims_of, required, verdicts_of
from reviews.kinds import AGAINST, Answer, Origin
from reviews.models import ChecklistAnswer, ClaimVerdict, Comment, ReviewAssignment, Thread

MOST_NAMED = 5


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
    unsettled: tuple[str, ...] = ()  # how one's own points are called that block and are not settled
    blocking: tuple[Comment, ...] = ()  # drafts of one's own that block

    @property
    def judged(self) -> int:
        return len(self.required & self.verdicts.keys())

    @property
    def answered(self) -> int:
        return len(self.answers)

    @property
    def missing(self) -> tuple[Missing, ...]:
        return (*_missing_claims(self), *_missing_answers(self), *_missing_settling(self), *_in_the_way(self))

    @property
    def progress(self) -> str:
        """“34 of 60 claims, 9 of 12 checklist”."""
        judged = f"{self.judged} of {len(self.required)} claim{'' if len(self.required) == 1 else 's'}"
        return f"{judged}, {self.answered} of {len(self.items)} checklist" if self.items else judged


def reading_of(
    assignment: ReviewAssignment,
    *,
    rule: policy.Rule,
    asked: Iterable[Thread] | None = None,
    comments: Iterable[Comment] | None = None,
) -> Reading:
    """How far it has come by this rule; `asked` and `comments` for callers that have one's own at hand already."""
    claims, verdicts = claims_of(assignment.revision), verdicts_of(assignment)
    blocking = tuple(one for one in _given(comments, assignment.comments) if one.is_blocking)
    asked = [thread for thread in _given(asked, Thread.objects.opened_in(assignment)) if _stands_against(thread)]
    if assignment.recheck and not assignment.recheck.is_whole:
        named = tuple(claim for claim in claims if claim.identity in assignment.recheck.claims)
        here = tuple(_name(thread) for thread in asked if thread.assignment_id == assignment.pk)
        wanted = frozenset(claim.identity for claim in named)
        return Reading(named, wanted, verdicts, {}, (), unsettled=here, blocking=blocking)
    return Reading(
        claims,
        required(claims, assignment.revision, rule),
        verdicts,
        checklist.answers_of(assignment),
        unsettled=tuple(map(_name, asked)),
        blocking=blocking,
    )


def _given(rows: Iterable[Any] | None, stored: Any) -> Iterable[Any]:
    return stored.all() if rows is None else rows


def _stands_against(thread: Thread) -> bool:
    return thread.is_blocking and thread.settled_at is None


def _name(thread: Thread) -> str:
    return _shortened(thread.quote) if thread.origin == Origin.COMMENT else thread.subject


def _shortened(quote: str) -> str:
    return shorten(quote, 60, placeholder=" …")


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
        points = "1 point is" if len(reading.unsettled) == 1 else f"{len(reading.unsettled)} points are"
        yield Missing(f"What you asked for: {points} not settled yet: {_some(reading.unsettled)}", "asked")


def _in_the_way(reading: Reading) -> Iterator[Missing]:
    """Drafts that were meant to block: the authors have not even heard of them."""
    if reading.blocking:
        first, many = reading.blocking[0], len(reading.blocking)
        said = "Your comment blocks" if many == 1 else f"{many} of your comments block"
        quotes = _some([_shortened(comment.quote) for comment in reading.blocking])
        yield Missing(f"{said} an approval: {quotes}", f"comment-{first.pk}")


def _some(named: Collection[str]) -> str:
    shown = ", ".join(f"“{name}”" for name in list(named)[:MOST_NAMED])
    return f"{shown} and {len(named) - MOST_NAMED} more" if len(named) > MOST_NAMED else shown


def _anchor(claims: Collection[FrozenClaim]) -> str:
    return f"claim-{next(iter(claims)).number}"


def _counted(claims: Collection[FrozenClaim], one: str, several: str) -> str:
    numbers = [str(claim.number) for claim in claims]
    if len(numbers) == 1:
        return f"Claim {numbers[0]} {one}"
    shown = ", ".join(numbers[:8]) + (f" and {len(numbers) - 8} more" if numbers[8:] else "")
    return f"Claims {shown} {several}"
