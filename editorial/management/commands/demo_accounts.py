"""Prints how to sign in to the demonstration."""

from typing import Any

from django.core.management.base import BaseCommand

from editorial.demo.accounts import printed


class Command(BaseCommand):
    help = "Print the demonstration's accounts."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(printed())
