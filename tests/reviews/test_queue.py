"""The editors' board: what it finds, in which order, and that it costs the same at any size."""

import csv
import re
from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from articles import titles
from articles.models import Article
from articles.states import State
from editorial import clock
from editorial.errors import WorkflowError
from editorial.models import AuditEntry, User
from reviews import assignments, bulk, check_calendar, policy, publication, queue, view_keeping
from reviews.counting import counted
from reviews.models import SavedView
from tests import factories

QUEUE = reverse("admin:articles_article_changelist")
VIEWS = reverse("admin:queue-views")
ASK = reverse("admin:ask-for-each")
CHECKS = reverse("admin:next-checks")
WORKLOAD = reverse("admin:workload")


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
def as_ruth(ruth):
    browser = Client()
    browser.force_login(ruth)
    return browser


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


@pytest.mark.slow
def test_it_asks_as_much_for_30_rows_as_for_3_and_less_than_15_times(as_eva, many, django_assert_max_num_queries):
    addresses = [QUEUE, f"{QUEUE}?next=reader&q=exercise", reverse("admin:index"), WORKLOAD, CHECKS]
    asked = []
    for more in (3, 27):
        many(more)
        asked.append([queries_of(as_eva, address, django_assert_max_num_queries) for address in addresses])
    assert asked[0] == asked[1]
    assert max(asked[0]) < 15


@pytest.mark.slow
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


@pytest.mark.slow
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
    assert {name: n for name, n in counts.items() if n} == {"unassigned": 2, "being_read": 1, "release": 1}


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
    connection.check_constraints()  # PostgreSQL builds no index before
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
    ("said", "index"),
    [({}, "in_work_order"), ({"state": "submitted"}, "in_work_by_state"), ({"state": "approved"}, "queue_order")],
)
def test_the_database_has_an_index_in_the_order_of_each_list(submitted, said, index):
    """On PostgreSQL, where desks grow large; the embedded database only has to search instead of scan."""
    order = queue.order_of(said)
    found = queue.found(said, among=Article.objects.all(), rules=policy.in_force())
    rows = found.order_by(*order.columns)[:30]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for other_way in ("seqscan", "sort", "bitmapscan"):
                cursor.execute(f"SET LOCAL enable_{other_way} = off")
        assert index in rows.explain()
    else:
        assert "SEARCH articles_article" in rows.explain()


# Views


def test_each_form_of_the_board_carries_its_token(eva, submitted, rob):
    view_keeping.keep("Mine", "risk=4", by=eva)
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(eva)
    for address in (f"{QUEUE}?risk=2", VIEWS, f"{ASK}?article={submitted.pk}"):
        for form in re.findall(r"<form.*?</form>", browser.get(address).content.decode(), re.S):
            assert 'method="post"' not in form or "csrfmiddlewaretoken" in form, address


def test_an_editor_keeps_changes_shares_and_removes_a_view(as_eva, as_ruth, submitted):
    narrowed = as_eva.get(f"{QUEUE}?risk=2&state=submitted&topic=&nonsense=1&after=4.1.1")
    query = narrowed.context["keep"].initial["query"]
    assert query == "state=submitted&risk=2"
    kept = as_eva.post(VIEWS, {"act": "keep", "query": query, "name": "Medium, new"})
    assert kept.url == f"{QUEUE}?{query}"
    view = SavedView.objects.get()
    assert ("Medium, new", query) in [(v.name, v.query) for v in as_eva.get(kept.url).context["views"]]
    assert "Medium, new" not in as_ruth.get(QUEUE).content.decode()
    as_eva.post(VIEWS, {"act": "change", "view": view.pk, "name": "Medium", "is_shared": "on"})
    assert "Medium <" in as_ruth.get(QUEUE).content.decode()
    assert as_ruth.post(VIEWS, {"act": "remove", "view": view.pk}).status_code == 404
    assert as_eva.post(VIEWS, {"act": "remove", "view": view.pk}).status_code == 302
    assert not SavedView.objects.exists()
    entries = AuditEntry.objects.filter(action__startswith="view.").order_by("sequence")
    assert [entry.action for entry in entries] == ["view.kept", "view.changed", "view.removed"]


def test_a_view_that_says_nothing_or_has_a_taken_name_is_refused_and_stays_in_the_form(as_eva, eva, monkeypatch):
    view_keeping.keep("Mine", "risk=4", by=eva)
    monkeypatch.setattr(view_keeping, "MOST_KEPT", 2)
    for query, name, why in (
        ("nonsense=1&page=3", "Typed", "Narrow it first"),
        ("risk=3", "Mine", "called “Mine” already"),
        ("risk=3", "", "required"),
    ):
        refused = as_eva.post(VIEWS, {"act": "keep", "query": query, "name": name})
        assert refused.status_code == 422
        assert why in refused.content.decode()
        assert f'value="{name}"' in refused.content.decode() or not name
    view_keeping.keep("Second", "risk=1", by=eva)
    with pytest.raises(WorkflowError, match="2 views already"):
        view_keeping.keep("Third", "risk=2", by=eva)
    assert SavedView.objects.count() == 2


# Asking for several


