"""A list that leaves the house says in each of its records what may be said of the text it comes from."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from articles import exporters
from articles.importers import ReferenceRecord, read_references
from editorial.middleware import what_is_missing
from tests import factories
from tests.desk import at, words

REAL = Path(__file__).resolve().parents[3] / "shared" / "realdata"
FORMS = ("bib", "ris", "json")


def unnumbered(records):
    """Without the address: where it only repeats the DOI, it is not kept apart from it."""
    return [asdict(record) | {"url": ""} for record in records]


@pytest.mark.parametrize("form", FORMS)
def test_a_list_with_its_standing_comes_back_as_it_was_without_it(form):
    write, _ = exporters.FORMATS[form]
    text = write([factories.HAYDEN], standing="From “Does {it} help?” & more.\nER  - \nNobody has checked it.")
    found = read_references(text.encode(), name=f"a.{form}")
    assert found.records == (factories.HAYDEN,)
    assert found.problems == ()
    assert "Nobody has checked it." in text


@pytest.mark.skipif(not REAL.is_dir(), reason="the real files are not beside this repository")
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("path", ["bibtex/known_status.bib", "ris/pubmed_zotero.ris", "csl/deep-review.json"])
def test_real_lists_survive_each_format_with_a_standing(form, path):
    records = read_references((REAL / path).read_bytes(), name=path).records
    text = exporters.FORMATS[form][0](records, standing="Not checked by a health professional.")
    again = read_references(text.encode(), name=f"a.{form}").records
    assert unnumbered(again) == unnumbered(records)
    assert text.count("Not checked by a health professional.") >= len(records)


@pytest.mark.django_db
@pytest.mark.parametrize("form", FORMS)
def test_inv1_a_readers_list_carries_the_caution_and_the_guard_sees_it(client, ana, submitted, form):
    address = f"/articles/{submitted.slug}/references.{form}"
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer["Content-Disposition"] == f'attachment; filename="{submitted.slug}.{form}"'
    assert answer["X-Robots-Tag"] == "noindex"
    assert answer["Cache-Control"] == "no-store"
    (caution,) = answer.cautions_owed
    assert caution in " ".join(words(answer).split())
    assert read_references(answer.content, name=f"a.{form}").records == (factories.HAYDEN,)
    answer.content = answer.content.replace(b"checked", b"praised")
    assert what_is_missing(answer)


@pytest.mark.django_db
def test_lists_of_checked_hidden_and_unfinished_texts(client, approved, ana, noor):
    said = words(client.get(f"/articles/{approved.slug}/references.bib"))
    assert said.count("Checked by Rob, Physiotherapist") == 2
    hidden = factories.submitted(by=ana, risk=3)
    for slug, form in ((hidden.slug, "bib"), (approved.slug, "docx"), (factories.draft(by=ana).slug, "bib")):
        answer = client.get(f"/articles/{slug}/references.{form}")
        assert factories.HAYDEN.title not in words(answer)
    client.force_login(ana)
    item = json.loads(words(client.get(at("desk-references-file", hidden, "json"))))[0]
    assert item["note"] == item["custom"]["standing"]
    assert "which no health professional has checked" in item["note"]
    client.force_login(noor)
    assert client.get(at("desk-references-file", hidden, "json")).status_code == 404


@pytest.mark.parametrize("form", FORMS)
def test_an_empty_standing_adds_nothing(form):
    assert "note" not in exporters.FORMATS[form][0]([ReferenceRecord(key="a1", title="T")]).lower().replace(
        "n1", "note"
    )
