"""The child's side: limits itself, then renders one text after the other until its parent is gone."""

import contextlib
import json
import resource
import sys
from math import ceil
from typing import Any

from articles.rendering.characters import UnreadableText
from articles.rendering.markdown import render
from articles.rendering.renderer import PARTS, TOO_COMPLICATED

MAX_MEMORY = 768 * 1024 * 1024


def answer(job: dict[str, Any]) -> dict[str, Any]:
    try:
        return {
            "fragments": {
                part: render(job["texts"][part], numbers=job["numbers"], prefix=prefix, name=name)
                for part, (name, prefix) in PARTS.items()
            }
        }
    except UnreadableText as refusal:
        return {"refusal": str(refusal)}
    except (MemoryError, RecursionError):
        return {"refusal": TOO_COMPLICATED}


def limit_memory() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Some systems, macOS among them, know no limit of this kind; the others hold there.
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))


def limit_processor(seconds: float) -> None:
    """So many seconds from now: the limit counts all that this process ever used."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    soft = ceil(usage.ru_utime + usage.ru_stime + seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def main() -> None:
    limit_memory()
    for line in sys.stdin.buffer:
        job = json.loads(line)
        limit_processor(job["seconds"])
        print(json.dumps(answer(job)), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
