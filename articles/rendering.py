"""Markdown to safe HTML, once, at freeze time."""

import contextlib
import html
import json
import os
import re
import resource
import subprocess
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from math import ceil
from pathlib import Path
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block.table import escapedSplit
from markdown_it.rules_inline import StateInline, link
from markdown_it.token import Token

from articles.citations import CITATION, citation_marks, cited_keys, keys_in, prose, without_escapes

MAX_BYTES = 200 * 1024
MAX_NESTING = 20
MAX_SECONDS = 5.0
_MAX_MEMORY = 768 * 1024 * 1024


class UnreadableText(ValueError):
    """A text that cannot be shown as it is; the message says where, why and what to do."""


# What may be in a text

_PLAIN = re.compile(r"[\n\t -~]*")
# Joiners and direction marks shape Arabic, Persian, Hebrew and Indic words; the others stand before Arabic, Syriac and
# Kaithi numbers and are seen.
_ALLOWED_FORMAT = frozenset(
    "\u200c\u200d\u200e\u200f\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
)
_INVISIBLE_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")
_MAX_ACCENTS = 30  # on one letter: the Stream-Safe Text Format of Unicode Standard Annex 15
_LINE_ENDS = re.compile("\r\n|[\r\u2028\u2029]")


def clean_text(text: str, *, name: str = "text") -> str:
    """The text with `\\n` line ends, in NFC, without soft hyphens and without space at its end.

    Raises:
        UnreadableText: it is over 200 KB or holds a character that hides, controls or turns round other text.
    """
    _refuse_too_long(text, name=name)
    text = _LINE_ENDS.sub("\n", text.removeprefix("\ufeff")).replace("\u00ad", "")
    _refuse_characters(text, name=name)
    text = unicodedata.normalize("NFC", text).rstrip()
    _refuse_too_long(text, name=name)
    return text


def clean_line(text: str, *, name: str = "title", limit: int) -> str:
    """The text on one line, runs of space made one; refused like `clean_text`, and above `limit` characters."""
    line = " ".join(clean_text(text, name=name).split())
    if len(line) > limit:
        raise UnreadableText(f"{_the(name)} has {len(line):,} characters; the limit is {limit:,}. Shorten it.")
    return line


def _refuse_too_long(text: str, *, name: str) -> None:
    # Four bytes a character at most: a text of a gigabyte is not encoded only to be counted.
    size = len(text) if len(text) > MAX_BYTES else len(text.encode(errors="surrogatepass"))
    if size > MAX_BYTES:
        raise UnreadableText(
            f"{_the(name)} is {ceil(size / 1024):,} KB long; the limit is {MAX_BYTES // 1024} KB. "
            "Shorten it, or split it into several articles."
        )


def _refuse_characters(text: str, *, name: str) -> None:
    if _PLAIN.fullmatch(text):
        return
    accents = 0
    for position, character in enumerate(text):
        if _is_refused(character):
            raise UnreadableText(
                f"{_the(name)} holds a character on line {_line(text, position)} that hides or disturbs what readers "
                f"see ({_described(character)}). Delete it, and type the words around it again."
            )
        accents = accents + 1 if unicodedata.combining(character) else 0
        if accents > _MAX_ACCENTS:
            raise UnreadableText(
                f"{_the(name)} has a letter with more than {_MAX_ACCENTS} accents on line {_line(text, position)}. "
                "Type the word again."
            )


def _is_refused(character: str) -> bool:
    if character in "\n\t" or " " <= character <= "~":
        return False
    if character in _INVISIBLE_LETTERS or ord(character) & 0xFFFE == 0xFFFE or "\ufdd0" <= character <= "\ufdef":
        return True
    return unicodedata.category(character) in {"Cc", "Cf", "Co", "Cs"} and character not in _ALLOWED_FORMAT


def _the(name: str) -> str:
    return f"The {name.removeprefix('the ')}"


def _described(character: str) -> str:
    """`U+202E RIGHT-TO-LEFT OVERRIDE`; the character itself is never printed."""
    return f"U+{ord(character):04X} {unicodedata.name(character, '')}".rstrip()


