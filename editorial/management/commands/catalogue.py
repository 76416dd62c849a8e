"""Brings the catalogue of a language up to date: what is marked and not translated yet, and the compiled form."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import to_locale

from editorial.catalogues import compiled, missing_in, updated


class Command(BaseCommand):
    help = (
        "Collect every marked word of the readers' pages into locale/LANGUAGE/LC_MESSAGES/django.po, keep what is"
        " translated, say what is not, and compile it. Needs the development environment (`make test` makes it)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("language", help="its code, such as de or pt-br")
        parser.add_argument("--check", action="store_true", help="change nothing; fail where words are missing")

    def handle(self, *args: Any, **options: Any) -> None:
        path = settings.HOME / "locale" / to_locale(options["language"]) / "LC_MESSAGES" / "django.po"
        text = updated(path.read_text() if path.exists() else "", locale=to_locale(options["language"]))
        if not options["check"]:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            path.with_suffix(".mo").write_bytes(compiled(text))
        if missing := missing_in(text):
            listed = "\n".join(f"  {words[:100]}" for words in missing)
            raise CommandError(f"{len(missing)} not translated yet in {_shown(path)}:\n{listed}")
        self.stdout.write(f"{_shown(path)} is complete.")


def _shown(path: Path) -> Path:
    return path.relative_to(settings.HOME)
