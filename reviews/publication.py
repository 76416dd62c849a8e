"""The author's and the editor's verbs: submit, release, withdraw, correct, raise a concern, retract."""

from collections.abc import Mapping

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.text import get_text_list

from articles import bylines, editing, integrity, outlines, transitions
from articles.drafts import draft_of
from articles.integrity.risk import risk_of
from articles.models import Article, Notice, Revision, RiskClass
from articles.rendering import UnreadableText, clean_text
from articles.revisions import freeze
from articles.states import NoticeKind, State
from articles.transitions import Details
from editorial import clock
from editorial.attribution import not_an_edit
from editorial.audit import record
from editorial.errors import Conflict, WorkflowError
from editorial.models import User
from reviews import assignments, decisions, matching, rechecks, threads
from reviews.kinds import Kind, RecheckReason
from reviews.models import Release
from reviews.notifications import editors, notify

LONGEST, LONGEST_NOTE = 10_000, 500  # characters: of a notice or a reason, of the note on a version
CANNOT_BE_EXPLAINED = {"CITE-DANGLING", "CITE-MAP-UNDEFINED", "STATE-CONTRADICTION"}


@transaction.atomic
def submit(
    article: Article, *, by: User, change_note: str = "", explanations: Mapping[str, str] | None = None
) -> Revision:
    """Freeze the working text as a new revision and hand it to the editors.

    `explanations` maps a finding's id to the author's written reason why the text is right as it stands; it goes to
    the reviewers with the revision.

    Raises:
        PermissionDenied: `by` is not one of its authors.
        WorkflowError: something is missing, or a blocking finding is neither fixed nor explained.
        UnreadableText: the text cannot be rendered safely.
    """
    article = Article.objects.lock(article.pk)
    check_may_submit(article, by=by)
    _check_complete(article)
    report = integrity.check(draft_of(article))
    explained = {key: words.strip() for key, words in (explanations or {}).items() if words.strip()}
    _check_findings(report, explained)
    threads.check_answered(article)
    _raise_risk(article, by=by)
    revision = freeze(
        article,
        by=by,
        at=clock.now(),
        change_note=_cleaned(change_note, name="note on this version", limit=LONGEST_NOTE),
        findings={"results": report.to_json(), "explanations": explained},
    )
    entry = record("revision.frozen", by=by, about=article.about, row=revision, digest=revision.digest)
    transitions.record_submission(article, revision, by=by)
    threads.send_responses(article, revision)
    event, shortfall = f"submitted:{revision.pk}", matching.shortfall(article)
    notify(Kind.SUBMITTED, editors(), event=event, article=article, entry=entry, author=by.label, shortfall=shortfall)
    return revision


def check_may_submit(article: Article, *, by: User) -> None:
    editing.check_may_write(article, by=by)
    if not bylines.may_submit(article, by):
        raise PermissionDenied("A translator changes the text; its authors submit it and take it back.")


def missing_from(article: Article) -> list[str]:
    """What it must have before it can be submitted, in words that finish “it still needs”."""
    needed = {
        "a short answer": article.short_answer,
        "a body": article.body,
        "who paid for the work (“Nobody” has to be said)": article.funding,
    }
    missing = [name for name, text in needed.items() if not text]
    missing += [f"the interests of {name} (“None” has to be said)" for name in bylines.silent(article)]
    if outlines.holds_guidance(article):
        missing.append("its guidance taken out (all that stands between “<!-- Guide:” and “-->”)")
    if not article.title.rstrip().endswith("?"):
        missing.append("a question mark at the end of its question")
    return missing


def risk_when_submitted(article: Article) -> tuple[int, list[str]]:
    """The class a submission would have now, and the words that would raise it there."""
    known = _words_looked_at(article)
    raising = [(word, level) for word, level in risk_of(draft_of(article)).words if word not in known]
    highest = max((level for _, level in raising), default=0)
    if highest <= article.risk_id:
        return article.risk_id, []
    return highest, [word for word, level in raising if level == highest]


def _words_looked_at(article: Article) -> set[str]:
    """The words an editor had before him when he lowered the class: they raise it no more, others do."""
    frozen = article.latest_revision
    if frozen is None or article.risk_lowered_from is None:
        return set()
    texts = {name: frozen.data[name] for name in ("title", "short_answer", "body", "plain_body")}
    return {word for word, _ in risk_of(integrity.Draft(**texts)).words}


