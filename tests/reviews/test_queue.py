"""The editors' board: what it finds, in which order, and that it costs the same at any size."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import connection
from django.urls import reverse

from articles import titles
from articles.models import Article
from articles.states import State
from editorial import clock
from reviews import policy, publication, queue
from reviews.counting import counted
from tests import factories

QUEUE = reverse("admin:articles_article_changelist")


@pytest.fixture
def as_eva(client, eva):
    client.force_login(eva)
    return client


def shown(client, query=""):
    response = client.get(QUEUE + query)
    assert response.status_code == 200
    return [row.article.pk for row in response.context["rows"]]


def queries_of(client, address, django_assert_max_num_queries):
    client.get(address)
    with django_assert_max_num_queries(100) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


@pytest.fixture
def many(ana, rob, eva):
    """Call it for so many more, on all risks, two a day; each third is with Rob, who has decided on every second."""

    def make(count):
        for n in range(count):
            with clock.at(clock.now() - timedelta(days=n // 2)):
                article = factories.submitted(by=ana, risk=1 + n % 4)
            if n % 3 == 0:
                assignment = factories.assigned(article, rob, by=eva)
                if n % 6 == 0:
                    factories.decided(assignment)

    return make


def test_it_asks_as_much_for_30_rows_as_for_3_and_less_than_15_times(as_eva, many, django_assert_max_num_queries):
    addresses = [QUEUE, f"{QUEUE}?next=reader&q=exercise", reverse("admin:index")]
    asked = []
    for more in (3, 27):
        many(more)
        asked.append([queries_of(as_eva, address, django_assert_max_num_queries) for address in addresses])
    assert asked[0] == asked[1]
    assert max(asked[0]) < 15


def test_leafing_forth_and_back_shows_every_row_once_in_the_order_of_harm_and_age(as_eva, many, monkeypatch):
    monkeypatch.setattr(queue, "PAGE", 4)
    many(10)
    forth, page = [], as_eva.get(QUEUE)
    while True:
        forth.append([row.article for row in page.context["rows"]])
        if not page.context["page"].later:
            break
        page = as_eva.get(f"{QUEUE}?after={page.context['page'].later}")
    rows = [article for leaf in forth for article in leaf]
    assert [len(leaf) for leaf in forth] == [4, 4, 2]
    assert all((-a.risk_id, a.submitted_at, a.pk) < (-b.risk_id, b.submitted_at, b.pk) for a, b in pairwise(rows))
    back = as_eva.get(f"{QUEUE}?before={page.context['page'].earlier}")
    assert [row.article for row in back.context["rows"]] == forth[1]
    assert back.context["page"].earlier
    assert back.context["page"].later
    first = as_eva.get(f"{QUEUE}?before={back.context['page'].earlier}")
    assert [row.article for row in first.context["rows"]] == forth[0]
    assert not first.context["page"].earlier


def test_a_place_that_no_page_gave_out_is_no_fault(as_eva, submitted):
    for place in ["0", "4.x.1", "4.1", "-1.2.3", f"{9**18}.1.1", f"4.{9**18}.1", f"4.1.{9**30}", "4.1.1.1", "٤.1.1"]:
        for side in ("after", "before"):
            assert as_eva.get(f"{QUEUE}?{side}={place}").status_code == 200, place


def test_every_filter_finds_what_it_says_and_nothing_else(as_eva, ana, rob, rita, eva):
    waiting = factories.submitted(
        by=ana, risk=3, title="Is ginger safe in pregnancy?", language="fr", topic=factories.topic("Diet")
    )
    read = factories.submitted(by=ana, ai_involvement="none")
    factories.assigned(read, rob, by=eva, due_at=clock.now() + timedelta(days=3))
    ready = factories.submitted(by=ana)
    factories.decided(factories.assigned(ready, rita, by=eva))
    alone = factories.submitted(by=factories.person("Zora"), risk=3)
    factories.decided(factories.assigned(alone, rob, by=eva))
    found = {
        "": [waiting, alone, read, ready],
        "?next=reader": [waiting, alone],  # one approval of two
        "?next=reading": [read],
        "?next=release": [ready],
        f"?holder={rob.pk}": [read],
        "?due=week": [read],
        "?due=overdue": [],
        "?risk=3": [waiting, alone],
        f"?topic={waiting.topic_id}": [waiting],
        "?language=fr": [waiting],
        "?ai=none": [read],
        "?state=submitted": [waiting],
        "?q=zora": [alone],
        "?q=GING+safe": [waiting],
        f"?q=https://example.org/articles/{ready.slug}/": [ready],
        "?q=ginger+heart": [],
        "?q='):*+|+!": [],
        "?state=all": [alone, ready, read, waiting],
        "?state=nonsense&risk=x&topic=999&holder=0&next=y&due=z": [waiting, alone, read, ready],
    }
    assert {query: shown(as_eva, query) for query in found} == {
        query: [article.pk for article in articles] for query, articles in found.items()
    }
    counts = as_eva.get(reverse("admin:index")).context["counts"]
    assert counts == {
        "unassigned": 2,
        "being_read": 1,
        "release": 1,
        "reading_overdue": 0,
        "stopped": 0,
        "with_authors": 0,
        "check_overdue": 0,
    }


def test_what_was_called_unsafe_and_what_is_due_for_its_check_are_found(as_eva, ana, rob, eva):
    flagged = factories.submitted(by=ana)
    factories.decided(factories.assigned(flagged, rob, by=eva), "unsafe", reason="Ten times the dose.")
    old = factories.approved(by=ana, reviewer=rob, editor=eva, days_ago=800)
    soon = factories.approved(by=ana, reviewer=rob, editor=eva, days_ago=700)
    factories.approved(by=ana, reviewer=rob, editor=eva)
    assert shown(as_eva, "?state=stopped") == [flagged.pk]
    assert shown(as_eva, "?state=check_overdue") == [old.pk]
    assert shown(as_eva, "?state=check_soon") == [old.pk, soon.pk]
    publication.withdraw(soon, by=eva, reason="Written anew.")
    assert shown(as_eva, "?state=check_soon") == [old.pk]


def test_a_renamed_question_is_found_by_its_new_words_alone(draft):
    Article.objects.filter(pk=draft.pk).update(title="Do magnets ease migraine?")
    assert titles.having("migraine") == [draft.pk]
    assert titles.having("exercise") == []
    titles.build()
    assert titles.having("magnet") == [draft.pk]


def test_counting_stops_where_nobody_reads_on(submitted, draft, monkeypatch):
    monkeypatch.setattr("reviews.counting.MOST_COUNTED", 1)
    every = Article.objects.all()
    assert counted(all=every, none=every.none(), drafts=every.filter(state=State.DRAFT)) == {
        "all": 1,
        "none": 0,
        "drafts": 1,
    }


@pytest.mark.parametrize(
    ("said", "indexes"),
    [
        ({}, {"in_work_order"}),
        ({"state": "submitted"}, {"in_work_by_state"}),
        ({"state": "check_overdue"}, {"check_due_order"}),
        ({"state": "all"}, {"articles_article_pkey"}),
        ({"state": "approved"}, {"queue_order"}),
    ],
)
def test_the_database_has_an_index_in_the_order_of_each_list(submitted, said, indexes):
    """On PostgreSQL, where desks grow large; the embedded database only has to search instead of scan."""
    order = queue.order_of(said)
    rows = queue.found(said, among=Article.objects.all(), rules=policy.in_force()).order_by(*order.columns)[:30]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off"
            )
        assert any(index in rows.explain() for index in indexes)
    elif said.get("state") != "all":
        assert "SEARCH articles_article" in rows.explain()
