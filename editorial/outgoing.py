"""A message on its way out of the house: claimed by lease, tried, and ended with a reason."""

import uuid
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q


class Delivery(models.TextChoices):
    """Every message ends as sent, suppressed or dead; nothing is lost on the way."""

    DUE = "due", "Due"
    SENT = "sent", "Sent"
    SUPPRESSED = "suppressed", "Suppressed"
    DEAD = "dead", "Could not be delivered"


class OutgoingQuerySet(models.QuerySet):
    def due(self, *, at: datetime) -> Self:
        """Ready to be sent: not yet ended, its time has come, and nobody holds it."""
        return self.filter(state=Delivery.DUE, due_at__lte=at).filter(Q(leased_until=None) | Q(leased_until__lte=at))

    def dead(self) -> Self:
        return self.filter(state=Delivery.DEAD)


class Outgoing(models.Model):
    """One row of an outbox, written in the transaction of what it tells."""

    created_at = models.DateTimeField()

    state = models.CharField(max_length=12, choices=Delivery, default=Delivery.DUE)
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    lease = models.UUIDField(null=True)
    handover_at = models.DateTimeField(null=True, help_text="Set just before the mail server is given the message.")
    message_id = models.UUIDField(default=uuid.uuid4)
    possible_duplicate = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=300, blank=True)

    class Meta:
        abstract = True

    @property
    def address(self) -> str:
        """Where it goes."""
        raise NotImplementedError

    @property
    def addressee(self) -> str:
        """Who is told."""
        raise NotImplementedError

    @property
    def subject_matter(self) -> str:
        """What it is about, in words."""
        raise NotImplementedError
