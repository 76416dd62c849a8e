"""The editors' pages on a desk of 100,000 articles: their queries, the plan of each, and a fault for any full scan."""

import re
import sys
from collections.abc import Iterator

from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from benchmarks import filling
from benchmarks.measuring import milliseconds
from editorial.models import User
from reviews.models import BoardMember

ARTICLES = 100_000
OPEN = 500
MOST_QUERIES = 14
LARGE = 10_000  # rows; such a table must not be read from end to end
EXPLAIN = {"postgresql": "EXPLAIN", "sqlite": "EXPLAIN QUERY PLAN"}
FULL_SCAN = {
    "postgresql": re.compile(r"Seq Scan on (\w+)"),
    "sqlite": re.compile(r"\bSCAN (\w+)(?! USING)"),
}


def run() -> int:
    filling.pattern()
    filling.large_desk(ARTICLES, open_assignments=OPEN)
    browser = Client()
    browser.force_login(User.objects.get(printed_name="Eva"))
    print(f"{ARTICLES:,} articles, {OPEN} open assignments")
    large = {model._meta.db_table for model in apps.get_models() if model._default_manager.count() > LARGE}
    faults = [fault for name, address in _addresses() for fault in _look_at(browser, name, address, large)]
    print("\n".join(faults) or "No query reads a large table from end to end.")
    return bool(faults)


def _addresses() -> Iterator[tuple[str, str]]:
    queue = reverse("admin:articles_article_changelist")
    yield "front page", reverse("admin:index")
    yield "queue, first page", queue
    yield "queue, a page in the middle", f"{queue}?after=2.1700000000000000.50000"
    member = BoardMember.objects.first()
    filters = ["next=reader", "next=release", "next=reading", f"holder={member.pk}", "due=overdue", "state=submitted"]
    filters += ["state=stopped", "state=check_soon", "state=check_overdue", "state=approved", "state=all"]
    filters += [
        "q=back+pain",
        "q=50000",
        "q=Ana",
        "state=all&language=fr",
        "state=all&ai=translation",
        "state=all&risk=4",
    ]
    yield from ((f"queue, {asked}", f"{queue}?{asked}") for asked in filters)


def _look_at(browser: Client, name: str, address: str, large: set[str]) -> list[str]:
    """One page: what it took, the plan of each of its queries, and what is wrong with them."""
    took = milliseconds(lambda: browser.get(address), times=5)
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(address).status_code == 200
    asked = [query["sql"] for query in captured if query["sql"].startswith("SELECT")]
    print(f"\n{name}: {len(captured)} queries, {took:.0f} ms")
    faults = [] if len(captured) <= MOST_QUERIES else [f"{name}: {len(captured)} queries, more than {MOST_QUERIES}"]
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


if __name__ == "__main__":
    sys.exit(run())
