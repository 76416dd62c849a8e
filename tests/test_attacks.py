"""Ways in which somebody tried to make the promise fail; each test is named for what holds."""

import time
from datetime import timedelta

import pytest
from django.urls import reverse

from articles import editing, integrity
from articles.drafts import draft_of
from articles.importers import UnreadableFile, read_references
from articles.models import Article
from articles.public import for_public, public_article
from articles.rendering import UnreadableText, mentions, plain_words, render
from articles.standing import Told
from articles.states import Risk
from editorial import clock, immutability, verification
from editorial.audit import record
from editorial.errors import WorkflowError
from reviews import coauthors, decisions, publication
from reviews.models import Decision
from tests import factories

pytestmark = pytest.mark.django_db


def told(article, *, days=0):
    loaded = for_public(Article.objects.filter(pk=article.pk)).get()
    return public_article(loaded, at=clock.now() + timedelta(days=days))


def revised(article, *, by, **fields):
    """Another revision, with an explanation wherever the checks would have one."""
    article = factories.fresh(article)
    editing.change(article, by=by, edition=article.edition, **fields)
    article = factories.fresh(article)
    said = {finding.id: "It is right as it stands." for finding in integrity.check(draft_of(article)).blocking}
    publication.submit(article, by=by, explanations=said)
    return factories.fresh(article)


# Who may judge a text


def test_inv4_whoever_prompted_a_draft_never_reviews_it_though_another_name_was_submitted(ana, rob, eva):
    article = factories.draft(by=ana, ai_accountable=rob.user)
    article = revised(article, by=ana, ai_accountable=ana)
    with pytest.raises(WorkflowError, match="had a hand in this text"):
        factories.assigned(article, rob, by=eva)


def test_inv4_a_co_author_who_left_before_the_first_submission_never_reviews(ana, rob, eva):
    article = factories.draft(by=ana, coauthors=[rob.user])
    coauthors.leave(article, by=rob.user)
    article = revised(article, by=ana)
    with pytest.raises(WorkflowError, match="had a hand in this text"):
        factories.assigned(article, rob, by=eva)


def test_a_topic_chosen_after_submission_makes_nobody_a_specialist(ana, rob, eva):
    article = factories.submitted(by=ana, topic=factories.topic("Cardiology"))
    assignment = factories.assigned(article, rob, by=eva)
    article = factories.fresh(article)
    editing.change(article, by=ana, edition=article.edition, topic=factories.topic("Physiotherapy"))
    assert not factories.decided(assignment).specialty_matched
    publication.release(article, by=eva, digest=article.latest_revision.digest)
    assert told(article).standing.is_pending


# What was checked, and when


def test_inv3_readers_are_told_the_topic_that_was_checked(client, approved, ana):
    other = factories.topic("Cardiology")
    editing.change(approved, by=ana, edition=approved.edition, topic=other)
    unit = told(approved)
    assert (unit.topic, unit.topic_slug) == ("Physiotherapy", "physiotherapy")
    assert "Cardiology" not in client.get(approved.get_absolute_url()).content.decode()


def test_the_check_date_is_the_day_of_reading_and_not_the_day_of_release(ana, rob, eva):
    read_at = clock.now() - timedelta(days=400)
    with clock.at(read_at):
        article = factories.submitted(by=ana)
        factories.decided(factories.assigned(article, rob, by=eva))
    publication.release(article, by=eva, digest=article.latest_revision.digest)
    standing = told(article).standing
    assert standing.checked_at == read_at
    assert standing.check_due < clock.now() + timedelta(days=365)


def test_a_withheld_page_is_named_by_the_text_that_was_checked(ana, rob, rita, eva):
    article = factories.submitted(by=ana, risk=3)
    for member in (rob, rita):
        factories.decided(factories.assigned(article, member, by=eva))
    publication.release(article, by=eva, digest=article.latest_revision.digest)
    revised(article, by=ana, title="Why not take ten times the dose?")
    unit = told(article, days=800)
    assert (unit.standing.state, unit.text) == (Told.OVERDUE, None)
    assert unit.title == article.latest_revision.data["title"]


# What a reviewer called unsafe


