"""Loads a retraction list from a file, and alerts every article that leans on a source it names."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from articles.importers import UnreadableFile
from editorial.errors import WorkflowError
from reviews import source_alerts

MOST_PROBLEMS = 20


class Command(BaseCommand):
    help = (
        "Load a retraction list (CSV in the layout of Retraction Watch) in place of the one in force. Rows that cannot"
        " be used are reported with their line. Exit status: 0 loaded, 1 refused (the list from before stays)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the list, as a comma-separated file")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            with file.open("rb") as opened:
                done = source_alerts.load_file(opened, name=file.name, by=None)
        except OSError as error:
            raise CommandError(f"{file} cannot be opened ({error.strerror}). Check the name.") from None
        except (UnreadableFile, WorkflowError) as refusal:
            raise CommandError(f"{file.name} was not loaded: {refusal}") from None
        self._report(file, done)
        alerted = f"Articles that got a source alert: {done.articles_alerted}."
        self.stdout.write(f"Papers on the list: {done.listed}. {alerted}")

    def _report(self, file: Path, done: source_alerts.Outcome) -> None:
        for problem in done.problems[:MOST_PROBLEMS]:
            place = f"{file.name}:{problem.line}" if problem.line else file.name
            record = f" “{problem.record}”" if problem.record else ""
            self.stderr.write(f"{place}:{record} {problem.reason}")
        if done.lost:
            self.stderr.write(f"{done.lost} rows could not be used.")
