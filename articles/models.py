"""What an article is: working text that authors change, and frozen copies that nobody can."""

import json
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from guardian.models import UserObjectPermissionBase
from simple_history.models import HistoricalRecords

from articles.querysets import ArticleQuerySet
from articles.states import (
    PIPELINE,
    STOPPING,
    AiInvolvement,
    Audience,
    NoticeKind,
    Part,
    RetractionNature,
    Risk,
    SourceType,
    State,
)

User = settings.AUTH_USER_MODEL
IN_WORK = Q(state__in=PIPELINE)


class Topic(models.Model):
    """A field of medicine: what articles are sorted by and reviewers are matched on."""

    name = models.CharField(max_length=80, unique=True)
    slug = models.SlugField(max_length=80, unique=True)
    description = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class RiskClass(models.Model):
    """How much harm a wrong sentence could do, and what readers may see before anyone has checked it.

    Written only when a policy comes into force.
    """

    level = models.PositiveSmallIntegerField(primary_key=True, choices=Risk)
    public_before_approval = models.BooleanField()
    grace_days = models.PositiveSmallIntegerField(
        null=True, help_text="Days a text stays up after its check date; empty: it stays, with its caution."
    )

    class Meta:
        ordering = ["level"]
        verbose_name_plural = "risk classes"

    def __str__(self) -> str:
        return f"{self.level} · {self.get_level_display()}"


