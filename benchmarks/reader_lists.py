"""The lists that readers meet on a site of 100,000 articles: their queries, the plan of each, and any full scan."""

import sys

from django.test import Client
from django.urls import reverse

from articles.models import Topic
from benchmarks import filling
from benchmarks.plans import large_tables, look_at

ARTICLES = 100_000
MOST_QUERIES = 5


def run() -> int:
    filling.pattern()
    filling.large_desk(ARTICLES, open_assignments=500)
    reader, large = Client(), large_tables()
    print(f"{ARTICLES:,} articles")
    topic = reverse("topic", args=[Topic.objects.get().slug])
    pages = ["/", topic, "/newly-checked/", "/corrections/", "/reports/", "/policy/"]
    pages += ["/feed.atom", f"{topic}feed.json", "/api/v1/articles/", "/api/v1/articles/?limit=50", "/sitemap.xml"]
    faults = [fault for page in pages for fault in look_at(reader, page, page, large=large, most_queries=MOST_QUERIES)]
    print("\n".join(faults) or "No query reads a large table from end to end.")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(run())
