"""The rendering process: asked over a pipe, kept for the next text, killed when one takes too long."""

import atexit
import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from articles.rendering.characters import UnreadableText, refuse_too_long
from articles.rendering.fragments import contents

MAX_SECONDS = 5.0
PARTS = {
    "short_answer": ("short answer", "short-"),
    "body": ("body", ""),
    "plain_body": ("plain-language body", "plain-"),
}
TOO_COMPLICATED = (
    "This text is too complicated to be laid out as a page. Look for very long runs of brackets, "
    "asterisks, quotation marks (>) or table bars, remove them, and try again."
)
_ROOT = Path(__file__).resolve().parents[2]
_MOST_JOBS = 200  # then a fresh process, so that no leak lives long


def render_article(
    *, short_answer: str, body: str, plain_body: str, numbers: Mapping[str, int], seconds: float = MAX_SECONDS
) -> dict[str, Any]:
    """The three fragments, and under "headings" the contents of the body; in a process of its own, killed if need be.

    Raises:
        UnreadableText: a text is refused, or takes more than `seconds` or too much memory.
    """
    texts = {"short_answer": short_answer, "body": body, "plain_body": plain_body}
    for part, text in texts.items():
        refuse_too_long(text, name=PARTS[part][0])
    answer = _ask({"texts": texts, "numbers": dict(numbers), "seconds": seconds}, seconds=seconds)
    if "refusal" in answer:
        raise UnreadableText(answer["refusal"])
    fragments = answer["fragments"]
    return {**fragments, "headings": contents(fragments["body"])}


class _Renderer:
    """One child and the two ends of its pipe."""

    def __init__(self) -> None:
        self.jobs = 0
        self.child = subprocess.Popen(
            [sys.executable, "-P", "-m", "articles.rendering"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=_ROOT,
            env=_bare_environment(),
            start_new_session=True,
            bufsize=0,
        )

    def ask(self, job: dict[str, Any], *, seconds: float) -> dict[str, Any]:
        """The child's answer, one line of JSON for one line of JSON.

        Raises:
            TimeoutError: it took too long.
            EOFError: it died of the job, out of processor time, memory or stack.
        """
        self.jobs += 1
        try:
            self.child.stdin.write(json.dumps(job).encode() + b"\n")  # type: ignore[union-attr]
        except BrokenPipeError as gone:
            raise EOFError from gone
        return json.loads(self._line(until=time.monotonic() + seconds))

    def stop(self) -> None:
        self.child.kill()
        self.child.communicate()

    def _line(self, *, until: float) -> bytes:
        stream = self.child.stdout.fileno()  # type: ignore[union-attr]
        pieces: list[bytes] = []
        while not (pieces and pieces[-1].endswith(b"\n")):
            readable, _, _ = select.select([stream], [], [], max(0.0, until - time.monotonic()))
            if not readable:
                raise TimeoutError
            pieces.append(os.read(stream, 1 << 16))
            if not pieces[-1]:
                raise EOFError
        return b"".join(pieces)


class _Idle:
    """Renderers nobody is using, of this process only: a fork must not share its parent's pipes."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        self.waiting: list[_Renderer] = []

    def take(self) -> _Renderer:
        if self.owner != os.getpid():
            self.owner, self.waiting = os.getpid(), []
        while True:
            try:
                # No look before: between the look and the taking, another thread takes the last one.
                renderer = self.waiting.pop()
            except IndexError:
                return _Renderer()
            if renderer.jobs < _MOST_JOBS and renderer.child.poll() is None:
                return renderer
            renderer.stop()

    def give_back(self, renderer: _Renderer) -> None:
        self.waiting.append(renderer)

    def stop_all(self) -> None:
        while self.owner == os.getpid() and self.waiting:
            self.waiting.pop().stop()


_idle = _Idle()
atexit.register(_idle.stop_all)


def _ask(job: dict[str, Any], *, seconds: float) -> dict[str, Any]:
    renderer = _idle.take()
    # A new process needs time to begin with, which is not the text's fault.
    allowance = seconds if renderer.jobs else seconds + 2
    try:
        answer = renderer.ask(job, seconds=allowance)
    except BaseException as failure:
        # A signal ended it when the text was too much for its limits; an exit of its own means that it is broken.
        broken = isinstance(failure, EOFError) and renderer.child.wait() >= 0
        renderer.stop()
        if broken:
            raise RuntimeError("The renderer failed; its own words are in the log.") from failure
        if isinstance(failure, TimeoutError | EOFError):
            raise UnreadableText(TOO_COMPLICATED) from None
        raise
    _idle.give_back(renderer)
    return answer


def _bare_environment() -> dict[str, str]:
    """Where to find our modules, and none of the secrets that the server's environment holds."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    return {**kept, "PYTHONPATH": os.pathsep.join([str(_ROOT), *filter(None, sys.path)])}
