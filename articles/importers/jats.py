"""References from the list of a JATS article (the XML of PubMed Central and of most publishers)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from . import safe_xml
from .intake import Intake
from .records import OTHERS, Author, ImportResult, ReferenceRecord, UnreadableFile
from .safe_xml import find_text, text_of
from .tidying import clean, iso_date, year_in

_CITATIONS = ("element-citation", "mixed-citation", "citation", "nlm-citation")
_WEBSITES = {"web", "webpage", "website"}
_HREF = "{http://www.w3.org/1999/xlink}href"


@dataclass(frozen=True)
class ReferenceList:
    """A list as imported, and which of its records each `ref` of the article stands for, in order."""

    result: ImportResult
    places: dict[str, list[int]]


def read(text: str) -> ImportResult:
    """Every reference of a JATS article, imported or reported with its line.

    Raises:
        UnreadableFile: not JATS, not well-formed, or XML that unfolds.
    """
    return reference_list(article(text)).result


def article(text: str) -> etree._Element:
    """The one article in a JATS file."""
    root = safe_xml.parse(text)
    articles = [root] if root.tag == "article" else list(root.iter("article"))
    if len(articles) != 1:
        found = f"holds {len(articles)} articles" if articles else f"is XML of another kind (“{root.tag}”)"
        raise UnreadableFile(f"The file {found}. Choose the JATS XML of one article, or a PubMed export.")
    return articles[0]


def reference_list(article: etree._Element) -> ReferenceList:
    intake = Intake()
    places: dict[str, list[int]] = {}
    for number, ref in enumerate(article.iter("ref"), start=1):
        kept = [_take_in(citation, ref, intake) for citation in _citations(ref)]
        if not kept:
            intake.lose("The list has an entry without a reference in it.", line=ref.sourceline, record=_name(ref))
        places[ref.get("id") or f"#{number}"] = [place for place in kept if place is not None]
    return ReferenceList(intake.result(), places)


def _citations(ref: etree._Element) -> Iterator[etree._Element]:
    """One `ref` may hold several sources (5a, 5b), and one source in several forms."""
    for child in ref:
        if child.tag in _CITATIONS:
            yield child
        elif child.tag == "citation-alternatives" and len(child):
            yield next((form for form in child if form.tag == "element-citation"), child[0])


def _name(ref: etree._Element) -> str:
    return find_text(ref, "label") or ref.get("id", "")


def _take_in(citation: etree._Element, ref: etree._Element, intake: Intake) -> int | None:
    record = _record(citation)
    unspecified = citation.get("publication-type", citation.get("citation-type", "")) in ("", "other")
    line = ref.sourceline
    if record.title or record.doi or record.pmid:
        return intake.keep(record, line=line, unspecified=unspecified)
    place = intake.keep(_as_one_text(citation, record), line=line)
    if place is not None:
        said = f"Reference {_name(ref)} is one run of text in the file. All of it was kept as the title: sort it out."
        intake.note(said, line=line, record=text_of(citation))
    return place


def _as_one_text(citation: etree._Element, record: ReferenceRecord) -> ReferenceRecord:
    """Nothing in running text is taken for a name or a year: that would be a guess."""
    return ReferenceRecord(title=clean(text_of(citation)), url=record.url)


def _record(citation: etree._Element) -> ReferenceRecord:
    source = _first(citation, "source")
    title = _first(citation, "article-title", "chapter-title", "part-title", "data-title") or source
    kind = citation.get("publication-type", citation.get("citation-type", ""))
    year = citation.find("year")
    return ReferenceRecord(
        type="website" if kind in _WEBSITES else "preprint" if kind == "preprint" else "",
        title=title,
        authors=tuple(_authors(citation)),
        container_title=source if source != title else "",
        publisher=_first(citation, "publisher-name", "institution"),
        year=year_in(year.get("iso-8601-date") or text_of(year)) if year is not None else None,
        volume=_first(citation, "volume"),
        issue=_first(citation, "issue"),
        pages=_pages(citation),
        doi=_identifier(citation, "doi"),
        pmid=_identifier(citation, "pmid"),
        pmcid=_identifier(citation, "pmc", "pmcid"),
        isbn=_first(citation, "isbn"),
        url=_address(citation),
        accessed=_accessed(citation),
    )


def _first(element: etree._Element, *names: str) -> str:
    return next(filter(None, (find_text(element, f".//{name}") for name in names)), "")


def _pages(citation: etree._Element) -> str:
    first, last = _first(citation, "fpage", "elocation-id"), _first(citation, "lpage")
    return _first(citation, "page-range") or "-".join(filter(None, [first, last]))


def _identifier(citation: etree._Element, *kinds: str) -> str:
    found = (text_of(element) for element in citation.iter("pub-id") if element.get("pub-id-type") in kinds)
    linked = (text_of(element) for element in citation.iter("ext-link") if element.get("ext-link-type") in kinds)
    return next(found, "") or next(linked, "")


def _address(citation: etree._Element) -> str:
    links = [link for name in ("ext-link", "uri", "self-uri") for link in citation.iter(name)]
    addresses = [link.get(_HREF) or text_of(link).strip() for link in links]
    return next((address for address in addresses if address.startswith(("http://", "https://"))), "")


def _accessed(citation: etree._Element) -> str:
    for element in citation.iter("date-in-citation", "access-date"):
        if element.get("content-type", "access-date") in ("access-date", "accessed"):
            return iso_date(element.get("iso-8601-date") or text_of(element))
    return ""


def _authors(citation: etree._Element) -> Iterator[Author]:
    """Those named as authors, or outside any group; editors and translators are not authors."""
    groups = citation.findall("person-group")
    others = [group for group in groups if group.get("person-group-type", "author") not in ("author", "allauthors")]
    for element in citation.iter("name", "string-name", "collab", "etal"):
        if not any(ancestor in others for ancestor in element.iterancestors()):
            yield _author(element)


def _author(element: etree._Element) -> Author:
    if element.tag == "etal":
        return OTHERS
    family = " ".join(filter(None, [find_text(element, "prefix"), find_text(element, "surname")]))
    given = " ".join(filter(None, [find_text(element, "given-names"), find_text(element, "suffix")]))
    return Author(family=family, given=given, literal="" if family else clean(re.sub(r"\s+", " ", text_of(element))))