class Article(models.Model):
    """A question with a permanent address; its text fields are the author's working text."""

    slug = models.SlugField(max_length=120, unique=True)
    title = models.CharField("question", max_length=300)
    short_answer = models.TextField(blank=True)
    body = models.TextField(blank=True)
    plain_body = models.TextField("plain-language version", blank=True)
    topic = models.ForeignKey(Topic, models.PROTECT, related_name="articles")
    audience = models.CharField(max_length=20, choices=Audience)
    language = models.CharField(max_length=12, default="en")
    risk = models.ForeignKey(RiskClass, models.PROTECT, related_name="+")
    risk_reason = models.CharField(max_length=300, blank=True)
    risk_lowered_from = models.PositiveSmallIntegerField(
        null=True,
        editable=False,
        help_text="The class an editor looked at and lowered; words of that class raise no more.",
    )

    author = models.ForeignKey(User, models.PROTECT, related_name="articles")
    coauthors: models.ManyToManyField = models.ManyToManyField(User, blank=True, related_name="+")
    ai_involvement = models.CharField("AI involvement", max_length=20, choices=AiInvolvement)
    ai_tool = models.CharField("AI tool", max_length=120, blank=True)
    ai_version = models.CharField("AI tool's version", max_length=60, blank=True)
    ai_accountable = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="who answers for the AI's work"
    )

    interests = models.TextField(
        "interests of the authors", blank=True, help_text="Made of what each of them says for themselves."
    )
    funding = models.CharField("who paid for the work", max_length=500, blank=True)

    state = models.CharField(max_length=20, choices=State, default=State.DRAFT, editable=False, db_index=True)
    latest_revision = models.ForeignKey("Revision", models.PROTECT, null=True, editable=False, related_name="+")
    approval = models.ForeignKey("Approval", models.PROTECT, null=True, editable=False, related_name="+")
    edition = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(editable=False)
    edited_at = models.DateTimeField(editable=False)
    updated_at = models.DateTimeField(null=True, editable=False)
    first_public_at = models.DateTimeField(null=True, editable=False)
    submitted_at = models.DateTimeField(null=True, editable=False, help_text="The newest revision; the queue's order.")
    check_due_at = models.DateTimeField(
        null=True,
        editable=False,
        help_text="Of the approval that stands; for finding, never for what readers are told.",
    )
    # What readers reported, counted; written where reports are kept, and part of what readers are shown.
    open_reports = models.PositiveIntegerField(default=0, editable=False)
    settled_reports = models.PositiveIntegerField(default=0, editable=False)

    # The history is the working text's: moves, approvals and risk have records of their own.
    history = HistoricalRecords(
        m2m_fields=[coauthors],
        excluded_fields=[
            "state",
            "latest_revision",
            "approval",
            "updated_at",
            "first_public_at",
            "submitted_at",
            "check_due_at",
            "open_reports",
            "settled_reports",
            "risk",
            "risk_reason",
            "risk_lowered_from",
        ],
    )
    objects = ArticleQuerySet.as_manager()

    class Meta:
        ordering = ["-updated_at", "-pk"]
        permissions = [
            ("write_article", "Write and submit this article"),
            ("review_article", "Read this article's revision for review"),
        ]
        indexes = [
            models.Index(fields=["state", "-updated_at", "-id"], name="queue_order"),
            models.Index(fields=["topic", "-updated_at", "-id"], name="topic_order"),
            models.Index(fields=["-updated_at", "-id"], name="newest_order"),
            # The editors' queue: what is in work as a whole, and by its state.
            models.Index(fields=["-risk", "submitted_at", "id"], condition=IN_WORK, name="in_work_order"),
            models.Index(fields=["state", "-risk", "submitted_at", "id"], condition=IN_WORK, name="in_work_by_state"),
            models.Index(
                fields=["check_due_at", "id"], condition=Q(check_due_at__isnull=False), name="check_due_order"
            ),
            # So that asking for what is rare among all articles does not walk through all of them.
            models.Index(fields=["language"], name="by_language"),
            models.Index(fields=["ai_involvement"], name="by_ai_involvement"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="known_state"),
            models.CheckConstraint(condition=Q(ai_involvement__in=AiInvolvement.values), name="ai_involvement_is_said"),
            models.CheckConstraint(
                condition=Q(ai_involvement=AiInvolvement.NONE) | Q(ai_accountable__isnull=False),
                name="a_person_answers_for_the_ai",
                violation_error_message="Name the person who answers for what the AI system wrote.",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.APPROVED) | Q(approval__isnull=False), name="approved_needs_an_approval"
            ),
            models.CheckConstraint(
                condition=Q(state=State.DRAFT) | Q(latest_revision__isnull=False), name="past_draft_needs_a_revision"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("article", args=[self.slug])

    def get_desk_url(self) -> str:
        return reverse("desk-article", args=[self.slug])

    @property
    def about(self) -> str:
        """How the audit chain names this article."""
        return f"article:{self.slug}"


class ArticleUserObjectPermission(UserObjectPermissionBase):
    """Who may do what with one article: the shadow of authorship and of open assignments."""

    content_object = models.ForeignKey(Article, models.CASCADE)


class Contribution(models.Model):
    """One person's part in a working text, and their own word on interests that touch it."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="contributions")
    person = models.ForeignKey(User, models.PROTECT, related_name="+")
    part = models.CharField(max_length=12, choices=Part, default=Part.COAUTHOR)
    interests = models.CharField(max_length=500, blank=True, help_text="Empty: they have not said yet.")

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["article", "person"], name="one_part_per_person")]

    def __str__(self) -> str:
        return f"{self.person}, {self.get_part_display().lower()}"


class CoauthorInvitation(models.Model):
    """Somebody who is asked to write along; nothing of the text is theirs to read before they accept."""

    class Answer(models.TextChoices):
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Declined"
        TAKEN_BACK = "taken_back", "Taken back"

    article = models.ForeignKey(Article, models.CASCADE, related_name="coauthor_invitations")
    to = models.CharField(max_length=254, help_text="A user name or an e-mail address, as it was typed.")
    person = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", help_text="Whose that was then.")
    part = models.CharField("invited as", max_length=12, choices=Part, default=Part.COAUTHOR)
    answers_for_ai = models.BooleanField(default=False)
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    answer = models.CharField(max_length=10, choices=Answer, blank=True)
    answered_at = models.DateTimeField(null=True)
    accepted_as = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["article", "to"], condition=Q(answered_at=None), name="one_open_invitation_to_write"
            )
        ]
        indexes = [models.Index(fields=["person"], condition=Q(answered_at=None), name="waiting_invitations")]

    def __str__(self) -> str:
        return f"{self.to}, invited as {self.part_name.lower()}"

    @property
    def part_name(self) -> str:
        return f"{self.get_part_display()}{' who answers for the AI’s work' if self.answers_for_ai else ''}"


class Reference(models.Model):
    """One source of the working text, typed, with the key that sentences cite it by."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="references")
    key = models.CharField(max_length=80)
    position = models.PositiveIntegerField(default=0)
    type = models.CharField(max_length=20, choices=SourceType, blank=True)
    title = models.CharField(max_length=1000)
    authors = models.JSONField(default=list, blank=True)
    container_title = models.CharField("journal, book or site", max_length=500, blank=True)
    publisher = models.CharField(max_length=300, blank=True)
    issuing_body = models.CharField(max_length=300, blank=True)
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    volume = models.CharField(max_length=40, blank=True)
    issue = models.CharField(max_length=40, blank=True)
    pages = models.CharField(max_length=60, blank=True)
    doi = models.CharField("DOI", max_length=300, blank=True)
    pmid = models.CharField("PMID", max_length=20, blank=True)
    pmcid = models.CharField("PMCID", max_length=20, blank=True)
    isbn = models.CharField("ISBN", max_length=20, blank=True)
    url = models.URLField("web address", max_length=1000, blank=True)
    accessed = models.CharField(max_length=10, blank=True)
    no_id_reason = models.CharField("why there is no identifier", max_length=300, blank=True)
    edition = models.PositiveIntegerField(default=1, editable=False)
    list_number = models.PositiveSmallIntegerField(
        null=True, editable=False, help_text="What the list it came from calls it, until the text cites by keys."
    )

    history = HistoricalRecords(excluded_fields=["list_number", "edition"])

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["article", "key"],
                name="one_source_per_key",
                violation_error_message="Another reference of this article already has this key.",
            )
        ]

    def __str__(self) -> str:
        return f"[@{self.key}] {self.title}"

    def as_record(self) -> dict[str, Any]:
        """The plain form that revisions freeze and checks read."""
        left_out = {"id", "article", "position", "list_number", "edition"}
        return {f.name: getattr(self, f.name) for f in self._meta.concrete_fields if f.name not in left_out}


