"""A throw-away desk, started before a benchmark's own imports: database and queue in a folder that goes with it."""

import atexit
import os
import shutil
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import django
from django.db import connection
from django.test.utils import setup_test_environment

from tests.stack import OF_THE_PERSON, START


def _start() -> str:
    """On SQLite and the embedded queue or, with `--stack=servers`, on PostgreSQL and Redis; says on what."""
    undo, folder = ExitStack(), Path(tempfile.mkdtemp(prefix="desk-benchmark-"))
    atexit.register(undo.close)
    undo.callback(shutil.rmtree, folder, ignore_errors=True)
    for name in OF_THE_PERSON:
        os.environ.pop(name, None)
    os.environ |= {"VAR_DIR": str(folder / "var"), "DJANGO_SETTINGS_MODULE": "editorial.settings"}
    (folder / "var" / "static").mkdir(parents=True)
    running = START["servers" if "--stack=servers" in sys.argv else "embedded"](folder, undo)
    django.setup()
    setup_test_environment()
    connection.creation.create_test_db(verbosity=0)
    undo.callback(connection.close)
    return f"{running}; load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"


print(_start())
