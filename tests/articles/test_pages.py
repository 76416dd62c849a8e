"""The reader's pages tell the standing of every text, in every channel, and cost what they should."""

import json
import re
from datetime import timedelta
from xml.etree import ElementTree

import lxml.html
import pytest
import trafilatura
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse
from readability import Document
from redis.exceptions import ConnectionError as RedisConnectionError

from articles import remembering, urls
from articles.caution import caution
from articles.excerpts import excerpt
from articles.models import Article
from articles.public import for_public, public_article
from articles.states import Audience
from editorial import clock
from reviews import publication
from tests import factories

pytestmark = pytest.mark.one_stack

ATOM = "{http://www.w3.org/2005/Atom}"
FORBIDDEN = re.compile(r"banner|alert|warning|notice|caution", re.IGNORECASE)
HOSTILE = "</title></script><script>alert(1)</script>\" onload='x' & is it safe?"


@pytest.fixture(autouse=True)
def cache_answers(monkeypatch):
    monkeypatch.setattr(remembering, "_cache_rests_until", 0.0)
    cache.clear()


def unit_of(article, *, at=None):
    return public_article(for_public(Article.objects.filter(pk=article.pk)).get(), at=at or clock.now())


def page_of(client, article, **headers):
    return client.get(article.get_absolute_url(), headers=headers)


def tree_of(response):
    return lxml.html.document_fromstring(response.content.decode())


def words(element):
    return " ".join(element.text_content().split())


def json_ld_of(response):
    return json.loads(tree_of(response).xpath("//script[@type='application/ld+json']")[0].text)


# An unchecked text


def test_an_unchecked_page_begins_and_ends_with_its_caution(client, submitted):
    article = tree_of(page_of(client, submitted)).xpath("//article")[0]
    told = unit_of(submitted).caution.text
    assert [child.tag for child in article][:2] == ["h1", "section"]
    assert told in words(article[1].find("p"))
    assert words(article.xpath(".//p")[-1]).endswith(told)


def test_an_unchecked_page_says_so_to_machines(client, submitted):
    response = page_of(client, submitted)
    head = tree_of(response).find("head")
    described = head.xpath("meta[@property='og:description']/@content")[0]
    assert head.findtext("title").startswith("Not yet checked: ")
    assert head.xpath("meta[@name='robots']/@content") == ["noindex"]
    assert head.xpath("meta[@name='ai-disclosure']/@content") == ["ai-autonomous"]
    assert described == unit_of(submitted).caution_line


def test_a09_nothing_pending_has_a_reviewer_for_machines(client, submitted, assignment):
    pending = [page_of(client, submitted)]
    factories.decided(assignment, "request_changes")
    pending.append(page_of(client, submitted))
    assert [response["X-Review-Standing"] for response in pending] == ["under_review", "changes_requested"]
    for response in pending:
        assert not {"reviewedBy", "lastReviewed"} & set(json_ld_of(response))


@pytest.mark.parametrize("audience", list(Audience))
def test_a13_the_caution_comes_first_after_programs_that_tidy_pages(client, ana, audience):
    article = factories.submitted(by=ana, audience=audience, body=factories.BODY * 4)
    html = page_of(client, article).content.decode()
    first = unit_of(article).caution.not_done
    tidied = lxml.html.fromstring(Document(html).summary()).text_content()
    assert first in " ".join(tidied.split())[:300]
    assert first in " ".join(trafilatura.extract(html).split())[:300]


def test_no_template_names_a_class_or_id_that_tidying_programs_delete():
    named = re.compile(r"""(?:class|id)\s*=\s*["']([^"']*)["']""")
    for template in (settings.HOME / "templates" / "articles").rglob("*.html"):
        for value in named.findall(template.read_text()):
            assert not FORBIDDEN.search(value), f"{template.name}: {value}"
    assert not re.search(
        r"[.#][\w-]*(?:banner|alert|warning|notice|caution)", (settings.HOME / "static/desk.css").read_text()
    )


def test_html_is_printed_as_it_is_in_one_place_only():
    trusting = [path.name for path in (settings.HOME / "templates").rglob("*.html") if "|safe" in path.read_text()]
    assert trusting == ["_frozen.html"]


# A checked text


