"""What every page says about the inbox of whoever is signed in."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from reviews.inbox import unread_count


def inbox(request: HttpRequest) -> dict[str, Any]:
    """Counted only where a template prints it, and only for people who are signed in."""
    return {"unread_count": SimpleLazyObject(lambda: _count(request))}


def _count(request: HttpRequest) -> int:
    user = getattr(request, "user", None)
    return unread_count(user) if user is not None and user.is_authenticated else 0