def _line(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


# Markdown as we read it


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
    markdown.add_render_rule("citation", _print_citation)
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
    _prepare(tokens, prefix=prefix)
    fragment = parser.renderer.render(tokens, parser.options, env)
    _refuse_swollen(fragment, text=text, name=name)
    return _CLEANER.clean(fragment)


def _refuse_entities(text: str, *, name: str) -> None:
    """Refuse `&#8238;` and the like, which turn into refused characters only on the page."""
    for number, line in enumerate(text.split("\n"), start=1):
        hidden = (
            next((c for c in html.unescape(line) if _is_refused(c) and c != "\u00ad"), None) if "&" in line else None
        )
        if hidden:
            raise UnreadableText(
                f"{_the(name)} writes a character on line {number} that hides or disturbs what readers see, as an "
                f"entity ({_described(hidden)}). Delete it."
            )


def _refuse_citations(text: str, *, numbers: Mapping[str, int], name: str) -> None:
    marks = citation_marks(text)
    for mark in marks:
        for key in mark.keys:
            if key not in numbers:
                raise UnreadableText(
                    f"{_the(name)} cites “{key}” on line {_line(text, mark.start)}, but no reference has that key. "
                    "Add the reference, or correct the key."
                )
    starts = {mark.start for mark in marks}
    for match in re.finditer(r"\[\s?-?@", without_escapes(prose(text))):
        if match.start() not in starts:
            raise UnreadableText(
                f"{_the(name)} has something on line {_line(text, match.start())} that begins like a citation but is "
                "not one. Write [@key], or [@one; @two] for several; write \\[@ if none is meant."
            )


def _refuse_tokens(tokens: Sequence[Token], *, text: str, name: str) -> None:
    shown: list[str] = []
    for token, line in _each(tokens):
        if token.level > MAX_NESTING:
            raise UnreadableText(
                f"{_the(name)} nests lists, quotations or emphasis more than {MAX_NESTING} deep near line {line}. "
                "Use fewer levels."
            )
        if token.type == "image":
            raise UnreadableText(
                f"{_the(name)} has an image on line {line}. Images are not shown here: "
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
    place = f" on line {_line(text, counted[agreeing][1])}" if agreeing < len(counted) else ""
    raise UnreadableText(
        f"{_the(name)} has a citation{place} in or beside code, or inside a link's address or title, where readers "
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
                f"{_the(name)} has a table row on line {token.map[0] + 1} with more cells than the table has columns. "
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
            f"{_the(name)} would grow to many times its length as a page, as very wide tables do. "
            "Split the tables, and use fewer marks."
        )


# Our own marks on the page


def _prepare(tokens: Sequence[Token], *, prefix: str) -> None:
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


def _print_citation(
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


_CLEANER = nh3.Cleaner(
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


# What can be read back from a rendered fragment

_HEADING = re.compile(r'<h([2-4]) id="(s-[^"]+)">(.*?)</h\1>', re.DOTALL)
_SUP_OR_TAG = re.compile(r"\s*<sup>.*?</sup>|<[^>]*>", re.DOTALL)
_BLOCK_END = re.compile(r"</(?:p|h[2-4]|li|t[dhr]|pre)>|<[bh]r>")
_MENTION = re.compile(r'id="(cite-(?:[\w-]*-)?(\d+)-\d+)"')


def contents(fragment: str) -> list[tuple[str, str]]:
    """The id and the words of each heading, for a table of contents."""
    return [(anchor, plain_words(inner)) for _, anchor, inner in _HEADING.findall(fragment)]


def plain_words(fragment: str) -> str:
    """What a rendered fragment says, on one line, without its marks and citations."""
    apart = _BLOCK_END.sub(" ", fragment)
    return " ".join(html.unescape(_SUP_OR_TAG.sub("", apart)).split())


def mentions(fragment: str) -> dict[int, list[str]]:
    """For each reference number the ids of the places that cite it, for links back to the text."""
    places: dict[int, list[str]] = {}
    for anchor, number in _MENTION.findall(fragment):
        places.setdefault(int(number), []).append(anchor)
    return places


# The process that can be killed

_PARTS = {
    "short_answer": ("short answer", "short-"),
    "body": ("body", ""),
    "plain_body": ("plain-language body", "plain-"),
}
_ROOT = Path(__file__).resolve().parent.parent
_TOO_COMPLICATED = (
    "This text is too complicated to be laid out as a page. Look for very long runs of brackets, "
    "asterisks, quotation marks (>) or table bars, remove them, and try again."
)


def render_article(
    *, short_answer: str, body: str, plain_body: str, numbers: Mapping[str, int], seconds: float = MAX_SECONDS
) -> dict[str, Any]:
    """The three fragments, and under "headings" the contents of the body; in a process of its own, killed if need be.

    Raises:
        UnreadableText: a text is refused, or takes more than `seconds` or too much memory.
    """
    texts = {"short_answer": short_answer, "body": body, "plain_body": plain_body}
    for part, text in texts.items():
        _refuse_too_long(text, name=_PARTS[part][0])
    answer = _ask_child({"texts": texts, "numbers": dict(numbers), "seconds": seconds}, seconds=seconds)
    if "refusal" in answer:
        raise UnreadableText(answer["refusal"])
    fragments = answer["fragments"]
    return {**fragments, "headings": contents(fragments["body"])}


def _ask_child(job: dict[str, Any], *, seconds: float) -> dict[str, Any]:
    try:
        child = subprocess.run(
            [sys.executable, "-P", "-m", "articles.rendering"],
            input=json.dumps(job).encode(),
            capture_output=True,
            timeout=seconds,
            cwd=_ROOT,
            env=_bare_environment(),
            start_new_session=True,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise UnreadableText(_TOO_COMPLICATED) from None
    if child.returncode < 0:  # a signal: out of processor time, of memory, or of stack
        raise UnreadableText(_TOO_COMPLICATED)
    if child.returncode:
        raise RuntimeError(f"The renderer failed: {child.stderr.decode(errors='replace')[-2000:]}")
    return json.loads(child.stdout)


def _bare_environment() -> dict[str, str]:
    """Where to find our modules, and none of the secrets that the server's environment holds."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    return {**kept, "PYTHONPATH": os.pathsep.join([str(_ROOT), *filter(None, sys.path)])}


def _answer(job: dict[str, Any]) -> dict[str, Any]:
    try:
        return {
            "fragments": {
                part: render(job["texts"][part], numbers=job["numbers"], prefix=prefix, name=name)
                for part, (name, prefix) in _PARTS.items()
            }
        }
    except UnreadableText as refusal:
        return {"refusal": str(refusal)}
    except (MemoryError, RecursionError):
        return {"refusal": _TOO_COMPLICATED}


def _limit_ourselves(seconds: float) -> None:
    """Before reading a word of the text: a limit set by the parent would need code between fork and exec."""
    resource.setrlimit(resource.RLIMIT_CPU, (ceil(seconds), ceil(seconds)))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Some systems, macOS among them, know no limit of this kind; the other two limits hold there.
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (_MAX_MEMORY, _MAX_MEMORY))


def _main() -> None:
    job = json.load(sys.stdin.buffer)
    _limit_ourselves(job["seconds"])
    json.dump(_answer(job), sys.stdout)


if __name__ == "__main__":
    _main()
