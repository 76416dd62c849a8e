"""Runs the citation and integrity rules on an article of the desk, or on files before they are imported."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q, QuerySet

from articles import check_runs
from articles.drafts import draft_of, draft_of_file
from articles.importers import UnreadableFile, read_article, read_list
from articles.integrity import Draft, Outcome, Report, check
from articles.models import Article, Revision
from editorial import clock

SPOKEN = {Outcome.OK: "ok", Outcome.FOUND: "found", Outcome.NOT_CHECKED: "not checked"}


class Command(BaseCommand):
    help = (
        "Check an article by its slug, or a Markdown or JATS file. Exit status: 0 nothing blocks a submission,"
        " 1 something does, 2 it could not be read. With --revisions --record: run the checks of today on every frozen"
        " text that readers have, and keep what they say anew beside what was frozen."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", metavar="SLUG|FILE", nargs="?", default="")
        parser.add_argument("--revisions", action="store_true", help="every public revision, instead of one text")
        parser.add_argument("--record", action="store_true", help="with --revisions: keep what differs, on record")
        parser.add_argument(
            "--references", type=Path, action="append", default=[], metavar="FILE", help="their list, in any form"
        )
        parser.add_argument("--json", action="store_true", help="every rule's answer, as JSON")

    def handle(self, *args: Any, what: str, references: list[Path], **options: Any) -> None:
        if options["revisions"] or options["record"] or not what:
            self._check_revisions(what, **options)
            return
        try:
            report = check(_draft(what, references))
        except (UnreadableFile, OSError) as trouble:
            raise CommandError(f"{what} could not be read: {trouble}", returncode=2) from trouble
        self._print_json(report) if options["json"] else self._print(report)
        if report.blocking:
            raise CommandError(f"{len(report.blocking)} findings must be fixed, or explained when it is submitted.")

    def _check_revisions(self, what: str, *, revisions: bool, record: bool, **options: Any) -> None:
        if what or not (revisions and record):
            raise CommandError("Name one text, or give --revisions with --record for all public ones.", returncode=2)
        looked_at = differing = 0
        for revision, is_news in check_runs.run_where_it_differs(_public(at=clock.now())):
            looked_at, differing = looked_at + 1, differing + is_news
            if is_news:
                self.stdout.write(f"{revision.article.slug}, revision {revision.number}: the checks say something new.")
        self.stdout.write(f"{looked_at} public revisions checked, {differing} of them recorded anew.")

    def _print_json(self, report: Report) -> None:
        self.stdout.write(json.dumps(report.to_json(), ensure_ascii=False, indent=2))

    def _print(self, report: Report) -> None:
        for result in report.results:
            self.stdout.write(
                f"{result.rule:<24}{SPOKEN[result.outcome]}{f': {result.reason}' if result.reason else ''}"
            )
            for finding in result.findings:
                self.stdout.write(f"    {finding.level.value}, {finding.field}: {finding.message}")
                self.stdout.write(f"        “{finding.excerpt}”")


def _public(*, at: datetime) -> QuerySet[Revision]:
    """The texts readers have: the approved one, and the newest where that is shown before its check."""
    public = Article.objects.public(at=at).order_by()
    newest = Q(pk__in=public.values("latest_revision"))
    return Revision.objects.filter(newest | Q(pk__in=public.exclude(approval=None).values("approval__revision")))


def _draft(what: str, references: list[Path]) -> Draft:
    path = Path(what)
    if path.suffix and path.is_file():
        article = read_article(path.read_bytes(), name=path.name)
        lists = [read_list(file.read_bytes(), name=file.name) for file in references]
        records = [*article.references, *(record for each in lists for record in each.result.records)]
        printed = [number for each in lists for number in each.numbers]
        is_numbered = bool(printed) and printed == list(range(1, len(records) + 1))
        return draft_of_file(article, [asdict(record) for record in records], is_numbered=is_numbered)
    stored = Article.objects.filter(slug=what).first()
    if stored is None:
        raise UnreadableFile("there is no file of this name, and no article with this slug.")
    return draft_of(stored)
