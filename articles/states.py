"""The words for where an article stands in the workflow, and what they are said about."""

from django.db.models import IntegerChoices, TextChoices


class State(TextChoices):
    """The workflow's column, about the newest revision. Readers are told the standing, which is computed."""

    DRAFT = "draft", "Draft"
    SUBMITTED = "submitted", "Submitted"
    UNDER_REVIEW = "under_review", "Under review"
    CHANGES_REQUESTED = "changes_requested", "Changes requested"
    APPROVED = "approved", "Approved"
    REJECTED = "rejected", "Rejected"
    WITHDRAWN = "withdrawn", "Withdrawn"
    RETRACTED = "retracted", "Retracted"


PIPELINE = (State.SUBMITTED, State.UNDER_REVIEW, State.CHANGES_REQUESTED)


class Risk(IntegerChoices):
    LOW = 1, "low"
    MEDIUM = 2, "medium"
    HIGH = 3, "high"
    CRITICAL = 4, "critical"


class NoticeKind(TextChoices):
    """What can be said about a published text after the fact; the first three are the field's own terms."""

    CORRECTION = "correction", "Correction"
    CONCERN = "concern", "Expression of concern"
    RETRACTION = "retraction", "Retraction"
    WITHDRAWAL = "withdrawal", "Withdrawal"
    SOURCE_ALERT = "source_alert", "Source alert"
    UNSAFE = "unsafe", "Flagged unsafe"
    CLASS_RAISED = "class_raised", "Risk class raised"
    QUARANTINE = "quarantine", "Quarantine"
    RESOLUTION = "resolution", "Resolution"
    TYPING = "typing", "Typing corrected"
    DISSENT = "dissent", "A member of the board disagreed"


# While one of these is open nobody gets the text, and an editor has to look into it.
STOPPING = (NoticeKind.UNSAFE, NoticeKind.QUARANTINE)


class RetractionNature(TextChoices):
    """What a journal said of a paper after the fact, the most serious first."""

    RETRACTION = "retraction", "Retraction"
    CONCERN = "concern", "Expression of concern"
    CORRECTION = "correction", "Correction"


class Audience(TextChoices):
    PATIENT = "patient", "Patients and families"
    PROFESSIONAL = "professional", "Health professionals"
    STUDENT = "student", "Students and researchers"


class Part(TextChoices):
    """What somebody has to do with a text."""

    AUTHOR = "author", "Author"
    COAUTHOR = "coauthor", "Co-author"
    TRANSLATOR = "translator", "Translator"


class AiInvolvement(TextChoices):
    NONE = "none", "None: no AI system was used"
    LANGUAGE_HELP = "language_help", "Language help: wording, grammar, spelling"
    TRANSLATION = "translation", "Translation"
    FIRST_DRAFT = "first_draft", "First draft written by an AI system"
    DRAFT_AND_EDITS = "draft_and_edits", "Draft and later edits by an AI system"


AI_WROTE = (AiInvolvement.FIRST_DRAFT, AiInvolvement.DRAFT_AND_EDITS, AiInvolvement.TRANSLATION)


class SourceType(TextChoices):
    GUIDELINE = "guideline", "Guideline"
    SYSTEMATIC_REVIEW = "systematic_review", "Systematic review"
    RANDOMISED_TRIAL = "randomised_trial", "Randomised trial"
    OBSERVATIONAL = "observational", "Observational study"
    CASE_REPORT = "case_report", "Case report"
    NARRATIVE_REVIEW = "narrative_review", "Narrative review"
    SECONDARY_SUMMARY = "secondary_summary", "Secondary summary"
    REGULATOR = "regulator", "Regulator or label"
    PREPRINT = "preprint", "Preprint"
    WEBSITE = "website", "Website"
    EXPERT_OPINION = "expert_opinion", "Expert opinion"
