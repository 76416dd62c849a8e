"""Reviewers are reminded once for each rung of the ladder, whatever the clock does."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from editorial import clock
from reviews import emails, reminders
from reviews.delivery import deliver_due
from reviews.kinds import Channel, Delivery, Kind
from reviews.models import Notification, ReviewAssignment
from tests import factories

pytestmark = pytest.mark.django_db


def at_due_date(assignment, **offset):
    return clock.at(assignment.due_at + timedelta(**offset))


def told():
    """Who was told what, by mail, in order."""
    reminded = Notification.objects.filter(channel=Channel.EMAIL, event__startswith="reminder:").order_by("pk")
    return [(n.recipient.label, n.event.split(":")[1]) for n in reminded]


def test_nobody_is_reminded_long_before_the_due_date(assignment):
    with at_due_date(assignment, days=-2, seconds=-1):
        assert reminders.remind() == 0


def test_each_rung_is_told_once_however_often_the_clock_ticks(assignment):
    for hours in range(-72, 240, 12):
        with at_due_date(assignment, hours=hours):
            reminders.remind()
            reminders.remind()
    assert told() == [
        ("Rob", "due_soon"),
        ("Rob", "overdue"),
        ("Rob", "overdue_3_days"),
        ("Eva", "overdue_3_days"),
        ("Rob", "overdue_7_days"),
        ("Eva", "overdue_7_days"),
    ]


def test_it_is_overdue_from_the_very_moment_on(assignment):
    with at_due_date(assignment):
        reminders.remind()
    assert told() == [("Rob", "overdue")]


def test_after_a_long_silence_only_the_rung_that_is_reached_is_told(assignment):
    with at_due_date(assignment, days=30):
        reminders.remind()
        reminders.remind()
    assert told() == [("Rob", "overdue_7_days"), ("Eva", "overdue_7_days")]


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
    for days in (1, 4):
        with at_due_date(assignment, days=days):
            reminders.remind()
    assert told() == [("Eva", "overdue_3_days")]


def test_editors_are_told_whose_review_is_late_and_the_reviewer_that_it_is_theirs(assignment):
    with at_due_date(assignment, days=3):
        reminders.remind()
        overdue = Notification.objects.filter(channel=Channel.EMAIL, kind=Kind.REVIEW_OVERDUE)
        sent = {n.recipient.label: emails.words_of(n)[0] for n in overdue}
    due = f"{assignment.due_at:%-d %B %Y}"
    pk = assignment.revision.article_id
    assert sent["Eva"] == f"Overdue since {due}: Rob’s review of article {pk} on Physiotherapy"
    assert sent["Rob"] == f"Overdue since {due}: your review of article {pk} on Physiotherapy"


def test_a_tick_costs_the_same_whatever_the_number_of_reviews(ana, eva):
    def late(count):
        for number in range(count):
            member = factories.board_member(f"Reviewer {ReviewAssignment.objects.count()} {number}")
            factories.assigned(factories.submitted(by=ana), member, by=eva)
        with (
            clock.at(clock.now() + timedelta(days=30)),
            CaptureQueriesContext(
                connection,
            ) as queries,
        ):
            assert reminders.remind() == count * 4
        return len(queries)

    assert late(3) == late(6)


def test_a_batch_that_is_full_is_followed_by_the_next(ana, eva, monkeypatch):
    monkeypatch.setattr(reminders, "BATCH", 2)
    for number in range(5):
        member = factories.board_member(f"Reviewer {number}")
        factories.assigned(factories.submitted(by=ana), member, by=eva)
    with clock.at(clock.now() + timedelta(days=30)):
        assert reminders.remind() == 5 * 4
        assert reminders.remind() == 0
