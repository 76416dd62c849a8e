"""Loading a retraction list, and telling everybody concerned which texts lean on a source it names."""

import logging
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from articles import retractions, transitions
from articles.importers import ImportProblem, UnreadableFile
from articles.importers.download import download, is_address, spoken
from articles.importers.retractions import ListedPaper, digest_of, read
from articles.models import AlertedClaim, Article, Notice, RetractionRecord
from articles.public import CitingSentence, sentences_citing
from articles.readership import recent_reads
from articles.retractions import LIST, LOADED, Hit
from articles.source_status import forget_list_version
from articles.states import NoticeKind, RetractionNature
from editorial import clock
from editorial.audit import record
from editorial.errors import Conflict, WorkflowError
from editorial.models import AuditEntry, User
from reviews import rechecks
from reviews.emails import one_line
from reviews.kinds import Kind, RecheckReason
from reviews.notifications import editors, notify

log = logging.getLogger(__name__)

CHECKED = "retractions.checked"
NOT_LOADED, IN_FORCE = "retractions.not_loaded", "retractions.in_force"
LONGEST_TITLE = 90
# A correction mends a paper; only what takes trust away is told to readers.
TOLD = {
    RetractionNature.RETRACTION: "has been retracted: it no longer counts as evidence",
    RetractionNature.CONCERN: "is under an expression of concern: its journal doubts whether it can be relied on",
}


@dataclass(frozen=True)
class Outcome:
    """What came of a load: papers on the list, articles newly alerted, and the rows of the file that were of no use."""

    listed: int
    articles_alerted: int
    problems: tuple[ImportProblem, ...] = ()
    lost: int = 0


@dataclass(frozen=True)
class _Alert:
    """What one notice on record was about: the desk's reason names it."""

    nature: str
    identifiers: frozenset[str]
    is_open: bool


def load_file(file: BinaryIO, *, name: str, by: User | None) -> Outcome:
    """Read a list and load it; every door comes through here.

    Raises:
        UnreadableFile: it is not such a list, and nothing was loaded.
        PermissionDenied, WorkflowError: as for `load_list`.
    """
    _check_may_load(by)
    given = read(file, name=name)
    done = load_list(given.records, by=by, digest=given.digest)
    return Outcome(done.listed, done.articles_alerted, given.problems, given.lost)


def load_list(records: Sequence[ListedPaper], *, by: User | None, digest: str = "") -> Outcome:
    """Let `records` be the list, then alert each article that leans on one of them; `by` None is the system.

    The list is in force before the first alert goes out, and each article is told of by itself: what is cut short is
    taken up by the next load, and nothing is told twice.

    Raises:
        PermissionDenied: `by` is not an editor.
        WorkflowError: there is no record in it, or another load is under way.
    """
    _check_may_load(by)
    if not records:
        raise WorkflowError("The list names no paper, so the one that is loaded was kept. Check the file.")
    listed = _replace(records, by=by, digest=digest)
    alerted = sum(_alert(pk) for pk in _untold())
    record(CHECKED, by=by, about=LIST, digest=digest, articles_alerted=alerted)
    return Outcome(listed, alerted)


def load_scheduled() -> Outcome | None:
    """Load what is at the operator's path or address, if it is set and is not the list that was loaded last.

    What fails is on record and on the editors' page until it goes well again; the list from before stays in force.
    """
    source = settings.RETRACTION_LIST
    if not source:
        return None
    try:
        path = download(source, into=settings.VAR / "retraction-list") if is_address(source) else Path(source)
        with path.open("rb") as file:
            return _note_in_force(digest_of(file)) or load_file(file, name=path.name, by=None)
    except (OSError, UnreadableFile, WorkflowError) as refusal:
        log.error("RETRACTION_LIST was not loaded; the list from before stays in force. %s", refusal)
        record(NOT_LOADED, by=None, about=LIST, source=scheduled_source(), why=one_line(str(refusal)))
        return None


def scheduled_source() -> str:
    """Where the list is loaded from once a day, without what may be secret in an address; empty where it is not."""
    source = settings.RETRACTION_LIST
    return spoken(source) if is_address(source) else source


def last_loaded() -> AuditEntry | None:
    """Who loaded the list in force, and when."""
    return AuditEntry.objects.filter(about=LIST, action=LOADED).first()


def last_failure() -> AuditEntry | None:
    """Why the operator's list was not loaded the last time, if nothing has gone well since."""
    last = AuditEntry.objects.filter(about=LIST).first()
    return last if last and last.action == NOT_LOADED else None


def _check_may_load(by: User | None) -> None:
    if by is not None and not by.is_editor:
        raise PermissionDenied("Only editors can load a retraction list.")


def _note_in_force(digest: str) -> Outcome | None:
    """What there is to say where this is the list in force already; that a trouble has passed is on record, too.

    A load that was cut short has no entry of its end, and is done again.
    """
    last = AuditEntry.objects.filter(about=LIST, action__in=[LOADED, CHECKED]).first()
    if last is None or last.action != CHECKED or last.data["digest"] != digest:
        return None
    if last_failure():
        record(IN_FORCE, by=None, about=LIST, digest=digest)
    return Outcome(RetractionRecord.objects.count(), 0)


