"""The caution guard: no public answer leaves in which an unchecked text stands without its caution."""

from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpResponse, JsonResponse, StreamingHttpResponse
from django.test import Client
from django.urls import include, path
from django.utils.html import escape
from django.utils.safestring import mark_safe

from articles.caution import caution, every_caution
from articles.channels import carries_articles, carries_no_article_text, declare
from articles.public import PublicArticle
from articles.standing import Standing, Told
from editorial.models import AuditEntry, AuditHead

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

TEXT = "Take two tablets every hour."
OWED = caution(Standing(Told.SUBMITTED), ai_involvement="first_draft", audience="patient")
OTHER = caution(Standing(Told.OVERDUE), ai_involvement="none", audience="patient")
ATOM = '<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Desk</title>{}</feed>'

answer_with = None


def door(request):
    return answer_with()


public_door = carries_articles(door)
bare_door = carries_no_article_text(door)
urlpatterns = [
    path("door/", public_door),
    path("bare/", bare_door),
    path("unmarked/", door),
    path("", include("editorial.urls")),
]


def unit(told=OWED):
    return SimpleNamespace(caution=told)


def page(*units, outside=""):
    inside = "".join(f'<article data-standing="submitted"><h1>A?</h1>{words}<p>{TEXT}</p></article>' for words in units)
    return HttpResponse(f"<!doctype html><html><head><title>A</title></head><body>{outside}{inside}</body></html>")


def feed(*entries):
    inside = "".join(f"<entry><title>A?</title>{words}</entry>" for words in entries)
    return HttpResponse(ATOM.format(inside), content_type="application/atom+xml; charset=utf-8")


@pytest.fixture
def get():
    """Fetch what a view under guard would answer with."""
    client = Client(raise_request_exception=False)

    def fetch(answer, *, units=None, form="full", at="/door/"):
        global answer_with
        answer_with = lambda: answer if units is None else declare(answer, units, form=form)  # noqa: E731
        return client.get(at)

    return fetch


def passed(response):
    assert response.status_code in (200, 410)
    return True


def refused(response):
    """503, no word of the text, kept by nobody, and on record once."""
    assert response.status_code == 503
    assert TEXT not in response.content.decode()
    assert (response["Cache-Control"], response["X-Robots-Tag"]) == ("no-store", "noindex")
    assert response["Retry-After"]
    assert AuditEntry.objects.filter(action="guard.refused", about="/door/").count() == 1
    return True


# One unit


def test_a_page_with_its_caution_passes_and_nothing_goes_on_record(get):
    assert passed(get(page(f"<p>{escape(OWED.text)}</p>"), units=[unit()]))
    assert not AuditEntry.objects.filter(action="guard.refused").exists()


def test_a_page_that_drops_the_caution_is_refused_and_put_on_record(get):
    assert refused(get(page(""), units=[unit()]))
    entry = AuditEntry.objects.get(action="guard.refused")
    assert OWED.text[:40] in entry.data["why"]
    assert entry.actor_label == "the system"


def test_the_line_does_not_pay_for_the_four_parts(get):
    assert refused(get(page(f"<p>{OWED.line}</p>"), units=[unit()]))


def test_the_line_is_enough_where_only_a_line_is_owed(get):
    assert passed(get(page(f"<p>{OWED.line}</p>"), units=[unit()], form="line"))


def test_a_caution_broken_over_lines_and_elements_is_still_one(get):
    words = escape(OWED.text).replace(" ", "\n  ").replace("wrote", "<strong>wrote</strong>", 1)
    assert passed(get(page(f"<p>{words}</p>"), units=[unit()]))


def test_a_checked_text_owes_nothing(get):
    assert passed(get(page(""), units=[unit(None)]))


