"""What the headers of an answer say: how far it may be trusted, indexed and kept."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from http import HTTPStatus

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from articles.public import PublicArticle
from articles.remembering import fingerprint
from articles.source_status import list_version

LONGEST_SHARED = 60  # seconds a shared cache may go on showing an approved page


def status_of(unit: PublicArticle) -> HTTPStatus:
    """What the address of one article answers, on every channel; 200 may still be without text."""
    told = unit.standing
    if not told.is_listed:
        return HTTPStatus.NOT_FOUND
    if told.is_quarantined:
        return HTTPStatus.SERVICE_UNAVAILABLE
    return HTTPStatus.GONE if told.is_gone else HTTPStatus.OK


def for_unit(
    response: HttpResponse, unit: PublicArticle, request: HttpRequest, *, at: datetime, beside: str = ""
) -> HttpResponse:
    """Say the standing; let only checked text be indexed, and let only strangers' copies of it be kept."""
    told = unit.standing
    response["X-Review-Standing"] = told.state.value
    if not told.is_indexable or unit.text is None:
        keep_out_of_search(response)
    response["Cache-Control"] = _cache_control(unit, request, at=at)
    if etag := etag_of(unit, request, beside=beside):
        response["ETag"] = etag
    patch_vary_headers(response, ["Cookie"])
    return response


def for_list(response: HttpResponse, units: Iterable[PublicArticle]) -> HttpResponse:
    """A list is as fresh as its most doubtful item."""
    pending = any(unit.standing.is_pending for unit in units)
    response["Cache-Control"] = "no-store" if pending else "private, max-age=0, must-revalidate"
    patch_vary_headers(response, ["Cookie"])
    return response


def keep_out_of_search(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex"
    return response


def etag_of(unit: PublicArticle, request: HttpRequest, *, beside: str = "") -> str | None:
    """A strong validator of a stranger's page of checked text. Never a date: two standings can share a second.

    `beside` is what else the page says, which the unit does not know of.
    """
    if unit.standing.is_pending or unit.text is None or not is_stranger(request):
        return None
    site = (settings.SITE_URL, settings.SITE_NAME, settings.CONTACT_EMAIL)
    named = "\n".join([request.path, *site, fingerprint(unit), list_version(), beside])
    return f'"{hashlib.sha256(named.encode()).hexdigest()[:40]}"'


def is_stranger(request: HttpRequest) -> bool:
    """Nobody signed in and no message waiting: the page is the same for all of them."""
    return not request.COOKIES.keys() & {settings.SESSION_COOKIE_NAME, CookieStorage.cookie_name}


def is_a_read(request: HttpRequest) -> bool:
    """A stranger's browser: it says that it wants a page, which the sweep and most programs do not."""
    return request.method == "GET" and "text/html" in request.headers.get("Accept", "") and is_stranger(request)


def _cache_control(unit: PublicArticle, request: HttpRequest, *, at: datetime) -> str:
    told = unit.standing
    if told.is_pending or told.check_due is None or told.is_quarantined:
        return "no-store"
    # Who chose a variant gets a page of their own: a shared cache that overlooks `Vary` hands out the whole text.
    if unit.reader or not is_stranger(request):
        return "private, max-age=0, must-revalidate"
    left = int((told.check_due - at).total_seconds())
    return f"max-age=0, s-maxage={max(0, min(LONGEST_SHARED, left))}, must-revalidate"
