"""References from BibTeX and BibLaTeX."""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass

import bibtexparser
from bibtexparser.library import Library
from bibtexparser.middlewares.names import parse_single_name_into_parts
from bibtexparser.middlewares.parsestack import default_parse_stack
from bibtexparser.model import (
    Block,
    DuplicateBlockKeyBlock,
    DuplicateFieldKeyBlock,
    Entry,
    ImplicitComment,
    ParsingFailedBlock,
)

from .intake import MAX_RECORDS, Intake
from .latex import Decoder
from .records import OTHERS, SOURCE_TYPES, Author, ImportResult, ReferenceRecord, UnreadableFile
from .tidying import code, iso_date, year_in

MAX_DEPTH = 100
MAX_MARKS = 600_000

_BRACE_OR_ENTRY = re.compile(r"(?<!\\)[{}]|^[ \t]*@", re.MULTILINE)
_ENTRY_START = re.compile(r"@\w*[ \t]*[{(]")
_BROKEN_START = re.compile(r"^[ \t]*@\w+.*", re.MULTILINE)
_FIELD = r"author|editor|title|journal|journaltitle|booktitle|year|date|volume|number|pages|doi|url|pmid|isbn|publisher"
_MISSING_COMMA = re.compile(rf"[}}\"]\s*(?:{_FIELD})\s*=\s*[{{\"0-9]", re.IGNORECASE)
_NAME_MARK = re.compile(r"\\.|[{}]|\s+and(?=\s)", re.IGNORECASE | re.DOTALL)
_ESCAPED = re.compile(r"\\([_%&#${}~^])(?:\{\})?")
_WEBSITES = {"online", "www", "electronic", "webpage"}
_UNSPECIFIED = {"misc", "other"}

logging.getLogger("bibtexparser.splitter").setLevel(logging.CRITICAL)  # each failed block is in our own report


@dataclass(frozen=True)
class _Fields:
    """One entry's fields by name, read for people or for machines."""

    values: dict[str, str]
    latex: Decoder

    def raw(self, *names: str) -> str:
        return next((self.values[name] for name in names if self.values.get(name)), "")

    def text(self, *names: str) -> str:
        return self.latex.decode(self.raw(*names))

    def code(self, *names: str) -> str:
        """In addresses and identifiers `%` and `~` mean themselves."""
        value = code(self.raw(*names)).removeprefix("\\url").strip()
        value = value[1:-1] if value.startswith("{") and value.endswith("}") else value
        return _ESCAPED.sub(r"\1", value)


def read(text: str) -> ImportResult:
    """Every entry of a BibTeX file, imported or reported with its line.

    Raises:
        UnreadableFile: braces nested without end, or more entries than an article could cite.
    """
    text = text.lstrip("\ufeff")
    _refuse_hostile(text)
    intake, latex = Intake(), Decoder()
    for entry in _entries(bibtexparser.parse_string(text, parse_stack=[]), intake):
        _take_in(entry, latex, intake)
    return intake.result()


def _refuse_hostile(text: str) -> None:
    _refuse_deep_nesting(text)
    entries = sum(1 for _ in _ENTRY_START.finditer(text))
    if entries > 2 * MAX_RECORDS or sum(map(text.count, '{}",=')) > MAX_MARKS:
        raise UnreadableFile("The file is too large for one article. Export only the references this article cites.")


def _refuse_deep_nesting(text: str) -> None:
    """Each entry counts from nought, so that unclosed ones do not add up."""
    depth = 0
    for mark in _BRACE_OR_ENTRY.finditer(text):
        depth = depth + 1 if mark[0] == "{" else max(depth - 1, 0) if mark[0] == "}" else 0
        if depth > MAX_DEPTH:
            line = text.count("\n", 0, mark.start()) + 1
            raise UnreadableFile(
                f"The braces at line {line} are nested more than {MAX_DEPTH} deep, which no reference needs. "
                "Remove that entry, or export the file again."
            )


def _entries(library: Library, intake: Intake) -> list[Entry]:
    """The entries, those with a repeated key or field included, with `@string` names written out."""
    entries = [entry for entry in (_entry(block, intake) for block in library.blocks) if entry]
    keys = [entry.key for entry in entries]
    for number, entry in enumerate(entries):
        entry.key = str(number)
    together = Library([*library.strings, *entries])
    for middleware in default_parse_stack():
        together = middleware.transform(together)
    for entry, key in zip(together.entries, keys, strict=True):
        entry.key = key
    return together.entries


def _entry(block: Block | None, intake: Intake) -> Entry | None:
    if isinstance(block, DuplicateFieldKeyBlock):
        said = f"It gives {', '.join(sorted(block.duplicate_keys))} twice. The first was imported: check it."
        intake.note(said, line=_line(block), record=(block.raw or "").partition(",")[0])
    if isinstance(block, DuplicateFieldKeyBlock | DuplicateBlockKeyBlock):
        block = block.ignore_error_block
    if isinstance(block, ParsingFailedBlock):
        said = "It cannot be read: a brace, quote, comma or “=” is missing. Repair it and import it again."
        intake.lose(said, line=_line(block), record=(block.raw or "").partition(",")[0])
    if isinstance(block, ImplicitComment):
        _report_broken_starts(block, intake)
    return block if isinstance(block, Entry) else None


