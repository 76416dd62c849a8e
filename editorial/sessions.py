"""Where somebody is signed in, and how they end it from elsewhere."""

import re
from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session as StoredSession
from django.db import transaction

from editorial.audit import record
from editorial.models import User

MOST_LISTED = 100
BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (
    *(("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows")),
    *(("Mac OS X", "Mac"), ("CrOS", "ChromeOS"), ("Linux", "Linux")),
)


@dataclass(frozen=True)
class Session:
    """One browser that is signed in."""

    pk: int
    browser: str
    ip: str
    since: datetime
    is_current: bool


def of(user: User, *, current: str | None) -> list[Session]:
    """The open ones, this browser's first, then the newest."""
    rows = list(UserSession.objects.filter(user=user).order_by("-created_at")[:MOST_LISTED])
    stored = StoredSession.objects.filter(session_key__in=[row.session_key for row in rows])
    is_open = {current, *stored.values_list("session_key", flat=True)}
    found = [
        Session(row.pk, browser_words(row.user_agent), row.ip, row.created_at, row.session_key == current)
        for row in rows
        if row.session_key in is_open
    ]
    return sorted(found, key=lambda session: not session.is_current)


@transaction.atomic
def end(user: User, pk: int) -> bool:
    """End one of one's own sessions; false if it had ended already."""
    row = UserSession.objects.filter(user=user, pk=pk).first()
    if row:
        row.end()
        record("account.session_ended", by=user, about=f"user:{user.pk}")
    return row is not None


@transaction.atomic
def end_others(user: User, *, keep: str | None) -> int:
    """End every session but the one with the key `keep`; how many there were."""
    ended = _end(UserSession.objects.filter(user=user).exclude(session_key=keep))
    record("account.other_sessions_ended", by=user, about=f"user:{user.pk}", sessions=ended)
    return ended


def end_all(user: User) -> int:
    """Part of a verb that puts something else on record."""
    return _end(UserSession.objects.filter(user=user))


def _end(rows) -> int:
    rows = list(rows)
    for row in rows:
        row.end()
    return len(rows)


def browser_words(user_agent: str) -> str:
    """“Firefox on Linux”, as well as it can be known."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "A browser")
    system = next((name for mark, name in SYSTEMS if re.search(re.escape(mark), user_agent)), "")
    return f"{browser} on {system}" if system else browser
