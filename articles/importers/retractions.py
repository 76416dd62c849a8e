"""Retraction lists in the layout of Retraction Watch, read row by row: what is said last of each paper."""

import codecs
import csv
import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import BinaryIO

from .records import ImportProblem, UnreadableFile
from .tidying import bare_doi, clean

MAX_BYTES = 300_000_000
MAX_PAPERS = 500_000
MAX_FIELD = 100_000
MAX_PROBLEMS = 1_000
LONGEST_TITLE = 300

_NEEDED = ("OriginalPaperDOI", "OriginalPaperPubMedID", "RetractionNature")
_NATURES = {
    "retraction": "retraction",
    "expression of concern": "concern",
    "correction": "correction",
    "reinstatement": "",
}
_DOI = re.compile(r"10\.\d{4,9}/\S{1,285}")
_PMID = re.compile(r"[1-9]\d{0,9}")
_DATES = ("%m/%d/%Y %H:%M", "%m/%d/%Y", "%Y-%m-%d", "%Y-%m-%d %H:%M:%S")
_CHUNK = 1 << 20


@dataclass(frozen=True)
class ListedPaper:
    """One paper and the nature of what its journal said last: retraction, concern or correction."""

    doi: str
    pmid: str
    nature: str
    title: str = ""
    date: str = ""


@dataclass(frozen=True)
class RetractionList:
    """What a file says, the rows that could not be used, how many those were, and the file's SHA-256."""

    records: tuple[ListedPaper, ...]
    problems: tuple[ImportProblem, ...]
    lost: int
    digest: str


@dataclass(frozen=True)
class _Row:
    line: int
    paper: ListedPaper
    record_id: int

    @property
    def order(self) -> tuple[date, int, int]:
        """Without a date, a retraction counts as the last word and anything milder as the first: doubt stays."""
        undated = date.max if self.paper.nature == "retraction" else date.min
        return day_of(self.paper.date) or undated, self.record_id, self.line


def read(file: BinaryIO, *, name: str) -> RetractionList:
    """The papers of a list, each with what was said last of it; reinstated papers are left out.

    Raises:
        UnreadableFile: too large, no text, broken CSV, without the columns, or without one usable row.
    """
    encoding, digest = _examined(file, name=name)
    intake = _Intake(name=name)
    text = io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="")
    try:
        for line, cells in _rows(text, name=name):
            intake.take(line, cells)
    finally:
        # The file belongs to the caller; a wrapper that goes out of use would close it.
        text.detach()
    if encoding == "cp1252":
        intake.note(None, "", "The file is not UTF-8. It was read as Windows-1252, so accents in titles may be wrong.")
    return intake.result(digest)


def day_of(written: str) -> date | None:
    """The day of a date as lists write it; None where it cannot be read."""
    for form in _DATES:
        try:
            return datetime.strptime(written, form).date()
        except ValueError:
            continue
    return None


def digest_of(file: BinaryIO) -> str:
    """The SHA-256 that a list is known by; the file is left at its beginning."""
    digest = hashlib.sha256()
    file.seek(0)
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


class _Intake:
    """Keeps the latest row of each paper, and reports what cannot be used."""

    def __init__(self, *, name: str) -> None:
        self._name = name
        self._latest: dict[str, _Row] = {}
        self._problems: list[ImportProblem] = []
        self._lost = 0

    def take(self, line: int, cells: dict[str, str]) -> None:
        title = clean(cells.get("Title", "")[: 2 * LONGEST_TITLE])[:LONGEST_TITLE]
        said = cells["RetractionNature"].strip()
        doi, pmid = _doi(cells["OriginalPaperDOI"]), _pmid(cells["OriginalPaperPubMedID"])
        if said.lower() not in _NATURES:
            known = "Retraction, Expression of Concern, Correction or Reinstatement"
            self.note(line, title, f"“{clean(said[:40])}” is not a nature that is known here: {known}.", lost=True)
        elif not (doi or pmid):
            self.note(line, title, "It has neither a DOI nor a PMID, so no reference can be matched to it.", lost=True)
        else:
            paper = ListedPaper(doi, pmid, _NATURES[said.lower()], title, cells.get("RetractionDate", "").strip()[:30])
            self._keep(_Row(line, paper, _number(cells.get("Record ID", ""))))

    def note(self, line: int | None, title: str, reason: str, *, lost: bool = False) -> None:
        self._lost += lost
        if len(self._problems) < MAX_PROBLEMS:
            self._problems.append(ImportProblem(line, title[:80], reason, lost=lost))

    def result(self, digest: str) -> RetractionList:
        if not self._latest:
            raise UnreadableFile(f"“{self._name}” names no paper with a DOI or PMID. Check that it is the whole list.")
        papers = tuple(row.paper for row in self._latest.values() if row.paper.nature)
        return RetractionList(papers, tuple(self._problems), self._lost, digest)

    def _keep(self, row: _Row) -> None:
        identity = row.paper.doi or row.paper.pmid
        before = self._latest.get(identity)
        if before is None or row.order >= before.order:
            self._latest[identity] = row
        if len(self._latest) > MAX_PAPERS:
            raise UnreadableFile(f"“{self._name}” names more than {MAX_PAPERS:,} papers. Load the published list.")