@transaction.atomic
def release(article: Article, *, by: User, digest: str) -> Release:
    """Say that this digest may be published once its quorum is met; if it is, the system approves it now.

    Raises:
        PermissionDenied: `by` is not an editor free of other duties on this article.
        Conflict: another digest is under review, or it was released already.
    """
    article = Article.objects.lock(article.pk)
    assignments.check_editor(article, by=by)
    revision = article.latest_revision
    if article.state != State.UNDER_REVIEW or revision is None or revision.digest != digest:
        raise Conflict("The text you were shown is not the one under review, so nothing was released. Reload the page.")
    if decisions.open_unsafe(article):
        raise WorkflowError("A reviewer flagged this text as unsafe. Resolve that in writing before you release it.")
    if before := Release.objects.filter(revision=revision).first():
        # A milder policy may have met the quorum meanwhile; then this is what was waited for.
        if decisions.complete_if_ready(article):
            return before
        raise Conflict("This revision was released already. It is published as soon as its quorum is met.")
    done = Release.objects.create(revision=revision, digest=digest, by=by, by_label=by.label, at=clock.now())
    record("revision.released", by=by, about=article.about, row=done, digest=digest)
    decisions.complete_if_ready(article)
    return done


@transaction.atomic
def set_risk(article: Article, level: int, *, by: User, reason: str = "") -> None:
    """Set the risk class; where a lower one asks for no more than is there, the waiting text is approved at once.

    An approved text that is put into a stricter class than it was checked for is overdue from this moment, hidden
    where the new class shows nothing unchecked, and read again as a whole.

    Raises:
        PermissionDenied: `by` is neither an author who raises it nor an editor free of other duties on this article.
        WorkflowError: a lowering without a reason.
    """
    article = Article.objects.lock(article.pk)
    if not editing.is_author(article, by):
        assignments.check_editor(article, by=by)
    editing.set_risk(article, level, by=by, reason=reason)
    article = Article.objects.lock(article.pk)
    _follow_class(article, by=by, reason=reason)
    decisions.complete_if_ready(article)


def _follow_class(article: Article, *, by: User, reason: str) -> None:
    """An approval does for the class it was given in, and for milder ones."""
    approval = article.approval
    if approval is None or not rechecks.has_text_to_read(article):
        return
    if article.risk_id <= approval.risk:
        for lifted in transitions.settle_raised_class(
            article, by=by, reason=reason.strip() or "The class was lowered."
        ):
            rechecks.drop(article, by=by, reason="Its class was lowered again.", notice=lifted)
    elif (notice := transitions.note_raised_class(article)) and not rechecks.is_read_as_a_whole(article):
        words = f"It was checked as risk {approval.risk} and is risk {article.risk_id} now. Read the whole text again."
        rechecks.open_recheck(article, by=None, reason=RecheckReason.RISK, words=words, notice=notice)


@transaction.atomic
def withdraw(article: Article, *, by: User, reason: str, why: str = "other") -> Notice:
    """Take back everything submitted so far. Authors and editors can; the address then says that it was withdrawn.

    `why` is what readers are told, one of the choices of a withdrawal; `reason` stays with the desk.
    """
    article = Article.objects.lock(article.pk)
    if not by.is_active or not (by.is_editor or editing.is_author(article, by)):
        raise PermissionDenied("Only its authors and the editors can withdraw an article.")
    if editing.is_author(article, by):
        check_may_submit(article, by=by)
    else:
        assignments.check_editor(article, by=by)
    reason = _said(reason, "Say why it is withdrawn; the reason is kept on record.")
    notice = transitions.withdraw(
        article,
        by=by,
        text="This text was withdrawn and is no longer published.",
        reason=reason,
        details={"why": why},
    )
    assignments.close_all(article, by=by, reason="The text was withdrawn.")
    rechecks.drop(article, by=by, reason="The text was withdrawn.")
    notify(
        Kind.WITHDRAWN,
        [article.author, *article.coauthors.all(), *editors()],
        event=f"notice:{notice.pk}",
        article=article,
        reason=reason,
    )
    return notice


@transaction.atomic
def correct(article: Article, *, by: User, text: str, details: Details) -> Notice:
    """Publish what was corrected, and when, above the text it concerns; `details` as `notice_fields` asks for them.

    Raises:
        NoticeIncomplete: what a correction has to say is missing.
    """
    return _publish(article, NoticeKind.CORRECTION, by=by, text=text, details=details)


@transaction.atomic
def raise_concern(article: Article, *, by: User, text: str, details: Details) -> Notice:
    """Publish an expression of concern; it stays over the text until it is resolved."""
    return _publish(article, NoticeKind.CONCERN, by=by, text=text, details=details)


@transaction.atomic
def retract(article: Article, *, by: User, text: str, reason: str, details: Details) -> Notice:
    """Retract an approved text: seriously wrong, kept for the record under its notice. Nothing leads back."""
    article = _lock_for_responsible(article, by=by)
    text = _said(text, "Write the notice readers will see: what is wrong and what they should not rely on.")
    reason = _said(reason, "Say why it is retracted; the reason is kept on record.")
    notice = transitions.retract(article, by=by, text=text, reason=reason, details=details)
    assignments.close_all(article, by=by, reason="The article was retracted.")
    rechecks.drop(article, by=by, reason="The article was retracted.")
    _tell_of_notice(article, notice)
    return notice


