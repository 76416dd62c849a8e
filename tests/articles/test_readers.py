"""A reader may say who they are: that chooses variant, disclaimer and whom the caution speaks to, never the claims."""

from html import unescape

import lxml.html
import pytest
from django.urls import reverse

from articles.disclaimers import DISCLAIMERS
from articles.readers import COOKIE
from articles.states import Audience
from tests import factories

pytestmark = pytest.mark.django_db

PLAIN = "Moving helps a little."
FULL = "Regular exercise probably eases"


@pytest.fixture
def article(ana, rob, eva):
    return factories.approved(by=ana, reviewer=rob, editor=eva, plain_body=PLAIN, audience=Audience.PROFESSIONAL)


def choose(client, kind, *, back="/", **headers):
    return client.post(reverse("choose-reader"), {"kind": kind, "next": back}, headers=headers)


def page(client, article, **headers):
    response = client.get(article.get_absolute_url(), headers=headers)
    return response, unescape(response.content.decode())


@pytest.mark.parametrize(
    ("kind", "has_full", "has_plain", "disclaimer", "said"),
    [
        ("", True, True, Audience.PROFESSIONAL, ""),
        (Audience.PATIENT, False, True, Audience.PATIENT, "You are reading the plain-language version."),
        (Audience.PROFESSIONAL, True, False, Audience.PROFESSIONAL, "The plain-language version is left out."),
        (Audience.STUDENT, True, False, Audience.STUDENT, "there is no separate version for students and researchers."),
        ("<script>", True, True, Audience.PROFESSIONAL, ""),
    ],
)
def test_a_choice_picks_variant_and_disclaimer_and_says_so(
    client, article, kind, has_full, has_plain, disclaimer, said
):
    choose(client, kind)
    _, html = page(client, article)
    assert (FULL in html, PLAIN in html) == (has_full, has_plain)
    assert [d for d in Audience if DISCLAIMERS[d] in html] == [disclaimer]
    assert said in html
    assert "Show me everything" in html
    for link in lxml.html.document_fromstring(html).xpath("//article//a[starts-with(@href, '#')]/@href"):
        assert f'id="{link[1:]}"' in html, link


def test_where_there_is_no_plain_version_a_patient_is_told_and_reads_the_full_text(client, approved):
    choose(client, Audience.PATIENT)
    _, html = page(client, approved)
    assert "There is no plain-language version of this text. You are reading the full text." in html
    assert FULL in html


def test_the_caution_speaks_to_whoever_reads(client, ana):
    article = factories.submitted(by=ana, audience=Audience.STUDENT)
    choose(client, Audience.PATIENT)
    response, html = page(client, article)
    assert "Ask a doctor, nurse or pharmacist" in html
    assert response.cautions_owed[0] in " ".join(lxml.html.document_fromstring(html).text_content().split())


def test_no_cache_hands_one_readers_variant_to_another(client, article):
    whole, _ = page(client, article)
    choose(client, Audience.PATIENT)
    chosen, _ = page(client, article, if_none_match=whole["ETag"])
    assert chosen.status_code == 200
    assert chosen["ETag"] != whole["ETag"]
    assert chosen["Cache-Control"].startswith("private")
    assert page(client, article, if_none_match=chosen["ETag"])[0].status_code == 304
    choose(client, "")
    again, _ = page(client, article)
    assert (again["ETag"], again["Cache-Control"]) == (whole["ETag"], whole["Cache-Control"])


def test_the_choice_is_a_cookie_on_the_device_for_a_year(client, settings):
    settings.SITE_URL = "https://desk.example.org"
    cookie = choose(client, Audience.STUDENT).cookies[COOKIE]
    assert (cookie.value, cookie["max-age"], cookie["samesite"]) == ("student", 31_536_000, "Lax")
    assert cookie["secure"]
    assert cookie["httponly"]
    assert choose(client, "").cookies[COOKIE]["max-age"] == 0


@pytest.mark.parametrize(
    ("back", "leads_to"),
    [
        ("/articles/a/#reader", "/articles/a/#reader"),
        ("https://elsewhere.example/", "/"),
        ("//elsewhere.example/", "/"),
        ("/\\elsewhere.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/x\r\nSet-Cookie: a=b", "/"),
        ("/" + "x" * 400, "/"),
        ("", "/"),
    ],
)
def test_a_choice_leads_back_to_a_page_of_ours_only(client, back, leads_to):
    assert choose(client, Audience.PATIENT, back=back)["Location"] == leads_to


def test_another_site_cannot_make_the_choice(client):
    response = choose(client, Audience.PATIENT, sec_fetch_site="cross-site")
    assert response.status_code == 403
    assert COOKIE not in response.cookies
