"""Who is told what, and what the desk itself noted: views of the queue, sweeps of the site."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from editorial.outgoing import Outgoing
from reviews.kinds import Channel, Delivery, Kind
from reviews.models.reading import ReviewAssignment
from reviews.querysets import NotificationQuerySet, SavedViewQuerySet


class Notification(Outgoing):
    """One message to one person on one channel: a row of the outbox, and what their inbox shows."""

    event = models.CharField(max_length=120, help_text="What happened, once: the same event is never told twice.")
    kind = models.CharField(max_length=24, choices=Kind)
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="notifications")
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

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="telling")
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

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
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