def _replace(records: Sequence[ListedPaper], *, by: User | None, digest: str) -> int:
    try:
        with transaction.atomic():
            listed = retractions.replace_list(records)
            natures = Counter(paper.nature for paper in records)
            record(LOADED, by=by, about=LIST, digest=digest, listed=listed, natures=dict(natures))
            transaction.on_commit(forget_list_version, robust=True)
            return listed
    except IntegrityError:
        raise Conflict("Another list is being loaded just now, so this one was not. Look again in a minute.") from None


def _untold() -> list[int]:
    """Articles with something to be told, the highest risk first; a constant number of queries."""
    found = [hit for hit in retractions.hits() if hit.record.nature in TOLD]
    told = _told(Notice.objects.all())
    return list(dict.fromkeys(h.article.pk for h in found if not _was_told(h, told[h.article.pk])))


@transaction.atomic
def _alert(pk: int) -> bool:
    """Publish what is still to be told of one article, judged again under its lock."""
    article = Article.objects.lock(pk)
    found = retractions.hits(among=Article.objects.filter(pk=pk))
    told = _told(article.notices.all())[pk]
    fresh = [hit for hit in _in_force(article, found) if hit.record.nature in TOLD and not _was_told(hit, told)]
    for hit in fresh:
        _publish(article, hit)
    return bool(fresh)


def _in_force(article: Article, found: Iterable[Hit]) -> list[Hit]:
    """One hit for each listed paper: in the text readers rely on or, where that does not cite it, in the newest."""
    relied_on = _relied_on(article)
    once: dict[int, Hit] = {}
    for hit in sorted(found, key=lambda hit: hit.source.revision_id != relied_on):
        if hit.source.revision_id in (relied_on, article.latest_revision_id):
            once.setdefault(hit.record.pk, hit)
    return list(once.values())


def _relied_on(article: Article) -> int | None:
    """The checked text or, where none is, the newest."""
    checked = article.approval if transitions.has_checked_text(article) else None
    return checked.revision_id if checked else article.latest_revision_id


def _publish(article: Article, hit: Hit) -> None:
    nature = RetractionNature(hit.record.nature)
    notice = transitions.publish_notice(
        article,
        NoticeKind.SOURCE_ALERT,
        by=None,
        text=_words(hit, is_newer=hit.source.revision_id != _relied_on(article)),
        reason=f"{nature}: {' '.join(sorted(_identifiers(hit)))}",
    )
    sentences = sentences_citing(hit.source.revision, hit.source.key)
    AlertedClaim.objects.bulk_create(
        AlertedClaim(notice=notice, field=sentence.field, identity=sentence.identity) for sentence in sentences
    )
    if sentences and transitions.has_checked_text(article) and hit.source.revision_id == _relied_on(article):
        rechecks.open_recheck(
            article,
            by=None,
            reason=RecheckReason.SOURCE_ALERT,
            words=f"{notice.text} Say whether each of these claims stands without it.",
            claims={sentence.identity for sentence in sentences},
            notice=notice,
        )
    notify(
        Kind.SOURCE_ALERT,
        [article.author, *article.coauthors.all(), *editors()],
        event=f"notice:{notice.pk}",
        article=article,
        notice=nature.label,
        text=notice.text,
        leans=_leans(sentences),
        risk=str(article.risk),
        reads=recent_reads([article.pk], at=clock.now()).get(article.pk, 0),
    )


def _leans(sentences: Sequence[CitingSentence]) -> str:
    """“3 sentences: 2 in the body, 1 in the short answer”; never a word of them, for it goes by mail."""
    if not sentences:
        return "no sentence; it stands in the list of references"
    places = Counter(sentence.variant for sentence in sentences)
    listed = ", ".join(f"{count} in the {variant}" for variant, count in places.items())
    return f"{len(sentences)} sentence{'' if len(sentences) == 1 else 's'}: {listed}"


def _words(hit: Hit, *, is_newer: bool) -> str:
    number, title = hit.source.number, one_line(hit.record.title, longest=LONGEST_TITLE)
    source = f"Reference {number}" if number else "A source in the list"
    text = "the newer version that waits to be checked" if is_newer else "this text"
    named = f" (“{title}”)" if title else ""
    return (
        f"{source} of {text}{named} {TOLD[RetractionNature(hit.record.nature)]}."
        " Nobody has checked yet what that changes in what is said here."
    )


def _told(notices: QuerySet[Notice]) -> dict[int, list[_Alert]]:
    """The source alerts among these, by article: those that stand, and those that an editor settled."""
    told: dict[int, list[_Alert]] = defaultdict(list)
    for notice in notices.filter(kind=NoticeKind.SOURCE_ALERT).select_related("resolution"):
        nature, _, named = notice.reason.partition(": ")
        told[notice.article_id].append(_Alert(nature, frozenset(named.split()), not hasattr(notice, "resolution")))
    return told


def _was_told(hit: Hit, alerts: Iterable[_Alert]) -> bool:
    """Told is told, even if it was settled since; and a doubt adds nothing while the retraction is on the page."""
    ours = [alert for alert in alerts if alert.identifiers & _identifiers(hit)]
    return any(a.nature == hit.record.nature or (a.is_open and a.nature == RetractionNature.RETRACTION) for a in ours)


def _identifiers(hit: Hit) -> frozenset[str]:
    """Every name that the list and the article have for this paper."""
    dois, pmids = {hit.record.doi, hit.source.doi} - {""}, {hit.record.pmid, hit.source.pmid} - {""}
    return frozenset({f"doi:{doi}" for doi in dois} | {f"pmid:{pmid}" for pmid in pmids})
