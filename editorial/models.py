"""The people of the house, and the chain of entries that says who did what."""

from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):
    """A person, or a machine that a person answers for; deactivated when they leave, never deleted."""

    never_deleted = True

    printed_name = models.CharField(
        "name as printed", max_length=120, blank=True, help_text="How readers see this person: Dr Ada Example."
    )
    is_machine = models.BooleanField(
        "machine account", default=False, help_text="An AI system or script. Machines can never review or edit."
    )
    is_managing_editor = models.BooleanField(
        "managing editor", default=False, help_text="Assigns reviewers, watches the queue, releases."
    )
    is_responsible_editor = models.BooleanField(
        "responsible editor", default=False, help_text="Holds editorial responsibility and is named in public."
    )

    class Meta(AbstractUser.Meta):  # type: ignore[name-defined]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_machine=False)
                | models.Q(is_managing_editor=False, is_responsible_editor=False, is_superuser=False),
                name="no_machine_is_an_editor",
                violation_error_message="A machine account cannot be an editor or an administrator.",
            )
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The name that goes on record."""
        return self.printed_name or self.get_full_name() or self.username

    @property
    def is_editor(self) -> bool:
        """Holds an editor's office; being a superuser does not count."""
        return self.is_active and (self.is_managing_editor or self.is_responsible_editor)


class AuditEntry(models.Model):
    """One act, chained by hash to the one before it."""

    append_only = True

    sequence = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    actor_label = models.CharField(max_length=200)
    action = models.CharField(max_length=60)
    about = models.CharField(max_length=200, blank=True, db_index=True)
    subject = models.CharField(max_length=80, blank=True, db_index=True)
    data = models.JSONField(default=dict)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["-sequence"]
        verbose_name_plural = "audit entries"

    def __str__(self) -> str:
        return f"{self.sequence} · {self.action} · {self.actor_label}"

    @property
    def record_number(self) -> str:
        """What an e-mail quotes, so that mailboxes anchor the chain: number and the start of the hash."""
        return f"{self.sequence}:{self.hash[:16]}"


class AuditHead(models.Model):
    """The single row that writers of the chain queue for; it remembers how long the chain is."""

    sequence = models.BigIntegerField()
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_head")]

    def __str__(self) -> str:
        return f"head at {self.sequence}"
