"""What can be read back from a rendered fragment."""

import html
import re

_HEADING = re.compile(r'<h([2-4]) id="(s-[^"]+)">(.*?)</h\1>', re.DOTALL)
# A run of spaces is walked through once: from its beginning, and without going back.
_SUP_OR_TAG = re.compile(r"(?<!\s)\s*+<sup>.*?</sup>|<[^>]*>", re.DOTALL)
_BLOCK_END = re.compile(r"</(?:p|h[2-4]|li|t[dhr]|pre)>|<[bh]r>")
# Only inside a tag: in running text the sanitiser leaves quotation marks as they are.
_MENTION = re.compile(r'<[a-z]+ (?:[^<>]* )?id="(cite-(?:[\w-]*-)?(\d+)-\d+)"')


def contents(fragment: str) -> list[tuple[str, str]]:
    """The id and the words of each heading, for a table of contents."""
    return [(anchor, plain_words(inner)) for _, anchor, inner in _HEADING.findall(fragment)]


def plain_words(fragment: str) -> str:
    """What a rendered fragment says, on one line, without its marks and citations."""
    apart = _BLOCK_END.sub(" ", fragment)
    return " ".join(html.unescape(_SUP_OR_TAG.sub("", apart)).split())


def plain_lines(fragment: str) -> list[str]:
    """The same, block by block: a paragraph, a heading, a list item, a cell of a table."""
    return [line for part in _BLOCK_END.split(fragment) if (line := plain_words(part))]


def mentions(fragment: str) -> dict[int, list[str]]:
    """For each reference number the ids of the places that cite it, for links back to the text."""
    places: dict[int, list[str]] = {}
    for anchor, number in _MENTION.findall(fragment):
        places.setdefault(int(number), []).append(anchor)
    return places
