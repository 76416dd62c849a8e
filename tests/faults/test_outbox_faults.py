"""Whatever breaks on the way, a message ends as sent, suppressed or dead, and is never lost."""

import asyncio
import os
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from celery import Celery
from django.core.mail.backends.smtp import EmailBackend
from django.db import connection

from editorial import bell, clock
from editorial.processes import Child, wait_until
from reviews import delivery, notifications
from reviews.kinds import Channel, Delivery, Kind
from reviews.models import Notification
from reviews.notifications import notify
from tests import factories
from tests.worker import where_the_test_is

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]


class Killed(BaseException):
    """The process is gone: no `except Exception` and no tidying up."""


@pytest.fixture
def due(submitted, eva, monkeypatch):
    monkeypatch.setattr(notifications, "ring", lambda: None)
    notify(Kind.SUBMITTED, [eva], event="test", article=submitted, author="Ana", shortfall="")
    return Notification.objects.get(event="test", channel=Channel.EMAIL)


def emails(**which):
    return Notification.objects.filter(channel=Channel.EMAIL, **which)


def die(*args, **kwargs):
    raise Killed


send_for_real = EmailBackend.send_messages


def sends_and_dies(backend, messages):
    send_for_real(backend, messages)
    raise Killed


# Where the process dies → how many copies arrive once another has taken over, and whether the second says so.
POINTS = {
    "before it takes the row": ("reviews.delivery._claim", die, 1, False),
    "with the row in its hands": ("reviews.delivery._deal_with", die, 1, False),
    "while it writes the message": ("reviews.delivery.compose", die, 1, False),
    "before the handover is on record": ("reviews.delivery._note_handover", die, 1, False),
    "before the server is given anything": ("reviews.delivery._hand_over", die, 1, True),
    "after the server took it": ("django.core.mail.backends.smtp.EmailBackend.send_messages", sends_and_dies, 2, True),
    "before it is marked": ("reviews.delivery._end", die, 2, True),
}


@pytest.mark.parametrize("point", POINTS)
def test_a38_inv10_a_crash_at_any_point_loses_nothing(due, smtp_sink, monkeypatch, point):
    place, dying, copies, is_possible_duplicate = POINTS[point]
    with monkeypatch.context() as crash:
        crash.setattr(place, dying)
        with pytest.raises(Killed):
            delivery.deliver_next()
    due.refresh_from_db()
    assert due.state == Delivery.DUE
    with clock.at(clock.now() + delivery.LEASE + timedelta(seconds=1)):
        delivery.deliver_due()
    due.refresh_from_db()
    assert (due.state, due.possible_duplicate) == (Delivery.SENT, is_possible_duplicate)
    assert len(smtp_sink.messages) == copies
    assert len({message["Message-ID"] for message in smtp_sink.messages}) == 1


def test_a38_nobody_takes_a_row_whose_holder_is_still_at_it(due, smtp_sink, monkeypatch):
    with monkeypatch.context() as crash:
        crash.setattr(delivery, "_note_handover", die)
        with pytest.raises(Killed):
            delivery.deliver_next()
    assert not delivery.deliver_next()
    assert smtp_sink.messages == []


def test_a_holder_that_was_too_slow_sends_nothing_after_another_took_over(due, smtp_sink):
    slow = delivery._claim()
    with clock.at(clock.now() + delivery.LEASE + timedelta(seconds=1)):
        delivery.deliver_next()
        delivery._deal_with(slow)
    assert len(smtp_sink.messages) == 1


