"""Looks once at every public channel of every unchecked article, by hand."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from reviews import sweep


class Command(BaseCommand):
    help = "Read the public pages as a stranger would and take down what lacks its caution. The clock does it too."

    def handle(self, *args: Any, **options: Any) -> None:
        done = sweep.run(within=float("inf"))
        if not done.is_complete:
            raise CommandError(f"The sweep of {settings.SWEEP_URL} is not complete. {done.trouble.strip()}")
        self.stdout.write(f"Looked at {done.articles_seen} articles at {settings.SWEEP_URL}: {done.misses} taken down.")
        if done.trouble:
            self.stdout.write(f"Could not look at all of it:\n{done.trouble.strip()}")
