"""What readers are told about a text: a pure function of revision, approval, notices, policy and clock."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

from articles.notice_fields import printed
from articles.states import PIPELINE, NoticeKind, State


class Told(StrEnum):
    """The states readers hear of; two of them only the clock or a newer text can bring about."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    UNDER_REVIEW = "under_review"
    CHANGES_REQUESTED = "changes_requested"
    APPROVED = "approved"
    OVERDUE = "overdue"
    CHANGED = "changed"
    SUPERSEDED = "superseded"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    RETRACTED = "retracted"


LABELS = {
    Told.DRAFT: _("Draft"),
    Told.SUBMITTED: _("Submitted, not yet checked"),
    Told.UNDER_REVIEW: _("Under review, not yet checked"),
    Told.CHANGES_REQUESTED: _("Changes requested, not approved"),
    Told.APPROVED: _("Approved"),
    Told.OVERDUE: _("Review overdue"),
    Told.CHANGED: _("Approved; a newer version is being checked"),
    Told.SUPERSEDED: _("Older version, replaced"),
    Told.REJECTED: _("Not accepted"),
    Told.WITHDRAWN: _("Withdrawn"),
    Told.RETRACTED: _("Retracted"),
}


@dataclass(frozen=True)
class Checker:
    """One person who read exactly this text."""

    name: str
    profession: str
    decided_at: str
    interests: str = ""  # as declared when they decided


@dataclass(frozen=True)
class Typing:
    """One correction of the typing since the text was read: by whose proposal, and under whose signature."""

    at: datetime
    reason: str
    proposed_by: str
    signed_by: str


@dataclass(frozen=True)
class Dissent:
    """What one member of the board held against the text that the others approved, in their own words."""

    name: str
    profession: str
    words: str
    decided_on: date


@dataclass(frozen=True)
class Overlay:
    """A notice that lies over a text without taking it down."""

    kind: NoticeKind
    text: str
    at: datetime
    details: tuple[tuple[str, str], ...] = ()  # label and words


@dataclass(frozen=True)
class Standing:
    """What may be said, and whether the text may be shown at all."""

    state: Told
    shown: Any = None  # the revision whose text readers get, or None for no text
    is_listed: bool = False  # has a public page at all; otherwise it does not exist (404)
    checked_by: tuple[Checker, ...] = ()
    checked_at: datetime | None = None
    check_due: datetime | None = None
    released_by: str = ""
    newer_is_pending: bool = False
    overlays: tuple[Overlay, ...] = ()
    is_quarantined: bool = False
    replaced_at: datetime | None = None
    replaced_by: int | None = None  # the number of the version that took its place
    dissents: tuple[Dissent, ...] = ()
    typing: tuple[Typing, ...] = ()
    read_number: int | None = None  # the number of the version that was read, where only typing was corrected since

    @property
    def label(self) -> str:
        return str(LABELS[self.state])

    @property
    def is_pending(self) -> bool:
        """No valid check stands behind the text: it never leaves without its caution."""
        return self.state not in {Told.APPROVED, Told.CHANGED}

    @property
    def needs_caution(self) -> bool:
        return self.is_pending or any(o.kind in (NoticeKind.CONCERN, NoticeKind.SOURCE_ALERT) for o in self.overlays)

    @property
    def is_indexable(self) -> bool:
        return not self.is_pending and not self.is_quarantined

    @property
    def is_gone(self) -> bool:
        """Was public once and has no text any more (410)."""
        return self.is_listed and self.state in {Told.REJECTED, Told.WITHDRAWN}


def standing(article: Any, notices: Iterable[Any], *, approval_is_proven: bool, at: datetime) -> Standing:
    """Compute the standing of `article` (with its risk, latest revision and approval loaded) at a moment.

    `approval_is_proven` says that the approval's seal and the digest of its revision were verified just now; any
    doubt, or a workflow column that disagrees with the immutable rows, counts as pending (`trust.md`, INV-2).
    """
    notices = tuple(notices)
    open_kinds = {n.kind for n in notices if not _resolution(n, notices)}
    overlays = _overlays(notices)
    quarantined = NoticeKind.QUARANTINE in open_kinds
    was_public = article.first_public_at is not None
    # Called unsafe, a text is hidden with the one it came from: the same sentence may stand in both.
    unsafe = NoticeKind.UNSAFE in open_kinds
    approval = article.approval if approval_is_proven and not unsafe and _stands(article.approval, notices) else None

    if NoticeKind.RETRACTION in open_kinds or article.state == State.RETRACTED:
        shown = article.approval.revision if article.approval else None
        return Standing(
            Told.RETRACTED,
            shown,
            was_public,
            overlays=overlays,
            is_quarantined=quarantined,
            typing=typing_of(article.approval) if shown else (),
            read_number=_read_number(article.approval) if shown else None,
        )
    if article.state in (State.WITHDRAWN, State.REJECTED) and not (article.state == State.REJECTED and approval):
        return Standing(Told(article.state), None, was_public, overlays=overlays, is_quarantined=quarantined)
    if approval and _agrees(article, approval):
        return _checked(article, approval, notices, overlays, quarantined, at)
    return _unchecked(article, notices, overlays, quarantined)