@pytest.mark.parametrize(
    "hidden",
    [
        "<!-- {} -->",
        "<!-- > {} -->",
        "<script>{}</script>",
        "<script type='application/ld+json'>\"{}\"</script>",
        "<style>/* {} */</style>",
        "<template><p>{}</p></template>",
        "<noscript>{}</noscript>",
        "<p hidden>{}</p>",
        "<div hidden><section><p>{}</p></section></div>",
        "<p aria-hidden='true'>{}</p>",
        "<details><summary>More</summary><p>{}</p></details>",
        "<dialog><p>{}</p></dialog>",
        "<textarea>{}</textarea>",
        "<svg><title>{}</title></svg>",
        "<img alt='{}'>",
        "<p title='1 > 0 {}'></p>",
        "<input value='x > {}'>",
    ],
)
def test_a_caution_that_nobody_sees_does_not_count(get, hidden):
    assert refused(get(page(hidden.format(OWED.text)), units=[unit()]))


def test_a_caution_in_the_head_or_beside_the_text_does_not_count(get):
    body = page("").content.decode()
    in_head = body.replace(
        "<title>A</title>", f'<title>{OWED.text}</title><meta name="description" content="{OWED.text}">'
    )
    assert refused(get(HttpResponse(in_head), units=[unit()]))


def test_a_caution_outside_the_unit_it_is_about_does_not_count(get):
    assert refused(get(page("", outside=f"<p>{OWED.text}</p>"), units=[unit()]))


def test_a_unit_inside_something_hidden_is_not_seen(get):
    body = page(f"<p>{OWED.text}</p>").content.decode()
    hidden = body.replace("<body>", "<body><div hidden>").replace("</body>", f"</div><p>{TEXT}</p></body>")
    assert refused(get(HttpResponse(hidden), units=[unit()]))


def test_an_open_fold_shows_what_is_in_it(get):
    assert passed(get(page(f"<details open><p>{OWED.text}</p></details>"), units=[unit()]))


def test_markup_shown_as_text_is_not_a_caution_in_another_element(get):
    assert refused(get(page("<p>" + escape(f"<p>{OWED.text}</p>").replace(" ", "&amp;nbsp;") + "</p>"), units=[unit()]))


# Several units


def test_two_units_that_owe_the_same_line_need_it_twice(get):
    line = f"<p>{OWED.line}</p>"
    assert passed(get(page(line, line), units=[unit(), unit()], form="line"))
    assert refused(get(page(line, ""), units=[unit(), unit()], form="line"))


def test_one_unit_that_says_it_twice_does_not_pay_for_another(get):
    line = f"<p>{OWED.line}</p>"
    assert refused(get(page(line + line, ""), units=[unit(), unit()], form="line"))


def test_each_unit_owes_its_own_words(get):
    one, other = f"<p>{OWED.line}</p>", f"<p>{OTHER.line}</p>"
    assert passed(get(page(one, other), units=[unit(OWED), unit(OTHER)], form="line"))
    assert refused(get(page(one, one), units=[unit(OWED), unit(OTHER)], form="line"))


@pytest.mark.parametrize("form", ["text", "line"])
def test_no_wording_is_part_of_another(form):
    wordings = {getattr(each, form) for each in every_caution()}
    assert len(wordings) > 5
    assert not [(a, b) for a in wordings for b in wordings if a != b and a in b]


# JSON


def objects(*standings):
    return JsonResponse({"items": [{"title": "A?", "body": TEXT, "standing": standing} for standing in standings]})


def test_a_json_object_with_its_caution_passes(get):
    assert passed(get(objects({"caution": OWED.text}), units=[unit()]))


def test_a_json_caution_counts_whatever_characters_it_is_made_of(get):
    words = "“Not checked” – 1 < 2 & naïve; tout à fait: 日本"
    odd = SimpleNamespace(text=words, line=words)
    assert passed(get(objects({"caution": words}), units=[unit(odd)]))
    assert passed(get(page(f"<p>{escape(words)}</p>"), units=[unit(odd)]))
    assert passed(get(feed(f'<summary type="html">{escape(escape(words))}</summary>'), units=[unit(odd)]))


