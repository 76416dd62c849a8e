"""How often strangers may ask, counted without knowing who they are."""

import hmac
import ipaddress
import logging
import secrets
import time
from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from redis.exceptions import RedisError

from editorial.refusal_pages import refusal, typed_in

log = logging.getLogger(__name__)

View = Callable[..., Any]
SAFE = ("GET", "HEAD", "OPTIONS")
DAY = 24 * 60 * 60
RETRY_SECONDS = 120


class Rate(NamedTuple):
    """So many times within so many seconds."""

    times: int
    seconds: int


def limited(name: str, rate: Rate) -> Callable[[View], View]:
    """Let one address send to this view only so often: 429 beyond that, 503 where nobody can count.

    Reading (GET) is not counted. Kept in the cache alone: a number under a hash of the address, salted with a secret of
    the day that nobody else knows and that is gone the day after.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if request.method in SAFE:
                return view(request, *args, **kwargs)
            try:
                wait = _wait(name, rate, request)
            except (RedisError, OSError) as trouble:
                log.warning("%s cannot be counted (%s), so nothing was taken.", name, trouble)
                typed = typed_in(request)
                return refusal(request, "limits/cannot_count.html", status=503, retry=RETRY_SECONDS, typed=typed)
            if wait:
                return refusal(request, "429.html", status=429, retry=wait, typed=typed_in(request))
            return view(request, *args, **kwargs)

        return counted

    return decorate


def small(largest: int) -> Callable[[View], View]:
    """Refuse a body of more than `largest` bytes (413): no stranger's form is that long."""

    def decorate(view: View) -> View:
        @wraps(view)
        def measured(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            length = request.headers.get("content-length") or "0"
            if not (length.isascii() and length.isdigit()) or int(length) <= largest:
                return view(request, *args, **kwargs)
            return refusal(request, "413.html", status=413, limit=largest / 1_000_000)

        return measured

    return decorate


def _wait(name: str, rate: Rate, request: HttpRequest) -> int:
    """Count this time; how many seconds to wait where it is one too many, else 0."""
    now = int(time.time())
    window, passed = divmod(now, rate.seconds)
    key = f"limits:{name}:{window}:{_pseudonym(_address(request), day=now // DAY)}"
    cache.add(key, 0, rate.seconds)
    try:
        times = cache.incr(key)
    except ValueError:
        return 0  # it expired between the two calls: a new window has begun
    return rate.seconds - passed if times > rate.times else 0


def _pseudonym(address: str, *, day: int) -> str:
    """The same for one address on one day; without the day's secret it says nothing about the address."""
    salt = cache.get_or_set(f"limits:salt:{day}", lambda: secrets.token_hex(32), DAY)
    return hmac.new(str(salt).encode(), address.encode(), "sha256").hexdigest()[:32]


def _address(request: HttpRequest) -> str:
    """Who knocks: of an IPv6 address the network, for a house has as many addresses as it wants."""
    given = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:
        # The last hop is what our own proxy saw; everything before it is the visitor's word.
        given = request.headers.get("x-forwarded-for", given).rpartition(",")[2].strip()
    try:
        address = ipaddress.ip_address(given)
    except ValueError:
        return "unknown"
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
