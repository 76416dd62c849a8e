"""The one clock that workflow and standing are judged by."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.utils import timezone

_set_to: ContextVar[datetime | None] = ContextVar("clock_set_to", default=None)


def now() -> datetime:
    """The current moment, aware, in UTC."""
    return _set_to.get() or timezone.now()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let the desk believe that it is `moment`: for telling the demo's past and for tests, never for a request."""
    token = _set_to.set(moment)
    try:
        yield
    finally:
        _set_to.reset(token)
