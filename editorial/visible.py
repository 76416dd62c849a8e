"""What a reader of a finished body can see, one piece for each article in it."""

import io
import json
from collections.abc import Iterator
from typing import Any

from lxml import etree, html
from PIL import Image
from pypdf import PdfReader

UNIT = "data-standing"
ENTRIES = {"entry", "item"}
# Never on the screen, or only once somebody has opened, chosen or switched off something.
UNSEEN_TAGS = (
    *("script", "style", "template", "noscript", "noframes", "head", "title", "svg", "math"),
    *("iframe", "object", "audio", "video", "canvas", "select", "datalist", "textarea", "button"),
)
UNSEEN_BY_ATTRIBUTE = etree.XPath("descendant::*[@hidden or @aria-hidden='true' or (self::dialog and not(@open))]")
FOLDED = etree.XPath("descendant::details[not(@open)]")
UNITS = etree.XPath(f"//*[@{UNIT}][not(ancestor::*[@{UNIT}])]")


def pieces(body: bytes, *, content_type: str, charset: str) -> list[str]:
    """The words of each article in the body, white space folded.

    An article is an element with `data-standing` on a page, an entry of a feed, and an object's `standing` in JSON. In
    a PDF each sheet counts as one: any of them may be handed on alone. What is on a
    picture stands in its `Description`.
    """
    if "json" in content_type:
        found = _in_json(json.loads(body.decode(charset)))
    elif "pdf" in content_type:
        found = (sheet.extract_text() for sheet in PdfReader(io.BytesIO(body)).pages)
    elif "png" in content_type:
        found = iter([_on_picture(body)])
    elif "html" in content_type:
        found = _in_page(body.decode(charset))
    elif "xml" in content_type:
        found = _in_feed(body)
    else:
        found = iter([body.decode(charset)])
    return [" ".join(words.split()) for words in found]


def _in_page(page: str) -> Iterator[str]:
    if page.strip():
        seen = _without_unseen(html.document_fromstring(page))
        yield from (_words(unit) for unit in UNITS(seen))


def _on_picture(picture: bytes) -> str:
    with Image.open(io.BytesIO(picture), formats=["PNG"]) as opened:
        return str(opened.info.get("Description", ""))


def _in_feed(feed: bytes) -> Iterator[str]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    for entry in etree.fromstring(feed, parser).iter(etree.Element):
        if etree.QName(entry).localname in ENTRIES:
            yield " ".join(_of_field(field) for field in entry)


def _of_field(field: Any) -> str:
    words = _words(field).strip()
    return _words(_without_unseen(html.fragment_fromstring(words, create_parent=True))) if words else ""


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


def _words(element: Any) -> str:
    """Of elements only: comments and processing instructions are not read."""
    return " ".join(element.itertext(etree.Element))


def _without_unseen(tree: Any) -> Any:
    for element in dict.fromkeys([*tree.iter(*UNSEEN_TAGS), *UNSEEN_BY_ATTRIBUTE(tree)]):
        element.drop_tree()
    for fold in FOLDED(tree):
        _keep_summary(fold)
    return tree


def _keep_summary(fold: Any) -> None:
    """Inside `<details>` that nobody has opened only the summary is seen."""
    fold.text = None
    for child in list(fold):
        if child.tag == "summary":
            child.tail = None
        else:
            fold.remove(child)
