"""Bring an article and its references in from files, as its author would at the desk."""

from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from articles import editing
from articles.importers import (
    ImportProblem,
    ImportResult,
    MarkdownArticle,
    UnreadableFile,
    read_article,
    read_references,
)
from articles.models import Article, Topic
from articles.rendering import UnreadableText
from articles.states import AiInvolvement, Audience, Risk
from editorial.errors import WorkflowError
from editorial.models import User
from reviews import publication

REFUSALS = (WorkflowError, UnreadableText, UnreadableFile, PermissionDenied)


class Command(BaseCommand):
    help = (
        "Import an article from Markdown with YAML front matter, and its references from BibTeX, RIS, CSL-JSON, PubMed"
        " or JATS. Records that cannot be read are reported with their line; the others arrive. Exit status: 0 done,"
        " 1 refused (nothing is stored; with --submit, the draft stays if only the submission was refused)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the article: Markdown (.md) with front matter")
        parser.add_argument(
            "--references", type=Path, action="append", default=[], metavar="FILE", help="may be given several times"
        )
        parser.add_argument("--author", required=True, metavar="NAME", help="username of the person who answers for it")
        parser.add_argument("--submit", action="store_true", help="hand it to the editors at once")
        parser.add_argument("--dry-run", action="store_true", help="do everything, say what came of it, keep nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        self.file: Path = options["file"]
        with transaction.atomic():
            article = self._import(options)
            refusal = self._submit(article) if options["submit"] else None
            if options["dry_run"]:
                transaction.set_rollback(True)
                self.stdout.write("Nothing was stored: this was a dry run.")
        if refusal:
            raise CommandError(f"{self.file.name} was not submitted: {refusal}")

    def _import(self, options: dict[str, Any]) -> Article:
        """The draft with its references, or a refusal of the whole."""
        try:
            author = _person(options["author"])
            _refuse_jats(self.file)
            given = read_article(_bytes(self.file), name=self.file.name)
            self._report(self.file, given.problems)
            article = editing.create(by=author, **_fields(given, author=author))
            self.stdout.write(f"Imported “{article.title}” as a draft of {author.label}: {article.get_desk_url()}")
            self._add(article, ImportResult(given.references, ()), self.file, author=author)
            for path in options["references"]:
                self._add(article, read_references(_bytes(path), name=path.name), path, author=author)
            return article
        except REFUSALS as refusal:
            raise CommandError(f"{self.file.name} was not imported: {refusal}") from None
        except ValidationError as refusal:
            raise CommandError(f"{self.file.name} was not imported: {' '.join(refusal.messages)}") from None

    def _add(self, article: Article, found: ImportResult, path: Path, *, author: User) -> None:
        self._report(path, found.problems)
        added, refused = editing.add_references(article, found.records, by=author)
        self._report(path, refused)
        if added:
            keys = ", ".join(f"[@{reference.key}]" for reference in added)
            self.stdout.write(f"{len(added)} reference{'' if len(added) == 1 else 's'} from {path.name}: {keys}")

    def _submit(self, article: Article) -> Exception | None:
        """A refused submission leaves the draft; its author finds at the desk what is to be mended."""
        try:
            revision = publication.submit(article, by=article.author)
        except (WorkflowError, UnreadableText) as refusal:
            return refusal
        self.stdout.write(f"Submitted as revision {revision.number}, {revision.digest[:12]}.")
        return None

    def _report(self, path: Path, problems: Iterable[ImportProblem]) -> None:
        for problem in problems:
            place = f"{path.name}:{problem.line}" if problem.line else path.name
            record = f" “{problem.record}”" if problem.record else ""
            self.stderr.write(f"{place}:{record} {'Not imported. ' if problem.lost else ''}{problem.reason}")


def _refuse_jats(path: Path) -> None:
    if path.suffix.lower() in (".xml", ".nxml"):
        raise UnreadableFile(
            f"“{path.name}” is JATS, which cannot say the topic, the audience and what part an AI system had."
            " Write the article as Markdown with front matter, and give this file with --references."
        )


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnreadableFile(f"{path} cannot be opened ({error.strerror}). Check the name.") from None


def _fields(given: MarkdownArticle, *, author: User) -> dict[str, Any]:
    """What the verb needs, from what the file says; what it leaves open is refused, never assumed."""
    involvement = _said(given.ai_involvement, AiInvolvement, name="ai_involvement")
    answers = _accountable(given, author) if involvement != AiInvolvement.NONE else None
    return {
        "title": given.title,
        "short_answer": given.short_answer,
        "body": given.body,
        "plain_body": given.plain_body,
        "topic": _topic(given.topic),
        "audience": _said(given.audience, Audience, name="audience"),
        "ai_involvement": involvement,
        "ai_tool": given.ai_tool,
        "ai_version": given.ai_version,
        "ai_accountable": answers,
        "interests": given.meta.get("interests", ""),
        "funding": given.meta.get("funding", ""),
        "coauthors": [_person(name) for name in given.meta.get("co_authors", [])],
        **({"risk": _risk(given.meta["risk"])} if given.meta.get("risk") else {}),
    }


def _accountable(given: MarkdownArticle, author: User) -> User:
    """Whoever brings the text in answers for it, unless the file names another of its authors."""
    if not given.ai_tool:
        raise WorkflowError("It says that an AI system was used, and not which. Add “ai_tool: …” to its front matter.")
    name = given.meta.get("ai_accountable")
    if not name or name == author.username:
        return author
    if name not in given.meta.get("co_authors", []):
        raise WorkflowError(f"“{name}” is to answer for the AI system's work, and is not an author of this text.")
    return _person(name)


def _person(username: str) -> User:
    person = User.objects.filter(username=username.replace("\0", "")).first()
    if person is None:
        raise WorkflowError(f"Nobody here has the username “{username}”. Add the account in the admin, or correct it.")
    return person


def _topic(name: str) -> Topic:
    topics = list(Topic.objects.all())
    for topic in topics:
        if name.casefold() in (topic.slug, topic.name.casefold()):
            return topic
    known = ", ".join(topic.slug for topic in topics) or "none yet: add one in the admin"
    said = f"The topic “{name}” is not known here" if name else "It names no topic"
    raise WorkflowError(f"{said}. Write “topic: …” with one of these: {known}.")


def _said(value: str, choices: Any, *, name: str) -> str:
    if value in choices.values:
        return value
    said = f"“{value}” is not a value of {name}" if value else f"It does not say its {name}"
    raise WorkflowError(f"{said}. Write “{name}: …” with one of these: {', '.join(choices.values)}.")


def _risk(value: str) -> int:
    if value in {str(level) for level in Risk.values}:
        return int(value)
    raise WorkflowError(f"“{value}” is not a risk class. Write “risk: …” with 1, 2, 3 or 4.")
