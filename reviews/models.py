"""The people who judge revisions, the rules they judge by, what they decided, and what was said to whom."""

from collections import Counter

from django.conf import settings
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from articles.models import Topic
from editorial.outgoing import Outgoing
from reviews.kinds import (
    AGAIN,
    AGAINST,
    Act,
    Answer,
    Channel,
    ClaimFinding,
    Delivery,
    Ending,
    Kind,
    Level,
    Origin,
    Outcome,
    Problem,
    QuestionStage,
    RecheckOutcome,
    RecheckReason,
    ReportStage,
    Side,
    TypingStage,
    Verdict,
)
from reviews.querysets import (
    BoardMemberQuerySet,
    CredentialQuerySet,
    NotificationQuerySet,
    ProblemReportQuerySet,
    ReaderQuestionQuerySet,
    RecheckQuerySet,
    ReviewAssignmentQuerySet,
    SavedViewQuerySet,
    ThreadQuerySet,
    TypingCorrectionQuerySet,
)

User = settings.AUTH_USER_MODEL


class BoardMember(models.Model):
    """A named health professional whom the board trusts to read."""

    never_deleted = True

    user = models.OneToOneField(User, models.PROTECT, related_name="board_member")
    profession = models.CharField(max_length=120, help_text="As readers see it: General practitioner.")
    biography = models.TextField(blank=True)
    specialties = models.ManyToManyField(Topic, blank=True, related_name="+")
    capacity = models.PositiveSmallIntegerField(default=5, help_text="Open reviews at most.")
    deputy = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    joined_at = models.DateField()
    left_at = models.DateField(null=True, blank=True)

    history = HistoricalRecords(m2m_fields=[specialties])
    objects = BoardMemberQuerySet.as_manager()

    class Meta:
        ordering = ["user__printed_name", "pk"]

    def __str__(self) -> str:
        return f"{self.user.label}, {self.profession}"


class Credential(models.Model):
    """One qualification of a member; it counts from the day an editor checked it with whoever issued it."""

    never_deleted = True

    member = models.ForeignKey(BoardMember, models.PROTECT, related_name="credentials")
    title = models.CharField(max_length=120, help_text="For example Licence to practise medicine.")
    issuer = models.CharField(max_length=160, blank=True, help_text="The council, chamber or university.")
    register_number = models.CharField(max_length=60, blank=True)
    country = models.CharField(max_length=80, blank=True)
    expires_at = models.DateField(null=True, blank=True)
    verified_at = models.DateTimeField(null=True, editable=False)
    verified_by = models.ForeignKey(User, models.PROTECT, null=True, editable=False, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    withdrawn_because = models.TextField(blank=True, editable=False)

    history = HistoricalRecords()
    objects = CredentialQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(verified_at__isnull=True, verified_by__isnull=True)
                | Q(verified_at__isnull=False, verified_by__isnull=False),
                name="who_verified_is_named",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | ~Q(withdrawn_because=""), name="withdrawn_with_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Absence(models.Model):
    """Days on which a member is not asked and not reminded; the first and the last are both away."""

    member = models.ForeignKey(BoardMember, models.PROTECT, related_name="absences")
    starts_on = models.DateField()
    ends_on = models.DateField()
    note = models.CharField(max_length=200, blank=True, help_text="For the editors only.")

    class Meta:
        ordering = ["starts_on", "pk"]
        constraints = [models.CheckConstraint(condition=Q(ends_on__gte=models.F("starts_on")), name="ends_after_start")]

    def __str__(self) -> str:
        return f"{self.member.user.label}: {self.starts_on:%d %B %Y} to {self.ends_on:%d %B %Y}"


class InterestDeclaration(models.Model):
    """What one member declared at one moment; a new one replaces it and none is changed."""

    append_only = True

    member = models.ForeignKey(BoardMember, models.PROTECT, related_name="declarations")
    declared_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    look_back_months = models.PositiveSmallIntegerField()
    none_declared = models.BooleanField(help_text="Said in so many words, not concluded from an empty form.")
    items = models.JSONField(default=list, help_text="The shape is `interests.Item`.")

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["member", "-id"], name="newest_declaration")]

    def __str__(self) -> str:
        return f"{self.member} on {self.declared_at:%d %B %Y}"


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
    opened_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", help_text="Null: the system.")
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
    assigned_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", help_text="Null: the system.")
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
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    opened_by_label = models.CharField(max_length=200)
    profession = models.CharField(max_length=120)
    is_blocking = models.BooleanField(help_text="Has to be answered in writing before the text is submitted again.")
    opened_at = models.DateTimeField()
    response = models.TextField(blank=True, help_text="What the authors will answer; sent when they submit.")
    response_at = models.DateTimeField(null=True)
    response_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
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
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
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
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
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
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    proposed_by_label = models.CharField(max_length=200)
    proposed_at = models.DateTimeField()
    stage = models.CharField(max_length=10, choices=TypingStage, default=TypingStage.WAITING)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
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
    def is_waiting(self) -> bool:
        return self.stage == TypingStage.WAITING

    @property
    def texts(self) -> dict[str, str]:
        return {"short_answer": self.short_answer, "body": self.body, "plain_body": self.plain_body}


