"""Whole numbers as strangers write them, in addresses and forms."""

from django.http import Http404

LONGEST = 18  # digits; a key that every database can hold


def whole(written: str | None, *, digits: int = LONGEST) -> int | None:
    """The number, or None where something else was written, nothing, or more than that many digits."""
    if written and written.isascii() and written.isdigit() and len(written) <= digits:
        return int(written)
    return None


def whole_or_404(written: str, *, digits: int = LONGEST) -> int:
    """The number; an address that holds something else in its place leads nowhere."""
    number = whole(written, digits=digits)
    if number is None:
        raise Http404
    return number
