"""Quorum, validity and due times per risk class, from the versioned policy record."""

import calendar
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from articles.models import RiskClass, Topic
from articles.states import Risk
from articles.transitions import Term
from editorial import clock
from editorial.audit import record
from editorial.errors import Conflict, WorkflowError
from editorial.models import User
from reviews.kinds import Act, Verdict
from reviews.models import Decision, ReviewPolicy

MOST_RUNGS = 10


@dataclass(frozen=True)
class Rule:
    """What the house asks for one risk class."""

    approvals: int
    specialty_matched: int  # how many of the approvals must come from the topic's own specialty
    public_before_approval: bool
    valid_months: int
    window_days: int | None  # approvals must lie within this many days of each other
    grace_days: int | None  # how long a text stays up after its check date; None: it stays, with its caution
    due_days: int  # how long a reviewer is given
    claim_sample: int = 100  # percent of the claims that must be judged where no AI system had a part in the text
    confirm_within_minutes: int = 15  # how long a reviewer's proof of identity is good for an approval
    disciplines: tuple[str, ...] = ()  # slugs of topics: each must have been judged by one of the counted approvals


# The defaults of the house: the higher the possible harm, the more eyes, the shorter the term.
DEFAULTS: dict[int, Rule] = {
    Risk.LOW: Rule(1, 0, True, 36, None, None, 21, claim_sample=30),
    Risk.MEDIUM: Rule(1, 1, True, 24, None, None, 14),
    Risk.HIGH: Rule(2, 1, False, 12, None, 30, 10),
    Risk.CRITICAL: Rule(2, 2, False, 6, 30, 14, 5),
}


@dataclass(frozen=True)
class Rung:
    """What is done when a review is still open so many days after its due date (before it: less than zero)."""

    name: str
    days: int
    act: str

    def reached_at(self, due: datetime) -> datetime:
        return due + timedelta(days=self.days)


def rung(days: int, act: str) -> Rung:
    """Named by what it says, so that it stays the same rung when another policy keeps it."""
    return Rung(f"{act}{days:+d}", days, act)


LADDER = (rung(-2, Act.REMIND), rung(0, Act.REMIND), rung(3, Act.DEPUTY), rung(5, Act.EDITOR), rung(7, Act.REASSIGN))


@dataclass(frozen=True)
class Terms:
    """What holds for the board as a whole, whatever the risk class."""

    interest_months: int = 12  # how long a declaration of interests is valid
    look_back_months: int = 36  # how far back it reaches
    recheck_days: int = 60  # so long before its check is due, an approved text is given to be read again
    ladder: tuple[Rung, ...] = LADDER  # what happens, one after another, while a review stays undone


@dataclass(frozen=True)
class Policy:
    version: int
    rules: Mapping[int, Rule]
    terms: Terms = Terms()

    def rule(self, risk: int) -> Rule:
        return self.rules[risk]


def in_force() -> Policy:
    """The newest version; laying one down puts it in force."""
    latest = ReviewPolicy.objects.first()
    if latest is None:
        raise WorkflowError("No review policy is in force. Run `manage.py migrate`, which lays down the defaults.")
    return stored(latest)


def stored(version: ReviewPolicy) -> Policy:
    """A version as it was laid down; what older ones did not know yet has its default."""
    rules = {int(risk): _rule(said) for risk, said in version.rules.items()}
    terms = dict(version.terms)
    if "ladder" in terms:
        terms["ladder"] = tuple(Rung(**said) for said in terms["ladder"])
    return Policy(version.version, rules, Terms(**terms))


def _rule(said: Mapping[str, Any]) -> Rule:
    return Rule(**{**said, "disciplines": tuple(said.get("disciplines", ()))})