def _examined(file: BinaryIO, *, name: str) -> tuple[str, str]:
    """The encoding and the digest, found in one pass that refuses what is no list before anything is parsed."""
    if file.seek(0, io.SEEK_END) > MAX_BYTES:
        raise UnreadableFile(f"“{name}” is larger than {MAX_BYTES // 1_000_000} MB. Load the published list.")
    file.seek(0)
    start = file.read(4)
    is_utf16 = start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    encoding = "utf-16" if is_utf16 else "utf-8-sig"
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    try:
        while chunk := file.read(_CHUNK):
            _refuse_nul(decoder.decode(chunk), name=name)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        if is_utf16:
            raise UnreadableFile(f"“{name}” says it is UTF-16 and is not. Save it as UTF-8, and load it.") from None
        encoding = "cp1252"
        _refuse_nul_bytes(file, name=name)
    return encoding, digest_of(file)


def _refuse_nul_bytes(file: BinaryIO, *, name: str) -> None:
    file.seek(0)
    while chunk := file.read(_CHUNK):
        _refuse_nul(chunk.decode("latin-1"), name=name)


def _refuse_nul(text: str, *, name: str) -> None:
    if "\0" in text:
        raise UnreadableFile(f"“{name}” holds NUL bytes, so it is damaged or not a CSV file. Fetch the list again.")


def _rows(text: io.TextIOWrapper, *, name: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row by the names of its columns, with its line.

    Broken quoting swallows the rows after it, and a retraction must not be lost unseen: the file is refused.
    """
    # Python's limit is one for all; ours is set here because nothing else in the desk reads CSV.
    csv.field_size_limit(MAX_FIELD)
    reader = csv.reader(text, strict=True)
    line = 1
    try:
        columns = [column.strip() for column in next(reader, [])]
        _refuse_without_columns(columns, name=name)
        line = reader.line_num + 1
        for cells in reader:
            if any(cell.strip() for cell in cells):
                _refuse_another_width(cells, columns, line=line, name=name)
                yield line, dict(zip(columns, cells, strict=True))
            line = reader.line_num + 1
    except csv.Error as error:
        raise UnreadableFile(
            f"“{name}” is not well-formed CSV from line {line} on ({error}). Nothing was read. Fetch the list again."
        ) from None


def _refuse_without_columns(columns: list[str], *, name: str) -> None:
    if missing := [column for column in _NEEDED if column not in columns]:
        raise UnreadableFile(
            f"“{name}” has no column {' and no column '.join(missing)}. Load a comma-separated list in the layout of "
            "Retraction Watch, with its first line of column names."
        )


def _refuse_another_width(cells: list[str], columns: list[str], *, line: int, name: str) -> None:
    if len(cells) != len(columns):
        raise UnreadableFile(
            f"“{name}” has {len(cells)} cells in line {line} and {len(columns)} columns, so its rows cannot be trusted."
            " Nothing was read. Fetch the list again: it may have been cut off."
        )


def _doi(written: str) -> str:
    doi = bare_doi(written[:400]).lower()
    return doi if _DOI.fullmatch(doi) else ""


def _pmid(written: str) -> str:
    pmid = written.strip().lstrip("0")
    return pmid if _PMID.fullmatch(pmid) and pmid.isascii() else ""


def _number(written: str) -> int:
    return int(written) if written.isascii() and written.isdigit() and len(written) < 12 else 0
