"""Every public address × media type × standing: text that no valid check stands behind leaves with its caution only."""

import json
from html import unescape
from itertools import product

import lxml.html
import pytest
import trafilatura
from django.core.cache import cache
from django.urls import URLResolver, get_resolver, reverse
from readability import Document

from articles.models import Article
from articles.public import for_public, public_article
from editorial import clock
from reviews import publication
from tests import factories

# What an address says of a text is the same on both stacks; the doors to write through are tried on both.
pytestmark = [pytest.mark.slow, pytest.mark.django_db, pytest.mark.one_stack]

# Addresses of one article, with the kind of body they answer with, and what else their pattern asks for.
OF_ONE = {
    "article": ("html", {}),
    "versions": ("html", {}),
    "version": ("html", {"number": 1}),
    "version-receipt": ("json", {"number": 1}),
    "api:article": ("json", {}),
    "article-references": ("file", {"form": "bib"}),
    "article-citation": ("file", {"form": "txt"}),
}
LISTS = ["article-list", "topic", "search", "a-z", "newly-checked", "corrections", "feed", "feed-json"]
LISTS += ["topic-feed", "topic-feed-json", "api:articles"]
ELSEWHERE = {
    "comparison": "needs two versions: test_versions",
    "verify": "test_verify",
    "ask": "test_readers_words",
    "ask-editors": "test_readers_words",
    "question": "test_readers_words",
    "report": "test_readers_words",
    "reports": "test_readers_words",
    "ticket": "test_readers_words",
    "article-pdf": "each sheet: test_take_away",
    "share-card": "a picture: test_take_away",
    "version-pdf": "each sheet: test_take_away",
    "api:only_reading": "refuses",
    "api:only_reading_one": "refuses",
}
CANARY = "Regular exercise probably eases"


def carrying(resolver=None, names=""):
    """The name of every address that says it carries article text."""
    for door in (resolver or get_resolver()).url_patterns:
        if isinstance(door, URLResolver):
            yield from carrying(door, names + (f"{door.namespace}:" if door.namespace else ""))
        elif getattr(door.callback, "carries", "") == "articles":
            yield names + door.name


def test_every_address_that_carries_text_is_held_to_the_contract():
    of_the_api = {"api:article", "api:articles", "api:only_reading", "api:only_reading_one"}
    assert set(carrying()) | of_the_api == {*OF_ONE, *LISTS, *ELSEWHERE}


@pytest.fixture
def standings(ana, rob, rita, eva, ruth):
    people = {"by": ana, "reviewer": rob, "editor": eva}
    asked, returned = (factories.assigned(factories.submitted(by=ana), rob, by=eva) for _ in range(2))
    factories.decided(returned, "request_changes")
    doubted, retracted = (factories.approved(**people) for _ in range(2))
    publication.raise_concern(doubted, by=ruth, text="A reader doubts a number.", details=factories.CONCERN)
    publication.retract(
        retracted, by=ruth, text="It overstates the effect.", reason="Misread.", details=factories.RETRACTION
    )
    return {
        "submitted": factories.submitted(by=ana),
        "under_review": asked.revision.article,
        "changes_requested": returned.revision.article,
        "overdue": factories.approved(**people, days_ago=800),
        "approved": doubted,
        "retracted": retracted,
    }


def unit_of(article):
    return public_article(for_public(Article.objects.filter(pk=article.pk)).get(), at=clock.now())


def words(response):
    body = response.content.decode()
    if "json" in response["Content-Type"]:
        body = json.dumps(response.json(), ensure_ascii=False).replace('\\"', '"')
    elif "html" in response["Content-Type"]:
        body = lxml.html.document_fromstring(body).text_content()
    return " ".join(unescape(body).split())


def test_each_address_of_an_unchecked_text_says_so_in_its_body_and_its_headers(client, standings):
    for (state, article), (name, (kind, more)) in product(standings.items(), OF_ONE.items()):
        response = client.get(reverse(name, kwargs={"slug": article.slug, **more}))
        unit, where = unit_of(article), f"{name}, {state}"
        assert response.status_code == 200, where
        assert response.get("X-Robots-Tag") == "noindex" or state == "approved", where
        said = words(response)
        assert unit.caution.text in said or (kind == "file" and unit.caution_line in said), where
        assert response.cautions_owed, where
        if unit.standing.is_pending:
            assert response["Cache-Control"] == "no-store", where
        if kind == "html":
            assert "lastReviewed" not in response.content.decode() or state == "approved", where


def test_programs_that_tidy_pages_keep_the_caution_first(client, standings):
    for state, article in standings.items():
        for name, (kind, more) in OF_ONE.items():
            if kind != "html":
                continue
            html = client.get(reverse(name, kwargs={"slug": article.slug, **more})).content.decode()
            first = unit_of(article).caution.not_done
            tidied = lxml.html.fromstring(Document(html).summary()).text_content()
            assert first in " ".join(tidied.split())[:300], f"{name}, {state}, readability"
            assert first in " ".join((trafilatura.extract(html) or "").split())[:300], f"{name}, {state}, trafilatura"


def test_each_list_says_it_beside_each_unchecked_text(client, standings):
    cache.clear()
    slug = standings["submitted"].topic.slug
    for name in LISTS:
        address = reverse(name, args=[slug] if name.startswith("topic") else [])
        response = client.get(address, {"q": "exercise"} if name in ("search", "api:articles") else {})
        said = words(response)
        for state, article in standings.items():
            if article.title in said:
                unit = unit_of(article)
                assert unit.caution_line in said or unit.caution.text in said, f"{name}, {state}"
        assert CANARY not in said or name == "search", name
        assert response.cautions_owed, name
