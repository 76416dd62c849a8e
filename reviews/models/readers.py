"""What readers asked and reported, and what became of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from reviews.kinds import Outcome, Problem, QuestionStage, ReportStage
from reviews.querysets import ProblemReportQuerySet, ReaderQuestionQuerySet


class ReaderQuestion(models.Model):
    """What a reader asked, with nothing of the reader; its words are deleted at `kept_until`, what became of it stays.

    Whoever holds the private address can see it: `key` is the hash of that address, which is kept nowhere.
    """

    key = models.CharField(max_length=64, unique=True, editable=False)
    text = models.CharField(max_length=500, blank=True)
    article = models.ForeignKey(
        "articles.Article", models.PROTECT, null=True, related_name="+", help_text="Where the reader came from."
    )
    asked_at = models.DateTimeField()
    kept_until = models.DateTimeField()
    stage = models.CharField(max_length=10, choices=QuestionStage, default=QuestionStage.OPEN, db_index=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged")
    answer = models.ForeignKey(
        "articles.Article", models.PROTECT, null=True, related_name="+", help_text="What answers it, or will."
    )
    words = models.TextField(blank=True, help_text="What the editors tell the reader.")
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = ReaderQuestionQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name_plural = "readers' questions"
        indexes = [models.Index(fields=["kept_until"], condition=~Q(text=""), name="question_texts_kept")]
        constraints = [
            models.CheckConstraint(
                condition=Q(stage=QuestionStage.OPEN, settled_at=None)
                | (~Q(stage=QuestionStage.OPEN) & Q(settled_at__isnull=False)),
                name="an_open_question_is_not_settled",
            )
        ]

    def __str__(self) -> str:
        return f"Question {self.pk}"

    @property
    def about(self) -> str:
        return f"question:{self.pk}"

    @property
    def is_open(self) -> bool:
        return self.stage == QuestionStage.OPEN


class ProblemReport(models.Model):
    """What a reader says is wrong with a text, and how it was settled; nothing of the reader is kept."""

    key = models.CharField(max_length=64, unique=True, editable=False)
    article = models.ForeignKey("articles.Article", models.PROTECT, related_name="+")
    revision = models.ForeignKey("articles.Revision", models.PROTECT, null=True, related_name="+")
    digest = models.CharField(max_length=64, blank=True, help_text="Of the text that readers were shown then.")
    kind = models.CharField("what is the matter", max_length=10, choices=Problem)
    quote = models.CharField(max_length=1000, blank=True)
    place = models.CharField(max_length=200, blank=True, help_text="Where the quote stands in the text, if it does.")
    claim = models.CharField(max_length=64, blank=True, help_text="The identity of the claim it is about, if any.")
    words = models.TextField("the reader's words", blank=True)
    reported_at = models.DateTimeField()
    due_at = models.DateTimeField()
    stage = models.CharField(max_length=10, choices=ReportStage, default=ReportStage.OPEN)
    escalated_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    answer = models.TextField(blank=True, help_text="What readers are told.")
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = ProblemReportQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name_plural = "readers' reports"
        indexes = [
            models.Index(fields=["stage", "due_at"], name="report_order"),
            models.Index(fields=["article", "stage"], name="reports_of_article"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(stage=ReportStage.SETTLED, settled_at__isnull=False) & ~Q(outcome="") & ~Q(answer="")
                | (~Q(stage=ReportStage.SETTLED) & Q(settled_at=None, outcome="", answer="")),
                name="a_settled_report_has_an_outcome",
            )
        ]

    def __str__(self) -> str:
        return f"Report {self.pk}"

    @property
    def about(self) -> str:
        return f"report:{self.pk}"

    @property
    def is_open(self) -> bool:
        return self.stage != ReportStage.SETTLED

    @property
    def is_about_safety(self) -> bool:
        return self.kind == Problem.SAFETY
