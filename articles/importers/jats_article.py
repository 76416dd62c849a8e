"""Whole articles from JATS, as Markdown that cites by key."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from lxml import etree

from . import jats
from .jats_citations import CitationMarks, expand, is_number
from .markdown import MarkdownArticle
from .records import ImportProblem
from .safe_xml import find_text, text_of
from .tables import TableTooLarge, as_markdown
from .tidying import bare_pmcid, clean, subscript, superscript

_HREF = "{http://www.w3.org/1999/xlink}href"
_SPECIAL = re.compile(r"([\\*_\[\]<>`~])|&(?=#?\w+;)")
_LINE_START = re.compile(r"^(?:([#>]|[-+=](?=[\s=-]|$))|(\d{1,9})([.)])(?=\s|$))")
_PRIVATE_USE = re.compile("[\ue000-\uf8ff]")
_BLOCK = "\ue010{}\ue011"
_BLOCK_MARK = re.compile("\ue010(\\d+)\ue011")
_BLOCKS = {
    "list",
    "def-list",
    "table-wrap",
    "table-wrap-group",
    "fig",
    "fig-group",
    "disp-formula",
    "disp-formula-group",
    "disp-quote",
    "boxed-text",
    "preformat",
    "code",
    "supplementary-material",
    "p",
}
_PICTURES = {"graphic", "inline-graphic", "media", "inline-supplementary-material"}
_LEFT_OUT = {"ref-list", "ack", "fn-group", "notes", "glossary", "bio", "app-group", "app"}


def read(text: str) -> MarkdownArticle:
    """The article with its references; what Markdown cannot show is reported by line.

    Raises:
        UnreadableFile: not JATS, not well-formed, or XML that unfolds.
    """
    article = jats.article(text)
    references = jats.reference_list(article)
    writer = _Writer(CitationMarks.of(references))
    plain = [writer.sections(abstract) for abstract in _abstracts(article, plain=True)]
    body = [*_abstract_sections(article, writer), *writer.sections(article.find("body"))]
    body += writer.sections(article.find("floats-group"))
    if article.find("body") is None:
        writer.report(article, "The file has no body text: publishers often deposit only the abstract. Add the text.")
    writer.report_back_matter(article.find("back"))
    return MarkdownArticle(
        title=clean(text_of(article.find("./front/article-meta/title-group/article-title"))),
        body="\n\n".join(body),
        plain_body="\n\n".join(block for blocks in plain for block in blocks),
        meta=_meta(article),
        problems=(*references.result.problems, *writer.problems),
        references=references.result.records,
    )


def _abstracts(article: etree._Element, *, plain: bool) -> list[etree._Element]:
    found = article.findall("./front/article-meta/abstract")
    return [abstract for abstract in found if abstract.get("abstract-type", "").startswith("plain") is plain]


def _abstract_sections(article: etree._Element, writer: "_Writer") -> Iterator[str]:
    for abstract in _abstracts(article, plain=False):
        if abstract.get("abstract-type") in ("graphical", "teaser", "toc"):
            continue
        title = abstract.find("title")
        yield f"## {writer.inline(title) if title is not None else 'Abstract'}"
        yield from writer.sections(abstract, level=3)


def _meta(article: etree._Element) -> dict[str, Any]:
    """Where the text comes from, for the person who imports it: names, identifiers, licence."""
    head = article.find("./front/article-meta")
    if head is None:
        return {}
    ids = {element.get("pub-id-type", ""): text_of(element).strip() for element in head.findall("article-id")}
    names = head.iterfind("./contrib-group/contrib[@contrib-type='author']/name")
    found = {
        "doi": ids.get("doi", ""),
        "pmid": ids.get("pmid", ""),
        "pmcid": bare_pmcid(ids.get("pmc") or ids.get("pmcid", "")),
        "journal": clean(find_text(article, "./front/journal-meta//journal-title")),
        "year": find_text(head, "pub-date/year"),
        "licence": clean(find_text(head, "./permissions/license")),
        "authors": [clean(f"{find_text(name, 'given-names')} {find_text(name, 'surname')}") for name in names],
    }
    return {name: value for name, value in found.items() if value}


class _Writer:
    """Writes one article's elements as Markdown, and notes what it cannot write."""

    def __init__(self, citations: CitationMarks) -> None:
        self.problems: list[ImportProblem] = []
        self._citations = citations
        self._blocks: list[str] = []

    def report(self, element: etree._Element, reason: str) -> None:
        self.problems.append(ImportProblem(element.sourceline, find_text(element, "label"), reason))

    def report_back_matter(self, back: etree._Element | None) -> None:
        parts = [part for part in (back if back is not None else []) if part.tag in _LEFT_OUT - {"ref-list"}]
        for part in parts:
            name = clean(find_text(part, "title")) or part.tag
            self.report(part, f"The part “{name}” after the text was not imported. Add what readers need of it.")

    def sections(self, parent: etree._Element | None, level: int = 2) -> list[str]:
        """The blocks under a body, abstract or section."""
        blocks: list[str] = []
        for child in parent if parent is not None else []:
            if child.tag == "sec":
                title = child.find("title")
                blocks += [f"{'#' * min(level, 6)} {self.inline(title)}"] if title is not None else []
                blocks += self.sections(child, level + 1)
            elif child.tag not in ("title", "label", "sec-meta"):
                blocks += self.block(child)
        return [block for block in blocks if block.strip()]

    def block(self, element: etree._Element) -> list[str]:
        write = self._BLOCK_WRITERS.get(element.tag, _Writer._paragraph)
        return write(self, element)

    def inline(self, element: etree._Element | None) -> str:
        """All of an element on one line, with its citations."""
        return "" if element is None else " ".join(" ".join(self._paragraph(element)).split())

    def _content(self, element: etree._Element) -> str:
        pieces = [_escaped(element.text)]
        for child in element:
            pieces += [self._element(child), _escaped(child.tail)]
        return "".join(pieces)

    def _element(self, element: etree._Element) -> str:
        if element.tag in _BLOCKS:
            self._blocks.append("\n\n".join(self.block(element)))
            return _BLOCK.format(len(self._blocks) - 1)
        write = self._INLINE_WRITERS.get(element.tag)
        return write(self, element) if write else self._content(element)

    def _paragraph(self, element: etree._Element) -> list[str]:
        running = " ".join(self._content(element).split())
        pieces = _BLOCK_MARK.split(expand(running, self._citations))
        blocks = [self._blocks[int(piece)] if odd % 2 else _line(piece) for odd, piece in enumerate(pieces)]
        return [block for block in blocks if block.strip()]

    def _emphasis(self, element: etree._Element) -> str:
        mark = "**" if element.tag == "bold" else "*"
        content = self._content(element)
        inner = content.strip()
        if not inner or "\ue000" in inner or "\ue010" in inner:
            return content
        before, after = content[: len(content) - len(content.lstrip())], content[len(content.rstrip()) :]
        return f"{before}{mark}{inner}{mark}{after}"

    def _shifted(self, element: etree._Element) -> str:
        if len(element) or not (element.text or "").strip():
            return self._content(element)
        shift = subscript if element.tag == "sub" else superscript
        return _escaped(shift(element.text or ""))

    def _xref(self, element: etree._Element) -> str:
        if element.get("ref-type") in ("fn", "table-fn") and not len(element):
            return self._shifted(element)
        if element.get("ref-type") != "bibr":
            return self._content(element)
        shown = clean(text_of(element))
        mark = self._citations.mark(element.get("rid", ""), shown=shown)
        if not mark:
            self.report(element, f"“{shown}” cites nothing in the reference list. Cite a source there, or remove it.")
        return mark if mark and is_number(shown) else f"{_escaped(shown)} {mark}".strip()

    def _note(self, element: etree._Element) -> str:
        return f" ({self.inline(element)})"

    def _link(self, element: etree._Element) -> str:
        address = (element.get(_HREF) or text_of(element)).strip()
        content = self._content(element)
        if not re.fullmatch(r"https?://[^\s<>()\\]+", address) or "\ue000" in content:
            return content
        return f"<{address}>" if text_of(element).strip() in ("", address) else f"[{content.strip()}]({address})"

    def _formula(self, element: etree._Element) -> str:
        self.report(element, "A formula was imported as plain text. Compare it with the original.")
        source = element.find(".//tex-math")
        return _escaped(" ".join(text_of(source if source is not None else element).split()))

    def _picture(self, element: etree._Element) -> str:
        self.report(element, "A picture was not imported. Say in words what it shows.")
        return ""

    def _formula_block(self, element: etree._Element) -> list[str]:
        return [self._formula(element)]

    def _figure(self, element: etree._Element) -> list[str]:
        self.report(element, "A figure was not imported, only its caption. Say in words what it shows.")
        return self._caption(element)

    def _caption(self, element: etree._Element) -> list[str]:
        caption = element.find("caption")
        title = self.inline(caption.find("title")) if caption is not None else ""
        heading = " ".join(filter(None, [self.inline(element.find("label")), title]))
        blocks = [f"**{heading}**"] if heading else []
        return blocks + [block for p in element.iterfind("caption/p") for block in self.block(p)]

    def _table(self, element: etree._Element) -> list[str]:
        table = next(element.iter("table"), None)
        if table is None:
            self.report(element, "A table is only a picture in the file and was not imported. Type it in.")
            return self._caption(element)
        notes = [self.inline(note) for foot in element.iterfind("table-wrap-foot") for note in foot]
        try:
            rows = as_markdown(table, cell=self.inline)
        except TableTooLarge:
            self.report(element, "A table is too large for a page and was not imported. Give the rows readers need.")
            rows = ""
        return [*self._caption(element), rows, *notes]

    def _list(self, element: etree._Element) -> list[str]:
        numbered = element.get("list-type") in ("order", "arabic", "alpha-lower", "alpha-upper", "roman-lower")
        items = []
        for number, item in enumerate(element.iterfind("list-item"), start=1):
            bullet = f"{number}. " if numbered else "- "
            text = "\n\n".join(self.sections(item))
            items.append(bullet + text.replace("\n", "\n" + " " * len(bullet)))
        return ["\n".join(items)]

    def _definitions(self, element: etree._Element) -> list[str]:
        items = element.findall("def-item")
        return ["\n".join(f"- **{self.inline(item.find('term'))}**: {self.inline(item.find('def'))}" for item in items)]

    def _quotation(self, element: etree._Element) -> list[str]:
        return ["\n>\n".join("> " + block.replace("\n", "\n> ") for block in self.sections(element))]

    def _code(self, element: etree._Element) -> list[str]:
        return ["\n".join(f"    {line}" for line in _PRIVATE_USE.sub("", text_of(element)).split("\n"))]

    def _several(self, element: etree._Element) -> list[str]:
        return self.sections(element)

    def _supplement(self, element: etree._Element) -> list[str]:
        self.report(element, "Supplementary material was not imported. Link to it where readers need it.")
        return []

    _BLOCK_WRITERS: dict[str, Callable[["_Writer", etree._Element], list[str]]] = {
        "list": _list,
        "def-list": _definitions,
        "table-wrap": _table,
        "fig": _figure,
        "disp-formula": _formula_block,
        "disp-quote": _quotation,
        "preformat": _code,
        "code": _code,
        "supplementary-material": _supplement,
        "boxed-text": _several,
        "fig-group": _several,
        "table-wrap-group": _several,
        "disp-formula-group": _several,
    }
    _INLINE_WRITERS: dict[str, Callable[["_Writer", etree._Element], str]] = {
        "xref": _xref,
        "italic": _emphasis,
        "bold": _emphasis,
        "sup": _shifted,
        "sub": _shifted,
        "fn": _note,
        "ext-link": _link,
        "uri": _link,
        "inline-formula": _formula,
        **dict.fromkeys(_PICTURES, _picture),
    }


def _escaped(text: str | None) -> str:
    """Plain text as Markdown that shows exactly it, citation brackets included."""
    return _SPECIAL.sub(lambda sign: f"\\{sign[0]}", _PRIVATE_USE.sub("", text or ""))


def _line(text: str) -> str:
    """A paragraph that begins like a heading or a list is still a paragraph."""
    text = text.strip()
    return _LINE_START.sub(lambda start: f"\\{start[1]}" if start[1] else f"{start[2]}\\{start[3]}", text)
