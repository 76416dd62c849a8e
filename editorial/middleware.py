"""The caution guard, which stands outermost, and the name each request is known by."""

import logging
import time
import uuid
from collections import Counter
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import BadRequest, ObjectDoesNotExist, PermissionDenied, SuspiciousOperation
from django.db import Error
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError

from editorial import refusal_pages
from editorial.audit import record
from editorial.visible import pieces

log = logging.getLogger(__name__)
GetResponse = Callable[[HttpRequest], HttpResponse]

# Django turns these into 400, 403 and 404, which carry no article.
ANSWERS = (Http404, PermissionDenied, SuspiciousOperation, BadRequest, MultiPartParserError)
JSON_REFUSAL = {"detail": "This is not available just now. Try again in a while."}
JSON_HEADERS = {"Retry-After": "300", "Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
SECURITY_HEADERS = (
    *("Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy"),
    *("Cross-Origin-Opener-Policy", "Strict-Transport-Security"),
)
SAME_NEWS_SECONDS = 300
MOST_NEWS = 1000


class RequestId:
    """Gives each request a name, so that what a person reports can be found in the log."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.id = uuid.uuid4().hex  # type: ignore[attr-defined]
        response = self.get_response(request)
        response["X-Request-ID"] = request.id  # type: ignore[attr-defined]
        return response


class BodyLimit:
    """Answers 413 to a body that no page here asks for, before a byte of it is read or stored.

    Where somebody is signed in, the admin takes `LONGEST_ADMIN_BODY`: a retraction list is long.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        at_the_desk = request.path.startswith("/admin/") and settings.SESSION_COOKIE_NAME in request.COOKIES
        limit = settings.LONGEST_ADMIN_BODY if at_the_desk else settings.LONGEST_BODY
        if _stated_length(request) <= limit:
            return self.get_response(request)
        return refusal_pages.refusal(None, "413.html", status=413, limit=limit // 1_000_000)


def _stated_length(request: HttpRequest) -> int:
    try:
        return int(request.headers.get("content-length") or 0)
    except ValueError:
        return 0  # Django reads nothing of a body whose length is not a number


class CautionGuard:
    """Lets no public answer out in which an unapproved unit stands without its caution: 503 instead, and an incident.

    Views declare what they carry through `articles.channels`; the guard looks at the finished body and trusts nothing
    else. A public view that declares nothing is refused as well, and so is a body that cannot be read.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self._told: dict[str, float] = {}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not _is_public(request, response):
            return response
        why = _why_not(response)
        return self._refuse(request, response, why) if why else response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A public view that fails says nothing rather than something unproven."""
        if not _is_public(request, None) or isinstance(exception, ANSWERS):
            return None
        log.error("%s could not be served", request.path, exc_info=exception)
        return _unavailable()

    def _refuse(self, request: HttpRequest, response: HttpResponse, why: str) -> HttpResponse:
        log.error("Refused to serve %s: %s", request.path, why)
        if self._is_news(f"{request.path} {why}"):
            _put_on_record(request, why)
        return _unavailable(instead_of=response)

    def _is_news(self, what: str) -> bool:
        """One entry for a page that is asked for again and again: a stranger's reloads must not fill the chain."""
        now = time.monotonic()
        if now - self._told.get(what, -SAME_NEWS_SECONDS) < SAME_NEWS_SECONDS:
            return False
        if len(self._told) >= MOST_NEWS:
            self._told.clear()
        self._told[what] = now
        return True


def what_is_missing(response: HttpResponse) -> str:
    """Why this body may not leave, or nothing."""
    if not getattr(response, "declares_units", False):
        is_success = 200 <= response.status_code < 300
        return "the view carries articles and did not declare which" if is_success else ""
    if response.streaming:
        return "the answer is a stream, which cannot be looked at before it leaves"
    owed = Counter(" ".join(words.split()) for words in response.cautions_owed)  # type: ignore[attr-defined]
    if not owed:
        return ""
    kind = response.get("Content-Type", "")
    found = pieces(response.content, content_type=kind, charset=response.charset) if response.content else []
    for words, units in owed.items():
        needed = max(units, len(found)) if "pdf" in kind else units  # on every sheet
        if sum(words in piece for piece in found) < needed:
            return f"“{words[:60]}…” does not stand in {needed} of the articles in the body"
    return ""


def _is_public(request: HttpRequest, response: HttpResponse | None) -> bool:
    """Marked on the answer, or on the view where something on the way has put another answer in its place."""
    match = getattr(request, "resolver_match", None)
    return any(getattr(marked, "is_public_channel", False) for marked in (response, match and match.func))


def _why_not(response: HttpResponse) -> str:
    try:
        return what_is_missing(response)
    except Exception as trouble:
        log.exception("A body could not be read")
        return f"its body could not be read ({type(trouble).__name__})"


def _put_on_record(request: HttpRequest, why: str) -> None:
    try:
        record("guard.refused", by=None, about=request.path[:200], why=why)
    except (Error, ObjectDoesNotExist):
        log.exception("The refusal could not be put on record")


def _unavailable(*, instead_of: HttpResponse | None = None) -> HttpResponse:
    """Without the request: whose session it is must not be what keeps the refusal from being said."""
    if instead_of is not None and "json" in instead_of.get("Content-Type", ""):
        refused: HttpResponse = JsonResponse(JSON_REFUSAL, status=503, headers=JSON_HEADERS)
    else:
        refused = refusal_pages.refusal(None, "503.html", status=503, retry=refusal_pages.RETRY_SECONDS)
    for name in SECURITY_HEADERS:
        if instead_of is not None and name in instead_of:
            refused[name] = instead_of[name]
    return refused