class RecordedSearch(models.Model):
    """Where somebody looked, for what, when, and how much was found: what a sentence that denies rests on."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="searches")
    where = models.CharField("where", max_length=200)
    terms = models.CharField("search terms", max_length=2000)
    searched_on = models.DateField("day of the search")
    hits = models.PositiveIntegerField("number of hits")
    note = models.CharField(max_length=500, blank=True)
    edition = models.PositiveIntegerField(default=0, editable=False)

    history = HistoricalRecords(excluded_fields=["edition"])

    class Meta:
        ordering = ["searched_on", "pk"]

    def __str__(self) -> str:
        return f"{self.where}, {self.searched_on:%d %B %Y}"

    def as_record(self) -> dict[str, Any]:
        """The plain form that revisions freeze and checks read."""
        said = {name: getattr(self, name) for name in ("where", "terms", "hits", "note")}
        return said | {"date": self.searched_on.isoformat()}


class Buffer(models.Model):
    """What somebody has typed in one tab and not saved: apart from all that can be submitted, and theirs alone."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    article = models.ForeignKey(Article, models.CASCADE, null=True, related_name="+", help_text="Empty: a new text.")
    tab = models.CharField(max_length=32)
    edition = models.PositiveIntegerField(help_text="Of the text it was typed over.")
    step = models.BigIntegerField(help_text="Grows with each sending of a tab: what arrives late replaces nothing.")
    fields = models.JSONField(default=dict)
    saved_at = models.DateTimeField(db_index=True)
    settled_at = models.DateTimeField(null=True, help_text="Since then its words are saved as text.")

    class Meta:
        ordering = ["-saved_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["user", "tab"], name="one_buffer_per_tab")]

    def __str__(self) -> str:
        return f"Unsaved words of {self.user}, {self.saved_at:%d %B %Y, %H:%M}"


class BroughtIn(models.Model):
    """A text that came in from outside, and what was said of its records then."""

    article = models.OneToOneField(Article, models.CASCADE, related_name="brought_in")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    name = models.CharField(max_length=300, help_text="The file it came from, or that it was pasted.")
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of what was brought in: the same comes in once.")
    report = models.JSONField(help_text="How many sources arrived, and each problem with its line.")

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["by", "fingerprint"], name="brought_in_once")]

    def __str__(self) -> str:
        return f"{self.name}, {self.at:%d %B %Y}"


