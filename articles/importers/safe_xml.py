"""XML read with everything switched off that reaches outside the file or grows inside it."""

import html
import re

from lxml import etree

from .records import UnreadableFile

MAX_DEPTH = 100

OWN_ENTITIES = (
    "The file defines entities of its own, which can make a small file unfold into gigabytes. "
    "Export it again as plain XML, without an internal DTD."
)

# Only where the file begins: looked for everywhere, a file of nothing but such beginnings would take minutes.
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
_OWN_ENTITY = re.compile(r"<!ENTITY", re.IGNORECASE)


def parse(text: str) -> etree._Element:
    """The root element, names without namespaces. A DOCTYPE may be there; it is never loaded.

    Raises:
        UnreadableFile: entities of its own, nesting without end, or not well-formed.
    """
    if defines_entities(text):
        raise UnreadableFile(OWN_ENTITIES)
    try:
        root = etree.fromstring(_without_declaration(text).encode(), _parser())
    except etree.XMLSyntaxError as error:
        raise UnreadableFile(
            f"The XML breaks off at line {error.lineno}: {error.msg}. Export the file again, or repair that line."
        ) from error
    _refuse_deep_nesting(root)
    return _plain(root)


def defines_entities(text: str) -> bool:
    return bool(_OWN_ENTITY.search(text))


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def _without_declaration(text: str) -> str:
    """The text is decoded already, so what the declaration says about its encoding no longer holds."""
    return _DECLARATION.sub(lambda declaration: "\n" * declaration[0].count("\n"), text, count=1).lstrip("\ufeff \t")


def _refuse_deep_nesting(root: etree._Element) -> None:
    depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > MAX_DEPTH:
            raise UnreadableFile(f"The XML is nested more than {MAX_DEPTH} levels deep. Export the file again.")


def _plain(root: etree._Element) -> etree._Element:
    """Names without namespaces, and the named characters of the DTD (`&alpha;`) written out."""
    for entity in list(root.iter(etree.Entity)):
        _write_out(entity)
    for element in root.iter(etree.Element):
        element.tag = etree.QName(element).localname
    return root


def _write_out(entity: etree._Entity) -> None:
    parent, before = entity.getparent(), entity.getprevious()
    text = html.unescape(entity.text) + (entity.tail or "")
    if before is None:
        parent.text = (parent.text or "") + text
    else:
        before.tail = (before.tail or "") + text
    entity.tail = None
    parent.remove(entity)


def text_of(element: etree._Element | None) -> str:
    """All the text in `element`, raised and lowered characters kept apart by their tags for `tidying.clean`."""
    if element is None:
        return ""
    return "".join(_pieces(element))


def _pieces(element: etree._Element) -> list[str]:
    pieces = [element.text or ""]
    for child in element:
        inner = "".join(_pieces(child))
        pieces.append(f"<{child.tag}>{inner}</{child.tag}>" if child.tag in ("sup", "sub") else inner)
        pieces.append(child.tail or "")
    return pieces


def find_text(element: etree._Element, path: str) -> str:
    return text_of(element.find(path)).strip()
