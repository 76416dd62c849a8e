"""The table of allowed moves, and one function per move: nothing else assigns `Article.state`.

Every function here expects the article locked by `Article.objects.lock` inside the caller's transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from articles import passages, search
from articles.models import Approval, Article, Move, Notice, Revision
from articles.notice_fields import FIELDS, checked
from articles.seals import is_intact, is_proven, seal_of
from articles.states import PIPELINE, NoticeKind, State
from editorial import clock
from editorial.attribution import not_an_edit
from editorial.audit import record
from editorial.errors import Conflict, WorkflowError
from editorial.models import User

Details = Mapping[str, Any]

ALLOWED = {
    State.DRAFT: {State.SUBMITTED},
    State.SUBMITTED: {State.UNDER_REVIEW, State.WITHDRAWN, State.RETRACTED},
    State.UNDER_REVIEW: {
        State.CHANGES_REQUESTED,
        State.REJECTED,
        State.APPROVED,
        State.WITHDRAWN,
        State.RETRACTED,
    },
    State.CHANGES_REQUESTED: {State.SUBMITTED, State.WITHDRAWN, State.RETRACTED},
    State.APPROVED: {State.SUBMITTED, State.WITHDRAWN, State.RETRACTED},
    State.REJECTED: {State.SUBMITTED, State.WITHDRAWN, State.RETRACTED},
    State.WITHDRAWN: {State.SUBMITTED},
    State.RETRACTED: set(),
}

WHY_NOT = {
    State.DRAFT: "It is a draft that was never submitted. Submit it first.",
    State.SUBMITTED: "Its newest revision waits for an editor. Wait for the assignment, or withdraw it first.",
    State.UNDER_REVIEW: "Its newest revision is being read. Wait for the decision, or withdraw it first.",
    State.CHANGES_REQUESTED: "Its reviewers asked for changes. A new revision has to be submitted first.",
    State.APPROVED: "Its newest revision is approved already.",
    State.REJECTED: "Its newest revision was not accepted. Only a new revision can go on.",
    State.WITHDRAWN: "It was withdrawn. Only a new revision, newly reviewed, brings it back.",
    State.RETRACTED: "It was retracted, and nothing leads out of that.",
}

CLASS_RAISED_TEXT = (
    "This text has to be checked more strictly than it was. Its check does not count any more until health"
    " professionals have read it again."
)

KEPT_WHEN_CARRIED = (
    *("checked_at", "valid_until", "hidden_after", "checked_by", "released_by"),
    *("risk", "policy_version"),
)

# Copies of what the newest revision and the standing approval say, where an index can sort by them.
KEPT_FOR_THE_QUEUE = ("submitted_at", "check_due_at")


@dataclass(frozen=True)
class Term:
    """What the policy in force says an approval is worth."""

    valid_until: datetime
    hidden_after: datetime | None
    policy_version: int


def record_submission(article: Article, revision: Revision, *, by: User) -> Move:
    """Draft, changes requested, approved, rejected or withdrawn → submitted, with a new frozen revision."""
    article.latest_revision = revision
    article.submitted_at = revision.submitted_at
    return _move(article, State.SUBMITTED, by=by, revision=revision, reason=revision.change_note)


def start_review(article: Article, *, by: User, people: Sequence[dict[str, str]]) -> Move:
    """Submitted → under review: named people have been asked to read the newest revision."""
    return _move(article, State.UNDER_REVIEW, by=by, people=people)


def request_changes(article: Article, *, by: User, people: Sequence[dict[str, str]] = ()) -> Move:
    return _move(article, State.CHANGES_REQUESTED, by=by, people=people)


def reject(article: Article, *, by: User, people: Sequence[dict[str, str]] = ()) -> Move:
    return _move(article, State.REJECTED, by=by, people=people)


def record_approval(
    article: Article,
    *,
    digest: str,
    checked_by: list[dict[str, Any]],
    checked_at: datetime,
    released_by: str,
    term: Term,
) -> Approval:
    """Under review → approved: write the sealed approval of exactly `digest`. Only a completed quorum calls this.

    `checked_at` is when the last of the quorum decided, however much later an editor released the text.

    Raises:
        Conflict: the newest revision is not the one that was checked, or its stored text was tampered with.
    """
    revision = article.latest_revision
    if revision is None or revision.digest != digest or not is_intact(revision):
        raise Conflict("The text has moved on since it was checked, so nothing was approved. Open the newest revision.")
    approval = _sealed_approval(
        revision,
        checked_by=checked_by,
        checked_at=checked_at,
        released_by=released_by,
        risk=article.risk_id,
        term=term,
    )
    record("article.approved", by=None, about=article.about, row=approval, digest=digest)
    passages.note(revision)
    article.approval = approval
    article.check_due_at = approval.valid_until
    _move(article, State.APPROVED, by=None, people=checked_by)
    settle_raised_class(article, by=None, reason="A newer version was approved.")
    return approval


def renew_approval(
    article: Article, *, digest: str, checked_by: list[dict[str, Any]], checked_at: datetime, term: Term
) -> Approval:
    """A quorum has read the approved text again, unchanged: a new round of its approval, with a new date.

    Only a completed re-check calls this. The state stays what it is: the text and its release are the same.

    Raises:
        Conflict: it is not the text that stands approved, or its stored words were tampered with.
    """
    before = article.approval
    if before is None or not has_checked_text(article) or article.state in (State.WITHDRAWN, State.RETRACTED):
        raise Conflict("No approved text of this article stands, so nothing was approved.")
    if before.digest != digest or not is_proven(before):
        raise Conflict("The text has moved on since it was checked, so nothing was approved. Open the newest revision.")
    approval = _sealed_approval(
        before.revision,
        checked_by=checked_by,
        checked_at=checked_at,
        released_by=before.released_by,
        risk=article.risk_id,
        term=term,
    )
    record("article.approval_renewed", by=None, about=article.about, row=approval, digest=digest)
    article.approval, article.check_due_at, article.updated_at = approval, approval.valid_until, clock.now()
    _store(article, "approval", "check_due_at", "updated_at")
    settle_raised_class(article, by=None, reason="It was read again for its class.")
    return approval


def carry_approval(article: Article, revision: Revision, *, typing: dict[str, str], by: User) -> Approval:
    """The approval that stands goes over to `revision`, in which nothing but the typing differs from what was read.

    Who checked, when, and until when that is good for stay what they are. Only a signed typing correction calls this.

    Raises:
        Conflict: no approval stands, or it is not one of the newest text.
    """
    before = article.approval
    if before is None or article.state != State.APPROVED or article.latest_revision_id != before.revision_id:
        raise Conflict("No approval of the newest text stands, so nothing was corrected. Reload the page.")
    approval = Approval(
        revision=revision,
        number=1,
        digest=revision.digest,
        read=before.of_quorum,
        typing=[*before.typing, typing],
        **{name: getattr(before, name) for name in KEPT_WHEN_CARRIED},
    )
    approval.seal = seal_of(approval)
    approval.save(force_insert=True)
    record(
        "article.approval_carried",
        by=by,
        about=article.about,
        row=approval,
        digest=revision.digest,
        read_digest=approval.of_quorum.digest,
    )
    passages.note(revision)
    article.approval, article.latest_revision, article.submitted_at = approval, revision, revision.submitted_at
    _store(article, "approval", "latest_revision", "submitted_at")
    return approval


def _sealed_approval(
    revision: Revision,
    *,
    checked_by: list[dict[str, Any]],
    checked_at: datetime,
    released_by: str,
    risk: int,
    term: Term,
) -> Approval:
    approval = Approval(
        revision=revision,
        number=revision.approvals.count() + 1,
        digest=revision.digest,
        checked_at=checked_at,
        valid_until=term.valid_until,
        hidden_after=term.hidden_after,
        checked_by=checked_by,
        released_by=released_by,
        risk=risk,
        policy_version=term.policy_version,
    )
    approval.seal = seal_of(approval)
    approval.save(force_insert=True)
    return approval


def note_raised_class(article: Article) -> Notice | None:
    """The approved text belongs to a stricter class now: its check is due at once, whatever its date was."""
    if article.approval is None or article.risk_id <= article.approval.risk or _raised_classes(article):
        return None
    article.check_due_at = clock.now()
    _store(article, "check_due_at")
    return publish_notice(
        article, NoticeKind.CLASS_RAISED, by=None, text=CLASS_RAISED_TEXT, concerns=article.approval.revision
    )


def settle_raised_class(article: Article, *, by: User | None, reason: str) -> list[Notice]:
    """The text was read again for its class, replaced, or put back into the class it was checked for."""
    settled = _raised_classes(article)
    for notice in settled:
        publish_notice(article, NoticeKind.RESOLUTION, by=by, text=reason, reason=reason, resolves=notice)
    if settled and article.approval:
        article.check_due_at = article.approval.valid_until
        _store(article, "check_due_at")
    return settled


def _raised_classes(article: Article) -> list[Notice]:
    return list(article.notices.filter(kind=NoticeKind.CLASS_RAISED, resolution=None))


def withdraw(article: Article, *, by: User, text: str, reason: str, details: Details) -> Notice:
    """Anything submitted → withdrawn: the text is gone, and every approval up to now with it."""
    notice = publish_notice(article, NoticeKind.WITHDRAWAL, by=by, text=text, reason=reason, details=details)
    _move(article, State.WITHDRAWN, by=by, reason=reason)
    return notice


def retract(article: Article, *, by: User, text: str, reason: str, details: Details) -> Notice:
    """Once approved → retracted: the text stays for the record, under its notice, for good."""
    if not has_checked_text(article):
        raise WorkflowError("Only a text that was approved can be retracted. Withdraw this one instead.")
    notice = publish_notice(article, NoticeKind.RETRACTION, by=by, text=text, reason=reason, details=details)
    _move(article, State.RETRACTED, by=by, reason=reason)
    return notice


def has_checked_text(article: Article) -> bool:
    """Was approved, and no withdrawal has taken that back since."""
    if article.approval is None:
        return False
    withdrawn = article.notices.filter(kind=NoticeKind.WITHDRAWAL)
    return not withdrawn.filter(revision__number__gte=article.approval.revision.number).exists()


def publish_notice(
    article: Article,
    kind: NoticeKind,
    *,
    by: User | None,
    text: str,
    reason: str = "",
    resolves: Notice | None = None,
    concerns: Revision | None = None,
    details: Details | None = None,
) -> Notice:
    """Add a notice to the article's record; standing takes it from there.

    Raises:
        NoticeIncomplete: what its kind has to say is missing.
    """
    kept = checked(kind, details or {}) if kind in FIELDS else {}
    notice = Notice.objects.create(
        article=article,
        revision=resolves.revision if resolves else concerns or _concerned(article, kind),
        kind=kind,
        text=text,
        reason=reason,
        details=kept,
        at=clock.now(),
        by=by,
        by_label=by.label if by else "the system",
        resolves=resolves,
    )
    record(f"notice.{kind}", by=by, about=article.about, row=notice)
    touch(article)
    return notice


def _concerned(article: Article, kind: NoticeKind) -> Revision | None:
    """A notice on a published text is about the one that was checked, also while a newer one is under review."""
    about_checked = kind in (NoticeKind.CORRECTION, NoticeKind.CONCERN, NoticeKind.RETRACTION)
    return article.approval.revision if about_checked and article.approval else article.latest_revision


def touch(article: Article) -> None:
    """Note that what readers are told changed, and keep the search index with it."""
    article.updated_at = clock.now()
    _store(article, "updated_at")


def _move(
    article: Article,
    target: State,
    *,
    by: User | None,
    revision: Revision | None = None,
    people: Sequence[dict[str, Any]] = (),
    reason: str = "",
) -> Move:
    origin = State(article.state)
    if target not in ALLOWED[origin]:
        raise WorkflowError(f"“{article.title}” cannot become “{target.label.lower()}” now. {WHY_NOT[origin]}")
    move = Move.objects.create(
        article=article,
        revision=revision or article.latest_revision,
        origin=origin,
        target=target,
        at=clock.now(),
        by=by,
        by_label=by.label if by else "the system",
        people=[{"name": p["name"], "profession": p["profession"]} for p in people],
        reason=reason,
    )
    record(f"article.{target}", by=by, about=article.about, row=move)
    article.state = target
    article.updated_at = move.at
    if target in (State.WITHDRAWN, State.RETRACTED):
        article.check_due_at = None
    _note_first_publication(article, move.at)
    _store(article, "state", "updated_at", "first_public_at", "latest_revision", "approval", *KEPT_FOR_THE_QUEUE)
    return move


def _store(article: Article, *columns: str) -> None:
    # Not an edit of the working text: moves and notices are their own record.
    not_an_edit(article)
    article.save(update_fields=columns)
    search.index(article)


def _note_first_publication(article: Article, at: datetime) -> None:
    is_open = article.state == State.APPROVED or (article.state in PIPELINE and article.risk.public_before_approval)
    if is_open and article.first_public_at is None:
        article.first_public_at = at
