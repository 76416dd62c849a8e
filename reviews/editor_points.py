"""What an editor asks of the authors, and the points of reviewers that only an editor is left to settle."""

from django.db import transaction
from django.db.models import Q

from articles.models import Article
from articles.states import State
from editorial import clock
from editorial.audit import record
from editorial.errors import Conflict, WorkflowError
from editorial.models import User
from reviews import assignments
from reviews.kinds import Kind, Origin, Side
from reviews.models import BoardMember, ReviewAssignment, Thread
from reviews.notifications import notify
from reviews.threads import cleaned, open_again, say, tell_authors


@transaction.atomic
def raise_point(article: Article, words: str, *, by: User, is_blocking: bool = False) -> Thread:
    """Ask the authors something in one's own name as an editor.

    Raises:
        PermissionDenied: `by` is not an editor free of other duties.
        WorkflowError: nothing is said, it is too long, or no text of this article waits for its authors any more.
    """
    article = Article.objects.lock(article.pk)
    assignments.check_editor(article, by=by)
    revision = article.latest_revision
    if revision is None or article.state in (State.WITHDRAWN, State.RETRACTED):
        raise WorkflowError("Points are raised about a text that was submitted and still stands or may come again.")
    said = _said(words)
    thread = Thread.objects.create(
        article=article,
        revision=revision,
        digest=revision.digest,
        origin=Origin.EDITOR,
        subject="From the editor",
        opened_by=by,
        opened_by_label=by.label,
        profession="editor",
        is_blocking=is_blocking,
        opened_at=clock.now(),
    )
    tell_authors(article, say(thread, Side.EDITOR, said, by=by, revision=revision), Kind.POINT_RAISED)
    return thread


@transaction.atomic
def ask_again(article: Article, pk: int, words: str, *, by: User) -> Thread:
    """What the authors answered an editor is not enough; any editor can say so.

    Raises:
        PermissionDenied: `by` is not an editor free of other duties.
        WorkflowError: nothing is said, or no editor ever raised this point.
    """
    article = Article.objects.lock(article.pk)
    assignments.check_editor(article, by=by)
    thread = _point(article, pk)
    if thread.origin != Origin.EDITOR:
        raise WorkflowError("This point is a reviewer's, so only the reviewer can ask again.")
    said, newest = _said(words), article.latest_revision
    open_again(thread)
    tell_authors(article, say(thread, Side.EDITOR, said, by=by, revision=newest or thread.revision), Kind.ASKED_AGAIN)
    return thread


@transaction.atomic
def settle(article: Article, pk: int, *, by: User, reason: str = "") -> Thread:
    """Settle an editors' point, or that of a reviewer who will not: on record as the editor's, the reviewer told.

    A reviewer's point can be settled by an editor once the reviewer has left the board or, with an answer to it, reads
    this article no more.

    Raises:
        PermissionDenied: `by` is not an editor free of other duties.
        Conflict: it is settled already, or its reviewer is there to settle it.
        WorkflowError: a reviewer's point, and no reason.
    """
    article = Article.objects.lock(article.pk)
    assignments.check_editor(article, by=by)
    thread, reason = _point(article, pk), cleaned(reason)
    if thread.settled_at:
        raise Conflict("This point is settled already.")
    if thread.origin != Origin.EDITOR:
        _check_in_place_of(thread, reason)
    thread.settled_at, thread.settled_by, thread.settled_because = clock.now(), by, reason
    thread.save(update_fields=["settled_at", "settled_by", "settled_because"])
    record("thread.settled_by_editor", by=by, about=article.about, thread=thread.pk, reason=reason)
    if thread.origin != Origin.EDITOR:
        event = f"point-settled:{thread.pk}:{thread.settled_at.isoformat()}"
        notify(Kind.POINT_SETTLED, [thread.opened_by], event=event, article=article, reason=reason, editor=by.label)
    return thread


def settled_by_editors(article: Article) -> set[int]:
    """The unsettled points of an article that an editor can settle, by their ids."""
    unsettled = Thread.objects.unsettled().filter(article=article)
    still_read = ReviewAssignment.objects.open().filter(revision__article=article).values("reviewer__user")
    on_the_board = BoardMember.objects.present().values("user")
    gone = ~Q(opened_by__in=on_the_board) | (Q(answered_at__isnull=False) & ~Q(opened_by__in=still_read))
    return set(unsettled.filter(Q(origin=Origin.EDITOR) | gone).values_list("pk", flat=True))


def _check_in_place_of(thread: Thread, reason: str) -> None:
    if thread.pk not in settled_by_editors(thread.article):
        raise Conflict(
            f"{thread.opened_by_label} is there to settle this point, or its authors have not answered it yet."
            " An editor can settle it when the reviewer has left, or when it is answered and nobody reads on."
        )
    if not reason:
        raise WorkflowError(
            "Say why you settle it in the reviewer's place: it goes on record, and the reviewer is told."
        )


def _point(article: Article, pk: int) -> Thread:
    thread = Thread.objects.select_related("article", "opened_by").filter(article=article, pk=pk).first()
    if thread is None:
        raise WorkflowError("This article has no such point, so nothing was changed. Reload the page.")
    return thread


def _said(words: str) -> str:
    said = cleaned(words)
    if not said:
        raise WorkflowError("Write what you ask for, so that the authors know what to answer.")
    return said
