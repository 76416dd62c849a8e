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

ADDRESS = re.compile(r"(?:/api/v1)?/articles/([-\w]+)/")
# What holds one entry of a list, by the meaning HTML gives its elements and whatever classes a template uses.
ENTRY = {"article", "li", "tr"}
FRAME = {"main", "body", "html", "#document"}
UNSEEN = {"head", "script", "style", "template", "noscript", "#comment"}
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
    return joined(Words.of(text) for text, _ in _tree(fragment).texts())


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
    children: list["Element | str"] = field(default_factory=list)

    @cached_property
    def slugs(self) -> frozenset[str]:
        """Articles that are linked from inside."""
        own = slug_in(self.attributes.get("href", "")) if self.tag == "a" else None
        inner = (child.slugs for child in self.children if isinstance(child, Element))
        return frozenset([own] if own else []).union(*inner)

    @property
    def is_unseen(self) -> bool:
        return self.tag in UNSEEN or "hidden" in self.attributes or self.attributes.get("aria-hidden") == "true"

    def elements(self) -> Iterator["Element"]:
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child.elements()

    def texts(self, *, is_seen: bool = True) -> Iterator[tuple[str, bool]]:
        for text, shown, _ in self.placed(is_seen=is_seen):
            yield text, shown

    def placed(self, *, is_seen: bool = True) -> Iterator[tuple[str, bool, "Element"]]:
        """Every piece of text with the element it stands in; attributes count as text that is not seen."""
        is_seen = is_seen and not self.is_unseen
        for value in self.attributes.values():
            if not slug_in(value):
                yield value, False, self
        for child in self.children:
            if isinstance(child, str):
                yield child, is_seen, self
            else:
                yield from child.placed(is_seen=is_seen)

    def above(self) -> Iterator["Element"]:
        """Itself and everything around it, inside out."""
        element: Element | None = self
        while element:
            yield element
            element = element.parent


class _Builder(HTMLParser):
    """Builds the tree as far as it matters here; deeper than any real page, everything stays on one level."""

    DEEPEST = 200

    def __init__(self) -> None:
        super().__init__()
        self.root = Element("#document", {}, None)
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._end_the_one_before(tag)
        parent = self.open[-1]
        element = Element(tag, {name: value or "" for name, value in attrs}, parent)
        parent.children.append(element)
        if tag not in VOID and len(self.open) < self.DEEPEST:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        # In HTML the slash means nothing: <section/> is an open section.
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        place = next((i for i in range(len(self.open) - 1, 0, -1) if self.open[i].tag == tag), 0)
        if place:
            del self.open[place:]

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)

    def handle_comment(self, data: str) -> None:
        parent = self.open[-1]
        parent.children.append(Element("#comment", {}, parent, [data]))

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


def _tree(body: str) -> Element:
    builder = _Builder()
    builder.feed(body)
    builder.close()
    return builder.root


def _read_html(body: str) -> Document:
    root = _tree(body)
    owners = {id(_entry(link, slug)): slug for link, slug in _links(root)}
    placed = [(text, is_seen, element, _owner(element, owners)) for text, is_seen, element in root.placed()]
    return Document(parts=_parts(placed, owners), page=_page(placed, owners), head=_head(root), next=_next(root))


def _links(root: Element) -> list[tuple[Element, str]]:
    links = (
        (element, slug_in(element.attributes.get("href", ""))) for element in root.elements() if element.tag == "a"
    )
    return [(link, slug) for link, slug in links if slug]


def _entry(link: Element, slug: str) -> Element:
    """The entry a link to an article stands in: as far up as nothing else is linked and no frame begins."""
    entry = link
    while entry.tag not in ENTRY and entry.parent and entry.parent.tag not in FRAME:
        if entry.parent.slugs - {slug}:
            break
        entry = entry.parent
    return entry


def _owner(element: Element, owners: dict[int, str]) -> int | None:
    return next((id(around) for around in element.above() if id(around) in owners), None)


def _parts(placed: list[tuple[str, bool, Element, int | None]], owners: dict[int, str]) -> tuple[Part, ...]:
    pieces: dict[int | None, list[tuple[str, bool]]] = {}
    for text, is_seen, _, owner in placed:
        pieces.setdefault(owner, []).append((text, is_seen))
    return tuple(_part(owners.get(owner) if owner else None, texts) for owner, texts in pieces.items())


def _part(slug: str | None, texts: list[tuple[str, bool]]) -> Part:
    words = joined(Words.of(text) for text, _ in texts)
    return Part(slug, words, joined(Words.of(text) for text, is_seen in texts if is_seen))


def _page(placed: list[tuple[str, bool, Element, int | None]], owners: dict[int, str]) -> tuple[Placed, ...]:
    return tuple(
        Placed(word, is_seen, _article(element), owners.get(owner) if owner else None)
        for text, is_seen, element, owner in placed
        if not any(around.tag == "head" for around in element.above())
        for word in split(text)
    )


def _article(element: Element) -> int | None:
    around = [id(e) for e in element.above() if e.tag == "article"]
    return around[-1] if around else None


def _head(root: Element) -> tuple[str, ...]:
    heads = [element for element in root.elements() if element.tag == "head"]
    return tuple(text for head in heads for text, _ in head.texts() if text.strip())


def _next(root: Element) -> str:
    """The address that `rel="next"` names, in a link or in the head."""
    return next(
        (
            element.attributes.get("href", "")
            for element in root.elements()
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
            yield from _tree(text).texts()
    for value in element.attrib.values():
        if not slug_in(value):
            yield value, False


def _slug_of_entry(entry: ElementTree.Element) -> str | None:
    places = [value for element in entry for value in (element.get("href", ""), element.text or "")]
    return next((slug for place in places if (slug := slug_in(place.strip()))), None)


def _name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
