"""Our own marks on the page: heading levels and anchors, printed citations, and what the sanitiser lets through."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import nh3
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from articles.citations import keys_in


def prepare(tokens: Sequence[Token], *, prefix: str) -> None:
    _set_heading_levels(tokens)
    _set_heading_ids(tokens, prefix=prefix)
    for token in tokens:
        if token.type == "th_open":
            token.attrSet("scope", "col")
        if token.children:
            token.children = _with_citations_after_links(token.children)


def _set_heading_levels(tokens: Sequence[Token]) -> None:
    """The shallowest heading becomes h2 and none skips a level, because the page's title is the h1 above them."""
    shallowest = min((int(token.tag[1]) for token in tokens if token.type == "heading_open"), default=1)
    level = 1
    for token in tokens:
        if token.type == "heading_open":
            level = min(int(token.tag[1]) - shallowest + 2, level + 1, 4)
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{level}"


def _set_heading_ids(tokens: Sequence[Token], *, prefix: str) -> None:
    seen: Counter[str] = Counter()
    for opening, inline in pairwise(tokens):
        if opening.type == "heading_open":
            words = "".join(child.content for child in inline.children or () if child.type in ("text", "code_inline"))
            slug = _slug(words)
            seen[slug] += 1
            # Two hyphens, which no slug holds: "Pain" twice never meets a heading "Pain 2".
            opening.attrSet("id", f"s-{prefix}{slug}" + (f"--{seen[slug]}" if seen[slug] > 1 else ""))


def _slug(words: str) -> str:
    return re.sub(r"[\W_]+", "-", words.lower())[:60].strip("-") or "section"


def _with_citations_after_links(children: Iterable[Token]) -> list[Token]:
    """A link cannot lie inside a link: a citation in a link's text is moved to just behind the link."""
    ordered: list[Token] = []
    waiting: list[Token] = []
    inside = False
    for child in children:
        if child.type == "link_open":
            inside = True
            child.attrs = {"href": child.attrs["href"], "rel": "nofollow noopener"}
        (waiting if inside and child.type == "citation" else ordered).append(child)
        if child.type == "link_close":
            inside = False
            ordered += waiting
            waiting = []
    return ordered


def print_citation(
    _renderer: RendererHTML, tokens: Sequence[Token], index: int, _options: object, env: dict[str, Any]
) -> str:
    """`[1–3, 5]` raised; brackets keep "10 mg" and "1" apart where a reader's program drops the raising."""
    numbers = sorted({env["numbers"][key] for key in keys_in(tokens[index].content)})
    return f"<sup>[{', '.join(_print_run(run, env) for run in _runs(numbers))}]</sup>"


def _runs(numbers: Iterable[int]) -> Iterator[list[int]]:
    """Consecutive numbers together where there are three or more; others alone."""
    run: list[int] = []
    for number in numbers:
        if run and number != run[-1] + 1:
            yield from [run] if len(run) > 2 else [[one] for one in run]
            run = []
        run.append(number)
    yield from [run] if len(run) > 2 else [[one] for one in run]


def _print_run(run: Sequence[int], env: dict[str, Any]) -> str:
    if len(run) == 1:
        return _print_number(run[0], env)
    # The numbers between have nothing to click on, but their references must find the way back.
    between = "".join(f'<span id="{_mention(number, env)}"></span>' for number in run[1:-1])
    return f"{_print_number(run[0], env)}–{between}{_print_number(run[-1], env)}"


def _print_number(number: int, env: dict[str, Any]) -> str:
    return f'<a id="{_mention(number, env)}" href="#ref-{number}" role="doc-noteref">{number}</a>'


def _mention(number: int, env: dict[str, Any]) -> str:
    env["mentions"][number] += 1
    return f"cite-{env['prefix']}{number}-{env['mentions'][number]}"


def _only_ours(_element: str, attribute: str, value: str) -> str | None:
    if attribute == "id":
        return value if re.fullmatch(r"(?:s|cite)-[\w-]+", value) else None
    return value


CLEANER = nh3.Cleaner(
    tags={"p", "h2", "h3", "h4", "ul", "ol", "li", "em", "strong", "blockquote", "code", "pre", "a", "sup", "span"}
    | {"br", "hr", "table", "thead", "tbody", "tr", "th", "td"},
    clean_content_tags=set(),
    attributes={
        "a": {"href", "id", "rel"},
        "h2": {"id"},
        "h3": {"id"},
        "h4": {"id"},
        "span": {"id"},
        "ol": {"start"},
    },
    tag_attribute_values={"th": {"scope": {"col"}}, "a": {"role": {"doc-noteref"}}},
    attribute_filter=_only_ours,
    url_schemes={"http", "https", "mailto"},
    link_rel=None,
)
