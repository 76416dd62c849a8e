"""Keeps what second factors are made of unreadable in a copy of the database."""

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings

PURPOSE = b"editorial.second-factor"


def encrypt(text: str) -> str:
    return _box().encrypt(text.encode()).decode()


def decrypt(written: str) -> str:
    """Raises cryptography's InvalidToken where none of the keys fits."""
    return _box().decrypt(written.encode()).decode()


def _box() -> MultiFernet:
    """The seal key is the one that is kept for years; each purpose has a key of its own derived from it."""
    keys = [settings.SEAL_KEY, *settings.SEAL_KEY_FALLBACKS]
    derived = (hmac.new(key.encode(), PURPOSE, hashlib.sha256).digest() for key in keys)
    return MultiFernet(Fernet(base64.urlsafe_b64encode(key)) for key in derived)