def test_an_approved_page_names_who_checked_it_and_all_three_dates(client, approved):
    article = tree_of(page_of(client, approved)).xpath("//article")[0]
    facts = dict(zip((words(d) for d in article.iter("dt")), (words(d) for d in article.iter("dd")), strict=True))
    today = f"{clock.now():%-d %B %Y}"
    assert unit_of(approved).checked_line in words(article[1])
    assert "Checked by Rob, Physiotherapist" in words(article[1])
    assert (facts["Updated"], facts["Checked"]) == (today, today)
    assert facts["Check due"].endswith(str(clock.now().year + 2))
    assert facts["Responsible editor"].startswith("Eva")


def test_an_unapproved_page_has_all_three_dates_too(client, submitted):
    article = tree_of(page_of(client, submitted)).xpath("//article")[0]
    facts = dict(zip((words(d) for d in article.iter("dt")), (words(d) for d in article.iter("dd")), strict=True))
    assert (facts["Checked"], facts["Check due"]) == ("Not yet", "Not yet set")


def test_an_approved_page_tells_machines_who_reviewed_it(client, approved):
    page = json_ld_of(page_of(client, approved))
    assert page["reviewedBy"] == [{"@type": "Person", "name": "Rob", "jobTitle": "Physiotherapist"}]
    assert page["lastReviewed"] == f"{clock.now():%Y-%m-%d}"
    assert page["url"] == f"{settings.SITE_URL}{approved.get_absolute_url()}"
    assert page["citation"] == [reference["printed"] for reference in unit_of(approved).text.references]


def test_every_citation_leads_to_its_reference_and_back(client, approved):
    article = tree_of(page_of(client, approved)).xpath("//article")[0]
    for link in article.xpath(".//a[starts-with(@href, '#')]"):
        assert article.xpath(f".//*[@id='{link.get('href')[1:]}']"), link.get("href")
    assert article.xpath(".//li[@id='ref-1']//a[@role='doc-backlink']/@href") == ["#cite-1-1"]


def test_the_tracker_says_how_far_the_text_has_come(client, assignment):
    steps = tree_of(page_of(client, assignment.revision.article)).xpath("//ol[@class='tracker']/li")
    assert [(words(step.find("b")), "data-reached" in step.attrib) for step in steps] == [
        ("Submitted", True),
        ("Under review", True),
        ("Approved", False),
    ]
    assert "Rob, Physiotherapist" in words(steps[1])


def test_a01_readers_keep_the_checked_text_while_a_newer_one_waits(client, approved, ana):
    factories.editing.change(approved, by=ana, edition=approved.edition, short_answer="Take it twice a day.")
    publication.submit(approved, by=ana)
    response = page_of(client, approved)
    assert response["X-Review-Standing"] == "changed"
    assert "a newer version is being checked" in response.content.decode()
    assert "twice a day" not in response.content.decode()


def test_a_concern_puts_its_caution_over_a_text_that_stays_up(client, approved, ruth):
    publication.raise_concern(approved, by=ruth, text="A reader found a wrong number.", details=factories.CONCERN)
    response = page_of(client, approved)
    article = tree_of(response).xpath("//article")[0]
    assert unit_of(approved).caution.text in words(article[1])
    assert unit_of(approved).checked_line in words(article[1])
    assert "A reader found a wrong number." in words(article)
    assert tree_of(response).findtext(".//title").startswith("Under question: ")


# Headers


@pytest.mark.slow
def test_a15_headers_say_the_standing_in_every_state(client, ana, rob, eva, ruth):
    def made(**fields):
        return factories.approved(by=ana, reviewer=rob, editor=eva, **fields)

    expected = {
        factories.submitted(by=ana): (200, "submitted", True, "no-store"),
        made(): (200, "approved", False, "max-age=0, s-maxage=60, must-revalidate"),
        made(days_ago=800): (200, "overdue", True, "no-store"),
        (withdrawn := made()): (410, "withdrawn", True, "no-store"),
        (retracted := made()): (200, "retracted", True, "no-store"),
    }
    publication.withdraw(withdrawn, by=eva, reason="The question was wrong.")
    publication.retract(retracted, by=ruth, text="It is wrong.", reason="Its source was.", details=factories.RETRACTION)
    for article, (status, standing, is_kept_out, kept) in expected.items():
        response = page_of(client, article)
        assert (response.status_code, response["X-Review-Standing"]) == (status, standing)
        assert (response.get("X-Robots-Tag") == "noindex") is is_kept_out
        assert response["Cache-Control"] == kept
        assert "Cookie" in response["Vary"]
        assert not response.has_header("Last-Modified")
        assert response.has_header("ETag") is (standing == "approved")


