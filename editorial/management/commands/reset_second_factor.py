"""The last way back: whoever has the machine in hand resets the second factor of an administrator."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from editorial import second_factor
from editorial.errors import WorkflowError
from editorial.models import User


class Command(BaseCommand):
    help = "Reset somebody's second factor, end their sessions and tell them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--reason", required=True, help="how you know that it is they who ask; goes on record")

    def handle(self, *, username: str, reason: str, **options: Any) -> None:
        person = User.objects.filter(username=username).first()
        if person is None:
            raise CommandError(f"Nobody here is called {username}.")
        try:
            second_factor.reset(person, by=None, reason=reason)
        except WorkflowError as refusal:
            raise CommandError(refusal) from refusal
        self.stdout.write(f"Done. {person.label} signs in with the password and sets up a new one.")