@transaction.atomic
def lay_down(rules: Mapping[int, Rule], *, by: User | None, note: str, terms: Terms | None = None) -> ReviewPolicy:
    """Put a new version in force at once, and tell the articles what may be public before approval.

    Without `terms` those of the version before stay.

    Raises:
        PermissionDenied: `by` is not a responsible editor; `None` stands for the house's own defaults.
        WorkflowError: a rule that cannot be met or that would show critical text unchecked.
        Conflict: somebody else laid one down at the same moment.
    """
    if by is not None and not (by.is_active and by.is_responsible_editor):
        raise PermissionDenied("Only the responsible editor can lay down a policy.")
    _refuse_nonsense(rules)
    _refuse_unknown_disciplines(rules)
    newest = ReviewPolicy.objects.first()
    terms = terms or (stored(newest).terms if newest else Terms())
    _refuse_nonsense_terms(terms)
    policy = _new_version(
        version=(newest.version if newest else 0) + 1,
        in_force_from=clock.now(),
        rules={str(int(risk)): asdict(rule) for risk, rule in rules.items()},
        terms=asdict(terms),
        note=note,
        laid_down_by=by.label if by else "the house's defaults",
    )
    record("policy.laid_down", by=by, about=f"policy:{policy.version}", row=policy)
    for risk, rule in rules.items():
        RiskClass.objects.update_or_create(
            pk=risk, defaults={"public_before_approval": rule.public_before_approval, "grace_days": rule.grace_days}
        )
    return policy


def _new_version(**columns: Any) -> ReviewPolicy:
    """Two at the same instant want the same number; the database gives it to one."""
    try:
        with transaction.atomic():
            return ReviewPolicy.objects.create(**columns)
    except IntegrityError as taken:
        raise Conflict(
            "Somebody else laid down a policy at this moment, so nothing was changed. Read theirs, then try again."
        ) from taken


def counted(decisions: Iterable[Decision], rule: Rule, *, digest: str) -> list[Decision]:
    """The approvals of exactly `digest` that stand together: one per person, within the rule's window."""
    approvals = {d.reviewer_id: d for d in decisions if d.verdict == Verdict.APPROVE and d.digest == digest}
    inside = sorted(approvals.values(), key=lambda d: (d.decided_at, d.pk))
    if rule.window_days is not None and inside:
        first = inside[-1].decided_at - timedelta(days=rule.window_days)
        inside = [d for d in inside if d.decided_at >= first]
    return inside


def quorum_met(decisions: Iterable[Decision], rule: Rule, *, digest: str) -> bool:
    """Enough approvals of this digest, enough of them from the topic's specialty, and no unanswered dissent."""
    decisions = [d for d in decisions if d.digest == digest]
    approvals = counted(decisions, rule, digest=digest)
    matched = sum(d.specialty_matched for d in approvals)
    against = len({d.reviewer_id for d in decisions if d.verdict != Verdict.APPROVE})
    # A dissent is outvoted only by one approval more than the rule would otherwise ask, never by a tie.
    needed = max(rule.approvals, against + 1)
    is_enough = len(approvals) >= needed and matched >= rule.specialty_matched
    return is_enough and not missing_disciplines(approvals, rule)


def missing_disciplines(approvals: Iterable[Decision], rule: Rule) -> list[str]:
    """Disciplines the rule names and none of these approvals was asked to judge."""
    if not rule.disciplines:
        return []
    judged = {decision.assignment.discipline.slug for decision in approvals}
    return [slug for slug in rule.disciplines if slug not in judged]


def is_split(decisions: Iterable[Decision], *, digest: str) -> bool:
    """Some approve this digest and some do not."""
    verdicts = {d.verdict == Verdict.APPROVE for d in decisions if d.digest == digest}
    return verdicts == {True, False}


def term(rule: Rule, *, version: int, checked_at: datetime) -> Term:
    """How long an approval given now is worth."""
    valid_until = add_months(checked_at, rule.valid_months)
    hidden_after = valid_until + timedelta(days=rule.grace_days) if rule.grace_days is not None else None
    return Term(valid_until, hidden_after, version)