@pytest.mark.slow
def test_a_shared_copy_never_outlives_the_check(client, approved):
    with clock.at(approved.approval.valid_until - timedelta(seconds=20)):
        assert "s-maxage=20," in page_of(client, approved)["Cache-Control"]
    with clock.at(approved.approval.valid_until):
        response = page_of(client, approved)
    assert (response["X-Review-Standing"], response["Cache-Control"]) == ("overdue", "no-store")


def test_a_reader_who_has_the_checked_page_is_told_it_still_stands(client, approved):
    first = page_of(client, approved)
    again = page_of(client, approved, if_none_match=first["ETag"])
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert page_of(client, approved, if_modified_since="Fri, 01 Jan 2100 00:00:00 GMT").status_code == 200


@pytest.mark.parametrize("method", ["get", "head"])
def test_a16_after_a_withdrawal_no_request_gets_the_old_body(client, approved, eva, method):
    tag = page_of(client, approved)["ETag"]
    with clock.at(approved.updated_at):
        publication.withdraw(approved, by=eva, reason="The question was wrong.")
        headers = {"if-none-match": tag, "range": "bytes=0-", "if-modified-since": "Fri, 01 Jan 2100 00:00:00 GMT"}
        response = getattr(client, method)(approved.get_absolute_url(), headers=headers)
    assert response.status_code == 410
    assert b"exercise" not in response.content.lower()


def test_a_correction_changes_the_validator(client, approved, ruth):
    tag = page_of(client, approved)["ETag"]
    publication.correct(approved, by=ruth, text="The year of one study was corrected.", details=factories.CORRECTION)
    response = page_of(client, approved, if_none_match=tag)
    assert response.status_code == 200
    assert "The year of one study was corrected." in response.content.decode()


def test_somebody_signed_in_gets_a_page_that_no_cache_may_share(client, approved, noor):
    client.force_login(noor)
    response = page_of(client, approved)
    assert response["Cache-Control"].startswith("private")
    assert not response.has_header("ETag")


# Texts that are not shown


def test_a_draft_has_no_page(client, draft):
    assert page_of(client, draft).status_code == 404


def test_a_text_of_high_risk_has_no_page_before_it_is_approved(client, ana):
    assert page_of(client, factories.submitted(by=ana, risk=3)).status_code == 404


def test_a_text_that_was_flagged_unsafe_is_hidden_and_says_why(client, submitted, assignment):
    factories.decided(assignment, "unsafe")
    response = page_of(client, submitted)
    body = response.content.decode()
    assert (response.status_code, response["X-Robots-Tag"]) == (200, "noindex")
    assert "could harm someone" in body
    assert "Probably a little" not in body
    assert "Regular exercise" not in body


def test_a_risky_text_is_hidden_when_its_grace_is_over(client, ana, rob, rita, eva):
    article = factories.submitted(by=ana, risk=3)
    assignments = [factories.assigned(article, member, by=eva) for member in (rob, rita)]
    for assignment in assignments:
        factories.decided(assignment)
    publication.release(article, by=eva, digest=article.latest_revision.digest)
    article = factories.fresh(article)
    with clock.at(article.approval.hidden_after):
        response = page_of(client, article)
    assert "date to check this text again has passed" in response.content.decode()
    assert "Regular exercise" not in response.content.decode()


def test_a_quarantined_page_is_unavailable_until_a_person_lifts_it(client, approved):
    publication.quarantine(approved, reason="The sweep found no caution.")
    response = page_of(client, approved)
    assert (response.status_code, response["Cache-Control"]) == (503, "no-store")
    assert int(response["Retry-After"]) > 0
    assert approved.title not in client.get(reverse("article-list")).content.decode()


# Lists, search, feed, sitemap


@pytest.mark.slow
def test_lists_say_the_standing_of_every_text_in_words(client, submitted, approved):
    for address in (
        reverse("article-list"),
        reverse("topic", args=["physiotherapy"]),
        reverse("search") + "?q=exercise",
    ):
        body = words(tree_of(client.get(address)).find("body"))
        assert f"Submitted, not yet checked. {unit_of(submitted).caution_line}" in body
        assert f"Approved. {unit_of(approved).checked_line}" in body


def test_lists_quote_only_what_was_checked(client, ana, approved):
    factories.submitted(by=ana, short_answer="Drink vinegar.")
    body = client.get(reverse("article-list")).content.decode()
    assert "Probably a little" in body
    assert "vinegar" not in body


def test_the_first_page_counts_what_is_checked(client, submitted, approved):
    assert "1 of 2 pages here is checked" in words(tree_of(client.get(reverse("article-list"))).find("body"))


