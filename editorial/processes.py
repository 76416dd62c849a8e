"""Child processes that never outlive the one that started them."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class Child:
    """A process in a session of its own, so that a Ctrl-C in the terminal reaches only its parent."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        log: Path,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        keep_open: Sequence[int] = (),
        user: int | None = None,
        group: int | None = None,
        stop_by: signal.Signals = signal.SIGTERM,
    ) -> None:
        self.name, self.program, self.log, self.stop_by = name, command[0], log, stop_by
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                command,
                cwd=cwd,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=keep_open,
                user=user,
                group=group,
                extra_groups=None if user is None else [],
                preexec_fn=_die_with(os.getpid(), stop_by),
            )

    @property
    def is_running(self) -> bool:
        return self.process.poll() is None

    def ask_to_stop(self) -> None:
        if self.is_running:
            self.process.send_signal(self.stop_by)

    def kill(self) -> None:
        """End the process and whatever it started, at once."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            # All of them have ended; macOS says the latter while the last one waits to be collected.
            return
        finally:
            self.process.wait()


def stop(children: Iterable[Child], *, within: float) -> None:
    """Ask all to stop; whoever still runs after `within` seconds, or left somebody behind, is killed."""
    children = list(children)
    for child in children:
        child.ask_to_stop()
    wait_until(lambda: not any(child.is_running for child in children), within=within)
    for child in children:
        child.kill()


def wait_until(condition: Callable[[], bool], *, within: float, every: float = 0.05) -> bool:
    """Whether `condition` came true within so many seconds."""
    deadline = time.monotonic() + within
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(every)
    return True


def _die_with(parent: int, by: signal.Signals) -> Callable[[], None] | None:
    """Runs in the child before its program does: even a parent that was killed leaves nobody behind (Linux)."""
    if _libc is None:
        return None

    def ask_kernel() -> None:
        _libc.prctl(PR_SET_PDEATHSIG, by)
        if os.getppid() != parent:
            os._exit(1)

    return ask_kernel
