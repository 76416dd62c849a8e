"""Quorum, validity and due times per risk class, from the versioned policy record."""

import calendar
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from articles.models import RiskClass
from articles.states import Risk
from articles.transitions import Term
from editorial import clock
from editorial.audit import record
from editorial.errors import WorkflowError
from editorial.models import User
from reviews.kinds import Verdict
from reviews.models import Decision, ReviewPolicy


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


# The defaults of the house: the higher the possible harm, the more eyes, the shorter the term.
DEFAULTS: dict[int, Rule] = {
    Risk.LOW: Rule(1, 0, True, 36, None, None, 21, claim_sample=30),
    Risk.MEDIUM: Rule(1, 1, True, 24, None, None, 14),
    Risk.HIGH: Rule(2, 1, False, 12, None, 30, 10),
    Risk.CRITICAL: Rule(2, 2, False, 6, 30, 14, 5),
}


@dataclass(frozen=True)
class Terms:
    """What holds for the board as a whole, whatever the risk class."""

    interest_months: int = 12  # how long a declaration of interests is valid
    look_back_months: int = 36  # how far back it reaches


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
    rules = {int(risk): Rule(**rule) for risk, rule in version.rules.items()}
    return Policy(version.version, rules, Terms(**version.terms))


@transaction.atomic
def lay_down(rules: Mapping[int, Rule], *, by: User | None, note: str, terms: Terms | None = None) -> ReviewPolicy:
    """Put a new version in force at once, and tell the articles what may be public before approval.

    Without `terms` those of the version before stay.

    Raises:
        PermissionDenied: `by` is not a responsible editor; `None` stands for the house's own defaults.
        WorkflowError: a rule that cannot be met or that would show critical text unchecked.
    """
    if by is not None and not (by.is_active and by.is_responsible_editor):
        raise PermissionDenied("Only the responsible editor can lay down a policy.")
    _refuse_nonsense(rules)
    newest = ReviewPolicy.objects.first()
    terms = terms or (stored(newest).terms if newest else Terms())
    _refuse_nonsense_terms(terms)
    policy = ReviewPolicy.objects.create(
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
    return len(approvals) >= needed and matched >= rule.specialty_matched


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
    return [{"risk": Risk(risk), **asdict(rule)} for risk, rule in sorted(policy.rules.items())]


def _refuse_nonsense(rules: Mapping[int, Rule]) -> None:
    if set(rules) != set(Risk.values):
        raise WorkflowError("A policy needs a rule for each of the four risk classes.")
    for risk, rule in rules.items():
        if rule.approvals < 1 or rule.valid_months < 1 or rule.due_days < 1:
            raise WorkflowError(f"Risk {risk}: approvals, validity and due time must each be at least 1.")
        if rule.specialty_matched > rule.approvals:
            raise WorkflowError(f"Risk {risk}: more specialty-matched approvals than approvals cannot be met.")
        if risk >= Risk.HIGH and rule.public_before_approval:
            raise WorkflowError(f"Risk {risk}: text of this class is never public before it is approved.")
        if not (1 <= rule.claim_sample <= 100 and 1 <= rule.confirm_within_minutes <= 60):
            raise WorkflowError(f"Risk {risk}: judge 1 to 100 % of the claims, and confirm within 1 to 60 minutes.")


def _refuse_nonsense_terms(terms: Terms) -> None:
    if terms.interest_months < 1 or terms.look_back_months < 1:
        raise WorkflowError("A declaration of interests must be valid for, and look back over, at least one month.")
