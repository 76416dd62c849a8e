"""References pasted as they are printed: one a line or paragraph, numbered or not."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from .intake import Intake
from .records import OTHERS, Author, ImportResult, ReferenceRecord, UnreadableFile
from .tidying import clean

MAX_CHARACTERS = 400_000
LONGEST_ENTRY = 3_000

_HEADING = re.compile(
    r"[#\s*_]*(?:references?|bibliography|sources?|literature(?: cited)?|works cited|notes and references)"
    r"(?: list)?[:\s*_]*",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"\s*(?:[-*•]\s+)?(?:\\?\[(\d{1,3})\\?\]:?|\((\d{1,3})\)|(\d{1,3})[.)](?=\s)|(\d{1,3})(?=\t|\s{2,}))\s*"
)
_BULLET = re.compile(r"\s*[-*•–]\s+")
_GOES_ON = re.compile(r"\s*(?:[a-z]|https?:|\d{1,4}[;:(])")

_DOI = re.compile(r"(?:https?://(?:dx\.|www\.)?doi\.org/|\bdoi:?\s*)?\b(10\.\d{4,9}/[^\s<>\"”]+)", re.IGNORECASE)
_PMID = re.compile(r"\(?\bPMID:?\s*(\d{1,8})\b\)?", re.IGNORECASE)
_PMCID = re.compile(r"\(?(?:\bPMCID:?\s*)?\b(PMC\d{1,9})\b\)?", re.IGNORECASE)
_URL = re.compile(
    r"(?:\b(?:available (?:from|at|online)|retrieved from|url):?\s*)?<?(https?://[^\s<>\"”]+)>?", re.IGNORECASE
)
_IDENTIFIERS = {
    "doi": ("DOIs", _DOI),
    "url": ("web addresses", _URL),
    "pmid": ("PMIDs", _PMID),
    "pmcid": ("PMCIDs", _PMCID),
}

_YEAR = r"(?:19|20)\d\d"
_SURE_YEARS = (
    re.compile(rf"\(({_YEAR})[a-z]?(?:,[^()]{{1,20}})?\)"),
    re.compile(rf"\b({_YEAR})(?: [A-Z][a-z]{{2}}(?: \d{{1,2}})?)?;"),
    re.compile(rf"(?<![\w./–-])({_YEAR})(?![\w/–-])"),
)

_NAME = r"[^\W\d_][\w'’. -]{0,60}"
_VANCOUVER_NAME = re.compile(rf"({_NAME}?) ([A-Z]{{1,4}})(?: (Jr|Sr|II|III|IV))?")
_VANCOUVER = re.compile(
    rf"(?P<title>.{{3,600}}?[.?!]) (?P<container_title>[^.;?!]{{2,150}})\. "
    rf"(?P<year>{_YEAR})(?: [A-Z][a-z]{{2}}(?:-[A-Z][a-z]{{2}})?(?: \d{{1,2}})?)?;"
    rf"(?P<volume>[\w -]{{1,30}})(?:\((?P<issue>[^()]{{1,30}})\))?(?::(?P<pages>[\w–, -]{{1,40}}))?[. ]*"
)
_APA = re.compile(
    rf"(?P<authors>.{{3,600}}?) \((?P<year>{_YEAR})[a-z]?\)\. (?P<title>[^.?!]{{3,600}}[.?!]) "
    rf"(?P<container_title>[^,.]{{2,150}}), (?P<volume>\w{{1,20}})(?:\((?P<issue>[^()]{{1,30}})\))?"
    rf", (?P<pages>[\w–-]{{1,40}})[. ]*"
)
_APA_NAME = re.compile(rf"({_NAME}?), ((?:[A-Z]\.[ -]?){{1,5}})(?:, (?:& )?|,? & |$)")


@dataclass(frozen=True)
class PastedList:
    """What was read, and the number each record had in the list; no numbers where the list gave none."""

    result: ImportResult
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True)
class _Entry:
    line: int
    text: str
    number: int | None = None


def read(text: str) -> PastedList:
    """Every entry of a printed list, each with what could not be read in it; nothing of an entry is dropped.

    Raises:
        UnreadableFile: it is longer than any list of an article.
    """
    if len(text) > MAX_CHARACTERS:
        raise UnreadableFile(
            f"The list has more than {MAX_CHARACTERS:,} characters. Paste only the references of this article."
        )
    entries, intake = _entries(text), Intake()
    kept = [entry for entry in entries if _take_in(entry, intake)]
    numbers = tuple(entry.number for entry in kept if entry.number is not None)
    _report_unusable_numbers(text, intake, is_numbered=bool(numbers))
    return PastedList(intake.result(), numbers)


def split_off_list(text: str) -> tuple[str, str]:
    """An article and the list that stands at its end under a heading such as “References”; the list may be empty."""
    lines = text.split("\n")
    headings = [n for n, line in enumerate(lines) if _HEADING.fullmatch(line) and _stands_out(lines, n)]
    if not headings or not "".join(lines[headings[-1] + 1 :]).strip():
        return text, ""
    cut = headings[-1]
    return "\n".join(lines[:cut]).rstrip() + "\n", "\n".join(lines[cut + 1 :]).strip("\n")


def _stands_out(lines: list[str], n: int) -> bool:
    return n > 0 and (
        lines[n].lstrip().startswith(("#", "*")) or not lines[n - 1].strip() or lines[n].rstrip().endswith(":")
    )


# Entries


def _entries(text: str) -> list[_Entry]:
    lines = [(n, line) for n, line in enumerate(text.splitlines(), start=1) if not _HEADING.fullmatch(line)]
    return list(_numbered(lines) if _numbers(text) else _unnumbered(lines))


def _numbers(text: str) -> list[int]:
    """The labels of a numbered list: its first line has one, and they only go up; else none."""
    lines = [line for line in text.splitlines() if line.strip() and not _HEADING.fullmatch(line)]
    if not lines or not _LABEL.match(lines[0]):
        return []
    found = [_number(label) for label in map(_LABEL.match, lines) if label]
    return found if all(a < b for a, b in pairwise(found)) else []


def _number(label: re.Match) -> int:
    return int(next(filter(None, label.groups())))


def _numbered(lines: list[tuple[int, str]]) -> Iterator[_Entry]:
    entry: _Entry | None = None
    for n, line in lines:
        label = _LABEL.match(line)
        if label:
            if entry:
                yield entry
            entry = _Entry(n, line[label.end() :].strip(), _number(label))
        elif entry and line.strip():
            entry = replace(entry, text=f"{entry.text} {line.strip()}")
    if entry:
        yield entry


def _unnumbered(lines: list[tuple[int, str]]) -> Iterator[_Entry]:
    """Paragraphs where blank lines part them, else lines; one that goes on in lower case is not a new entry."""
    by_paragraph = sum(not line.strip() for _, line in lines[1:-1]) > 0
    entry: _Entry | None = None
    for n, line in lines:
        is_new = entry is None or not (by_paragraph or _GOES_ON.match(line))
        if not line.strip():
            if entry:
                yield entry
            entry = None
        elif is_new or entry is None or _BULLET.match(line):
            if entry:
                yield entry
            entry = _Entry(n, _unmarked(line))
        else:
            entry = replace(entry, text=f"{entry.text} {line.strip()}")
    if entry:
        yield entry


def _unmarked(line: str) -> str:
    label = _LABEL.match(line)
    rest = line[label.end() :] if label else line
    bullet = _BULLET.match(rest)
    return (rest[bullet.end() :] if bullet else rest).strip()


def _report_unusable_numbers(text: str, intake: Intake, *, is_numbered: bool) -> None:
    if not is_numbered and any(_LABEL.match(line) for line in text.splitlines()):
        said = "Not every entry has a number, or the numbers do not go up, so the list was read as an unnumbered one."
        intake.note(said, line=None)


# One entry


def _take_in(entry: _Entry, intake: Intake) -> bool:
    if len(entry.text) > LONGEST_ENTRY:
        said = f"It has more than {LONGEST_ENTRY:,} characters: no single reference has. Put each on a line of its own."
        intake.lose(said, line=entry.line, record=entry.text[:80])
        return False
    record, unread = _record(clean(entry.text))
    if intake.keep(record, line=entry.line) is None:
        return False
    if unread:
        intake.note(f"Look it over. {' '.join(unread)}", line=entry.line, record=record)
    return True


def _record(text: str) -> tuple[ReferenceRecord, list[str]]:
    """What is sure of an entry; all else stays together as its title, and is named."""
    fields, rest, unread = _identified(text)
    parts = _vancouver(rest) or _apa(rest)
    if parts:
        return ReferenceRecord(**fields, **parts), unread
    fields["year"] = _sure_year(rest)
    if fields["year"] is None:
        unread.append("No year is sure.")
    else:
        rest = re.sub(rf"[\s,;.(]+{fields['year']}[).\s]*$", ".", rest)
    unread.insert(0, "Authors, title and journal could not be told apart, so all of it stands as its title.")
    return ReferenceRecord(**fields, title=rest), unread


def _identified(text: str) -> tuple[dict[str, Any], str, list[str]]:
    """Its identifiers, the text without them, and which of them were not sure."""
    fields: dict[str, Any] = {}
    unread: list[str] = []
    for name, (spoken, pattern) in _IDENTIFIERS.items():
        found = {_without_tail(match[1]) for match in pattern.finditer(text)}
        if len(found) > 1:
            unread.append(f"It holds {len(found)} {spoken}: none was taken. Say which is its own.")
        if len(found) == 1:
            (fields[name],) = found
            text = pattern.sub(lambda match: match[1][len(_without_tail(match[1])) :], text)
    if not fields and not unread:
        unread.append("No DOI, PMID or web address was found.")
    return fields, re.sub(r"\s+([.,;])", r"\1", " ".join(text.split())).replace("..", ".").strip(" ,;"), unread


def _without_tail(written: str) -> str:
    """An identifier without the full stop of its sentence, or a bracket that was not opened in it."""
    while written and (written[-1] in ".,;:”'\"" or (written[-1] in ")]" and not _is_balanced(written))):
        written = written[:-1]
    return written


def _is_balanced(written: str) -> bool:
    return written.count("(") >= written.count(")") and written.count("[") >= written.count("]")


def _sure_year(text: str) -> int | None:
    for pattern in _SURE_YEARS:
        found = set(pattern.findall(text))
        if found:
            return int(found.pop()) if len(found) == 1 else None
    return None


def _vancouver(text: str) -> dict[str, Any] | None:
    """`Hayden JA, Ellis J, et al. Title. Journal. 2021;9(2):1-9.`, if it is that from end to end."""
    names, stop, rest = text.partition(". ")
    whole = _VANCOUVER.fullmatch(rest) if stop else None
    people = [_vancouver_author(name) for name in names.split(", ")]
    if not whole or not all(people):
        return None
    return _parts(whole, people)


def _vancouver_author(name: str) -> Author | None:
    if name.lower().rstrip(".") in ("et al", "and others"):
        return OTHERS
    found = _VANCOUVER_NAME.fullmatch(name)
    return Author(family=found[1], given=f"{found[2]} {found[3]}" if found[3] else found[2]) if found else None


def _apa(text: str) -> dict[str, Any] | None:
    """`Hayden, J. A., & Ellis, J. (2021). Title. Journal, 9(2), 1–9.`, if it is that from end to end."""
    whole = _APA.fullmatch(text)
    if not whole or "".join(m[0] for m in _APA_NAME.finditer(whole["authors"])) != whole["authors"]:
        return None
    return _parts(whole, [Author(family=name[1], given=name[2]) for name in _APA_NAME.finditer(whole["authors"])])


def _parts(whole: re.Match, people: list[Any]) -> dict[str, Any]:
    texts = {name: whole[name] or "" for name in ("container_title", "volume", "issue", "pages")}
    title = whole["title"]
    return texts | {
        "title": title.removesuffix("."),
        "year": int(whole["year"]),
        "authors": tuple(people),
    }
