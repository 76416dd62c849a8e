"""The ladder of the policy in force: what happens, rung by rung, while a review stays undone."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from articles.models import Article
from editorial import clock
from editorial.audit import record
from editorial.errors import WorkflowError
from editorial.models import User
from reviews import absences, assignments, matching, policy
from reviews.kinds import Act, Kind
from reviews.models import BoardMember, LadderStep, ReviewAssignment
from reviews.notifications import editors, notify
from reviews.policy import Rung
from reviews.querysets import ReviewAssignmentQuerySet

log = logging.getLogger(__name__)

BATCH = 500
AWAY_ALONE = "the reviewer is away and no deputy is named"
Ladder = tuple[Rung, ...]


def remind() -> int:
    """Take the rung that each open review has reached, where it was not taken yet; returns how many were.

    A rung is a stretch of time, so a missed tick is made good by the next one; after a long silence only the rung
    that is reached now is taken, not those below it.
    """
    ladder, now = policy.in_force().terms.ladder, clock.now()
    uppers = (*ladder[1:], None)
    return sum(_climb(rung, upper, ladder, now=now) for rung, upper in zip(ladder, uppers, strict=True))


def _climb(rung: Rung, upper: Rung | None, ladder: Ladder, *, now: datetime) -> int:
    return sum(_taken(assignment, rung, ladder) for assignment in _waiting(_reached(rung, upper, now=now)))


def _reached(rung: Rung, upper: Rung | None, *, now: datetime) -> ReviewAssignmentQuerySet:
    """Open reviews on this rung for which it was not taken, in one question to the database."""
    reached = ReviewAssignment.objects.due_before(now - timedelta(days=rung.days))
    if upper:
        reached = reached.filter(due_at__gt=now - timedelta(days=upper.days))
    return reached.filter(~Exists(LadderStep.objects.filter(assignment=OuterRef("pk"), rung=rung.name)))


def _waiting(reached: ReviewAssignmentQuerySet) -> Iterator[ReviewAssignment]:
    """By key, so that each is seen once even where a step fails."""
    loaded = reached.select_related("revision").defer("revision__content", "revision__findings")
    last = 0
    while batch := list(loaded.filter(pk__gt=last).order_by("pk")[:BATCH]):
        yield from batch
        last = batch[-1].pk


def _taken(assignment: ReviewAssignment, rung: Rung, ladder: Ladder) -> bool:
    """One review in trouble holds up no other; it is tried again at the next tick."""
    try:
        return take(assignment, rung, ladder)
    except Exception:
        log.exception("The ladder could not take %s for assignment %s.", rung.name, assignment.pk)
        return False


@transaction.atomic
def take(assignment: ReviewAssignment, rung: Rung, ladder: Ladder) -> bool:
    """Do what this rung says, once: whoever comes second, or after the review has ended, does nothing."""
    article, assignment = assignments.lock(assignment)
    if not assignment.is_open or _is_taken(assignment, rung):
        return False
    until = absences.away_until(assignment.reviewer, on=clock.now().date())
    if rung.act == Act.REMIND and until:
        _instead_of_a_reminder(article, assignment, rung, ladder, away=f"away until {until:%-d %B %Y}")
    else:
        _write(article, assignment, rung, ACTS[Act(rung.act)](article, assignment, rung))
    return True


def _instead_of_a_reminder(
    article: Article, assignment: ReviewAssignment, rung: Rung, ladder: Ladder, *, away: str
) -> None:
    """Nobody is reminded on their days away: the deputy is asked early or, once it is late, the editors are told."""
    early = next((r for r in ladder if r.act == Act.DEPUTY and not _is_taken(assignment, r)), None)
    _write(article, assignment, rung, f"{assignment.reviewer.user.label} is {away} and was not reminded")
    if early:
        _write(article, assignment, early, _ask_deputy(article, assignment, early))
    elif assignment.due_at <= clock.now():
        _tell(article, assignment, rung, editors())


def _remind(article: Article, assignment: ReviewAssignment, rung: Rung) -> str:
    _tell(article, assignment, rung, _holder(assignment))
    return f"{assignment.reviewer.user.label} was reminded"


def _ask_deputy(article: Article, assignment: ReviewAssignment, rung: Rung) -> str:
    """To the deputy if they may read it; otherwise the reviewer is reminded and, when late, the editors are told."""
    deputy = assignment.reviewer.deputy
    refusal = "no deputy is named"
    if deputy is not None:
        refusal = _passed_on(assignment, deputy)
        if not refusal:
            return f"passed on to the deputy {deputy.user.label}"
    is_away = absences.away_until(assignment.reviewer, on=clock.now().date())
    told = [] if is_away else _holder(assignment)
    _tell(article, assignment, rung, [*told, *(editors() if is_away and assignment.due_at <= clock.now() else [])])
    return f"the deputy could not be asked: {refusal}"


def _tell_editors(article: Article, assignment: ReviewAssignment, rung: Rung) -> str:
    _tell(article, assignment, rung, [*_holder(assignment), *editors()])
    return "the editors were told"


def _reassign(article: Article, assignment: ReviewAssignment, rung: Rung) -> str:
    best = matching.best(article, recheck=assignment.recheck)
    refusal = _passed_on(assignment, best.member) if best else "nobody on the board is free to read it"
    if best and not refusal:
        return f"passed on to {best.member.user.label}, who fits best"
    _tell(article, assignment, rung, [*_holder(assignment), *editors()])
    return f"not passed on: {refusal}"


ACTS = {Act.REMIND: _remind, Act.DEPUTY: _ask_deputy, Act.EDITOR: _tell_editors, Act.REASSIGN: _reassign}


def _passed_on(assignment: ReviewAssignment, member: BoardMember) -> str:
    """Why it could not be, or nothing."""
    try:
        assignments.replace(
            assignment, member, by=None, reason=f"It was not decided in time, so {member.user} was asked."
        )
    except WorkflowError as refusal:
        return str(refusal)
    return ""


def _holder(assignment: ReviewAssignment) -> list[User]:
    return [] if assignment.reviewer.left_at else [assignment.reviewer.user]


def _tell(article: Article, assignment: ReviewAssignment, rung: Rung, people: list[User]) -> None:
    notify(
        Kind.REVIEW_OVERDUE if assignment.due_at <= clock.now() else Kind.REVIEW_DUE_SOON,
        people,
        event=f"reminder:{rung.name}:{assignment.pk}",
        article=article,
        assignment=assignment,
        due=assignment.due_at.isoformat(),
        reviewer=assignment.reviewer.user.label,
    )


def _is_taken(assignment: ReviewAssignment, rung: Rung) -> bool:
    return LadderStep.objects.filter(assignment=assignment, rung=rung.name).exists()


def _write(article: Article, assignment: ReviewAssignment, rung: Rung, outcome: str) -> None:
    step = LadderStep.objects.create(
        assignment=assignment,
        rung=rung.name,
        act=rung.act,
        reached_at=rung.reached_at(assignment.due_at),
        taken_at=clock.now(),
        outcome=outcome,
    )
    record(f"ladder.{rung.act}", by=None, about=article.about, row=step, assignment=assignment.pk, outcome=outcome)


# What comes next, for those who wait


@dataclass(frozen=True)
class NextStep:
    at: datetime
    words: str


def next_step(assignment: ReviewAssignment, ladder: Ladder) -> NextStep | None:
    """What the clock does next about this open review; no query where steps, absences and deputy are loaded."""
    now, taken = clock.now(), {step.rung for step in assignment.steps.all()}
    reached = [rung for rung in ladder if rung.reached_at(assignment.due_at) <= now]
    waiting = [rung for rung in ladder[len(reached) :] if rung.name not in taken]
    if reached and reached[-1].name not in taken:
        waiting.insert(0, reached[-1])
    if not waiting:
        return None
    rung = waiting[0]
    at = max(rung.reached_at(assignment.due_at), now)
    return NextStep(at, _words(assignment, rung, ladder, taken, at))


def _words(assignment: ReviewAssignment, rung: Rung, ladder: Ladder, taken: set[str], at: datetime) -> str:
    member = assignment.reviewer
    is_away = absences.away_until(member, on=at.date()) is not None
    has_early = any(r.act == Act.DEPUTY and r.name not in taken for r in ladder)
    act = Act.DEPUTY if rung.act == Act.REMIND and is_away and has_early else rung.act
    if act == Act.DEPUTY and member.deputy:
        return f"the deputy {member.deputy.user.label} is asked"
    if act in (Act.DEPUTY, Act.REMIND) and is_away:
        return ("the editors are told" if at >= assignment.due_at else "nobody is reminded") + f", as {AWAY_ALONE}"
    return {
        Act.REMIND: "a reminder is sent",
        Act.DEPUTY: "a further reminder is sent, as no deputy is named",
        Act.EDITOR: "the editors are told that it is late",
        Act.REASSIGN: "it is passed on to whoever fits best",
    }[Act(act)]
