"""Whether the house answers, and whether its work gets done: judged by progress, never by a process being alive."""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

from articles.channels import carries_no_article_text
from editorial import clock, immutability
from editorial.models import AccountMail
from reviews import sweep
from reviews.kinds import Delivery
from reviews.models import Notification, Sweep

log = logging.getLogger(__name__)

LONGEST_DUE = timedelta(minutes=15)
LONGEST_UNSENT = timedelta(hours=1)
LONGEST_UNSWEPT = timedelta(minutes=30)
STARTED = time.monotonic()


@carries_no_article_text
@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers. Nothing else is asked, so that a broken database restarts no healthy process."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@carries_no_article_text
@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 while every check that counts is good, else 503; the JSON names each.

    Queue and mail are reported and do not count: without the queue pages stay right, and what then stays undone fails
    its own check soon enough; without a mail server the outbox keeps what is due and goes on trying.
    """
    checks = {name: _judged(check) for name, check in CHECKS.items()}
    is_ready = all(checks.values())
    reported = {"queue": _judged(queue_answers), "mail": _judged(mail_goes_out)}
    return JsonResponse({"ready": is_ready, "checks": checks, "reported": reported}, status=200 if is_ready else 503)


def guards_are_in_place() -> bool:
    return not immutability.missing()


def outbox_moves() -> bool:
    """Nothing that is due has been left lying. A message that waits for its next try is not due."""
    return not _waits_since(due_at__lt=clock.now() - LONGEST_DUE)


def sweep_is_recent() -> bool:
    """A complete sweep is at most half an hour old, or nothing has been in need of one for longer than that."""
    since = clock.now() - LONGEST_UNSWEPT
    if Sweep.objects.filter(is_complete=True, finished_at__gte=since).exists():
        return True
    just_started = time.monotonic() - STARTED < LONGEST_UNSWEPT.total_seconds()
    return just_started or not _out_since(since)


def _out_since(moment: datetime) -> bool:
    return sweep.unchecked(at=moment).filter(first_public_at__lte=moment).exists()


def database_answers() -> bool:
    connection.ensure_connection()
    return connection.is_usable()


def queue_answers() -> bool:
    """The queue and the cache are one server."""
    try:
        cache.get("readyz")
    except (RedisError, OSError) as trouble:
        log.warning("The queue does not answer: %s", trouble)
        return False
    return True


def mail_goes_out() -> bool:
    return not _waits_since(created_at__lt=clock.now() - LONGEST_UNSENT)


def _waits_since(**longer: datetime) -> bool:
    outboxes = (Notification.objects.filter(state=Delivery.DUE), AccountMail.objects.filter(state=Delivery.DUE))
    return any(outbox.filter(**longer).exists() for outbox in outboxes)


CHECKS: dict[str, Callable[[], bool]] = {
    "database": database_answers,
    "guards": guards_are_in_place,
    "outbox": outbox_moves,
    "sweep": sweep_is_recent,
}


def _judged(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except DatabaseError as trouble:
        log.warning("%s: %s", check.__name__, trouble)
        return False
