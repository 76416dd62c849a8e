"""Every version that was public keeps an address that says what it is worth now; no other version has one."""

import hashlib
import json

import lxml.html
import pytest
import trafilatura
from django.urls import reverse
from readability import Document

from articles.models import Article
from articles.past_versions import version
from articles.public import for_public
from editorial import clock
from editorial.models import AuditEntry
from reviews import publication
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.one_stack]

FIRST, SECOND, THIRD = "Probably a little, for most people.", "Probably somewhat, for many.", "Surely a lot, for all."


@pytest.fixture
def changed(approved, rob, eva):
    """Version 1 was replaced by version 2, which stands."""
    return factories.approved_again(approved, reviewer=rob, editor=eva, why="A trial was added.", short_answer=SECOND)


@pytest.fixture
def waiting(changed, ana):
    """Version 3 is being checked."""
    factories.editing.change(changed, by=ana, edition=changed.edition, short_answer=THIRD)
    publication.submit(changed, by=ana, change_note="Bolder.")
    return factories.fresh(changed)


def addresses(article):
    slug = article.slug
    names = [("version", [slug, 1]), ("version", [slug, 2]), ("version-receipt", [slug, 1])]
    return [reverse(name, args=args) for name, args in [*names, ("comparison", [slug, 1, 2]), ("versions", [slug])]]


def get(client, name, article, *numbers, **headers):
    return client.get(reverse(name, args=[article.slug, *numbers]), headers=headers)


def words(response):
    return " ".join(lxml.html.document_fromstring(response.content.decode()).text_content().split())


def loaded(article):
    return for_public(Article.objects.filter(pk=article.pk)).get()


def test_each_version_says_at_its_address_whether_it_stands(client, waiting):
    old, new = get(client, "version", waiting, 1), get(client, "version", waiting, 2)
    assert (old.status_code, old["X-Review-Standing"], old["Cache-Control"]) == (200, "superseded", "no-store")
    assert (new.status_code, new["X-Review-Standing"]) == (200, "changed")
    assert FIRST in words(old)
    assert "This is version 1. Version 2 took its place on" in words(old)
    assert "This is version 2, the version that stands." in words(new)
    for response in (old, new):
        tree = lxml.html.document_fromstring(response.content.decode())
        assert response["X-Robots-Tag"] == "noindex"
        assert tree.xpath("//link[@rel='canonical']/@href")[0].endswith(waiting.get_absolute_url())
        assert not tree.xpath("//script[@type='application/ld+json']")
    assert get(client, "version", waiting, 2, if_none_match=new["ETag"]).status_code == 304
    assert [get(client, "version", waiting, n).status_code for n in (3, 4, 0, 10**30)] == [404] * 4


def test_an_older_version_is_cautioned_first_in_every_form(client, changed):
    caution = version(loaded(changed), 1, at=clock.now()).unit.caution
    page = get(client, "version", changed, 1)
    assert page.cautions_owed == (caution.text,)
    assert get(client, "comparison", changed, 1, 2).cautions_owed == (caution.text,)
    receipt = get(client, "version-receipt", changed, 1)
    assert receipt.cautions_owed == (caution.text,)
    assert receipt.json()["standing"]["caution"] == caution.text
    html = page.content.decode()
    for text in (lxml.html.fromstring(Document(html).summary()).text_content(), trafilatura.extract(html)):
        assert caution.not_done in " ".join(text.split())[:300]


def test_the_change_history_says_why_and_who_and_nothing_of_what_is_not_public(client, waiting, ruth):
    publication.correct(waiting, by=ruth, text="The year of one study was corrected.", details=factories.CORRECTION)
    said = words(get(client, "versions", waiting))
    assert said.index("Version 2") < said.index("Version 1")
    for words_of_it in ("Why it was made: A trial was added.", "by Rob, Physiotherapist", "The first version."):
        assert words_of_it in said
    assert "The year of one study was corrected." in said
    assert "Bolder" not in said
    assert THIRD not in said


def test_a_comparison_shows_words_and_no_marks(client, changed, rob, eva):
    body = f"{changed.body}\n**Do not** stop after 2 * 3 steps.\n"
    factories.approved_again(changed, reviewer=rob, editor=eva, why="A warning.", body=body)
    page = words(get(client, "comparison", changed, 2, 3))
    assert "Do not stop after 2 * 3 steps." in page
    assert "**" not in page


