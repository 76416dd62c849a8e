"""Asking board members to read, and ending that: the loan of access begins and ends here."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from articles import permissions, transitions
from articles.models import Article, Topic
from articles.states import State
from editorial import clock
from editorial.attribution import saved_by
from editorial.audit import record
from editorial.errors import Conflict, WorkflowError
from editorial.models import User
from reviews import matching, policy
from reviews.kinds import Ending, Kind
from reviews.models import BoardMember, ReviewAssignment
from reviews.notifications import editors, notify


@transaction.atomic
def assign(
    article: Article,
    member: BoardMember,
    *,
    by: User,
    discipline: Topic | None = None,
    due_at: datetime | None = None,
) -> ReviewAssignment:
    """Ask `member` to read the newest revision; the first assignment starts the review.

    Raises:
        PermissionDenied: `by` is not an editor, or has another duty on this article.
        WorkflowError: nothing is waiting to be read, or this person may not or need not read it.
    """
    article = Article.objects.lock(article.pk)
    check_editor(article, by=by)
    _check_may_read(article, member, by=by)
    assignment = _new_assignment(article, member, by=by, discipline=discipline or article.topic, due_at=due_at)
    permissions.grant_reading(article, member.user)
    entry = record(
        "review.assigned",
        by=by,
        about=article.about,
        assignment=assignment.pk,
        reviewer=member.user.label,
        digest=assignment.revision.digest,
    )
    if article.state == State.SUBMITTED:
        transitions.start_review(article, by=by, people=[printed(member)])
    notify(
        Kind.REVIEW_ASSIGNED,
        [member.user],
        event=f"assigned:{assignment.pk}",
        article=article,
        assignment=assignment,
        entry=entry,
        due=assignment.due_at.isoformat(),
    )
    return assignment


@transaction.atomic
def decline(assignment: ReviewAssignment, *, by: User, reason: str) -> None:
    """The reviewer gives the work back; the editors hear why."""
    article, assignment = lock(assignment)
    check_held(assignment, by=by)
    if not reason.strip():
        raise WorkflowError("Say in a few words why you decline, so that the editor can find somebody else.")
    end(article, assignment, Ending.DECLINED, by=by, reason=reason.strip())
    notify(
        Kind.REVIEW_DECLINED,
        editors(),
        event=f"declined:{assignment.pk}",
        article=article,
        assignment=assignment,
        reviewer=assignment.reviewer.user.label,
        reason=reason.strip(),
    )


@transaction.atomic
def take_back(assignment: ReviewAssignment, *, by: User, reason: str) -> None:
    """The editor ends an assignment that nobody has decided on."""
    article, assignment = lock(assignment)
    check_editor(article, by=by)
    if not assignment.is_open:
        raise Conflict("This assignment has ended already; nothing was changed.")
    if not reason.strip():
        raise WorkflowError("Say why the assignment is taken back; the reviewer is told.")
    end(article, assignment, Ending.REPLACED, by=by, reason=reason.strip())
    _tell_ended(article, assignment, reason.strip())


@transaction.atomic
def leave_board(member: BoardMember, *, by: User) -> None:
    """A member has left: what they still held is taken back, each on record, and the editors find others."""
    reason = "The reviewer has left the board."
    still_held = list(ReviewAssignment.objects.open().filter(reviewer=member).select_related("revision").order_by("pk"))
    Article.objects.lock_all(held.revision.article_id for held in still_held)
    for held in still_held:
        article, assignment = lock(held)
        if assignment.is_open:
            end(article, assignment, Ending.REPLACED, by=by, reason=reason)
            notify(
                Kind.REVIEW_DECLINED,
                editors(),
                event=f"declined:{assignment.pk}",
                article=article,
                assignment=assignment,
                reviewer=member.user.label,
                reason=reason,
            )


@transaction.atomic
def note_opened(assignment: ReviewAssignment, *, by: User) -> None:
    """The reviewer has the revision in front of them: the first time goes on record."""
    article, assignment = lock(assignment)
    check_held(assignment, by=by)
    if assignment.opened_at is None:
        assignment.opened_at = clock.now()
        saved_by(assignment, by)
        assignment.save(update_fields=["opened_at"])
        record("review.opened", by=by, about=article.about, assignment=assignment.pk)


def end(article: Article, assignment: ReviewAssignment, ending: Ending, *, by: User | None, reason: str = "") -> None:
    """Close one locked assignment and take the access back in the same transaction."""
    assignment.ended_at = clock.now()
    assignment.ending = ending
    assignment.end_reason = reason
    saved_by(assignment, by)
    assignment.save(update_fields=["ended_at", "ending", "end_reason"])
    others = ReviewAssignment.objects.open().filter(revision__article=article, reviewer=assignment.reviewer_id)
    if not others.exists():
        permissions.revoke_reading(article, assignment.reviewer.user)
    record(
        "review.ended",
        by=by,
        about=article.about,
        assignment=assignment.pk,
        ending=ending,
        reason=reason,
    )


def close_all(article: Article, *, by: User | None, reason: str) -> None:
    """End what is still open on this article: its revision is no longer under review."""
    still_open = ReviewAssignment.objects.open().filter(revision__article=article)
    for assignment in still_open.select_related("reviewer__user", "revision").order_by("pk"):
        end(article, assignment, Ending.CLOSED, by=by, reason=reason)
        _tell_ended(article, assignment, reason)


def lock(assignment: ReviewAssignment) -> tuple[Article, ReviewAssignment]:
    """The article first, then its assignment, both re-read: the order every verb keeps."""
    article = Article.objects.lock(assignment.revision.article_id)
    return article, ReviewAssignment.objects.lock(assignment.pk)


def check_held(assignment: ReviewAssignment, *, by: User) -> None:
    """The work is `by`'s own and still open. Superusers hold nothing they were not given."""
    if assignment.reviewer.user_id != by.pk or not by.is_active or by.is_machine or assignment.reviewer.left_at:
        raise PermissionDenied("This review is not assigned to you.")
    if not assignment.is_open:
        raise Conflict(
            f"This review has ended already ({assignment.get_ending_display().lower()}); nothing was changed."
        )


