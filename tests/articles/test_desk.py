"""What the author's desk promises: nothing typed is lost, and nothing of others is seen."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from articles import editing
from articles.models import Article
from articles.states import State
from tests import factories
from tests.desk import at, errors_of, every_address, queries, typed, typed_over, words

pytestmark = [pytest.mark.django_db, pytest.mark.one_stack]


@pytest.fixture
def desk(client, ana):
    """Ana, signed in."""
    client.force_login(ana)
    return client


# Who sees what


def test_a_strangers_desk_does_not_hold_other_peoples_articles(client, noor, submitted):
    client.force_login(noor)
    assert {client.get(address).status_code for address in every_address(submitted)} == {404}
    assert {client.post(address, {}).status_code for address in every_address(submitted)} <= {404, 405}
    assert submitted.title not in words(client.get(reverse("desk")))


def test_editors_and_reviewers_have_no_authors_desk_on_what_they_judge(client, eva, rob, assignment):
    article = assignment.revision.article
    for person in (eva, rob.user):
        client.force_login(person)
        assert {client.get(address).status_code for address in every_address(article)} == {404}


def test_who_is_not_signed_in_is_asked_to(client, draft):
    addresses = [*every_address(draft), reverse("desk"), reverse("desk-new"), reverse("inbox")]
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 302
        assert answer.url.startswith(reverse("login"))


@pytest.mark.slow
def test_an_author_opens_every_page_and_none_is_kept_by_caches_or_search_engines(desk, draft, submitted, approved):
    for article in (draft, submitted, approved):
        for address in every_address(article):
            answer = desk.get(address)
            assert answer.status_code == 200, address
            assert "no-store" in answer["Cache-Control"]
            assert answer["X-Robots-Tag"] == "noindex"


def test_only_the_authors_can_be_chosen_to_answer_for_the_machine(desk, draft, noor, rob):
    page = words(desk.get(at("desk-edit", draft)))
    assert "Rob" not in page
    answer = desk.post(at("desk-edit", draft), typed_over(draft, ai_involvement="first_draft", ai_accountable=noor.pk))
    assert errors_of(answer, "ai_accountable")


# Writing


def test_a_new_article_is_a_draft_with_an_address_and_its_author_can_preview_it(desk):
    answer = desk.post(reverse("desk-new"), typed(then="desk-preview"))
    article = Article.objects.get()
    assert answer.url == at("desk-preview", article)
    assert article.state == State.DRAFT
    assert article.slug == "does-exercise-help-long-lasting-back-pain"


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"title": ""}, "title", "Write the question"),
        ({"title": "Why? " * 100}, "title", "the limit is 300"),
        ({"topic": ""}, "topic", "Choose the topic"),
        ({"audience": ""}, "audience", "Choose who"),
        ({"ai_involvement": ""}, "ai_involvement", "“None” has to be said too"),
        ({"ai_involvement": "some"}, "ai_involvement", "valid choice"),
        ({"ai_involvement": "first_draft", "ai_version": "1"}, "ai_tool", "Name the AI system"),
        ({"ai_involvement": "first_draft", "ai_tool": "Drafter"}, "ai_version", "Give its version"),
        ({"ai_involvement": "translation", "ai_tool": "Drafter"}, "ai_accountable", "Name the person"),
        ({"body": "x" * 205_000}, "body", "the limit is 200 KB"),
        ({"body": "One\n\nTwo \u202e three"}, "body", "on line 3"),
        ({"body": "One \x00 two"}, "body", "on line 1"),
        ({"short_answer": "caf\ufffd"}, "short_answer", "could not be read"),
    ],
)
def test_bad_input_gets_a_sentence_next_to_its_field_and_nothing_typed_is_lost(desk, changes, field, sentence):
    sent = typed(plain_body="Words worth keeping.") | changes
    answer = desk.post(reverse("desk-new"), sent)
    assert answer.status_code == 422
    assert sentence in errors_of(answer, field)
    assert "Words worth keeping." in words(answer)
    assert {name: answer.context["form"][name].value() for name in sent} == {n: str(v) for n, v in sent.items()}
    assert not Article.objects.exists()


def test_bytes_that_are_not_utf8_are_refused_with_their_line(desk):
    body = b"title=Why%3F&body=One%0ATwo%FF&audience=patient"
    answer = desk.post(reverse("desk-new"), body, content_type="application/x-www-form-urlencoded")
    assert "line 2" in errors_of(answer, "body")
    assert "Two\ufffd" in words(answer)


def test_markup_in_a_title_is_inert_on_every_page_of_the_desk(desk, ana):
    article = factories.draft(by=ana, title="<script>alert(1)</script> “safe”?")
    pages = [desk.get(address) for address in [*every_address(article), reverse("desk")]]
    assert all("<script>alert" not in words(page) for page in pages)
    assert all("&lt;script&gt;alert" in words(page) for page in pages)


def test_no_page_of_the_desk_needs_an_inline_script_or_style(desk, draft):
    for address in [*every_address(draft), reverse("desk"), reverse("desk-new"), reverse("inbox")]:
        page = words(desk.get(address))
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", page), address


# Two people, two tabs


def test_a_save_over_somebody_elses_save_keeps_both_texts_and_can_be_done_after_looking(desk, draft, ana):
    opened = typed_over(draft, body="My own new words.")
    editing.change(draft, by=ana, edition=draft.edition, body="Their words, saved in between.")
    answer = desk.post(at("desk-edit", draft), opened)
    page = words(answer)
    assert answer.status_code == 409
    assert "Their words, saved in between." in page
    assert "My own new words." in answer.context["form"]["body"].value()
    assert factories.fresh(draft).body == "Their words, saved in between."

    again = opened | {"edition": re.search(r'name="edition" value="(\d+)"', page)[1]}
    assert desk.post(at("desk-edit", draft), again).status_code == 302
    assert factories.fresh(draft).body == "My own new words."


def test_sending_the_same_save_twice_is_no_conflict(desk, draft):
    sent = typed_over(draft, body="Said once.")
    first, second = (desk.post(at("desk-edit", draft), sent) for _ in range(2))
    assert (first.status_code, second.status_code) == (302, 302)


def test_a_source_added_in_another_tab_does_not_stop_a_save(desk, draft, ana):
    opened = typed_over(draft, body="Half a page of new words.")
    editing.save_reference(draft, {"key": "who2023", "title": "A guideline"}, by=ana)
    assert desk.post(at("desk-edit", draft), opened).status_code == 302


# Preview and findings


def test_the_preview_is_the_readers_page_with_its_caution_and_the_findings_beside(desk, ana):
    article = factories.draft(by=ana, body="Most people are cured [@hayden2021], and 35% say so.\n")
    page = words(desk.get(at("desk-preview", article)))
    assert re.search(r'<article [^>]*data-standing="submitted"', page)
    assert "This text was made with an AI system, and no health professional has checked it." in page
    assert "Exercise therapy for chronic low back pain" in page
    assert "What the checks say" in page


def test_a_text_that_cannot_be_shown_says_why_and_where(desk, ana):
    article = factories.draft(by=ana, body="A picture: ![x](https://example.org/x.png)\n")
    page = words(desk.get(at("desk-preview", article)))
    assert "Images are not shown here" in page
    assert "<article" not in page


# References


def reference(**changes):
    return {"key": "who2023", "type": "guideline", "title": "Low back pain", "issuing_body": "WHO"} | changes


def test_authors_of_a_source_are_typed_one_a_line_and_come_back_the_same(desk, draft):
    lines = "Hayden, Jill A.\nWorld Health Organization\n{Department of Health, Social Services}\nSushruta,"
    desk.post(at("desk-reference-new", draft), reference(authors=lines))
    assert draft.references.get(key="who2023").authors == [
        {"family": "Hayden", "given": "Jill A."},
        {"literal": "World Health Organization"},
        {"literal": "Department of Health, Social Services"},
        {"family": "Sushruta"},
    ]
    shown = desk.get(at("desk-reference-edit", draft, "who2023")).context["form"]["authors"].value()
    assert shown.splitlines() == lines.splitlines()


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"key": ""}, "key", "Give it a key"),
        ({"key": "two words"}, "key", "letters and digits"),
        ({"key": "hayden2021"}, "key", "already has this key"),
        ({"title": ""}, "title", "Give its title"),
        ({"issuing_body": ""}, "issuing_body", "Name the body"),
        ({"year": "soon"}, "year", "four digits"),
        ({"doi": "see above"}, "doi", "begins with 10."),
        ({"pmid": "PMC12"}, "pmid", "is a number"),
        ({"isbn": "123"}, "isbn", "10 or 13 digits"),
        ({"url": "javascript:alert(1)"}, "url", "not a web address"),
        ({"accessed": "yesterday"}, "accessed", "2026-01-31"),
        ({"authors": "Hay\u202eden, J."}, "authors", "hides or disturbs"),
    ],
)
def test_a_source_that_cannot_be_kept_is_refused_beside_the_field(desk, draft, changes, field, sentence):
    sent = reference(publisher="Kept") | changes
    answer = desk.post(at("desk-reference-new", draft), sent)
    assert answer.status_code == 422
    assert sentence in errors_of(answer, field)
    assert 'value="Kept"' in words(answer)
    assert draft.references.count() == 1


def test_identifiers_are_kept_bare_however_they_were_pasted(desk, draft):
    sent = reference(doi="https://doi.org/10.1002/14651858.CD009790.pub2", pmid="PMID: 34580864", url="example.org/a")
    desk.post(at("desk-reference-new", draft), sent)
    kept = draft.references.get(key="who2023")
    assert (kept.doi, kept.pmid) == ("10.1002/14651858.CD009790.pub2", "34580864")
    assert kept.url == "https://example.org/a"


def test_a_key_that_sentences_cite_is_not_renamed_and_another_is(desk, draft):
    desk.post(at("desk-reference-new", draft), reference())
    kept = desk.post(at("desk-reference-edit", draft, "hayden2021"), reference(key="hayden", edition=1))
    renamed = desk.post(at("desk-reference-edit", draft, "who2023"), reference(key="who2023b", edition=1))
    assert "Sentences cite [@hayden2021]" in errors_of(kept, "key")
    assert renamed.status_code == 302
    assert set(draft.references.values_list("key", flat=True)) == {"hayden2021", "who2023b"}


def test_removing_a_cited_source_asks_first_and_the_list_then_names_the_gap(desk, draft):
    address = at("desk-reference-remove", draft, "hayden2021")
    asked = desk.get(address)
    assert "Sentences cite it" in words(asked)
    desk.post(address, {"edition": asked.context["row"]["reference"].edition})
    assert "[@hayden2021]" in words(desk.get(at("desk-references", draft)))
    assert not draft.references.exists()


RIS = """TY  - JOUR
TI  - A readable record
AU  - Ellis, Jenna
PY  - 2020
ER  -

