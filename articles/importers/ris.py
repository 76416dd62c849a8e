"""References from RIS, as Zotero, EndNote and publishers export it."""

import re
from dataclasses import dataclass, field
from typing import Any

import rispy

from .intake import Intake
from .records import SOURCE_TYPES, VALID_KEY, ImportResult, ReferenceRecord
from .tidying import iso_date, person, year_in

_LINE = re.compile(r"([A-Z][A-Z0-9]) {1,2}-(?: (.*)|\s*)$")
_WEBSITES = {"ELEC", "WEB", "BLOG", "ICOMM"}
_UNSPECIFIED = {"", "GEN"}
_ISBN = re.compile(r"(?<![0-9A-Za-z-])(?:[0-9][ -]?){9}(?:[0-9][ -]?){0,3}[0-9Xx](?![0-9A-Za-z-])")


@dataclass
class _Chunk:
    """The lines of one record, each with those that continue it.

    rispy drops a record that does not end, so each is given to it by itself, ended.
    """

    line: int
    lines: list[list[str]] = field(default_factory=list)
    ended: bool = False

    def fields(self) -> dict[str, Any]:
        text = "\n".join([*map(" ".join, self.lines), "ER  - "])
        return rispy.loads(text, delimiter_tags_mapping={}, skip_unknown_tags=True)[0]


def read(text: str) -> ImportResult:
    """Every record of a RIS file, imported or reported with its line."""
    intake = Intake()
    for chunk in _chunks(text, intake):
        _take_in(chunk, intake)
    return intake.result()


def _chunks(text: str, intake: Intake) -> list[_Chunk]:
    chunks: list[_Chunk] = []
    stray = False
    for number, raw in enumerate(text.lstrip("\ufeff").splitlines(), start=1):
        match = _LINE.match(raw.strip())
        tag, value = (match[1], match[2] or "") if match else ("", raw.strip())
        inside = bool(chunks) and not chunks[-1].ended
        if tag == "TY":
            chunks.append(_Chunk(number, [[f"TY  - {value}"]]))
        elif inside:
            _add(chunks[-1], tag, value)
        elif tag and not stray:
            intake.lose("These lines belong to no record: a line “TY  - …” must come first.", line=number)
        stray = bool(tag) and tag not in ("TY", "ER") and not inside
    return chunks


def _add(chunk: _Chunk, tag: str, value: str) -> None:
    if tag == "ER":
        chunk.ended = True
    elif tag:
        chunk.lines.append([f"{tag}  - {value}"])
    elif value:
        chunk.lines[-1].append(value)


def _take_in(chunk: _Chunk, intake: Intake) -> None:
    fields = chunk.fields()
    record = _record(fields)
    if intake.keep(record, line=chunk.line, unspecified=_printed_as(fields) in _UNSPECIFIED) is None:
        return
    if not chunk.ended:
        said = "It has no closing “ER  -” line and may be cut short. It was imported: check that it is complete."
        intake.note(said, line=chunk.line, record=record)
    dates = _dates(fields)
    if dates and record.year is None:
        said = f"Its date “{dates[0][:40]}” holds no year that can be read. It was imported without one: add it."
        intake.note(said, line=chunk.line, record=record)


def _record(fields: dict[str, Any]) -> ReferenceRecord:
    marks = _marks(fields)
    key = fields.get("id", "")
    return ReferenceRecord(
        key=key if VALID_KEY.fullmatch(key) else "",
        type=_type(fields),
        title=_first(fields, "title", "primary_title", "translated_title", "short_title"),
        authors=tuple(person(name) for name in fields.get("authors", []) or fields.get("first_authors", [])),
        container_title=_first(
            fields, "secondary_title", "journal_name", "alternate_title3", "alternate_title2", "alternate_title1"
        ),
        publisher=_first(fields, "publisher"),
        issuing_body=marks.get("issuing body", ""),
        year=next(filter(None, map(year_in, _dates(fields))), None),
        volume=_first(fields, "volume"),
        issue=_first(fields, "number"),
        pages="-".join(filter(None, [_first(fields, "start_page"), _first(fields, "end_page")])),
        doi=_first(fields, "doi"),
        pmid=marks.get("pmid", ""),
        pmcid=marks.get("pmcid", ""),
        isbn=_isbn(fields),
        url=next((url for url in fields.get("urls", []) if url), ""),
        accessed=iso_date(_first(fields, "access_date")),
        no_id_reason=marks.get("no identifier", ""),
    )


def _first(fields: dict[str, Any], *names: str) -> str:
    return next((fields[name] for name in names if fields.get(name)), "")


def _dates(fields: dict[str, Any]) -> list[str]:
    return [fields[name] for name in ("year", "publication_year", "date") if fields.get(name, "").strip(" /")]


def _type(fields: dict[str, Any]) -> str:
    """Only our own word in M3 grades the evidence; RIS types say how a source is printed."""
    if fields.get("type_of_work") in SOURCE_TYPES:
        return fields["type_of_work"]
    return "website" if _printed_as(fields) in _WEBSITES else ""


def _printed_as(fields: dict[str, Any]) -> str:
    return fields.get("type_of_reference", "").strip().upper()


def _marks(fields: dict[str, Any]) -> dict[str, str]:
    """What RIS has no tag for and programs write as `PMID: 123` into notes, custom fields and accession numbers."""
    notes = [*fields.get("notes", []), *(fields.get(name, "") for name in ("note", "accession_number"))]
    notes += [fields.get(f"custom{n}", "") for n in range(1, 9)]
    named = (note.partition(":") for note in notes)
    marks = {name.strip().lower(): value.strip() for name, colon, value in reversed(list(named)) if colon}
    if re.fullmatch(r"PMC[0-9]+", fields.get("custom2", "")):
        marks.setdefault("pmcid", fields["custom2"])
    return marks


def _isbn(fields: dict[str, Any]) -> str:
    """SN also holds ISSNs; only ten or thirteen digits are a book."""
    found = _ISBN.search(fields.get("issn", ""))
    return found[0] if found and len(re.sub(r"[ -]", "", found[0])) in (10, 13) else ""
