"""Sends what is due in the outbox, once, by hand."""

from typing import Any

from django.core.management.base import BaseCommand

from editorial import clock
from reviews.delivery import deliver_due
from reviews.kinds import Channel, Delivery
from reviews.models import Notification


class Command(BaseCommand):
    help = "Send the e-mails that are due now. The worker does this by itself; harmless while it does."

    def handle(self, *args: Any, **options: Any) -> None:
        done = deliver_due()
        emails = Notification.objects.filter(channel=Channel.EMAIL)
        due = emails.filter(state=Delivery.DUE)
        self.stdout.write(f"{done} dealt with, {emails.dead().count()} in all that could not be delivered.")
        if waiting := due.count():
            ready = due.filter(due_at__lte=clock.now()).count()
            self.stdout.write(f"{waiting} still wait, {ready} of them due now; each row of the outbox says why.")
