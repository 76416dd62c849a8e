"""Fills an empty desk with the demonstration: people, topics, and an article in every standing."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from articles.models import Article
from editorial.demo.loading import load
from editorial.models import User


class Command(BaseCommand):
    help = "Load the demonstration content into an empty desk."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("Demo accounts have a public password: they are never loaded where PRODUCTION=1.")
        if Article.objects.exists() or User.objects.exists():
            raise CommandError("This desk is in use. `make demo-reset` starts over with an empty one.")
        self.stdout.write(f"Loaded {load()} demonstration articles.")
