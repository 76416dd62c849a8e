"""The pages that say why something was not shown or not taken; each can be made without the database."""

import logging
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadhandler import StopFutureHandlers
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.template.loader import render_to_string

from editorial.context import site

log = logging.getLogger(__name__)

LAST_RESORT = (
    '<!doctype html><html lang="en"><meta name="robots" content="noindex"><title>Not available just now</title>'
    "<h1>This page is not available just now</h1><p>Please try again in a few minutes.</p></html>"
)
RETRY_SECONDS = 300
MOST_FIELDS = 12
LONGEST_TYPED = 100_000  # characters, of all fields together
UNSAID = ("password", "passphrase", "token", "code", "secret", "credential", "website", "next")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refusal(request, "400.html", status=400)


def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refusal(request, "403.html", status=403, why=str(exception), typed=typed_in(request))


def form_too_old(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Where the framework could not make sure that a form was ours."""
    return refusal(request, "403_csrf.html", status=403, typed=typed_in(request))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Also where somebody saves what is no longer theirs to save, and still wants their words."""
    return refusal(request, "404.html", status=404, typed=typed_in(request))


def failed(request: HttpRequest) -> HttpResponse:
    return refusal(None, "500.html", status=500)


def refusal(
    request: HttpRequest | None, template: str, *, status: int, retry: int | None = None, **context: Any
) -> HttpResponse:
    """With the frame of every page; without a request, or where its session cannot be read, as a stranger gets it."""
    if retry is not None:
        context["minutes"] = -(-retry // 60)
    response = HttpResponse(_made(request, template, context), status=status)
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    if retry is not None:
        response["Retry-After"] = str(retry)
    return response


def typed_in(request: HttpRequest) -> list[str]:
    """What a person wrote into the form that is refused, to be handed back; never a word that another site sent."""
    if request.method != "POST" or request.headers.get("sec-fetch-site") != "same-origin":
        return []
    try:
        given = request.POST.items()
    except (SuspiciousOperation, MultiPartParserError, OSError, StopFutureHandlers):
        return []
    said = [str(words) for name, words in given if _is_written(name, str(words))]
    return said[:MOST_FIELDS] if sum(map(len, said)) <= LONGEST_TYPED else []


def _is_written(name: str, words: str) -> bool:
    return len(words.split()) > 1 and not any(each in name.casefold() for each in UNSAID)


def _made(request: HttpRequest | None, template: str, context: dict[str, Any]) -> str:
    if request is not None:
        try:
            return render_to_string(template, context, request)
        except DatabaseError:
            log.exception("%s was made without asking the database", template)
    try:
        return render_to_string(template, site() | context)
    except Exception:
        log.exception("%s cannot be used", template)
        return LAST_RESORT
