"""What a reviewer writes beside a passage: kept as a draft until the decision is recorded, or sent at once."""

from dataclasses import dataclass

from django.db import transaction

from articles import quotes
from articles.models import Article
from articles.public import VARIANTS, reviewer_text
from articles.quotes import NotThere, Passage
from editorial import clock
from editorial.audit import record
from editorial.errors import Conflict, WorkflowError
from editorial.models import User
from reviews import assignments, reading
from reviews.kinds import Kind, Origin, Side
from reviews.models import Comment, Decision, ReviewAssignment, Thread
from reviews.threads import cleaned, say, tell_authors

MOST = 200  # of one review, sent or not


@dataclass(frozen=True)
class Remark:
    """What is said about a passage, and whether it stands against an approval."""

    words: str
    is_blocking: bool = False


@transaction.atomic
def write(assignment: ReviewAssignment, passage: Passage, remark: Remark, *, by: User, digest: str) -> Comment:
    """Keep a comment that nobody but `by` sees until the decision is recorded.

    Raises:
        PermissionDenied: `by` does not hold this assignment.
        Conflict: it has ended, or the text has moved on since it was served.
        WorkflowError: the passage does not stand in the text, nothing is said about it, or there are too many.
    """
    article, assignment = reading.lock(assignment, by=by, digest=digest)
    passage, remark = _checked(assignment, passage, remark)
    comment = Comment.objects.create(assignment=assignment, written_at=clock.now(), **vars(passage), **vars(remark))
    _note("comment.written", article, comment, by=by)
    return comment


@transaction.atomic
def say_at_once(assignment: ReviewAssignment, passage: Passage, remark: Remark, *, by: User, digest: str) -> Thread:
    """The same, sent to the authors without waiting for the decision.

    Raises:
        PermissionDenied, Conflict, WorkflowError: as for `write`.
    """
    article, assignment = reading.lock(assignment, by=by, digest=digest)
    passage, remark = _checked(assignment, passage, remark)
    return _send(article, assignment, passage, remark, by=by)


@transaction.atomic
def change(assignment: ReviewAssignment, pk: int, remark: Remark, *, by: User, digest: str, seen: str) -> Comment:
    """Say something else about the same passage; `seen` names the state that was on the page.

    Raises:
        PermissionDenied: `by` does not hold this assignment.
        Conflict: it has ended, the text has moved on, or another tab was first.
        WorkflowError: nothing is said.
    """
    article, assignment = reading.lock(assignment, by=by, digest=digest)
    comment, remark = _draft(assignment, pk, seen=seen), _said(remark)
    if (comment.words, comment.is_blocking) == (remark.words, remark.is_blocking):
        return comment
    comment.words, comment.is_blocking, comment.written_at = remark.words, remark.is_blocking, clock.now()
    comment.save()
    _note("comment.changed", article, comment, by=by)
    return comment


@transaction.atomic
def remove(assignment: ReviewAssignment, pk: int, *, by: User, digest: str, seen: str) -> None:
    """Take back what was not sent yet.

    Raises:
        PermissionDenied: `by` does not hold this assignment.
        Conflict: it has ended, the text has moved on, or another tab was first.
    """
    article, assignment = reading.lock(assignment, by=by, digest=digest)
    comment = _draft(assignment, pk, seen=seen)
    _note("comment.removed", article, comment, by=by)
    comment.delete()


@transaction.atomic
def send(assignment: ReviewAssignment, pk: int, remark: Remark, *, by: User, digest: str, seen: str) -> Thread:
    """Let the authors have a draft now, in these words.

    Raises:
        PermissionDenied, Conflict, WorkflowError: as for `change`.
    """
    article, assignment = reading.lock(assignment, by=by, digest=digest)
    comment, remark = _draft(assignment, pk, seen=seen), _said(remark)
    thread = _send(article, assignment, passage_of(comment), remark, by=by)
    comment.delete()
    return thread


def travel(decision: Decision, *, by: User) -> None:
    """Whatever is still a draft goes to the authors with the decision; the article must be locked."""
    for comment in decision.assignment.comments.all():
        thread = _opened(decision.assignment, passage_of(comment), comment.is_blocking, by=by, decision=decision)
        say(thread, Side.REVIEWER, comment.words, by=by, revision=decision.revision)
        comment.delete()


@transaction.atomic
def carry_over(assignment: ReviewAssignment, *, by: User) -> int:
    """What `by` had written and not sent when an earlier review of this article ended is at hand again; how many."""
    article, assignment = assignments.lock(assignment)
    assignments.check_held(assignment, by=by)
    theirs = Comment.objects.filter(assignment__reviewer=assignment.reviewer_id, assignment__ended_at__isnull=False)
    carried = theirs.filter(assignment__revision__article=article).update(assignment=assignment)
    if carried:
        record("comments.carried_over", by=by, about=article.about, assignment=assignment.pk, comments=carried)
    return carried


def passage_of(said: Comment | Thread) -> Passage:
    return Passage(said.field, said.quote, said.occurrence)


def _checked(assignment: ReviewAssignment, passage: Passage, remark: Remark) -> tuple[Passage, Remark]:
    """The passage in the words of the frozen text."""
    remark, text = _said(remark), reviewer_text(assignment.revision)
    sent = Thread.objects.filter(assignment=assignment, origin=Origin.COMMENT).count()
    if sent + assignment.comments.count() >= MOST:
        raise WorkflowError(f"One review has room for {MOST} comments. Say the rest in the reasons of your decision.")
    try:
        return quotes.find(text, passage.field, passage.quote, passage.occurrence), remark
    except NotThere as refusal:
        raise WorkflowError(str(refusal)) from None


def _said(remark: Remark) -> Remark:
    words = cleaned(remark.words)
    if not words:
        raise WorkflowError("Write what you want to say about this passage, so that the authors know what to answer.")
    return Remark(words, remark.is_blocking)


def _draft(assignment: ReviewAssignment, pk: int, *, seen: str) -> Comment:
    comment = assignment.comments.filter(pk=pk).first()
    if comment is None:
        raise Conflict("This comment is no draft any more: it was sent or removed in another tab. Reload the page.")
    if comment.seen != seen:
        raise Conflict("This comment was changed in another tab meanwhile. Reload the page to go on from that.")
    return comment


def _send(article: Article, assignment: ReviewAssignment, passage: Passage, remark: Remark, *, by: User) -> Thread:
    thread = _opened(assignment, passage, remark.is_blocking, by=by)
    message = say(thread, Side.REVIEWER, remark.words, by=by, revision=assignment.revision)
    tell_authors(article, message, Kind.POINT_RAISED)
    return thread


def _opened(
    assignment: ReviewAssignment, passage: Passage, is_blocking: bool, *, by: User, decision: Decision | None = None
) -> Thread:
    revision = assignment.revision
    return Thread.objects.create(
        article=revision.article,
        revision=revision,
        digest=revision.digest,
        assignment=assignment,
        decision=decision,
        origin=Origin.COMMENT,
        subject=f"Comment on the {VARIANTS[passage.field]}",
        opened_by=by,
        opened_by_label=by.label,
        profession=assignment.reviewer.profession,
        is_blocking=is_blocking,
        opened_at=clock.now(),
        **vars(passage),
    )


def _note(action: str, article: Article, comment: Comment, *, by: User) -> None:
    record(action, by=by, about=article.about, assignment=comment.assignment_id, comment=comment.pk)
