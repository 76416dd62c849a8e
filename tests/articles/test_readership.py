"""Reads are counted by article and day, cost readers nothing, and nobody can tell from them who read."""

from datetime import timedelta

import pytest
from redis.exceptions import RedisError

from articles import readership, remembering
from articles.models import ReadCount
from editorial import clock
from reviews import tasks
from tests import factories
from tests.desk import queries

pytestmark = pytest.mark.django_db
BROWSER = {"accept": "text/html,application/xhtml+xml"}


def test_a_strangers_read_is_counted_by_the_day_and_added_up_by_the_clock(client, submitted, ana):
    address, other = submitted.get_absolute_url(), factories.submitted(by=ana)
    client.get(address)  # rendered once
    before = queries(client, address)
    for _ in range(3):
        client.get(address, headers=BROWSER)
    client.get(other.get_absolute_url(), headers=BROWSER)
    assert queries(client, address) == before
    assert not ReadCount.objects.exists()
    tasks.count_reads()
    client.get(address, headers=BROWSER)
    assert readership.flush() == 1
    assert readership.flush() == 0
    now = clock.now()
    assert readership.recent_reads([submitted.pk, other.pk], at=now) == {submitted.pk: 4, other.pk: 1}
    assert readership.recent_reads([submitted.pk], at=now + timedelta(days=31)) == {}
    assert set(ReadCount.objects.values_list("day", flat=True)) == {now.date()}


def test_programs_desks_and_pages_without_a_text_are_not_readers(client, submitted, draft, ana):
    address = submitted.get_absolute_url()
    client.get(address, headers={"accept": "*/*"})
    client.head(address, headers=BROWSER)
    client.get(draft.get_absolute_url(), headers=BROWSER)
    client.force_login(ana)
    client.get(address, headers=BROWSER)
    assert readership.flush() == 0


def test_a_cache_that_is_away_loses_counts_and_no_page(client, submitted, monkeypatch):
    def away():
        raise RedisError("away")

    monkeypatch.setattr(readership, "_server", away)
    monkeypatch.setattr(remembering, "_cache_rests_until", 0.0)
    assert client.get(submitted.get_absolute_url(), headers=BROWSER).status_code == 200
    assert readership.flush() == 0
    monkeypatch.setattr(remembering, "_cache_rests_until", 0.0)


def test_counts_older_than_a_year_and_articles_that_are_gone_leave_nothing(submitted, django_assert_num_queries):
    readership.note(submitted.pk)
    readership.note(9_999_999)
    with clock.at(clock.now() - timedelta(days=500)):
        readership.note(submitted.pk)
    readership.flush()
    assert ReadCount.objects.get().article == submitted
