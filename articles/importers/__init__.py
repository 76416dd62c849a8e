"""References and articles from the files people have: one format a module, record in, record or report out."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import PurePath

from . import bibtex, csl, jats, jats_article, markdown, pasted, pubmed, ris
from .decoding import decode
from .markdown import MarkdownArticle
from .pasted import PastedList
from .records import Author, ImportProblem, ImportResult, ReferenceRecord, UnreadableFile, stable_key

__all__ = [
    "Author",
    "ImportProblem",
    "ImportResult",
    "MarkdownArticle",
    "PastedList",
    "ReferenceRecord",
    "UnreadableFile",
    "read_article",
    "read_list",
    "read_references",
    "stable_key",
]

_Reader = Callable[[str], ImportResult]

_BY_CONTENT: tuple[tuple[re.Pattern[str], _Reader], ...] = (
    (re.compile(r"(?:<[!?][^>]*>\s*)*<Pubmed"), pubmed.read),
    (re.compile(r"<"), jats.read),
    (re.compile(r"TY {1,2}-"), ris.read),
    (re.compile(r"PMID *-"), pubmed.read),
    (re.compile(r"@\w+\s*[{(]"), bibtex.read),
    (re.compile(r"[\[{]"), csl.read),
)
_PRINTED_LABEL = re.compile(r"\\?\[\d{1,3}\\?\]\s*[^\s,\]]")
_BY_EXTENSION: dict[str, _Reader] = {".bib": bibtex.read, ".ris": ris.read, ".json": csl.read, ".nbib": pubmed.read}


def read_references(data: bytes, *, name: str) -> ImportResult:
    """The references in an uploaded file, each imported or reported; the content decides before the extension.

    Raises:
        UnreadableFile: nothing can be taken from it; the message says what to do.
    """
    name = PurePath(name).name
    text, assumed = decode(data, name=name)
    result = _reader(text, name=name)(text)
    return replace(result, problems=assumed + result.problems)


def read_list(data: bytes, *, name: str) -> PastedList:
    """The references in a file, or in a list as it is printed under an article, with the numbers it gives them.

    Raises:
        UnreadableFile: nothing can be taken from it; the message says what to do.
    """
    name = PurePath(name).name
    text, assumed = decode(data, name=name)
    if not _is_printed(text, name=name):
        return PastedList(read_references(data, name=name))
    found = pasted.read(text)
    return replace(found, result=replace(found.result, problems=assumed + found.result.problems))


def read_article(data: bytes, *, name: str) -> MarkdownArticle:
    """The article in an uploaded file: Markdown with front matter, or JATS XML.

    Raises:
        UnreadableFile: nothing can be taken from it; the message says what to do.
    """
    name = PurePath(name).name
    text, assumed = decode(data, name=name)
    if _extension(name) not in (".md", ".markdown", ".txt", ".xml", ".nxml"):
        raise UnreadableFile(
            f"“{name}” is not a kind of article that can be read. Choose Markdown (.md) or JATS (.xml)."
        )
    is_xml = _extension(name) in (".xml", ".nxml")
    article = jats_article.read(text) if is_xml else markdown.read(text)
    return replace(article, problems=assumed + article.problems)


def _is_printed(text: str, *, name: str) -> bool:
    start = text.lstrip("\ufeff \t\n")
    if _PRINTED_LABEL.match(start):
        return True
    return not any(sign.match(start) for sign, _ in _BY_CONTENT) and _extension(name) not in _BY_EXTENSION


def _reader(text: str, *, name: str) -> _Reader:
    start = text.lstrip("\ufeff \t\n")
    for sign, read in _BY_CONTENT:
        if sign.match(start):
            return read
    if _extension(name) in _BY_EXTENSION:
        return _BY_EXTENSION[_extension(name)]
    raise UnreadableFile(
        f"“{name}” holds no references that can be read here. "
        "Export them as BibTeX (.bib), RIS (.ris), CSL-JSON (.json), PubMed (.nbib, .xml) or JATS (.xml)."
    )


def _extension(name: str) -> str:
    return PurePath(name).suffix.lower()
