"""The conversation between reviewers and authors: nothing asked is lost, nothing is settled by silence."""

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from articles import editing
from articles.states import State
from editorial.errors import Conflict, WorkflowError
from editorial.models import AuditEntry
from reviews import checklist, claims, completeness, decisions, policy, publication, threads
from reviews.checklist import Said
from reviews.kinds import Answer, ClaimFinding, Kind
from reviews.models import Decision, Notification, Thread, ThreadMessage
from tests import factories
from tests.desk import at, queries, words

pytestmark = [pytest.mark.django_db, pytest.mark.one_stack]

SAID = "The review found no such thing."
HOSTILE = '<script>alert("x")</script>'


def refused(assignment, *, finding=ClaimFinding.NOT_SUPPORTED, note=SAID, reason="Please mend this."):
    """Its reviewer objects to the first claim and to one item of the checklist, and asks for changes."""
    form = factories.served(assignment)
    on = {"by": form["by"], "digest": form["digest"]}
    claims.begin(assignment, by=form["by"])
    claims.judge(assignment, claims.claims_of(assignment.revision)[0].identity, finding, note=note, **on)
    checklist.answer(assignment, {"harm": Said(Answer.NO, "Warning signs are missing.")}, **on)
    decisions.request_changes(assignment, reason=reason, **form)
    return factories.fresh(assignment.revision.article)


@pytest.fixture
def returned(assignment):
    """Rob asked Ana for changes: his reasons, one claim, one item."""
    return refused(assignment)


@pytest.fixture
def points(returned):
    return {thread.origin: thread for thread in Thread.objects.filter(article=returned)}


@pytest.fixture
def answered(returned, points, ana):
    """Ana changed the sentence, answered everything and submitted again."""
    body = factories.BODY.replace("probably eases", "may ease")
    editing.change(returned, by=ana, edition=returned.edition, body=body)
    factories.answered(factories.fresh(returned), words="It says “may” now.")
    publication.submit(factories.fresh(returned), by=ana)
    return factories.fresh(returned)


@pytest.fixture
def second_look(answered, rob, eva):
    return factories.assigned(answered, rob, by=eva)


def sent(thread, text, seen=""):
    return {f"response-{thread.pk}": text, f"seen-{thread.pk}": seen}


def as_rob(client, rob, assignment, **form):
    client.force_login(rob.user)
    address = reverse("admin:reviews_reviewassignment_change", args=[assignment.pk])
    return client.post(address, form | {"digest": assignment.revision.digest}) if form else client.get(address)


# What a decision opens


def test_everything_a_decision_objects_to_is_a_point_of_its_own_on_the_chain(points, rob, capsys):
    assert set(points) == {"reason", "claim", "checklist"}
    assert points["claim"].quote.startswith("Regular exercise probably eases")
    assert points["claim"].messages.get().words == SAID
    assert points["checklist"].subject == "Harm: no"
    assert all(point.is_blocking and point.opened_by == rob.user for point in points.values())
    for message in ThreadMessage.objects.all():
        assert AuditEntry.objects.filter(subject=f"reviews.threadmessage:{message.pk}").count() == 1
    call_command("verify_audit")


@pytest.mark.parametrize(
    ("finding", "note", "opens", "blocks"),
    [
        (ClaimFinding.SUPPORTED, "Well said.", False, False),
        (ClaimFinding.PARTLY, "", False, False),
        (ClaimFinding.PARTLY, "Only in adults.", True, False),
        (ClaimFinding.CANNOT_OPEN, "", True, False),
        (ClaimFinding.CONTRADICTED, "It says the opposite.", True, True),
    ],
)
@pytest.mark.one_stack
def test_which_verdicts_open_a_point_and_which_of_them_have_to_be_answered(assignment, finding, note, opens, blocks):
    refused(assignment, finding=finding, note=note)
    found = Thread.objects.filter(origin="claim").first()
    assert bool(found) == opens
    assert bool(found and found.is_blocking) == blocks


# Answering


