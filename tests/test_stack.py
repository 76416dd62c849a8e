"""What the other tests stand on: each of these promises, broken, would let them pass for nothing."""

import os
import smtplib
import subprocess
import sys

import pytest
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.db import connection, transaction

from editorial import audit, immutability
from editorial.models import AuditEntry, User
from tests import factories
from tests.worker import where_the_test_is


def test_the_tests_run_on_the_stack_that_was_asked_for(request, db):
    asked = {"embedded": "sqlite", "servers": "postgresql"}
    assert connection.vendor == asked[request.config.getoption("stack")]


@pytest.mark.xdist_group("kept-together")
@pytest.mark.skipif("PYTEST_XDIST_WORKER" not in os.environ, reason="one process runs all tests")
def test_tests_of_one_group_run_in_one_process(request):
    assert request.node.nodeid.endswith("@kept-together")


@pytest.mark.parametrize("time", ["first", "second"])
def test_after_a_test_that_commits_the_next_one_finds_a_new_chain_under_guard(time, transactional_db):
    actions = list(AuditEntry.objects.order_by("sequence").values_list("action", flat=True))
    assert actions[0] == "chain.opened"
    assert "test.committed" not in actions
    assert immutability.missing() == []
    with transaction.atomic():
        audit.record("test.committed", by=None)


@pytest.mark.django_db
@pytest.mark.parametrize("time", ["first", "second"])
def test_each_test_starts_with_an_empty_cache(time):
    assert cache.get("left-over") is None
    cache.set("left-over", "by the test before")


def test_mail_stays_in_the_process_unless_a_server_is_asked_for():
    mail.send_mail("Hello", "Text", "desk@example.org", ["ana@example.org"])
    assert [message.to for message in mail.outbox] == [["ana@example.org"]]


def test_the_mail_server_keeps_what_it_is_given(smtp_sink):
    mail.send_mail("A question", "Text", "desk@example.org", ["ana@example.org"])
    assert [message["Subject"] for message in smtp_sink.messages] == ["A question"]


def test_the_mail_server_refuses_one_recipient(smtp_sink):
    smtp_sink.refused_recipients.add("gone@example.org")
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refusal:
        mail.send_mail("Hello", "Text", "desk@example.org", ["gone@example.org"])
    assert refusal.value.recipients["gone@example.org"][0] == 550


def test_the_mail_server_fails_for_now(smtp_sink):
    smtp_sink.is_failing = True
    with pytest.raises(smtplib.SMTPDataError) as failure:
        mail.send_mail("Hello", "Text", "desk@example.org", ["ana@example.org"])
    assert failure.value.smtp_code == 451
    assert smtp_sink.messages == []


def test_the_mail_server_takes_a_message_and_hangs_up(smtp_sink):
    smtp_sink.hangs_up_after_data = True
    with pytest.raises(smtplib.SMTPServerDisconnected):
        mail.send_mail("Hello", "Text", "desk@example.org", ["ana@example.org"])
    assert len(smtp_sink.messages) == 1


def test_a_worker_answers_until_it_is_killed_and_another_can_follow(start_worker):
    first = start_worker()
    assert first.answers()
    first.kill9()
    assert not first.answers()
    assert start_worker().answers()


@pytest.mark.slow
def test_another_process_sees_what_the_test_has_committed(transactional_db):
    factories.person("Ana")
    look = "from editorial.models import User; print(*User.objects.values_list('username', flat=True))"
    seen = subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", look],
        cwd=settings.HOME,
        env=os.environ | where_the_test_is(),
        capture_output=True,
        text=True,
    )
    assert seen.stdout.split() == [User.objects.get().username]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_migrations_lead_to_the_tables_that_the_tests_run_on(tmp_path):
    """In a process and a database of their own, as an operator runs them."""
    environment = os.environ | {"VAR_DIR": str(tmp_path)}
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("CREATE DATABASE migrated")
        environment["DATABASE_URL"] = os.environ["DATABASE_URL"].rsplit("/", 1)[0] + "/migrated"
    show = (
        "from django.db import connection as c; t = c.introspection; cur = c.cursor(); print('COLUMNS', sorted("
        "(n, sorted(x.name for x in t.get_table_description(cur, n))) for n in t.table_names()))"
    )
    run = [sys.executable, "manage.py"]
    for step in (["migrate", "-v0", "reviews", "0001"], ["migrate", "-v0"]):  # new tables come to a desk in use
        subprocess.run([*run, *step], cwd=settings.HOME, env=environment, check=True, capture_output=True)
    said = subprocess.run(
        [*run, "shell", "-v0", "-c", show],
        cwd=settings.HOME,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    with connection.cursor() as cursor:
        tables = connection.introspection
        here = sorted(
            (name, sorted(column.name for column in tables.get_table_description(cursor, name)))
            for name in tables.table_names()
            if name != "django_migrations"
        )
    there = [table for table in eval(said.stdout.partition("COLUMNS ")[2]) if table[0] != "django_migrations"]
    assert there == here
