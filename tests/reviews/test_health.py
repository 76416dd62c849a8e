"""Health is judged by progress: what is due gets done, and the sweep goes round."""

from datetime import timedelta

import pytest

from editorial import clock, immutability
from reviews import delivery, health
from reviews.kinds import Channel
from reviews.models import Notification, Sweep
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def long_since_started(monkeypatch):
    monkeypatch.setattr(health, "STARTED", health.STARTED - 3600)


def ask(client):
    answer = client.get("/readyz")
    return answer.status_code, answer.json()


def test_a_process_that_answers_is_alive_whatever_else_is_broken(client, monkeypatch, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert "no-store" in answer["Cache-Control"]


def test_a_house_in_order_is_ready(client):
    status, said = ask(client)
    assert status == 200
    assert said == {
        "ready": True,
        "checks": {"database": True, "guards": True, "outbox": True, "sweep": True},
        "reported": {"queue": True, "mail": True},
    }


@pytest.fixture
def waiting(eva, submitted):
    """The message that tells Eva of a submission."""
    return Notification.objects.filter(channel=Channel.EMAIL)


def test_mail_that_is_left_lying_means_not_ready(client, waiting):
    waiting.update(due_at=clock.now() - timedelta(minutes=14))
    assert ask(client)[0] == 200
    waiting.update(due_at=clock.now() - timedelta(minutes=16))
    status, said = ask(client)
    assert (status, said["checks"]["outbox"]) == (503, False)
    delivery.deliver_due()
    assert ask(client)[0] == 200


def test_mail_that_is_tried_again_and_again_is_reported_and_the_site_stays_ready(client, waiting):
    now = clock.now()
    waiting.update(created_at=now - timedelta(hours=2), due_at=now + timedelta(minutes=1))
    status, said = ask(client)
    assert (status, said["reported"]["mail"]) == (200, False)


def test_without_a_recent_complete_sweep_the_house_is_not_ready(client, ana, long_since_started):
    with clock.at(clock.now() - timedelta(hours=1)):
        factories.submitted(by=ana)
    assert ask(client)[0] == 503
    now = clock.now()
    Sweep.objects.create(started_at=now, finished_at=now, trouble="Nobody answered.")
    assert ask(client)[0] == 503
    Sweep.objects.create(started_at=now, finished_at=now - timedelta(minutes=31), is_complete=True)
    assert ask(client)[0] == 503
    Sweep.objects.create(started_at=now, finished_at=now - timedelta(minutes=29), is_complete=True)
    assert ask(client)[0] == 200


def test_nothing_that_has_long_been_out_unchecked_needs_no_sweep(client, ana, long_since_started):
    factories.draft(by=ana)
    factories.submitted(by=ana)
    assert ask(client)[0] == 200


def test_a_house_that_has_just_opened_is_given_time_for_its_first_sweep(client, ana, monkeypatch):
    with clock.at(clock.now() - timedelta(hours=1)):
        factories.submitted(by=ana)
    monkeypatch.setattr(health, "STARTED", health.time.monotonic() - 60)
    assert ask(client)[0] == 200


def test_missing_guards_mean_not_ready(client, monkeypatch):
    monkeypatch.setattr(immutability, "missing", lambda: ["guard_articles_revision_update"])
    status, said = ask(client)
    assert (status, said["checks"]["guards"]) == (503, False)


def test_a_queue_that_is_down_is_reported_and_the_site_stays_ready(client, settings):
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1"}}
    status, said = ask(client)
    assert (status, said["reported"]["queue"]) == (200, False)


def test_a_database_that_is_down_means_not_ready(client, monkeypatch):
    def fails():
        raise health.DatabaseError("gone")

    monkeypatch.setattr(health.connection, "ensure_connection", fails)
    status, said = ask(client)
    assert (status, said["checks"]["database"]) == (503, False)


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_is_only_read(client, path):
    assert client.post(path).status_code == 405