def test_one_member_is_asked_for_several_and_each_refusal_is_said_by_article(as_eva, eva, ana, rob, rita):
    first, second, own, sent_back = (factories.submitted(by=ana) for _ in range(4))
    factories.decided(factories.assigned(sent_back, rita, by=eva), "request_changes")
    page = as_eva.get(ASK, {"article": [first.pk, second.pk, own.pk, sent_back.pk, 999, "x"]})
    assert len(page.context["articles"]) == 4
    Article.objects.filter(pk=own.pk).update(author=rob.user)
    said = {"article": [first.pk, second.pk, own.pk, sent_back.pk], "member": rob.pk, "due": ""}
    page = as_eva.post(ASK, said)
    assert {outcome.article.pk for outcome in page.context["asked"]} == {first.pk, second.pk}
    assert {outcome.article.pk for outcome in page.context["refused"]} == {own.pk, sent_back.pk}
    shown = page.content.decode()
    assert "Its reviewers asked for changes" in shown
    assert rob.assignments.open().count() == 2
    again = as_eva.post(ASK, said)
    assert [outcome.is_new for outcome in again.context["asked"]] == [False, False]
    assert rob.assignments.count() == 2
    assert AuditEntry.objects.filter(action="review.assigned", data__reviewer="Rob").count() == 2


def test_nobody_is_asked_while_the_form_is_incomplete_and_nothing_typed_is_lost(as_eva, submitted, rob):
    for said in ({"member": "", "due": "2099-01-01"}, {"member": rob.pk, "due": "soon"}, {"member": 0, "due": ""}):
        refused = as_eva.post(ASK, {"article": [submitted.pk], **said})
        assert refused.status_code == 422
        assert "Nobody was asked yet" in refused.content.decode()
        assert f'value="{said["due"]}"' in refused.content.decode() or not said["due"]
    past = as_eva.post(ASK, {"article": [submitted.pk], "member": rob.pk, "due": "2020-01-01"})
    assert "The due date has passed already" in past.content.decode()
    assert "Nothing is ticked" in as_eva.get(ASK).content.decode()
    assert not rob.assignments.exists()


def test_no_more_than_fifty_are_asked_for_at_once(as_eva, ana, monkeypatch):
    monkeypatch.setattr(bulk, "MOST_AT_ONCE", 2)
    keys = [factories.submitted(by=ana).pk for _ in range(3)]
    assert len(as_eva.get(ASK, {"article": keys}).context["articles"]) == 2


# Workload and the checks to come


def test_the_workload_counts_what_is_open_and_how_long_reading_took(as_eva, ana, rob, rita, eva):
    for days in (10, 4, 2):
        with clock.at(clock.now() - timedelta(days=days)):
            asked = factories.assigned(factories.submitted(by=ana, risk=3), rob, by=eva)
        factories.decided(asked)
    with clock.at(clock.now() - timedelta(days=20)):
        factories.assigned(factories.submitted(by=ana), rob, by=eva)
    assignments.decline(factories.assigned(factories.submitted(by=ana), rita, by=eva), by=rita.user, reason="Away.")
    assignments.assign(factories.submitted(by=ana), rita, by=eva)
    load = {each.name: each for each in as_eva.get(WORKLOAD).context["load"].members}
    topics = as_eva.get(WORKLOAD).context["load"].topics
    busy, free = load["Rob"], load["Rita"]
    assert (busy.open, busy.overdue, busy.decided, busy.declined) == (1, 1, 3, 0)
    assert (busy.median_days, busy.slow_days) == (4.0, 10.0)
    assert (free.open, free.unanswered, free.decided, free.declined, free.median_days) == (1, 1, 0, 1, None)
    assert busy.unanswered == 0
    assert [(t.name, t.open, t.overdue, t.decided, t.declined) for t in topics] == [("Physiotherapy", 2, 1, 3, 1)]


def test_the_workload_leaves_as_a_file_in_which_no_name_is_a_formula(as_eva, rob):
    User.objects.filter(pk=rob.user_id).update(printed_name='=HYPERLINK("http://x")')
    answer = as_eva.get(reverse("admin:workload-file"))
    assert "attachment" in answer["Content-Disposition"]
    lines = list(csv.reader(answer.content.decode().splitlines()))
    assert lines[0][:4] == ["of", "name", "open", "overdue"]
    assert lines[1][:2] == ["member", '\'=HYPERLINK("http://x")']


def test_the_next_checks_are_listed_by_month_with_who_read_them_and_what_is_newer(as_eva, ana, rob, eva, monkeypatch):
    assert "No check is due" in as_eva.get(CHECKS).content.decode()
    late = factories.approved(by=ana, reviewer=rob, editor=eva, days_ago=800)
    soon = factories.approved(by=ana, reviewer=rob, editor=eva, days_ago=700)
    factories.approved(by=ana, reviewer=rob, editor=eva)
    publication.withdraw(factories.approved(by=ana, reviewer=rob, editor=eva, days_ago=800), by=eva, reason="Old.")
    publication.submit(soon, by=ana, change_note="Looked at again.")
    page = as_eva.get(CHECKS)
    (overdue, (behind,)), (_, (ahead,)) = page.context["groups"]
    assert (overdue, behind.article, behind.readers, behind.newer) == ("Overdue", late, ["Rob, Physiotherapist"], "")
    assert (ahead.article, ahead.newer, ahead.can_be_asked) == (soon, "Submitted", True)
    assert [month.number for month in page.context["months"]] == [1, 1]
    monkeypatch.setattr(check_calendar, "PAGE", 1)
    later = as_eva.get(CHECKS).context["page"].later
    assert [checks for _, checks in as_eva.get(f"{CHECKS}?after={later}").context["groups"]] == [[ahead]]


def test_an_articles_page_puts_what_is_next_before_everything_else(as_eva, ana, rob, eva):
    article = factories.submitted(by=ana)
    where = reverse("admin:articles_article_change", args=[article.pk])
    first_form = re.compile(r'name="act" value="(\w+)"')
    assert first_form.search(as_eva.get(where).content.decode())[1] == "assign"
    factories.decided(factories.assigned(article, rob, by=eva))
    shown = as_eva.get(where).content.decode()
    assert first_form.search(shown)[1] == "release"
    assert "Next: Release it" in shown
