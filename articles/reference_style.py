"""References as readers see them: AMA (Vancouver) style, links by identifier, and which identifiers can be right."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any
from urllib.parse import quote, urlsplit

from .importers.records import ReferenceRecord

_DOI = re.compile(r"10\.[0-9]{4,9}(?:\.[0-9]+)*/[^\s\x00-\x1f\x7f]+|10/[A-Za-z0-9][A-Za-z0-9.]{1,20}")
_PMID = re.compile(r"[1-9][0-9]{0,7}")
_PMCID = re.compile(r"PMC[1-9][0-9]{0,8}(?:\.[0-9]{1,2})?")
_HOST = re.compile(
    r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_]{2,63}|\[[0-9a-fA-F:.]+\]|[0-9]{1,3}(?:\.[0-9]{1,3}){3}"
)
_UNSAFE_IN_ADDRESS = re.compile(r"[\s<>\"\\^`{|}\x00-\x1f\x7f]")
_SUFFIXES = {"jr", "sr", "ii", "iii", "iv"}

_MONTHS = ["January", "February", "March", "April", "May", "June", "July"]
_MONTHS += ["August", "September", "October", "November", "December"]

AUTHORS_SHOWN = 3
AUTHORS_IN_FULL = 6


def valid_doi(doi: str) -> bool:
    """A bare DOI, parentheses and all, or a short one (`10/abc`)."""
    return len(doi) <= 300 and bool(_DOI.fullmatch(doi))


def valid_pmid(pmid: str) -> bool:
    return bool(_PMID.fullmatch(pmid))


def valid_pmcid(pmcid: str) -> bool:
    return bool(_PMCID.fullmatch(pmcid))


def valid_isbn(isbn: str) -> bool:
    """Ten or thirteen digits, hyphens and spaces aside, whose check digit is right."""
    digits = re.sub(r"[ -]", "", isbn).upper()
    if re.fullmatch(r"[0-9]{9}[0-9X]", digits):
        return sum(weight * _digit(mark) for weight, mark in zip(range(10, 0, -1), digits, strict=True)) % 11 == 0
    if re.fullmatch(r"97[89][0-9]{10}", digits):
        return sum(_digit(mark) * (1, 3)[place % 2] for place, mark in enumerate(digits)) % 10 == 0
    return False


def _digit(mark: str) -> int:
    return 10 if mark == "X" else int(mark)


def valid_url(url: str) -> bool:
    """An address on the web that a reader can follow: http or https, a full host name, no password in it."""
    if len(url) > 1000 or _UNSAFE_IN_ADDRESS.search(url):
        return False
    try:
        parts = urlsplit(url)
        port_is_possible = parts.port is None or parts.port > 0
    except ValueError:
        return False
    host = parts.netloc.rpartition(":")[0] if parts.port else parts.netloc
    return parts.scheme in ("http", "https") and port_is_possible and bool(_HOST.fullmatch(host))


def identifier_links(reference: ReferenceRecord | Mapping[str, Any]) -> list[tuple[str, str]]:
    """Where a reader can open the source: `(label, address)`, only for identifiers that can be right."""
    said = _plain(reference)
    links = []
    if valid_doi(said["doi"]):
        links.append(("DOI", doi_address(said["doi"])))
    if valid_pmid(said["pmid"]):
        links.append(("PubMed", f"https://pubmed.ncbi.nlm.nih.gov/{said['pmid']}/"))
    if valid_pmcid(said["pmcid"]):
        links.append(("PubMed Central", f"https://pmc.ncbi.nlm.nih.gov/articles/{said['pmcid']}/"))
    if valid_url(said["url"]) and not _resolves(said["url"], said["doi"]):
        links.append(("Web page", said["url"]))
    return links


def doi_address(doi: str) -> str:
    return f"https://doi.org/{quote(doi, safe='/:;().,-_~@!$&*+=')}"


def _resolves(url: str, doi: str) -> bool:
    return bool(doi) and url.lower() in (f"https://doi.org/{doi}".lower(), f"http://dx.doi.org/{doi}".lower())


def vancouver(reference: ReferenceRecord | Mapping[str, Any]) -> str:
    """One line of plain text in AMA style (11th edition); what is not known is left out, never made up."""
    said = _plain(reference)
    parts = [_authors(said["authors"]) or said["issuing_body"], said["title"], *_source(said)]
    sentences = [_sentence(part) for part in parts if part]
    return " ".join(filter(None, [*sentences, _locator(said)]))


def _plain(reference: ReferenceRecord | Mapping[str, Any]) -> dict[str, Any]:
    given = asdict(reference) if isinstance(reference, ReferenceRecord) else reference
    return {**_EMPTY, **{name: value for name, value in given.items() if value is not None}}


_EMPTY = asdict(ReferenceRecord())


def _sentence(part: str) -> str:
    return part if part.endswith((".", "?", "!", "…")) else f"{part}."


def _authors(authors: Sequence[Mapping[str, str]]) -> str:
    names = [_author(author) for author in authors]
    more = bool(names) and names[-1] == "et al"
    if more:
        names.pop()
    if len(names) > AUTHORS_IN_FULL:
        names, more = names[:AUTHORS_SHOWN], True
    return ", ".join([*names, "et al"] if more else names)


def _author(author: Mapping[str, str]) -> str:
    """`van der Berg JM Jr`, or the organisation's name as it stands."""
    literal = author.get("literal") or ""
    if literal:
        return "et al" if literal == "et al." else literal
    words = (author.get("given") or "").split()
    suffix = words.pop() if len(words) > 1 and words[-1].rstrip(".").lower() in _SUFFIXES else ""
    initials = "".join(_initials(word) for word in words)
    return " ".join(filter(None, [author.get("family"), initials, suffix.rstrip(".")]))


