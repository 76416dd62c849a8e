"""When somebody last looked at the list of their reviews: kept in their own browser, so that looking writes nothing."""

from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from editorial import clock
from editorial.admin_doors import visitor

COOKIE = "reviews_seen"
KEPT = timedelta(days=365)
# A second look within this time belongs to the same visit: what was new then is still marked.
ONE_VISIT = timedelta(minutes=30)


def before(request: HttpRequest) -> datetime | None:
    """The end of the visit before this one; none if this browser has not been here."""
    said = request.get_signed_cookie(COOKIE, "", salt=_salt(request))
    if not said:
        return None
    earlier, last = (datetime.fromisoformat(moment) for moment in said.split(" "))
    return earlier if clock.now() - last < ONE_VISIT else last


def note(request: HttpRequest, response: HttpResponse) -> None:
    """Remember this look."""
    now = clock.now()
    response.set_signed_cookie(
        COOKIE,
        f"{(before(request) or now).isoformat()} {now.isoformat()}",
        salt=_salt(request),
        max_age=KEPT,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _salt(request: HttpRequest) -> str:
    return f"reviews.seen.{visitor(request).pk}"
