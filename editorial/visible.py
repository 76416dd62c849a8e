"""What a reader of a finished body can see, one piece for each article in it."""

import json
from collections.abc import Iterator
from typing import Any

from lxml import etree, html

UNIT = "data-standing"
ENTRIES = {"entry", "item"}
# Never on the screen, or only once somebody has opened, chosen or switched off something.
UNSEEN = {
    *("script", "style", "template", "noscript", "noframes", "head", "title", "svg", "math"),
    *("iframe", "object", "audio", "video", "canvas", "select", "datalist", "textarea", "button"),
}


def pieces(body: bytes, *, content_type: str, charset: str) -> list[str]:
    """The words of each article in the body, white space folded.

    An article is an element with `data-standing` on a page, an entry of a feed, and an object's `standing` in JSON.
    """
    if "json" in content_type:
        found = _in_json(json.loads(body.decode(charset)))
    elif "html" in content_type:
        found = _in_page(body.decode(charset))
    elif "xml" in content_type:
        found = _in_feed(body)
    else:
        found = iter([body.decode(charset)])
    return [" ".join(words.split()) for words in found]


def _in_page(page: str) -> Iterator[str]:
    if not page.strip():
        return
    for unit in html.document_fromstring(page).iter():
        is_outermost = isinstance(unit.tag, str) and UNIT in unit.attrib and not unit.xpath(f"ancestor::*[@{UNIT}]")
        if is_outermost and not any(_is_unseen(element) for element in unit.iterancestors()):
            yield " ".join(_words(unit))


def _in_feed(feed: bytes) -> Iterator[str]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    for entry in etree.fromstring(feed, parser).iter(etree.Element):
        if etree.QName(entry).localname in ENTRIES:
            yield " ".join(_of_field(field) for field in entry)


def _of_field(field: Any) -> str:
    words = " ".join(field.itertext(etree.Element)).strip()
    return " ".join(_words(html.fragment_fromstring(words, create_parent=True))) if words else ""


def _in_json(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if "standing" in value:
            yield " ".join(_strings(value["standing"]))
            return
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from _in_json(inner)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _strings(inner)


def _words(element: Any) -> Iterator[str]:
    if _is_unseen(element):
        return
    yield element.text or ""
    for child in element:
        if not _is_folded_away(child):
            yield from _words(child)
        yield child.tail or ""


def _is_unseen(element: Any) -> bool:
    if not isinstance(element.tag, str) or element.tag in UNSEEN or "hidden" in element.attrib:
        return True
    return element.get("aria-hidden") == "true" or (element.tag == "dialog" and "open" not in element.attrib)


def _is_folded_away(element: Any) -> bool:
    """Inside `<details>` that nobody has opened only the summary is seen."""
    parent = element.getparent()
    return parent.tag == "details" and "open" not in parent.attrib and element.tag != "summary"