def test_nothing_is_submitted_again_before_every_blocking_point_is_answered(client, ana, returned, points):
    client.force_login(ana)
    with pytest.raises(WorkflowError, match="3 points of the reviewers wait for an answer"):
        publication.submit(returned, by=ana)
    assert "3 points still need an answer" in words(client.get(at("desk-answers", returned)))
    assert "3 points to answer" in words(client.get(at("desk-article", returned)))
    page = client.get(at("desk-submit", returned))
    assert f"#point-{points['claim'].pk}" in page.content.decode()
    assert "Answer the reviewers first" in words(page)
    assert "Submit revision" not in words(page)
    client.post(at("desk-answers", returned), sent(points["claim"], "We wrote “may”."))
    with pytest.raises(WorkflowError, match="2 points"):
        publication.submit(factories.fresh(returned), by=ana)
    assert "2 points still need an answer" in words(client.get(at("desk-answers", returned)))
    factories.answered(returned)
    assert "Nothing is left that has to be answered" in words(client.get(at("desk-answers", returned)))
    assert "Submit revision 2" in words(client.get(at("desk-submit", returned)))
    publication.submit(factories.fresh(returned), by=ana)
    assert factories.fresh(returned).state == State.SUBMITTED


def test_the_page_shows_what_was_asked_and_what_became_of_the_sentence(client, ana, returned):
    client.force_login(ana)
    page = words(client.get(at("desk-answers", returned)))
    for told in ("Rob", "Physiotherapist", SAID, "Warning signs are missing.", "nothing changed in this sentence"):
        assert told in page
    editing.change(returned, by=ana, edition=returned.edition, body=factories.BODY.replace("probably", "hardly"))
    assert "what changed in this sentence so far" in words(client.get(at("desk-answers", returned)))
    returned = factories.fresh(returned)
    editing.change(returned, by=ana, edition=returned.edition, body="Something else entirely.\n")
    assert "this sentence is no longer there" in words(client.get(at("desk-answers", returned)))


def test_what_is_typed_is_never_lost_and_never_replaces_what_a_coauthor_wrote(client, ana, noor, returned, points):
    point, address = points["claim"], at("desk-answers", returned)
    client.force_login(ana)
    long = "long words " * 10_000
    too_long = client.post(address, sent(point, long) | sent(points["reason"], "Kept."))
    assert too_long.status_code == 422
    assert "the limit is 4,000" in words(too_long)
    assert "Kept." in words(too_long)
    assert long.strip() in too_long.content.decode()
    client.post(address, sent(point, "The first answer."))
    second = client.post(address, sent(point, "From another tab.") | sent(points["reason"], "Saved all the same."))
    assert second.status_code == 409
    assert "The first answer." in words(second)
    assert "From another tab." in words(second)
    point.refresh_from_db()
    assert point.response == "The first answer."
    assert Thread.objects.get(pk=points["reason"].pk).response == "Saved all the same."
    client.post(address, sent(point, "From another tab.", seen=point.seen))
    assert Thread.objects.get(pk=point.pk).response == "From another tab."


def test_points_of_other_articles_and_people_do_not_exist(client, ana, noor, returned, points):
    other = factories.draft(by=noor)
    client.force_login(noor)
    assert client.get(at("desk-answers", returned)).status_code == 404
    foreign = client.post(at("desk-answers", other), sent(points["claim"], "Mine now."))
    assert foreign.status_code == 409
    assert "Mine now." in words(foreign)
    assert SAID not in words(foreign)
    with pytest.raises(Conflict):
        threads.respond(other, {points["claim"].pk: threads.Response("Mine now.", "")}, by=noor)
    with pytest.raises(PermissionDenied):
        threads.respond(returned, {points["claim"].pk: threads.Response("Mine now.", "")}, by=noor)
    assert not Thread.objects.exclude(response="").exists()


def test_words_of_either_side_are_never_read_as_markup(client, ana, rob, eva, assignment):
    article = refused(assignment, note=HOSTILE, reason=HOSTILE)
    factories.answered(article, words=HOSTILE)
    client.force_login(ana)
    assert HOSTILE not in client.get(at("desk-answers", article)).content.decode()
    publication.submit(factories.fresh(article), by=ana)
    again = factories.assigned(factories.fresh(article), rob, by=eva)
    assert HOSTILE not in as_rob(client, rob, again).content.decode()
    client.force_login(eva)
    page = client.get(reverse("admin:articles_article_change", args=[article.pk])).content.decode()
    assert HOSTILE not in page
    assert "&lt;script&gt;" in page


# What travels


def test_answers_reach_nobody_before_the_text_is_submitted_again(client, rob, eva, returned, assignment):
    factories.answered(returned, words="Not sent yet.")
    assert "Not sent yet." not in words(as_rob(client, rob, assignment))
    client.force_login(eva)
    page = words(client.get(reverse("admin:articles_article_change", args=[returned.pk])))
    assert "Not sent yet." not in page
    assert SAID in page
    assert not Notification.objects.filter(kind=Kind.THREADS_ANSWERED).exists()


