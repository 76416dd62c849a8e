"""The editors' pages on a desk of 100,000 articles: their queries, the plan of each, and a fault for any full scan."""

import sys
from collections.abc import Iterator

from django.test import Client
from django.urls import reverse

from benchmarks import filling
from benchmarks.plans import large_tables, look_at
from editorial.models import User
from reviews.models import BoardMember

ARTICLES = 100_000
OPEN = 500
MOST_QUERIES = 14


def run() -> int:
    filling.pattern()
    filling.large_desk(ARTICLES, open_assignments=OPEN)
    browser = Client()
    browser.force_login(User.objects.get(printed_name="Eva"))
    print(f"{ARTICLES:,} articles, {OPEN} open assignments")
    large = large_tables()
    faults = [
        fault
        for name, address in _addresses()
        for fault in look_at(browser, name, address, large=large, most_queries=MOST_QUERIES)
    ]
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


if __name__ == "__main__":
    sys.exit(run())
