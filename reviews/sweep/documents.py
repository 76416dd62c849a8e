"""Reads what a stranger gets, with parsers of its own: which words belong to which article, and which can be seen."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

from reviews.sweep.words import Words, joined, split

ADDRESS = re.compile(r"(?:/api/v1)?/articles/([-\w]+)/(?:versions/[\w./-]*)?")
# What holds one entry of a list, by the meaning HTML gives its elements and whatever classes a template uses.
ENTRY = {"article", "li", "tr"}
FRAME = {"main", "body", "html", "#document"}
UNSEEN = {"head", "script", "style", "template", "noscript"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
# An opening tag that ends an open one of its own kind, unless one of these lies between.
ENDED_BY_THE_NEXT = {"li": {"ul", "ol", "menu"}, "tr": {"table"}}


class Unreadable(Exception):
    """The answer is not what its content type says."""


@dataclass(frozen=True)
class Part:
    """What a document says about one article; or, without a slug, what belongs to no article in it."""

    slug: str | None
    words: Words
    seen: Words


@dataclass(frozen=True)
class Placed:
    """One word of a page, in the order of the page."""

    word: str
    is_seen: bool
    article: int | None  # which outermost <article> it stands in
    slug: str | None  # whose entry it belongs to


@dataclass(frozen=True)
class Document:
    """One answer, read."""

    parts: tuple[Part, ...] = ()
    page: tuple[Placed, ...] = ()  # the words of an HTML body
    head: tuple[str, ...] = ()  # what its head says to machines, string by string
    next: str = ""  # where the list goes on
    addresses: frozenset[str] = frozenset()  # slugs that a sitemap names
    files: tuple[str, ...] = ()  # further files of a sitemap


def read(body: str, content_type: str) -> Document:
    """Raises `Unreadable` where the body is not of its type."""
    try:
        if "json" in content_type:
            return _read_json(json.loads(body))
        if "xml" in content_type and "html" not in content_type:
            return _read_xml(_xml(body))
    except (ValueError, RecursionError, ElementTree.ParseError) as fault:
        raise Unreadable(f"not readable as {content_type}: {fault}") from fault
    return _read_html(body)


def words_of_html(fragment: str) -> Words:
    return joined(Words.of(piece.text) for piece in _Reader(fragment).pieces)


def slug_in(address: str) -> str | None:
    """Of which article this is the address. Addresses are made of the words of a title and are not counted as text."""
    found = ADDRESS.fullmatch(urlsplit(address).path)
    return found.group(1) if found else None


# HTML


@dataclass(eq=False)
class Element:
    tag: str
    attributes: dict[str, str]
    parent: "Element | None"
    slugs: set[str] = field(default_factory=set)  # articles that are linked from inside

    @cached_property
    def is_seen(self) -> bool:
        hidden = "hidden" in self.attributes or self.attributes.get("aria-hidden") == "true"
        return self.tag not in UNSEEN and not hidden and (self.parent is None or self.parent.is_seen)

    @cached_property
    def is_in_head(self) -> bool:
        return self.tag == "head" or (self.parent is not None and self.parent.is_in_head)

    @cached_property
    def article(self) -> int | None:
        """The outermost `<article>` around it."""
        around = self.parent.article if self.parent else None
        return around if around else id(self) if self.tag == "article" else None

    @property
    def link(self) -> str | None:
        return slug_in(self.attributes.get("href", "")) if self.tag == "a" else None

    def above(self) -> Iterator["Element"]:
        """Itself and everything around it, inside out."""
        element: Element | None = self
        while element:
            yield element
            element = element.parent


@dataclass(frozen=True)
class Piece:
    """A stretch of text where it stands; attributes and comments count as text that is not seen."""

    text: str
    element: Element
    is_seen: bool


class _Reader(HTMLParser):
    """Notes elements and text in the order of the page; what lies deeper than on any real page stays on one level."""

    DEEPEST = 100

    def __init__(self, body: str) -> None:
        super().__init__()
        self.open = [Element("#document", {}, None)]
        self.elements: list[Element] = []
        self.pieces: list[Piece] = []
        self.feed(body)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._end_the_one_before(tag)
        element = Element(tag, {name: value or "" for name, value in attrs}, self.open[-1])
        self.elements.append(element)
        if element.link:
            for around in element.above():
                around.slugs.add(element.link)
        if tag not in VOID and len(self.open) < self.DEEPEST:
            self.open.append(element)
        self.pieces += [Piece(text, element, False) for text in element.attributes.values() if not slug_in(text)]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # In HTML the slash means nothing: <section/> is an open section.
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        place = next((i for i in range(len(self.open) - 1, 0, -1) if self.open[i].tag == tag), 0)
        if place:
            del self.open[place:]

    def handle_data(self, data: str) -> None:
        self.pieces.append(Piece(data, self.open[-1], self.open[-1].is_seen))

    def handle_comment(self, data: str) -> None:
        self.pieces.append(Piece(data, self.open[-1], False))

    def _end_the_one_before(self, tag: str) -> None:
        between = ENDED_BY_THE_NEXT.get(tag)
        if between is None:
            return
        for place in range(len(self.open) - 1, 0, -1):
            if self.open[place].tag in between:
                return
            if self.open[place].tag == tag:
                del self.open[place:]
                return


def _read_html(body: str) -> Document:
    page = _Reader(body)
    entries = {id(_entry(element)): element.link for element in page.elements if element.link}
    owned = [(piece, _owner(piece.element, entries)) for piece in page.pieces]
    return Document(
        parts=_parts(owned, entries), page=_page(owned, entries), head=_head(page.pieces), next=_next(page.elements)
    )


def _entry(link: Element) -> Element:
    """The entry a link to an article stands in: as far up as nothing else is linked and no frame begins."""
    entry = link
    while entry.tag not in ENTRY and entry.parent and entry.parent.tag not in FRAME:
        if entry.parent.slugs - {link.link}:
            break
        entry = entry.parent
    return entry


def _owner(element: Element, entries: dict[int, str]) -> int | None:
    return next((id(around) for around in element.above() if id(around) in entries), None)


def _parts(owned: list[tuple[Piece, int | None]], entries: dict[int, str]) -> tuple[Part, ...]:
    pieces: dict[int | None, list[tuple[str, bool]]] = {}
    for piece, owner in owned:
        pieces.setdefault(owner, []).append((piece.text, piece.is_seen))
    return tuple(_part(entries.get(owner) if owner else None, texts) for owner, texts in pieces.items())


def _part(slug: str | None, texts: list[tuple[str, bool]]) -> Part:
    words = joined(Words.of(text) for text, _ in texts)
    return Part(slug, words, joined(Words.of(text) for text, is_seen in texts if is_seen))


def _page(owned: list[tuple[Piece, int | None]], entries: dict[int, str]) -> tuple[Placed, ...]:
    return tuple(
        Placed(word, piece.is_seen, piece.element.article, entries.get(owner) if owner else None)
        for piece, owner in owned
        if not piece.element.is_in_head
        for word in split(piece.text)
    )


def _head(pieces: list[Piece]) -> tuple[str, ...]:
    return tuple(piece.text for piece in pieces if piece.element.is_in_head and piece.text.strip())


def _next(elements: list[Element]) -> str:
    """The address that `rel="next"` names, in a link or in the head."""
    return next(
        (
            element.attributes.get("href", "")
            for element in elements
            if element.tag in ("a", "link") and "next" in element.attributes.get("rel", "").split()
        ),
        "",
    )


# JSON


def _read_json(value: Any) -> Document:
    pieces: dict[tuple[int, str | None], list[str]] = {}
    _gather(value, (0, None), pieces)
    parts = tuple(_part(slug, [(text, True) for text in texts]) for (_, slug), texts in pieces.items())
    goes_on = value.get("next") if isinstance(value, dict) else None
    return Document(parts=parts, next=goes_on if isinstance(goes_on, str) else "")


def _gather(value: Any, owner: tuple[int, str | None], pieces: dict[tuple[int, str | None], list[str]]) -> None:
    """Text belongs to the innermost object around it that says which article it is."""
    if isinstance(value, dict):
        slug = _slug_of(value)
        owner = (id(value), slug) if slug else owner
        for inner in value.values():
            _gather(inner, owner, pieces)
    elif isinstance(value, list):
        for inner in value:
            _gather(inner, owner, pieces)
    elif isinstance(value, str) and value != owner[1] and not slug_in(value):
        pieces.setdefault(owner, []).append(value)


def _slug_of(record: dict[str, Any]) -> str | None:
    if isinstance(record.get("slug"), str):
        return record["slug"]
    return next((slug for value in record.values() if isinstance(value, str) and (slug := slug_in(value))), None)


# XML: the feed and the sitemap


def _xml(body: str) -> ElementTree.Element:
    if "<!DOCTYPE" in body or "<!ENTITY" in body:
        raise ValueError("it has a document type, which no file of ours has")
    return ElementTree.fromstring(body)  # noqa: S314 - no entities, as just made sure of, so nothing can expand


def _read_xml(root: ElementTree.Element) -> Document:
    entries = [element for element in root.iter() if _name(element) == "entry"]
    inside = {id(element) for entry in entries for element in entry.iter()}
    rest = _part(None, [piece for element in root.iter() if id(element) not in inside for piece in _pieces(element)])
    parts = [
        _part(_slug_of_entry(entry), [p for element in entry.iter() for p in _pieces(element)]) for entry in entries
    ]
    places = [element.text or "" for element in root.iter() if _name(element) == "loc"]
    return Document(
        parts=(*parts, rest),
        addresses=frozenset(slug for place in places if (slug := slug_in(place.strip()))),
        files=tuple(place.strip() for place in places) if _name(root) == "sitemapindex" else (),
    )


def _pieces(element: ElementTree.Element) -> Iterator[tuple[str, bool]]:
    """Text may hold HTML of its own, so it is read as such; attributes are not seen."""
    for text in (element.text, element.tail):
        if text and not slug_in(text.strip()):
            yield from ((piece.text, piece.is_seen) for piece in _Reader(text).pieces)
    for value in element.attrib.values():
        if not slug_in(value):
            yield value, False


def _slug_of_entry(entry: ElementTree.Element) -> str | None:
    places = [value for element in entry for value in (element.get("href", ""), element.text or "")]
    return next((slug for place in places if (slug := slug_in(place.strip()))), None)


def _name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
