"""What a board member decides about exactly one digest, and everything that follows, readable top to bottom."""

from datetime import timedelta
from typing import Any

from django.db import transaction

from articles import transitions
from articles.models import Article, Notice
from articles.states import NoticeKind, State
from editorial import clock
from editorial.audit import record
from editorial.errors import WorkflowError
from editorial.models import AuditEntry, User
from reviews import (
    assignments,
    checklist,
    claims,
    comments,
    completeness,
    interests,
    matching,
    policy,
    reading,
    receipts,
    rechecks,
    threads,
)
from reviews.confirmation import method_of
from reviews.kinds import Ending, Kind, Verdict
from reviews.models import BoardMember, Decision, Release, ReviewAssignment
from reviews.notifications import editors, notify

UNSAFE_TEXT = "A reviewer found that following this text could harm someone. It stays hidden until that is resolved."


@transaction.atomic
def approve(
    assignment: ReviewAssignment, *, by: User, digest: str, receipt: str, confirmation: str, note: str = ""
) -> Decision:
    """Record an approval of exactly `digest`; the one that completes a released quorum approves the article.

    Raises:
        PermissionDenied: `by` does not hold this assignment.
        Conflict: it has ended, or the text has moved on since it was served.
        Incomplete: claims or checklist are not done, or one of them speaks against the text.
        WorkflowError: `confirmation` does not prove that `by` just meant this digest.
    """
    article, decision, entry = decide(
        assignment, Verdict.APPROVE, by=by, digest=digest, receipt=receipt, reason=note, confirmation=confirmation
    )
    if complete_if_ready(article):
        return decision
    _tell_editors_what_is_missing(article, decision, entry)
    return decision


@transaction.atomic
def request_changes(assignment: ReviewAssignment, *, by: User, digest: str, receipt: str, reason: str) -> Decision:
    """Ask for changes: the text goes back to its authors, unless an approval stands against it."""
    return _decide_against(assignment, Verdict.REQUEST_CHANGES, by=by, digest=digest, receipt=receipt, reason=reason)


@transaction.atomic
def reject(assignment: ReviewAssignment, *, by: User, digest: str, receipt: str, reason: str) -> Decision:
    """Reject this revision for good, unless an approval stands against it."""
    return _decide_against(assignment, Verdict.REJECT, by=by, digest=digest, receipt=receipt, reason=reason)


@transaction.atomic
def flag_unsafe(assignment: ReviewAssignment, *, by: User, digest: str, receipt: str, reason: str) -> Decision:
    """Following this text could hurt someone: it is hidden at once and nothing is approved until that is resolved."""
    article, decision, entry = decide(assignment, Verdict.UNSAFE, by=by, digest=digest, receipt=receipt, reason=reason)
    transitions.publish_notice(article, NoticeKind.UNSAFE, by=by, text=UNSAFE_TEXT, reason=decision.reason)
    assignments.close_all(article, by=by, reason="A reviewer flagged the text as unsafe.")
    transitions.request_changes(article, by=by, people=[assignments.printed(decision.reviewer)])
    notify(
        Kind.UNSAFE,
        [*editors(), article.author, *article.coauthors.all()],
        event=f"unsafe:{decision.pk}",
        article=article,
        entry=entry,
        reason=decision.reason,
    )
    return decision


def complete_if_ready(article: Article) -> bool:
    """Approve the newest revision if its quorum is met, nobody's *unsafe* is open, and an editor released it.

    Only the system can approve, and only here; the article must be locked.
    """
    revision: Any = article.latest_revision
    release = Release.objects.filter(revision=revision).select_related("by").first()
    rules = policy.in_force()
    rule = rules.rule(article.risk_id)
    decisions = list(Decision.objects.filter(revision=revision).select_related("assignment__discipline"))
    if article.state != State.UNDER_REVIEW or release is None or release.digest != revision.digest:
        return False
    if open_unsafe(article) or not policy.quorum_met(decisions, rule, digest=revision.digest):
        return False
    counted = policy.counted(decisions, rule, digest=revision.digest)
    # The date readers are told is the day somebody read the text, not the day it was released.
    checked_at = counted[-1].decided_at
    approval = transitions.record_approval(
        article,
        digest=revision.digest,
        checked_by=[printed(d) for d in counted],
        checked_at=checked_at,
        released_by=release.by_label,
        term=policy.term(rule, version=rules.version, checked_at=checked_at),
    )
    assignments.close_all(article, by=None, reason="The text was approved by others.")
    rechecks.drop(article, by=None, reason="A newer version was approved.")
    notify(
        Kind.APPROVED,
        [article.author, *article.coauthors.all(), *editors()],
        event=f"approved:{approval.pk}",
        article=article,
        digest=revision.digest,
        check_due=approval.valid_until.isoformat(),
    )
    return True


def open_unsafe(article: Article) -> list[Notice]:
    """Flags that nobody has resolved in writing yet."""
    return list(article.notices.filter(kind=NoticeKind.UNSAFE, resolution=None))


