"""One form for what files write in many: text, names, dates and identifiers of a record."""

import html
import re
import unicodedata
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import unquote

from .records import OTHERS, SOURCE_TYPES, Author, ReferenceRecord

_INVISIBLE = dict.fromkeys(
    [code for code in range(0xA0) if unicodedata.category(chr(code)) == "Cc" and not chr(code).isspace()]
    + [*range(0xD800, 0xE000), 0x200B, 0xFEFF, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
)
"""Control characters, halves of characters, and the marks that make text read in another order than it is stored."""

_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_RAISED = re.compile(r"<(sup|sub)>([^<>]*)</\1>", re.IGNORECASE)
_MARKUP = re.compile(r"</?(?:i|b|em|strong|sup|sub|sc|span|jats:[a-z-]+)(?:\s[^<>]*)?/?>", re.IGNORECASE)
_SUPERSCRIPT = str.maketrans("0123456789+-−=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿ")
_SUBSCRIPT = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")

_TEXT_FIELDS = ("title", "container_title", "publisher", "issuing_body", "volume", "issue", "pages", "no_id_reason")
_DASHES = re.compile(r"\s*(?:--+|[‐-―−])\s*")
_DOI_PREFIX = re.compile(r"^(?:https?://)?(?:dx\.|www\.)?doi\.org/|^doi\s*:\s*", re.IGNORECASE)
_DOI_ADDRESS = re.compile(r"^https?://(?:dx\.|www\.)?doi\.org/(?=10[./])", re.IGNORECASE)
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PREPRINT_SERVER = re.compile(r"\b(?:arxiv|medrxiv|biorxiv)\b", re.IGNORECASE)


def clean(text: str) -> str:
    """`text` on one line, in composed characters, without markup, entities or invisible characters."""
    text = _ENTITY.sub(lambda entity: html.unescape(entity[0]), text)
    text = _MARKUP.sub("", _RAISED.sub(_shifted, text))
    return " ".join(unicodedata.normalize("NFC", text.translate(_INVISIBLE)).split())


def superscript(text: str) -> str:
    """Raised text in plain characters: 10 to the 3 must never become 103."""
    return _in_characters(text, _SUPERSCRIPT, "^")


def subscript(text: str) -> str:
    return _in_characters(text, _SUBSCRIPT, "_")


def _in_characters(text: str, table: dict[int, int], mark: str) -> str:
    if all(ord(character) in table for character in text):
        return text.translate(table)
    return text if not re.search(r"\w", text) else f"{mark}({text})"


def _shifted(tag: re.Match[str]) -> str:
    return superscript(tag[2]) if tag[1].lower() == "sup" else subscript(tag[2])


def code(text: str) -> str:
    """An identifier or address as written, without the white space and invisible characters around and in it."""
    return " ".join(text.translate(_INVISIBLE).replace("&amp;", "&").split())


def bare_doi(text: str) -> str:
    """The DOI without resolver or prefix, in the case it was given."""
    doi = code(text)
    bare = _DOI_PREFIX.sub("", doi).strip()
    return unquote(bare) if doi.lower().startswith("http") else bare


def bare_pmid(text: str) -> str:
    return re.sub(r"^(?:pmid|pubmed)\s*:?\s*", "", code(text), flags=re.IGNORECASE)


def bare_pmcid(text: str) -> str:
    pmcid = re.sub(r"^pmcid\s*:?\s*", "", code(text), flags=re.IGNORECASE)
    return f"PMC{pmcid}" if re.fullmatch(r"[0-9]+", pmcid) else pmcid


def bare_isbn(text: str) -> str:
    return re.sub(r"^isbn(?:-1[03])?\s*:?\s*", "", code(text), flags=re.IGNORECASE)


def year_in(text: str) -> int | None:
    """The year a date begins with, or the only one it names; None where that would be a guess."""
    years = re.findall(r"(?<![0-9])(?:1[0-9]|20|21)[0-9]{2}(?![0-9])", text)
    if len(set(years)) == 1 or (years and text.lstrip().startswith(years[0])):
        return int(years[0])
    return None


def iso_date(*parts: object) -> str:
    """`2020-02-14` from year, month and day, or from one text of them; empty unless it is a whole, real date."""
    numbers = re.findall(r"[0-9]+", "-".join(map(str, parts)))[:3]
    try:
        return date(*map(int, numbers)).isoformat()
    except (TypeError, ValueError, OverflowError):
        return ""


def person(name: str) -> Author:
    """An author from `Family, Given`; without a comma, or with a doubled or last one, it is an organisation's."""
    name = name.strip()
    if ",," in name or "," not in name[:-1] or name.endswith(","):
        return Author(literal=name.removesuffix(",").replace(",,", ",", 1))
    family, given = name.split(",", 1)
    return Author(family=family, given=given)


def tidy(record: ReferenceRecord) -> ReferenceRecord:
    """`record` in the one form that is stored, compared and exported."""
    texts: dict[str, Any] = {name: clean(getattr(record, name)) for name in _TEXT_FIELDS}
    pages = _DASHES.sub("-", texts["pages"])
    texts["pages"] = re.sub(r"^([^-]+)-\1$", r"\1", pages)
    url = code(record.url)
    record = replace(
        record,
        **texts,
        key=code(record.key),
        authors=tuple(filter(None, map(_tidy_author, record.authors))),
        doi=bare_doi(record.doi) or (bare_doi(url) if _DOI_ADDRESS.match(url) else ""),
        pmid=bare_pmid(record.pmid),
        pmcid=bare_pmcid(record.pmcid),
        isbn=bare_isbn(record.isbn),
        url=url,
        accessed=iso_date(record.accessed) if _ISO_DATE.fullmatch(record.accessed) else "",
    )
    return replace(record, type=record.type if record.type in SOURCE_TYPES else _evident_type(record))


def _tidy_author(author: Author) -> Author | None:
    family, given = (clean(part.replace(",", " ")) for part in (author.family, author.given))
    if family and given:
        return Author(family=family, given=given)
    literal = clean(author.literal) or family or given
    if literal.lower().rstrip(".") in ("et al", "others", "and others"):
        return OTHERS
    return Author(literal=literal) if literal else None


def _evident_type(record: ReferenceRecord) -> str:
    """Only what the record itself shows; a grade of evidence is never guessed."""
    on_a_server = _PREPRINT_SERVER.search(f"{record.container_title} {record.publisher}")
    return "preprint" if on_a_server else ""


def only_an_address(record: ReferenceRecord) -> bool:
    """Whether nothing but its web address says where `record` is found."""
    printed = record.container_title or record.publisher or record.issuing_body or record.volume
    identified = record.doi or record.pmid or record.pmcid or record.isbn
    return bool(record.url) and not printed and not identified