def check_editor(article: Article, *, by: User) -> None:
    """`by` holds an editor's office and no other duty on this article."""
    if not by.is_editor:
        raise PermissionDenied("Only an editor can do this.")
    if by.pk in matching.authors_of(article):
        raise PermissionDenied("You had a hand in this text, so another editor has to act on it.")
    if by.pk in matching.reviewers_of(article):
        raise PermissionDenied("You were asked to review this text, so another editor has to act on it.")


def printed(member: BoardMember) -> dict[str, str]:
    """How the public tracker names a board member."""
    return {"name": member.user.label, "profession": member.profession}


def _new_assignment(
    article: Article, member: BoardMember, *, by: User, discipline: Topic, due_at: datetime | None
) -> ReviewAssignment:
    now = clock.now()
    due_at = due_at or policy.due_at(policy.in_force().rule(article.risk_id), asked_at=now)
    if due_at <= now:
        raise WorkflowError("The due date has passed already. Choose a day that is still to come.")
    assignment = ReviewAssignment(
        revision=article.latest_revision,
        reviewer=member,
        discipline=discipline,
        assigned_by=by,
        assigned_at=now,
        due_at=due_at,
    )
    saved_by(assignment, by)
    assignment.save()
    return assignment


def _check_may_read(article: Article, member: BoardMember, *, by: User) -> None:
    if article.state not in (State.SUBMITTED, State.UNDER_REVIEW):
        raise WorkflowError(
            f"Nobody can be asked to read “{article.title}” now. {transitions.WHY_NOT[State(article.state)]}"
        )
    person = member.user
    refusals = (
        (member.left_at is not None or not person.is_active, "has left the board"),
        (person.is_machine, "is a machine account, and machines never review"),
        (person.pk == by.pk, "is you: an editor cannot assign a review to himself or herself"),
        (person.pk in matching.authors_of(article), "had a hand in this text and cannot review it"),
        (person.pk in matching.editors_of(article), "acts as an editor on this article and cannot review it too"),
        (
            ReviewAssignment.objects.filter(revision=article.latest_revision, reviewer=member).exists(),
            "was asked to read this revision already",
        ),
    )
    for applies, why in refusals:
        if applies:
            raise WorkflowError(f"{person.label} {why}. Choose another board member.")


def _tell_ended(article: Article, assignment: ReviewAssignment, reason: str) -> None:
    notify(
        Kind.REVIEW_ENDED,
        [assignment.reviewer.user],
        event=f"ended:{assignment.pk}",
        article=article,
        reason=reason,
    )
