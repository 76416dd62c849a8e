"""Rendered text kept in the shared cache, which may be away at any time without a reader noticing."""

import functools
import hashlib
import logging
import pickle
import time
from collections.abc import Callable
from dataclasses import replace

from django.conf import settings
from django.core.cache import cache
from django.utils.translation import get_language
from redis.exceptions import RedisError

from articles.caution import VERSION
from articles.public import PublicArticle

log = logging.getLogger(__name__)

KEEP_SECONDS = 6 * 60 * 60
REST_SECONDS = 10
TROUBLE = (RedisError, OSError, pickle.UnpicklingError)

_cache_rests_until = 0.0


def fingerprint(unit: PublicArticle) -> str:
    """Changes with anything a reader would see of the unit: its words, its standing, our wording, our templates."""
    told = replace(unit.standing, shown=None)
    digest = unit.text.digest if unit.text else ""
    seen = (digest, told, unit.caution, VERSION, replace(unit, standing=told, text=None), release(), get_language())
    return hashlib.sha256(repr(seen).encode()).hexdigest()


def remembered(key: str, make: Callable[[], str], *, seconds: int = KEEP_SECONDS) -> str:
    """The string kept under `key`, or a fresh one; a cache that fails is left alone for a while and costs nothing."""
    kept = attempt(lambda: cache.get(key))
    if isinstance(kept, str):
        return kept
    made = make()
    attempt(lambda: cache.set(key, made, seconds))
    return made


def remembered_bytes(key: str, make: Callable[[], bytes], *, seconds: int = KEEP_SECONDS) -> bytes:
    """As `remembered`, for a file."""
    kept = attempt(lambda: cache.get(key))
    if isinstance(kept, bytes):
        return kept
    made = make()
    attempt(lambda: cache.set(key, made, seconds))
    return made


@functools.cache
def release() -> str:
    """Names the code, templates and words that pages are made with, so that a new release never serves old pages."""
    own = settings.HOME / "articles"
    words = [*(settings.HOME / "templates").rglob("*.html"), *(settings.HOME / "locale").rglob("*.mo")]
    sources = sorted([*words, *own.glob("*.py"), *own.glob("printing/*.*")])
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in sources)).hexdigest()[:16]


def attempt(ask: Callable[[], object]) -> object:
    """What the cache answers; None where it is in trouble, and then it is not asked again for a while."""
    global _cache_rests_until
    if time.monotonic() < _cache_rests_until:
        return None
    try:
        return ask()
    except TROUBLE as trouble:
        _cache_rests_until = time.monotonic() + REST_SECONDS
        log.warning("The cache does not answer (%s); pages are rendered without it meanwhile.", trouble)
        return None