@pytest.mark.parametrize("standing", [{}, None, {"caution": None}, {OWED.text: ""}, "approved"])
def test_a_json_object_without_its_caution_is_refused_in_json(get, standing):
    response = get(objects(standing), units=[unit()])
    assert refused(response)
    assert response["Content-Type"] == "application/json"
    assert response.json()["detail"].endswith("Try again in a while.")


def test_an_author_cannot_write_the_caution_of_a_json_object(get):
    answer = JsonResponse({"title": OWED.text, "body": OWED.text, "standing": {"caution": None}})
    assert refused(get(answer, units=[unit()]))


def test_two_json_objects_need_a_caution_each(get):
    told = {"caution": OWED.text, "again": OWED.text}
    assert passed(get(objects(told, told), units=[unit(), unit()]))
    assert refused(get(objects(told, {}), units=[unit(), unit()]))


@pytest.mark.parametrize("body", ["", "{", "[" * 100_000, '{"standing": NaNaN}', "\xff"])
def test_json_that_cannot_be_read_is_refused(get, body):
    answer = HttpResponse(body.encode("latin-1"), content_type="application/json")
    assert refused(get(answer, units=[unit()]))


# Atom


@pytest.mark.parametrize(
    "words",
    [
        f"<summary>{OWED.line}</summary>",
        f'<summary type="html">{escape(f"<p>{OWED.line}</p>")}</summary>',
        f"<content><![CDATA[<p>{OWED.line}</p>]]></content>",
    ],
)
def test_an_entry_with_its_caution_passes(get, words):
    assert passed(get(feed(words), units=[unit()], form="line"))


@pytest.mark.parametrize(
    "words",
    [
        "",
        f"<!-- {OWED.line} -->",
        f'<category term="{OWED.line}"/>',
        f"<content><![CDATA[<!-- {OWED.line} -->]]></content>",
        f'<summary type="html">{escape(f"<script>{OWED.line}</script>")}</summary>',
    ],
)
def test_an_entry_without_its_caution_is_refused(get, words):
    assert refused(get(feed(words), units=[unit()], form="line"))


def test_two_entries_need_a_caution_each(get):
    line = f"<summary>{OWED.line}</summary>"
    assert passed(get(feed(line, line), units=[unit(), unit()], form="line"))
    assert refused(get(feed(line + line, ""), units=[unit(), unit()], form="line"))


def test_a_feed_that_is_not_xml_or_names_an_entity_is_refused(get):
    bomb = f'<!DOCTYPE f [<!ENTITY c "{OWED.line}">]><feed><entry><summary>&c;</summary></entry></feed>'
    assert refused(get(HttpResponse(bomb, content_type="application/atom+xml"), units=[unit()], form="line"))


# Views that say nothing, or too little


def test_a_view_that_declares_nothing_is_refused(get):
    assert refused(get(page(f"<p>{OWED.text}</p>")))


def test_an_answer_put_in_the_place_of_a_declared_one_is_refused(get):
    """As a cache in front of the view would: the view is marked, the answer says nothing."""
    original = public_door.__wrapped__

    def replaced(request):
        original(request)
        return page("")

    replaced.is_public_channel = True
    urlpatterns[0].callback, before = replaced, urlpatterns[0].callback
    try:
        assert refused(get(page(f"<p>{OWED.text}</p>"), units=[unit()]))
    finally:
        urlpatterns[0].callback = before


def test_a_view_marked_as_without_text_passes(get):
    assert passed(get(HttpResponse("User-agent: *"), at="/bare/"))


def test_what_is_no_public_channel_is_none_of_its_business(get):
    assert passed(get(page(""), at="/unmarked/"))


def test_a_stream_cannot_be_looked_at_and_is_refused(get):
    assert refused(get(StreamingHttpResponse(iter([OWED.text])), units=[unit()]))


def test_an_empty_body_pays_nothing(get):
    assert refused(get(HttpResponse(""), units=[unit()]))


