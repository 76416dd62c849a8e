"""What a page asks of a large database: how many queries, the plan of each, and whether one reads all of a table."""

import re

from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from benchmarks.measuring import milliseconds

LARGE = 10_000  # rows; such a table must not be read from end to end
EXPLAIN = {"postgresql": "EXPLAIN", "sqlite": "EXPLAIN QUERY PLAN"}
FULL_SCAN = {
    "postgresql": re.compile(r"Seq Scan on (\w+)"),
    "sqlite": re.compile(r"\bSCAN (\w+)(?! USING)"),
}


def large_tables() -> set[str]:
    return {model._meta.db_table for model in apps.get_models() if model._default_manager.count() > LARGE}


def look_at(browser: Client, name: str, address: str, *, large: set[str], most_queries: int) -> list[str]:
    """One page: what it took, the plan of each of its queries, and what is wrong with them."""
    took = milliseconds(lambda: browser.get(address), times=5)
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(address).status_code == 200, address
    asked = [query["sql"] for query in captured if query["sql"].startswith("SELECT")]
    print(f"\n{name}: {len(captured)} queries, {took:.0f} ms")
    faults = [] if len(captured) <= most_queries else [f"{name}: {len(captured)} queries, more than {most_queries}"]
    for sql in asked:
        plan = _plan(sql)
        print("\n".join(f"    {line}" for line in plan if _says_how(line)))
        scanned = {table for line in plan for table in FULL_SCAN[connection.vendor].findall(line)} & large
        faults += [f"{name}: reads all of {table}: {sql[:200]}" for table in sorted(scanned)]
    return faults


def _plan(sql: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"{EXPLAIN[connection.vendor]} {sql}")
        return [str(row[-1]) for row in cursor.fetchall()]


def _says_how(line: str) -> bool:
    """Which table is read, and by which index; conditions and costs fill pages."""
    return any(word in line.upper() for word in ("SCAN", "SEARCH"))
