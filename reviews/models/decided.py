"""What was decided, released and signed, and what reviewers and authors said to one another about it."""

from collections import Counter

from django.conf import settings
from django.db import models
from django.db.models import Q

from reviews.kinds import AGAIN, AGAINST, Answer, ClaimFinding, Origin, Side, TypingStage, Verdict
from reviews.models.board import BoardMember
from reviews.models.reading import ReviewAssignment
from reviews.querysets import ThreadQuerySet, TypingCorrectionQuerySet


class Decision(models.Model):
    """What one board member decided about exactly one digest; append-only."""

    append_only = True
    added_later = ("claims", "checklist", "confirmed_by")

    assignment = models.OneToOneField(ReviewAssignment, models.PROTECT, related_name="decision")
    revision = models.ForeignKey("articles.Revision", models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    verdict = models.CharField(max_length=20, choices=Verdict)
    reason = models.TextField(blank=True)
    reviewer = models.ForeignKey(BoardMember, models.PROTECT, related_name="decisions")
    reviewer_label = models.CharField(max_length=200)
    profession = models.CharField(max_length=120)
    interests = models.TextField(blank=True)
    specialty_matched = models.BooleanField(help_text="Whether the article's topic was among the reviewer's own then.")
    opened_at = models.DateTimeField(help_text="From the reading receipt: when this digest was served to this person.")
    decided_at = models.DateTimeField()
    claims = models.JSONField(default=list, help_text="The verdicts on its claims, in reading order.")
    checklist = models.JSONField(default=list, help_text="The answers to the checklist as it was worded then.")
    confirmed_by = models.CharField(max_length=40, blank=True, help_text="How an approver showed who they are.")

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict=Verdict.APPROVE) | ~Q(reason=""), name="no_refusal_without_a_reason"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_verdict_display()} by {self.reviewer_label}"

    @property
    def said(self) -> str:
        """The verdict in words; of an approved text that was read again, in words of its own."""
        verdict = Verdict(self.verdict)
        return AGAIN[verdict] if self.assignment.recheck_id else str(verdict.label)

    @property
    def claim_tally(self) -> str:
        """“5 supported, 1 contradicted”, or nothing where no claim was judged."""
        found = Counter(said["finding"] for said in self.claims)
        return ", ".join(f"{found[one]} {one.label.lower()}" for one in ClaimFinding if found[one])

    @property
    def remarks(self) -> list[dict[str, str]]:
        """What its authors should look at, claim by claim."""
        said = [one for one in self.claims if one["note"] or one["finding"] in AGAINST]
        return [one | {"label": str(ClaimFinding(one["finding"]).label)} for one in said]

    @property
    def denials(self) -> list[dict[str, str]]:
        """The items of the checklist that were answered with no."""
        return [one for one in self.checklist if one["answer"] == Answer.NO]


class Comment(models.Model):
    """What a reviewer wrote beside a passage and has not sent yet: their own, until it becomes a thread."""

    assignment = models.ForeignKey(ReviewAssignment, models.PROTECT, related_name="comments")
    field = models.CharField(max_length=20, help_text="The language variant that is quoted.")
    quote = models.TextField(help_text="The passage in the words of the frozen text.")
    occurrence = models.PositiveIntegerField(help_text="Which of the places where these words stand.")
    words = models.TextField()
    is_blocking = models.BooleanField(help_text="Nothing is approved while it is open.")
    written_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(quote="") & ~Q(words=""), name="a_comment_quotes_and_says"),
            models.CheckConstraint(condition=Q(occurrence__gte=1), name="places_are_counted_from_one"),
        ]

    def __str__(self) -> str:
        return f"“{self.quote[:40]}”: {self.words[:40]}"

    @property
    def seen(self) -> str:
        """Names one state of it: a page that carries it can tell whether it is still the same."""
        return self.written_at.isoformat()


