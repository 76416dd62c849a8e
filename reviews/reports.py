"""What readers report, and what becomes of it: received, escalated, settled, and its words deleted in time."""

import re
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q

from articles.asking import unit_at
from articles.models import Article, Revision
from articles.paragraphs import paragraphs_of
from articles.passages import CITATION
from articles.public import PublicArticle
from editorial import clock
from editorial.audit import record
from editorial.errors import Conflict, WorkflowError
from editorial.models import User
from reviews import assignments, private_addresses, rechecks
from reviews.claims import FrozenClaim, claims_of
from reviews.kinds import Kind, Outcome, Problem, RecheckReason, ReportStage
from reviews.models import ProblemReport
from reviews.notifications import editors, notify

LONGEST_WORDS, LONGEST_QUOTE = 2000, 1000  # characters
SHORTEST_QUOTE = 15  # characters by which a sentence is known
BEGINNING = "main"  # the anchor of what stands before the first heading
BEFORE_A_STOP = re.compile(r" (?=[.,;:!?])")


@transaction.atomic
def receive(about: PublicArticle, *, kind: Problem, words: str, quote: str = "") -> tuple[ProblemReport, str]:
    """Take in what a reader found; one about safety is told to every editor at once.

    Returns it with the token of its private address. Nothing the reader wrote goes into a mail or onto the record.
    """
    article, now = Article.objects.lock(Article.objects.get(slug=about.slug).pk), clock.now()
    unit = unit_at(article.slug, at=now)
    token, key = private_addresses.new()
    shown = unit.standing.shown if unit else None
    report = ProblemReport.objects.create(
        key=key,
        article=article,
        revision=shown,
        digest=shown.digest if shown else "",
        kind=kind,
        quote=quote,
        place=_place_of(quote, unit),
        claim=_claim_of(quote, shown),
        words=words,
        reported_at=now,
        due_at=due_at(kind, reported_at=now),
    )
    _count(article)
    entry = record("report.received", by=None, about=article.about, report=report.pk, kind=kind, digest=report.digest)
    if report.is_about_safety:
        notify(
            Kind.SAFETY_REPORT,
            editors(),
            event=f"report:{report.pk}",
            article=article,
            entry=entry,
            report=report.pk,
            due=report.due_at.isoformat(),
        )
    return report, token


@transaction.atomic
def escalate(report: ProblemReport, *, by: User) -> None:
    """Hand it to the responsible editor, who can publish a concern, a correction or a retraction.

    Raises:
        PermissionDenied: `by` is not an editor free of other duties on this article.
        Conflict: it was settled or escalated already.
    """
    article = Article.objects.lock(report.article_id)
    report = _open(report, article, by=by)
    if report.escalated_at:
        raise Conflict("It was handed to the responsible editor already; nothing was changed.")
    report.escalated_at = clock.now()
    report.stage = ReportStage.ESCALATED
    report.save(update_fields=["stage", "escalated_at"])
    if report.claim and _is_still_approved(article, report.claim):
        rechecks.open_recheck(
            article,
            by=by,
            reason=RecheckReason.REPORT,
            words=f"A reader reported this sentence: {report.get_kind_display()}",
            claims={report.claim},
            report=report,
        )
    entry = record("report.escalated", by=by, about=article.about, report=report.pk)
    responsible = User.objects.filter(is_active=True, is_responsible_editor=True)
    notify(
        Kind.REPORT_ESCALATED,
        responsible,
        event=f"escalated:{report.pk}",
        article=article,
        entry=entry,
        report=report.pk,
        editor=by.label,
    )


@transaction.atomic
def settle(report: ProblemReport, *, outcome: Outcome, words: str, by: User) -> None:
    """Close it with an outcome and `words` that every reader can see.

    Raises:
        PermissionDenied: `by` is not an editor free of other duties on this article.
        Conflict: it was settled already.
        WorkflowError: no words.
    """
    article = Article.objects.lock(report.article_id)
    report = _open(report, article, by=by)
    if not words.strip():
        raise WorkflowError("Tell readers what you found and what you did; nothing was recorded.")
    report.stage, report.outcome, report.answer = ReportStage.SETTLED, outcome, words.strip()
    report.settled_at, report.settled_by = clock.now(), by
    report.save(update_fields=["stage", "outcome", "answer", "settled_at", "settled_by"])
    _count(article)
    record("report.settled", by=by, about=article.about, report=report.pk, outcome=outcome)


@transaction.atomic
def forget() -> int:
    """Delete what reporters wrote, so long after their report was settled; returns of how many."""
    kept = timedelta(days=settings.QUESTIONS_KEPT_DAYS)
    due = ProblemReport.objects.outlived(settled_before=clock.now() - kept)
    pks = list(due.select_for_update().order_by("pk").values_list("pk", flat=True))
    ProblemReport.objects.filter(pk__in=pks).update(words="", quote="")
    if pks:
        record("reports.forgotten", by=None, count=len(pks))
    return len(pks)


def due_at(kind: Problem, *, reported_at: datetime) -> datetime:
    days = settings.SAFETY_REPORT_DUE_DAYS if kind == Problem.SAFETY else settings.REPORT_DUE_DAYS
    return reported_at + timedelta(days=days)


def by_key(token: str) -> ProblemReport | None:
    """The report behind a private address."""
    return ProblemReport.objects.select_related("article").filter(key=private_addresses.key_of(token)).first()


def _is_still_approved(article: Article, claim: str) -> bool:
    """The approved text says it, though another sentence may have had its typing corrected since it was reported."""
    if article.approval is None or not rechecks.has_text_to_read(article):
        return False
    return any(claim == each.identity for each in claims_of(article.approval.revision))


def _open(report: ProblemReport, article: Article, *, by: User) -> ProblemReport:
    assignments.check_editor(article, by=by)
    report = ProblemReport.objects.select_for_update().get(pk=report.pk)
    if not report.is_open:
        raise Conflict("Somebody settled this report before you; nothing was changed. Below is how.")
    return report


def _count(article: Article) -> None:
    """Keep what the article's page says of its reports; the article's row is locked."""
    settled = Q(stage=ReportStage.SETTLED)
    counted = ProblemReport.objects.filter(article=article).aggregate(
        open_reports=Count("pk", filter=~settled), settled_reports=Count("pk", filter=settled)
    )
    Article.objects.filter(pk=article.pk).update(**counted)


def _place_of(quote: str, unit: PublicArticle | None) -> str:
    """The anchor of the section in which the quote stands word by word, or nothing."""
    wanted = _bare(quote)
    if len(wanted) < SHORTEST_QUOTE or unit is None or unit.text is None:
        return ""
    return next((p.place or BEGINNING for p in paragraphs_of(unit.text) if wanted in _bare(p.text)), "")


def _claim_of(quote: str, shown: Revision | None) -> str:
    """The identity of the first claim that the quote holds or is a part of, or nothing."""
    wanted = _bare(quote)
    if len(wanted) < SHORTEST_QUOTE or shown is None:
        return ""
    said = ((claim.identity, _read(claim)) for claim in claims_of(shown))
    return next((identity for identity, words in said if wanted in words or (words and words in wanted)), "")


def _read(claim: FrozenClaim) -> str:
    return _bare("".join(words for kind, words in claim.pieces if kind == "words"))


def _bare(words: str) -> str:
    """Without the numbers of sources, and without the gaps they leave before a full stop."""
    return BEFORE_A_STOP.sub("", " ".join(CITATION.sub("", words).split()))