def standing_of_older(
    revision: Any, approval: Any, notices: Iterable[Any], *, replaced_at: datetime, replaced_by: int, is_retracted: bool
) -> Standing:
    """What is told of a text that was checked once and is not the one readers get now; it stays cautioned for good.

    `notices` are those on this very revision.
    """
    return Standing(
        Told.RETRACTED if is_retracted else Told.SUPERSEDED,
        revision,
        is_listed=True,
        checked_by=checkers(approval),
        checked_at=approval.checked_at,
        check_due=approval.valid_until,
        released_by=approval.released_by,
        overlays=_overlays(tuple(notices)),
        replaced_at=replaced_at,
        replaced_by=replaced_by,
        dissents=_dissents(approval, tuple(notices)),
        typing=typing_of(approval),
        read_number=_read_number(approval),
    )


def _checked(article: Any, approval: Any, notices: tuple, overlays: tuple, quarantined: bool, at: datetime) -> Standing:
    newer = article.latest_revision.number > approval.revision.number and article.state in PIPELINE
    raised_at = _class_raised_at(approval, notices)
    due = min(approval.valid_until, raised_at) if raised_at else approval.valid_until
    state = Told.OVERDUE if raised_at or at >= due else Told.CHANGED if newer else Told.APPROVED
    hidden = _is_hidden(article, approval, at) or (raised_at and not article.risk.public_before_approval)
    return Standing(
        state,
        None if hidden else approval.revision,
        True,
        checked_by=checkers(approval),
        checked_at=approval.checked_at,
        check_due=due,
        released_by=approval.released_by,
        newer_is_pending=newer,
        overlays=overlays,
        is_quarantined=quarantined,
        dissents=_dissents(approval, notices),
        typing=typing_of(approval),
        read_number=_read_number(approval),
    )


def _class_raised_at(approval: Any, notices: tuple) -> datetime | None:
    """Since when the text belongs to a stricter class than it was checked for; its check is not enough any more."""
    kind, revision = NoticeKind.CLASS_RAISED, approval.revision
    raised = (n.at for n in notices if n.kind == kind and n.revision == revision and not _resolution(n, notices))
    return min(raised, default=None)


def checkers(approval: Any) -> tuple[Checker, ...]:
    return tuple(
        Checker(c["name"], c["profession"], c["decided_at"], c.get("interests", "")) for c in approval.checked_by
    )


def typing_of(approval: Any) -> tuple[Typing, ...]:
    return tuple(
        Typing(datetime.fromisoformat(t["at"]), t["reason"], t["proposed_by"], t["signed_by"]) for t in approval.typing
    )


def _dissents(approval: Any, notices: tuple) -> tuple[Dissent, ...]:
    """Those that were published of exactly what the quorum read."""
    read = approval.of_quorum.revision_id
    about = (n for n in notices if n.kind == NoticeKind.DISSENT and n.revision_id == read)
    return tuple(
        Dissent(n.details["name"], n.details["profession"], n.text, date.fromisoformat(n.details["decided_on"]))
        for n in about
    )


def _read_number(approval: Any) -> int | None:
    return approval.read.revision.number if approval.read else None


def _unchecked(article: Any, notices: tuple, overlays: tuple, quarantined: bool) -> Standing:
    """Nobody's check stands: the text is shown only where the policy allows it, and never one called unsafe."""
    revision = article.latest_revision
    if revision is None:
        return Standing(Told.DRAFT)
    # A column that says approved without a proof is a disagreement, and a disagreement counts as pending.
    state = Told(article.state) if article.state in PIPELINE else Told.SUBMITTED
    unsafe = any(n.kind == NoticeKind.UNSAFE and not _resolution(n, notices) for n in notices)
    open_to_readers = article.risk.public_before_approval and not unsafe
    shown = revision if open_to_readers else None
    return Standing(
        state, shown, bool(shown) or article.first_public_at is not None, overlays=overlays, is_quarantined=quarantined
    )


def _agrees(article: Any, approval: Any) -> bool:
    """The column and the rows tell one story: approved means the newest text is the checked one."""
    is_newest = article.latest_revision_id == approval.revision_id
    return is_newest if article.state == State.APPROVED else not is_newest


def _stands(approval: Any, notices: tuple) -> bool:
    """A withdrawal takes back every approval given up to then; only a new decision brings one again."""
    withdrawn = [n.revision.number for n in notices if n.kind == NoticeKind.WITHDRAWAL and n.revision]
    return approval is not None and approval.revision.number > max(withdrawn, default=0)


def _is_hidden(article: Any, approval: Any, at: datetime) -> bool:
    grace = article.risk.grace_days
    by_class = approval.valid_until + timedelta(days=grace) if grace is not None else None
    return any(limit is not None and at >= limit for limit in (approval.hidden_after, by_class))


def _resolution(notice: Any, notices: tuple) -> Any:
    return next((n for n in notices if n.resolves_id == notice.pk), None)


def _overlays(notices: tuple) -> tuple[Overlay, ...]:
    over = {NoticeKind.CORRECTION, NoticeKind.CONCERN, NoticeKind.RETRACTION, NoticeKind.WITHDRAWAL}
    over.add(NoticeKind.SOURCE_ALERT)
    return tuple(
        Overlay(NoticeKind(n.kind), n.text, n.at, printed(n.kind, n.details))
        for n in notices
        if n.kind in over and not _resolution(n, notices)
    )
