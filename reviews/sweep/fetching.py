"""Asks for pages like a stranger: over HTTP, without cookies, within a time and a size."""

import time
from collections.abc import Mapping
from email.message import Message
from http.client import HTTPException, HTTPMessage
from typing import IO
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, ProxyHandler, Request, build_opener

from django.conf import settings

from reviews.sweep.documents import Document, Unreadable, read

PATIENCE = 10.0  # seconds for each step
LONGEST = 30.0  # seconds for all of them
LARGEST = 8 * 1024 * 1024
PIECE = 64 * 1024


class Unreachable(Exception):
    """No usable answer came; the message says from where and why."""


class Answer:
    """Status and body of one answer, whatever the status."""

    def __init__(self, path: str, status: int, content_type: str, body: bytes) -> None:
        self.path, self.status, self.content_type, self.body = path, status, content_type, body

    def read(self) -> Document:
        try:
            return read(self.body.decode("utf-8", errors="replace"), self.content_type)
        except Unreadable as fault:
            raise Unreachable(f"{self.path} is {fault}.") from fault


class _NoRedirects(HTTPRedirectHandler):
    """An answer that points elsewhere is an answer too: what stands elsewhere is looked at under its own address."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        return None


def fetch(address: str, *, sent: Mapping[str, str] | None = None) -> Answer:
    """Get a path of this site, or send a form to it; of a whole address only path and query count.

    Raises:
        Unreachable: nobody answered in time, or with more than `LARGEST` bytes.
    """
    parts = urlsplit(address)
    path = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
    # settings.SWEEP_URL is the administrator's own word; nothing a reader or an author wrote gets into it.
    data = urlencode(sent).encode() if sent else None
    headers = {"User-Agent": "Mozilla/5.0", "Accept": "*/*"}
    request = Request(settings.SWEEP_URL + path, data=data, headers=headers)  # noqa: S310
    try:
        with _opener().open(request, timeout=PATIENCE) as response:
            return _answer(path, response.status, response.headers, response)
    except HTTPError as refusal:
        with refusal:
            return _answer(path, refusal.code, refusal.headers, refusal)
    except (OSError, HTTPException) as trouble:
        raise Unreachable(f"{settings.SWEEP_URL}{path} did not answer: {trouble}.") from trouble


def _opener() -> OpenerDirector:
    return build_opener(ProxyHandler({}), _NoRedirects())


def _answer(path: str, status: int, headers: Message, stream: IO[bytes]) -> Answer:
    try:
        body = _read_within(stream, path)
    except (OSError, HTTPException) as trouble:
        raise Unreachable(f"{path} broke off: {trouble}.") from trouble
    return Answer(path, status, headers.get("Content-Type", ""), body)


def _read_within(stream: IO[bytes], path: str) -> bytes:
    deadline, body = time.monotonic() + LONGEST, bytearray()
    while piece := stream.read(PIECE):
        body += piece
        if len(body) > LARGEST:
            raise Unreachable(f"{path} is larger than {LARGEST} bytes, which no page of ours is.")
        if time.monotonic() > deadline:
            raise Unreachable(f"{path} was not complete after {LONGEST:g} seconds.")
    return bytes(body)
