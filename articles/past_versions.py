"""Which texts of an article readers were once told were checked, and what each of them is worth now."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from articles.models import Approval, Article, Notice, Revision
from articles.public import PublicArticle, public_article, unit_under
from articles.seals import is_proven
from articles.standing import Checker, Told, Typing, checkers, standing_of_older, typing_of
from articles.states import NoticeKind, State
from editorial.audit import subject_of
from editorial.dates import in_words

PER_PAGE = 20
TOLD = {
    *(NoticeKind.CORRECTION, NoticeKind.CONCERN, NoticeKind.RETRACTION),
    *(NoticeKind.SOURCE_ALERT, NoticeKind.TYPING, NoticeKind.DISSENT),
}


@dataclass(frozen=True)
class Check:
    """One approval of a version, as its seal proves it."""

    number: int
    checked_at: datetime
    check_due: datetime
    checked_by: tuple[Checker, ...]
    released_by: str
    subject: str  # how the audit chain names it
    read_number: int | None = None  # which version was read, where only typing was corrected since
    read_digest: str = ""
    typing: tuple[Typing, ...] = ()


@dataclass(frozen=True)
class Version:
    """One text that had an approval, or that readers get now; `unit` is None where it may not be read any more."""

    number: int
    digest: str
    submitted_at: datetime
    reason: str
    public_at: datetime
    checks: tuple[Check, ...]
    notices: tuple[Notice, ...]
    unit: PublicArticle | None
    stands: bool
    replaced_at: datetime | None = None
    replaced_by: int | None = None
    withdrawn_at: datetime | None = None

    @property
    def line(self) -> str:
        """Which version it is and whether it stands, in one sentence."""
        return self._said().format(
            number=self.number,
            withdrawn=in_words(self.withdrawn_at) if self.withdrawn_at else "",
            newer=self.replaced_by,
            replaced=in_words(self.replaced_at) if self.replaced_at else "",
        )

    def _said(self) -> str:
        if self.withdrawn_at:
            return _("Version {number} was withdrawn on {withdrawn}.")
        if self.unit is None:
            return _("Version {number} is not shown any more.")
        if self.unit.standing.state == Told.RETRACTED:
            return _("This is version {number}. It was retracted with its article.")
        if self.unit.standing.state == Told.OVERDUE:
            return _("This is version {number}, the newest that was checked. Its next check is overdue.")
        if self.stands and self.unit.standing.is_pending:
            return _("This is version {number}, the one shown now. Nobody has approved it.")
        if self.stands:
            return _("This is version {number}, the version that stands.")
        return _("This is version {number}. Version {newer} took its place on {replaced}.")


@dataclass(frozen=True)
class _Publication:
    """When one version was approved for its readers."""

    revision_id: int
    number: int
    at: datetime


def versions(article: Article, *, at: datetime, before: int | None = None) -> list[Version]:
    """Newest first, one more than `PER_PAGE`; none where the article itself may not be read.

    `article` is loaded by `for_public`.
    """
    shown = public_article(article, at=at)
    rows = _public_ones(article, shown)
    rows = rows.filter(number__lt=before) if before is not None else rows
    return _built(article, shown, rows[: PER_PAGE + 1])


def version(article: Article, number: int, *, at: datetime) -> Version | None:
    """The version of this number, if it ever was one for readers."""
    return next(iter(picked(article, [number], at=at)), None)


def picked(article: Article, numbers: Sequence[int], *, at: datetime) -> list[Version]:
    """The versions of these numbers that there are for readers, newest first."""
    shown = public_article(article, at=at)
    return _built(article, shown, _public_ones(article, shown).filter(number__in=numbers))


def _public_ones(article: Article, shown: PublicArticle) -> QuerySet[Revision]:
    if shown.text is None or shown.standing.is_quarantined:
        return Revision.objects.none()
    # Without a quorum's approval a text is known to readers only while it is the one they are shown.
    known = Q(approvals__isnull=False) | Q(pk=shown.standing.shown.pk)
    return article.revisions.filter(known).distinct().prefetch_related("approvals__read__revision")


def _built(article: Article, shown: PublicArticle, revisions: QuerySet[Revision]) -> list[Version]:
    rows = list(revisions)
    published = sorted(_publications(article), key=lambda each: each.number) if rows else []
    return [_version(article, shown, revision, published) for revision in rows]


def _publications(article: Article) -> Iterator[_Publication]:
    """Approved by a quorum, or with its typing corrected under the approval of the one before."""
    approved = article.moves.filter(target=State.APPROVED).values_list("revision_id", "revision__number", "at")
    carried = Approval.objects.filter(revision__article=article, read__isnull=False)
    corrected = carried.values_list("revision_id", "revision__number", "revision__submitted_at")
    return (_Publication(*row) for row in approved.order_by().union(corrected.order_by()))


def _version(article: Article, shown: PublicArticle, revision: Revision, published: Sequence[_Publication]) -> Version:
    proven = [approval for approval in revision.approvals.all() if is_proven(approval)]
    after = next((each for each in published if each.number > revision.number), None)
    made = Version(
        number=revision.number,
        digest=revision.digest,
        submitted_at=revision.submitted_at,
        reason=revision.change_note,
        public_at=next((each.at for each in published if each.revision_id == revision.pk), revision.submitted_at),
        checks=tuple(_check(approval) for approval in reversed(proven)),
        notices=tuple(n for n in article.notices.all() if n.revision_id == revision.pk and n.kind in TOLD),
        unit=None,
        stands=False,
        replaced_at=after.at if after else None,
        replaced_by=after.number if after else None,
        withdrawn_at=_withdrawn_at(article, revision),
    )
    if revision.pk == shown.standing.shown.pk:
        made = replace(made, unit=shown, stands=not _is_retracted(shown), withdrawn_at=None)
    elif proven and after and not made.withdrawn_at and not _is_the_one_in_doubt(article, revision):
        made = replace(made, unit=_older(article, shown, revision, proven[0], after))
    return _with_line(article, made)


def _check(approval: Approval) -> Check:
    return Check(
        approval.number,
        approval.checked_at,
        approval.valid_until,
        checkers(approval),
        approval.released_by,
        subject_of(approval),
        approval.read.revision.number if approval.read else None,
        approval.read.digest if approval.read else "",
        typing_of(approval),
    )


def _older(
    article: Article, shown: PublicArticle, revision: Revision, approval: Approval, after: _Publication
) -> PublicArticle:
    read = {revision.pk, approval.of_quorum.revision_id}
    told = standing_of_older(
        revision,
        approval,
        [n for n in article.notices.all() if n.revision_id in read or n.resolves_id],
        replaced_at=after.at,
        replaced_by=after.number,
        is_retracted=_is_retracted(shown),
    )
    return unit_under(article, told)


def _with_line(article: Article, made: Version) -> Version:
    if made.unit is None:
        return made
    url = reverse("version", args=[article.slug, made.number])
    return replace(made, unit=replace(made.unit, url=url, version_line=made.line))


def _withdrawn_at(article: Article, revision: Revision) -> datetime | None:
    """A withdrawal takes back every version up to then."""
    taken_back = (
        n.at
        for n in article.notices.all()
        if n.kind == NoticeKind.WITHDRAWAL and n.revision and n.revision.number >= revision.number
    )
    return next(taken_back, None)


def _is_retracted(shown: PublicArticle) -> bool:
    return shown.standing.state == Told.RETRACTED


def _is_the_one_in_doubt(article: Article, revision: Revision) -> bool:
    """The newest approval does not hold, else its text were the one shown; then its text is shown nowhere."""
    return article.approval is not None and article.approval.revision_id == revision.pk
