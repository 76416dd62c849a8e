"""What is taken along says what the page says: on every sheet, in every citation."""

import io
import json
import os

import lxml.html
import pytest
from django.core.cache import cache
from PIL import Image
from pypdf import PdfReader

from articles import printing, share_cards
from articles.importers import read_references
from articles.models import Article
from articles.public import for_public, public_article
from editorial import clock
from editorial.middleware import what_is_missing
from reviews import publication
from tests import factories

pytestmark = [pytest.mark.slow, pytest.mark.one_stack]

needs_pango = pytest.mark.skipif(
    not (os.environ.get("CI") or printing.is_available()), reason="no PDF without the system library Pango"
)
LONG = factories.BODY + "\n\n".join(
    f"## Part {n}\n\n" + "Some words to fill a sheet of paper with. " * 60 for n in range(6)
)


def unit_of(article):
    return public_article(for_public(Article.objects.filter(pk=article.pk)).get(), at=clock.now())


def sheets(response):
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(response.content)).pages]


# PDF


@needs_pango
@pytest.mark.django_db
def test_inv1_every_sheet_of_an_unchecked_text_carries_its_caution_and_the_guard_sees_it(client, ana):
    cache.clear()
    article = factories.submitted(by=ana, body=LONG)
    answer = client.get(f"/articles/{article.slug}/article.pdf")
    told, found = unit_of(article).caution.text, sheets(answer)
    assert len(found) > 2
    assert all(told in sheet for sheet in found)
    assert all(unit_of(article).text.digest in sheet for sheet in found)
    assert (answer["Cache-Control"], answer["X-Robots-Tag"]) == ("no-store", "noindex")
    assert not what_is_missing(answer)
    bare = printing.pdf_of(f'<html lang="en"><title>A</title><p>{told}</p><p style="break-before: page">Naked.</p>')
    answer.content = bare
    assert "2 of the articles" in what_is_missing(answer)


@needs_pango
@pytest.mark.django_db
def test_a_pdf_of_a_checked_text_names_who_checked_it_and_can_be_read_aloud(client, ana, rob, eva, ruth):
    article = factories.approved(by=ana, reviewer=rob, editor=eva)
    answer = client.get(f"/articles/{article.slug}/article.pdf")
    unit, pdf = unit_of(article), PdfReader(io.BytesIO(answer.content))
    assert all(unit.checked_line in sheet for sheet in sheets(answer))
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert pdf.trailer["/Root"]["/Lang"] == "en"
    assert "pdfuaid" in pdf.trailer["/Root"]["/Metadata"].get_data().decode()
    assert "approved" in answer["Content-Disposition"]
    assert client.get(f"/articles/{article.slug}/versions/1/article.pdf").status_code == 200
    # A doubt raised since is on the very next copy.
    publication.raise_concern(article, by=ruth, text="A reader doubts a number.", details=factories.CONCERN)
    again = client.get(f"/articles/{article.slug}/article.pdf")
    assert all(unit_of(article).caution.text in sheet for sheet in sheets(again))


@needs_pango
def test_inv12_a_document_that_takes_too_long_is_given_up_and_nothing_is_fetched_for_one():
    with pytest.raises(printing.TooLong):
        printing.pdf_of('<html lang="en"><title>A</title>' + "<table><tr><td>" * 3000, seconds=2)
    pictures = '<img src="file:///etc/hostname" alt="a"><img src="http://localhost:1/x.png" alt="b">'
    hostile = f'{pictures}<link rel="stylesheet" href="http://localhost:1/">'
    assert printing.pdf_of(f'<html lang="en"><title>A</title>{hostile}<p>Text')


@pytest.mark.django_db
def test_without_the_library_the_answer_names_it(client, submitted, monkeypatch):
    def missing(html):
        raise printing.NotAvailable

    cache.clear()
    monkeypatch.setattr(printing, "pdf_of", missing)
    answer = client.get(f"/articles/{submitted.slug}/article.pdf")
    assert answer.status_code == 404
    assert "libpango-1.0-0" in answer.content.decode()


# Citations


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["bib", "ris", "json", "txt"])
def test_a_citation_of_an_unchecked_text_says_so_in_title_and_note(client, submitted, form):
    answer = client.get(f"/articles/{submitted.slug}/cite.{form}")
    said, unit = " ".join(answer.content.decode().split()), unit_of(submitted)
    assert f"Not yet checked: {unit.title}" in said
    assert answer.cautions_owed == (unit.caution.text,)
    assert unit.text.digest in said
    assert answer["Cache-Control"] == "no-store"
    if form != "txt":
        (record,) = read_references(answer.content, name=f"a.{form}").records
        assert (record.type, record.title) == ("website", unit.marked_title)
        assert record.url.endswith(f"/articles/{submitted.slug}/")
    answer.content = answer.content.replace(b"checked", b"praised")
    assert what_is_missing(answer)


@pytest.mark.django_db
def test_a_citation_of_a_checked_text_names_who_checked_it_and_when(client, ana, rob, eva):
    article = factories.approved(by=ana, reviewer=rob, editor=eva)
    (item,) = json.loads(client.get(f"/articles/{article.slug}/cite.json").content)
    unit = unit_of(article)
    assert item["title"] == unit.title
    assert unit.checked_line in item["note"]
    assert item["issued"]["date-parts"] == [[unit.standing.checked_at.year]]
    assert item["author"] == [{"literal": name} for name in unit.text.authors]
    assert client.get(f"/articles/{article.slug}/cite.docx").status_code == 404
    page = client.get(article.get_absolute_url()).content.decode()
    ways = ["article.pdf", "cite.txt", "cite.bib", "cite.ris", "cite.json", "references.bib"]
    assert all(f'href="/articles/{article.slug}/{way}"' in page for way in ways)


# Share card


def _on(picture):
    with Image.open(io.BytesIO(picture)) as opened:
        return opened.size, opened.info["Description"], opened.convert("RGB").getpixel((600, 600))


@pytest.mark.django_db
def test_inv1_a_share_card_never_shows_a_title_without_its_standing(client, ana, rob, eva):
    unchecked = factories.submitted(by=ana, title="Is it safe? " + "Supercalifragilistic" * 8 + "?")
    checked = factories.approved(by=ana, reviewer=rob, editor=eva, title="膝の痛みに運動は効きますか?")
    for article, ground in ((unchecked, share_cards.AMBER), (checked, share_cards.GREEN)):
        answer, unit = client.get(f"/articles/{article.slug}/card.png"), unit_of(article)
        size, said, painted = _on(answer.content)
        assert (size, painted) == ((1200, 630), tuple(bytes.fromhex(ground[0][1:])))
        assert said == f"{unit.title} – {unit.label}. {unit.standing_line}"
        assert not what_is_missing(answer)
        page = lxml.html.document_fromstring(client.get(article.get_absolute_url()).content.decode())
        assert page.xpath("//meta[@property='og:image:alt']/@content") == [said]
        (address,) = page.xpath("//meta[@property='og:image']/@content")
        assert f"/articles/{article.slug}/card.png?said=" in address
    bare = io.BytesIO()
    Image.new("RGB", (10, 10)).save(bare, "PNG")
    naked = client.get(f"/articles/{unchecked.slug}/card.png")
    naked.content = bare.getvalue()
    assert what_is_missing(naked)
