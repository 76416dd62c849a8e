"""Opening the re-check of an approved text or of some of its claims, asking people to read it, and closing it."""

from collections.abc import Collection

from django.db import transaction

from articles import transitions
from articles.models import Article, Notice, Revision
from articles.states import State
from editorial import clock
from editorial.audit import record
from editorial.errors import Conflict, WorkflowError
from editorial.models import User
from reviews import assignments, matching, policy
from reviews.claims import claims_of
from reviews.kinds import Kind, RecheckOutcome, RecheckReason, Verdict
from reviews.models import BoardMember, Decision, ProblemReport, Recheck, ReviewAssignment
from reviews.notifications import editors, notify

TAKEN_DOWN = (State.WITHDRAWN, State.RETRACTED)


@transaction.atomic
def open_recheck(
    article: Article,
    *,
    by: User | None,
    reason: RecheckReason,
    words: str,
    claims: Collection[str] = (),
    notice: Notice | None = None,
    report: ProblemReport | None = None,
) -> Recheck:
    """Have the approved text read again: the claims of these identities or, without any, the whole of it.

    The text stays as it is meanwhile, and whoever fits best is invited at once. `by=None` is the system.

    Raises:
        PermissionDenied: `by` is not an editor free of other duties on this article.
        WorkflowError: no approved text stands, a claim is not one of its own, or nobody said why.
        Conflict: the whole text, or this notice or report, is being read again already.
    """
    article = Article.objects.lock(article.pk)
    if by is not None:
        assignments.check_editor(article, by=by)
    revision = _approved_text(article)
    wanted = _in_reading_order(revision, claims)
    if not words.strip():
        raise WorkflowError("Say why it has to be read again; the reviewers see it.")
    _refuse_twice(revision, whole=not wanted, notice=notice, report=report)
    why = {"reason": reason, "words": words.strip(), "notice": notice, "report": report}
    what = {"article": article, "revision": revision, "claims": wanted, "is_whole": not wanted}
    recheck = Recheck.objects.create(**what, **why, opened_at=clock.now(), opened_by=by)
    _record_opening(recheck, by=by)
    _tell_opened(article, recheck, invite_best(article, recheck))
    return recheck


def _record_opening(recheck: Recheck, *, by: User | None) -> None:
    claims, digest = len(recheck.claims), recheck.revision.digest
    about = recheck.article.about
    record(
        "recheck.opened", by=by, about=about, recheck=recheck.pk, reason=recheck.reason, claims=claims, digest=digest
    )


def invite_best(article: Article, recheck: Recheck) -> list[ReviewAssignment]:
    """Ask as many as are missing, best match first; fewer where the board has no more. The article must be locked."""
    missing = readers_missing(article, recheck)
    fitting = matching.candidates(article, recheck=recheck)[:missing] if missing else []
    return [assignments.ask_again(recheck, candidate.member, by=None) for candidate in fitting]


def readers_missing(article: Article, recheck: Recheck) -> int:
    """How many more have to be asked until its answers can settle it."""
    still_read = ReviewAssignment.objects.open().filter(recheck=recheck).count()
    if not recheck.is_whole:
        return max(0, 1 - still_read)
    rule = policy.in_force().rule(article.risk_id)
    counted = policy.counted(Decision.objects.filter(assignment__recheck=recheck), rule, digest=recheck.revision.digest)
    matched = sum(decision.specialty_matched for decision in counted)
    return max(0, max(rule.approvals - len(counted), rule.specialty_matched - matched) - still_read)


def invite(recheck: Recheck, member: BoardMember, *, by: User) -> ReviewAssignment:
    """An editor asks somebody of their choice.

    Raises:
        PermissionDenied, Conflict, WorkflowError: as for `assignments.ask_again`.
    """
    return assignments.ask_again(recheck, member, by=by)


def close(article: Article, recheck: Recheck, outcome: RecheckOutcome, *, by: User | None, reason: str) -> None:
    """It is settled: nobody has to read it any more. The article must be locked."""
    recheck.closed_at, recheck.outcome = clock.now(), outcome
    recheck.save(update_fields=["closed_at", "outcome"])
    record("recheck.closed", by=by, about=article.about, recheck=recheck.pk, outcome=outcome)
    mine = ReviewAssignment.objects.filter(recheck=recheck)
    assignments.close_these(article, mine, by=by, reason=reason)


def drop(article: Article, *, by: User | None, reason: str, notice: Notice | None = None) -> None:
    """Close what nobody needs any more: all on this article or, where one is given, that about one notice."""
    about = {"notice": notice} if notice else {}
    for recheck in Recheck.objects.open().filter(article=article, **about):
        close(article, recheck, RecheckOutcome.DROPPED, by=by, reason=reason)


def found_to_stand(notice: Notice) -> str:
    """What the reviewers wrote who found that the text stands, for the editor who settles this notice."""
    said = Decision.objects.filter(assignment__recheck__notice=notice, verdict=Verdict.APPROVE)
    lines = [f"{d.reviewer_label}, {d.profession}, on {d.decided_at:%-d %B %Y}: {d.reason}" for d in said]
    return "\n".join(lines)


def has_text_to_read(article: Article) -> bool:
    """An approved text stands, whatever lies over it."""
    return transitions.has_checked_text(article) and article.state not in TAKEN_DOWN


def is_read_as_a_whole(article: Article) -> bool:
    return Recheck.objects.open().of_whole_texts().filter(article=article).exists()


def _approved_text(article: Article) -> Revision:
    approval = article.approval
    if approval is None or not has_text_to_read(article):
        raise WorkflowError("Only an approved text can be read again. No approved text of this article stands.")
    return approval.revision


def _in_reading_order(revision: Revision, claims: Collection[str]) -> list[str]:
    known = [claim.identity for claim in claims_of(revision)] if claims else []
    if not set(claims) <= set(known):
        raise WorkflowError("The approved text has no such claim, so nothing was opened. Look up its claims again.")
    return list(dict.fromkeys(identity for identity in known if identity in claims))


def _refuse_twice(revision: Revision, *, whole: bool, notice: Notice | None, report: ProblemReport | None) -> None:
    if whole and Recheck.objects.open().of_whole_texts().filter(revision=revision).exists():
        raise Conflict("The whole text is being read again already; nothing was opened.")
    same = Recheck.objects.filter(article=revision.article_id)
    if (notice and same.filter(notice=notice).exists()) or (report and same.filter(report=report).exists()):
        raise Conflict("What this is about is being read again already; nothing was opened.")


def _tell_opened(article: Article, recheck: Recheck, asked: list[ReviewAssignment]) -> None:
    notify(
        Kind.RECHECK_OPENED,
        [article.author, *article.coauthors.all(), *editors()],
        event=f"recheck:{recheck.pk}",
        article=article,
        reason=recheck.get_reason_display(),
        scope=recheck.scope,
        reviewer=", ".join(assignment.reviewer.user.label for assignment in asked),
    )
