"""The words for decisions, endings and messages."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from editorial.outgoing import Delivery as Delivery


class Verdict(TextChoices):
    APPROVE = "approve", "Approve"
    REQUEST_CHANGES = "request_changes", "Ask for changes"
    REJECT = "reject", "Reject"
    UNSAFE = "unsafe", "Flag as unsafe"


# How the same verdicts read where an approved text is looked at again.
AGAIN = {
    Verdict.APPROVE: "It stands",
    Verdict.REQUEST_CHANGES: "It needs changes",
    Verdict.REJECT: "It should be rejected",
    Verdict.UNSAFE: "It is unsafe",
}


class RecheckReason(TextChoices):
    """Why an approved text, or a part of it, is read again."""

    EXPIRY = "expiry", "Its check runs out"
    SOURCE_ALERT = "source_alert", "A source was retracted or is in doubt"
    REPORT = "report", "A reader reported it"
    RISK = "risk", "Its risk class was raised"
    EDITOR = "editor", "An editor asked for it"


class RecheckOutcome(TextChoices):
    """What came of reading it again."""

    STANDS = "stands", "It stands"
    NEEDS_CHANGES = "needs_changes", "It needs changes"
    UNSAFE = "unsafe", "It is unsafe"
    DROPPED = "dropped", "No longer needed"


class TypingStage(TextChoices):
    """What became of a typing correction that somebody proposed."""

    WAITING = "waiting", "Waits for a second person"
    SIGNED = "signed", "Signed and published"
    DECLINED = "declined", "Declined"
    TAKEN_BACK = "taken_back", "Taken back"
    LAPSED = "lapsed", "Overtaken by another change"


class ClaimFinding(TextChoices):
    """What a reviewer found when they held one claim against its sources."""

    SUPPORTED = "supported", "Supported"
    PARTLY = "partly", "Partly"
    NOT_SUPPORTED = "not_supported", "Not supported"
    CONTRADICTED = "contradicted", "Contradicted"
    WRONG_POPULATION = "wrong_population", "Wrong population"
    CANNOT_OPEN = "cannot_open", "Cannot open"


# No text is approved over one of these, and the authors are told what is wrong.
AGAINST = (ClaimFinding.NOT_SUPPORTED, ClaimFinding.CONTRADICTED, ClaimFinding.WRONG_POPULATION)


class Answer(TextChoices):
    """An answer to one item of the checklist."""

    YES = "yes", "Yes"
    NO = "no", "No"
    NA = "na", "Does not apply"


class Origin(TextChoices):
    """What a thread began with."""

    CLAIM = "claim", "Claim"
    CHECKLIST = "checklist", "Checklist"
    REASON = "reason", "Reasons"
    COMMENT = "comment", "Comment on a passage"
    EDITOR = "editor", "Point of an editor"


class Side(TextChoices):
    """In which capacity somebody wrote into a thread."""

    REVIEWER = "reviewer", "Reviewer"
    AUTHOR = "author", "Author"
    EDITOR = "editor", "Editor"


class Ending(TextChoices):
    """Why an assignment is over."""

    DECIDED = "decided", "Decided"
    DECLINED = "declined", "Declined by the reviewer"
    RECUSED = "recused", "Recused: a major interest"
    REPLACED = "replaced", "Taken back by the editor"
    PASSED_ON = "passed_on", "Passed on to somebody else"
    CLOSED = "closed", "The revision is no longer under review"


class Interest(TextChoices):
    """What has to be declared; the kinds of `product.md`."""

    MONEY = "money", _("Money")
    JOB = "job", _("Job")
    SHARES = "shares", _("Shares")
    PATENTS = "patents", _("Patents")
    FAMILY = "family", _("Family")
    PUBLIC = "public_position", _("Public position")


class Declared(TextChoices):
    """Where a member's declaration stands: that there are none is not the same as that nobody asked."""

    NEVER_ASKED = "never_asked", "Never asked"
    EXPIRED = "expired", "Expired"
    NONE = "none", "None to declare"
    DECLARED = "declared", "Declared"


class Level(TextChoices):
    """How far an interest touches one text."""

    NONE = "none", "None"
    MINOR = "minor", "Minor"
    MAJOR = "major", "Major"


class Act(TextChoices):
    """What a rung of the ladder does about a review that stays undone."""

    REMIND = "remind", "Remind the reviewer"
    DEPUTY = "deputy", "Ask the deputy"
    EDITOR = "editor", "Tell the editors"
    REASSIGN = "reassign", "Ask whoever fits best"


class Channel(TextChoices):
    EMAIL = "email", "E-mail"
    INBOX = "inbox", "Inbox"


class Timing(TextChoices):
    """How soon somebody wants to hear by e-mail; the inbox has everything at once."""

    AT_ONCE = "at_once", "At once"
    DAILY = "daily", "Once a day, together"
    OFF = "off", "Not by e-mail"


