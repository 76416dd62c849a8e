"""One command starts the desk, and nothing of it is left when that command has ended."""

import http.client
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles.finders import get_finder

from editorial import broker
from editorial.management.commands import up
from editorial.processes import wait_until

NOTHING_SET = ("VAR_DIR", "DATABASE_URL", "REDIS_URL", "SITE_URL", "ALLOWED_HOSTS", "EMAIL_URL")


class Desk:
    """A desk that was started as a person would start it, in a folder of its own."""

    def __init__(self, folder: Path, *, port: int) -> None:
        self.folder, self.port, self.said = folder, port, folder.with_suffix(f".{port}")
        folder.mkdir(parents=True, exist_ok=True)
        kept = {name: value for name, value in os.environ.items() if name not in NOTHING_SET}
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "up", "--port", str(port)],
            cwd=settings.HOME,
            env=kept | {"VAR_DIR": str(folder)},
            stdout=self.said.open("w"),
            stderr=subprocess.STDOUT,
        )

    @property
    def words(self) -> str:
        return self.said.read_text()

    @property
    def is_open(self) -> bool:
        return "Ctrl-C stops everything" in self.words

    def wait_until_open(self):
        wait_until(lambda: self.is_open or self.process.poll() is not None, within=120)
        assert self.is_open, self.words
        return self

    def processes(self) -> list[int]:
        """Whatever runs with this desk's folder in its environment or command line."""
        marks = (f"VAR_DIR={self.folder}".encode() + b"\0", bytes(broker.socket_path(self.folder)))
        return [int(entry.name) for entry in Path("/proc").glob("[0-9]*") if _mentions(entry, marks)]

    def end(self, by: signal.Signals) -> int:
        self.process.send_signal(by)
        return self.process.wait(timeout=20)

    def is_gone(self, *, within: float) -> bool:
        return wait_until(lambda: not self.processes(), within=within)


def _mentions(process: Path, marks: tuple[bytes, ...]) -> bool:
    try:
        known = (process / "environ").read_bytes() + (process / "cmdline").read_bytes()
    except OSError:  # ended meanwhile, or somebody else's
        return False
    return any(mark in known for mark in marks)


@pytest.fixture(scope="module")
def open_desk(tmp_path_factory):
    """One that is shared by the tests that leave it running."""
    desk = Desk(tmp_path_factory.mktemp("shared") / "var", port=free_port())
    try:
        yield desk.wait_until_open()
    finally:
        desk.end(signal.SIGKILL)


@pytest.fixture
def start_desk(tmp_path, open_desk):
    """Each in a folder of its own, with the tables and static files that a first desk has made already."""
    desks = []

    def start(folder=tmp_path / "var"):
        _furnish(folder, like=open_desk.folder)
        desks.append(Desk(folder, port=free_port()))
        return desks[-1]

    yield start
    for desk in desks:
        desk.process.kill()
        desk.process.wait()
        assert desk.is_gone(within=10)


def _furnish(folder: Path, *, like: Path) -> None:
    shutil.copytree(like / "static", folder / "static")
    with sqlite3.connect(like / "desk.sqlite3") as made, sqlite3.connect(folder / "desk.sqlite3") as copy:
        made.backup(copy)


def free_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return line.getsockname()[1]


needs_proc = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="counts processes through /proc")
# They share a desk, so one process runs them all.
pytestmark = [pytest.mark.faults, pytest.mark.one_stack, pytest.mark.xdist_group("desk"), needs_proc]


def test_the_desk_opens_and_says_where(open_desk):
    assert f"http://localhost:{open_desk.port}/" in open_desk.words
    assert len(open_desk.processes()) >= 4
    assert "Traceback" not in open_desk.words
    assert "Warning" not in open_desk.words


def test_its_pages_ask_for_fingerprinted_files_and_get_them(open_desk):
    page = ask(open_desk.port, "/account/sign-in/").read().decode()
    style = re.search(r'"(/static/[^"]+\.[0-9a-f]{12}\.css)"', page)
    assert style, page
    assert ask(open_desk.port, style[1]).status == 200