def test_two_public_versions_can_be_read_side_by_side(client, waiting):
    html = get(client, "comparison", waiting, 1, 2).content.decode()
    assert "<del>" in html
    assert "somewhat" in html
    assert "A trial was added." in html
    assert [get(client, "comparison", waiting, *pair).status_code for pair in ((2, 1), (1, 1), (2, 3), (1, 9))] == [
        404
    ] * 4


def test_a_receipt_lets_anybody_work_out_the_digest_and_find_the_record(client, changed):
    said = get(client, "version-receipt", changed, 2).json()
    assert hashlib.sha256(said["content"].encode()).hexdigest() == said["digest"] == changed.approval.digest
    assert json.loads(said["content"])["short_answer"] == SECOND
    assert said["approvals"][0]["checked_by"][0]["name"] == "Rob"
    on_record = [entry["action"] for entry in said["records"]]
    assert on_record == ["revision.frozen", "decision.approve", "revision.released", "article.approved"]
    numbers = {entry.record_number for entry in AuditEntry.objects.filter(about=changed.about)}
    assert {entry["record"] for entry in said["records"]} <= numbers


def test_a_text_that_nobody_approved_is_a_version_only_while_it_is_shown(client, submitted, ana):
    page = get(client, "version", submitted, 1)
    assert "This is version 1, the one shown now. Nobody has approved it." in words(page)
    assert page["X-Review-Standing"] == "submitted"
    publication.withdraw(submitted, by=ana, reason="Written anew.")
    publication.submit(submitted, by=ana)
    assert get(client, "version", submitted, 1).status_code == 404
    assert get(client, "version", submitted, 2).status_code == 200


@pytest.mark.parametrize(
    ("how", "status"), [("withdrawn", 410), ("quarantined", 503), ("unsafe", 200), ("draft", 404), ("risky", 404)]
)
def test_where_the_page_has_no_text_no_version_has(client, request, how, status, ana, eva, rob):
    if how in ("draft", "risky"):
        article = factories.draft(by=ana) if how == "draft" else factories.submitted(by=ana, risk=3)
    else:
        article = request.getfixturevalue("waiting")
    if how == "withdrawn":
        publication.withdraw(article, by=ana, reason="Written anew.")
    if how == "quarantined":
        publication.quarantine(article, reason="The sweep found no caution.")
    if how == "unsafe":
        factories.decided(factories.assigned(article, rob, by=eva), "unsafe")
    for address in addresses(article):
        response = client.get(address)
        assert response.status_code == status, address
        assert response.get("Cache-Control", "no-store") == "no-store"
        for text in (FIRST, SECOND, THIRD, "Regular exercise"):
            assert text not in response.content.decode()


def test_after_a_withdrawal_only_what_was_approved_since_is_shown(client, changed, ana, rob, eva):
    publication.withdraw(changed, by=ana, reason="Written anew.")
    again = factories.approved_again(factories.fresh(changed), reviewer=rob, editor=eva, short_answer=THIRD)
    assert [get(client, "version", again, n).status_code for n in (1, 2, 3)] == [410, 410, 200]
    assert [get(client, "version-receipt", again, n).status_code for n in (1, 2, 3)] == [410, 410, 200]
    assert get(client, "comparison", again, 1, 3).status_code == 410
    assert "Version 2 was withdrawn on" in words(get(client, "versions", again))


def test_every_version_of_a_retracted_article_is_retracted(client, changed, ruth):
    publication.retract(changed, by=ruth, text="It is wrong.", reason="Its source was.", details=factories.RETRACTION)
    for number in (1, 2):
        response = get(client, "version", changed, number)
        assert response["X-Review-Standing"] == "retracted"
        assert "seriously wrong" in words(response)


def test_an_older_approval_that_is_not_proven_shows_nothing(client, changed, settings):
    settings.SEAL_KEY = "another key"
    assert get(client, "version", changed, 1).status_code == 410
    assert FIRST not in get(client, "versions", changed).content.decode()


@pytest.mark.slow
def test_a_long_history_costs_no_more_queries_than_a_short_one(
    client, changed, rob, eva, django_assert_max_num_queries
):
    for n in range(3):
        changed = factories.approved_again(changed, reviewer=rob, editor=eva, short_answer=f"{SECOND} {n}")
    for address in addresses(changed):
        with django_assert_max_num_queries(8):  # one of them asks which retraction list is in force
            assert client.get(address).status_code == 200
