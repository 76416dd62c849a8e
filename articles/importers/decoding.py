"""From the bytes of an upload to text, or to a sentence that says why not."""

import codecs
import re

from .records import ImportProblem, UnreadableFile

MAX_BYTES = 5_000_000

_BYTE_ORDER_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_SIGNATURES = {
    b"PK\x03\x04": "a Word document or another zipped file",
    b"%PDF": "a PDF",
    b"\x1f\x8b": "a compressed file",
    b"\xd0\xcf\x11\xe0": "an old Word or Excel document",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"{\\rtf": "a rich-text document",
    b"7z\xbc\xaf": "a compressed file",
    b"Rar!\x1a": "a compressed file",
    b"MZ\x90": "a program",
    b"\x7fELF": "a program",
}
_WEB_PAGE = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_XML_ENCODING = re.compile(
    rb"""<\?xml[^>]{0,100}?encoding\s*=\s*["'](iso-8859-[0-9]{1,2}|windows-125[0-8])["']""", re.I
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def decode(data: bytes, *, name: str) -> tuple[str, tuple[ImportProblem, ...]]:
    """The text of an upload, lines ended by newlines, and what had to be assumed about its encoding.

    Raises:
        UnreadableFile: empty, over `MAX_BYTES`, binary, or holding NUL bytes.
    """
    _refuse_what_is_no_text(data, name=name)
    text, problems = _text(data, name=name)
    if "\0" in text or len(_CONTROL.findall(text[:20_000])) > 10:
        raise UnreadableFile(
            f"“{name}” holds NUL bytes or other characters that no text has, so it is damaged or not a text file. "
            "Export it again as UTF-8 text."
        )
    return text.replace("\r\n", "\n").replace("\r", "\n"), problems


def _refuse_what_is_no_text(data: bytes, *, name: str) -> None:
    if len(data) > MAX_BYTES:
        raise UnreadableFile(
            f"“{name}” is larger than {MAX_BYTES // 1_000_000} MB. Export only what this article needs."
        )
    if not data.strip():
        raise UnreadableFile(f"“{name}” is empty. Check the export, and choose the file again.")
    if _WEB_PAGE.match(data[:1000]):
        raise UnreadableFile(
            f"“{name}” is a web page, which cannot be read here. Use the export of the program or database it shows."
        )
    for signature, kind in _SIGNATURES.items():
        if data.startswith(signature):
            raise UnreadableFile(f"“{name}” is {kind}, which cannot be read here. Save it as plain text first.")


def _text(data: bytes, *, name: str) -> tuple[str, tuple[ImportProblem, ...]]:
    encoding = next((encoding for mark, encoding in _BYTE_ORDER_MARKS if data.startswith(mark)), "")
    if not encoding and (declared := _XML_ENCODING.match(data.lstrip())):
        encoding = declared[1].decode()
    try:
        return data.decode(encoding or "utf-8"), ()
    except (UnicodeDecodeError, LookupError):
        if encoding:
            raise UnreadableFile(
                f"“{name}” says it is {encoding.upper().removesuffix('-SIG')} and is not. "
                "Save it as UTF-8, and choose it again."
            ) from None
    assumed = "The file is not UTF-8. It was read as Windows-1252: check accents and signs, or save it as UTF-8."
    return data.decode("cp1252", errors="replace"), (ImportProblem(None, "", assumed),)
