"""Readers find a page by its letter and by its check, and what was corrected or taken back on one page, for good."""

import lxml.html
import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles import search
from articles.alphabet import place
from articles.models import Article, SearchDocument, SpellingKey
from editorial import clock
from reviews import policy, publication
from tests import factories

pytestmark = pytest.mark.django_db


def tree_of(client, name, *args, **query):
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200
    return lxml.html.document_fromstring(response.content.decode())


def titles(client, name, **query):
    return [" ".join(a.text_content().split()) for a in tree_of(client, name, **query).xpath("//li/h2/a")]


def said(client, name, *args, **query):
    return " ".join(tree_of(client, name, *args, **query).text_content().split())


@pytest.mark.parametrize(
    ("title", "letter"),
    [("Does it help?", "d"), ("“Élan” for whom?", "e"), ("5 or 10 mg?", "#"), ("??", "#"), ("日本?", "#")],
)
def test_a_question_stands_under_its_first_letter(title, letter):
    assert place(title)[0] == letter


def test_the_alphabet_holds_what_may_be_read_page_by_page(client, ana, monkeypatch):
    monkeypatch.setattr("articles.finding_pages.PER_PAGE", 2)
    for title in ("Is c?", "Is a?", "Zebras?", "Is b?", "Is d?"):
        factories.submitted(by=ana, title=title)
    factories.submitted(by=ana, title="Quiet?", risk=3)
    factories.draft(by=ana, title="Unwritten?")
    assert titles(client, "a-z") == ["Is a?", "Is b?"]
    page = tree_of(client, "a-z", letter="i")
    assert [a.text for a in page.xpath("//nav[@class='letters']//a")] == ["I", "Z"]
    further = page.xpath("//a[@rel='next']/@href")[0]
    assert lxml.html.document_fromstring(client.get(f"/a-z/{further}").content).xpath("//li/h2/a/text()") == [
        "Is c?",
        "Is d?",
    ]
    assert titles(client, "a-z", letter="z") == ["Zebras?"]
    assert titles(client, "a-z", letter="q") == []
    for odd in (
        {"letter": "ab"},
        {"letter": "\x00"},
        {"letter": "i", "after": "x"},
        {"after": "9" * 30},
        {"after": "0"},
    ):
        assert client.get(reverse("a-z"), odd).status_code == 404


def test_documents_from_before_the_alphabet_are_placed(client, submitted):
    SearchDocument.objects.update(letter="", sorted_by="")
    search.place_in_alphabet()
    assert titles(client, "a-z") == [submitted.title]


def test_newly_checked_holds_only_what_a_valid_check_stands_behind(client, ana, rob, eva, submitted):
    older = factories.approved(by=ana, reviewer=rob, editor=eva, days_ago=5)
    newer = factories.approved(by=ana, reviewer=rob, editor=eva)
    factories.approved(by=ana, reviewer=rob, editor=eva, days_ago=800)
    assert titles(client, "newly-checked") == [newer.title, older.title]
    assert titles(client, "newly-checked", after=newer.approval_id) == [older.title]


@pytest.mark.slow
def test_what_was_corrected_or_taken_back_stands_on_one_page(client, ana, rob, eva, ruth):
    corrected, doubted, retracted, withdrawn = (factories.approved(by=ana, reviewer=rob, editor=eva) for _ in range(4))
    assert "Nothing had to be corrected" in said(client, "corrections")
    publication.correct(corrected, by=ruth, text="A page number was put right.", details=factories.CORRECTION)
    concern = publication.raise_concern(doubted, by=ruth, text="A reader doubts a number.", details=factories.CONCERN)
    publication.resolve(concern, by=ruth, text="The number is right.")
    publication.retract(
        retracted, by=ruth, text="It overstates the effect.", reason="Misread.", details=factories.RETRACTION
    )
    publication.withdraw(withdrawn, by=ana, reason="Internal words.")
    unseen = factories.submitted(by=ana, risk=3)
    publication.withdraw(unseen, by=ana, reason="Never public.")
    assert titles(client, "corrections") == [each.title for each in (withdrawn, retracted, doubted, corrected)]
    words = said(client, "corrections")
    for told in ("A page number was put right.", "It overstates the effect.", f"Settled on {clock.now():%-d %B %Y}."):
        assert told in words
    assert "Internal words" not in words
    assert "Now: withdrawn. Its text is not shown." in words
    response = client.get(reverse("corrections"))
    assert len(response.cautions_owed) == 1
    assert client.get(reverse("corrections"), {"before": "x"}).status_code == 404


