"""The convenience log of one article: who changed which words of the working text, and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from articles.models import Article, Reference, Topic
from articles.revisions import compare
from editorial.models import User

MOST = 60
LONG = ("title", "short_answer", "body", "plain_body")
SHORT = {
    "topic_id": "topic",
    "audience": "audience",
    "language": "language",
    "ai_involvement": "AI involvement",
    "ai_tool": "AI tool",
    "ai_version": "AI tool's version",
    "ai_accountable_id": "who answers for the AI's work",
    "author_id": "author",
}
OF_REFERENCE = [f.attname for f in Reference._meta.concrete_fields if f.name not in {"id", "article", "position"}]
DID = {"+": "added", "~": "changed", "-": "removed"}


@dataclass(frozen=True)
class Changed:
    """One field: what it said and says, as rows of (kind, words) where kind is same, out or in."""

    name: str
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Entry:
    """One change, as the log shows it."""

    at: datetime
    by: str
    what: str
    reason: str
    fields: tuple[Changed, ...] = ()


def of_working_text(article: Article) -> list[Entry]:
    """The newest changes to the text's own fields, newest first."""
    kept = list(article.history.select_related("history_user").order_by("-history_date", "-history_id")[: MOST + 1])
    names = _names(kept)
    entries = [_entry(new, "The text", _article_fields(old, new, names)) for new, old in pairwise(kept)]
    if kept and kept[-1].history_type == "+":
        entries.append(_entry(kept[-1], "The article", ()))
    return entries[:MOST]


def of_references(article: Article) -> list[Entry]:
    """The newest changes to the list of sources, newest first."""
    log = Reference.history.filter(article=article).select_related("history_user")
    kept = list(log.order_by("-history_date", "-history_id")[:MOST])
    before: dict[int, Any] = {}
    entries = []
    for row in reversed(kept):
        old = before.get(row.id)
        entries.append(_entry(row, f"Reference [@{row.key}]", _reference_fields(old, row)))
        before[row.id] = row
    return entries[::-1]


def entry_of(row: Any, what: str, *, reason: str = "") -> Entry:
    """An entry from any row of a history table, for logs that other apps keep."""
    by = row.history_user.label if row.history_user else "the system"
    return Entry(row.history_date, by, what, reason or row.history_change_reason or "")


def _entry(row: Any, subject: str, fields: Iterable[Changed]) -> Entry:
    by = row.history_user.label if row.history_user else "the system"
    reason = row.history_change_reason or ""
    return Entry(row.history_date, by, f"{subject} was {DID[row.history_type]}", reason, tuple(fields))


def _article_fields(old: Any, new: Any, names: dict[str, dict[int, str]]) -> list[Changed]:
    was, now = ({name: getattr(row, name) for name in LONG} | {"references": []} for row in (old, new))
    fields = [Changed(d.part.replace("_", " "), d.rows) for d in compare(was, now)]
    for attname, spoken in SHORT.items():
        a, b = (_said(names, attname, getattr(row, attname)) for row in (old, new))
        fields += _replaced(spoken, a, b)
    return fields


def _reference_fields(old: Any, new: Any) -> list[Changed]:
    if old is None or new.history_type != "~":
        return _replaced("title", "", new.title) if new.history_type == "+" else []
    pairs = ((name, str(getattr(old, name) or ""), str(getattr(new, name) or "")) for name in OF_REFERENCE)
    return [changed for name, was, now in pairs for changed in _replaced(name.replace("_", " "), was, now)]


def _replaced(name: str, was: str, now: str) -> list[Changed]:
    rows = [(kind, words) for kind, words in (("out", was), ("in", now)) if words]
    return [Changed(name, tuple(rows))] if was != now else []


def _said(names: dict[str, dict[int, str]], attname: str, value: Any) -> str:
    return names.get(attname, {}).get(value, str(value)) if value not in (None, "") else ""


def _names(kept: list[Any]) -> dict[str, dict[int, str]]:
    people = {pk for row in kept for pk in (row.author_id, row.ai_accountable_id) if pk}
    labels = {person.pk: person.label for person in User.objects.filter(pk__in=people)}
    topics = dict(Topic.objects.filter(pk__in={row.topic_id for row in kept}).values_list("pk", "name"))
    return {"topic_id": topics, "author_id": labels, "ai_accountable_id": labels}