def test_a_forged_approval_is_not_listed_as_checked(client, submitted):
    Article.objects.filter(pk=submitted.pk).update(state="under_review")
    body = words(tree_of(client.get(reverse("article-list"))).find("body"))
    assert "0 of 1 pages here are checked" in body


@pytest.mark.slow
def test_pages_of_a_list_neither_repeat_nor_skip(client, ana):
    with clock.at(clock.now()):
        titles = {factories.submitted(by=ana).title for _ in range(23)}
    seen, address = [], reverse("article-list")
    while address:
        tree = tree_of(client.get(address))
        seen += [words(link) for link in tree.xpath("//ul[@class='cards']/li/h2/a")]
        following = tree.xpath("//a[@rel='next']/@href")
        address = reverse("article-list") + following[0] if following else ""
    assert len(seen) == len(titles)
    assert set(seen) == titles


@pytest.mark.parametrize("cursor", ["", "x", "1-2-3", "99999999999999999999-1", "1-" + "9" * 40, "\x00", "-", "١-٢"])
def test_a_place_in_a_list_that_cannot_be_is_answered_calmly(client, db, cursor):
    assert client.get(reverse("article-list"), {"before": cursor}).status_code in (200, 404)


def test_an_empty_site_says_what_will_come(client, db):
    assert "Nothing is published yet" in client.get(reverse("article-list")).content.decode()


def test_search_marks_what_it_found_and_escapes_the_rest(client, ana):
    factories.submitted(by=ana, body="Stretching 1 < 2 & so on [@hayden2021].\n")
    response = client.get(reverse("search"), {"q": "stretching"})
    assert "<mark>Stretching</mark> 1 &lt; 2 &amp; so on" in response.content.decode()
    assert response["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("", 200, "Type a few words"),
        ("   ", 200, "Type a few words"),
        ("*", 200, "Nothing that may be read"),
        ("\x00", 200, "Nothing that may be read"),
        ('" OR 1=1 --', 200, "Nothing that may be read"),
        ("zebra", 200, "Nothing that may be read"),
        ("x" * 100_000, 400, "at most 200 characters"),
    ],
)
def test_a14_odd_searches_are_answered_with_a_sentence(client, submitted, query, status, said):
    response = client.get(reverse("search"), {"q": query})
    assert response.status_code == status
    assert said in response.content.decode()
    assert submitted.title not in response.content.decode()


def test_a14_search_finds_nothing_that_may_not_be_read(client, ana, draft):
    factories.submitted(by=ana, risk=4, short_answer="Canary.")
    assert "Canary" not in client.get(reverse("search"), {"q": "canary"}).content.decode()


def test_an_excerpt_shows_the_place_that_was_asked_for():
    pieces = excerpt("word " * 200 + "Exercises help. " + "word " * 200, "exercise")
    assert [text for is_hit, text in pieces if is_hit] == ["Exercises"]
    assert len("".join(text for _, text in pieces)) < 260


def test_a_json_feed_says_in_each_item_what_may_be_said_of_its_text(client, submitted, approved):
    given = client.get(reverse("feed-json"))
    assert given["Content-Type"].startswith("application/feed+json")
    items = {item["url"].rsplit("/", 2)[1]: item for item in given.json()["items"]}
    assert items[submitted.slug]["title"] == f"Not yet checked: {submitted.title}"
    assert (
        items[submitted.slug]["content_text"]
        == items[submitted.slug]["standing"]["says"]
        == unit_of(submitted).caution_line
    )
    assert items[approved.slug]["content_text"].startswith("Checked by Rob")


def test_a_topic_has_a_feed_of_its_own(client, ana, submitted):
    elsewhere = factories.submitted(by=ana, topic=factories.topic("Sleep"))
    for name in ("topic-feed", "topic-feed-json"):
        body = client.get(reverse(name, args=["sleep"])).content.decode()
        assert elsewhere.slug in body
        assert submitted.slug not in body
    assert client.get(reverse("topic-feed", args=["nothing"])).status_code == 404


def test_every_feed_entry_begins_with_the_standing(client, submitted, approved):
    entries = ElementTree.fromstring(client.get(reverse("feed")).content).findall(f"{ATOM}entry")
    told = {e.findtext(f"{ATOM}title"): e.findtext(f"{ATOM}summary") for e in entries}
    categories = {c.get("term") for e in entries for c in e.findall(f"{ATOM}category")}
    assert told[f"Not yet checked: {submitted.title}"] == unit_of(submitted).caution_line
    assert told[approved.title].startswith(unit_of(approved).checked_line)
    assert {"Standing: Approved", "Standing: Submitted, not yet checked"} <= categories


