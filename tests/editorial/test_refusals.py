"""A refusal is a page: what happened, why, what to do, in the site's frame, also where the database is away."""

import lxml.html
import pytest
from django.core.cache import cache
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse

from reviews import publication
from tests import factories

FRAME = {"Skip to the main text", "Articles", "Search", "Ask", "How we check", "Corrections"}
MINE = {"headers": {"sec-fetch-site": "same-origin"}}
CANARY = "Regular exercise probably eases"
WRITTEN = "Does exercise ease a stiff back?"


@pytest.fixture
def away():
    """Call it with a client's method: it runs while no query is answered."""

    def fail(*_):
        raise OperationalError("the database is away")

    def asked(method, *args, **options):
        with connection.execute_wrapper(fail):
            return method(*args, **options)

    return asked


def is_a_page(answer, *, status, says, retry=False):
    """In the frame, with one heading and a way on, kept by nobody, and with the status it is."""
    page = lxml.html.document_fromstring(answer.content)
    words = " ".join(page.text_content().split())
    assert answer.status_code == status
    assert "no-store" in answer["Cache-Control"]
    assert {" ".join(link.text_content().split()) for link in page.iter("a")} >= FRAME
    assert len(page.findall(".//h1")) == 1
    assert len(page.find(".//main").findall(".//p")) >= 2
    assert says in words
    assert CANARY not in words
    assert bool(answer.get("Retry-After")) == retry
    assert page.get("lang")
    return True


@pytest.mark.django_db
@pytest.mark.one_stack
def test_what_is_not_there_not_allowed_or_too_large_is_a_page_also_without_the_database(away):
    client = Client(raise_request_exception=False, enforce_csrf_checks=True)
    for ask in (lambda method, *args, **options: method(*args, **options), away):
        assert is_a_page(ask(client.get, "/no/such/page/"), status=404, says="There is no page at this address")
        typed = {"words": WRITTEN, "New-Password": "four plain words", "more": "</textarea><script>x y</script>"}
        sent = ask(client.post, "/inbox/read/", typed, **MINE)
        assert is_a_page(sent, status=403, says=WRITTEN)
        assert "four plain words" not in sent.text
        assert "<script>x y" not in sent.text
        large = ask(client.post, "/verify/", CONTENT_LENGTH="9000000")
        assert is_a_page(large, status=413, says="Nothing over 6 MB is taken here")
    sent = client.post("/inbox/read/", {"words": WRITTEN}, headers={"sec-fetch-site": "cross-site"})
    assert WRITTEN not in sent.text
    assert "what you typed is still there" in sent.text


@pytest.mark.django_db
@pytest.mark.one_stack
def test_without_the_database_every_address_answers_with_a_page_that_says_when_to_try_again(
    away, submitted, monkeypatch
):
    cache.clear()
    client = Client(raise_request_exception=False)
    for address in ("/", submitted.get_absolute_url(), "/search/?q=exercise", "/board/"):
        assert is_a_page(away(client.get, address), status=503, says="try again in 5 minutes", retry=True)
    client.cookies["sessionid"] = "somebody"
    assert is_a_page(away(client.get, "/inbox/"), status=500, says="Something went wrong on our side")
    assert is_a_page(away(client.get, "/no/such/page/"), status=404, says="There is no page")


@pytest.mark.django_db
@pytest.mark.one_stack
def test_too_often_is_a_page_with_the_words_that_were_not_taken(client, monkeypatch):
    cache.clear()
    monkeypatch.setattr("editorial.limits._wait", lambda *_: 100)
    sent = client.post("/ask/", {"question": WRITTEN, "about": ""}, **MINE)
    assert is_a_page(sent, status=429, says="You can go on in 2 minutes", retry=True)
    assert WRITTEN in sent.text


@pytest.mark.django_db
@pytest.mark.one_stack
def test_what_was_taken_down_is_a_page_that_leads_on(client, ana, rob, eva):
    article = factories.approved(by=ana, reviewer=rob, editor=eva)
    publication.withdraw(article, by=ana, reason="Written anew elsewhere.")
    for name, more in (("article", []), ("article-pdf", []), ("share-card", []), ("versions", []), ("version", [1])):
        gone = client.get(reverse(name, args=[article.slug, *more]))
        assert is_a_page(gone, status=410, says="If you kept a copy, do not rely on it"), name
