"""Sends pages to strangers compressed, under a strong validator of its own."""

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

TEXT = ("text/", "application/json", "application/feed+json", "application/atom+xml", "application/xml")
ENDING = '-gzip"'


class Compression(GZipMiddleware):
    """The framework's own makes validators weak; ours names the compressed form, so that it stays a strong one.

    Whoever is signed in gets pages as they are: where a page holds both a secret and what somebody else chose, its
    compressed length gives the secret away.
    """

    def process_request(self, request: HttpRequest) -> None:
        given = request.META.get("HTTP_IF_NONE_MATCH", "")
        request.had_compressed = ENDING in given  # type: ignore[attr-defined]
        if request.had_compressed:  # type: ignore[attr-defined]
            request.META["HTTP_IF_NONE_MATCH"] = given.replace(ENDING, '"')

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        etag = response.get("ETag", "")
        if response.status_code == 304:
            return _named(response, etag) if request.had_compressed else response  # type: ignore[attr-defined]
        is_text = response.get("Content-Type", "").startswith(TEXT)
        if response.streaming or not is_text or settings.SESSION_COOKIE_NAME in request.COOKIES:
            return response
        sent = super().process_response(request, response)
        return _named(sent, etag) if sent.get("Content-Encoding") == "gzip" else sent


def _named(response: HttpResponseBase, etag: str) -> HttpResponseBase:
    if etag.endswith('"'):
        response["ETag"] = f"{etag[:-1]}{ENDING}"
    return response
