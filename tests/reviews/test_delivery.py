"""The outbox: everything due ends as sent, suppressed or dead, and says why."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.core.management import call_command

from editorial import bell, clock
from reviews import assignments, delivery
from reviews.kinds import Channel, Delivery, Kind
from reviews.models import Notification
from reviews.notifications import notify
from tests import factories

pytestmark = pytest.mark.django_db


def emails(**which):
    return Notification.objects.filter(channel=Channel.EMAIL, **which)


@pytest.fixture
def due(submitted, eva):
    """One message to Eva, about a submission."""
    notify(Kind.SUBMITTED, [eva], event="test", article=submitted, author="Ana", shortfall="")
    return emails(event="test").get()


def later(minutes):
    return clock.at(clock.now() + timedelta(minutes=minutes))


def test_a_due_message_is_sent_once_and_marked(due, mailoutbox):
    assert delivery.deliver_next()
    assert not delivery.deliver_next()
    due.refresh_from_db()
    assert (due.state, due.outcome, due.possible_duplicate) == (Delivery.SENT, "", False)
    assert due.ended_at
    assert due.handover_at
    assert [m.to for m in mailoutbox] == [["eva@example.org"]]


def test_what_is_not_due_yet_waits(due, mailoutbox):
    emails().update(due_at=clock.now() + timedelta(minutes=1))
    assert not delivery.deliver_next()
    assert mailoutbox == []


def test_the_longest_due_goes_first(submitted, eva, ana, mailoutbox):
    for who, minutes in ((eva, 1), (ana, 2)):
        with clock.at(clock.now() - timedelta(minutes=minutes)):
            notify(Kind.WITHDRAWN, [who], event=f"w:{minutes}", article=submitted, reason="No longer needed.")
    delivery.deliver_due()
    assert [m.to for m in mailoutbox] == [["ana@example.org"], ["eva@example.org"]]


def test_an_inbox_message_is_never_sent_by_mail(due):
    delivery.deliver_due()
    inbox = Notification.objects.get(event="test", channel=Channel.INBOX)
    assert inbox.handover_at is None


# Entitlement, at the moment of sending


def test_a44_a_reviewer_whose_assignment_was_taken_back_is_not_sent_the_request(assignment, eva, mailoutbox):
    assignments.take_back(assignment, by=eva, reason="Somebody else is free.")
    delivery.deliver_due()
    asked = emails(kind=Kind.REVIEW_ASSIGNED).get()
    assert asked.state == Delivery.SUPPRESSED
    assert asked.outcome == "The review it speaks of had ended before it could be sent."
    assert [m.subject.partition(":")[0] for m in mailoutbox if m.to == ["rob@example.org"]] == ["No longer needed"]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"is_active": False}, "Eva was deactivated before it could be sent."),
        ({"is_managing_editor": False}, "Eva no longer holds the office it is meant for."),
    ],
)
def test_a44_whoever_lost_the_right_to_know_is_not_told(due, eva, mailoutbox, change, why):
    type(eva).objects.filter(pk=eva.pk).update(**change)
    delivery.deliver_due()
    due.refresh_from_db()
    assert (due.state, due.outcome) == (Delivery.SUPPRESSED, why)
    assert mailoutbox == []


def test_a_board_member_who_left_is_not_reminded_of_work_they_no_longer_hold(assignment, rob, mailoutbox):
    rob.left_at = "2026-01-01"
    rob.save()
    delivery.deliver_due()
    assert emails(kind=Kind.REVIEW_ASSIGNED).get().state == Delivery.SUPPRESSED


# What mail servers say


def test_a_refused_mailbox_is_dead_at_once_and_an_editor_sees_why(due, eva, smtp_sink):
    smtp_sink.refused_recipients.add("eva@example.org")
    assert delivery.deliver_next()
    due.refresh_from_db()
    assert due.state == Delivery.DEAD
    assert due.outcome == "The mail server refused it for eva@example.org: 550 5.1.1 No such mailbox here"
    assert due in Notification.objects.visible_to(eva).dead()


def test_a_server_that_says_later_is_asked_again_after_growing_pauses(due, smtp_sink, monkeypatch):
    monkeypatch.setattr(delivery.random, "random", lambda: 1.0)
    smtp_sink.is_failing = True
    start = clock.now()
    pauses = []
    with clock.at(start):
        while delivery.deliver_next():
            due.refresh_from_db()
            if due.state != Delivery.DUE:
                break
            pauses.append((due.due_at - clock.now()).total_seconds() / 60)
            emails().filter(pk=due.pk).update(due_at=start)
    assert pauses == [5, 10, 20, 40, 80, 160, 240]
    assert (due.state, due.attempts) == (Delivery.DEAD, 7)
    assert due.outcome.startswith("Given up after 8 tries. The mail server refused it for eva@example.org: 451")
    assert not due.possible_duplicate


def test_after_a_pause_it_goes_out_as_if_nothing_had_been(due, smtp_sink):
    smtp_sink.is_failing = True
    delivery.deliver_next()
    smtp_sink.is_failing = False
    with later(minutes=10):
        assert delivery.deliver_next()
    due.refresh_from_db()
    assert (due.state, due.attempts, due.possible_duplicate) == (Delivery.SENT, 1, False)
    assert len(smtp_sink.messages) == 1


def test_a_mail_server_that_is_down_costs_no_attempt_and_stops_the_round(due, smtp_sink, settings, ana, submitted):
    settings.EMAIL_PORT = 1
    notify(Kind.WITHDRAWN, [ana], event="second", article=submitted, reason="No longer needed.")
    before = clock.now()
    assert delivery.deliver_due() == 0
    due.refresh_from_db()
    assert (due.state, due.attempts, due.lease) == (Delivery.DUE, 0, None)
    assert timedelta(seconds=30) <= due.due_at - before <= timedelta(seconds=125)
    assert due.outcome.startswith("The mail server could not be reached")
    # The second one was not tried: one knock on a closed door is enough.
    assert emails(event="second").get().outcome == ""
    settings.EMAIL_PORT = smtp_sink.port
    with later(minutes=3):
        assert delivery.deliver_due() >= 2
    assert emails(state=Delivery.DUE).count() == 0


def test_a_server_name_that_does_not_resolve_costs_no_attempt(due, smtp_sink, settings):
    settings.EMAIL_HOST = "mail.invalid"
    assert not delivery.deliver_next()
    due.refresh_from_db()
    assert (due.state, due.attempts) == (Delivery.DUE, 0)


def test_an_answer_that_never_came_leads_to_a_second_copy_that_says_so(due, smtp_sink):
    smtp_sink.hangs_up_after_data = True
    assert delivery.deliver_next()
    due.refresh_from_db()
    assert due.state == Delivery.DUE
    assert "connection broke" in due.outcome
    smtp_sink.hangs_up_after_data = False
    with later(minutes=10):
        assert delivery.deliver_next()
    due.refresh_from_db()
    assert (due.state, due.possible_duplicate) == (Delivery.SENT, True)
    first, second = smtp_sink.messages
    assert first["Message-ID"] == second["Message-ID"]
    assert "You may have this message already" not in first.get_content()
    assert "You may have this message already" in second.get_content()


# What is wrong on our side


def test_a_missing_template_is_dead_with_a_reason_and_holds_nobody_up(
    due, submitted, eva, settings, tmp_path, mailoutbox
):
    copied = tmp_path / "email"
    copied.mkdir()
    for template in (Path(settings.HOME) / "templates" / "email").glob("*.txt"):
        if template.name != "submitted.txt":
            (copied / template.name).write_text(template.read_text())
    settings.TEMPLATES = [settings.TEMPLATES[0] | {"DIRS": [tmp_path]}]
    notify(Kind.WITHDRAWN, [eva], event="second", article=submitted, reason="No longer needed.")
    delivery.deliver_due()
    due.refresh_from_db()
    assert due.state == Delivery.DEAD
    assert due.outcome.startswith("Its text could not be written, because the template for “A text was submitted”")
    assert emails(event="second").get().state == Delivery.SENT


@pytest.mark.parametrize("address", ["", "nobody", "eva@example.org\r\nBcc: noor@example.org"])
def test_somebody_without_a_usable_address_is_dead_with_that_reason(due, eva, address, mailoutbox):
    type(eva).objects.filter(pk=eva.pk).update(email=address)
    delivery.deliver_due()
    due.refresh_from_db()
    assert (due.state, due.outcome) == (Delivery.DEAD, "Eva has no e-mail address that mail can be sent to.")
    assert mailoutbox == []


def test_a_message_that_kills_its_worker_each_time_is_given_up(due):
    for times in range(delivery.MOST_ATTEMPTS + 1):
        with later(minutes=3 * times):
            claimed = delivery._claim()
    assert claimed.attempts == delivery.MOST_ATTEMPTS
    delivery._deal_with(claimed)
    due.refresh_from_db()
    assert due.state == Delivery.DEAD


def test_what_is_written_to_files_is_marked_sent(due, settings, tmp_path):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path
    delivery.deliver_due()
    due.refresh_from_db()
    assert due.state == Delivery.SENT
    assert any("To: eva@example.org" in file.read_text() for file in tmp_path.iterdir())


def test_the_command_says_what_it_did(due, smtp_sink, settings, capsys):
    settings.EMAIL_PORT = 1
    call_command("deliver_outbox")
    assert capsys.readouterr().out.startswith("0 dealt with, 0 in all that could not be delivered.\n1 still wait")
    settings.EMAIL_PORT = smtp_sink.port
    with later(minutes=3):
        call_command("deliver_outbox")
    assert capsys.readouterr().out == "1 dealt with, 0 in all that could not be delivered.\n"


# Writing to the outbox


def test_inv10_the_same_event_is_told_once(submitted, eva):
    before = Notification.objects.count()
    told = [notify(Kind.SUBMITTED, [eva, eva], event="twice", article=submitted, author="Ana") for _ in range(2)]
    assert told == [2, 0]
    assert Notification.objects.count() == before + 2


def test_inv10_an_act_that_fails_tells_nobody(assignment, monkeypatch):
    def fails(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(assignments, "end", fails)
    before = Notification.objects.count()
    with pytest.raises(RuntimeError):
        factories.decided(assignment)
    assert Notification.objects.count() == before


def test_machines_are_not_written_to(submitted, max_the_machine):
    assert notify(Kind.APPROVED, [max_the_machine], event="m", article=submitted) == 0


def test_a_bell_is_rung_after_the_commit_only(submitted, eva, monkeypatch, django_capture_on_commit_callbacks):
    rung = []
    monkeypatch.setattr(bell.current_app, "send_task", lambda name, **how: rung.append(name))
    with django_capture_on_commit_callbacks(execute=True):
        notify(Kind.SUBMITTED, [eva], event="bell", article=submitted, author="Ana")
        assert rung == []
    assert rung == ["reviews.tasks.deliver_outbox"]
    assert mail.outbox == []
