"""The parent's side of the layout: one process for one document, within a time and a size."""

import functools
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

MAX_SECONDS = 25.0
MOST_BYTES = 5_000_000
LACKS_A_LIBRARY = 3  # what the child's exit says
AT_ONCE = 2  # documents laid out side by side by this process; each takes a core

_ROOT = Path(__file__).resolve().parents[2]
_places = threading.BoundedSemaphore(AT_ONCE)


class NotAvailable(Exception):
    """This machine lacks the system's text layout library."""


class TooLong(Exception):
    """It takes more time or room than one document may, or too many are being made."""


def pdf_of(html: str, *, seconds: float = MAX_SECONDS) -> bytes:
    """The document as PDF/UA-1. Nothing is fetched for it: fonts are our own, and pictures there are none.

    Raises:
        NotAvailable: the layout library is missing on this machine.
        TooLong: the document, or the queue for making one, is too long.
    """
    if not _places.acquire(timeout=seconds):
        raise TooLong("Too many documents are being made.")
    try:
        return _made(html, seconds=seconds)
    finally:
        _places.release()


@functools.cache
def is_available() -> bool:
    """Whether documents can be made on this machine: tried once."""
    try:
        return bool(pdf_of('<html lang="en"><title>.</title><p>.'))
    except NotAvailable:
        return False


def _made(html: str, *, seconds: float) -> bytes:
    job = json.dumps({"html": html, "seconds": seconds}).encode()
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "articles.printing"],
            input=job,
            stdout=subprocess.PIPE,
            cwd=_ROOT,
            env=_bare_environment(),
            start_new_session=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as spent:
        raise TooLong(f"It is not done after {seconds:g} seconds.") from spent
    if done.returncode == LACKS_A_LIBRARY:
        raise NotAvailable
    if done.returncode < 0:
        raise TooLong("It takes more time or memory than one document may.")
    if done.returncode or len(done.stdout) > MOST_BYTES or not done.stdout.startswith(b"%PDF-"):
        raise TooLong(f"No document of at most {MOST_BYTES} bytes came of it (exit {done.returncode}).")
    return done.stdout


def _bare_environment() -> dict[str, str]:
    """Where to find our modules and libraries, and none of the secrets that the server's environment holds."""
    kept = {n: os.environ[n] for n in ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "HOME") if n in os.environ}
    return {**kept, "PYTHONPATH": os.pathsep.join([str(_ROOT), *filter(None, sys.path)])}
