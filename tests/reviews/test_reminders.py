"""Silence is handled: each rung of the ladder is taken once for each review, whatever the clock does."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from editorial import clock
from editorial.errors import Conflict, WorkflowError
from editorial.models import AuditEntry
from editorial.verification import verify
from reviews import absences, assignments, emails, policy, reminders
from reviews.delivery import deliver_due
from reviews.kinds import Act, Channel, Delivery, Ending, Kind
from reviews.models import LadderStep, Notification, ReviewAssignment
from reviews.policy import rung
from tests import factories

pytestmark = pytest.mark.django_db


def at_due_date(assignment, **offset):
    return clock.at(assignment.due_at + timedelta(**offset))


def tick(assignment, **offset):
    """The clock comes by, twice."""
    with at_due_date(assignment, **offset):
        taken = reminders.remind()
        assert reminders.remind() == 0
        return taken


def told():
    """Who was told what, by mail, in order."""
    reminded = Notification.objects.filter(channel=Channel.EMAIL, event__startswith="reminder:").order_by("pk")
    return [(n.recipient.label, n.event.split(":")[1]) for n in reminded]


def steps():
    return list(LadderStep.objects.order_by("pk").values_list("rung", "outcome"))


def away(member, *, first, last):
    day = timedelta(days=1)
    start, end = (clock.now().date() + n * day for n in (first, last))
    absences.set_away(member, by=member.user, starts_on=start, ends_on=end)


def deputy_of(member, deputy):
    absences.set_terms(member, by=member.user, capacity=member.capacity, deputy=deputy)


def test_nobody_is_reminded_long_before_the_due_date(assignment):
    with at_due_date(assignment, days=-2, seconds=-1):
        assert reminders.remind() == 0


def test_each_rung_is_taken_once_however_often_the_clock_ticks(assignment):
    for hours in range(-72, 240, 12):
        tick(assignment, hours=hours)
    assert told() == [
        ("Rob", "remind-2"),
        ("Rob", "remind+0"),
        ("Rob", "deputy+3"),
        ("Rob", "editor+5"),
        ("Eva", "editor+5"),
        ("Rob", "reassign+7"),
        ("Eva", "reassign+7"),
    ]
    assert [name for name, _ in steps()] == [r.name for r in policy.LADDER]
    assert steps()[2][1] == "the deputy could not be asked: no deputy is named"
    assert steps()[4][1] == "not passed on: nobody on the board is free to read it"
    assert AuditEntry.objects.filter(action__startswith="ladder.", actor=None).count() == len(policy.LADDER)
    assert verify().faults == []


def test_it_is_overdue_from_the_very_moment_on(assignment):
    with at_due_date(assignment):
        reminders.remind()
    assert told() == [("Rob", "remind+0")]


def test_after_a_long_silence_only_the_rung_that_is_reached_is_taken(assignment, rita):
    assert tick(assignment, days=30) == 1
    assert [name for name, _ in steps()] == ["reassign+7"]
    assert ReviewAssignment.objects.open().get().reviewer == rita


def test_a_review_that_ended_is_not_reminded_of(assignment):
    factories.decided(assignment)
    with at_due_date(assignment, days=8):
        assert reminders.remind() == 0


def test_a_reminder_in_the_outbox_is_held_back_when_the_review_ends_first(assignment):
    with at_due_date(assignment, days=1):
        reminders.remind()
        factories.decided(assignment)
        deliver_due()
    assert Notification.objects.get(kind=Kind.REVIEW_OVERDUE, channel=Channel.EMAIL).state == Delivery.SUPPRESSED


def test_where_the_reviewer_has_left_the_editors_are_told_all_the_same(assignment, rob):
    rob.user.is_active = False
    rob.user.save()
    for days in (1, 5):
        tick(assignment, days=days)
    assert told() == [("Eva", "editor+5")]


def test_editors_are_told_whose_review_is_late_and_the_reviewer_that_it_is_theirs(assignment):
    with at_due_date(assignment, days=5):
        reminders.remind()
        overdue = Notification.objects.filter(channel=Channel.EMAIL, kind=Kind.REVIEW_OVERDUE)
        sent = {n.recipient.label: emails.words_of(n)[0] for n in overdue}
    due = f"{assignment.due_at:%-d %B %Y}"
    pk = assignment.revision.article_id
    assert sent["Eva"] == f"Overdue since {due}: Rob’s review of article {pk} on Physiotherapy"
    assert sent["Rob"] == f"Overdue since {due}: your review of article {pk} on Physiotherapy"


def test_the_deputy_takes_over_and_everybody_hears_of_it(assignment, rob, rita):
    deputy_of(rob, rita)
    assert tick(assignment, days=3) == 1
    assignment.refresh_from_db()
    passed_on = ReviewAssignment.objects.open().get()
    assert (assignment.ending, passed_on.reviewer, passed_on.replaces) == (Ending.PASSED_ON, rita, assignment)
    assert passed_on.discipline == assignment.discipline
    assert passed_on.due_at > assignment.due_at
    mailed = Notification.objects.filter(channel=Channel.EMAIL)
    assert [n.recipient.label for n in mailed.filter(kind=Kind.REVIEW_PASSED_ON)] == ["Eva"]
    assert [n.recipient.label for n in mailed.filter(kind=Kind.REVIEW_ENDED)] == ["Rob"]
    assert mailed.filter(kind=Kind.REVIEW_ASSIGNED, recipient=rita.user).count() == 1
    with pytest.raises(Conflict, match="ended already"):
        assignments.accept(assignment, by=rob.user)
    assert verify().faults == []


def test_deputies_of_each_other_do_not_pass_a_review_round_in_a_circle(assignment, rob, rita):
    deputy_of(rob, rita)
    deputy_of(rita, rob)
    tick(assignment, days=3)
    second = ReviewAssignment.objects.open().get()
    tick(second, days=3)
    assert ReviewAssignment.objects.open().get() == second
    assert steps()[-1][0] == "deputy+3"
    assert "Rob was asked to read this already" in steps()[-1][1]


def test_inv4_a_deputy_with_a_hand_in_the_text_is_not_asked(ana, rob, eva):
    writer = factories.board_member("Co")
    asked = factories.assigned(factories.submitted(by=ana, coauthors=[writer.user]), rob, by=eva)
    deputy_of(rob, writer)
    tick(asked, days=3)
    assert ReviewAssignment.objects.open().get() == asked
    assert "had a hand in this text" in steps()[0][1]


def test_who_is_away_is_not_reminded_and_the_deputy_is_asked_early(assignment, rob, rita):
    deputy_of(rob, rita)
    away(rob, first=1, last=40)
    assert tick(assignment, days=-2) == 1
    assert [name for name, _ in steps()] == ["remind-2", "deputy+3"]
    assert told() == []
    assert ReviewAssignment.objects.open().get().reviewer == rita


def test_where_nobody_stands_in_for_somebody_away_the_editors_are_told_once_it_is_late(assignment, rob):
    away(rob, first=1, last=400)
    for days in (-2, 0, 3, 5):
        tick(assignment, days=days)
    assert told() == [("Eva", "remind+0"), ("Rob", "editor+5"), ("Eva", "editor+5")]


def test_the_ladder_is_the_one_of_the_policy_in_force(assignment, ruth, rita):
    ladder = (rung(-10, Act.EDITOR), rung(1, Act.REASSIGN))
    policy.lay_down(policy.in_force().rules, by=ruth, note="Quicker.", terms=policy.Terms(ladder=ladder))
    tick(assignment, days=-9)
    assert sorted(told()) == [("Eva", "editor-10"), ("Rob", "editor-10"), ("Ruth", "editor-10")]
    tick(assignment, days=1)
    assert ReviewAssignment.objects.open().get().reviewer == rita


def test_the_next_step_and_its_time_are_shown_to_the_reviewer_and_the_editor(client, assignment, rob, rita, eva):
    deputy_of(rob, rita)
    due = assignment.due_at
    editors_page = reverse("admin:articles_article_change", args=[assignment.revision.article_id])
    for person, where in ((rob.user, reverse("admin:index")), (eva, editors_page)):
        client.force_login(person)
        page = client.get(where).content.decode()
        assert "Next: a reminder is sent on" in page
        assert f"{due - timedelta(days=2):%-d %B, %H:%M} UTC" in page
    tick(assignment, days=1)
    with at_due_date(assignment, days=1):
        page = client.get(editors_page).content.decode()
    assert "Next: the deputy Rita is asked on" in page
    assert f"{due + timedelta(days=3):%-d %B, %H:%M} UTC" in page
    assert "Rob was reminded." in page


def test_only_editors_pass_a_review_on(assignment, rita, root, eva, ana):
    for somebody in (ana, rita.user, root):
        with pytest.raises(PermissionDenied):
            assignments.replace(assignment, rita, by=somebody, reason="Quicker.")
    with pytest.raises(WorkflowError, match="already"):
        assignments.replace(assignment, assignment.reviewer, by=eva, reason="Again.")
    assert assignments.replace(assignment, rita, by=eva, reason="Quicker.").assigned_by == eva


def test_a_review_in_trouble_holds_up_no_other(ana, eva, monkeypatch):
    monkeypatch.setattr(reminders, "BATCH", 2)
    for number in range(3):
        factories.assigned(factories.submitted(by=ana), factories.board_member(f"Reviewer {number}"), by=eva)
    first = ReviewAssignment.objects.order_by("pk").first()
    take = reminders.take

    def troubled(assignment, *more):
        if assignment.pk == first.pk:
            raise RuntimeError("out of order")
        return take(assignment, *more)

    monkeypatch.setattr(reminders, "take", troubled)
    with at_due_date(first, hours=1):
        assert reminders.remind() == 2
        monkeypatch.setattr(reminders, "take", take)
        assert reminders.remind() == 1


@pytest.mark.slow
def test_a_tick_with_nothing_to_do_costs_the_same_whatever_the_number_of_reviews(ana, eva):
    def idle(count):
        for number in range(count):
            member = factories.board_member(f"Reviewer {ReviewAssignment.objects.count()} {number}")
            factories.assigned(factories.submitted(by=ana), member, by=eva)
        with clock.at(clock.now() + timedelta(days=15)):
            reminders.remind()
            with CaptureQueriesContext(connection) as queries:
                assert reminders.remind() == 0
        return len(queries)

    assert idle(3) == idle(6) <= 8