TY  - JOUR
ER  -
"""


def test_an_import_reports_what_is_unreadable_with_its_line_and_takes_the_others(desk, draft):
    answer = desk.post(at("desk-import-references", draft), {"pasted": RIS})
    page = words(answer)
    assert "1 reference imported" in page
    assert "A readable record" in page
    lost = [problem for problem in answer.context["problems"] if problem.lost]
    assert [problem.line for problem in lost] == [7]
    assert lost[0].reason in page
    assert draft.references.count() == 2


def test_a_file_can_be_imported_too(desk, draft):
    file = SimpleUploadedFile("sources.ris", RIS.encode())
    assert "A readable record" in words(desk.post(at("desk-import-references", draft), {"file": file}))


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({}, "Choose a file, or paste"),
        ({"pasted": "Just some words."}, "holds no references"),
        ({"file": ("huge.ris", b"x" * 5_000_001)}, "larger than 5 MB"),
        ({"file": ("paper.pdf", b"%PDF-1.7 ...")}, "is a PDF"),
        ({"file": ("empty.bib", b"")}, "file is empty"),
        ({"file": ("a.ris", RIS.encode()), "pasted": RIS}, "one after the other"),
    ],
)
def test_a_file_nothing_can_be_taken_from_gets_a_sentence(desk, draft, sent, sentence):
    if isinstance(sent.get("file"), tuple):
        name, data = sent["file"]
        sent = sent | {"file": SimpleUploadedFile(name, data)}
    answer = desk.post(at("desk-import-references", draft), sent)
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert answer.context["form"]["pasted"].value() == sent.get("pasted")
    assert draft.references.count() == 1


def test_a_source_that_somebody_saved_meanwhile_is_not_removed_unseen(desk, draft, ana):
    remove = at("desk-reference-remove", draft, "hayden2021")
    opened = desk.get(remove).context["row"]["reference"].edition
    editing.save_reference(draft, {"title": "Exercise, read anew"}, by=ana, key="hayden2021")
    answer = desk.post(remove, {"edition": opened})
    assert answer.status_code == 409
    assert "Somebody saved [@hayden2021] after you opened this page" in words(answer)
    assert "Exercise, read anew" in words(answer)
    assert desk.post(remove).status_code == 409
    desk.post(remove, {"edition": answer.context["row"]["reference"].edition})
    assert not draft.references.exists()


# History, and what the references cost


def test_the_history_says_who_changed_which_words_and_cannot_be_written_to(desk, draft, ana):
    editing.change(draft, by=ana, edition=draft.edition, short_answer="Hardly at all, for most people.")
    editing.remove_reference(draft, "hayden2021", by=ana)
    page = words(desk.get(at("desk-history", draft)))
    assert "[added strength: </span>" in page
    assert "by Ana" in page
    assert "Reference [@hayden2021] was removed" in page
    assert desk.post(at("desk-history", draft)).status_code == 405


@pytest.mark.slow
def test_the_references_cost_the_same_for_three_and_for_thirty(desk, draft, ana):
    _cite(draft, ana, 2)
    few = queries(desk, at("desk-references", draft))
    _cite(draft, ana, 27)
    assert queries(desk, at("desk-references", draft)) == few <= 12


def _cite(article, ana, more):
    for n in range(more):
        editing.save_reference(article, {"key": f"k{article.references.count()}-{n}", "title": "A source"}, by=ana)
