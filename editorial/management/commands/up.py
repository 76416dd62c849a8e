"""Starts the whole desk on one machine and stops all of it together."""

import contextlib
import errno
import fcntl
import hashlib
import http.client
import io
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.management.commands import collectstatic
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, connections
from whitenoise.storage import CompressedManifestStaticFilesStorage

from articles.models import Article
from editorial import broker, processes
from editorial.processes import Child

EVERY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared with, not listened on
LOCAL_NAMES = ["localhost", "127.0.0.1", "[::1]"]
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# What `--reset` removes: what the desk itself makes in its folder, and nothing somebody else may have put there.
OWN_FILES = ["desk.sqlite3*", "appendonlydir", "appendonly.aof", "mail", "log", "static", "beat-schedule*"]


class Command(BaseCommand):
    help = "Start queue, worker, clock and web server on this machine. Ctrl-C stops them all."
    # The checks run once, later: with the database, when its tables are there.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
        parser.add_argument("--port", type=int, default=8000, help="port to listen on (default: %(default)s)")
        parser.add_argument("--demo", action="store_true", help="bring demo content and say who can sign in")
        parser.add_argument(
            "--reset", action="store_true", help="first remove the demo's database, mail, queue and logs"
        )

    def handle(self, *, host: str, port: int, demo: bool, reset: bool, **options: Any) -> None:
        self.host, self.port, self.demo = host, port, demo
        self.environment = os.environ | environment(host, port)
        self.children: list[Child] = []
        answer(STOP_SIGNALS, signal.default_int_handler)
        with sole_instance(settings.VAR / "up.lock", address=self.address) as lock:
            try:
                self.prepare(lock, reset=reset)
                self.open()
                self.watch()
            except KeyboardInterrupt:
                self.stdout.write("\nStopping…")
            finally:
                answer(STOP_SIGNALS, signal.SIG_IGN)
                self.close()
        self.stdout.write("Everything has stopped. Nothing is lost: the next start goes on from here.")

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}/"

    def prepare(self, lock: int, *, reset: bool) -> None:
        refuse_taken_port(self.host, self.port)
        if reset:
            forget_everything()
        self.stdout.write(f"{settings.SITE_NAME} is getting ready…")
        (settings.VAR / "log").mkdir(exist_ok=True)
        if not os.environ.get("REDIS_URL"):
            self.start_broker(lock)
        call_command("migrate", interactive=False, verbosity=0)
        collect_static_files()
        call_command("check", databases=["default"], stdout=io.StringIO())
        if self.demo and not Article.objects.exists():
            self.load_demo()
        # From here on only the children use the database.
        connections.close_all()

    def start_broker(self, lock: int) -> None:
        """The queue keeps the lock open too: two servers on one set of files would spoil them."""
        try:
            command = broker.command(settings.VAR)
        except broker.BrokerUnavailable as problem:
            raise CommandError(problem) from problem
        self.start("queue", command, keep_open=[lock])
        self.wait_until(lambda: broker.answers(broker.socket_path(settings.VAR)), within=30)

    def load_demo(self) -> None:
        """In a process of its own, which knows the address chosen and leaves a Ctrl-C to us."""
        self.stdout.write("Writing the demo content, once…")
        command = [sys.executable, str(settings.HOME / "manage.py"), "load_demo"]
        loaded = subprocess.run(command, env=self.environment, start_new_session=True)
        if loaded.returncode:
            raise CommandError(
                "The demo content could not be loaded, for the reason printed above."
                " When it is mended, `make demo-reset` starts over."
            )

    def open(self) -> None:
        self.start("worker", worker_command(beat=True))
        self.start("web", web_command(self.host, self.port))
        self.wait_until(lambda: speaks_http(EVERY_ADDRESS.get(self.host, self.host), self.port), within=60)
        self.stdout.write(f"\nOpen  {self.address}\n")
        if self.demo:
            call_command("demo_accounts", stdout=self.stdout)
        if mail := getattr(settings, "EMAIL_FILE_PATH", None):
            self.stdout.write(f"E-mail is not sent but written to {shown(mail)}, one file for each message.")
        self.stdout.write(f"Logs are in {shown(settings.VAR / 'log')}. Ctrl-C stops everything.")
        self.stdout.flush()

    def start(self, name: str, command: list[str], **how: Any) -> None:
        log = settings.VAR / "log" / f"{name}.log"
        if log.exists():
            log.replace(log.with_suffix(".previous.log"))
        self.children.append(Child(name, command, log=log, cwd=settings.HOME, env=self.environment, **how))

    def wait_until(self, condition: Callable[[], bool], *, within: float) -> None:
        """Wait for what the newest child is to do, and refuse when it does not, or when any child stops."""
        reached = processes.wait_until(lambda: self.fallen() is not None or condition(), within=within)
        self.refuse_fallen()
        if not reached:
            newest = self.children[-1]
            raise CommandError(f"The {newest.name} did not answer within {within:g} s.{last_words(newest)}")

    def watch(self) -> None:
        processes.wait_until(lambda: self.fallen() is not None, within=float("inf"), every=0.2)
        self.refuse_fallen()

    def fallen(self) -> Child | None:
        return next((child for child in self.children if not child.is_running), None)

    def refuse_fallen(self) -> None:
        if child := self.fallen():
            raise CommandError(
                f"The {child.name} stopped by itself (exit {child.process.returncode}), so everything was stopped."
                f"{last_words(child)}"
            )

    def close(self) -> None:
        """The queue goes last: the worker hands back to it what it has not finished."""
        queue = [child for child in self.children if child.name == "queue"]
        processes.stop([child for child in self.children if child not in queue], within=4)
        processes.stop(queue, within=4)