@pytest.mark.slow
def test_the_sitemap_lists_checked_texts_only(client, submitted, approved, ana, rob, eva):
    overdue = factories.approved(by=ana, reviewer=rob, editor=eva, days_ago=800)
    body = client.get(reverse("sitemap")).content.decode()
    assert f"{settings.SITE_URL}{approved.get_absolute_url()}<" in body
    assert submitted.slug not in body
    assert f"{overdue.slug}<" not in body


def test_a_long_sitemap_is_cut_into_files(client, approved, submitted, monkeypatch):
    monkeypatch.setattr("articles.feeds.PER_SITEMAP", 1)
    index = ElementTree.fromstring(client.get(reverse("sitemap")).content)
    files = [loc.text.removeprefix(settings.SITE_URL) for loc in index.iter() if loc.tag.endswith("loc")]
    bodies = [client.get(file).content.decode() for file in files]
    assert sum(approved.slug in body for body in bodies) == 1
    assert client.get(reverse("sitemap-part", args=[len(files)])).status_code == 404


# Hostile words, hostile weather


def test_a17_a_hostile_title_is_inert_in_every_channel(client, ana):
    article = factories.submitted(by=ana, title=HOSTILE)
    for address in (article.get_absolute_url(), "/", reverse("search") + "?q=safe"):
        response = client.get(address)
        tree = tree_of(response)
        assert not tree.xpath("//script[not(@type='application/ld+json') and not(@src)]")
        assert not tree.xpath("//*[@onload]")
        assert article.title in words(tree.find("body"))
    assert json_ld_of(page_of(client, article))["name"].endswith(article.title)
    entry = ElementTree.fromstring(client.get(reverse("feed")).content).find(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title").endswith(article.title)


def test_readers_notice_nothing_when_the_cache_is_away(client, submitted, monkeypatch, caplog):
    asked = []

    def away(*_args):
        asked.append(1)
        raise RedisConnectionError("nobody there")

    monkeypatch.setattr(remembering.cache, "get", away)
    monkeypatch.setattr(remembering.cache, "set", away)
    bodies = [page_of(client, submitted).content.decode() for _ in range(3)]
    assert all(unit_of(submitted).caution.text in body for body in bodies)
    assert len(asked) == 1
    assert len([entry for entry in caplog.records if "cache does not answer" in entry.message]) == 1


# What it costs


def test_a_warm_page_costs_two_queries(client, approved, submitted, django_assert_num_queries):
    for article in (approved, submitted):
        page_of(client, article)
        with django_assert_num_queries(2):
            page_of(client, article)


def test_error_pages_cost_no_query_for_strangers(client, db, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/no/such/page/").status_code == 404


@pytest.mark.slow
def test_lists_cost_the_same_for_three_texts_and_for_thirty(client, ana, approved):
    addresses = ["/", "/topics/physiotherapy/", "/search/?q=exercise", "/feed.atom", "/sitemap.xml"]
    for _ in range(2):
        factories.submitted(by=ana)
    client.get("/")  # how many are checked is counted once a minute
    few = [queries_of(client, address) for address in addresses]
    for _ in range(27):
        factories.submitted(by=ana)
    assert [queries_of(client, address) for address in addresses] == few
    assert max(few) <= 5


def queries_of(client, address):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


# What the guard relies on


def test_every_public_view_declares_what_it_carries():
    for pattern in urls.urlpatterns:
        assert pattern.callback.carries in {"articles", "nothing"}, pattern.name
    named = get_resolver().reverse_dict
    assert {"article-list", "article", "topic", "search", "feed", "sitemap", "robots", "login"} <= set(named)


def test_answers_declare_one_caution_for_each_unchecked_unit(client, submitted, approved):
    assert page_of(client, submitted).cautions_owed == (unit_of(submitted).caution.text,)
    assert page_of(client, approved).cautions_owed == ()
    for address in ("/", "/search/?q=exercise", "/feed.atom"):
        assert client.get(address).cautions_owed == (unit_of(submitted).caution_line,)


def test_the_caution_of_a_page_is_the_one_its_standing_calls_for(client, submitted):
    unit = unit_of(submitted)
    assert unit.caution == caution(unit.standing, ai_involvement="first_draft", audience="patient")
