"""Catalogues of translated words: what is marked in code and templates, put together, and compiled."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

FUNCTIONS = {"_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None, "ngettext": (1, 2)}
NO_DAY = datetime(1970, 1, 1, tzinfo=UTC)
APPS = ("editorial", "articles", "reviews")


def marked() -> Catalog:
    """Everything that is marked for translation, each with the file it stands in."""
    catalog = Catalog()
    for path, source in _sources():
        for _, message, _, _ in extract("python", io.BytesIO(source.encode()), keywords=FUNCTIONS):
            catalog.add(message, locations=[(path, 0)])
    return catalog


def updated(text: str, *, locale: str) -> str:
    """The catalogue in `text` with everything that is marked now, and what it had translated of that."""
    known = read_po(io.BytesIO(text.encode()), locale=locale) if text else Catalog(locale=locale)
    fresh = Catalog(locale=locale, project="The Editorial Desk", charset="utf-8")
    for message in sorted(marked(), key=_sorted_by):
        if message.id:
            had = known.get(message.id)
            fresh.add(message.id, had.string if had else "", locations=message.locations)
    out = io.BytesIO()
    write_po(out, fresh, width=110, omit_header=False, include_lineno=False)
    return _without_dates(out.getvalue().decode())


def missing_in(text: str) -> list[str]:
    """What has no translation, or one that leaves a placeholder out."""
    return [_first(message) for message in read_po(io.BytesIO(text.encode())) if message.id and not _is_whole(message)]


def compiled(text: str) -> bytes:
    """The same bytes for the same words: the day it is done on is none of them."""
    catalog, out = read_po(io.BytesIO(text.encode())), io.BytesIO()
    catalog.creation_date = catalog.revision_date = NO_DAY
    write_mo(out, catalog)
    return out.getvalue()


def _sources() -> Iterator[tuple[str, str]]:
    home: Path = settings.HOME
    for path in sorted((home / "templates").rglob("*.html")):
        text = path.read_text()
        if "translate" in text or "_(" in text:
            # What comes back is as indented as the page is, which no reader of Python understands.
            calls = "\n".join(line.strip() for line in templatize(text).splitlines())
            yield str(path.relative_to(home)), calls
    for app in APPS:
        for path in sorted((home / app).rglob("*.py")):
            text = path.read_text()
            if "gettext" in text and "migrations" not in path.parts:
                yield str(path.relative_to(home)), text


def _is_whole(message: Message) -> bool:
    said: Any = message.string
    given = [str(words or "") for words in (said if isinstance(said, tuple | list) else [said])]
    asked = [str(words) for words in (message.id if isinstance(message.id, tuple | list) else [message.id])]
    names = [_names(words) for words in asked]
    return all(given) and not list(message.check()) and all(_names(words) in names for words in given)


def _names(words: str) -> set[str]:
    """The placeholders in it, of either kind."""
    return {part.split("}")[0] for part in words.split("{")[1:]} | {p.split(")s")[0] for p in words.split("%(")[1:]}


def _first(message: Message) -> str:
    return message.id[0] if isinstance(message.id, tuple) else str(message.id)


def _sorted_by(message: Message) -> str:
    return _first(message).casefold()


def _without_dates(text: str) -> str:
    """The same words make the same file, whenever it is written."""
    return "".join(line for line in text.splitlines(keepends=True) if "-Date: " not in line)
