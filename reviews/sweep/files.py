"""Reads what readers take along: the sheets of a PDF, the words of a picture, the records of a file."""

import io
import json
import struct
import zlib
from collections.abc import Iterator
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from reviews.sweep.words import Words

PNG = b"\x89PNG\r\n\x1a\n"
SAID_UNDER = b"Description\0"
LONGEST_SAID = 100_000  # bytes, unpacked


class Unreadable(Exception):
    """The file is not what its content type says."""


def pieces_of(body: bytes, content_type: str) -> tuple[Words, ...]:
    """The words of each piece that somebody may hand on alone: each sheet of a PDF, else the whole.

    Raises:
        Unreadable: it is not of its type.
    """
    try:
        return tuple(Words.of(words) for words in _pieces(body, content_type))
    except (ValueError, RecursionError, PyPdfError, struct.error, zlib.error) as fault:
        raise Unreadable(f"not readable as {content_type}: {fault}") from fault


def _pieces(body: bytes, content_type: str) -> Iterator[str]:
    if "pdf" in content_type:
        yield from (sheet.extract_text() for sheet in PdfReader(io.BytesIO(body)).pages)
    elif "png" in content_type:
        yield _said_in(body)
    elif "json" in content_type:
        yield " ".join(_strings(json.loads(body)))
    else:
        # In BibTeX a sign may stand behind a backslash or in braces of its own; neither is read.
        yield body.decode("utf-8", errors="replace").translate({ord("\\"): None, ord("{"): None, ord("}"): None})


def _said_in(picture: bytes) -> str:
    """What the picture says to those who do not see it (PNG, section 11.3.3: iTXt)."""
    if not picture.startswith(PNG):
        raise ValueError("it does not begin as a PNG does")
    place = len(PNG)
    while place < len(picture):
        length, kind = struct.unpack_from(">I4s", picture, place)
        data = picture[place + 8 : place + 8 + length]
        if kind == b"iTXt" and data.startswith(SAID_UNDER):
            return _text_of(data[len(SAID_UNDER) :])
        place += length + 12
    return ""


def _text_of(data: bytes) -> str:
    is_packed, rest = data[0], data[2:]
    _, _, text = rest.split(b"\0", 2)
    unpacked = zlib.decompressobj().decompress(text, LONGEST_SAID) if is_packed else text
    return unpacked.decode()


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _strings(inner)
