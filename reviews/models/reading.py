"""Who was asked to read which text under which rules, and what they noted on the way to a decision."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from articles.models import Topic
from reviews.kinds import Act, Answer, ClaimFinding, Ending, Level, RecheckOutcome, RecheckReason
from reviews.models.board import BoardMember
from reviews.querysets import RecheckQuerySet, ReviewAssignmentQuerySet


class ReviewPolicy(models.Model):
    """One version of the house's rules for checking; a change is a new version."""

    append_only = True
    added_later = {"terms"}

    version = models.PositiveIntegerField(unique=True)
    in_force_from = models.DateTimeField()
    rules = models.JSONField(help_text="Per risk class; the shape is `policy.Rule`.")
    terms = models.JSONField(default=dict, help_text="What holds for every class; the shape is `policy.Terms`.")
    note = models.TextField(blank=True)
    laid_down_by = models.CharField(max_length=200)

    class Meta:
        ordering = ["-version"]
        verbose_name_plural = "review policies"

    def __str__(self) -> str:
        return f"Policy {self.version}"


class Recheck(models.Model):
    """An approved text, or some of its claims, that is read once more while it stays approved."""

    article = models.ForeignKey("articles.Article", models.PROTECT, related_name="+")
    revision = models.ForeignKey("articles.Revision", models.PROTECT, related_name="+")
    reason = models.CharField(max_length=14, choices=RecheckReason)
    claims = models.JSONField(default=list, help_text="The identities of the claims it is about; none: the whole text.")
    is_whole = models.BooleanField()
    words = models.TextField(help_text="What the reviewers are told of why.")
    notice = models.ForeignKey("articles.Notice", models.PROTECT, null=True, related_name="+")
    report = models.ForeignKey("ProblemReport", models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", help_text="Null: the system."
    )
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=14, choices=RecheckOutcome, blank=True)

    objects = RecheckQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["notice"], condition=Q(notice__isnull=False), name="once_for_a_notice"),
            models.UniqueConstraint(fields=["report"], condition=Q(report__isnull=False), name="once_for_a_report"),
            models.UniqueConstraint(
                fields=["revision"],
                condition=Q(is_whole=True, closed_at__isnull=True),
                name="whole_text_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, outcome="") | (Q(closed_at__isnull=False) & ~Q(outcome="")),
                name="a_closed_recheck_has_an_outcome",
            ),
        ]
        indexes = [models.Index(fields=["article"], condition=Q(closed_at__isnull=True), name="open_rechecks")]

    def __str__(self) -> str:
        return f"{self.get_reason_display()}: {self.scope}"

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def scope(self) -> str:
        many = len(self.claims)
        return f"{many} claim{'' if many == 1 else 's'}" if many else "the whole text"


class ReviewAssignment(models.Model):
    """One board member, asked to read one revision of one article, by a date."""

    revision = models.ForeignKey("articles.Revision", models.PROTECT, related_name="+")
    reviewer = models.ForeignKey(BoardMember, models.PROTECT, related_name="assignments")
    discipline = models.ForeignKey(Topic, models.PROTECT, related_name="+", help_text="What they are asked to judge.")
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", help_text="Null: the system."
    )
    assigned_at = models.DateTimeField()
    due_at = models.DateTimeField()
    replaces = models.ForeignKey("self", models.PROTECT, null=True, editable=False, related_name="+")
    recheck = models.ForeignKey(Recheck, models.PROTECT, null=True, editable=False, related_name="assignments")
    accepted_at = models.DateTimeField(null=True, editable=False)
    opened_at = models.DateTimeField(null=True, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)
    ending = models.CharField(max_length=12, choices=Ending, blank=True, editable=False)
    end_reason = models.TextField(blank=True, editable=False)
    suggested = models.ForeignKey(BoardMember, models.PROTECT, null=True, editable=False, related_name="+")

    history = HistoricalRecords()
    objects = ReviewAssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["revision", "reviewer"], condition=Q(recheck__isnull=True), name="asked_once_per_revision"
            ),
            models.UniqueConstraint(
                fields=["recheck", "reviewer"], condition=Q(recheck__isnull=False), name="asked_once_per_recheck"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ending="") | (Q(ended_at__isnull=False) & ~Q(ending="")),
                name="an_end_has_a_kind",
            ),
        ]
        indexes = [models.Index(fields=["ended_at", "due_at"], name="open_by_due_date")]

    def __str__(self) -> str:
        return f"{self.reviewer} reads revision {self.revision.number}"

    @property
    def is_open(self) -> bool:
        return self.ended_at is None

    @property
    def is_invitation(self) -> bool:
        """Open, and not answered yet."""
        return self.is_open and self.accepted_at is None

    @property
    def asked_by(self) -> str:
        return self.assigned_by.label if self.assigned_by else "the system"


class InterestAnswer(models.Model):
    """What a reviewer said about interests in one text before it was opened."""

    append_only = True

    assignment = models.OneToOneField(ReviewAssignment, models.PROTECT, related_name="interest_answer")
    level = models.CharField(max_length=8, choices=Level)
    words = models.TextField(blank=True)
    answered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(level=Level.NONE) | ~Q(words=""), name="an_interest_is_named"),
        ]

    def __str__(self) -> str:
        return f"{self.get_level_display()}: {self.words}" if self.words else self.get_level_display()


class LadderStep(models.Model):
    """One rung of the ladder, taken for one assignment, and what came of it; append-only."""

    append_only = True

    assignment = models.ForeignKey(ReviewAssignment, models.PROTECT, related_name="steps")
    rung = models.CharField(max_length=40)
    act = models.CharField(max_length=8, choices=Act)
    reached_at = models.DateTimeField(help_text="When the rung was due, however late the clock came by.")
    taken_at = models.DateTimeField()
    outcome = models.TextField()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["assignment", "rung"], name="each_rung_once")]

    def __str__(self) -> str:
        return f"{self.get_act_display()}: {self.outcome}"


class ClaimVerdict(models.Model):
    """What one reviewer found about one claim; it may change until the decision freezes it."""

    assignment = models.ForeignKey(ReviewAssignment, models.PROTECT, related_name="claim_verdicts")
    identity = models.CharField(max_length=64, help_text="Which claim: it holds while the sentence stays as it is.")
    finding = models.CharField(max_length=20, choices=ClaimFinding)
    place = models.CharField(max_length=300, blank=True, help_text="Where in the source: page, table, a few words.")
    note = models.TextField(blank=True, help_text="For the authors.")
    evidence = models.CharField(max_length=64, help_text="Fingerprint of the sentence and its sources as judged.")
    carried_from = models.ForeignKey("Decision", models.PROTECT, null=True, related_name="+")
    judged_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["assignment", "identity"], name="one_verdict_per_claim"),
            models.CheckConstraint(condition=Q(finding__in=ClaimFinding.values), name="known_claim_finding"),
        ]

    def __str__(self) -> str:
        return f"{self.get_finding_display()} ({self.identity[:12]})"


class ChecklistAnswer(models.Model):
    """What one reviewer answered to one item of the checklist; it may change until the decision freezes it."""

    assignment = models.ForeignKey(ReviewAssignment, models.PROTECT, related_name="checklist_answers")
    item = models.CharField(max_length=20)
    answer = models.CharField(max_length=3, choices=Answer)
    note = models.TextField(blank=True)
    answered_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["assignment", "item"], name="one_answer_per_item"),
            models.CheckConstraint(condition=Q(answer__in=Answer.values), name="known_answer"),
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.get_answer_display()}"
