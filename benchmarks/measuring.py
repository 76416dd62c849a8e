"""What an act costs: the median of its times, and its queries."""

import time
from collections.abc import Callable
from statistics import median
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext


def milliseconds(act: Callable[[], Any], *, times: int = 9, before: Callable[[], Any] = lambda: None) -> float:
    """The median over `times`; `before` runs each time and does not count."""
    act()
    return median(_once(act, before) for _ in range(times))


def queries(act: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as captured:
        act()
    return len(captured)


def say(what: str, took: float, *, against: float | None = None, asked: int | None = None) -> None:
    """One line: what it is, what it took, how many times the first measure that is, and its queries."""
    ratio = f"× {took / against:6.2f}" if against else ""
    print(f"{what:<58}{took:9.2f} ms  {ratio:<10}{'' if asked is None else f'{asked} queries'}")


def _once(act: Callable[[], Any], before: Callable[[], Any]) -> float:
    before()
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000
