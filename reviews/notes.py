"""What reviewers write beside a claim or an item: cleaned, bounded, and refused in a sentence."""

from articles.rendering import UnreadableText, clean_line, clean_text
from editorial.errors import WorkflowError

MOST_IN_NOTE = 2_000
MOST_IN_PLACE = 300


def note(words: str) -> str:
    """Some lines for the authors.

    Raises:
        WorkflowError: it is too long or holds characters that hide or disturb what readers see.
    """
    try:
        cleaned = clean_text(words, name="note").strip()
    except UnreadableText as refusal:
        raise WorkflowError(str(refusal)) from None
    if len(cleaned) > MOST_IN_NOTE:
        raise WorkflowError(f"The note has {len(cleaned):,} characters; the limit is {MOST_IN_NOTE:,}. Shorten it.")
    return cleaned


def place(words: str) -> str:
    """One line that says where in a source: a page, a table, or a few words to find it by.

    Raises:
        WorkflowError: it is too long or holds characters that hide or disturb what readers see.
    """
    try:
        return clean_line(words, name="place in the source", limit=MOST_IN_PLACE)
    except UnreadableText as refusal:
        raise WorkflowError(str(refusal)) from None
