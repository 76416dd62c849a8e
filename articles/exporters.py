"""Reference lists as BibTeX, RIS and CSL-JSON, in the forms that `articles.importers` reads back unchanged."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from .importers.latex import encode
from .importers.records import OTHERS, Author, ReferenceRecord
from .importers.tidying import tidy

Reference = ReferenceRecord | Mapping[str, Any]

_NAME_TO_BRACE = re.compile(r",|\band\b", re.IGNORECASE)
_SPAN = re.compile(r"([^\s,-]+)-([^\s,-]+)")

_BIBTEX_TEXT = {
    "title": "title",
    "publisher": "publisher",
    "issuing_body": "institution",
    "volume": "volume",
    "issue": "number",
    "pages": "pages",
    "no_id_reason": "noidreason",
}
_BIBTEX_CODE = {
    "doi": "doi",
    "pmid": "pmid",
    "pmcid": "pmcid",
    "isbn": "isbn",
    "url": "url",
    "accessed": "urldate",
    "type": "entrysubtype",
}
_CSL_TEXT = {
    "title": "title",
    "container_title": "container-title",
    "publisher": "publisher",
    "issuing_body": "authority",
    "volume": "volume",
    "issue": "issue",
    "pages": "page",
    "doi": "DOI",
    "pmid": "PMID",
    "pmcid": "PMCID",
    "isbn": "ISBN",
    "url": "URL",
}


def bibtex(references: Iterable[Reference], *, standing: str = "") -> str:
    """BibTeX in Unicode, keys kept; what BibTeX has no field for goes into fields of our own.

    `standing` says what the list was taken from: it heads the file, and every record carries it, for records are
    taken out of their file. In the other formats, which have no place for a heading, every record carries it too.
    """
    said = _on_one_line(standing)
    heading = f"@comment{{{_without_braces(said)}}}\n\n" if said else ""
    return heading + "\n".join(_bibtex_entry(record, note=said) for record in _records(references))


def ris(references: Iterable[Reference], *, standing: str = "") -> str:
    """RIS; what it has no tag for goes into custom fields that name what they hold."""
    said = _on_one_line(standing)
    lines = ((f"{tag}  - {value}\n" for tag, value in _ris_lines(r, note=said)) for r in _records(references))
    return "\n".join(map("".join, lines))


def csl(references: Iterable[Reference], *, standing: str = "") -> str:
    """CSL-JSON; what it has no field for goes into `custom`."""
    said = _on_one_line(standing)
    items = [_csl_item(record, note=said) for record in _records(references)]
    return json.dumps(items, ensure_ascii=False, indent=2) + "\n"


FORMATS: dict[str, tuple[Callable[..., str], str]] = {
    "bib": (bibtex, "application/x-bibtex"),
    "ris": (ris, "application/x-research-info-systems"),
    "json": (csl, "application/vnd.citationstyles.csl+json"),
}
"""How a list is written and what its file is, by the ending of the file's name."""


def _on_one_line(words: str) -> str:
    return " ".join(words.split())


def _without_braces(words: str) -> str:
    return words.replace("{", "(").replace("}", ")")


def _records(references: Iterable[Reference]) -> Iterator[ReferenceRecord]:
    """Records, frozen ones included, without line breaks that would begin a field of their own."""
    for reference in references:
        yield tidy(reference if isinstance(reference, ReferenceRecord) else ReferenceRecord.of(reference))


def _printed_as(record: ReferenceRecord) -> str:
    """How a source is published, which all three formats ask for first."""
    if record.type == "website":
        return "website"
    if record.container_title:
        return "chapter" if record.isbn else "article"
    return "book" if record.isbn or record.publisher else "report"


def _bibtex_entry(record: ReferenceRecord, *, note: str) -> str:
    kinds = {
        "website": "online",
        "chapter": "incollection",
        "article": "article",
        "book": "book",
        "report": "techreport",
    }
    fields = [*_bibtex_fields(record), ("annote", encode(note))]
    lines = [f"  {name} = {{{value}}},\n" for name, value in fields if value]
    return f"@{kinds[_printed_as(record)]}{{{record.key},\n{''.join(lines)}}}\n"