class Notification(Outgoing):
    """One message to one person on one channel: a row of the outbox, and what their inbox shows."""

    event = models.CharField(max_length=120, help_text="What happened, once: the same event is never told twice.")
    kind = models.CharField(max_length=24, choices=Kind)
    recipient = models.ForeignKey(User, models.PROTECT, related_name="notifications")
    channel = models.CharField(max_length=8, choices=Channel)
    article = models.ForeignKey("articles.Article", models.PROTECT, null=True, related_name="+")
    assignment = models.ForeignKey(ReviewAssignment, models.PROTECT, null=True, related_name="+")
    facts = models.JSONField(default=dict, help_text="What the template needs to say; never article text.")
    record_number = models.CharField(max_length=60, blank=True, help_text="Anchors the audit chain in a mailbox.")
    is_gathered = models.BooleanField(default=False, help_text="Waits to go out with the others of its day.")
    digest = models.UUIDField(null=True, help_text="Names the one e-mail that it goes out in with others.")
    read_at = models.DateTimeField(null=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["event", "recipient", "channel"], name="told_once"),
            models.CheckConstraint(
                condition=Q(state__in=[Delivery.DUE, Delivery.SENT]) | ~Q(outcome=""), name="an_end_has_a_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(state="due"), name="outbox_order"),
            models.Index(fields=["recipient", "channel", "-id"], name="inbox_order"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} → {self.recipient}"

    @property
    def address(self) -> str:
        return self.recipient.email

    @property
    def addressee(self) -> str:
        return self.recipient.label

    @property
    def subject_matter(self) -> str:
        return self.get_kind_display()


class TellingPreference(models.Model):
    """How soon one person wants to hear of what, and when not at all."""

    user = models.OneToOneField(User, models.PROTECT, related_name="telling")
    choices = models.JSONField(default=dict, help_text="Per kind of message; a kind that is not named is told at once.")
    time_zone = models.CharField(max_length=60, default="UTC", help_text="Dates in e-mails are given for this zone.")
    daily_at = models.PositiveSmallIntegerField(default=7, help_text="The hour of the daily e-mail, in that zone.")
    quiet_from = models.PositiveSmallIntegerField(null=True, help_text="From this hour on no e-mail is sent…")
    quiet_until = models.PositiveSmallIntegerField(null=True, help_text="… until this one.")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(daily_at__lt=24), name="a_day_has_24_hours"),
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | (
                    Q(quiet_from__isnull=False, quiet_until__isnull=False, quiet_from__lt=24, quiet_until__lt=24)
                    & ~Q(quiet_from=models.F("quiet_until"))
                ),
                name="quiet_hours_begin_and_end",
            ),
        ]

    def __str__(self) -> str:
        return f"What {self.user} is told"


class SavedView(models.Model):
    """What an editor looks at again and again: a filter of the queue under a name."""

    owner = models.ForeignKey(User, models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=500, help_text="As the queue's address says it.")
    is_shared = models.BooleanField(default=False, help_text="All editors see it.")

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="one_view_per_name")]

    def __str__(self) -> str:
        return self.name


class Sweep(models.Model):
    """One complete look at the public channels, as a stranger sees them."""

    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    is_complete = models.BooleanField(default=False, help_text="Every unchecked article was looked at.")
    cursor = models.BigIntegerField(default=0, help_text="The article it looked at last, so that it can go on there.")
    articles_seen = models.PositiveIntegerField(default=0)
    misses = models.PositiveIntegerField(default=0)
    trouble = models.TextField(blank=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"Sweep of {self.started_at:%d %B %Y %H:%M}"


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
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

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
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

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