class Dissent(models.Model):
    """A member's written agreement that their words against a text may be published, until an editor does so."""

    never_deleted = True

    decision = models.OneToOneField(Decision, models.PROTECT, related_name="dissent")
    words = models.TextField(help_text="The member's own; nobody else changes them.")
    agreed_at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True)
    notice = models.OneToOneField("articles.Notice", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"Dissent of {self.decision.reviewer_label}"

    @property
    def seen(self) -> str:
        """Names one agreement to certain words: whoever publishes them has read these, and not others since."""
        return f"{self.pk}@{self.agreed_at.isoformat()}"


class Thread(models.Model):
    """One point that the authors answer, from whoever raised it until that person settles it.

    What was said stands in its messages; the response is the authors' own until they send it or submit again.
    A point of an editor belongs to no review, and one that was sent at once to no decision.
    """

    never_deleted = True

    article = models.ForeignKey("articles.Article", models.PROTECT, related_name="+")
    revision = models.ForeignKey("articles.Revision", models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    assignment = models.ForeignKey(ReviewAssignment, models.PROTECT, null=True, related_name="+")
    decision = models.ForeignKey(Decision, models.PROTECT, null=True, related_name="+")
    origin = models.CharField(max_length=10, choices=Origin)
    subject = models.CharField(max_length=400, help_text="What it is about, in a few words.")
    field = models.CharField(max_length=20, blank=True, help_text="Where the quote stands.")
    quote = models.TextField(blank=True, help_text="The sentence or passage as it was frozen.")
    occurrence = models.PositiveIntegerField(default=1, help_text="Which of the places where the quote stands.")
    claim = models.CharField(max_length=64, blank=True, help_text="The identity of the claim, if it is about one.")
    item = models.CharField(max_length=20, blank=True, help_text="The item of the checklist, if it is about one.")
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_by_label = models.CharField(max_length=200)
    profession = models.CharField(max_length=120)
    is_blocking = models.BooleanField(help_text="Has to be answered in writing before the text is submitted again.")
    opened_at = models.DateTimeField()
    response = models.TextField(blank=True, help_text="What the authors will answer; sent when they submit.")
    response_at = models.DateTimeField(null=True)
    response_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    settled_because = models.TextField(blank=True, help_text="Why an editor settled it in a reviewer's place.")

    objects = ThreadQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["article", "settled_at"], name="threads_of_article"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True, settled_by__isnull=True)
                | Q(settled_at__isnull=False, settled_by__isnull=False),
                name="who_settled_is_named",
            ),
            models.CheckConstraint(condition=Q(origin__in=Origin.values), name="known_origin"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} ({self.opened_by_label})"

    @property
    def is_live(self) -> bool:
        """Whoever raised it is there to read an answer at once."""
        return self.assignment is None or self.assignment.is_open

    @property
    def is_waiting(self) -> bool:
        """For a response of the authors that nobody has written yet."""
        return not (self.settled_at or self.answered_at or self.response)

    @property
    def tone(self) -> str:
        """The colour that goes with the word: see `data-state` in the stylesheet."""
        if self.settled_at:
            return "approved"
        return "changes_requested" if self.is_blocking and not self.answered_at else "draft"

    @property
    def label(self) -> str:
        if self.settled_at:
            return "Settled"
        if self.answered_at:
            return "Answered"
        if self.response:
            return "Response written"
        return "To answer" if self.is_blocking else "To answer if you wish"

    @property
    def own_tone(self) -> str:
        """As the authors see it, who know what they have written."""
        return "draft" if self.response else self.tone

    @property
    def public_label(self) -> str:
        """The label for everybody else: whether the authors have begun to write is theirs to know."""
        if self.settled_at:
            return "Settled"
        return "Answered" if self.answered_at else "Not answered yet"

    @property
    def seen(self) -> str:
        """Names one state of the response: a page that carries it can tell whether it is still the same."""
        return self.response_at.isoformat() if self.response_at else ""


class ThreadMessage(models.Model):
    """What one side wrote to the other; append-only."""

    append_only = True

    thread = models.ForeignKey(Thread, models.PROTECT, related_name="messages")
    side = models.CharField(max_length=10, choices=Side)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    by_label = models.CharField(max_length=200)
    words = models.TextField()
    at = models.DateTimeField()
    revision = models.ForeignKey("articles.Revision", models.PROTECT, related_name="+", help_text="What it is about.")

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.by_label} on {self.at:%d %B %Y}"


class Release(models.Model):
    """The editor's word that this digest may be published once its quorum is met; append-only."""

    append_only = True

    revision = models.OneToOneField("articles.Revision", models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    by_label = models.CharField(max_length=200)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"Released by {self.by_label}"


class TypingCorrection(models.Model):
    """An approved text with its typing mended, as somebody proposed it, until a second person has signed or declined.

    `digest` names the text it would become; whoever signs, signs exactly that.
    """

    never_deleted = True

    article = models.ForeignKey("articles.Article", models.PROTECT, related_name="+")
    revision = models.ForeignKey("articles.Revision", models.PROTECT, related_name="+", help_text="What it corrects.")
    digest = models.CharField(max_length=64)
    short_answer = models.TextField(blank=True)
    body = models.TextField(blank=True)
    plain_body = models.TextField(blank=True)
    reason = models.CharField(max_length=200, help_text="What readers are told.")
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    proposed_by_label = models.CharField(max_length=200)
    proposed_at = models.DateTimeField()
    stage = models.CharField(max_length=10, choices=TypingStage, default=TypingStage.WAITING)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    settled_by_label = models.CharField(max_length=200, blank=True)
    words = models.TextField(blank=True, help_text="Why it was declined or taken back.")
    confirmed_by = models.CharField(max_length=40, blank=True, help_text="How the signer showed who they are.")

    objects = TypingCorrectionQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["article"], condition=Q(stage=TypingStage.WAITING), name="one_typing_correction_waits"
            ),
            models.CheckConstraint(
                condition=Q(stage=TypingStage.WAITING, settled_at__isnull=True)
                | (~Q(stage=TypingStage.WAITING) & Q(settled_at__isnull=False)),
                name="a_waiting_correction_is_not_settled",
            ),
            models.CheckConstraint(
                condition=~Q(stage=TypingStage.SIGNED)
                | (Q(settled_by__isnull=False) & ~Q(settled_by=models.F("proposed_by")) & ~Q(confirmed_by="")),
                name="a_second_person_signs",
            ),
        ]

    def __str__(self) -> str:
        return f"Typing correction {self.pk}"

    @property
    def is_unsettled(self) -> bool:
        return self.stage == TypingStage.WAITING

    @property
    def texts(self) -> dict[str, str]:
        return {"short_answer": self.short_answer, "body": self.body, "plain_body": self.plain_body}
