"""Where a question stands in an A–Z: under its first letter, without accents and quotation marks."""

import re
import unicodedata
from string import ascii_lowercase

LETTERS = (*ascii_lowercase, "#")
LONGEST = 120


def place(title: str) -> tuple[str, str]:
    """Its letter, `#` for what begins with none of them, and the words it is sorted by."""
    bare = "".join(mark for mark in unicodedata.normalize("NFKD", title) if not unicodedata.combining(mark))
    sorted_by = re.sub(r"^[\W_]+", "", bare.casefold())[:LONGEST]
    return (sorted_by[0] if sorted_by[:1] in LETTERS and sorted_by else "#"), sorted_by
