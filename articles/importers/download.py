"""Fetching a list from the address that its operator set: whole, or the copy from before stays."""

import json
import os
import re
import time
import urllib.request
from http import HTTPStatus
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit

from .records import UnreadableFile
from .retractions import MAX_BYTES

SILENCE = 30  # seconds without an answer
LONGEST = 240  # seconds for all of it
_CHUNK = 1 << 18
_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_LOCAL = {"localhost", "127.0.0.1", "::1"}


def is_address(source: str) -> bool:
    """Whether this names something to be fetched, and not a file."""
    return bool(_ADDRESS.match(source))


def spoken(address: str) -> str:
    """The address without what may be secret in it: a user, a password, a query."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.hostname or ''}{parts.path}"


def download(address: str, *, into: Path) -> Path:
    """The file behind `address`, kept in the folder `into`; not sent again while it has not changed.

    Raises:
        UnreadableFile: it did not arrive as a whole; what was fetched before is as it was.
    """
    _refuse_unprotected(address)
    into.mkdir(parents=True, exist_ok=True)
    kept, note = into / "list.csv", into / "list.json"
    request = urllib.request.Request(address, headers=_conditions(address, kept, note))  # noqa: S310 (checked above)
    try:
        with _opener.open(request, timeout=SILENCE) as answer:
            _store(answer, kept)
            _write(note, {"address": address, **_validators(answer)})
    except HTTPError as refusal:
        if refusal.code == HTTPStatus.NOT_MODIFIED and kept.exists():
            return kept
        raise _trouble(address, f"the server answered {refusal.code}") from None
    except (OSError, HTTPException) as trouble:
        reason = trouble.reason if isinstance(trouble, URLError) else trouble
        raise _trouble(address, f"the connection failed ({reason or type(trouble).__name__})") from None
    return kept


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows nothing that leads away from a protected connection."""

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        _refuse_unprotected(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


_opener = urllib.request.build_opener(_Redirects)


def _refuse_unprotected(address: str) -> None:
    """Whoever can change the list on its way can hide a retraction."""
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOCAL):
        raise UnreadableFile(f"{spoken(address)} is not an https:// address, so the list could be changed on its way.")


def _conditions(address: str, kept: Path, note: Path) -> dict[str, str]:
    """What asks for the file only if it is another one than the copy at hand, where that is from this address."""
    headers = {"User-Agent": "editorial-desk", "Accept-Encoding": "identity"}
    try:
        known = json.loads(note.read_text())
    except (OSError, ValueError):
        return headers
    if not kept.exists() or known.get("address") != address:
        return headers
    asked = {"If-None-Match": known.get("etag"), "If-Modified-Since": known.get("last_modified")}
    return headers | {name: said for name, said in asked.items() if said}


def _validators(answer: HTTPResponse) -> dict[str, str]:
    return {"etag": answer.headers.get("ETag", ""), "last_modified": answer.headers.get("Last-Modified", "")}


def _store(answer: HTTPResponse, kept: Path) -> None:
    """Only what arrived to its last byte takes the place of the copy from before."""
    arriving = kept.with_suffix(".part")
    try:
        with arriving.open("wb") as file:
            _refuse_cut_off(answer, _received(answer, file))
        os.replace(arriving, kept)
    finally:
        arriving.unlink(missing_ok=True)


def _received(answer: HTTPResponse, file: Any) -> int:
    given_up_at, received = time.monotonic() + LONGEST, 0
    while chunk := answer.read1(_CHUNK):
        received += len(chunk)
        if received > MAX_BYTES:
            raise _trouble(answer.url, f"it is larger than {MAX_BYTES // 1_000_000} MB")
        if time.monotonic() > given_up_at:
            raise _trouble(answer.url, f"it had not arrived after {LONGEST} seconds")
        file.write(chunk)
    return received


def _refuse_cut_off(answer: HTTPResponse, received: int) -> None:
    announced = answer.headers.get("Content-Length", "")
    if answer.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise _trouble(answer.url, "it came compressed, which was not asked for")
    if announced and announced != str(received):
        raise _trouble(answer.url, f"only {received} of {announced} bytes arrived")
    if not announced and not getattr(answer, "chunked", False):
        raise _trouble(answer.url, "the server did not say how long it is, so nobody can tell whether it is whole")


def _write(note: Path, said: dict[str, str]) -> None:
    note.write_text(json.dumps(said))


def _trouble(address: str, what: str) -> UnreadableFile:
    return UnreadableFile(f"{spoken(address)} could not be fetched: {what}. It is tried again with the next round.")
