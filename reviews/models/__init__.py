"""The people who judge revisions, the rules they judge by, what they decided, and what was said to whom."""

from reviews.models.board import Absence, BoardMember, Credential, InterestDeclaration
from reviews.models.decided import Comment, Decision, Dissent, Release, Thread, ThreadMessage, TypingCorrection
from reviews.models.readers import ProblemReport, ReaderQuestion
from reviews.models.reading import (
    ChecklistAnswer,
    ClaimVerdict,
    InterestAnswer,
    LadderStep,
    Recheck,
    ReviewAssignment,
    ReviewPolicy,
)
from reviews.models.told import Notification, SavedView, Sweep, TellingPreference

__all__ = [
    "Absence",
    "BoardMember",
    "ChecklistAnswer",
    "ClaimVerdict",
    "Comment",
    "Credential",
    "Decision",
    "Dissent",
    "InterestAnswer",
    "InterestDeclaration",
    "LadderStep",
    "Notification",
    "ProblemReport",
    "ReaderQuestion",
    "Recheck",
    "Release",
    "ReviewAssignment",
    "ReviewPolicy",
    "SavedView",
    "Sweep",
    "TellingPreference",
    "Thread",
    "ThreadMessage",
    "TypingCorrection",
]