def _initials(word: str) -> str:
    """Names that are initials already stay: `JAW`, `J.A.W.`; of others the first letter of each part."""
    letters = word.replace(".", "")
    if letters.isupper() and len(letters) <= 3 and "-" not in letters:
        return letters
    return "".join(part[0].upper() for part in re.split(r"[-‐.]", word) if part)


def _source(said: Mapping[str, Any]) -> list[str]:
    """Journal with year, volume and pages; or publisher and year for what stands by itself."""
    body = said["issuing_body"] if said["authors"] else ""
    preprint = "Preprint" if said["type"] == "preprint" else ""
    if not said["container_title"]:
        imprint = "; ".join(filter(None, [said["publisher"] or body, str(said["year"] or "")]))
        return [preprint, imprint]
    numbers = _numbers(said)
    if said["publisher"] and not said["volume"]:
        imprint = "; ".join(filter(None, [said["publisher"], numbers]))
        return [preprint, f"In: {said['container_title']}" if said["isbn"] else said["container_title"], imprint]
    return [preprint, said["container_title"], numbers]


def _numbers(said: Mapping[str, Any]) -> str:
    """`2019;23(10):947-955`, of which any part may be missing."""
    issue = f"({said['issue']})" if said["issue"] else ""
    within = f"{said['volume']}{issue}"
    year = str(said["year"] or "")
    dated = ";".join(filter(None, [year, within]))
    return ":".join(filter(None, [dated, said["pages"]]))


def _locator(said: Mapping[str, Any]) -> str:
    """The DOI; without one the PMID, without both the web address and when it was read."""
    if said["doi"]:
        return f"doi:{said['doi']}"
    if said["pmid"]:
        return f"PMID: {said['pmid']}"
    if not said["url"]:
        return f"ISBN: {said['isbn']}" if said["isbn"] else ""
    read_on = _written_out(said["accessed"])
    return f"Accessed {read_on}. {said['url']}" if read_on else said["url"]


def _written_out(day: str) -> str:
    try:
        read_on = date.fromisoformat(day)
    except ValueError:
        return ""
    return f"{_MONTHS[read_on.month - 1]} {read_on.day}, {read_on.year}"
