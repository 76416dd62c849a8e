"""The caution guard, which stands outermost, and the name each request is known by."""

import html
import json
import logging
import re
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.template import TemplateDoesNotExist
from django.template.loader import render_to_string

from editorial.audit import record

log = logging.getLogger(__name__)
GetResponse = Callable[[HttpRequest], HttpResponse]

UNSEEN = re.compile(r"<(head|script|style|template)\b.*?</\1\s*>|<!--.*?-->", re.DOTALL | re.IGNORECASE)
TAG = re.compile(r"<[^>]*>")
PLAIN_REFUSAL = "<!doctype html><title>Not available just now</title><h1>This page is not available just now</h1>"


class RequestId:
    """Gives each request a name, so that what a person reports can be found in the log."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.id = uuid.uuid4().hex  # type: ignore[attr-defined]
        response = self.get_response(request)
        response["X-Request-ID"] = request.id  # type: ignore[attr-defined]
        return response


class CautionGuard:
    """Lets no public answer out in which an unapproved unit stands without its caution: 503 instead, and an incident.

    Views declare what they carry through `articles.channels`; the guard looks at the finished body and trusts nothing
    else. A view that carries articles and declares nothing is refused as well.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not getattr(response, "is_public_channel", False) or not 200 <= response.status_code < 300:
            return response
        missing = what_is_missing(response)
        return _refuse(request, missing) if missing else response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A public view that fails says nothing rather than something unproven."""
        match = request.resolver_match
        if match is None or not getattr(match.func, "is_public_channel", False) or _is_answer(exception):
            return None
        log.exception("%s could not be served", request.path)
        return _unavailable()


def what_is_missing(response: HttpResponse) -> str:
    """Why this body may not leave, or nothing."""
    if not getattr(response, "declares_units", False):
        return "the view carries articles and did not declare which"
    if response.streaming:
        return "the answer is a stream, which cannot be looked at before it leaves"
    owed = Counter(_folded(words) for words in response.cautions_owed)  # type: ignore[attr-defined]
    if not owed:
        return ""
    seen = _folded(" ".join(_visible(response)))
    return next(
        (f"“{words[:60]}…” is not in the body {n} times" for words, n in owed.items() if seen.count(words) < n), ""
    )


def _visible(response: HttpResponse) -> Iterator[str]:
    body = response.content.decode(response.charset or "utf-8", errors="replace")
    if "json" in response.get("Content-Type", ""):
        yield from _strings(json.loads(body))
    elif "xml" in response.get("Content-Type", ""):
        # Feed entries hold HTML as text: read through both layers.
        yield TAG.sub(" ", html.unescape(TAG.sub(" ", body)))
    else:
        yield html.unescape(TAG.sub(" ", UNSEEN.sub(" ", body)))


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


def _folded(text: str) -> str:
    return " ".join(html.unescape(text).split())


def _is_answer(exception: Exception) -> bool:
    """Django turns these into 400, 403 and 404, which carry no article."""
    return type(exception).__name__ in {"Http404", "PermissionDenied", "SuspiciousOperation", "BadRequest"}


def _refuse(request: HttpRequest, why: str) -> HttpResponse:
    log.error("Refused to serve %s: %s", request.path, why)
    try:
        record("guard.refused", by=None, about=request.path[:200], why=why)
    except DatabaseError:
        log.exception("The refusal could not be put on record")
    return _unavailable()


def _unavailable() -> HttpResponse:
    try:
        body = render_to_string("503.html")
    except TemplateDoesNotExist:
        body = PLAIN_REFUSAL
    headers = {"Retry-After": "300", "Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
    return HttpResponse(body, status=503, headers=headers)