class Revision(models.Model):
    """The frozen copy of everything a reader would see, named by its digest."""

    append_only = True

    article = models.ForeignKey(Article, models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    digest = models.CharField(max_length=64, unique=True)
    content = models.TextField(help_text="The canonical form the digest is made of.")
    submitted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    submitted_by_label = models.CharField(max_length=200)
    submitted_at = models.DateTimeField()
    change_note = models.CharField(max_length=500, blank=True)
    contributors = models.JSONField(help_text="Ids of everyone who wrote, prompted or answers for this text.")
    findings = models.JSONField(default=dict, help_text="What the integrity checks said, with the author's words.")

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["article", "number"], name="one_revision_per_number")]

    def __str__(self) -> str:
        return f"Revision {self.number} ({self.digest[:12]})"

    @cached_property
    def data(self) -> dict[str, Any]:
        """The content, read. Only `public.py` and the desks may take text from here."""
        return json.loads(self.content)


class CheckRun(models.Model):
    """What the integrity checks said of a revision when they were run again, by the rules and the list of that day."""

    append_only = True

    revision = models.ForeignKey(Revision, models.PROTECT, related_name="check_runs")
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    by_label = models.CharField(max_length=200)
    rules_version = models.CharField(max_length=16, help_text="Names the rules by their code.")
    results = models.JSONField()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"Checks of {self.revision} on {self.at:%d %B %Y}"


class Approval(models.Model):
    """What a quorum of decisions on one digest amounts to, sealed.

    Of a text in which only the typing was corrected since, `read` is the approval of what the quorum read, and
    `typing` says what was corrected, when, and who proposed and signed it.
    """

    append_only = True
    added_later = ("read", "typing")

    revision = models.ForeignKey(Revision, models.PROTECT, related_name="approvals")
    number = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    checked_at = models.DateTimeField()
    valid_until = models.DateTimeField()
    hidden_after = models.DateTimeField(null=True)
    checked_by = models.JSONField(help_text="Who checked: name, profession, topic, decision and date of each.")
    released_by = models.CharField(max_length=200)
    risk = models.PositiveSmallIntegerField(choices=Risk)
    policy_version = models.PositiveIntegerField()
    read = models.ForeignKey("self", models.PROTECT, null=True, related_name="carried")
    typing = models.JSONField(default=list, help_text="The typing corrections since it was read, oldest first.")
    seal = models.CharField(max_length=64)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["revision", "number"], name="one_approval_per_round"),
            models.CheckConstraint(condition=Q(valid_until__gt=models.F("checked_at")), name="approval_has_a_term"),
        ]

    def __str__(self) -> str:
        return f"Approval of {self.digest[:12]} on {self.checked_at:%d %B %Y}"

    @property
    def of_quorum(self) -> "Approval":
        """The approval of exactly what the quorum read."""
        return self.read or self


class Move(models.Model):
    """One step of the workflow, for the tracker: from where, to where, when, by whom."""

    append_only = True

    article = models.ForeignKey(Article, models.PROTECT, related_name="moves")
    revision = models.ForeignKey(Revision, models.PROTECT, null=True, related_name="+")
    origin = models.CharField(max_length=20, choices=State)
    target = models.CharField(max_length=20, choices=State)
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    by_label = models.CharField(max_length=200)
    people = models.JSONField(default=list, help_text="Board members concerned, as readers may be told.")
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.get_origin_display()} → {self.get_target_display()}"


class Notice(models.Model):
    """Something said about a text after the fact; it stands until another notice resolves it."""

    append_only = True
    added_later = ("details",)

    article = models.ForeignKey(Article, models.PROTECT, related_name="notices")
    revision = models.ForeignKey(Revision, models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=20, choices=NoticeKind)
    text = models.TextField(help_text="What readers are told.")
    reason = models.TextField(blank=True, help_text="For the record of the desk.")
    details = models.JSONField(
        default=dict, help_text="What else its kind has to say; the fields are in `notice_fields`."
    )
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    by_label = models.CharField(max_length=200)
    resolves = models.OneToOneField("self", models.PROTECT, null=True, related_name="resolution")

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["article"], condition=Q(kind__in=STOPPING), name="stopping_notices"),
            models.Index(fields=["article"], condition=Q(kind=NoticeKind.CLASS_RAISED), name="raised_classes"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=NoticeKind.RESOLUTION, resolves__isnull=False)
                | (~Q(kind=NoticeKind.RESOLUTION) & Q(resolves__isnull=True)),
                name="a_resolution_resolves_something",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.at:%d %B %Y}"


