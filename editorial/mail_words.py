"""Words as an e-mail can carry them: one line that adds no header, lines that every program shows whole."""

import textwrap
import unicodedata

LONGEST_FACT = 600
LONGEST_SUBJECT = 120
WIDTH = 76


def one_line(words: str, *, longest: int = LONGEST_FACT) -> str:
    """Free text as one line without control or direction characters: it can add no header, paragraph or anchor."""
    spaced = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in words)
    return textwrap.shorten(spaced, longest, placeholder=" …") if len(spaced) > longest else " ".join(spaced.split())


def wrapped(body: str) -> str:
    """Lines that every mail program shows whole; addresses are never broken."""
    lines = (textwrap.wrap(line, WIDTH, break_long_words=False, break_on_hyphens=False) for line in body.splitlines())
    return "\n".join("\n".join(line) for line in lines) + "\n"


def subject_and_body(written: str) -> tuple[str, str]:
    """A template's first line is the subject, the rest the body."""
    subject, _, body = written.strip().partition("\n")
    return one_line(subject, longest=LONGEST_SUBJECT), wrapped(body.strip())
