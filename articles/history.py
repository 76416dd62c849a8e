"""The convenience log of one article: who changed which words of the working text, and why."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from articles.models import Article, RecordedSearch, Reference, Topic
from articles.revisions import Budget, Rows, compare, shortened
from articles.significance import Change
from editorial.models import User

MOST = 30  # changes on a page
LOOKED_BACK = 300
LONGEST_PLACE = 40  # characters
LONG = ("title", "short_answer", "body", "plain_body")
SHORT = {
    "topic_id": "topic",
    "audience": "audience",
    "language": "language",
    "ai_involvement": "AI involvement",
    "ai_tool": "AI tool",
    "ai_version": "AI tool's version",
    "ai_accountable_id": "who answers for the AI's work",
    "interests": "interests of the authors",
    "funding": "who paid for the work",
    "author_id": "author",
}
NO_WORDS = {"id", "article", "position", "list_number", "edition"}
OF_REFERENCE = [f.attname for f in Reference._meta.concrete_fields if f.name not in NO_WORDS]
OF_SEARCH = ("where", "terms", "searched_on", "hits", "note")
DID = {"+": "added", "~": "changed", "-": "removed"}


@dataclass(frozen=True)
class Entry:
    """One change, as the log shows it."""

    at: datetime
    by: str
    what: str
    reason: str
    fields: tuple[Change, ...] = ()


def changes(article: Article, *, before: datetime | None = None) -> list[Entry]:
    """The newest changes of text, references and searches, of each one more than a page shows; in no order."""
    kept = of_working_text(article, before=before, budget=Budget())
    return kept + of_references(article, before=before) + of_searches(article, before=before)


def of_working_text(article: Article, *, before: datetime | None = None, budget: Budget | None = None) -> list[Entry]:
    """The newest changes to the text's own fields, newest first, compared within one budget for all of them."""
    kept = list(_newest(article.history.all(), before)[: MOST + 2])
    names, budget = _names(kept), budget or Budget()
    entries = [_entry(new, "The text", _article_fields(old, new, names, budget)) for new, old in pairwise(kept)]
    if kept and kept[-1].history_type == "+":
        entries.append(_entry(kept[-1], "The article", ()))
    return entries[: MOST + 1]


def of_references(article: Article, *, before: datetime | None = None) -> list[Entry]:
    """The newest changes to the list of sources, newest first."""
    log = Reference.history.filter(article=article)
    return _of_rows(log, OF_REFERENCE, lambda row: f"Reference [@{row.key}]", named_by="title", before=before)


def of_searches(article: Article, *, before: datetime | None = None) -> list[Entry]:
    """The newest changes to the recorded searches, newest first."""
    log = RecordedSearch.history.filter(article=article)
    return _of_rows(log, OF_SEARCH, lambda row: f"Search in {row.where}", named_by="terms", before=before)


def _of_rows(
    log: Any, names: Iterable[str], subject: Callable[[Any], str], *, named_by: str, before: datetime | None
) -> list[Entry]:
    kept = list(_newest(log, before)[: MOST + 1])
    known: dict[int, Any] = _as_they_were(log, kept)
    entries = []
    for row in reversed(kept):
        old = known.get(row.id)
        entries.append(_entry(row, subject(row), _fields(old, row, names, named_by)))
        known[row.id] = row
    return entries[::-1]


def _newest(log: Any, before: datetime | None) -> Any:
    found = log.select_related("history_user").order_by("-history_date", "-history_id")
    return found.filter(history_date__lt=before) if before else found


def _as_they_were(log: Any, kept: list[Any]) -> dict[int, Any]:
    """The state of each of these references just before the oldest of the changes, for the first comparison."""
    if not kept:
        return {}
    earlier = log.filter(id__in={row.id for row in kept}, history_date__lt=kept[-1].history_date)
    return {row.id: row for row in reversed(earlier.order_by("-history_date", "-history_id")[:LOOKED_BACK])}


def moment(place: str) -> datetime | None:
    """The moment that a place in the log names.

    Raises:
        ValueError: no page ever gave out such a place.
    """
    if not place:
        return None
    named = datetime.fromisoformat(place[: LONGEST_PLACE + 1])
    if len(place) > LONGEST_PLACE or named.tzinfo is None:
        raise ValueError("There is no such place in the log. Start again from its first page.")
    try:
        return named.astimezone(UTC)
    except OverflowError:
        # At the ends of the calendar there is a moment that cannot be told in another time zone.
        raise ValueError("There is no such moment. Start again from its first page.") from None


def _entry(row: Any, subject: str, fields: Iterable[Change]) -> Entry:
    by = row.history_user.label if row.history_user else "the system"
    reason = row.history_change_reason or ""
    return Entry(row.history_date, by, f"{subject} was {DID[row.history_type]}", reason, tuple(fields))


def _article_fields(old: Any, new: Any, names: dict[str, dict[int, str]], budget: Budget) -> list[Change]:
    was, now = ({name: getattr(row, name) for name in LONG} | {"references": []} for row in (old, new))
    differences = compare(was, now, budget=budget)
    fields = [_change(each.part.replace("_", " "), shortened(each.rows), new) for each in differences]
    for attname, spoken in SHORT.items():
        a, b = (_said(names, attname, getattr(row, attname)) for row in (old, new))
        fields += _replaced(spoken, a, b, new)
    return fields


def _fields(old: Any, new: Any, names: Iterable[str], named_by: str) -> list[Change]:
    if old is None or new.history_type != "~":
        return _replaced(named_by, "", getattr(new, named_by), new) if new.history_type == "+" else []
    pairs = ((name, str(getattr(old, name) or ""), str(getattr(new, name) or "")) for name in names)
    return [changed for name, was, now in pairs for changed in _replaced(name.replace("_", " "), was, now, new)]


def _replaced(name: str, was: str, now: str, row: Any) -> list[Change]:
    rows = [(kind, words) for kind, words in (("out", was), ("in", now)) if words]
    return [_change(name, tuple(rows), row)] if was != now else []


def _change(name: str, rows: Rows, row: Any) -> Change:
    """Named so that every change on the page has an address of its own."""
    return Change(name, rows, f"{row._meta.model_name} {row.history_id} {name}")


def _said(names: dict[str, dict[int, str]], attname: str, value: Any) -> str:
    return names.get(attname, {}).get(value, str(value)) if value not in (None, "") else ""


def _names(kept: list[Any]) -> dict[str, dict[int, str]]:
    people = {pk for row in kept for pk in (row.author_id, row.ai_accountable_id) if pk}
    labels = {person.pk: person.label for person in User.objects.filter(pk__in=people)}
    topics = dict(Topic.objects.filter(pk__in={row.topic_id for row in kept}).values_list("pk", "name"))
    return {"topic_id": topics, "author_id": labels, "ai_accountable_id": labels}
