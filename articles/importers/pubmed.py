"""References from PubMed, as XML and as the .nbib of its citation manager export."""

import re
from collections.abc import Iterable, Iterator

from lxml import etree

from . import safe_xml
from .intake import Intake
from .records import Author, ImportResult, ReferenceRecord, UnreadableFile
from .safe_xml import find_text, text_of
from .tidying import person, year_in

_GRADES = {
    "practice guideline": "guideline",
    "guideline": "guideline",
    "systematic review": "systematic_review",
    "meta-analysis": "systematic_review",
    "network meta-analysis": "systematic_review",
    "randomized controlled trial": "randomised_trial",
    "pragmatic clinical trial": "randomised_trial",
    "observational study": "observational",
    "case reports": "case_report",
}
_RECORD = re.compile(r"<(Pubmed(?:Book)?Article)[\s>]")
_LINE = re.compile(r"([A-Z]{2,4}) *- ?(.*)")


def read(text: str) -> ImportResult:
    """Every record of a PubMed export, imported or reported with its line.

    Raises:
        UnreadableFile: XML that defines entities of its own.
    """
    intake = Intake()
    if text.lstrip("\ufeff \t\r\n").startswith("<"):
        _read_xml(text, intake)
    else:
        _read_nbib(text, intake)
    return intake.result()


def source_type(kinds: Iterable[str]) -> tuple[str, bool]:
    """The source type PubMed's publication types amount to, and whether they contradict each other."""
    named = {kind.lower() for kind in kinds}
    if "preprint" in named:
        return "preprint", False
    grades = {_GRADES[kind] for kind in named if kind in _GRADES}
    if len(grades) > 1:
        return "", True
    return (grades.pop() if grades else "narrative_review" if "review" in named else ""), False


def _keep(record: ReferenceRecord, kinds: list[str], intake: Intake, *, line: int) -> None:
    _, contradictory = source_type(kinds)
    if intake.keep(record, line=line) is not None and contradictory:
        said = f"PubMed calls it {' and '.join(kinds)}. It was imported without a type: choose the one that fits."
        intake.note(said, line=line, record=record)


def _read_xml(text: str, intake: Intake) -> None:
    """Each record is parsed by itself, so that a broken one does not take the others with it."""
    if safe_xml.defines_entities(text):
        raise UnreadableFile(safe_xml.OWN_ENTITIES)
    starts = list(_RECORD.finditer(text))
    line, counted = 1, 0
    for start, following in zip(starts, [*starts[1:], None], strict=True):
        line, counted = line + text.count("\n", counted, start.start()), start.start()
        chunk = text[start.start() : following.start() if following else len(text)]
        _take_in_xml(chunk, f"</{start[1]}>", intake, line=line)


def _take_in_xml(chunk: str, end: str, intake: Intake, *, line: int) -> None:
    whole, closed, _ = chunk.partition(end)
    try:
        article = safe_xml.parse(f"<!DOCTYPE x SYSTEM ''>{whole}{closed}")
    except UnreadableFile:
        intake.lose("It breaks off or is not well-formed XML. Export this record again.", line=line)
        return
    kinds = [text_of(kind) for kind in article.iter("PublicationType")]
    _keep(_from_xml(article, kinds), kinds, intake, line=line)


def _from_xml(article: etree._Element, kinds: list[str]) -> ReferenceRecord:
    ids = {element.get("IdType", ""): text_of(element) for element in _own_ids(article)}
    book = article.find(".//Book")
    return ReferenceRecord(
        type=source_type(kinds)[0],
        title=_first(article, ".//ArticleTitle", ".//VernacularTitle", ".//BookTitle"),
        authors=tuple(_xml_authors(article.find(".//AuthorList"))),
        container_title=_first(article, ".//Journal/Title", ".//Journal/ISOAbbreviation") or _book_around(article),
        publisher=_first(article, ".//Publisher/PublisherName"),
        year=year_in(_first(article, ".//PubDate/Year", ".//PubDate/MedlineDate", ".//ArticleDate/Year")),
        volume=_first(article, ".//JournalIssue/Volume"),
        issue=_first(article, ".//JournalIssue/Issue"),
        pages=_first(article, ".//Pagination/MedlinePgn", ".//Pagination/StartPage"),
        doi=ids.get("doi") or _first(article, ".//ELocationID[@EIdType='doi']"),
        pmid=_first(article, "./MedlineCitation/PMID", "./BookDocument/PMID"),
        pmcid=ids.get("pmc", ""),
        isbn=_first(book, "Isbn") if book is not None else "",
    )


def _own_ids(article: etree._Element) -> Iterator[etree._Element]:
    """The identifiers of the article, not those of the papers it cites."""
    for path in ("./PubmedData/ArticleIdList/ArticleId", "./PubmedBookData/ArticleIdList/ArticleId"):
        yield from article.iterfind(path)
    yield from article.iterfind("./BookDocument/ArticleIdList/ArticleId")


def _first(element: etree._Element, *paths: str) -> str:
    return next(filter(None, (find_text(element, path) for path in paths)), "")


def _book_around(article: etree._Element) -> str:
    return find_text(article, ".//BookTitle") if article.find(".//ArticleTitle") is not None else ""


def _xml_authors(authors: etree._Element | None) -> Iterator[Author]:
    for author in authors if authors is not None else ():
        given = _first(author, "ForeName", "Initials")
        suffix = find_text(author, "Suffix")
        yield Author(
            family=find_text(author, "LastName"),
            given=f"{given} {suffix}".strip() if given else "",
            literal=find_text(author, "CollectiveName"),
        )


def _read_nbib(text: str, intake: Intake) -> None:
    fields: dict[str, list[list[str]]] = {}
    started = 0
    for number, line in enumerate([*text.lstrip("\ufeff").splitlines(), ""], start=1):
        found = _LINE.match(line)
        if fields and (not line.strip() or (found and found[1] == "PMID")):
            _take_in_nbib(fields, intake, line=started)
            fields = {}
        if found:
            started = started if fields else number
            last = [found[2].strip()]
            fields.setdefault(found[1], []).append(last)
        elif fields and line.strip():
            last.append(line.strip())


def _take_in_nbib(lines: dict[str, list[list[str]]], intake: Intake, *, line: int) -> None:
    fields = {tag: [" ".join(value) for value in values] for tag, values in lines.items()}
    kinds = fields.get("PT", [])
    _keep(_from_nbib(fields, kinds), kinds, intake, line=line)


def _from_nbib(fields: dict[str, list[str]], kinds: list[str]) -> ReferenceRecord:
    def first(*tags: str) -> str:
        return next((fields[tag][0] for tag in tags if fields.get(tag)), "")

    people = fields.get("FAU") or [re.sub(r" (?=\S+$)", ", ", name) for name in fields.get("AU", [])]
    dois = [value for value in fields.get("LID", []) + fields.get("AID", []) if value.endswith("[doi]")]
    return ReferenceRecord(
        type=source_type(kinds)[0],
        title=first("TI", "TT", "BTI"),
        authors=(*map(person, people), *(Author(literal=name) for name in fields.get("CN", []))),
        container_title=first("JT", "TA") or (first("BTI") if fields.get("TI") else ""),
        publisher=first("PB"),
        year=year_in(first("DP")),
        volume=first("VI"),
        issue=first("IP"),
        pages=first("PG"),
        doi=dois[0].removesuffix("[doi]").strip() if dois else "",
        pmid=first("PMID"),
        pmcid=first("PMC"),
        isbn=first("ISBN").partition(" ")[0],
    )
