"""Write phrases as phrases, and compile them once into one pattern."""

import re


def vocabulary(text: str) -> frozenset[str]:
    """The words of a text that is only a list of words."""
    return frozenset(text.split())


def one_of(text: str) -> str:
    """A group that matches any one of the words in the text; each may be a regular expression."""
    return f"(?:{'|'.join(text.split())})"


def phrases(*alternatives: str, flags: int = re.IGNORECASE) -> re.Pattern[str]:
    """One pattern for several whole-word phrases; a space in a phrase also matches a line break, “ ?” also nothing.

    In look-behinds and character classes, which cannot stretch, write `\\s` instead.
    Alternatives are regular expressions. Keep every repeat in them bounded: the text may be hostile.
    """
    body = "|".join(each.replace(" ?", r"\s{0,3}").replace(" ", r"\s{1,3}") for each in alternatives)
    return re.compile(rf"(?<!\w)(?:{body})(?!\w)", flags)
