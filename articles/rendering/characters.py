"""Which characters a text may hold, and how long it may be."""

import re
import unicodedata
from math import ceil

MAX_BYTES = 200 * 1024


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
    refuse_too_long(text, name=name)
    text = _LINE_ENDS.sub("\n", text.removeprefix("\ufeff")).replace("\u00ad", "")
    _refuse_characters(text, name=name)
    text = unicodedata.normalize("NFC", text).rstrip()
    refuse_too_long(text, name=name)
    return text


def clean_line(text: str, *, name: str = "title", limit: int) -> str:
    """The text on one line, runs of space made one; refused like `clean_text`, and above `limit` characters."""
    line = " ".join(clean_text(text, name=name).split())
    if len(line) > limit:
        raise UnreadableText(f"{the(name)} has {len(line):,} characters; the limit is {limit:,}. Shorten it.")
    return line


def refuse_too_long(text: str, *, name: str) -> None:
    # Four bytes a character at most: a text of a gigabyte is not encoded only to be counted.
    size = len(text) if len(text) > MAX_BYTES else len(text.encode(errors="surrogatepass"))
    if size > MAX_BYTES:
        raise UnreadableText(
            f"{the(name)} is {ceil(size / 1024):,} KB long; the limit is {MAX_BYTES // 1024} KB. "
            "Shorten it, or split it into several articles."
        )


def _refuse_characters(text: str, *, name: str) -> None:
    if _PLAIN.fullmatch(text):
        return
    accents = 0
    for position, character in enumerate(text):
        if is_refused(character):
            raise UnreadableText(
                f"{the(name)} holds a character on line {line_at(text, position)} that hides or disturbs what readers "
                f"see ({described(character)}). Delete it, and type the words around it again."
            )
        accents = accents + 1 if unicodedata.combining(character) else 0
        if accents > _MAX_ACCENTS:
            raise UnreadableText(
                f"{the(name)} has a letter with more than {_MAX_ACCENTS} accents on line {line_at(text, position)}. "
                "Type the word again."
            )


def is_refused(character: str) -> bool:
    if character in "\n\t" or " " <= character <= "~":
        return False
    if character in _INVISIBLE_LETTERS or ord(character) & 0xFFFE == 0xFFFE or "\ufdd0" <= character <= "\ufdef":
        return True
    return unicodedata.category(character) in {"Cc", "Cf", "Co", "Cs"} and character not in _ALLOWED_FORMAT


def the(name: str) -> str:
    return f"The {name.removeprefix('the ')}"


def described(character: str) -> str:
    """`U+202E RIGHT-TO-LEFT OVERRIDE`; the character itself is never printed."""
    return f"U+{ord(character):04X} {unicodedata.name(character, '')}".rstrip()


def line_at(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1
