"""What Crossref and PubMed say of a source: from records saved on disk and, where that is switched on, from them."""

import hashlib
import json
import logging
import os
import urllib.request
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from http import HTTPStatus
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlsplit

from django.conf import settings

from articles.importers import ReferenceRecord, UnreadableFile, csl, pubmed
from articles.importers.tidying import bare_doi, bare_pmid
from articles.integrity.draft import value
from articles.reference_style import valid_doi, valid_pmid

log = logging.getLogger(__name__)

CROSSREF = "https://api.crossref.org"
PUBMED = "https://eutils.ncbi.nlm.nih.gov"
TIMEOUT = 8  # seconds without an answer
MAX_BYTES = 2_000_000
LONGEST_NAME = 200  # of a file; some systems take no more than 255 bytes
READ = ("title", "author", "editor", "container-title", "publisher", "issued", "volume", "issue", "page", "DOI", "ISBN")

SWITCHED_OFF = (
    "could not be checked: no record of it is saved here, and looking up is switched off. Whoever runs this site can"
    " switch it on with LOOKUP_ONLINE, or save its record where LOOKUP_CACHE says. Add the source by hand meanwhile."
)


class Outcome(StrEnum):
    FOUND = "found"
    UNKNOWN = "unknown"
    NOT_CHECKED = "not_checked"


@dataclass(frozen=True)
class Answer:
    """`NOT_CHECKED` is an answer of its own: nobody was asked, or nobody could be reached."""

    outcome: Outcome
    said: str
    record: ReferenceRecord | None = None


@dataclass(frozen=True)
class Identifier:
    """A DOI at Crossref, or a PMID at PubMed."""

    kind: str
    code: str

    @classmethod
    def of(cls, written: str) -> "Identifier | None":
        doi, pmid = bare_doi(written), bare_pmid(written.removeprefix("https://pubmed.ncbi.nlm.nih.gov/").rstrip("/"))
        if valid_doi(doi):
            return cls("doi", doi.lower())
        return cls("pmid", pmid) if valid_pmid(pmid) else None

    @property
    def spoken(self) -> str:
        return f"The DOI {self.code}" if self.kind == "doi" else f"PMID {self.code}"

    @property
    def keeper(self) -> str:
        return "Crossref" if self.kind == "doi" else "PubMed"

    @property
    def address(self) -> str:
        if self.kind == "doi":
            return f"{CROSSREF}/works/{quote(self.code, safe='')}"
        return f"{PUBMED}/entrez/eutils/efetch.fcgi?db=pubmed&id={self.code}&retmode=xml"

    @property
    def file(self) -> Path:
        """`crossref/10.1000%2Fxyz.json` or `pubmed/12345678.xml`; a name too long for a file is its SHA-256."""
        folder, ending = ("crossref", ".json") if self.kind == "doi" else ("pubmed", ".xml")
        name = quote(self.code, safe="")
        name = name if len(name) <= LONGEST_NAME else hashlib.sha256(self.code.encode()).hexdigest()
        return Path(settings.LOOKUP_CACHE) / folder / f"{name}{ending}"


def look_up(identifier: Identifier) -> Answer:
    """The record behind an identifier: the saved one, or the one that is fetched now and saved."""
    if record := saved(identifier):
        return Answer(Outcome.FOUND, f"From the record of {identifier.keeper} that is saved here.", record)
    if not settings.LOOKUP_ONLINE:
        return Answer(Outcome.NOT_CHECKED, f"{identifier.spoken} {SWITCHED_OFF}")
    try:
        data = _fetched(identifier.address)
    except HTTPError as refusal:
        if refusal.code == HTTPStatus.NOT_FOUND:
            return _unknown(identifier)
        return _not_reached(identifier, f"it answered {refusal.code}")
    except (OSError, HTTPException, UnreadableFile) as trouble:
        return _not_reached(identifier, str(trouble) or type(trouble).__name__)
    record = _read(identifier, data)
    if record is None:
        return _unknown(identifier)
    _save(identifier, data)
    return Answer(Outcome.FOUND, f"From {identifier.keeper}, just now.", record)


