"""A-45: what no page asks for is refused before it is read."""

import pytest

pytestmark = pytest.mark.django_db


def sent(client, path, length):
    return client.generic("POST", path, b"", "multipart/form-data; boundary=x", CONTENT_LENGTH=str(length))


def test_a_gigabyte_is_refused_at_every_door(client, ana, eva):
    for path in ("/account/sign-in/", "/write/", "/api/v1/articles/", "/admin/login/"):
        assert sent(client, path, 1_000_000_000).status_code == 413
    client.force_login(eva)
    answer = sent(client, "/admin/", 1_000_000_000)
    assert answer.status_code == 413
    assert "Nothing over 210 MB" in answer.text


def test_only_somebody_signed_in_may_send_a_long_list(client, eva):
    assert sent(client, "/admin/", 100_000_000).status_code == 413
    client.force_login(eva)
    assert sent(client, "/admin/", 100_000_000).status_code != 413


def test_a_length_that_is_no_number_is_no_fault_of_ours(client):
    assert sent(client, "/account/sign-in/", "many").status_code < 500
