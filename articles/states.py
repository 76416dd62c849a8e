"""The words for where an article stands in the workflow, and what they are said about."""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _


class State(TextChoices):
    """The workflow's column, about the newest revision. Readers are told the standing, which is computed."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    UNDER_REVIEW = "under_review", _("Under review")
    CHANGES_REQUESTED = "changes_requested", _("Changes requested")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    RETRACTED = "retracted", _("Retracted")


PIPELINE = (State.SUBMITTED, State.UNDER_REVIEW, State.CHANGES_REQUESTED)


class Risk(IntegerChoices):
    LOW = 1, _("low")
    MEDIUM = 2, _("medium")
    HIGH = 3, _("high")
    CRITICAL = 4, _("critical")


class NoticeKind(TextChoices):
    """What can be said about a published text after the fact; the first three are the field's own terms."""

    CORRECTION = "correction", _("Correction")
    CONCERN = "concern", _("Expression of concern")
    RETRACTION = "retraction", _("Retraction")
    WITHDRAWAL = "withdrawal", _("Withdrawal")
    SOURCE_ALERT = "source_alert", _("Source alert")
    UNSAFE = "unsafe", _("Flagged unsafe")
    CLASS_RAISED = "class_raised", _("Risk class raised")
    QUARANTINE = "quarantine", _("Quarantine")
    RESOLUTION = "resolution", _("Resolution")
    TYPING = "typing", _("Typing corrected")
    DISSENT = "dissent", _("A member of the board disagreed")


# While one of these is open nobody gets the text, and an editor has to look into it.
STOPPING = (NoticeKind.UNSAFE, NoticeKind.QUARANTINE)


class RetractionNature(TextChoices):
    """What a journal said of a paper after the fact, the most serious first."""

    RETRACTION = "retraction", "Retraction"
    CONCERN = "concern", "Expression of concern"
    CORRECTION = "correction", "Correction"


class Audience(TextChoices):
    PATIENT = "patient", _("Patients and families")
    PROFESSIONAL = "professional", _("Health professionals")
    STUDENT = "student", _("Students and researchers")


class Part(TextChoices):
    """What somebody has to do with a text."""

    AUTHOR = "author", _("Author")
    COAUTHOR = "coauthor", _("Co-author")
    TRANSLATOR = "translator", _("Translator")


class AiInvolvement(TextChoices):
    NONE = "none", _("None: no AI system was used")
    LANGUAGE_HELP = "language_help", _("Language help: wording, grammar, spelling")
    TRANSLATION = "translation", _("Translation")
    FIRST_DRAFT = "first_draft", _("First draft written by an AI system")
    DRAFT_AND_EDITS = "draft_and_edits", _("Draft and later edits by an AI system")


AI_WROTE = (AiInvolvement.FIRST_DRAFT, AiInvolvement.DRAFT_AND_EDITS, AiInvolvement.TRANSLATION)


class SourceType(TextChoices):
    GUIDELINE = "guideline", _("Guideline")
    SYSTEMATIC_REVIEW = "systematic_review", _("Systematic review")
    RANDOMISED_TRIAL = "randomised_trial", _("Randomised trial")
    OBSERVATIONAL = "observational", _("Observational study")
    CASE_REPORT = "case_report", _("Case report")
    NARRATIVE_REVIEW = "narrative_review", _("Narrative review")
    SECONDARY_SUMMARY = "secondary_summary", _("Secondary summary")
    REGULATOR = "regulator", _("Regulator or label")
    PREPRINT = "preprint", _("Preprint")
    WEBSITE = "website", _("Website")
    EXPERT_OPINION = "expert_opinion", _("Expert opinion")
