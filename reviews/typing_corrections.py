"""Typing corrections of an approved text: proposed by one person, signed by a second, refused where meaning changes."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from articles import editing, transitions
from articles.models import Approval, Article, Revision
from articles.rendering import clean_line, clean_text
from articles.revisions import authors_of, freeze_typing, with_typing
from articles.seals import digest_of, is_proven
from articles.states import NoticeKind, State
from articles.typing_slips import TEXTS, Objection, objections
from editorial import clock
from editorial.audit import canonical, record
from editorial.errors import Conflict, WorkflowError
from editorial.models import User
from reviews import assignments, policy
from reviews.confirmation import method_of
from reviews.kinds import Kind, TypingStage, Verdict
from reviews.models import BoardMember, Decision, Recheck, TypingCorrection
from reviews.notifications import editors, notify

LONGEST_REASON = 200
IN_THE_WAY = (
    *(NoticeKind.UNSAFE, NoticeKind.QUARANTINE, NoticeKind.CLASS_RAISED),
    *(NoticeKind.CONCERN, NoticeKind.SOURCE_ALERT),
)
WHY_NOT = {
    State.WITHDRAWN: "The text was withdrawn, so there is nothing to correct.",
    State.RETRACTED: "The text was retracted; it stays exactly as it was, for the record.",
}
NO_APPROVAL = "Only an approved text can have its typing corrected. Change this one at its author's desk."
NEWER = "A newer version was submitted. Correct the typing in that one: its reviewers read it."


class MoreThanTyping(WorkflowError):
    """The new words change more than the typing; `objections` names each piece."""

    def __init__(self, found: tuple[Objection, ...]) -> None:
        self.objections = found
        listed = " ".join(map(str, found))
        super().__init__(
            f"This is more than a correction of the typing, so nothing was recorded. {listed}"
            " Put back what is named here, or have its author submit it as a new revision, which the board reads."
        )


@transaction.atomic
def propose(article: Article, *, by: User, texts: Mapping[str, str], reason: str) -> TypingCorrection:
    """Lay an approved text with its typing mended before a second person. Readers see nothing of it until that signs.

    Raises:
        PermissionDenied: `by` is neither one of its authors nor an editor free of other duties on it.
        Conflict: no approval stands unquestioned, or another correction waits.
        MoreThanTyping: a figure, unit, dose, drug, negation, citation, danger word or the structure would change.
        UnreadableText: a text cannot be rendered safely.
    """
    article = Article.objects.lock(article.pk)
    _check_may_propose(article, by=by)
    standing = standing_text(article)
    _refuse_while_another_waits(article)
    reason = clean_line(reason, name="the reason", limit=LONGEST_REASON).rstrip(".")
    if not reason:
        raise WorkflowError("Say in a few words what was corrected; readers see it.")
    _let_lapse(article, by=by)
    content = corrected(standing, {part: clean_text(texts[part], name=TEXTS[part]) for part in TEXTS})
    correction = TypingCorrection.objects.create(
        article=article,
        revision=standing.revision,
        digest=digest_of(canonical(content).decode()),
        **{part: content[part] for part in TEXTS},
        reason=reason,
        proposed_by=by,
        proposed_by_label=by.label,
        proposed_at=clock.now(),
    )
    record("typing.proposed", by=by, about=article.about, correction=correction.pk, digest=correction.digest)
    signers = [
        person for person in (*editors(), *_who_approved(standing)) if not why_not_signer(article, correction, person)
    ]
    notify(Kind.TYPING_PROPOSED, signers, event=f"typing:{correction.pk}", article=article, **_facts(correction))
    return correction


@transaction.atomic
def sign(correction: TypingCorrection, *, by: User, digest: str, confirmation: str) -> Revision:
    """The second person's word that only the typing changed: the text is replaced, and its approval goes with it.

    Everything is judged anew: the approval, the text it is for, and the difference to what the quorum read.

    Raises:
        PermissionDenied: `by` proposed it, wrote the text, or is neither an editor nor on the board.
        Conflict: it is settled, the text has changed since, or `digest` is another text.
        MoreThanTyping: by the rules of today it is.
        WorkflowError: `confirmation` does not prove that `by` just meant this digest.
    """
    article, correction = _lock(correction)
    _check_second(article, correction, by=by)
    standing = standing_text(article)
    if standing.revision_id != correction.revision_id:
        raise Conflict("The text was changed after this was proposed, so nothing was published. Propose it anew.")
    content = corrected(standing, correction.texts)
    if not digest == correction.digest == digest_of(canonical(content).decode()):
        raise Conflict("This is not the text that was proposed, so nothing was published. Propose it anew.")
    within = timedelta(minutes=policy.in_force().rule(article.risk_id).confirm_within_minutes)
    confirmed_by = method_of(confirmation, by=by, digest=digest, within=within)
    revision = _replace(article, standing, correction, content, by=by)
    left = editing.take_over_typing(
        article, standing.revision.data, content, why=f"Typing corrected: {correction.reason}"
    )
    correction.confirmed_by = confirmed_by
    _settle(article, correction, TypingStage.SIGNED, by=by, digest=digest, read_digest=standing.of_quorum.digest)
    _tell(Kind.TYPING_SIGNED, article, correction, signer=by.label, left=left)
    return revision


@transaction.atomic
def decline(correction: TypingCorrection, *, by: User, reason: str) -> None:
    """The second person does not sign; the text stays as it is."""
    article, correction = _lock(correction)
    _check_second(article, correction, by=by)
    _end(article, correction, TypingStage.DECLINED, by=by, reason=reason)


@transaction.atomic
def take_back(correction: TypingCorrection, *, by: User, reason: str) -> None:
    """Whoever proposed it thinks better of it."""
    article, correction = _lock(correction)
    if correction.proposed_by_id != by.pk or not by.is_active:
        raise PermissionDenied("Only the person who proposed it can take it back.")
    _end(article, correction, TypingStage.TAKEN_BACK, by=by, reason=reason)


def standing_text(article: Article) -> Approval:
    """The approval that a correction would go over from; its text is the newest, and nothing lies over it.

    Raises:
        Conflict: why the typing cannot be corrected now, and what to do.
    """
    approval = article.approval
    if article.state in WHY_NOT:
        raise Conflict(WHY_NOT[State(article.state)])
    if approval is None or not transitions.has_checked_text(article):
        raise Conflict(NO_APPROVAL)
    if article.state != State.APPROVED or article.latest_revision_id != approval.revision_id:
        raise Conflict(NEWER)
    if clock.now() >= approval.valid_until:
        raise Conflict("Its check is overdue. Have the text read again first; typing is corrected in a checked text.")
    if over := article.notices.filter(kind__in=IN_THE_WAY, resolution=None).first():
        raise Conflict(f"“{over.get_kind_display()}” lies over this text. Settle that first, then correct the typing.")
    if Recheck.objects.open().filter(article=article).exists():
        raise Conflict("The text is being read again. Wait until that is settled, then correct the typing.")
    if not is_proven(approval):
        raise Conflict("The approval of this text cannot be proven, so nothing was changed. Tell the administrators.")
    return approval


def corrected(standing: Approval, texts: Mapping[str, str]) -> dict[str, Any]:
    """The content it would become, held against what the quorum read and not only against the last correction.

    Raises:
        WorkflowError: nothing differs. MoreThanTyping: too much does.
    """
    now = standing.revision.data
    if all(now[part] == texts[part] for part in TEXTS):
        raise WorkflowError("These are the words that stand already; nothing was corrected.")
    content = with_typing(now, texts, number=standing.revision.number + 1)
    if found := objections(standing.of_quorum.revision.data, content):
        raise MoreThanTyping(found)
    return content


def why_not_now(article: Article, correction: TypingCorrection | None = None) -> str:
    """Why no correction can be made, or this one not be signed, for pages; empty if it can."""
    try:
        standing = standing_text(article)
        if correction is None:
            _refuse_while_another_waits(article)
        elif standing.revision_id != correction.revision_id:
            return "The text was changed after this was proposed. Decline it; it can be proposed anew."
    except Conflict as refusal:
        return str(refusal)
    return ""


def why_not_signer(article: Article, correction: TypingCorrection, person: User) -> str:
    """Why this person cannot be the second one; empty if they can."""
    is_member = BoardMember.objects.present().filter(user=person).exists()
    if person.is_machine or not (person.is_editor or is_member):
        return "Only an editor or a board member can sign a typing correction."
    if person.pk == correction.proposed_by_id:
        return "You proposed this correction, so somebody else has to sign it."
    if person.pk in authors_of(article):
        return "You had a hand in this text, so somebody else has to sign its correction."
    return ""


def _lock(correction: TypingCorrection) -> tuple[Article, TypingCorrection]:
    article = Article.objects.lock(correction.article_id)
    correction = TypingCorrection.objects.get(pk=correction.pk)
    if not correction.is_unsettled:
        raise Conflict(f"This correction is settled already ({correction.get_stage_display().lower()}).")
    return article, correction


def _check_may_propose(article: Article, *, by: User) -> None:
    if editing.is_author(article, by):
        editing.check_may_write(article, by=by)
    else:
        assignments.check_editor(article, by=by)


def _check_second(article: Article, correction: TypingCorrection, *, by: User) -> None:
    if why := why_not_signer(article, correction, by):
        raise PermissionDenied(why)


def _refuse_while_another_waits(article: Article) -> None:
    """One at a time; what was overtaken by another text does not count."""
    if TypingCorrection.objects.waiting().filter(article=article).exists():
        raise Conflict("Another typing correction of this text waits for a second person. Have that settled first.")


def _let_lapse(article: Article, *, by: User) -> None:
    for overtaken in TypingCorrection.objects.unsettled().filter(article=article):
        _settle(article, overtaken, TypingStage.LAPSED, by=by)


def _replace(
    article: Article, standing: Approval, correction: TypingCorrection, content: Mapping[str, Any], *, by: User
) -> Revision:
    """The corrected text, frozen and with the approval of the other, and the notice that tells readers."""
    at = clock.now()
    said = f"Typing corrected: {correction.reason}"
    author = correction.proposed_by
    revision = freeze_typing(article, content, of=standing.revision, by=author, at=at, change_note=said)
    record("revision.frozen", by=by, about=article.about, row=revision, digest=revision.digest)
    typing = {
        "at": at.isoformat(),
        "reason": correction.reason,
        "proposed_by": correction.proposed_by_label,
        "signed_by": by.label,
    }
    transitions.carry_approval(article, revision, typing=typing, by=by)
    text = (
        f"{correction.reason}. Proposed by {correction.proposed_by_label}, signed by {by.label}. Nothing else changed."
    )
    transitions.publish_notice(article, NoticeKind.TYPING, by=by, text=text, concerns=revision)
    return revision


def _end(article: Article, correction: TypingCorrection, stage: TypingStage, *, by: User, reason: str) -> None:
    if not reason.strip():
        raise WorkflowError("Say why in a few words; it is kept, and the others are told.")
    correction.words = reason.strip()
    _settle(article, correction, stage, by=by)
    _tell(Kind.TYPING_DECLINED, article, correction, signer=by.label, why=correction.words)


def _settle(article: Article, correction: TypingCorrection, stage: TypingStage, *, by: User, **facts: Any) -> None:
    correction.stage, correction.settled_at = stage, clock.now()
    correction.settled_by, correction.settled_by_label = by, by.label
    correction.save(update_fields=["stage", "settled_at", "settled_by", "settled_by_label", "words", "confirmed_by"])
    record(f"typing.{stage}", by=by, about=article.about, correction=correction.pk, **facts)


def _who_approved(standing: Approval) -> list[User]:
    said = Decision.objects.filter(digest=standing.of_quorum.digest, verdict=Verdict.APPROVE)
    return [decision.reviewer.user for decision in said.select_related("reviewer__user")]


def _tell(kind: Kind, article: Article, correction: TypingCorrection, **facts: Any) -> None:
    people = [article.author, *article.coauthors.all(), *editors()]
    event = f"{kind}:{correction.pk}"
    notify(kind, people, event=event, article=article, **_facts(correction), **facts)


def _facts(correction: TypingCorrection) -> dict[str, Any]:
    return {"correction": correction.pk, "proposer": correction.proposed_by_label, "reason": correction.reason}
