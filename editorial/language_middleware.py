"""Readers are spoken to in the language of the site; the desks, and all that is put on record there, in English."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

GetResponse = Callable[[HttpRequest], HttpResponse]
DESKS = ("/account/", "/admin/", "/desk/", "/write/", "/inbox/")


class Language:
    """One language for all readers: what a cache may share stays the same for everybody."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        at_a_desk = request.path_info.startswith(DESKS)
        with translation.override(settings.LANGUAGE_CODE if at_a_desk else settings.READERS_LANGUAGE):
            return self.get_response(request)