def test_whoever_asked_is_told_once_and_sees_points_answers_and_changes_first(client, rob, second_look):
    told = Notification.objects.filter(kind=Kind.THREADS_ANSWERED, channel="inbox")
    assert [message.recipient for message in told] == [rob.user]
    page = words(as_rob(client, rob, second_look))
    asked = page[page.index("What you asked, and what the authors answered") : page.index("The text, as a reader")]
    for shown in (SAID, "It says “may” now.", "what changed in this sentence since then", "[removed", "[added"):
        assert shown in asked


def test_another_reviewer_sees_no_point_of_anybody_else_and_cannot_settle_it(client, rita, eva, answered, points):
    assignment = factories.assigned(answered, rita, by=eva)
    page = words(as_rob(client, rita, assignment))
    assert SAID not in page
    assert "What you asked" not in page
    refusal = as_rob(client, rita, assignment, act="settle", thread=points["claim"].pk)
    assert refusal.status_code == 422
    assert SAID not in words(refusal)
    assert not Thread.objects.visible_to(rita.user).exists()
    assert Thread.objects.unsettled().count() == 3


# Settling


def missing(assignment):
    rule = policy.in_force().rule(assignment.revision.article.risk_id)
    return [one.anchor for one in completeness.reading_of(assignment, rule=rule).missing]


def test_an_approval_waits_until_its_reviewer_has_settled_what_blocks(client, rob, second_look):
    assert "asked" in missing(second_look)
    for thread in Thread.objects.all():
        assert as_rob(client, rob, second_look, act="settle", thread=thread.pk).status_code == 302
    assert "asked" not in missing(second_look)
    assert AuditEntry.objects.filter(action="thread.settled").count() == 3
    factories.decided(second_look)
    assert Decision.objects.filter(verdict="approve").exists()


def test_what_is_not_enough_is_asked_again_and_has_to_be_answered_again(client, ana, rob, second_look, points):
    point = points["claim"]
    empty = as_rob(client, rob, second_look, act="ask_again", thread=point.pk, words=" ")
    assert empty.status_code == 422
    kept = as_rob(client, rob, second_look, act="ask_again", thread=point.pk, words="x" * 100_000)
    assert kept.status_code == 422
    assert "x" * 100_000 in kept.content.decode()
    for ask in ("Which trial?", "And which dose?"):
        assert as_rob(client, rob, second_look, act="ask_again", thread=point.pk, words=ask).status_code == 302
    assert Notification.objects.filter(kind=Kind.ASKED_AGAIN, recipient=ana, channel="email").count() == 1
    factories.decided(second_look, "request_changes")
    article = factories.fresh(second_look.revision.article)
    client.force_login(ana)
    assert "And which dose?" in words(client.get(at("desk-answers", article)))
    with pytest.raises(WorkflowError, match="2 points"):
        publication.submit(article, by=ana)


def test_the_same_objection_in_the_next_decision_goes_on_in_its_own_point(ana, rob, eva, returned, points):
    factories.answered(returned)
    publication.submit(factories.fresh(returned), by=ana)
    refused(factories.assigned(factories.fresh(returned), rob, by=eva), note="Still not.")
    assert Thread.objects.filter(origin="claim").count() == 1
    said = points["claim"].messages.values_list("side", "words")
    assert list(said) == [("reviewer", SAID), ("author", "We changed it."), ("reviewer", "Still not.")]
    assert Thread.objects.get(pk=points["claim"].pk).is_waiting


# How much


@pytest.mark.one_stack
@pytest.mark.slow
def test_three_points_cost_as_many_queries_as_thirty(ana, rob, second_look, points):
    of_ana, of_rob = Client(), Client()
    of_ana.force_login(ana)
    as_rob(of_rob, rob, second_look)  # the first look is noted

    def cost():
        desk = reverse("admin:reviews_reviewassignment_change", args=[second_look.pk])
        return queries(of_ana, at("desk-answers", second_look.revision.article)), queries(of_rob, desk)

    few = cost()
    source = points["claim"]
    said = source.messages.first()
    for number in range(27):
        source.pk, source.claim = None, f"copy {number}"
        source.save()
        said.pk, said.thread = None, source
        said.save()
    assert cost() == few
