"""Being asked is not yet reading: the text opens when the invitation is accepted and interests are declared."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from articles.states import State
from editorial import clock
from editorial.errors import Conflict, WorkflowError
from editorial.models import AuditEntry
from editorial.verification import verify
from reviews import absences, assignments, credentials, decisions, interests, matching, publication
from reviews.kinds import Channel, Ending, Kind
from reviews.models import BoardMember, InterestAnswer, Notification, ReviewAssignment
from tests import factories
from tests.desk import queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def invited(submitted, rob, eva):
    return factories.assigned(submitted, rob, by=eva, accepted=False)


def desk_of(assignment):
    return reverse("admin:reviews_reviewassignment_change", args=[assignment.pk])


def told(kind):
    return sorted(n.recipient.label for n in Notification.objects.filter(kind=kind, channel=Channel.EMAIL))


def fresh(assignment):
    return ReviewAssignment.objects.get(pk=assignment.pk)


def test_an_invitation_says_what_is_asked_and_nothing_of_the_text(client, invited):
    client.force_login(invited.reviewer.user)
    page = client.get(desk_of(invited)).content.decode()
    for said in (invited.revision.data["title"], "Physiotherapy", "Eva asks you", "words", "1 source to open", "Due"):
        assert said in page
    for text in ("eases long-lasting", "Probably a little, for most people", "Hayden"):
        assert text not in page
    assert fresh(invited).opened_at is None
    assert "Waiting for your answer" in client.get(reverse("admin:index")).content.decode()


def test_readers_are_told_of_a_reader_only_once_somebody_has_accepted(invited):
    article = invited.revision.article
    assert factories.fresh(article).state == State.SUBMITTED
    assignments.accept(invited, by=invited.reviewer.user, interest="minor", words="Taught a course once.")
    assert factories.fresh(article).state == State.UNDER_REVIEW
    decision = factories.decided(fresh(invited))
    assert decision.interests.endswith("About this text: Minor: Taught a course once.")
    assert verify().faults == []


@pytest.mark.parametrize("verb", ["request_changes", "flag_unsafe"])
def test_nothing_is_opened_or_decided_before_the_invitation_is_accepted(client, invited, verb):
    with pytest.raises(WorkflowError, match="Answer the invitation first"):
        getattr(decisions, verb)(invited, **factories.served(invited), reason="No.")
    with pytest.raises(WorkflowError, match="Answer the invitation first"):
        assignments.note_opened(invited, by=invited.reviewer.user)
    client.force_login(invited.reviewer.user)
    sent = factories.served(invited) | {"verdict": "reject", "reason": "No."}
    answer = client.post(desk_of(invited), {k: v for k, v in sent.items() if k != "by"})
    assert answer.status_code == 422
    assert "eases long-lasting" not in answer.content.decode()


def test_a_major_interest_recuses_on_record_and_the_editors_are_told(client, invited, rita, eva):
    client.force_login(invited.reviewer.user)
    sent = {"act": "accept", "interest": "major", "words": ""}
    assert client.post(desk_of(invited), sent).status_code == 422
    assert client.post(desk_of(invited), sent | {"words": "I own the <b>clinic</b>."}).status_code == 302
    ended = fresh(invited)
    assert (ended.ending, ended.end_reason, ended.accepted_at) == (Ending.RECUSED, "I own the <b>clinic</b>.", None)
    assert told(Kind.REVIEW_RECUSED) == ["Eva"]
    assert AuditEntry.objects.filter(action="review.recused", actor=invited.reviewer.user).count() == 1
    with pytest.raises(WorkflowError, match="already"):
        factories.assigned(invited.revision.article, invited.reviewer, by=eva)
    assert client.get(desk_of(invited)).status_code == 404
    assert verify().faults == []


def test_nobody_accepts_for_another_twice_or_too_late(invited, rita, eva, root, ana):
    for somebody in (rita.user, eva, root, ana):
        with pytest.raises(PermissionDenied, match="not assigned to you"):
            assignments.accept(invited, by=somebody)
    assignments.accept(invited, by=invited.reviewer.user)
    with pytest.raises(Conflict, match="accepted this review already"):
        assignments.accept(invited, by=invited.reviewer.user)
    assignments.take_back(invited, by=eva, reason="Too slow.")
    with pytest.raises(Conflict, match="has ended already"):
        assignments.accept(invited, by=invited.reviewer.user)
    assert InterestAnswer.objects.count() == 1


def test_an_interest_needs_words_and_a_level_that_exists(invited):
    for said in ({"interest": "minor"}, {"interest": "huge", "words": "A lot."}):
        with pytest.raises(WorkflowError, match="Say in a few words"):
            assignments.accept(invited, by=invited.reviewer.user, **said)


def test_without_a_current_declaration_the_way_leads_to_my_interests_and_back(client, submitted, eva):
    kim = BoardMember.objects.create(
        user=factories.person("Kim", is_staff=True), profession="Nurse", joined_at="2024-01-01"
    )
    with pytest.raises(WorkflowError, match="no verified credential"):
        assignments.assign(submitted, kim, by=eva)
    factories.credential(kim)
    asked = factories.assigned(submitted, kim, by=eva, accepted=False)
    with pytest.raises(WorkflowError, match="not declared your interests yet"):
        assignments.accept(asked, by=kim.user)
    client.force_login(kim.user)
    page = client.get(desk_of(asked)).content.decode()
    assert f"{reverse('admin:my-interests')}?for={asked.pk}" in page
    assert 'value="accept"' not in page
    sent = {"for": asked.pk, "none_declared": "on"}
    assert client.post(reverse("admin:my-interests"), sent).url == desk_of(asked)
    assert client.post(desk_of(asked), {"act": "accept", "interest": "none", "words": ""}).url == desk_of(asked)
    assert "eases long-lasting" in client.get(desk_of(asked)).content.decode()


def test_a_declaration_that_expires_during_the_review_shuts_the_text_until_it_is_renewed(client, submitted, rob, eva):
    declaration = interests.declare(rob, by=rob.user, none_declared=True)
    assigned = factories.assigned(submitted, rob, by=eva, due_at=clock.now() + timedelta(days=500))
    client.force_login(rob.user)
    with clock.at(declaration.expires_at):
        page = client.get(desk_of(assigned)).content.decode()
        assert "has expired" in page
        assert "eases long-lasting" not in page
        with pytest.raises(WorkflowError, match="has expired"):
            decisions.reject(assigned, **factories.served(assigned), reason="No.")
        interests.declare(rob, by=rob.user, none_declared=True)
        assert "eases long-lasting" in client.get(desk_of(assigned)).content.decode()


def test_a_withdrawn_credential_ends_what_its_holder_may_decide(assignment, eva):
    credentials.withdraw(assignment.reviewer.credentials.get(), by=eva, reason="Struck off.")
    with pytest.raises(WorkflowError, match="no verified credential"):
        decisions.reject(assignment, **factories.served(assignment), reason="No.")


def test_whoever_becomes_an_author_after_the_invitation_cannot_accept(invited, ana):
    with pytest.raises(WorkflowError, match="nobody can judge a text and write it too"):
        factories.joined(invited.revision.article, invited.reviewer.user)


def test_declining_with_a_suggestion_leads_the_editor_to_that_person(client, invited, rita, eva):
    client.force_login(invited.reviewer.user)
    sent = {"act": "decline", "reason": "On leave.", "suggested": rita.pk}
    assert client.post(desk_of(invited), sent | {"reason": ""}).status_code == 422
    assert client.post(desk_of(invited), sent).status_code == 302
    client.force_login(eva)
    page = client.get(reverse("admin:articles_article_change", args=[invited.revision.article_id]))
    assert "Suggests Rita, Physiotherapist instead." in page.content.decode()
    form = page.context["forms"]["assign"]
    assert (form.suggested, form["member"].value()) == (rita, rita.pk)


@pytest.mark.parametrize("who", ["author", "self", "asked"])
def test_a_suggestion_of_somebody_with_a_duty_is_refused(invited, ana, rita, eva, who):
    ana_on_board = BoardMember.objects.create(user=ana, profession="Doctor", joined_at="2024-01-01")
    factories.assigned(invited.revision.article, rita, by=eva)
    named = {"author": ana_on_board, "self": invited.reviewer, "asked": rita}[who]
    with pytest.raises(WorkflowError, match="cannot read this text"):
        assignments.decline(invited, by=invited.reviewer.user, reason="On leave.", suggested=named)
    assert fresh(invited).is_open


def test_what_came_since_the_last_visit_is_marked_as_new(client, rob, ana, eva):
    client.force_login(rob.user)

    def new():
        mine = client.get(reverse("admin:index")).context["mine"]
        return [line.assignment for line in [*mine.waiting, *mine.due_soon, *mine.later] if line.is_new]

    factories.assigned(factories.submitted(by=ana), rob, by=eva)
    assert new() == []
    with clock.at(clock.now() + timedelta(hours=2)):
        second = factories.assigned(factories.submitted(by=ana), rob, by=eva, accepted=False)
        assert [new(), new()] == [[second], [second]]
    with clock.at(clock.now() + timedelta(hours=4)):
        assert new() == []


# A third is found


def split(ana, eva, *members):
    article = factories.submitted(by=ana)
    first, second = (factories.assigned(article, member, by=eva) for member in members)
    factories.decided(first)
    factories.decided(second, "reject")
    return article


def test_on_a_split_vote_the_system_invites_the_best_match_and_the_next_when_that_one_declines(ana, rob, rita, eva):
    away = factories.board_member("Away")
    absences.set_away(away, by=away.user, starts_on=clock.now().date(), ends_on=clock.now().date() + timedelta(days=9))
    jo, sam = factories.board_member("Jo", specialties=("Neurology",)), factories.board_member("Sam")
    article = split(ana, eva, rob, rita)
    third = ReviewAssignment.objects.open().get()
    assert (third.reviewer, third.assigned_by, third.asked_by) == (sam, None, "the system")
    assert AuditEntry.objects.filter(action="review.assigned", actor=None).count() == 1
    assert told(Kind.THIRD_INVITED) == ["Eva"]
    assignments.decline(third, by=sam.user, reason="On leave.")
    following = ReviewAssignment.objects.open().get()
    assert following.reviewer == jo
    assignments.accept(following, by=jo.user, interest="major", words="My own trial.")
    assert told(Kind.SPLIT_VOTE) == ["Eva"]
    assert not ReviewAssignment.objects.open().exists()
    assert factories.fresh(article).state == State.UNDER_REVIEW
    assert verify().faults == []


# Who fits


def test_candidates_come_with_reasons_and_those_ruled_out_with_why(ana, eva, rob, rita):
    article = factories.submitted(by=ana, title="Does a splint help a sore wrist?")
    today = clock.now().date()
    fee = interests.Item("money", "fee from a maker of splints", "2024", is_major=False)
    board = {
        "busy": factories.board_member("Busy", capacity=1),
        "closed": factories.board_member("Closed", capacity=0),
        "away": factories.board_member("Away"),
        "leaves": factories.board_member("Leaves"),
        "paid": factories.board_member("Paid"),
        "owner": factories.board_member("Owner"),
        "struck": factories.board_member("Struck"),
        "other": factories.board_member("Other", specialties=("Neurology",)),
    }
    factories.assigned(factories.submitted(by=ana), board["busy"], by=eva)
    absences.set_away(board["away"], by=board["away"].user, starts_on=today, ends_on=today + timedelta(days=3))
    absences.set_away(board["away"], by=eva, starts_on=today + timedelta(days=4), ends_on=today + timedelta(days=5))
    absences.set_away(board["leaves"], by=eva, starts_on=today + timedelta(days=2), ends_on=today + timedelta(days=4))
    factories.declared(board["paid"], items=(fee,))
    factories.declared(board["owner"], items=(interests.Item("shares", "Splints Ltd", "2020", is_major=True),))
    credentials.withdraw(board["struck"].credentials.get(), by=eva, reason="Struck off.")
    found = {c.member.user.label: c for c in matching.fits(article)}
    until = today + timedelta(days=5)
    assert {name: c.why_not for name, c in found.items() if c.why_not} == {
        "Busy": "has 1 open review, which is as many as they take",
        "Closed": "takes no reviews at present",
        "Away": f"is away until {until:%-d %B %Y}",
        "Owner": "declared a major interest that names this topic (Splints Ltd)",
        "Struck": "has no verified credential that is still valid",
    }
    names = [c.member.user.label for c in matching.candidates(article)]
    assert names == ["Rob", "Rita", "Leaves", "Paid", "Other"]
    assert found["Rob"].reasons == "own specialty, credential verified, 0 of 50 open reviews"
    assert "away from" in found["Leaves"].reasons
    assert "declared an interest that names this topic (fee from a maker of splints)" in found["Paid"].reasons
    assert found["Other"].reasons.startswith("another specialty")
    for name in ("busy", "closed", "away", "owner", "struck"):
        with pytest.raises(WorkflowError, match="Choose another board member"):
            assignments.assign(article, board[name], by=eva)


def test_inv4_whoever_has_a_duty_never_appears_not_even_among_the_excluded(ana, eva, rob, rita):
    coauthor, prompter = factories.board_member("Co"), factories.board_member("Pat")
    editor = factories.board_member("Ed")
    editor.user.is_managing_editor = True
    editor.user.save()
    article = factories.submitted(by=ana, coauthors=[coauthor.user], ai_accountable=prompter.user)
    BoardMember.objects.create(user=ana, profession="Doctor", joined_at="2024-01-01")
    publication.set_risk(article, 3, by=editor.user)
    factories.assigned(article, rob, by=eva, accepted=False)
    assert [c.member for c in matching.fits(factories.fresh(article))] == [rita]


@pytest.mark.slow
def test_proposing_costs_the_same_for_three_members_and_for_thirty(client, ana, eva):
    article = factories.submitted(by=ana)
    client.force_login(eva)
    where = reverse("admin:articles_article_change", args=[article.pk])
    for n in range(3):
        factories.board_member(f"Member {n}")
    few = queries(client, where)
    for n in range(3, 30):
        factories.board_member(f"Member {n}")
    assert queries(client, where) == few


# Absence, room, deputy


def test_only_the_member_and_the_editors_plan_days_away(rob, rita, eva, root, ana):
    days = {"starts_on": clock.now().date(), "ends_on": clock.now().date() + timedelta(days=7)}
    for somebody in (rita.user, root, ana):
        with pytest.raises(PermissionDenied):
            absences.set_away(rob, by=somebody, **days)
        with pytest.raises(PermissionDenied):
            absences.set_terms(rob, by=somebody, capacity=1, deputy=None)
    away = absences.set_away(rob, by=eva, note="Ill", **days)
    with pytest.raises(PermissionDenied):
        absences.cancel(away, by=rita.user)
    absences.cancel(away, by=rob.user)
    with pytest.raises(Conflict, match="taken back already"):
        absences.cancel(away, by=rob.user)
    acts = AuditEntry.objects.filter(about=f"boardmember:{rob.pk}").values_list("action", "actor_label")
    assert {("absence.set", "Eva"), ("absence.cancelled", "Rob")} <= set(acts)


def test_a_member_plans_on_a_page_and_impossible_plans_are_refused_in_words(client, rob, rita):
    client.force_login(rob.user)
    where = reverse("admin:my-availability")
    today = clock.now().date()
    tomorrow, last_week = today + timedelta(days=1), today - timedelta(days=7)
    for starts, ends in ((tomorrow, today), (last_week, last_week), (today, today + timedelta(days=900))):
        said = {"act": "away", "starts_on": starts, "ends_on": ends, "note": "<b>Leave</b>"}
        answer = client.post(where, said)
        assert answer.status_code == 422
        assert "&lt;b&gt;Leave&lt;/b&gt;" in answer.content.decode()
    assert client.post(where, {"act": "away", "starts_on": today, "ends_on": tomorrow}).status_code == 302
    assert "Away now, until" in client.get(where).content.decode()
    assert client.post(where, {"act": "back", "absence": rob.absences.get().pk}).status_code == 302
    assert client.post(where, {"act": "terms", "capacity": -1, "deputy": ""}).status_code == 422
    assert client.post(where, {"act": "terms", "capacity": 2, "deputy": rob.pk}).status_code == 422
    assert client.post(where, {"act": "terms", "capacity": 2, "deputy": rita.pk}).status_code == 302
    rob.refresh_from_db()
    assert (rob.capacity, rob.deputy, rob.absences.count()) == (2, rita, 0)
    assert client.post(where, {"act": "verify", "credential": rob.credentials.get().pk}).status_code == 404
    with pytest.raises(WorkflowError, match="their own deputy"):
        absences.set_terms(rob, by=rob.user, capacity=2, deputy=rob)
