"""The list of sources in two pairs of hands: nothing typed is lost, and two entries of one source become one."""

from dataclasses import replace

import pytest

from articles import editing
from articles.citations import rekeyed
from articles.duplicates import pairs
from editorial.models import AuditEntry
from tests import factories
from tests.desk import at, queries, words

HAYDEN = factories.HAYDEN
TWIN = replace(HAYDEN, key="hayden2021x", title="Exercise therapy for chronic low-back pain", pages="", pmid="34580864")


@pytest.fixture
def desk(client, ana):
    client.force_login(ana)
    return client


def source(key, **fields):
    return {"key": key, "title": f"Title of {key}", "doi": "", "pmid": "", "year": 2020} | fields


# Which may be one


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        ({"doi": "10.1000/A"}, {"doi": "https://doi.org/10.1000/a"}, "the same DOI"),
        ({"pmid": "1"}, {"pmid": "1", "year": 1999}, "the same PMID"),
        ({"title": "Exercise for pain."}, {"title": "exercise for Pain"}, "the same title and year"),
        ({"title": "Exercise for pain"}, {"title": "Exercise for pain", "year": 2010}, "the same title"),
        (
            {"title": "Exercise for lasting low back pain"},
            {"title": "Exercise for low back pain"},
            "nearly the same title",
        ),
        ({"title": "Exercise for lasting low back pain"}, {"title": "Exercise for low back pain", "year": 2010}, None),
        ({"title": "Exercise for lasting low back pain"}, {"title": "Massage for acute low back pain"}, None),
        ({"title": "Overview"}, {"title": "Overviews"}, None),
    ],
)
def test_entries_that_may_be_one_source_are_found(one, other, why):
    assert [pair.why for pair in pairs([source("a", **one), source("b", **other)])] == ([why] if why else [])


def test_five_hundred_equal_entries_are_not_all_compared():
    assert len(pairs([source(f"k{n}", title="One and the same old title", doi="10.1000/a") for n in range(500)])) == 30


def test_a_bracket_that_cites_both_cites_the_one_once():
    text = "One [@a; @b]. Two [@b; @c]. Three [@a]. `[@b]` and \\[@b]."
    assert rekeyed(text, old="b", new="a") == "One [@a]. Two [@a; @c]. Three [@a]. `[@b]` and \\[@b]."


# Merging


@pytest.fixture
def doubled(ana):
    """A draft whose text cites one source under two keys."""
    article = factories.draft(by=ana, body="It helps [@hayden2021x]. A little [@hayden2021; @hayden2021x].\n")
    editing.add_references(article, [TWIN], by=ana)
    return factories.fresh(article)


def merging(article, **chosen):
    sent = {"with": "hayden2021x", "edition": article.edition, "editions": "1,1"}
    return sent | {"key": "one", "title": "one"} | chosen


@pytest.mark.django_db
def test_two_entries_of_one_source_become_one_and_the_text_follows(desk, doubled):
    page = words(desk.get(at("desk-references", doubled)))
    assert "have the same DOI" in page
    address = at("desk-reference-merge", doubled, "hayden2021")
    form = desk.get(address, {"with": "hayden2021x"}).context["form"]
    assert set(form.fields) == {"edition", "editions", "key", "title"}
    before = AuditEntry.objects.count()
    assert desk.post(address, merging(doubled, title="other")).status_code == 302
    (kept,) = doubled.references.all()
    assert (kept.key, kept.title, kept.pages, kept.pmid) == ("hayden2021", TWIN.title, HAYDEN.pages, TWIN.pmid)
    assert factories.fresh(doubled).body == "It helps [@hayden2021]. A little [@hayden2021]."
    assert AuditEntry.objects.count() == before + 1
    assert "Reference hayden2021x merged into hayden2021" in words(desk.get(at("desk-history", doubled)))


@pytest.mark.django_db
def test_what_changed_since_the_two_were_compared_is_not_merged_over(desk, doubled, ana):
    address = at("desk-reference-merge", doubled, "hayden2021")
    assert desk.post(address, {"with": "hayden2021x"} | {"key": "one"}).status_code == 422
    editing.save_reference(doubled, {"pages": "CD1"}, by=ana, key="hayden2021")
    answer = desk.post(address, merging(doubled))
    assert answer.status_code == 409
    assert "CD1" in words(answer)
    editing.change(doubled, by=ana, edition=doubled.edition, short_answer="A little.")
    assert desk.post(address, merging(doubled, editions="2,1")).status_code == 409
    assert doubled.references.count() == 2
    assert "Merge [@hayden2021] with which?" in words(desk.get(address))


@pytest.mark.django_db
def test_an_import_says_what_is_there_already_and_offers_what_may_be(desk, draft):
    ris = "TY  - JOUR\nID  - {key}\nTI  - {title}\nPY  - 2021\nDO  - {doi}\nER  -\n\n"
    one = ris.format(key="a2021", title="Exercise therapy for chronic low back pain", doi="10.1000/other")
    first = desk.post(at("desk-import-references", draft), {"pasted": one})
    assert "have the same title and year" in words(first)
    second = words(desk.post(at("desk-import-references", draft), {"pasted": one}))
    assert "0 references imported" in second
    assert "It is in the list as [@a2021] and was not added" in second
    assert draft.references.count() == 2


# Two authors, two tabs


@pytest.mark.django_db
def test_a_source_saved_over_somebody_elses_save_keeps_both_and_can_be_done_after_looking(desk, draft, ana):
    address = at("desk-reference-edit", draft, "hayden2021")
    opened = {
        "key": "hayden2021",
        "title": "My own title",
        "edition": desk.get(address).context["form"]["edition"].value(),
    }
    editing.save_reference(draft, {"title": "Their title"}, by=ana, key="hayden2021")
    answer = desk.post(address, opened)
    assert answer.status_code == 409
    assert "Their title" in words(answer)
    assert answer.context["form"]["title"].value() == "My own title"
    assert draft.references.get().title == "Their title"
    again = opened | {"edition": answer.context["form"]["edition"].value()}
    assert desk.post(address, again).status_code == 302
    assert draft.references.get().title == "My own title"
    assert desk.post(address, opened).status_code == 302, "what is stored already is no conflict"


@pytest.mark.slow
@pytest.mark.django_db
def test_the_list_costs_the_same_however_many_may_be_one(desk, draft, ana):
    few = queries(desk, at("desk-references", draft))
    editing.add_references(draft, [replace(TWIN, key=f"k{n}", volume=str(n)) for n in range(27)], by=ana)
    assert queries(desk, at("desk-references", draft)) == few