@transaction.atomic
def resolve(notice: Notice, *, by: User, text: str) -> Notice:
    """Settle a concern, a source alert, an *unsafe* or a quarantine in writing; that alone lifts it.

    Raises:
        Conflict: it was resolved already.
        WorkflowError: notices of this kind stay for good.
    """
    article = Article.objects.lock(notice.article_id)
    assignments.check_editor(article, by=by)
    text = _said(text, "Write how this was resolved; it is kept on record.")
    lifted = (NoticeKind.CONCERN, NoticeKind.SOURCE_ALERT, NoticeKind.UNSAFE, NoticeKind.QUARANTINE)
    if notice.kind not in lifted:
        raise WorkflowError(f"A {notice.get_kind_display().lower()} stays on record; it cannot be lifted.")
    if Notice.objects.filter(resolves=notice).exists():
        raise Conflict("This was resolved already; nothing was changed.")
    resolution = transitions.publish_notice(
        article, NoticeKind.RESOLUTION, by=by, text=text, reason=text, resolves=notice
    )
    rechecks.drop(article, by=by, reason="An editor settled it.", notice=notice)
    decisions.complete_if_ready(article)
    return resolution


def quarantine(article: Article, *, reason: str) -> Notice | None:
    """The sweep found a text without its caution: its pages answer 503 until a person lifts that."""
    with transaction.atomic():
        article = Article.objects.lock(article.pk)
        if article.notices.filter(kind=NoticeKind.QUARANTINE, resolution=None).exists():
            return None
        notice = transitions.publish_notice(
            article,
            NoticeKind.QUARANTINE,
            by=None,
            text="This page is being looked at and is not available just now.",
            reason=reason,
        )
        notify(Kind.QUARANTINED, editors(), event=f"notice:{notice.pk}", article=article, reason=reason)
        return notice


def _publish(article: Article, kind: NoticeKind, *, by: User, text: str, details: Details) -> Notice:
    article = _lock_for_responsible(article, by=by)
    text = _said(text, "Write the notice readers will see.")
    if not transitions.has_checked_text(article):
        raise WorkflowError("Only a text that was approved can carry a notice. Ask its authors for changes instead.")
    notice = transitions.publish_notice(article, kind, by=by, text=text, details=details)
    _tell_of_notice(article, notice)
    return notice


def _lock_for_responsible(article: Article, *, by: User) -> Article:
    article = Article.objects.lock(article.pk)
    assignments.check_editor(article, by=by)
    if not by.is_responsible_editor:
        raise PermissionDenied("Only the responsible editor can publish a notice on an article.")
    return article


def _tell_of_notice(article: Article, notice: Notice) -> None:
    notify(
        Kind.NOTICE_PUBLISHED,
        [article.author, *article.coauthors.all(), *editors()],
        event=f"notice:{notice.pk}",
        article=article,
        notice=notice.get_kind_display(),
        text=notice.text,
    )


def _said(words: str, sentence: str) -> str:
    """Words that have to be there; `sentence` asks for them."""
    if not (said := _cleaned(words, name="text", limit=LONGEST)):
        raise WorkflowError(sentence)
    return said


def _cleaned(words: str, *, name: str, limit: int) -> str:
    """Bounded, and without characters that hide or turn round what readers see."""
    try:
        said = clean_text(words, name=name).strip()
    except UnreadableText as refusal:
        raise WorkflowError(str(refusal)) from None
    if len(said) > limit:
        raise WorkflowError(f"The {name} has {len(said):,} characters; the limit is {limit:,}. Shorten it.")
    return said


def _check_complete(article: Article) -> None:
    if missing := missing_from(article):
        raise WorkflowError(f"It is not ready to be submitted: it still needs {get_text_list(missing, 'and')}.")


def _check_findings(report: integrity.Report, explained: Mapping[str, str]) -> None:
    unanswered = [f for f in report.blocking if f.rule in CANNOT_BE_EXPLAINED or f.id not in explained]
    if unanswered:
        first = unanswered[0]
        more = f" There are {len(unanswered)} such findings; they are listed with the text." if unanswered[1:] else ""
        raise WorkflowError(f"{first.message}{more} Fix it, or explain in writing why it is right as it stands.")


def _raise_risk(article: Article, *, by: User) -> None:
    """Trigger words raise the class; nothing but an editor lowers it."""
    level, words = risk_when_submitted(article)
    if level == article.risk_id:
        return
    article.risk = RiskClass.objects.get(pk=level)
    not_an_edit(article)
    article.save(update_fields=["risk"])
    spoken = ", ".join(f"“{word}”" for word in words)[:300]
    record("article.risk_set", by=None, about=article.about, level=level, reason=f"trigger words: {spoken}")
