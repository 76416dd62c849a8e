"""From Markdown to a sanitised HTML fragment, refusing what would be lost or shown otherwise than meant."""

import html
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_block.table import escapedSplit
from markdown_it.rules_inline import StateInline, link
from markdown_it.token import Token

from articles.citations import CITATION, citation_marks, cited_keys, keys_in, prose, without_escapes
from articles.rendering.characters import UnreadableText, clean_text, described, is_refused, line_at, the
from articles.rendering.marks import CLEANER, prepare, print_citation

MAX_NESTING = 20


class _Markdown(MarkdownIt):
    def validateLink(self, url: str) -> bool:
        return url.lower().startswith(("http://", "https://", "mailto:"))

    def normalizeLinkText(self, url: str) -> str:
        # The library decodes %E2%80%AE and its like here, after we have looked for such characters.
        return url


def _citation(state: StateInline, silent: bool) -> bool:
    # While the library looks for the end of a link's text it asks silently; a citation found then would end the link.
    match = None if silent else CITATION.match(state.src, state.pos)
    if not match:
        return False
    token = state.push("citation", "", 0)
    token.content = match.group()
    state.pos = match.end()
    return True


def _link(state: StateInline, silent: bool) -> bool:
    # The library's own rule walks on through thousands of open brackets before it sees that no address follows.
    return state.src[state.pos] == "[" and _has_target_ahead(state) and link(state, silent)


def _has_target_ahead(state: StateInline) -> bool:
    return _last_target(state.src) >= state.pos


@lru_cache(maxsize=1)
def _last_target(paragraph: str) -> int:
    return paragraph.rfind("](")


def _image(state: StateInline, silent: bool) -> bool:
    """Any `![…](…)`, whatever its address, becomes a token to refuse."""
    if silent or not state.src.startswith("![", state.pos) or not _has_target_ahead(state):
        return False
    end = state.md.helpers.parseLinkLabel(state, state.pos + 1)
    if end < 0 or not state.src.startswith("](", end):
        return False
    state.push("image", "", 0)
    state.pos = end + 1
    return True


def _parser() -> MarkdownIt:
    # The parser drops what is nested too deeply without a word, so its own limit lies beyond the one we refuse at.
    markdown = _Markdown("commonmark", {"html": False, "maxNesting": 2 * MAX_NESTING})
    # A "reference" makes lines like `[1]: …` vanish; "code" turns an indented, pasted paragraph into code.
    markdown.enable("table").disable(["reference", "code", "html_block", "html_inline"])
    markdown.inline.ruler.before("link", "citation", _citation)
    markdown.inline.ruler.at("link", _link)
    markdown.inline.ruler.at("image", _image)
    markdown.add_render_rule("citation", print_citation)
    return markdown


# From Markdown to HTML


def render(markdown: str, *, numbers: Mapping[str, int], prefix: str = "", name: str = "text") -> str:
    """A sanitised HTML fragment in which each citation links to `#ref-NUMBER`.

    The k-th mention of a number has the id `cite-{prefix}NUMBER-k`, each heading an id `s-{prefix}WORDS`.
    Hostile input can take very long: outside tests, call `render_article`.

    Raises:
        UnreadableText: the text cannot be shown whole and as its author meant it.
    """
    text = clean_text(markdown, name=name)
    _refuse_entities(text, name=name)
    _refuse_citations(text, numbers=numbers, name=name)
    env: dict[str, Any] = {"numbers": numbers, "prefix": prefix, "mentions": Counter()}
    parser = _parser()
    tokens = parser.parse(text, env)
    _refuse_tokens(tokens, text=text, name=name)
    prepare(tokens, prefix=prefix)
    fragment = parser.renderer.render(tokens, parser.options, env)
    _refuse_swollen(fragment, text=text, name=name)
    return CLEANER.clean(fragment)


def _refuse_entities(text: str, *, name: str) -> None:
    """Refuse `&#8238;` and the like, which turn into refused characters only on the page."""
    for number, line in enumerate(text.split("\n"), start=1):
        hidden = (
            next((c for c in html.unescape(line) if is_refused(c) and c != "\u00ad"), None) if "&" in line else None
        )
        if hidden:
            raise UnreadableText(
                f"{the(name)} writes a character on line {number} that hides or disturbs what readers see, as an "
                f"entity ({described(hidden)}). Delete it."
            )


