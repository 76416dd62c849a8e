"""Every door that takes a file: what it claims to be is not believed, what it is not is said, and nothing is kept."""

import io
import zipfile

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.urls import reverse

from articles.models import Article, Reference, RetractionRecord
from tests.desk import at, typed, words

pytestmark = pytest.mark.django_db


def zipped(name, before=b""):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(name, "@article{a2020, title={A}, year={2020}}")
    return before + packed.getvalue()


BIB = b"@article{a2020, title={A}, year={2020}}\n"
HOSTILE = {
    "a zip that calls itself text": zipped("list.bib"),
    "text that is a zip at its end": zipped("list.bib", before=BIB),
    "a PDF": b"%PDF-1.7\n" + BIB,
    "a program": b"MZ\x90\x00\x03" + BIB,
    "a picture with text in it": b"GIF89a/*" + BIB + b"*/",
    "a web page": b"\n<!DOCTYPE html>\n<html><body>" + BIB,
    "NUL bytes": BIB + b"\0" * 9,
    "nothing": b"",
}
NAMES = {"references": "list.bib", "text": "article.md", "list of a text": "list.bib", "retractions": "list.csv"}


@pytest.fixture
def send(client, ana, eva, draft):
    """Call it with a door and the bytes of a file; gives the answer."""

    def to(door, data):
        file = SimpleUploadedFile(NAMES[door], data, content_type="text/plain")
        client.force_login(eva if door == "retractions" else ana)
        if door == "references":
            return client.post(at("desk-import-references", draft), {"file": file, "pasted": ""})
        if door == "text":
            return client.post(reverse("desk-bring-in"), typed(body="") | {"file": file})
        if door == "list of a text":
            return client.post(reverse("desk-bring-in"), typed(body="It helps [1].") | {"list_file": file})
        return client.post(reverse("admin:articles_retractionrecord_changelist"), {"file": file})

    return to


@pytest.mark.parametrize("door", NAMES)
def test_a_file_that_is_not_what_its_name_says_is_refused_in_a_sentence_and_nothing_is_kept(send, door):
    before = Article.objects.count(), Reference.objects.count()
    for what, data in HOSTILE.items():
        answer = send(door, data)
        assert answer.status_code == 422, what
        page = words(answer)
        assert 'class="errors"' in page, what
        assert any(word in page for word in ("cannot be read here", "empty", "NUL bytes", "not the")), what
    assert (Article.objects.count(), Reference.objects.count()) == before
    assert not RetractionRecord.objects.exists()


def test_fifty_megabytes_are_refused_unread_at_the_desk_and_in_a_sentence_where_lists_are_long(client, send, draft):
    client.force_login(draft.author)
    for address in (at("desk-import-references", draft), reverse("desk-bring-in")):
        kind = "multipart/form-data; boundary=x"
        answer = client.generic("POST", address, b"", kind, CONTENT_LENGTH=str(50_000_000))
        assert answer.status_code == 413
    assert send("references", BIB * 130_000).status_code == 422
    assert send("retractions", b"x" * 50_000_000).status_code == 422
    assert not RetractionRecord.objects.exists()


def test_no_file_that_anybody_sends_is_ever_stored(settings):
    kept = [field for model in apps.get_models() for field in model._meta.fields if isinstance(field, models.FileField)]
    assert kept == []
    assert not settings.MEDIA_ROOT
