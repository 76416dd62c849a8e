"""Whether somebody may still be told what a message says, judged again at the moment it is sent."""

from enum import StrEnum

from articles import editing
from reviews import coauthors
from reviews.kinds import Kind
from reviews.models import BoardMember, Notification


class Office(StrEnum):
    """In which capacity somebody is told; it decides where the link leads and how the message explains itself."""

    REVIEWER = "reviewer"
    AUTHOR = "author"
    EDITOR = "editor"
    MEMBER = "member"
    NAMED = "named"


# Where two offices stand, the first that the recipient holds is the one they are addressed in.
TOLD_TO = {
    Kind.SUBMITTED: (Office.EDITOR,),
    Kind.REVIEW_ASSIGNED: (Office.REVIEWER,),
    Kind.REVIEW_DUE_SOON: (Office.REVIEWER,),
    Kind.REVIEW_OVERDUE: (Office.REVIEWER, Office.EDITOR),
    Kind.REVIEW_DECLINED: (Office.EDITOR,),
    Kind.REVIEW_RECUSED: (Office.EDITOR,),
    Kind.REVIEW_PASSED_ON: (Office.EDITOR,),
    Kind.REVIEW_ENDED: (Office.REVIEWER,),
    Kind.DECISION_RECORDED: (Office.REVIEWER,),
    Kind.CHANGES_REQUESTED: (Office.AUTHOR, Office.EDITOR),
    Kind.POINT_RAISED: (Office.AUTHOR,),
    Kind.ASKED_AGAIN: (Office.AUTHOR,),
    Kind.THREADS_ANSWERED: (Office.REVIEWER, Office.EDITOR),
    Kind.POINT_SETTLED: (Office.REVIEWER,),
    Kind.REJECTED: (Office.AUTHOR, Office.EDITOR),
    Kind.READY_FOR_RELEASE: (Office.EDITOR,),
    Kind.SPLIT_VOTE: (Office.EDITOR,),
    Kind.THIRD_INVITED: (Office.EDITOR,),
    Kind.APPROVED: (Office.AUTHOR, Office.EDITOR),
    Kind.UNSAFE: (Office.AUTHOR, Office.EDITOR),
    Kind.WITHDRAWN: (Office.AUTHOR, Office.EDITOR),
    Kind.NOTICE_PUBLISHED: (Office.AUTHOR, Office.EDITOR),
    Kind.QUARANTINED: (Office.EDITOR,),
    Kind.SOURCE_ALERT: (Office.AUTHOR, Office.EDITOR),
    Kind.INTERESTS_EXPIRING: (Office.MEMBER,),
    Kind.COAUTHOR_INVITED: (Office.NAMED,),
    Kind.COAUTHOR_NEWS: (Office.AUTHOR,),
    Kind.COAUTHOR_REMOVED: (Office.NAMED,),
    Kind.QUESTION_DRAFTED: (Office.AUTHOR,),
    Kind.SAFETY_REPORT: (Office.EDITOR,),
    Kind.REPORT_ESCALATED: (Office.EDITOR,),
    **dict.fromkeys((Kind.RECHECK_OPENED, Kind.RECHECK_STANDS, Kind.RECHECK_CHANGES), (Office.AUTHOR, Office.EDITOR)),
    Kind.TYPING_PROPOSED: (Office.EDITOR, Office.MEMBER),
    Kind.TYPING_SIGNED: (Office.AUTHOR, Office.EDITOR),
    Kind.TYPING_DECLINED: (Office.AUTHOR, Office.EDITOR),
    Kind.DISSENT_PUBLISHED: (Office.AUTHOR, Office.EDITOR, Office.MEMBER),
}
WHILE_OPEN = {Kind.REVIEW_ASSIGNED, Kind.REVIEW_DUE_SOON, Kind.REVIEW_OVERDUE}


def office_of(message: Notification) -> Office | None:
    """The office in which the recipient may hear this now, or None if they hold none of those it is meant for."""
    return next((office for office in TOLD_TO[Kind(message.kind)] if _holds(message, office)), None)


def why_not(message: Notification) -> str:
    """Why this must not be sent any more, for the editors who look at the outbox; empty if it may."""
    person, assignment = message.recipient, message.assignment
    if not person.is_active:
        return f"{person.label} was deactivated before it could be sent."
    if message.kind in WHILE_OPEN and (assignment is None or not assignment.is_open):
        return "The review it speaks of had ended before it could be sent."
    if office_of(message) is None:
        return f"{person.label} no longer holds the office it is meant for."
    return ""


def _holds(message: Notification, office: Office) -> bool:
    person, article, assignment = message.recipient, message.article, message.assignment
    if office == Office.EDITOR:
        return person.is_editor
    if office == Office.AUTHOR:
        return article is not None and editing.is_author(article, person)
    if office == Office.MEMBER:
        return BoardMember.objects.filter(user=person, left_at=None).exists()
    if office == Office.NAMED and message.kind == Kind.COAUTHOR_INVITED:
        return coauthors.open_for(person).filter(pk=message.facts["invitation"]).exists()
    if office == Office.NAMED:
        return article is not None and not editing.is_author(article, person)
    if message.kind not in WHILE_OPEN | {Kind.THREADS_ANSWERED}:
        # About one's own finished work: that it was one's own does not change.
        return True
    return assignment is not None and assignment.reviewer.user_id == person.pk and assignment.reviewer.left_at is None