def environment(host: str, port: int) -> dict[str, str]:
    """What the children must know about where they are reached; what the person has set stays."""
    own = "localhost" if host in EVERY_ADDRESS or host in LOCAL_NAMES else host
    site_url = os.environ.get("SITE_URL") or f"http://{own}:{port}"
    hosts = os.environ.get("ALLOWED_HOSTS") or ",".join(
        dict.fromkeys([urlsplit(site_url).hostname or own, own, *LOCAL_NAMES])
    )
    return {"SITE_URL": site_url, "ALLOWED_HOSTS": hosts}


def worker_command(*, beat: bool) -> list[str]:
    """A Celery worker on two threads; with `beat` it also is the clock."""
    return [
        *(sys.executable, "-m", "celery", "--app", "editorial", "--quiet", "worker", "--loglevel", "WARNING"),
        *("--pool", "threads", "--concurrency", "2", "--without-gossip", "--without-mingle", "--without-heartbeat"),
        *(["--beat"] if beat else []),
    ]


def web_command(host: str, port: int) -> list[str]:
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)),
        *("--workers", "1", "--blocking-threads", "4", "--no-ws", "--log-level", "warning"),
        *("--workers-kill-timeout", "2", "editorial.wsgi:application"),
    ]


def answer(signals: tuple[signal.Signals, ...], how: Any) -> None:
    for each in signals:
        signal.signal(each, how)


@contextlib.contextmanager
def sole_instance(path: Path, *, address: str) -> Iterator[int]:
    """Hold the folder's lock; the kernel lets go of it however the process ends."""
    with path.open("a+") as lock:
        # A moment's patience: after a kill the queue needs some milliseconds to close its files.
        if not processes.wait_until(lambda: _locked(lock.fileno()), within=1):
            lock.seek(0)
            raise CommandError(
                f"The desk is already running at {lock.read()}: open that address, or stop it with Ctrl-C where it"
                " was started. A second one on the same data needs a VAR_DIR and a PORT of its own."
            )
        lock.truncate(0)
        lock.write(address)
        lock.flush()
        yield lock.fileno()


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def refuse_taken_port(host: str, port: int) -> None:
    advice = f"Choose another: `PORT={port + 1 if port < 65535 else 8000} make demo`, or `manage.py up --port`."
    try:
        family, kind, _, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(where)
    except OSError as problem:
        if problem.errno == errno.EADDRINUSE:
            raise CommandError(f"Another program already listens on port {port}. {advice}") from problem
        raise CommandError(f"Cannot listen on {host}, port {port}: {problem.strerror}. {advice}") from problem
    except OverflowError as problem:
        raise CommandError(f"There is no port {port}: ports go from 1 to 65535. {advice}") from problem


def forget_everything() -> None:
    if connection.vendor != "sqlite" or os.environ.get("DATABASE_URL"):
        raise CommandError(
            "Starting over removes the desk's own files, and DATABASE_URL points to a database that is not among them."
            " Unset it, or empty that database yourself."
        )
    for path in (path for pattern in OWN_FILES for path in settings.VAR.glob(pattern)):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def collect_static_files() -> None:
    """Gather and fingerprint the static files; the settings of this process may predate their manifest."""
    done = Path(settings.STATIC_ROOT) / f".collected-{sources_of_static_files()}"
    if done.exists():
        return
    command = collectstatic.Command()
    command.storage = CompressedManifestStaticFilesStorage()
    call_command(command, interactive=False, verbosity=0)
    done.touch()


def sources_of_static_files() -> str:
    """A name for exactly these files as they are now: compressing them anew takes longer than all else at a start."""
    found = [storage.path(name) for finder in get_finders() for name, storage in finder.list([])]
    states = [(path, stat.st_size, stat.st_mtime_ns) for path in sorted(found) for stat in [os.stat(path)]]
    return hashlib.sha256(repr(states).encode()).hexdigest()[:16]


def speaks_http(host: str, port: int) -> bool:
    line = http.client.HTTPConnection(host, port, timeout=5)
    try:
        line.request("GET", "/healthz", headers={"Host": f"localhost:{port}"})
        return line.getresponse().status > 0
    except (OSError, http.client.HTTPException):
        return False
    finally:
        line.close()


def last_words(child: Child) -> str:
    lines = child.log.read_text(errors="replace").splitlines()[-5:]
    quoted = "".join(f"\n    {line}" for line in lines)
    return f" Its last words:{quoted}\nThe whole log is {shown(child.log)}." if lines else " It wrote no log."


def shown(path: Path) -> str:
    """The path as a person here would type it."""
    path = Path(path)
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)
