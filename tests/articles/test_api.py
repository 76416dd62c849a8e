"""The JSON that programs read: the same decision as the page, and no object without its standing."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles import api, editing
from articles.models import Article, Notice
from articles.states import State
from editorial import clock
from reviews import publication
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.one_stack]

LIST = "/api/v1/articles/"
STANDING = {
    *("state", "label", "caution", "caution_line", "checked_by", "checked_at", "check_due", "released_by"),
    *("overlays", "newer_is_pending", "dissents", "typing_corrected", "read_revision"),
}


def at(article):
    return f"{LIST}{article.slug}/"


def page(article):
    return f"/articles/{article.slug}/"


def sentence(response):
    """Every refusal is JSON with one sentence, and no cache or search engine keeps it."""
    assert response.headers["Content-Type"].startswith("application/json")
    assert (response.headers["Cache-Control"], response.headers["X-Robots-Tag"]) == ("no-store", "noindex")
    said = response.json()["detail"]
    assert said.endswith((".", "/"))
    return said


def objects(value):
    """Every JSON object that speaks of an article."""
    if isinstance(value, dict):
        if "slug" in value:
            yield value
        for inner in value.values():
            yield from objects(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from objects(inner)


@pytest.fixture
def overdue(ana, rob, eva):
    return factories.approved(by=ana, reviewer=rob, editor=eva, days_ago=900)


@pytest.fixture
def hidden(ana):
    """Never public, and its class is not shown before approval."""
    return factories.submitted(by=ana, risk=3)


@pytest.fixture
def withdrawn(approved, eva):
    publication.withdraw(approved, by=eva, reason="Outdated.")
    return factories.fresh(approved)


@pytest.fixture
def retracted(approved, ruth):
    publication.retract(
        approved, by=ruth, text="The main figure is wrong.", reason="Error in the source.", details=factories.RETRACTION
    )
    return factories.fresh(approved)


@pytest.fixture
def quarantined(approved):
    publication.quarantine(approved, reason="The sweep found it without its caution.")
    return factories.fresh(approved)


@pytest.fixture
def unsafe(ana, rob, eva):
    """Public while it was being read, hidden since a reviewer called it unsafe."""
    article = factories.submitted(by=ana)
    factories.decided(factories.assigned(article, rob, by=eva), "unsafe")
    return factories.fresh(article)


# One article


def test_an_approved_article_says_who_checked_exactly_this_text_and_when(client, approved):
    answer = client.get(at(approved))
    told = answer.json()
    assert set(told["standing"]) == STANDING
    assert (told["standing"]["state"], told["standing"]["caution"]) == ("approved", None)
    assert [(c["name"], c["profession"]) for c in told["standing"]["checked_by"]] == [("Rob", "Physiotherapist")]
    assert told["standing"]["released_by"] == "Eva"
    assert told["dates"]["checked"] == told["standing"]["checked_at"] != told["dates"]["check_due"]
    assert (told["digest"], told["revision"]) == (approved.latest_revision.digest, 1)
    assert told["url"] == f"{settings.SITE_URL}{page(approved)}"
    assert "<h2" in told["body_html"]
    assert "@hayden2021" not in told["body_html"] + told["short_answer"]
    assert told["references"][0]["printed"].startswith("Hayden JA, Ellis J.")
    assert told["references"][0]["links"][0]["url"].startswith("https://doi.org/10.1002/")
    assert answer.headers["X-Review-Standing"] == "approved"


def test_an_unchecked_article_carries_its_caution_inside_the_same_object(client, submitted):
    answer = client.get(at(submitted))
    told = answer.json()
    assert told["body_html"]
    assert told["standing"]["caution"].startswith("This text was made with an AI system")
    assert told["standing"]["caution_line"].endswith("do not act on it.")
    assert (told["standing"]["checked_by"], told["standing"]["checked_at"]) == ([], None)
    assert told["ai"]["disclosure"] == "ai-autonomous"
    assert answer.headers["X-Review-Standing"] == "submitted"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "ETag" not in answer.headers


def test_a01_an_edit_after_approval_leaves_the_checked_text_in_the_api(client, approved, ana):
    editing.change(approved, by=ana, edition=approved.edition, body=factories.BODY + "\nUnchecked addition.\n")
    publication.submit(approved, by=ana)
    told = client.get(at(approved)).json()
    assert (told["standing"]["state"], told["standing"]["newer_is_pending"], told["revision"]) == ("changed", True, 1)
    for address in (at(approved), LIST, f"{LIST}?q=exercise"):
        assert b"Unchecked addition" not in client.get(address).content


@pytest.mark.parametrize(
    ("which", "status"),
    [
        *(("draft", 404), ("hidden", 404), ("submitted", 200), ("approved", 200), ("overdue", 200), ("unsafe", 200)),
        *(("retracted", 200), ("withdrawn", 410), ("quarantined", 503)),
    ],
)
def test_a15_the_page_and_the_api_decide_alike(client, request, which, status):
    article = request.getfixturevalue(which)
    one, other = client.get(at(article)), client.get(page(article))
    assert (one.status_code, other.status_code) == (status, status)
    if status != 404:
        for header in ("X-Review-Standing", "Cache-Control"):
            assert one.headers.get(header) == other.headers.get(header), header
    assert one.headers["X-Robots-Tag"] == "noindex"
    assert ("ETag" in one.headers) == ("ETag" in other.headers)


@pytest.mark.parametrize("which", ["draft", "hidden", "withdrawn", "quarantined", "unsafe"])
def test_what_may_not_be_read_is_in_no_answer(client, request, which):
    article = request.getfixturevalue(which)
    for address in (at(article), LIST, f"{LIST}?q=exercise", f"{LIST}?topic=physiotherapy"):
        assert b"probably eases" not in client.get(address).content.lower()
        assert b"For most people" not in client.get(address).content


def test_a_withdrawn_article_is_gone_with_its_standing_and_no_text(client, withdrawn):
    answer = client.get(at(withdrawn))
    assert answer.status_code == 410
    assert set(answer.json()) == {"detail", "slug", "url", "standing"}
    assert answer.json()["standing"]["state"] == "withdrawn"
    assert [o["kind"] for o in answer.json()["standing"]["overlays"]] == ["withdrawal"]
    assert sentence(answer).startswith("Withdrawn")


def test_a_hidden_article_that_has_a_page_says_why_there_is_no_text(client, unsafe):
    told = client.get(at(unsafe)).json()
    assert (told["short_answer"], told["body_html"], told["references"], told["digest"]) == (None, None, [], None)
    assert "harm someone" in told["withheld_because"]
    assert told["standing"]["caution"]


def test_a_quarantined_article_is_unavailable_until_a_person_lifts_that(client, quarantined, ruth):
    answer = client.get(at(quarantined))
    assert "not available just now" in sentence(answer)
    assert answer.headers["Retry-After"]
    publication.resolve(Notice.objects.get(kind="quarantine"), by=ruth, text="The template was mended.")
    assert client.get(at(quarantined)).status_code == 200


def test_a_tampered_revision_does_not_leave_the_house(client, approved, monkeypatch):
    monkeypatch.setattr("articles.public.is_intact", lambda revision: False)
    monkeypatch.setattr("articles.public.is_proven", lambda approval: False)
    assert client.get(at(approved)).status_code == 503


def test_what_is_not_visible_and_what_does_not_exist_answer_alike(client, hidden, draft):
    answers = [client.get(at(hidden)), client.get(at(draft)), client.get(f"{LIST}no-such-article/")]
    assert len({(a.status_code, a.content, a.headers["Cache-Control"]) for a in answers}) == 1
    assert "no article to read" in sentence(answers[0])


def test_the_site_address_is_configured_and_never_taken_from_the_request(client, approved):
    factories.submitted(by=approved.author)
    with_host = {"headers": {"Host": "127.0.0.1"}}
    assert b"127.0.0.1" not in client.get(at(approved), **with_host).content
    assert client.get(f"{LIST}?limit=1", **with_host).json()["next"].startswith(settings.SITE_URL)


# nothing old comes back


def test_a16_a_withdrawal_in_the_same_second_is_never_answered_with_the_old_text(client, approved, eva):
    first = client.get(at(approved))
    tag = first.headers["ETag"]
    unchanged = client.get(at(approved), headers={"If-None-Match": tag})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert "Last-Modified" not in first.headers
    with clock.at(clock.now()):
        publication.withdraw(approved, by=eva, reason="Outdated.")
        assert client.get(at(approved), headers={"If-None-Match": tag}).status_code == 410


def test_a_reader_who_is_signed_in_gets_no_copy_that_others_could_be_served(client, approved, noor):
    client.force_login(noor)
    answer = client.get(at(approved))
    assert answer.headers["Cache-Control"].startswith("private")
    assert "ETag" not in answer.headers


def test_a_shared_copy_never_outlives_the_check(client, approved):
    with clock.at(approved.approval.valid_until - timedelta(seconds=7)):
        assert "s-maxage=7," in client.get(at(approved)).headers["Cache-Control"]


@pytest.mark.parametrize("which", ["approved", "withdrawn", "draft"])
def test_head_answers_like_get_without_a_body(client, request, which):
    article = request.getfixturevalue(which)
    full, head = client.get(at(article)), client.head(at(article))
    assert (head.status_code, head.content) == (full.status_code, b"")
    assert head.headers.get("X-Review-Standing") == full.headers.get("X-Review-Standing")


# Lists


@pytest.fixture
def five(ana, rob, eva):
    """Newest first: two unchecked, one checked, two unchecked."""
    now = clock.now()
    made = []
    for age in range(5):
        with clock.at(now - timedelta(days=age)):
            make = factories.submitted if age != 2 else factories.approved
            people = {} if age != 2 else {"reviewer": rob, "editor": eva}
            made.append(make(by=ana, **people))
    return made


def test_a_list_is_newest_first_and_each_item_says_its_standing(client, five):
    items = client.get(LIST).json()["items"]
    assert [item["slug"] for item in items] == [article.slug for article in five]
    assert all(set(item["standing"]) == STANDING for item in items)
    assert [bool(item["standing"]["caution"]) for item in items] == [True, True, False, True, True]


def test_pages_neither_repeat_nor_skip_when_something_new_arrives(client, five, ana):
    seen, address = [], f"{LIST}?limit=2"
    while address:
        answer = client.get(address.removeprefix(settings.SITE_URL)).json()
        seen += [item["slug"] for item in answer["items"]]
        address = answer["next"]
        factories.submitted(by=ana)
    assert seen == [article.slug for article in five]


def test_a_list_with_anything_unchecked_is_kept_by_nobody(client, five):
    assert client.get(LIST).headers["Cache-Control"] == "no-store"
    Article.objects.filter(state=State.SUBMITTED).update(state=State.WITHDRAWN)
    assert client.get(LIST).headers["Cache-Control"] != "no-store"


def test_only_one_topic_is_listed_when_asked(client, approved, ana):
    other = factories.submitted(by=ana, topic=factories.topic("Sleep medicine"))
    assert [i["slug"] for i in client.get(f"{LIST}?topic=sleep-medicine").json()["items"]] == [other.slug]
    assert [i["slug"] for i in client.get(f"{LIST}?topic=sleep-medicine&q=exercise").json()["items"]] == [other.slug]
    answer = client.get(f"{LIST}?topic=no-such-topic")
    assert answer.status_code == 422
    assert "topic" in sentence(answer)


def test_a_search_gives_the_best_match_first_and_pages_through_the_rest(client, ana):
    factories.submitted(by=ana)
    best = factories.submitted(by=ana, title="Is zopiclone safe with zopiclone?", short_answer="Zopiclone is.")
    other = factories.submitted(by=ana, short_answer="Somebody mentions zopiclone once.")
    first = client.get(f"{LIST}?q=zopiclone&limit=1").json()
    second = client.get(first["next"].removeprefix(settings.SITE_URL)).json()
    assert [i["slug"] for i in first["items"] + second["items"]] == [best.slug, other.slug]
    assert second["next"] is None
    assert all(i["standing"]["caution"] for i in first["items"] + second["items"])


def test_a14_a_search_finds_nothing_confidential_and_counts_nothing(client, draft, hidden, ana):
    secret = factories.submitted(by=ana, short_answer="Canarium yes.")
    publication.withdraw(secret, by=ana, reason="A mistake.")
    for asked in ("Canarium", "*", "%22", "AND", "a"):
        assert client.get(LIST, {"q": asked}).json() == {"items": [], "next": None}


@pytest.mark.slow
def test_a25_list_and_detail_agree(client, five, unsafe, retracted, overdue):
    for item in client.get(f"{LIST}?limit=50").json()["items"]:
        whole = client.get(f"{LIST}{item['slug']}/").json()
        assert item == {name: whole[name] for name in item}
    assert len(client.get(f"{LIST}?limit=50").json()["items"]) == 7


@pytest.mark.slow
def test_a_list_costs_the_same_number_of_queries_at_3_and_at_30_rows(client, ana):
    _many(ana, 3)
    few = [_cost(client, query, rows=3) for query in ("?limit=50", "?q=exercise&limit=50", "?topic=physiotherapy")]
    _many(ana, 27)
    many = [
        _cost(client, query, rows=30)
        for query in ("?limit=50", "?q=exercise&limit=50", "?topic=physiotherapy&limit=50")
    ]
    assert few == many == [2, 4, 3]


def _cost(client, query, *, rows):
    with CaptureQueriesContext(connection) as spent:
        assert len(client.get(f"{LIST}{query}").json()["items"]) == rows
    return len(spent)


def test_one_article_costs_two_queries(client, approved, django_assert_num_queries):
    client.get(at(approved))  # of which day the retraction list is, is known for a minute
    with django_assert_num_queries(2):
        client.get(at(approved))


def _many(author, number):
    for _ in range(number):
        factories.submitted(by=author, references=False, body="Exercise may help.")


# Bad input


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("fields=title", "“fields” means nothing here"),
        ("exclude=standing", "“exclude” means nothing here"),
        ("LIMIT=2", "“LIMIT” means nothing here"),
        ("limit=2&limit=3", "“limit” was given more than once"),
        ("limit=0", "“limit” has to be a whole number from 1 to 50"),
        ("limit=51", "“limit”"),
        ("limit=-1", "“limit”"),
        ("limit=ten", "“limit”"),
        ("limit=" + "9" * 5000, "“limit”"),
        ("cursor=yesterday", "“cursor” has to be copied from"),
        ("cursor=1%00-2", "“cursor”"),
        ("cursor=" + "9" * 18 + "-1", "“cursor”"),
        ("cursor=5", "“cursor”"),
        ("cursor=1-2&q=pain", "“cursor”"),
        ("cursor=" + "9" * 5000, "“cursor”"),
        ("q=", "“q” has to be 1 to 200 characters"),
        ("q=pain%00", "“q”"),
        ("q=" + "pain " * 20_000, "“q”"),
        ("topic=a%00b", "“topic”"),
        ("topic=%27%20or%201", "“topic”"),
    ],
)
def test_a12_what_is_not_understood_is_refused_in_a_sentence(client, submitted, query, said):
    answer = client.get(f"{LIST}?{query}")
    assert answer.status_code == 422
    assert said in sentence(answer)


@pytest.mark.parametrize("query", ["fields=title", "standing=0", "format=xml", "limit=5"])
def test_a12_nothing_can_be_asked_of_one_article_but_all_of_it(client, submitted, query):
    answer = client.get(f"{at(submitted)}?{query}")
    assert answer.status_code == 422
    assert "Known are: none" in sentence(answer)


def test_a12_every_object_has_its_standing_whatever_is_asked(client, five, retracted):
    for query in ("", "?limit=1", "?q=exercise", "?topic=physiotherapy", "?cursor=4000000000000000-1"):
        found = list(objects(client.get(f"{LIST}{query}").json()))
        assert found, query
        assert all(set(each["standing"]) == STANDING for each in found), query


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
@pytest.mark.parametrize("address", [LIST, LIST + "anything/"])
def test_nothing_can_be_written_here(client, method, address):
    answer = getattr(client, method)(address)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")
    assert "only be read" in sentence(answer)


@pytest.mark.parametrize("slug", ["a" * 5000, "a%00b", "..%2f..%2fetc", "%E2%80%AE"])
def test_a_hostile_slug_is_just_not_found(client, slug):
    assert client.get(f"{LIST}{slug}/").status_code == 404


def test_a50_what_cannot_be_proven_is_not_served(client, approved, monkeypatch):
    def broken(*_, **__):
        raise RuntimeError("the seal could not be read")

    monkeypatch.setattr("articles.public.is_proven", broken)
    for address in (at(approved), LIST, f"{LIST}?q=exercise"):
        answer = client.get(address)
        assert answer.status_code == 503
        assert b"exercise" not in answer.content.lower()
        assert "cannot be answered just now" in sentence(answer)


@pytest.mark.parametrize("lost", ["caution", "checked_by"])
def test_the_guard_refuses_an_object_without_its_caution(client, submitted, approved, monkeypatch, lost):
    """Two objects, and only the unchecked one loses something: losing anything else passes."""
    made = api._standing
    monkeypatch.setattr(api, "_standing", lambda unit: made(unit).model_copy(update={lost: None}))
    for address in (at(submitted), LIST):
        answer = client.get(address)
        assert answer.status_code == (503 if lost == "caution" else 200)
        assert (b"probably" in answer.content.lower()) == (lost != "caution")
    if lost == "caution":
        assert "not available" in sentence(answer)


def test_a_cache_that_is_away_changes_nothing(client, approved, monkeypatch):
    def away(*_, **__):
        raise ConnectionError("no cache")

    monkeypatch.setattr(cache, "get", away)
    assert client.get(at(approved)).status_code == 200


# The description of it all


def test_the_description_names_every_answer_and_loads_nothing_from_elsewhere(client):
    described = client.get("/api/v1/openapi.json").json()
    one = described["paths"]["/api/v1/articles/{slug}/"]["get"]
    every = described["paths"]["/api/v1/articles/"]["get"]
    assert set(one["responses"]) == {"200", "304", "404", "405", "410", "422", "503"}
    assert set(every["responses"]) == {"200", "405", "422", "503"}
    assert {p["name"] for p in every["parameters"]} == {"q", "topic", "cursor", "limit"}
    for name in ("Item", "Whole", "Gone"):
        assert "standing" in described["components"]["schemas"][name]["required"]
    assert set(described["components"]["schemas"]["Standing"]["required"]) == STANDING
    assert client.get("/api/v1/docs").status_code == 404
    assert client.get("/api/v1/").status_code == 404
