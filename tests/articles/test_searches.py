"""Who writes that nothing was found says where they looked, and readers can look there too."""

from datetime import date

import pytest

from articles import revisions, searches
from articles.drafts import draft_of
from articles.integrity import check
from articles.public import for_public, public_article
from articles.seals import digest_of, is_intact
from articles.versions import changes
from editorial import clock
from editorial.audit import canonical
from editorial.errors import Conflict
from editorial.models import AuditEntry
from reviews import publication
from tests import factories
from tests.desk import at, errors_of, words

pytestmark = pytest.mark.django_db

SENT = {"where": "PubMed", "terms": "tidal <balance>", "searched_on": "2026-09-01", "hits": "0", "note": "Two read."}
DENIES = "It helps a little [@hayden2021]. No trial of it has been found.\n"


@pytest.fixture
def desk(client, ana):
    client.force_login(ana)
    return client


def test_a_recorded_search_lets_a_sentence_deny_and_is_read_under_the_references(client, desk, ana):
    article = factories.draft(by=ana, body=DENIES)
    assert check(draft_of(article)).result("ABSENCE-NO-SEARCH").outcome == "found"
    before = AuditEntry.objects.count()
    assert desk.post(at("desk-search-new", article), SENT).status_code == 302
    assert AuditEntry.objects.count() == before + 1
    assert check(draft_of(article)).result("ABSENCE-NO-SEARCH").outcome == "ok"
    assert "tidal &lt;balance&gt;" in words(desk.get(at("desk-references", article)))
    assert "Where we searched" in words(desk.get(at("desk-preview", article)))

    assert "Where we searched" not in words(client.get(factories.submitted(by=ana).get_absolute_url()))
    public = factories.draft(by=ana)
    factories.recorded_search(public, by=ana)
    publication.submit(public, by=ana)
    page = words(client.get(public.get_absolute_url()))
    assert page.index("Where we searched") > page.index("References</h2>")
    assert "<q>tidal balance</q>: 0 hits" in page
    told = client.get(f"/api/v1/articles/{public.slug}/").json()
    assert told["searches"] == [
        {"where": "PubMed", "terms": "tidal balance", "date": "2026-09-01", "hits": 0, "note": ""}
    ]


def test_a_revision_from_before_searches_keeps_its_digest_and_can_be_shown_and_compared(ana, submitted):
    frozen = submitted.latest_revision
    assert frozen.data["searches"] == []
    old = {name: said for name, said in frozen.data.items() if name != "searches"}
    frozen.content = canonical(old).decode()
    frozen.digest = digest_of(frozen.content)
    del frozen.data
    assert is_intact(frozen)
    loaded = for_public(type(submitted).objects.filter(pk=submitted.pk)).get()
    loaded.latest_revision = frozen
    assert public_article(loaded, at=clock.now()).text.searches == ()

    factories.recorded_search(submitted, by=ana)
    (change,) = changes(old, revisions.content_of(submitted, number=2))
    assert change.label == "Where we searched"
    assert [(kind, said.strip()) for kind, said in change.rows] == [
        ("in", "PubMed, 2026-09-01: tidal balance (0 hits).")
    ]


def test_a_search_saved_over_somebody_elses_save_keeps_both(desk, ana, draft):
    search = factories.recorded_search(draft, by=ana)
    address = at("desk-search-edit", draft, search.pk)
    opened = SENT | {"edition": desk.get(address).context["form"]["edition"].value()}
    searches.save(draft, {"hits": 12}, by=ana, pk=search.pk, edition=1)
    answer = desk.post(address, opened)
    assert answer.status_code == 409
    assert "12 hits" in words(answer)
    again = opened | {"edition": answer.context["form"]["edition"].value()}
    assert desk.post(address, again).status_code == 302
    assert draft.searches.get().terms == "tidal <balance>"
    desk.post(at("desk-search-remove", draft, search.pk))
    assert "Search in PubMed was removed" in words(desk.get(at("desk-history", draft)))
    with pytest.raises(Conflict, match="somebody removed it"):
        searches.save(draft, {"hits": 1}, by=ana, pk=search.pk, edition=3)


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"where": ""}, "where", "Say where you looked"),
        ({"terms": "x" * 2001}, "terms", "the limit is 2,000"),
        ({"searched_on": "soon"}, "searched_on", "2026-01-31"),
        ({"searched_on": str(date(2999, 1, 1))}, "searched_on", "has not come yet"),
        ({"hits": "many"}, "hits", "0 is one"),
        ({"hits": "-1"}, "hits", "0 is one"),
    ],
)
def test_a_search_that_nobody_could_repeat_is_refused_beside_its_field(desk, draft, changed, field, sentence):
    answer = desk.post(at("desk-search-new", draft), SENT | changed)
    assert answer.status_code == 422
    assert sentence in errors_of(answer, field)
    assert answer.context["form"]["note"].value() == "Two read."
    assert not draft.searches.exists()
