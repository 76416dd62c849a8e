"""Addresses that nobody can guess, for people who have no account: only their hash is kept."""

import hashlib
import secrets

BYTES = 24
PATTERN = r"[A-Za-z0-9_-]{32}"  # what `secrets.token_urlsafe` makes of so many bytes


def new() -> tuple[str, str]:
    """The part of an address that is given away, and the key it is found by."""
    token = secrets.token_urlsafe(BYTES)
    return token, key_of(token)


def key_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