def _refuse_citations(text: str, *, numbers: Mapping[str, int], name: str) -> None:
    marks = citation_marks(text)
    for mark in marks:
        for key in mark.keys:
            if key not in numbers:
                raise UnreadableText(
                    f"{the(name)} cites “{key}” on line {line_at(text, mark.start)}, but no reference has that key. "
                    "Add the reference, or correct the key."
                )
    starts = {mark.start for mark in marks}
    for match in re.finditer(r"\[\s?-?@", without_escapes(prose(text))):
        if match.start() not in starts:
            raise UnreadableText(
                f"{the(name)} has something on line {line_at(text, match.start())} that begins like a citation but is "
                "not one. Write [@key], or [@one; @two] for several; write \\[@ if none is meant."
            )


def _refuse_tokens(tokens: Sequence[Token], *, text: str, name: str) -> None:
    shown: list[str] = []
    for token, line in _each(tokens):
        if token.level > MAX_NESTING:
            raise UnreadableText(
                f"{the(name)} nests lists, quotations or emphasis more than {MAX_NESTING} deep near line {line}. "
                "Use fewer levels."
            )
        if token.type == "image":
            raise UnreadableText(
                f"{the(name)} has an image on line {line}. Images are not shown here: "
                "delete it, and say in words what it shows."
            )
        if token.type == "citation":
            shown += keys_in(token.content)
    _refuse_lost_citations(shown, text=text, name=name)
    _refuse_lost_cells(tokens, text=text, name=name)


def _each(tokens: Iterable[Token]) -> Iterator[tuple[Token, int]]:
    """All tokens, those inside paragraphs too, with their lines in the source."""
    line = 1
    for token in tokens:
        line = token.map[0] + 1 if token.map else line
        yield token, line
        breaks = 0
        for child in token.children or ():
            breaks += child.type in ("softbreak", "hardbreak")
            yield child, line + breaks


def _refuse_lost_citations(shown: Sequence[str], *, text: str, name: str) -> None:
    """Refuse a text whose citations would be counted differently from how readers see them."""
    if list(dict.fromkeys(shown)) == cited_keys(text) and len(shown) == sum(len(m.keys) for m in citation_marks(text)):
        return
    counted = [(key, mark.start) for mark in citation_marks(text) for key in mark.keys]
    agreeing = sum(1 for _ in _while_equal(shown, [key for key, _ in counted]))
    place = f" on line {line_at(text, counted[agreeing][1])}" if agreeing < len(counted) else ""
    raise UnreadableText(
        f"{the(name)} has a citation{place} in or beside code, or inside a link's address or title, where readers "
        "would not see it as one. Move it into the running text, and close every ` and ``` before it."
    )


def _while_equal(left: Sequence[str], right: Sequence[str]) -> Iterator[str]:
    for one, other in zip(left, right, strict=False):
        if one != other:
            return
        yield one


def _refuse_lost_cells(tokens: Sequence[Token], *, text: str, name: str) -> None:
    """Refuse table rows with more cells than the head has: Markdown drops the rest without a word."""
    lines = text.split("\n")
    width = 0
    for token in tokens:
        if token.type == "thead_open":
            width = 0
        elif token.type == "th_open":
            width += 1
        elif token.type == "tr_open" and width and token.map and _cells(lines[token.map[0]]) > width:
            raise UnreadableText(
                f"{the(name)} has a table row on line {token.map[0] + 1} with more cells than the table has columns. "
                "Add a column to the head of the table, or write \\| for a bar inside a cell."
            )
        elif token.type == "table_close":
            width = 0


def _cells(row: str) -> int:
    columns = [column.strip() for column in escapedSplit(row.lstrip(" \t>").rstrip())]
    return len(columns) - (columns[0] == "") - (len(columns) > 1 and columns[-1] == "")


def _refuse_swollen(fragment: str, *, text: str, name: str) -> None:
    if len(fragment.encode()) > 4 * len(text.encode()) + 64 * 1024:
        raise UnreadableText(
            f"{the(name)} would grow to many times its length as a page, as very wide tables do. "
            "Split the tables, and use fewer marks."
        )
