"""Asking board members to read, and ending that: the loan of access begins and ends here."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef, Subquery

from articles import permissions, transitions
from articles.models import Article, Topic
from articles.states import State
from editorial import clock
from editorial.attribution import saved_by
from editorial.audit import record
from editorial.errors import Conflict, WorkflowError
from editorial.models import AuditEntry, User
from reviews import credentials, interests, matching, policy
from reviews.kinds import Ending, Kind, Level
from reviews.models import (
    BoardMember,
    Credential,
    Decision,
    InterestAnswer,
    InterestDeclaration,
    Recheck,
    ReviewAssignment,
)
from reviews.notifications import editors, notify
from reviews.querysets import ReviewAssignmentQuerySet

WAITING = (State.SUBMITTED, State.UNDER_REVIEW)


@transaction.atomic
def assign(
    article: Article,
    member: BoardMember,
    *,
    by: User,
    discipline: Topic | None = None,
    due_at: datetime | None = None,
) -> ReviewAssignment:
    """Invite `member` to read the newest revision; the first who accepts starts the review.

    Raises:
        PermissionDenied: `by` is not an editor, or has another duty on this article.
        WorkflowError: nothing is waiting to be read, or this person may not or need not read it.
    """
    article = Article.objects.lock(article.pk)
    check_editor(article, by=by)
    return _invite(article, member, by=by, discipline=discipline or article.topic, due_at=due_at)


@transaction.atomic
def accept(assignment: ReviewAssignment, *, by: User, interest: str = Level.NONE, words: str = "") -> InterestAnswer:
    """Take the review on, with an answer about interests in this text; a major one ends it at once.

    Raises:
        PermissionDenied: it is not `by`'s own, or they had a hand in the text.
        Conflict: it was answered or has ended already, or the text has moved on.
        WorkflowError: no current declaration of interests, no valid credential, or an interest without a word on it.
    """
    article, assignment = lock(assignment)
    check_held(assignment, by=by)
    _check_may_accept(article, assignment, by=by)
    if interest not in Level.values or (interest != Level.NONE and not words.strip()):
        raise WorkflowError("Say in a few words what the interest is; it is kept with your answer.")
    answer = InterestAnswer.objects.create(
        assignment=assignment, level=interest, words=words.strip(), answered_at=clock.now()
    )
    is_major = interest == Level.MAJOR
    record(
        "review.recused" if is_major else "review.accepted",
        by=by,
        about=article.about,
        row=answer,
        assignment=assignment.pk,
        interest=interest,
    )
    if is_major:
        _recuse(article, assignment, answer, by=by)
    else:
        _take_on(article, assignment, by=by)
    return answer


@transaction.atomic
def decline(assignment: ReviewAssignment, *, by: User, reason: str, suggested: BoardMember | None = None) -> None:
    """The reviewer gives the work back; the editors hear why, and who could do it instead.

    Raises:
        PermissionDenied: it is not `by`'s own. Conflict: it has ended.
        WorkflowError: no reason, or somebody suggested who cannot read this text.
    """
    article, assignment = lock(assignment)
    check_held(assignment, by=by)
    if not reason.strip():
        raise WorkflowError("Say in a few words why you decline, so that the editor can find somebody else.")
    if suggested and suggested.user_id in matching.barred_from(article) | {by.pk}:
        raise WorkflowError(f"{suggested.user.label} cannot read this text. Suggest somebody else, or nobody.")
    assignment.suggested = suggested
    end(article, assignment, Ending.DECLINED, by=by, reason=reason.strip())
    notify(
        Kind.REVIEW_DECLINED,
        editors(),
        event=f"declined:{assignment.pk}",
        article=article,
        assignment=assignment,
        reviewer=assignment.reviewer.user.label,
        reason=reason.strip(),
        suggested=suggested.user.label if suggested else "",
    )
    find_third(article)


@transaction.atomic
def replace(assignment: ReviewAssignment, member: BoardMember, *, by: User | None, reason: str) -> ReviewAssignment:
    """Pass an open review on to `member`; `by=None` is the system, when nobody stirs.

    Raises:
        PermissionDenied: `by` is not an editor free of other duties. Conflict: it has ended already.
        WorkflowError: this member cannot be asked.
    """
    article, assignment = lock(assignment)
    if by is not None:
        check_editor(article, by=by)
    if not assignment.is_open:
        raise Conflict("This assignment has ended already; nothing was changed.")
    passed_on = _invite(
        article, member, by=by, discipline=assignment.discipline, recheck=assignment.recheck, replaces=assignment
    )
    end(article, assignment, Ending.PASSED_ON, by=by, reason=reason)
    _tell_ended(article, assignment, reason)
    notify(
        Kind.REVIEW_PASSED_ON,
        editors(),
        event=f"passed_on:{assignment.pk}",
        article=article,
        assignment=passed_on,
        reviewer=assignment.reviewer.user.label,
        successor=member.user.label,
        reason=reason,
    )
    return passed_on


def find_third(article: Article, *, entry: AuditEntry | None = None) -> ReviewAssignment | None:
    """Reviewers disagree and nobody reads any more: the system invites the best match, or says that there is none.

    The article must be locked.
    """
    revision = article.latest_revision
    if article.state != State.UNDER_REVIEW or revision is None:
        return None
    said = list(Decision.objects.filter(revision=revision))
    still_read = ReviewAssignment.objects.open().filter(revision=revision)
    if not policy.is_split(said, digest=revision.digest) or still_read.exists():
        return None
    asked = ReviewAssignment.objects.filter(revision=revision).count()
    best = matching.best(article)
    third = _invite(article, best.member, by=None, discipline=article.topic) if best else None
    notify(
        Kind.THIRD_INVITED if third else Kind.SPLIT_VOTE,
        editors(),
        event=f"third:{revision.pk}:{asked}",
        article=article,
        assignment=third,
        entry=entry,
        reviewer=best.member.user.label if best else "",
    )
    return third


@transaction.atomic
def ask_again(recheck: Recheck, member: BoardMember, *, by: User | None) -> ReviewAssignment:
    """Invite `member` to read what a re-check is about; `by=None` is the system.

    Raises:
        PermissionDenied: `by` is not an editor free of other duties.
        Conflict: the re-check is closed, or the text it is about stands no longer.
        WorkflowError: this member cannot be asked.
    """
    article = Article.objects.lock(recheck.article_id)
    recheck = Recheck.objects.get(pk=recheck.pk)
    if by is not None:
        check_editor(article, by=by)
    check_read_again(article, recheck)
    return _invite(article, member, by=by, discipline=article.topic, recheck=recheck)


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
    check_ready(assignment)
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
    assignment.save(update_fields=["ended_at", "ending", "end_reason", "suggested"])
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
    """End what is still open on the newest revision: it is no longer under review. Re-checks of another go on."""
    close_these(article, ReviewAssignment.objects.filter(recheck=None), by=by, reason=reason)


def close_these(article: Article, these: ReviewAssignmentQuerySet, *, by: User | None, reason: str) -> None:
    """End those among these that are open on this article, and tell whoever held them."""
    still_open = these.open().filter(revision__article=article)
    for assignment in still_open.select_related("reviewer__user", "revision").order_by("pk"):
        end(article, assignment, Ending.CLOSED, by=by, reason=reason)
        _tell_ended(article, assignment, reason)


def last_suggested(article: Article) -> BoardMember | None:
    """Whom the last one to decline this revision named, for the editor to think of first."""
    named = ReviewAssignment.objects.filter(revision=article.latest_revision, suggested__isnull=False)
    last = named.select_related("suggested__user").order_by("-ended_at", "-pk").first()
    return last.suggested if last else None


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


def check_ready(assignment: ReviewAssignment) -> None:
    """Accepted, with interests declared and a credential that hold today; before that no text is shown or judged.

    Raises:
        WorkflowError: what is missing, and what to do.
    """
    if assignment.accepted_at is None:
        raise WorkflowError("Answer the invitation first: the text is shown once you have accepted it.")
    interests.check_current(assignment.reviewer)
    _check_credential(assignment.reviewer)


def check_read_again(article: Article, recheck: Recheck) -> None:
    """The re-check is open, and the text it is about is still the one readers rely on."""
    stands = article.approval is not None and article.approval.revision_id == recheck.revision_id
    if not recheck.is_open or not stands or not transitions.has_checked_text(article):
        raise Conflict("This re-check is over, so nothing was recorded.")


def with_readiness(chosen: ReviewAssignmentQuerySet) -> ReviewAssignmentQuerySet:
    """With what `why_not_ready` has to know, so that it asks nothing more of those that are ready."""
    now = clock.now()
    newest = InterestDeclaration.objects.filter(member=OuterRef("reviewer"), declared_at__lte=now).order_by("-pk")
    valid = Credential.objects.current(at=now).filter(member=OuterRef("reviewer"))
    return chosen.annotate(declared_until=Subquery(newest.values("expires_at")[:1]), has_credential=Exists(valid))


def why_not_ready(assignment: ReviewAssignment) -> str:
    """What `check_ready` would refuse, for pages; empty if nothing."""
    until, has_credential = (getattr(assignment, name, None) for name in ("declared_until", "has_credential"))
    if assignment.accepted_at and until and until > clock.now() and has_credential:
        return ""
    try:
        check_ready(assignment)
    except WorkflowError as refusal:
        return str(refusal)
    return ""


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


def _check_credential(member: BoardMember) -> None:
    if credentials.why_none(member):
        raise WorkflowError(
            "You have no verified credential that is still valid. Ask an editor to verify one, then go on."
        )


def _check_may_accept(article: Article, assignment: ReviewAssignment, *, by: User) -> None:
    if assignment.accepted_at:
        raise Conflict("You accepted this review already; nothing was changed.")
    if by.pk in matching.authors_of(article):
        raise PermissionDenied("You had a hand in this text, so you cannot review it.")
    if assignment.recheck:
        check_read_again(article, assignment.recheck)
    elif article.latest_revision_id != assignment.revision_id or article.state not in WAITING:
        raise Conflict("This revision is no longer waiting to be read, so nothing was recorded.")
    interests.check_current(assignment.reviewer)
    _check_credential(assignment.reviewer)


def _take_on(article: Article, assignment: ReviewAssignment, *, by: User) -> None:
    assignment.accepted_at = clock.now()
    saved_by(assignment, by)
    assignment.save(update_fields=["accepted_at"])
    if article.state == State.SUBMITTED and assignment.recheck is None:
        transitions.start_review(article, by=by, people=[printed(assignment.reviewer)])


def _recuse(article: Article, assignment: ReviewAssignment, answer: InterestAnswer, *, by: User) -> None:
    end(article, assignment, Ending.RECUSED, by=by, reason=answer.words)
    notify(
        Kind.REVIEW_RECUSED,
        editors(),
        event=f"recused:{assignment.pk}",
        article=article,
        assignment=assignment,
        reviewer=by.label,
        reason=answer.words,
    )
    find_third(article)


def _invite(
    article: Article,
    member: BoardMember,
    *,
    by: User | None,
    discipline: Topic,
    due_at: datetime | None = None,
    recheck: Recheck | None = None,
    replaces: ReviewAssignment | None = None,
) -> ReviewAssignment:
    _check_may_read(article, member, by=by, recheck=recheck)
    assignment = _new_assignment(
        article, member, by=by, discipline=discipline, due_at=due_at, recheck=recheck, replaces=replaces
    )
    permissions.grant_reading(article, member.user)
    entry = record(
        "review.assigned",
        by=by,
        about=article.about,
        assignment=assignment.pk,
        reviewer=member.user.label,
        digest=assignment.revision.digest,
    )
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


def _new_assignment(
    article: Article,
    member: BoardMember,
    *,
    by: User | None,
    discipline: Topic,
    due_at: datetime | None,
    recheck: Recheck | None,
    replaces: ReviewAssignment | None,
) -> ReviewAssignment:
    now = clock.now()
    due_at = due_at or policy.due_at(policy.in_force().rule(article.risk_id), asked_at=now)
    if due_at <= now:
        raise WorkflowError("The due date has passed already. Choose a day that is still to come.")
    assignment = ReviewAssignment(
        revision=recheck.revision if recheck else article.latest_revision,
        recheck=recheck,
        replaces=replaces,
        reviewer=member,
        discipline=discipline,
        assigned_by=by,
        assigned_at=now,
        due_at=due_at,
    )
    saved_by(assignment, by)
    assignment.save()
    return assignment


def _check_may_read(article: Article, member: BoardMember, *, by: User | None, recheck: Recheck | None = None) -> None:
    if recheck is None and article.state not in WAITING:
        raise WorkflowError(
            f"Nobody can be asked to read “{article.title}” now. {transitions.WHY_NOT[State(article.state)]}"
        )
    person = member.user
    refusals = (
        (member.left_at is not None or not person.is_active, "has left the board"),
        (person.is_machine, "is a machine account, and machines never review"),
        (by is not None and person.pk == by.pk, "is you: an editor cannot assign a review to himself or herself"),
        (person.pk in matching.authors_of(article), "had a hand in this text and cannot review it"),
        (person.pk in matching.editors_of(article), "acts as an editor on this article and cannot review it too"),
        (
            person.pk in matching.barred_from(article, recheck=recheck),
            "was asked to read this already",
        ),
    )
    for applies, why in refusals:
        if applies:
            raise WorkflowError(f"{person.label} {why}. Choose another board member.")
    if why_not := matching.why_not(article, member):
        raise WorkflowError(f"{person.label} {why_not}. Choose another board member.")


def _tell_ended(article: Article, assignment: ReviewAssignment, reason: str) -> None:
    notify(
        Kind.REVIEW_ENDED,
        [assignment.reviewer.user],
        event=f"ended:{assignment.pk}",
        article=article,
        reason=reason,
    )
