"""Writes the audit chain as JSON lines, for keeping elsewhere and for verifying without this software."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from editorial.audit import plain
from editorial.models import AuditEntry


class Command(BaseCommand):
    help = "Export the audit chain, one JSON object a line; `editorial/verify_export.py` checks it with nothing else."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--since", type=int, default=1, metavar="NUMBER", help="The first entry to write.")

    def handle(self, *args: Any, since: int, **options: Any) -> None:
        for entry in AuditEntry.objects.filter(sequence__gte=since).order_by("sequence").iterator():
            self.stdout.write(json.dumps(plain(entry) | {"hash": entry.hash}, sort_keys=True, ensure_ascii=False))
