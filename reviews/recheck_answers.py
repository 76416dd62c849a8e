"""What a board member found on reading an approved text again, and everything that follows from it."""

from typing import Any

from django.db import transaction

from articles import transitions
from articles.models import Approval, Article
from articles.states import NoticeKind
from editorial.errors import WorkflowError
from editorial.models import AuditEntry, User
from reviews import decisions, policy, rechecks
from reviews.kinds import AGAIN, Kind, RecheckOutcome, Verdict
from reviews.models import Decision, Recheck, ReviewAssignment
from reviews.notifications import editors, notify

ANSWERS = (Verdict.APPROVE, Verdict.REQUEST_CHANGES, Verdict.UNSAFE)
CHOICES = [(verdict.value, AGAIN[verdict]) for verdict in ANSWERS]


@transaction.atomic
def answer(
    assignment: ReviewAssignment,
    verdict: str,
    *,
    by: User,
    digest: str,
    receipt: str,
    reason: str = "",
    confirmation: str = "",
) -> Decision:
    """Record what `by` found: it stands, it needs changes, or it is unsafe.

    That a part stands is settled by one word; the whole text is approved anew when the policy's quorum said so.

    Raises:
        PermissionDenied: `by` does not hold this assignment.
        Conflict: it has ended, the re-check is closed, or the text stands no longer.
        Incomplete: that it stands, before what has to be judged was judged.
        WorkflowError: no such answer, no words, or no proof of who says that it stands.
    """
    if verdict not in ANSWERS:
        raise WorkflowError("Say whether it stands, needs changes, or is unsafe.")
    recheck = Recheck.objects.filter(assignments=assignment).first()
    is_part = recheck is None or not recheck.is_whole
    if not reason.strip() and (is_part or verdict != Verdict.APPROVE):
        raise WorkflowError("Say in a few words what you found: the editors settle it with your words.")
    article, decision, entry = decisions.decide(
        assignment,
        Verdict(verdict),
        by=by,
        digest=digest,
        receipt=receipt,
        reason=reason,
        confirmation=confirmation,
        is_again=True,
    )
    follow = {Verdict.APPROVE: _stands, Verdict.REQUEST_CHANGES: _needs_changes, Verdict.UNSAFE: _is_unsafe}
    follow[Verdict(verdict)](article, Recheck.objects.get(assignments=assignment), decision, entry)
    return decision


def renew_if_met(article: Article, recheck: Recheck) -> Approval | None:
    """Approve the same digest anew once the policy's quorum has read it again. The article must be locked."""
    rules = policy.in_force()
    rule, digest = rules.rule(article.risk_id), recheck.revision.digest
    said = list(Decision.objects.filter(assignment__recheck=recheck).select_related("assignment__discipline"))
    if not recheck.is_open or decisions.open_unsafe(article) or not policy.quorum_met(said, rule, digest=digest):
        return None
    counted = policy.counted(said, rule, digest=digest)
    checked_at = counted[-1].decided_at
    approval = transitions.renew_approval(
        article,
        digest=digest,
        checked_by=[decisions.printed(d) for d in counted],
        checked_at=checked_at,
        term=policy.term(rule, version=rules.version, checked_at=checked_at),
    )
    rechecks.close(article, recheck, RecheckOutcome.STANDS, by=None, reason="Others have read it again already.")
    _tell(Kind.APPROVED, article, event=f"approved:{approval.pk}", check_due=approval.valid_until.isoformat())
    return approval


def _stands(article: Article, recheck: Recheck, decision: Decision, entry: AuditEntry) -> None:
    if recheck.is_whole:
        renew_if_met(article, recheck)
        return
    rechecks.close(article, recheck, RecheckOutcome.STANDS, by=None, reason="Somebody else has settled it.")
    _tell(Kind.RECHECK_STANDS, article, entry=entry, event=f"recheck_answer:{decision.pk}", **_said(recheck, decision))


def _needs_changes(article: Article, recheck: Recheck, decision: Decision, entry: AuditEntry) -> None:
    """The authors are asked for a new version; the approved text and what lies over it stay until then."""
    rechecks.close(
        article, recheck, RecheckOutcome.NEEDS_CHANGES, by=None, reason="Its authors were asked to change it."
    )
    _tell(Kind.RECHECK_CHANGES, article, entry=entry, event=f"recheck_answer:{decision.pk}", **_said(recheck, decision))


def _is_unsafe(article: Article, recheck: Recheck, decision: Decision, entry: AuditEntry) -> None:
    """Hidden at once, approved or not, until that is resolved in writing."""
    transitions.publish_notice(
        article,
        NoticeKind.UNSAFE,
        by=decision.reviewer.user,
        text=decisions.UNSAFE_TEXT,
        reason=decision.reason,
        concerns=recheck.revision,
    )
    rechecks.close(article, recheck, RecheckOutcome.UNSAFE, by=None, reason="A reviewer flagged the text as unsafe.")
    _tell(Kind.UNSAFE, article, entry=entry, event=f"unsafe:{decision.pk}", reason=decision.reason)


def _said(recheck: Recheck, decision: Decision) -> dict[str, str]:
    return {"scope": recheck.scope, "reviewer": decision.reviewer_label, "reason": decision.reason}


def _tell(kind: Kind, article: Article, *, event: str, entry: AuditEntry | None = None, **facts: Any) -> None:
    people = [article.author, *article.coauthors.all(), *editors()]
    notify(kind, people, event=event, article=article, entry=entry, **facts)