def test_each_version_of_the_rules_keeps_its_address(client, ruth):
    policy.lay_down(policy.DEFAULTS, by=ruth, note="The same again.")
    assert "These rules held from" in said(client, "policy-version", 1)
    assert "60 days before its check is due" in said(client, "policy-version", 1)
    assert "These rules have been in force since" in said(client, "policy-version", 2)
    assert "Version 1" in said(client, "editorial-policy")
    assert client.get(reverse("policy-version", args=[3])).status_code == 404


def test_who_is_responsible_and_how_to_reach_them_stands_on_a_page(client, ruth, settings):
    settings.FUNDING = "Paid for by the members of an example association."
    words = said(client, "responsibility")
    assert "Ruth holds editorial responsibility" in words
    assert settings.CONTACT_EMAIL in words
    assert settings.FUNDING in words


@pytest.mark.slow
def test_these_lists_cost_the_same_for_three_texts_and_for_thirty(client, ana, approved, ruth):
    def queries_of(name):
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            tree_of(client, name)
        return len(queries)

    names = ["a-z", "newly-checked", "corrections"]
    publication.correct(approved, by=ruth, text="Put right.", details=factories.CORRECTION)
    few = [queries_of(name) for name in names]
    for n in range(4):
        publication.correct(
            factories.submitted(by=ana) and approved, by=ruth, text=f"Put right {n}.", details=factories.CORRECTION
        )
    assert [queries_of(name) for name in names] == few
    assert max(few) <= 5


# Words with slips


def page_of_search(client, query, **more):
    return " ".join(client.get("/search/", {"q": query, **more}).content.decode().split())


@pytest.mark.parametrize(
    ("typed", "found"),
    [("exercize pain", True), ("exercsie", True), ("egzercise", True), ("lastign", True), ("exercise zebra", False)],
)
def test_a_slip_is_put_right_and_said(client, ana, django_capture_on_commit_callbacks, typed, found):
    with django_capture_on_commit_callbacks(execute=True):
        article = factories.submitted(by=ana)
    said = page_of_search(client, typed)
    assert (article.title in said) == found
    assert (f"Nothing found for “{typed}”. Showing results for" in said) == found
    assert article.title not in page_of_search(client, typed, exactly="")


def test_a14_no_word_is_suggested_that_stands_in_no_text_that_may_be_read(
    client, ana, eva, django_capture_on_commit_callbacks, django_assert_max_num_queries
):
    with django_capture_on_commit_callbacks(execute=True):
        factories.submitted(by=ana, body=factories.BODY + "\nA quillfeather helps.\n")
        public = factories.submitted(by=ana, body=factories.BODY + "\nSome plumroses help.\n")
        factories.submitted(by=ana, risk=3, body=factories.BODY + "\nA wrenchbird helps.\n")
    hidden = Article.objects.exclude(pk=public.pk).order_by("pk").first()
    publication.quarantine(hidden, reason="Its page lacks its caution.")
    assert SpellingKey.objects.filter(word="quillfeather").exists()
    for typed, word in (("quillfeathr", "quillfeather"), ("wrenchbrid", "wrenchbird"), ("plumrosse", "plumrose<")):
        assert word not in page_of_search(client, typed)
    assert "plumroses" in page_of_search(client, "plumrosses")
    with django_assert_max_num_queries(40):
        page_of_search(client, " ".join(["quillfeathr", "plumrosess", "exercize"] * 5))
