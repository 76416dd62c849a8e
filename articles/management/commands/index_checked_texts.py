"""Makes the index of checked sentences anew from the approved texts."""

from typing import Any

from django.core.management.base import BaseCommand

from articles import passages


class Command(BaseCommand):
    help = "Make the index behind /verify/ anew from the approved texts. It holds nothing of its own."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"Indexed {passages.rebuild()} approved texts.")
