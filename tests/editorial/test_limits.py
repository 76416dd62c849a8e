"""Strangers are counted without being known, refused in sentences, and nothing of them is kept past the day."""

import time

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import RequestFactory
from redis.exceptions import ConnectionError as RedisConnectionError

from editorial import limits
from editorial.limits import Rate, limited, small

ADDRESS = "203.0.113.7"


@limited("trying", Rate(times=2, seconds=3600))
@small(1000)
def door(request):
    return HttpResponse("in")


def knock(address=ADDRESS, *, method="post", **headers):
    request = getattr(RequestFactory(), method)("/", REMOTE_ADDR=address, headers=headers)
    return door(request)


def test_who_sends_too_often_is_told_when_to_come_back_and_reading_is_never_counted():
    assert [knock().status_code for _ in range(3)] == [200, 200, 429]
    refused = knock()
    assert 0 < int(refused["Retry-After"]) <= 3600
    assert "You can go on in" in refused.text
    assert knock(method="get").status_code == 200
    assert knock("203.0.113.8").status_code == 200


def test_a_network_counts_as_one_house_and_a_header_of_the_visitor_as_nothing(settings):
    for n in range(2):
        knock(f"2001:db8:1:1::{n}", **{"X-Forwarded-For": f"198.51.100.{n}"})
    assert knock("2001:db8:1:1::ffff").status_code == 429
    assert knock("2001:db8:1:2::1").status_code == 200
    settings.BEHIND_PROXY = True
    for _ in range(2):
        assert knock("10.0.0.1", **{"X-Forwarded-For": "192.0.2.1, 198.51.100.9"}).status_code == 200
    assert knock("10.0.0.1", **{"X-Forwarded-For": "192.0.2.2, 198.51.100.9"}).status_code == 429
    assert knock("10.0.0.1", **{"X-Forwarded-For": "junk"}).status_code == 200


def test_no_address_is_kept_and_what_is_kept_expires(settings):
    knock()
    client = cache._cache.get_client()
    kept = [key for key in client.keys("*") if b"limits" in key]
    assert len(kept) == 2
    assert not [key for key in kept if ADDRESS.encode() in key or ADDRESS.encode() in client.get(key)]
    assert all(0 < client.ttl(key) <= limits.DAY for key in kept)


def test_yesterdays_code_for_an_address_is_not_todays(monkeypatch):
    today = limits._pseudonym(ADDRESS, day=1)
    assert today == limits._pseudonym(ADDRESS, day=1) != limits._pseudonym(ADDRESS, day=2)


def test_where_nobody_can_count_nothing_is_taken_and_a_sentence_says_so(monkeypatch):
    def gone(*args, **kwargs):
        raise RedisConnectionError

    monkeypatch.setattr(cache, "add", gone)
    began = time.monotonic()
    answer = knock()
    assert (answer.status_code, answer["Retry-After"]) == (503, "120")
    assert "what you typed is still there" in answer.text
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(("length", "status"), [("1001", 413), ("1000", 200), ("many", 200)])
def test_a_body_that_no_form_of_a_stranger_has_is_refused(length, status):
    request = RequestFactory().post("/", REMOTE_ADDR=f"203.0.113.{len(length)}", CONTENT_LENGTH=length)
    assert door(request).status_code == status