def test_a_second_desk_on_the_same_data_is_sent_to_the_first(open_desk):
    second = Desk(open_desk.folder, port=free_port())
    assert second.process.wait(timeout=60) == 1
    assert f"already running at http://localhost:{open_desk.port}/" in second.words
    assert ask(open_desk.port, "/account/sign-in/").status == 200


def test_ctrl_c_stops_all_of_it_at_once(open_desk):
    """The last that is asked of the shared one: those that follow have their own."""
    assert open_desk.end(signal.SIGINT) == 0
    assert open_desk.processes() == []
    assert "Traceback" not in open_desk.words


def test_nobody_outlives_a_desk_that_was_killed(start_desk):
    desk = start_desk().wait_until_open()
    desk.end(signal.SIGKILL)
    assert desk.is_gone(within=10)


@pytest.mark.parametrize(("name", "which"), [("celery", min), ("granian", max)])
def test_when_one_of_them_dies_all_stop_and_say_so(start_desk, name, which):
    """With granian it is the newest, the process that answers; its keeper follows it."""
    desk = start_desk().wait_until_open()
    os.kill(which(pid for pid in desk.processes() if f"-m {name}" in command_of(pid)), signal.SIGKILL)
    assert desk.process.wait(timeout=15) == 1
    assert "stopped by itself" in desk.words
    assert desk.is_gone(within=5)


def test_a_taken_port_is_named_and_another_advised(start_desk):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(up.CommandError, match=rf"already listens on port {port}.*PORT="):
            up.refuse_taken_port("127.0.0.1", port)


def test_in_a_folder_too_deep_for_a_socket_it_is_served_and_stops_when_the_system_asks(start_desk, tmp_path):
    deep = tmp_path / ("deep" * 30)
    assert len(bytes(broker.socket_path(deep))) <= broker.LONGEST_SOCKET_PATH
    desk = start_desk(deep).wait_until_open()
    assert broker.answers(broker.socket_path(deep))
    assert desk.end(signal.SIGTERM) == 0
    assert desk.processes() == []


def test_static_files_are_gathered_again_when_one_of_them_is_another(tmp_path, settings, monkeypatch):
    settings.STATIC_ROOT, source = tmp_path / "static", tmp_path / "files" / "desk.css"
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATICFILES_DIRS = [source.parent]
    get_finder.cache_clear()
    source.parent.mkdir()
    for age, words in enumerate(["p {}", "p { margin: 0 }"]):
        source.write_text(words)
        os.utime(source, (time.time() + age * 60,) * 2)
        up.collect_static_files()
        assert (settings.STATIC_ROOT / "desk.css").read_text() == words
    monkeypatch.setattr(up.collectstatic, "Command", None)  # not asked for a third time
    up.collect_static_files()
    get_finder.cache_clear()


def test_links_follow_the_port_unless_the_site_has_a_name(monkeypatch):
    monkeypatch.delenv("SITE_URL", raising=False)
    monkeypatch.delenv("ALLOWED_HOSTS", raising=False)
    assert up.environment("127.0.0.1", 9000)["SITE_URL"] == "http://localhost:9000"
    assert "192.0.2.7" in up.environment("192.0.2.7", 9000)["ALLOWED_HOSTS"].split(",")
    monkeypatch.setenv("SITE_URL", "https://desk.example.org")
    assert up.environment("127.0.0.1", 9000)["SITE_URL"] == "https://desk.example.org"
    assert "desk.example.org" in up.environment("127.0.0.1", 9000)["ALLOWED_HOSTS"].split(",")


def ask(port: int, path: str) -> http.client.HTTPResponse:
    line = http.client.HTTPConnection("localhost", port, timeout=10)
    line.request("GET", path)
    return line.getresponse()


def command_of(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