def _decide_against(
    assignment: ReviewAssignment, verdict: Verdict, *, by: User, digest: str, receipt: str, reason: str
) -> Decision:
    article, decision, entry = decide(assignment, verdict, by=by, digest=digest, receipt=receipt, reason=reason)
    decisions = list(Decision.objects.filter(revision=decision.revision_id))
    approvals = sum(d.verdict == Verdict.APPROVE for d in decisions)
    if approvals and approvals >= len(decisions) - approvals:
        _tell_editors_what_is_missing(article, decision, entry)
        return decision
    assignments.close_all(article, by=by, reason="The text goes back to its authors.")
    move = transitions.reject if verdict == Verdict.REJECT else transitions.request_changes
    move(article, by=by, people=[assignments.printed(decision.reviewer)])
    notify(
        Kind.REJECTED if verdict == Verdict.REJECT else Kind.CHANGES_REQUESTED,
        [article.author, *article.coauthors.all(), *editors()],
        event=f"decided:{decision.pk}",
        article=article,
        entry=entry,
        reason=decision.reason,
    )
    return decision


def decide(
    assignment: ReviewAssignment,
    verdict: Verdict,
    *,
    by: User,
    digest: str,
    receipt: str,
    reason: str,
    confirmation: str = "",
    is_again: bool = False,
) -> tuple[Article, Decision, AuditEntry]:
    """Lock, judge, write: one decision per assignment, whoever comes second is told so.

    `is_again`: it is about an approved text that is read again. For `recheck_answers`, not for a door.
    """
    article, assignment = reading.lock(assignment, by=by, digest=digest)
    if is_again != (assignment.recheck_id is not None):
        raise WorkflowError("This reading is of another kind, so nothing was recorded. Open it from My reviews.")
    opened_at = receipts.opened_at(receipt, assignment=assignment, by=by, digest=digest)
    rule = policy.in_force().rule(article.risk_id)
    read = completeness.reading_of(assignment, rule=rule)
    confirmed_by = ""
    if verdict == Verdict.APPROVE:
        confirmed_by = _check_may_approve(read, confirmation, by=by, digest=digest, rule=rule)
    elif not reason.strip():
        raise WorkflowError("Give your reasons: the authors can only mend what they are told about.")
    decision = Decision.objects.create(
        digest=digest,
        verdict=verdict,
        reason=reason.strip(),
        opened_at=opened_at,
        decided_at=clock.now(),
        confirmed_by=confirmed_by,
        **_what_was_read(assignment, read),
        **_in_the_name_of(assignment.reviewer, assignment),
    )
    entry = _recorded(article, decision, by=by)
    threads.open_from(decision, read.claims, by=by)
    comments.travel(decision, by=by)
    return article, decision, entry


def _what_was_read(assignment: ReviewAssignment, read: completeness.Reading) -> dict[str, Any]:
    return {
        "assignment": assignment,
        "revision": assignment.revision,
        "claims": claims.frozen(read.claims, read.verdicts),
        "checklist": checklist.frozen(read.answers.values()),
    }


def _in_the_name_of(member: BoardMember, assignment: ReviewAssignment) -> dict[str, Any]:
    """Who decides, as they are known now."""
    return {
        "reviewer": member,
        "reviewer_label": member.user.label,
        "profession": member.profession,
        "interests": interests.frozen(assignment),
        "specialty_matched": matching.is_specialist(member, assignment.revision),
    }


def _recorded(article: Article, decision: Decision, *, by: User) -> AuditEntry:
    """On the chain; the assignment is over, and the reviewer gets the record number."""
    entry = record(f"decision.{decision.verdict}", by=by, about=article.about, row=decision, digest=decision.digest)
    assignments.end(article, decision.assignment, Ending.DECIDED, by=by)
    notify(
        Kind.DECISION_RECORDED,
        [by],
        event=f"recorded:{decision.pk}",
        article=article,
        assignment=decision.assignment,
        entry=entry,
        verdict=str(Verdict(decision.verdict).label),
        digest=decision.digest,
    )
    return entry


def _check_may_approve(
    read: completeness.Reading, confirmation: str, *, by: User, digest: str, rule: policy.Rule
) -> str:
    """How the approver confirmed who they are, once there is nothing left to do first."""
    if read.missing:
        raise completeness.Incomplete(read.missing)
    within = timedelta(minutes=rule.confirm_within_minutes)
    return method_of(confirmation, by=by, digest=digest, within=within)


def _tell_editors_what_is_missing(article: Article, decision: Decision, entry: AuditEntry) -> None:
    """After a decision that did not settle it: release is waiting, reviewers disagree, or more eyes are needed."""
    revision: Any = article.latest_revision
    decisions = list(Decision.objects.filter(revision=revision))
    rule = policy.in_force().rule(article.risk_id)
    if policy.quorum_met(decisions, rule, digest=revision.digest):
        kind = Kind.READY_FOR_RELEASE
    else:
        assignments.find_third(article, entry=entry)
        return
    notify(kind, editors(), event=f"{kind}:{decision.pk}", article=article, entry=entry)


def printed(decision: Decision) -> dict[str, Any]:
    return {
        "name": decision.reviewer_label,
        "profession": decision.profession,
        "discipline": decision.assignment.discipline.name,
        "decided_at": decision.decided_at.isoformat(),
        "decision": f"{decision.pk}",
        "specialty_matched": decision.specialty_matched,
        "interests": decision.interests,
    }
