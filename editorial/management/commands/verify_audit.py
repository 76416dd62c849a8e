"""Says whether the record of the desk is whole, and names what is not."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from editorial.verification import Verdict, verify

MOST_SHOWN = 20


class Command(BaseCommand):
    help = (
        "Verify the audit chain. Exit: 0 whole, 1 a broken link, 2 shorter than a known anchor,"
        " 3 a row without its entry or the reverse, 4 guards are missing, 64 an anchor that is none,"
        " 69 the database or a table of it is not there."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--anchor",
            action="append",
            default=[],
            metavar="NUMBER:HASH",
            help="A record number as an e-mail quotes it; give it as often as you like.",
        )

    def handle(self, *args: Any, anchor: list[str], **options: Any) -> None:
        try:
            outcome = verify(anchor)
        except ValueError as trouble:
            raise CommandError("An anchor looks like 42:0f3a…, as it stands in the e-mail.", returncode=64) from trouble
        except DatabaseError as trouble:
            way_on = "If the software was updated, run `manage.py migrate` first."
            raise CommandError(f"The record could not be read: {trouble}. {way_on}", returncode=69) from trouble
        for fault in outcome.faults[:MOST_SHOWN]:
            self.stderr.write(f"{fault.verdict.name.lower()}: {fault.what}")
        if len(outcome.faults) > MOST_SHOWN:
            self.stderr.write(f"… and {len(outcome.faults) - MOST_SHOWN} more")
        if outcome.verdict != Verdict.OK:
            raise CommandError(f"The record is not whole ({outcome.entries} entries read).", returncode=outcome.verdict)
        self.stdout.write(f"The record is whole: {outcome.entries} entries, each in its place.")