def _bibtex_fields(record: ReferenceRecord) -> Iterator[tuple[str, str]]:
    yield "author", " and ".join(map(_bibtex_name, record.authors))
    yield "booktitle" if _printed_as(record) == "chapter" else "journal", encode(record.container_title)
    yield "year", str(record.year or "")
    for name, tag in _BIBTEX_TEXT.items():
        yield tag, encode(getattr(record, name))
    for name, tag in _BIBTEX_CODE.items():
        yield tag, _bibtex_code(getattr(record, name))


def _bibtex_code(value: str) -> str:
    """Addresses are kept as they are but for braces, which would end the field."""
    return value.replace("{", "%7B").replace("}", "%7D").replace("\\", "%5C")


def _bibtex_name(author: Author) -> str:
    if author == OTHERS:
        return "others"
    if author.literal:
        return f"{{{encode(author.literal)}}}"
    return f"{_bibtex_part(author.family)}, {_bibtex_part(author.given)}"


def _bibtex_part(part: str) -> str:
    return f"{{{encode(part)}}}" if _NAME_TO_BRACE.search(part) else encode(part)


def _ris_lines(record: ReferenceRecord, *, note: str) -> Iterator[tuple[str, str]]:
    kinds = {"website": "ELEC", "chapter": "CHAP", "article": "JOUR", "book": "BOOK", "report": "RPRT"}
    yield "TY", kinds[_printed_as(record)]
    yield from (line for line in (*_ris_fields(record), ("N1", note)) if line[1])
    yield "ER", ""


def _ris_fields(record: ReferenceRecord) -> Iterator[tuple[str, str]]:
    first, last = _span(record.pages)
    yield "ID", record.key
    yield "TI", record.title
    yield from (("AU", _ris_name(author)) for author in record.authors)
    yield "T2", record.container_title
    yield "PB", record.publisher
    yield "PY", str(record.year or "")
    yield from (("VL", record.volume), ("IS", record.issue), ("SP", first), ("EP", last))
    yield "DO", record.doi
    yield "AN", record.pmid and f"PMID: {record.pmid}"
    yield "C2", record.pmcid and f"PMCID: {record.pmcid}"
    yield "SN", record.isbn
    yield "UR", record.url
    yield "Y2", record.accessed.replace("-", "/")
    yield "M3", record.type
    yield "C1", record.issuing_body and f"Issuing body: {record.issuing_body}"
    yield "C3", record.no_id_reason and f"No identifier: {record.no_id_reason}"


def _span(pages: str) -> tuple[str, str]:
    span = _SPAN.fullmatch(pages)
    return (span[1], span[2]) if span else (pages, "")


def _ris_name(author: Author) -> str:
    """A comma parts family from given name, so that the first of an organisation's is doubled."""
    return author.literal.replace(",", ",,", 1) if author.literal else f"{author.family}, {author.given}"


def _csl_item(record: ReferenceRecord, *, note: str) -> dict[str, Any]:
    kinds = {"website": "webpage", "chapter": "chapter", "article": "article-journal", "book": "book"}
    item: dict[str, Any] = {"id": record.key, "type": kinds.get(_printed_as(record), "report")}
    item |= {tag: getattr(record, name) for name, tag in _CSL_TEXT.items() if getattr(record, name)}
    item["author"] = [_csl_name(author) for author in record.authors]
    item["issued"] = {"date-parts": [[record.year]]} if record.year else None
    item["accessed"] = {"date-parts": [list(map(int, record.accessed.split("-")))]} if record.accessed else None
    item["note"] = note
    custom = {"source_type": record.type, "no_id_reason": record.no_id_reason, "standing": note}
    item["custom"] = {name: value for name, value in custom.items() if value}
    return {name: value for name, value in item.items() if value}


def _csl_name(author: Author) -> dict[str, str]:
    return {"literal": author.literal} if author.literal else {"family": author.family, "given": author.given}
