"""A list that is fetched arrives as a whole, or the copy from before stays as it was."""

import pytest

from articles.importers import UnreadableFile, download
from articles.importers.download import download as fetch
from articles.importers.download import spoken


def test_what_has_not_changed_is_not_sent_again_and_another_address_is_asked_anew(list_server, tmp_path):
    list_server.body = b"first"
    assert fetch(list_server.address, into=tmp_path).read_bytes() == b"first"
    assert fetch(list_server.address, into=tmp_path).read_bytes() == b"first"
    list_server.body = b"second"
    assert fetch(list_server.address, into=tmp_path).read_bytes() == b"second"
    assert fetch(f"{list_server.address}?other", into=tmp_path).read_bytes() == b"second"
    assert list_server.answers == [200, 304, 200, 200]


@pytest.mark.parametrize(
    ("fault", "because"),
    [
        ("away", "the server answered 503"),
        ("cut off", "only 5000 of 10000 bytes arrived"),
        ("no length", "did not say how long it is"),
        ("compressed", "came compressed"),
        ("led astray", "http://lists.example/list.csv is not an https:// address"),
    ],
)
def test_what_fails_keeps_the_copy_from_before_and_says_why(list_server, tmp_path, fault, because):
    list_server.body = b"first"
    kept = fetch(list_server.address, into=tmp_path)
    list_server.body, list_server.fault = b"x" * 10_000, fault
    with pytest.raises(UnreadableFile, match=because):
        fetch(list_server.address, into=tmp_path)
    assert kept.read_bytes() == b"first"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["list.csv", "list.json"]


def test_a_list_without_end_and_one_that_trickles_are_given_up(list_server, tmp_path, monkeypatch):
    list_server.body = b"x" * 10_000
    monkeypatch.setattr(download, "MAX_BYTES", 9_000)
    with pytest.raises(UnreadableFile, match="larger than"):
        fetch(list_server.address, into=tmp_path)
    monkeypatch.undo()
    monkeypatch.setattr(download, "LONGEST", -1)
    with pytest.raises(UnreadableFile, match="had not arrived after"):
        fetch(list_server.address, into=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_nobody_there_is_a_sentence_too(list_server, tmp_path):
    list_server.server_close()
    with pytest.raises(UnreadableFile, match="the connection failed"):
        fetch(list_server.address, into=tmp_path)


def test_an_unprotected_address_is_never_asked_and_a_secret_never_said(tmp_path):
    with pytest.raises(UnreadableFile, match="could be changed on its way"):
        fetch("http://lists.example/list.csv", into=tmp_path)
    assert spoken("https://me:word@lists.example/list.csv?key=secret") == "https://lists.example/list.csv"
