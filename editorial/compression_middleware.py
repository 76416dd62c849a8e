"""Sends pages to strangers compressed, under a strong validator of its own."""

import re

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_vary_headers

TEXT = ("text/", "application/json", "application/feed+json", "application/atom+xml", "application/xml")
ENDING = '-gzip"'
REFUSED = re.compile(r"\bgzip\s*;\s*q=0(\.0*)?\s*(,|$)")


class Compression(GZipMiddleware):
    """The framework's own makes validators weak; ours names the compressed form, so that it stays a strong one.

    Whoever is signed in gets pages as they are: where a page holds both a secret and what somebody else chose, its
    compressed length gives the secret away.
    """

    # A strong validator stands for the same bytes every time. The one secret on a stranger's page, the token of a form,
    # is written anew on every page.
    max_random_bytes = 0

    def process_request(self, request: HttpRequest) -> None:
        given = request.headers.get("if-none-match", "")
        request.validators = given  # type: ignore[attr-defined]
        request.META["HTTP_IF_NONE_MATCH"] = given.replace(ENDING, '"')

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        etag = response.get("ETag", "")
        if response.status_code == 304:
            return _unchanged(response, etag, given=request.validators)  # type: ignore[attr-defined]
        is_text = response.get("Content-Type", "").startswith(TEXT)
        if response.streaming or not is_text or settings.SESSION_COOKIE_NAME in request.COOKIES:
            return response
        if REFUSED.search(request.headers.get("Accept-Encoding", "")):
            patch_vary_headers(response, ["Accept-Encoding"])
            return response
        sent = super().process_response(request, response)
        return _named(sent, etag) if sent.get("Content-Encoding") == "gzip" else sent


def _unchanged(response: HttpResponseBase, etag: str, *, given: str) -> HttpResponseBase:
    """Under the name of the copy that the asker has; it varies by what the page itself would (RFC 9110, 15.4.5)."""
    patch_vary_headers(response, ["Accept-Encoding"])
    has_compressed_only = f"{etag[:-1]}{ENDING}" in given and etag not in given
    return _named(response, etag) if etag and has_compressed_only else response


def _named(response: HttpResponseBase, etag: str) -> HttpResponseBase:
    if etag.endswith('"'):
        response["ETag"] = f"{etag[:-1]}{ENDING}"
    return response