def saved(identifier: Identifier) -> ReferenceRecord | None:
    """The record in the folder, if there is one that can be read and is of this very identifier."""
    try:
        changed = identifier.file.stat()
    except OSError:
        return None
    if changed.st_size > MAX_BYTES:
        return None
    return _from_disk(identifier, str(identifier.file), changed.st_mtime_ns)


def saved_records(references: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Title and year as the saved records give them, by the key of the reference; no network, ever."""
    found = {}
    for reference in references:
        written = (Identifier.of(value(reference, name)) for name in ("doi", "pmid") if value(reference, name))
        records = filter(None, (saved(identifier) for identifier in written if identifier))
        if record := next(records, None):
            found[value(reference, "key")] = {"title": record.title, "year": record.year}
    return found


@lru_cache(maxsize=5_000)
def _from_disk(identifier: Identifier, path: str, changed: int) -> ReferenceRecord | None:
    try:
        return _read(identifier, Path(path).read_bytes())
    except OSError:
        return None


def _read(identifier: Identifier, data: bytes) -> ReferenceRecord | None:
    """The record in an answer, if it is of this very identifier: a wrong file must confirm nothing."""
    try:
        text = data.decode()
        records = pubmed.read(text).records if identifier.kind == "pmid" else _of_crossref(text)
    except (ValueError, RecursionError):
        return None
    return next((record for record in records if _is_of(identifier, record)), None)


def _of_crossref(text: str) -> tuple[ReferenceRecord, ...]:
    """Without the list of what the paper cites, which can be a hundred times longer than the rest."""
    answer = json.loads(text)
    message = answer.get("message") if isinstance(answer, dict) else None
    if not isinstance(message, dict):
        return ()
    return csl.read(json.dumps({name: message[name] for name in READ if name in message})).records


def _is_of(identifier: Identifier, record: ReferenceRecord) -> bool:
    return identifier.code == (record.doi.lower() if identifier.kind == "doi" else record.pmid)


def _unknown(identifier: Identifier) -> Answer:
    said = f"{identifier.keeper} has no record of it. {identifier.spoken} may be mistyped: compare it with the source."
    return Answer(Outcome.UNKNOWN, said)


def _not_reached(identifier: Identifier, why: str) -> Answer:
    log.warning("%s was not looked up: %s", identifier.spoken, why)
    said = f"{identifier.spoken} could not be checked: {identifier.keeper} could not be reached. Try again in a while."
    return Answer(Outcome.NOT_CHECKED, said)


# Fetching


class _StayThere(urllib.request.HTTPRedirectHandler):
    """Follows a redirect only within the host that was asked."""

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        _refuse_elsewhere(newurl)
        if urlsplit(newurl).netloc != urlsplit(req.full_url).netloc:
            raise UnreadableFile("it sends to another host")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


_opener = urllib.request.build_opener(_StayThere)


def _refuse_elsewhere(address: str) -> None:
    parts = urlsplit(address)
    if f"{parts.scheme}://{parts.netloc}" not in (CROSSREF, PUBMED):
        raise UnreadableFile("nothing is fetched but from Crossref and PubMed")


def _fetched(address: str) -> bytes:
    _refuse_elsewhere(address)
    request = urllib.request.Request(address, headers={"User-Agent": "editorial-desk"})  # noqa: S310 (two hosts only)
    with _opener.open(request, timeout=TIMEOUT) as answer:
        data = answer.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise UnreadableFile(f"its record is larger than {MAX_BYTES // 1_000_000} MB")
    return data


def _save(identifier: Identifier, data: bytes) -> None:
    """Whole or not at all; a folder that cannot be written costs only the next lookup."""
    arriving = identifier.file.with_suffix(f".{os.getpid()}.part")
    try:
        identifier.file.parent.mkdir(parents=True, exist_ok=True)
        arriving.write_bytes(data)
        os.replace(arriving, identifier.file)
    except OSError as trouble:
        log.warning("The record of %s could not be saved: %s", identifier.spoken, trouble)