def test_a38_a_process_killed_while_the_server_has_the_message_leaves_it_to_the_next(
    due, smtp_sink, tmp_path, own_process
):
    taken = threading.Event()

    async def takes_its_time(server, session, envelope):
        taken.set()
        await asyncio.sleep(30)
        return "250 OK"

    smtp_sink.handle_DATA = takes_its_time
    process = own_process("deliver_outbox")
    assert taken.wait(30), (tmp_path / "process.log").read_text()
    process.kill()
    due.refresh_from_db()
    assert due.state == Delivery.DUE
    assert due.handover_at
    del smtp_sink.handle_DATA
    with clock.at(clock.now() + delivery.LEASE + timedelta(seconds=1)):
        delivery.deliver_due()
    due.refresh_from_db()
    assert (due.state, due.possible_duplicate) == (Delivery.SENT, True)
    assert "You may have this message already" in smtp_sink.messages[-1].get_content()


@pytest.fixture
def own_process(tmp_path, smtp_sink):
    """Runs a management command in a process of its own, on the test's database and mail server."""
    children = []

    def start(command):
        environment = os.environ | where_the_test_is() | {"EMAIL_URL": smtp_sink.url}
        program = [sys.executable, "manage.py", command]
        children.append(Child(command, program, log=tmp_path / "process.log", env=environment))
        return children[-1]

    yield start
    for child in children:
        child.kill()


def test_a40_five_wake_ups_at_once_send_one_message(due, smtp_sink):
    emails().exclude(pk=due.pk).update(state=Delivery.SENT)
    together = threading.Barrier(5)

    def wake(_):
        together.wait()
        try:
            return delivery.deliver_next()
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        assert sum(pool.map(wake, range(5))) == 1
    assert len(smtp_sink.messages) == 1


def test_a40_five_workers_deliver_thirty_messages_once_each(submitted, eva, smtp_sink, monkeypatch):
    monkeypatch.setattr(notifications, "ring", lambda: None)
    for number in range(30):
        notify(Kind.SUBMITTED, [eva], event=f"test:{number}", article=submitted, author="Ana", shortfall="")
    expected = emails(state=Delivery.DUE).count()

    def work(_):
        try:
            return delivery.deliver_due()
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        assert sum(pool.map(work, range(5))) == expected
    assert len({message["Message-ID"] for message in smtp_sink.messages}) == len(smtp_sink.messages) == expected
    assert emails(possible_duplicate=True).count() == 0


@pytest.fixture
def queue_is_down(monkeypatch):
    """Bells are rung as the settings say, where nobody listens."""
    deaf = Celery("deaf", set_as_current=False)
    deaf.config_from_object("django.conf:settings", namespace="CELERY")
    deaf.conf.broker_url = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(bell, "current_app", deaf)
    monkeypatch.setattr(bell, "_unheard_until", 0.0)


def test_a39_with_the_queue_down_a_decision_is_answered_at_once_and_the_mail_is_in_the_outbox(
    assignment, queue_is_down, smtp_sink
):
    began = time.monotonic()
    factories.decided(assignment, "request_changes")
    assert time.monotonic() - began < 2
    assert bell._unheard_until > 0, "the bell was not rung"
    assert emails(kind=Kind.CHANGES_REQUESTED, state=Delivery.DUE).exists()
    # The clock finds it, with no bell rung.
    delivery.deliver_due()
    assert emails(state=Delivery.DUE).count() == 0


def test_a_queue_that_was_not_heard_is_not_waited_for_again_at_once(submitted, eva, queue_is_down, monkeypatch):
    rung = []

    def unheard(*args, **kwargs):
        rung.append(args)
        raise OSError("nobody there")

    monkeypatch.setattr(bell.current_app, "send_task", unheard)
    for number in range(3):
        notify(Kind.SUBMITTED, [eva], event=f"test:{number}", article=submitted, author="Ana", shortfall="")
    assert len(rung) == 1


def test_a_bell_in_the_queue_makes_a_worker_deliver(worker, smtp_sink, submitted, eva):
    notify(Kind.SUBMITTED, [eva], event="test", article=submitted, author="Ana", shortfall="")
    mine = emails(event="test")
    assert wait_until(lambda: mine.get().state == Delivery.SENT, within=15), worker.log.read_text()
