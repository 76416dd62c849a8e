"""The people who may judge revisions: who they are, what they may judge, when, and what touches them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from articles.models import Topic
from reviews.querysets import BoardMemberQuerySet, CredentialQuerySet


class BoardMember(models.Model):
    """A named health professional whom the board trusts to read."""

    never_deleted = True

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="board_member")
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
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
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