def due_at(rule: Rule, *, asked_at: datetime) -> datetime:
    return asked_at + timedelta(days=rule.due_days)


def add_months(moment: datetime, months: int) -> datetime:
    """The same day `months` later, or that month's last day where there is no such day."""
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)


def described(policy: Policy) -> list[dict[str, Any]]:
    """The policy as rows for the public page that is generated from it."""
    slugs = {slug for rule in policy.rules.values() for slug in rule.disciplines}
    names = dict(Topic.objects.filter(slug__in=slugs).values_list("slug", "name")) if slugs else {}
    return [
        {
            "risk": Risk(risk),
            **asdict(rule),
            "disciplines": [names.get(slug, slug) for slug in rule.disciplines],
        }
        for risk, rule in sorted(policy.rules.items())
    ]


def silence(terms: Terms) -> list[str]:
    """The ladder in words, one sentence a rung."""
    what = {
        Act.REMIND: _("the reviewer is reminded"),
        Act.DEPUTY: _("the reviewer’s deputy is asked"),
        Act.EDITOR: _("the editors are told"),
        Act.REASSIGN: _("it is passed on to whoever fits best"),
    }
    said = _("{when} {what}.")
    return [said.format(when=_when(rung.days), what=what[Act(rung.act)]) for rung in terms.ladder]


def _when(days: int) -> str:
    if days == 0:
        return _("On the due date")
    if days < 0:
        return ngettext("{n} day before the due date", "{n} days before the due date", -days).format(n=-days)
    return ngettext("{n} day after the due date", "{n} days after the due date", days).format(n=days)


def _refuse_nonsense(rules: Mapping[int, Rule]) -> None:
    if set(rules) != set(Risk.values):
        raise WorkflowError("A policy needs a rule for each of the four risk classes.")
    for risk, rule in rules.items():
        if rule.approvals < 1 or rule.valid_months < 1 or rule.due_days < 1:
            raise WorkflowError(f"Risk {risk}: approvals, validity and due time must each be at least 1.")
        if rule.specialty_matched > rule.approvals:
            raise WorkflowError(f"Risk {risk}: more specialty-matched approvals than approvals cannot be met.")
        if len(rule.disciplines) > rule.approvals:
            raise WorkflowError(f"Risk {risk}: each approval covers one discipline, so there are too many of them.")
        if risk >= Risk.HIGH and rule.public_before_approval:
            raise WorkflowError(f"Risk {risk}: text of this class is never public before it is approved.")
        if not (1 <= rule.claim_sample <= 100 and 1 <= rule.confirm_within_minutes <= 60):
            raise WorkflowError(f"Risk {risk}: judge 1 to 100 % of the claims, and confirm within 1 to 60 minutes.")


def _refuse_nonsense_terms(terms: Terms) -> None:
    if terms.interest_months < 1 or terms.look_back_months < 1:
        raise WorkflowError("A declaration of interests must be valid for, and look back over, at least one month.")
    if not 1 <= terms.recheck_days <= 180:
        raise WorkflowError("An approved text is read again from 1 to 180 days before its check is due.")
    days = [rung.days for rung in terms.ladder]
    if not days or days != sorted(set(days)) or any(rung.act not in Act.values for rung in terms.ladder):
        raise WorkflowError("The ladder needs at least one rung, each on a day of its own, in the order of the days.")
    if len(days) > MOST_RUNGS or min(days) < -90 or max(days) > 365:
        raise WorkflowError(
            f"The ladder has {MOST_RUNGS} rungs at most, from 90 days before the due date to 365 days after it."
        )


def _refuse_unknown_disciplines(rules: Mapping[int, Rule]) -> None:
    asked = {slug for rule in rules.values() for slug in rule.disciplines}
    known = set(Topic.objects.filter(slug__in=asked).values_list("slug", flat=True))
    if unknown := sorted(asked - known):
        raise WorkflowError(f"There is no topic “{unknown[0]}”, so nobody could judge it. Choose one from the list.")