def _report_broken_starts(between: ImplicitComment, intake: Intake) -> None:
    """Text between entries is a comment in BibTeX, and so is an entry that lacks its opening brace."""
    for start in _BROKEN_START.finditer(between.comment):
        line = _line(between) + between.comment.count("\n", 0, start.start())
        said = "It cannot be read: the opening brace after the entry type is missing. Repair it and import it again."
        intake.lose(said, line=line, record=start[0])


def _line(block: Block) -> int:
    return (block.start_line or 0) + 1


def _take_in(entry: Entry, latex: Decoder, intake: Intake) -> None:
    values: dict[str, str] = {}
    for field in entry.fields:
        values.setdefault(field.key.lower(), str(field.value))
    if any(_MISSING_COMMA.search(value) for value in values.values()):
        said = "A comma is missing between two of its fields. Add it and import the entry again."
        intake.lose(said, line=_line(entry), record=entry.key)
    else:
        _keep(_Fields(values, latex), entry, intake)


def _keep(fields: _Fields, entry: Entry, intake: Intake) -> None:
    record = _record(fields, entry=entry)
    unspecified = entry.entry_type.lower() in _UNSPECIFIED
    date = fields.raw("year", "date")
    if intake.keep(record, line=_line(entry), unspecified=unspecified) is not None and date and record.year is None:
        said = f"Its year “{date[:40]}” cannot be read. It was imported without one: add it."
        intake.note(said, line=_line(entry), record=record)


def _record(fields: _Fields, *, entry: Entry) -> ReferenceRecord:
    title = fields.text("title") or fields.text("booktitle")
    subtitle = fields.text("subtitle")
    return ReferenceRecord(
        key=entry.key,
        type=_type(fields, entry.entry_type.lower()),
        title=f"{title}: {subtitle}" if title and subtitle else title,
        authors=_authors(fields.raw("author", "editor"), fields.latex),
        container_title=_container(fields),
        publisher=fields.text("publisher", "school"),
        issuing_body=fields.text("institution", "organization"),
        year=year_in(fields.raw("year", "date")),
        volume=fields.text("volume"),
        issue=fields.text("number", "issue"),
        pages=fields.text("pages", "eid"),
        doi=fields.code("doi"),
        pmid=fields.code("pmid") or (fields.code("eprint") if _eprint_of(fields) == "pubmed" else ""),
        pmcid=fields.code("pmcid", "pmc"),
        isbn=fields.code("isbn"),
        url=_address(fields),
        accessed=iso_date(fields.raw("urldate")),
        no_id_reason=fields.text("noidreason"),
    )


def _type(fields: _Fields, entry_type: str) -> str:
    """Only our own word in `entrysubtype` grades the evidence; entry types say how a source is printed."""
    ours = fields.raw("entrysubtype")
    if ours in SOURCE_TYPES:
        return ours
    return "website" if entry_type in _WEBSITES else ""


def _container(fields: _Fields) -> str:
    container = fields.text("journal", "journaltitle") or (fields.text("booktitle") if fields.raw("title") else "")
    return container or ("arXiv" if _eprint_of(fields) == "arxiv" else "")


def _eprint_of(fields: _Fields) -> str:
    return fields.raw("eprinttype", "archiveprefix").lower() if fields.raw("eprint") else ""


def _address(fields: _Fields) -> str:
    url = fields.code("url")
    return url or next(iter(re.findall(r"https?://[^\s{}]+", fields.raw("howpublished", "note"))), "")


def _authors(names: str, latex: Decoder) -> tuple[Author, ...]:
    return tuple(_author(name, latex) for name in _split_names(names) if name.strip())


def _split_names(names: str) -> Iterator[str]:
    """Split at each `and` outside braces; bibtexparser's own splitter loses an accent beside one (`and \\'Elie`)."""
    depth = start = 0
    for mark in _NAME_MARK.finditer(names):
        if mark[0] in "{}":
            depth = depth + 1 if mark[0] == "{" else max(depth - 1, 0)
        elif depth == 0 and not mark[0].startswith("\\"):
            yield names[start : mark.start()]
            start = mark.end()
    yield names[start:]


def _author(name: str, latex: Decoder) -> Author:
    """Braces around the whole name mean an organisation; `others` means that more names follow."""
    if name.strip().lower().rstrip(".") in ("others", "et al"):
        return OTHERS
    parts = parse_single_name_into_parts(name, strict=False)
    family = " ".join([*parts.von, *parts.last])
    given = " ".join([*parts.first, *parts.jr])
    if not given:
        return Author(literal=latex.decode(family))
    return Author(family=latex.decode(family), given=latex.decode(given))