def test_an_unknown_kind_of_body_is_looked_at_as_plain_text(get):
    assert refused(get(HttpResponse(TEXT, content_type="text/plain"), units=[unit()]))
    assert passed(get(HttpResponse(f"{OWED.text} {TEXT}", content_type="text/plain"), units=[unit()]))


def test_a_body_in_a_charset_nobody_knows_is_refused(get):
    answer = HttpResponse(b"x", content_type="text/html; charset=none-such")
    assert refused(get(answer, units=[unit()]))


def test_declared_text_owes_its_caution_whatever_the_status(get):
    answer = page("")
    answer.status_code = 410
    assert refused(get(answer, units=[unit()]))


def test_an_answer_without_text_may_have_any_other_status(get):
    answer = HttpResponse("Taken down.", status=410)
    assert passed(get(answer))


# what fails says nothing


def test_a50_a_public_view_that_fails_says_nothing(get):
    def fail():
        raise RuntimeError(TEXT)

    global answer_with
    client = Client(raise_request_exception=False)
    answer_with = fail
    response = client.get("/door/")
    assert response.status_code == 503
    assert TEXT not in response.content.decode()
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize(("raised", "status"), [(Http404, 404), (PermissionDenied, 403)])
def test_a_refusal_of_a_view_stays_what_it_is(get, raised, status):
    def refuse():
        raise raised

    global answer_with
    answer_with = refuse
    assert Client(raise_request_exception=False).get("/door/").status_code == status


@pytest.mark.parametrize("trouble", [OperationalError, InterfaceError, AuditHead.DoesNotExist])
def test_the_guard_stands_when_the_record_cannot_be_written(get, monkeypatch, trouble):
    def fail(*_, **__):
        raise trouble("the database is away")

    monkeypatch.setattr("editorial.middleware.record", fail)
    response = get(page(""), units=[unit()])
    assert response.status_code == 503
    assert TEXT not in response.content.decode()


@pytest.mark.parametrize("broken", ["missing", "failing"])
def test_the_guard_stands_when_its_own_page_is_lost(get, monkeypatch, broken, settings):
    if broken == "missing":
        settings.TEMPLATES = [settings.TEMPLATES[0] | {"DIRS": [], "APP_DIRS": False}]
    else:
        monkeypatch.setattr("editorial.refusal_pages.render_to_string", lambda *_: 1 / 0)
    response = get(page(""), units=[unit()])
    assert refused(response)
    assert "not available" in response.content.decode()


def test_a_refusal_keeps_the_policy_of_the_page_it_stands_for(get):
    response = get(page(""), units=[unit()])
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "X-Review-Standing" not in response


def test_ten_reloads_of_a_refused_page_are_one_entry(get):
    for _ in range(10):
        response = get(page(""), units=[unit()])
    assert refused(response)


# The real channels, each with its caution taken away


def _without_caution(monkeypatch):
    monkeypatch.setattr(PublicArticle, "caution_line", property(lambda unit: ""))
    monkeypatch.setattr(PublicArticle, "standing_line", property(lambda unit: unit.standing.label))


@pytest.mark.parametrize("address", ["/", "/topics/physiotherapy/", "/search/?q=exercise", "/feed.atom"])
def test_every_list_is_refused_when_its_line_is_lost(client, submitted, monkeypatch, address):
    assert client.get(address).status_code == 200
    _without_caution(monkeypatch)
    assert client.get(address).status_code == 503


def test_a_page_is_refused_when_its_caution_is_lost(client, submitted, monkeypatch):
    address = submitted.get_absolute_url()
    assert client.get(address).status_code == 200
    bare = mark_safe(f'<article data-standing="submitted"><h1>A?</h1><p>{TEXT}</p></article>')
    monkeypatch.setattr("articles.views.article_html", lambda found, unit, at: bare)
    response = client.get(address)
    assert response.status_code == 503
    assert TEXT not in response.content.decode()