class Kind(TextChoices):
    """What a message is about; each has templates of its own in `templates/email/`."""

    SUBMITTED = "submitted", "A text was submitted"
    REVIEW_ASSIGNED = "review_assigned", "You are asked to review"
    REVIEW_DUE_SOON = "review_due_soon", "A review is due soon"
    REVIEW_OVERDUE = "review_overdue", "A review is overdue"
    REVIEW_DECLINED = "review_declined", "A reviewer declined"
    REVIEW_RECUSED = "review_recused", "A reviewer has a major interest"
    REVIEW_PASSED_ON = "review_passed_on", "A review was passed on"
    REVIEW_ENDED = "review_ended", "Your review is no longer needed"
    DECISION_RECORDED = "decision_recorded", "Your decision is on record"
    CHANGES_REQUESTED = "changes_requested", "Changes are asked for"
    POINT_RAISED = "point_raised", "Somebody asks about your text"
    ASKED_AGAIN = "asked_again", "A reviewer asks again"
    THREADS_ANSWERED = "threads_answered", "Authors answered what you asked"
    POINT_SETTLED = "point_settled", "An editor settled a point of yours"
    REJECTED = "rejected", "The text was not accepted"
    READY_FOR_RELEASE = "ready_for_release", "A quorum is met; release is waiting"
    SPLIT_VOTE = "split_vote", "Reviewers disagree; a third is needed"
    THIRD_INVITED = "third_invited", "Reviewers disagree; a third was asked"
    APPROVED = "approved", "The text is approved"
    UNSAFE = "unsafe", "A reviewer flagged a text as unsafe"
    WITHDRAWN = "withdrawn", "The text was withdrawn"
    NOTICE_PUBLISHED = "notice_published", "A notice was published"
    QUARANTINED = "quarantined", "A page was taken down by the sweep"
    SOURCE_ALERT = "source_alert", "A source was retracted or doubted"
    INTERESTS_EXPIRING = "interests_expiring", "Your declaration of interests expires"
    QUESTION_DRAFTED = "question_drafted", "A reader's question became a draft of yours"
    SAFETY_REPORT = "safety_report", "A reader says that a text could hurt someone"
    REPORT_ESCALATED = "report_escalated", "A report needs the responsible editor"
    COAUTHOR_INVITED = "coauthor_invited", "You are asked to write along"
    COAUTHOR_NEWS = "coauthor_news", "Who writes with you"
    COAUTHOR_REMOVED = "coauthor_removed", "You no longer write a text"
    RECHECK_OPENED = "recheck_opened", "An approved text is read again"
    RECHECK_STANDS = "recheck_stands", "Read again: it stands"
    RECHECK_CHANGES = "recheck_changes", "Read again: it needs changes"
    TYPING_PROPOSED = "typing_proposed", "A typing correction waits for a second person"
    TYPING_SIGNED = "typing_signed", "A typing correction was published"
    TYPING_DECLINED = "typing_declined", "A typing correction was declined"
    DISSENT_PUBLISHED = "dissent_published", "A dissent was published"


# About somebody's safety, or about what they may open and are held to: told at once, whatever they chose.
ALWAYS_AT_ONCE = frozenset(
    {
        *(Kind.UNSAFE, Kind.QUARANTINED, Kind.SOURCE_ALERT, Kind.SAFETY_REPORT, Kind.REPORT_ESCALATED),
        *(Kind.REVIEW_ASSIGNED, Kind.REVIEW_ENDED, Kind.DECISION_RECORDED, Kind.INTERESTS_EXPIRING),
        *(Kind.COAUTHOR_INVITED, Kind.COAUTHOR_REMOVED),
    }
)


class QuestionStage(TextChoices):
    """What became of a reader's question."""

    OPEN = "open", _("Waiting for the editors")
    MERGED = "merged", _("Joined with the same question")
    ANSWERED = "answered", _("Answered")
    DRAFTED = "drafted", _("Being written about")
    DECLINED = "declined", _("Not taken up")


class Problem(TextChoices):
    """What a reader says is the matter with a sentence."""

    SAFETY = "safety", _("Safety: it could hurt someone")
    WRONG = "wrong", _("It is wrong")
    OUTDATED = "outdated", _("It is out of date")
    SOURCE = "source", _("Something is the matter with a source")
    UNCLEAR = "unclear", _("It is unclear")


class ReportStage(TextChoices):
    OPEN = "open", _("Being looked into")
    ESCALATED = "escalated", _("With the responsible editor")
    SETTLED = "settled", _("Settled")


class Outcome(TextChoices):
    """How a report was settled, as readers are told."""

    CHANGED = "changed", _("The text was changed, or is being changed")
    MARKED = "marked", _("A notice was put on the text, or it was taken down")
    STANDS = "stands", _("We looked into it, and the text stands")
    ELSEWHERE = "elsewhere", _("It is not about what this text says")
