"""How often something may be tried, counted in the cache that all web processes share."""

import hashlib
import logging

from django.core.cache import cache
from redis.exceptions import RedisError

from editorial.errors import WorkflowError

log = logging.getLogger(__name__)

UNCOUNTED = "This cannot be checked just now, because a part of the desk is not answering. Try again in a few minutes."


class TooMany(WorkflowError):
    """Tried too often; the message says how long to wait."""


def count(what: str, who: object, *, most: int, seconds: int) -> None:
    """Count one try of `who`.

    Raises:
        TooMany: it was one too many within `seconds`.
        WorkflowError: tries cannot be counted just now; where they guard a secret, nothing may be tried uncounted.
    """
    key = _key(what, who)
    try:
        cache.add(key, 0, seconds)
        tries = cache.incr(key)
    except (RedisError, OSError, ValueError) as trouble:  # ValueError: it ran out between the two calls
        log.warning("Tries of %s could not be counted: %s", what, trouble)
        raise WorkflowError(UNCOUNTED) from trouble
    if tries > most:
        raise TooMany(f"Too many tries. Wait {max(1, seconds // 60)} minutes, then try again.")


def forget(what: str, who: object) -> None:
    """It succeeded: the tries before it no longer count."""
    cache.delete(_key(what, who))


def _key(what: str, who: object) -> str:
    return f"limit:{what}:{hashlib.sha256(str(who).encode()).hexdigest()}"
