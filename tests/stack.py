"""Starts the stack that the tests run on, before Django reads its settings: `--stack=embedded` or `--stack=servers`."""

import os
import shutil
import subprocess
import tempfile
from contextlib import ExitStack
from pathlib import Path

import pytest

from editorial import broker
from editorial.processes import stop
from tests import servers

# What a person may have set for the desk they run; a test run has a desk of its own.
OF_THE_PERSON = [
    *("DATABASE_URL", "REDIS_URL", "EMAIL_URL", "SITE_URL", "SWEEP_URL", "SITE_NAME", "ALLOWED_HOSTS", "SECRET_KEY"),
    *("SEAL_KEY", "SEAL_KEY_FALLBACKS", "PRODUCTION", "DEBUG", "LOG_LEVEL", "DEFAULT_FROM_EMAIL"),
    *("SIGN_UP", "REQUIRE_SECOND_FACTOR", "BEHIND_PROXY"),
]
running = pytest.StashKey[str]()


def pytest_addoption(parser):
    parser.getgroup("stack").addoption(
        "--stack",
        choices=["embedded", "servers"],
        default="embedded",
        help="embedded: SQLite and the queue that comes with the desk; servers: PostgreSQL and Redis",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config, parser, args):
    stack = parser.parse_known_args(args).stack
    folder = Path(tempfile.mkdtemp(prefix="desk-tests-"))
    with ExitStack() as undo:
        undo.callback(shutil.rmtree, folder, ignore_errors=True)
        for name in OF_THE_PERSON:
            os.environ.pop(name, None)
        os.environ["VAR_DIR"] = str(folder / "var")
        # Where nothing is collected, so that static files come from the source folders.
        (folder / "var" / "static").mkdir(parents=True)
        try:
            early_config.stash[running] = START[stack](folder, undo)
        except (servers.NotStarted, broker.BrokerUnavailable) as problem:
            raise pytest.UsageError(str(problem)) from problem
        early_config.add_cleanup(undo.pop_all().close)


def pytest_report_header(config):
    return f"stack: {config.getoption('stack')}, that is {config.stash[running]}"


def _start_embedded(folder: Path, undo: ExitStack) -> str:
    queue, os.environ["REDIS_URL"] = servers.start_queue(folder / "queue")
    undo.callback(stop, [queue], within=5)
    return f"SQLite and {_version(queue.program)}"


def _start_servers(folder: Path, undo: ExitStack) -> str:
    queue, os.environ["REDIS_URL"] = servers.start_queue(folder / "queue", server=shutil.which("redis-server"))
    undo.callback(stop, [queue], within=5)
    database, os.environ["DATABASE_URL"] = servers.start_postgresql(folder / "pg")
    undo.callback(stop, [database], within=5)
    return f"{_version(database.program)} and {_version(queue.program)}"


START = {"embedded": _start_embedded, "servers": _start_servers}


def _version(program: str) -> str:
    return subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.strip()
