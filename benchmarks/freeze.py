"""Freezing a text: what rendering costs by its length, and what the process it happens in adds."""

from collections.abc import Callable
from functools import partial
from typing import Any

from articles import citations
from articles.rendering import render, render_article
from articles.rendering.renderer import _idle
from articles.revisions import content_of
from benchmarks.measuring import milliseconds, say
from tests import factories

KILOBYTES = (2, 20, 190)


def run() -> None:
    base: dict[str, float] = {}
    for size in KILOBYTES:
        print(f"\n{size} KB of Markdown")
        for what, act, before in _acts(size):
            took = milliseconds(act, times=7, before=before)
            # Each is compared with itself at the smallest size.
            say(what, took, against=base.setdefault(what, took))


def _acts(size: int) -> list[tuple[str, Callable[[], Any], Callable[[], Any]]]:
    text = factories.BODY * (size * 1024 // len(factories.BODY))
    numbers = citations.numbering(text)
    whole = partial(render_article, short_answer="Probably a little.", body=text, plain_body="", numbers=numbers)
    article = factories.draft(by=factories.person(f"Ana {size}"), body=text)
    return [
        ("rendered here", partial(render, text, numbers=numbers), _nothing),
        ("rendered in the process that waits for it", whole, _nothing),
        ("rendered in a process started for it", whole, _idle.stop_all),
        ("all that a revision holds, numbered and rendered", partial(content_of, article, number=1), _nothing),
    ]


def _nothing() -> None:
    pass


if __name__ == "__main__":
    run()