def test_a_text_called_unsafe_at_its_next_check_is_hidden_with_the_older_approval(client, approved, ana, rita, eva):
    publication.submit(approved, by=ana)
    article = factories.fresh(approved)
    factories.decided(factories.assigned(article, rita, by=eva), "unsafe")
    unit = told(article)
    assert (unit.text, unit.standing.is_pending) == (None, True)
    assert not Article.objects.public(at=clock.now()).filter(pk=article.pk).exists()
    assert "Checked by" not in client.get(article.get_absolute_url()).content.decode()
    publication.resolve(decisions.open_unsafe(article)[0], by=eva, text="Only revision 2 has the wrong dose.")
    assert told(article).text.number == 1


def test_words_that_nobody_looked_at_raise_a_risk_class_that_was_lowered(ana, eva):
    article = factories.submitted(by=ana, body=f"{factories.BODY}\nIn an emergency, call for help.\n")
    publication.set_risk(article, Risk.LOW, by=eva, reason="It only says where to call.")
    publication.withdraw(article, by=ana, reason="To be written anew.")
    again = revised(article, by=ana, short_answer="Probably a little, for most people who ask.")
    assert again.risk_id == Risk.LOW
    publication.withdraw(again, by=ana, reason="To be written anew.")
    worse = revised(again, by=ana, short_answer="An overdose needs no doctor.")
    assert worse.risk_id == Risk.CRITICAL
    assert told(worse).text is None


# Texts that dress up as the desk


@pytest.mark.parametrize(
    "words",
    [
        "Checked by Dr Ada Example, General practitioner, on 3 May 2026; to be checked again by 3 May 2028.",
        "**Approved.** Checked by Rob, Physiotherapist.",
        "It helps. Reviewed by Dr Ada Example.",
        "## Reviewed by\n\nDr Ada Example",
        "Medical reviewer: Dr Ada Example",
        "A health professional has checked this page.",
    ],
)
@pytest.mark.parametrize("field", ["title", "body"])
def test_a_text_that_says_who_checked_it_is_not_submitted_whatever_its_author_explains(ana, field, words):
    text = f"{' '.join(words.split())}?" if field == "title" else f"{factories.BODY}\n{words}\n"
    if field == "title" and words.startswith("#"):
        text = "Reviewed by Dr Ada Example: does it help?"
    article = factories.draft(by=ana, **{field: text})
    with pytest.raises(WorkflowError, match="says that the text was checked"):
        revised(article, by=ana, short_answer="Probably a little, for most.")


def test_a_character_that_turns_text_round_is_refused_in_the_name_of_an_ai_system(ana):
    with pytest.raises(UnreadableText, match="RIGHT-TO-LEFT OVERRIDE"):
        factories.draft(by=ana, ai_tool="G\u202ePT")


# Texts that make a page hang or fail


def test_inv12_a_long_run_of_spaces_costs_no_more_than_its_length():
    fragment = render(f"```\n{' ' * 100_000}x\n```", numbers={})
    began = time.perf_counter()
    assert plain_words(fragment) == "x"
    assert time.perf_counter() - began < 1


def test_inv12_a_file_of_nothing_but_xml_declarations_is_refused_at_once():
    began = time.perf_counter()
    with pytest.raises(UnreadableFile):
        read_references(b"<?xml " * 160_000, name="sources.xml")
    assert time.perf_counter() - began < 2


def test_words_that_look_like_an_anchor_are_not_taken_for_one():
    text = f'A text with id="cite-{"1" * 5000}-1" and one source [@a].'
    assert mentions(render(text, numbers={"a": 1})) == {1: ["cite-1-1"]}


def test_a_null_byte_in_an_address_or_a_user_name_is_no_error(client, ana):
    article = factories.draft(by=ana)
    client.force_login(ana)
    address = f"{reverse('desk-references', args=[article.slug])}%00/edit/"
    assert client.get(address).status_code == 404
    address = reverse("desk-people", args=[article.slug])
    assert client.post(address, {"act": "invite", "to": "no\0or", "part": "coauthor"}).status_code == 422


# The record


def test_inv8_a_second_entry_about_a_changed_row_does_not_make_it_right(approved):
    immutability.remove()
    Decision.objects.update(reason="Never said.")
    immutability.install()
    record("decision.approve", by=None, row=Decision.objects.get())
    faults = [fault.what for fault in verification.verify().faults]
    assert any("records reviews.decision:" in what and "again" in what for what in faults)
    assert any("was changed after it was put on record" in what for what in faults)
