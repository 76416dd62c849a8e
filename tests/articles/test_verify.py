"""Anybody can learn whether a text is exactly what was checked, and nothing of a text that is not public."""

import json
import time

import lxml.html
import pytest
from django.core.management import call_command
from django.urls import reverse

from articles import passages
from articles.models import CheckedSentence, Revision
from articles.verifying import LONGEST, Match, verify
from editorial import clock
from reviews import publication
from tests import factories

pytestmark = pytest.mark.django_db

ANSWER = "Probably a little, for most people."
EASES = "Regular exercise probably eases long-lasting low back pain a little"
DOCTOR = "See a doctor if pain follows a fall or comes with fever."


@pytest.fixture
def changed(approved, rob, eva):
    body = factories.BODY.replace("a little", "somewhat")
    return factories.approved_again(approved, reviewer=rob, editor=eva, why="A trial was added.", body=body)


def matches(given):
    return [(found.match, found.version.number) for found in verify(given, at=clock.now())]


def ask(client, text, **extra):
    response = client.post(reverse("verify"), {"text": text}, **extra)
    return response, " ".join(lxml.html.document_fromstring(response.content.decode()).text_content().split())


@pytest.mark.parametrize(
    "given",
    [
        f"{EASES}. ",
        f"  {EASES}\u00a0[1].\n\n",
        f"{EASES}\u200b [1, 2–4].",
        EASES.replace("low back", "low\nback") + ".",
        f"What exercise can do\n\n{EASES} [1].\n\nWhen to get help\n{DOCTOR}",
    ],
)
def test_whole_sentences_in_a_row_are_found_however_they_were_copied(approved, given):
    assert matches(given) == [(Match.WHOLE, 1)]


@pytest.mark.parametrize(
    ("given", "match"),
    [
        (f"{DOCTOR} {EASES}.", [(Match.SCATTERED, 1)]),
        (f"{EASES}. Take ten tablets.", [(Match.PARTLY, 1)]),
        (EASES.replace("a little", "a lot") + ".", []),
        (EASES.lower() + ".", []),
        ("exercise probably eases long-lasting low back pain a little.", []),
        ("See a doctor if pain follows a fall", []),
        ("", []),
        ("\x00", []),
        ("{", []),
        ('{"digest": "\\u0000", "content": "\\ud800"}', []),
    ],
)
def test_what_was_changed_cut_or_put_together_anew_is_not_called_checked(approved, given, match):
    assert matches(given) == match


def test_the_answer_says_since_when_by_whom_and_whether_it_still_stands(client, changed):
    _, said = ask(client, f"{EASES.replace('a little', 'somewhat')}.")
    assert "This stands, word for word, in version 2. This is version 2, the version that stands." in said
    assert f"Checked on {clock.now():%-d %B %Y} by Rob, Physiotherapist; approval 1" in said
    response, said = ask(client, f"{EASES}.")
    assert "This stands, word for word, in version 1. This is version 1. Version 2 took its place on" in said
    assert len(response.cautions_owed) == 1
    assert response["Cache-Control"] == "no-store"
    assert matches(DOCTOR) == [(Match.WHOLE, 2), (Match.WHOLE, 1)]


def test_a_version_is_found_by_its_address_its_digest_and_its_receipt(client, changed):
    address = reverse("version", args=[changed.slug, 1])
    receipt = client.get(f"{address}receipt.json").content.decode()
    for given in (address, f"https://desk.example.org{address}", f"{address}receipt.json"):
        assert matches(given) == [(Match.NAMED, 1)]
    assert matches(changed.get_absolute_url()) == [(Match.NAMED, 2)]
    assert matches(changed.latest_revision.digest.upper()) == [(Match.NAMED, 2)]
    assert matches(receipt) == [(Match.RECEIPT, 1)]
    assert matches(receipt.replace("a little", "a lot")) == [(Match.FORGED, 1)]
    found = client.get(reverse("verify"), {"q": changed.approval.digest}).content.decode()
    assert "This is version 2, the version that stands." in found
    assert found.count("This is version 2") == 1


def test_nothing_is_said_of_a_text_that_is_not_public(client, changed, ana, eva):
    factories.editing.change(changed, by=ana, edition=changed.edition, short_answer="A waiting canary sings.")
    publication.submit(changed, by=ana)
    hidden = factories.submitted(by=ana, risk=3, short_answer="A hidden canary sings.")
    factories.draft(by=ana, short_answer="A drafted canary sings.")
    for text in ("A waiting canary sings.", "A hidden canary sings.", "A drafted canary sings."):
        assert matches(text) == []
    for revision in Revision.objects.filter(
        pk__in=[hidden.latest_revision_id, factories.fresh(changed).latest_revision_id]
    ):
        assert matches(revision.digest) == []
        assert matches(f"/articles/{revision.article.slug}/versions/{revision.number}/") == []
    publication.withdraw(changed, by=ana, reason="Written anew.")
    digest = changed.approval.digest
    assert (matches(DOCTOR), matches(digest), matches(changed.get_absolute_url())) == ([], [], [])
    _, said = ask(client, DOCTOR)
    assert "Not found." in said


def test_what_is_pasted_stays_in_the_form_and_is_bounded(client, approved):
    hostile = "</textarea><script>alert(1)</script>"
    response, _ = ask(client, hostile)
    assert "&lt;/textarea&gt;" in response.content.decode()
    response, said = ask(client, "x" * (LONGEST + 1))
    assert response.status_code == 400
    assert "at most 100,000 characters" in said
    assert ask(client, "x. " * 30_000)[0].status_code == 200
    assert ask(client, " ".join(f"{n}." for n in range(3_000)))[0].status_code == 400
    assert client.post(reverse("verify"), {"text": "x" * 800_000}).status_code == 413


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    ["[" * LONGEST, " " * (LONGEST - 1) + "x", "[1" * (LONGEST // 2), "[1,1" * (LONGEST // 4), ". " * (LONGEST // 2)],
)
def test_no_text_makes_the_look_up_slow(db, text):
    started = time.monotonic()
    verify(f"x{text}"[:LONGEST], at=clock.now())
    assert time.monotonic() - started < 2


def test_it_can_be_asked_only_so_often(client, db):
    statuses = [client.post(reverse("verify"), {"text": "x"}).status_code for _ in range(21)]
    assert statuses == [200] * 20 + [429]


@pytest.mark.slow
def test_many_texts_that_share_a_sentence_cost_no_more_queries(ana, rob, eva, django_assert_max_num_queries):
    for _ in range(6):
        factories.approved(by=ana, reviewer=rob, editor=eva)
    with django_assert_max_num_queries(20):
        assert len(matches(DOCTOR)) == 5


def test_the_index_is_made_from_the_texts_and_can_be_made_anew(changed, capsys):
    before = set(CheckedSentence.objects.values_list("revision", "mark"))
    CheckedSentence.objects.all().delete()
    assert passages.note_missing() == 2
    assert set(CheckedSentence.objects.values_list("revision", "mark")) == before
    call_command("index_checked_texts")
    assert "Indexed 2 approved texts." in capsys.readouterr().out
    assert json.dumps(sorted(before)) == json.dumps(sorted(CheckedSentence.objects.values_list("revision", "mark")))
