"""References from CSL-JSON, as Zotero, Crossref and pandoc write it."""

import json
import re
from collections.abc import Iterator
from typing import Any

from .intake import Intake
from .records import SOURCE_TYPES, VALID_KEY, Author, ImportResult, ReferenceRecord, UnreadableFile
from .tidying import iso_date, year_in

MAX_DEPTH = 50

_WEBSITES = {"webpage", "post", "post-weblog"}
_UNSPECIFIED = {"", "document"}
_SIGNS_OF_AN_ITEM = {"id", "type", "title", "DOI", "URL"}
_STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"')
_BRACKET = re.compile(r"[\[\]{}]")
_NOT_BETWEEN = re.compile(r"[^\s,]")
_NEXT_OBJECT = re.compile(r"[}\]\"\w][\s,]*(?=\{)")
_DECODER = json.JSONDecoder()


def read(text: str) -> ImportResult:
    """Every item of a CSL-JSON file, imported or reported with its line.

    Raises:
        UnreadableFile: not CSL-JSON, or nested without end.
    """
    text = text.lstrip("\ufeff")
    _refuse_deep_nesting(text)
    intake = Intake()
    for item, line in _items(text, intake):
        _take_in(item, intake, line=line)
    return intake.result()


def _refuse_deep_nesting(text: str) -> None:
    depth = 0
    for bracket in _BRACKET.finditer(_STRING.sub("", text)):
        depth += 1 if bracket[0] in "[{" else -1
        if depth > MAX_DEPTH:
            raise UnreadableFile(f"The JSON is nested more than {MAX_DEPTH} levels deep. Export the file again.")


def _items(text: str, intake: Intake) -> Iterator[tuple[Any, int]]:
    """Each item with its line; decoded one by one, so that a broken one does not take the others with it."""
    start = _start_of_list(text)
    position = _behind_commas(text, start)
    line, counted = 1, 0
    while position < len(text) and text[position] != "]":
        line, counted = line + text.count("\n", counted, position), position
        try:
            item, position = _DECODER.raw_decode(text, position)
            yield item, line
        except ValueError as error:
            said = "It is not valid JSON: a comma, quote or bracket is wrong. Repair it and import it again."
            intake.lose(said, line=line + text.count("\n", position, getattr(error, "pos", position)))
            position = _next_item(text, getattr(error, "pos", position + 1))
        position = _behind_commas(text, position)
    if text[start - 1 : start] == "[" and position >= len(text):
        intake.note("The list has no closing bracket, so the file may be cut short. Check that all arrived.", line=line)


def _behind_commas(text: str, position: int) -> int:
    found = _NOT_BETWEEN.search(text, position)
    return found.start() if found else len(text)


def _start_of_list(text: str) -> int:
    """Just behind the bracket of the list, or at the one item that is all there is."""
    listed = re.match(r'\s*(?:\{\s*"items"\s*:\s*)?\[', text)
    if listed:
        return listed.end()
    if re.match(r"\s*\{", text):
        return 0
    raise UnreadableFile("The file is not CSL-JSON, which is a list of items in [ ]. Export it again as CSL-JSON.")


def _next_item(text: str, position: int) -> int:
    """Where the next object that can be an item begins, behind a broken one."""
    while found := _NEXT_OBJECT.search(text, position):
        position = found.end()
        try:
            item, end = _DECODER.raw_decode(text, position)
        except ValueError:
            continue
        if isinstance(item, dict) and item.keys() & _SIGNS_OF_AN_ITEM:
            return position
        position = end - 1
    return len(text)


def _take_in(item: Any, intake: Intake, *, line: int) -> None:
    if not isinstance(item, dict):
        intake.lose("It is not an item with fields, in { }. Remove it from the list.", line=line)
        return
    issued = item.get("issued") or item.get("published-print") or item.get("published-online")
    record = _record(item, year=_year(issued))
    kept = intake.keep(record, line=line, unspecified=_text(item, "type") in _UNSPECIFIED)
    if kept is not None and issued and record.year is None:
        said = "Its date holds no year that can be read. It was imported without one: add it."
        intake.note(said, line=line, record=record)


def _record(item: dict[str, Any], *, year: int | None) -> ReferenceRecord:
    ours = item["custom"] if isinstance(item.get("custom"), dict) else {}
    key = _text(item, "id", "citation-key")
    return ReferenceRecord(
        key=key if VALID_KEY.fullmatch(key) else "",
        type=_type(item, ours),
        title=_text(item, "title"),
        authors=tuple(_authors(item.get("author") or item.get("editor"))),
        container_title=_text(item, "container-title", "collection-title"),
        publisher=_text(item, "publisher"),
        issuing_body=_text(item, "authority"),
        year=year,
        volume=_text(item, "volume"),
        issue=_text(item, "issue"),
        pages=_text(item, "page", "article-number"),
        doi=_text(item, "DOI"),
        pmid=_text(item, "PMID"),
        pmcid=_text(item, "PMCID"),
        isbn=_text(item, "ISBN"),
        url=_text(item, "URL"),
        accessed=_accessed(item.get("accessed")),
        no_id_reason=_text(ours, "no_id_reason"),
    )


def _text(item: dict[str, Any], *names: str) -> str:
    """The first of the fields that says something; Crossref writes texts as lists, others write numbers."""
    for name in names:
        value = item.get(name)
        value = value[0] if isinstance(value, list) and value else value
        if isinstance(value, str | int | float) and not isinstance(value, bool) and str(value).strip():
            return str(value)
    return ""


def _type(item: dict[str, Any], ours: dict[str, Any]) -> str:
    if _text(ours, "source_type") in SOURCE_TYPES:
        return _text(ours, "source_type")
    if "preprint" in _text(item, "genre").lower():
        return "preprint"
    return "website" if _text(item, "type") in _WEBSITES else ""


def _authors(names: Any) -> Iterator[Author]:
    for name in names if isinstance(names, list) else []:
        if isinstance(name, str):
            yield Author(literal=name)
        elif isinstance(name, dict):
            yield _author(name)


def _author(name: dict[str, Any]) -> Author:
    family = [_text(name, part) for part in ("dropping-particle", "non-dropping-particle", "family")]
    given = [_text(name, part) for part in ("given", "suffix")]
    literal = _text(name, "literal", "name")
    if not any(given):
        return Author(literal=literal or " ".join(filter(None, family)))
    return Author(" ".join(filter(None, family)), " ".join(filter(None, given)), literal)


def _parts(date: Any) -> list[Any]:
    parts = date.get("date-parts") if isinstance(date, dict) else None
    first = parts[0] if isinstance(parts, list) and parts else []
    return first if isinstance(first, list) else [first]


def _year(date: Any) -> int | None:
    parts = _parts(date)
    said = parts[0] if parts else _text(date, "raw", "literal") if isinstance(date, dict) else date
    return year_in(str(said)) if isinstance(said, str | int) else None


def _accessed(date: Any) -> str:
    return iso_date(*_parts(date)) or iso_date(_text(date, "raw", "literal") if isinstance(date, dict) else "")