class CitedSource(models.Model):
    """The identifiers of one reference of a revision, so that all texts are held against a list in one query.

    Written when the revision is frozen, and made from it; what readers are shown is the revision.
    """

    revision = models.ForeignKey(Revision, models.PROTECT, related_name="cited_sources")
    key = models.CharField(max_length=80)
    number = models.PositiveIntegerField(null=True, help_text="What readers see; empty where no sentence cites it.")
    doi = models.CharField(max_length=300, blank=True, db_index=True, help_text="Bare and in lower case.")
    pmid = models.CharField(max_length=20, blank=True, db_index=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"[@{self.key}] of {self.revision}"


class ReadCount(models.Model):
    """How often one article was read on one day; who read it is nowhere."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="+")
    day = models.DateField()
    reads = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["article", "day"], name="one_count_a_day")]

    def __str__(self) -> str:
        return f"{self.reads} on {self.day:%d %B %Y}"


class AlertedClaim(models.Model):
    """One claim that leans on the source of a source alert, by the identity that verdicts know it by.

    Made from the frozen text when the alert is published, so that exactly these claims can be read again.
    """

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="claims")
    field = models.CharField(max_length=20, help_text="The language variant it stands in.")
    identity = models.CharField(max_length=64)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["notice", "identity"], name="a_claim_is_named_once")]

    def __str__(self) -> str:
        return f"{self.identity[:12]} in {self.field}"


class RetractionRecord(models.Model):
    """What the loaded retraction list says last of one paper."""

    doi = models.CharField(max_length=300, blank=True, db_index=True, help_text="Bare and in lower case.")
    pmid = models.CharField(max_length=20, blank=True, db_index=True)
    nature = models.CharField(max_length=12, choices=RetractionNature)
    title = models.CharField(max_length=300, blank=True)
    date = models.CharField(max_length=30, blank=True, help_text="As the list writes it.")

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "retraction list"
        constraints = [
            # Two lists loaded at the same moment would else both stay.
            models.UniqueConstraint(fields=["doi"], condition=~Q(doi=""), name="one_record_per_doi"),
            models.UniqueConstraint(fields=["pmid"], condition=Q(doi=""), name="one_record_per_pmid_alone"),
            models.CheckConstraint(condition=~Q(doi="", pmid=""), name="a_record_can_be_matched"),
        ]

    def __str__(self) -> str:
        return f"{self.get_nature_display()}: {self.doi or f'PMID {self.pmid}'}"


class CheckedSentence(models.Model):
    """One sentence of an approved text, as a number to find pasted passages by; made from the text, anew at will."""

    revision = models.ForeignKey(Revision, models.PROTECT, related_name="checked_sentences")
    mark = models.BigIntegerField(help_text="The first eight bytes of the SHA-256 of the normalised sentence.")

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["mark", "revision"], name="each_sentence_once")]

    def __str__(self) -> str:
        return f"A sentence of {self.revision}"


class SearchDocument(models.Model):
    """The words of the text that readers are shown now, for the index only; nothing is displayed from here."""

    article = models.OneToOneField(Article, models.CASCADE, primary_key=True, related_name="search_document")
    title = models.TextField()
    text = models.TextField()
    letter = models.CharField(max_length=1, default="", help_text="Where it stands in the A–Z.")
    sorted_by = models.CharField(max_length=120, default="")

    class Meta:
        indexes = [models.Index(fields=["letter", "sorted_by", "article"], name="alphabetical_order")]

    def __str__(self) -> str:
        return self.title


class SpellingKey(models.Model):
    """A word of the texts readers are shown, under itself and under what is left of it without one of its letters."""

    key = models.CharField(max_length=24)
    word = models.CharField(max_length=24)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "word"], name="one_row_per_key_and_word")]

    def __str__(self) -> str:
        return f"{self.key} → {self.word}"


class Passage(models.Model):
    """One paragraph of a checked text, for the index only: what is quoted is taken from the text itself."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="passages")
    source = models.CharField(max_length=80, help_text="How the text was cut, and its digest.")
    position = models.PositiveSmallIntegerField()
    title = models.TextField()
    heading = models.CharField(max_length=300, blank=True)
    text = models.TextField()

    class Meta:
        ordering = ["article", "position"]
        constraints = [models.UniqueConstraint(fields=["article", "position"], name="one_passage_per_place")]

    def __str__(self) -> str:
        return self.text[:80]
