"""Texts from outside: what the list says is worked out, what it does not say is asked and never guessed."""

import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from articles import editing, loose_numbers
from articles.drafts import draft_of
from articles.importers import UnreadableFile, pasted, read_list
from articles.integrity import check
from articles.models import Article
from editorial.models import AuditEntry
from tests import factories
from tests.desk import at, errors_of, typed, words

pytestmark = pytest.mark.one_stack

FILES = Path(__file__).parent / "files"
SEED = (FILES / "fixture_seed.md").read_text(encoding="utf-8")
UNNUMBERED = """Overview of lasting shoulder pain. Royal Society of Joint Care; 2025.
Stimulators. Royal Society of Joint Care; 2025.
Stimulators in use today. 2023.
Sudden spasm. Royal Society of Joint Care; 2025.
Fitting a stimulator. Royal Society of Joint Care; 2025.
"""
NUMBERED = """1. Hayden JA, Ellis J, et al. Exercise for back pain. J Steps. 2021;9(2):1-9. doi:10.1000/a(1)b.
2. World Health Organization. A guideline (2023).
   https://www.who.int/publications/i/item/1
[3] Ellis, J. A., & May, K. (2019). A trial of walking. Journal of Steps, 23(10), 947–955. PMID: 31234567
"""
TEXT = "It helps a little [1, 2]. Walking does too.³ Nobody knows about yoga [1]–[3].\n"


@pytest.fixture
def desk(client, ana):
    client.force_login(ana)
    return client


def brought(desk, **sent):
    """The answer, and the draft if there is one."""
    form = {name: value for name, value in typed().items() if name not in ("short_answer", "plain_body", "edition")}
    answer = desk.post(reverse("desk-bring-in"), form | {"body": "", "listed": ""} | sent)
    return answer, Article.objects.order_by("pk").last()


# Lists as they are printed


def test_of_a_printed_entry_only_what_is_sure_is_taken_and_the_rest_is_named():
    found = pasted.read(f"References\n{NUMBERED}")
    one, two, three = found.result.records
    assert found.numbers == (1, 2, 3)
    assert (one.title, one.container_title, one.year) == ("Exercise for back pain", "J Steps", 2021)
    assert (one.volume, one.issue, one.pages, one.doi) == ("9", "2", "1-9", "10.1000/a(1)b")
    assert [author.family or author.literal for author in one.authors] == ["Hayden", "Ellis", "et al."]
    assert two.title == "World Health Organization. A guideline."
    assert (two.url, two.year, two.authors) == ("https://www.who.int/publications/i/item/1", 2023, ())
    assert (three.pmid, three.title, three.authors[0].given) == ("31234567", "A trial of walking", "J. A.")
    assert [problem.line for problem in found.result.problems] == [3]
    assert "could not be told apart" in found.result.problems[0].reason


@pytest.mark.parametrize(
    ("text", "entries", "numbers"),
    [
        (UNNUMBERED, 5, ()),
        ("1. One\n1. Another\n", 2, ()),
        ("3. Three\n1. One\n", 2, ()),
        ("One\n\ngoes on\nhere\n\nTwo", 3, ()),
        ("A title that is\nwrapped by its printer", 1, ()),
        ("- First\n- Second", 2, ()),
        ("[1] One\n[2] Two\n", 2, (1, 2)),
        ("2. Two\n7. Seven, which goes on\nBelow", 2, (2, 7)),
    ],
)
def test_entries_are_lines_or_paragraphs_and_numbers_count_only_where_they_go_up(text, entries, numbers):
    found = read_list(text.encode(), name="The pasted list")
    assert (len(found.result.records), found.numbers) == (entries, numbers)


def test_two_identifiers_in_one_entry_are_none_and_a_year_in_doubt_is_none():
    (record,) = pasted.read("One in 2019 or 2020. 10.1000/a and 10.1000/b").result.records
    assert (record.doi, record.year) == ("", None)
    assert "10.1000/a and 10.1000/b" in record.title


@pytest.mark.parametrize("text", ["1. " + "A, " * 100_000, "a (2019). " * 30_000, "((((\n" * 70_000, "Ab C, " * 60_000])
def test_a_hostile_list_is_read_reported_or_refused_at_once(text):
    try:
        found = read_list(text.encode(), name="The pasted list").result
    except UnreadableFile:
        found = None
    assert found is None or found.records or found.problems


def test_a_list_at_the_end_of_a_text_is_found_under_its_heading():
    assert pasted.split_off_list(f"Text [1].\n\n## References\n\n{NUMBERED}") == ("Text [1].\n", NUMBERED.strip("\n"))
    for text in ("About sources: one\n\nReferences\n", "No list here.\n"):
        assert pasted.split_off_list(text) == (text, "")


# The doors


@pytest.mark.django_db
def test_a_numbered_list_of_the_right_length_is_worked_out_and_stored_as_keys(desk):
    answer, article = brought(desk, body=f"{TEXT}\nReferences:\n{NUMBERED}")
    assert answer.url == at("desk-brought-in", article)
    assert article.body == (
        "It helps a little [@hayden2021; @world2023]. Walking does too.[@ellis2019]"
        " Nobody knows about yoga [@hayden2021; @world2023; @ellis2019]."
    )
    page = words(desk.get(answer.url))
    assert "3 citation numbers were matched" in page
    assert "could not be told apart" in page
    assert check(draft_of(article)).result("CITE-DANGLING").outcome == "ok"
    again, _ = brought(desk, body=f"{TEXT}\nReferences:\n{NUMBERED}")
    assert again.url == answer.url
    assert Article.objects.count() == 1


@pytest.mark.django_db
def test_the_known_answer_leads_to_the_question_and_what_the_author_chooses_is_stored(desk):
    """26 marks, 8 numbers, 5 entries: no source is filled in, and no number loses its sentence."""
    answer, article = brought(desk, body=SEED, listed=UNNUMBERED)
    assert article.body == SEED.strip("\n")
    assert "8 citation numbers could not be matched, and nothing was guessed" in words(desk.get(answer.url))
    assert "CITE-MAP-UNDEFINED" in {finding.rule for finding in check(draft_of(article)).blocking}
    address = at("desk-citations", article)
    page = desk.get(address)
    form = page.context["form"]
    assert [field.value() for _, field in form.rows()] == [""] * 8
    assert [number.count for number, _ in form.rows()] == [15, 1, 1, 1, 4, 1, 2, 1]
    assert "Talking therapies, which can bring relief" in words(page)
    assert [each.sources.get(1, "") for each, _ in page.context["readings"]] == ["overview2025", ""]

    filled = desk.post(address, {"fill": "order"}).context["form"]
    assert [field.value() for _, field in filled.rows()][4:] == ["fitting2025", "-", "-", "-"]
    assert factories.fresh(article).body == SEED.strip("\n")

    keys = list(article.references.values_list("key", flat=True))
    chosen = {"n1": keys[0], "n2": "-", "n3": "-", "n4": "=", "n5": keys[1], "n6": keys[2], "n7": keys[3]}
    refused = desk.post(address, chosen | {"edition": article.edition})
    assert refused.status_code == 422
    assert "No source in this list” is an answer too" in words(refused)
    assert refused.context["form"]["n5"].value() == keys[1]

    stored = desk.post(address, chosen | {"n8": keys[4], "edition": article.edition})
    body = factories.fresh(article).body
    assert stored.status_code == 302
    assert f"[@{keys[1]}; @{keys[2]}]" in body
    assert "[@no-source-2]" in body
    assert body.count(f"@{keys[0]}") == 15
    assert "with very low certainty 4" in body
    found = check(draft_of(factories.fresh(article)))
    assert len(found.result("CITE-DANGLING").findings) == 2
    assert AuditEntry.objects.filter(about=article.about, action="article.edited").count() == 2


@pytest.mark.django_db
def test_choices_made_on_an_older_text_are_kept_and_not_stored_over_it(desk, ana):
    _, article = brought(desk, body="It helps [1]. It harms [4].\n", listed=UNNUMBERED)
    editing.change(article, by=ana, edition=article.edition, body="It helps [1]. It may harm [4].\n")
    sent = {"n1": "overview2025", "n4": "-", "edition": article.edition}
    answer = desk.post(at("desk-citations", article), sent)
    assert answer.status_code == 409
    assert "nothing was written" in words(answer)
    assert answer.context["form"]["n1"].value() == "overview2025"
    again = sent | {"edition": answer.context["form"]["edition"].value()}
    assert desk.post(at("desk-citations", article), again).status_code == 302
    assert factories.fresh(article).body == "It helps [@overview2025]. It may harm [@no-source-4]."


@pytest.mark.django_db
def test_whole_articles_come_from_jats_and_markdown_and_a_second_time_add_nothing(desk):
    data = (FILES / "article.nxml").read_bytes()
    answer, article = brought(desk, file=SimpleUploadedFile("article.nxml", data), title="")
    assert answer.status_code == 302
    sources = article.references.count()
    assert sources
    assert set(draft_of(article).keys) == draft_of(article).cited_keys
    page = words(desk.get(answer.url))
    assert "was not imported" in page
    assert "What the file says of its origin" in page
    brought(desk, file=SimpleUploadedFile("article.nxml", data), title="")
    assert (Article.objects.count(), article.references.count()) == (1, sources)

    front = "---\ntitle: Does it help?\ntopic: physiotherapy\naudience: patient\nai_involvement: none\nrisk: 3\n---\n"
    file = SimpleUploadedFile("a.md", f"{front}\nYes.\n".encode())
    answer, article = brought(desk, file=file, title="", topic="", audience="", ai_involvement="")
    assert (article.title, article.body, article.topic.slug) == ("Does it help?", "Yes.", "physiotherapy")
    assert "was not followed" in words(desk.get(answer.url))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sent", "field", "sentence"),
    [
        ({}, "__all__", "Choose a file, or paste the text"),
        ({"body": "Yes.", "title": ""}, "title", "Write the question"),
        ({"body": "Yes.", "ai_involvement": ""}, "ai_involvement", "has to be said too"),
        ({"body": "Yes \u202e no"}, "body", "hides or disturbs"),
        ({"body": "Yes.", "listed": "x" * 250_000}, "listed", "the limit is"),
        ({"file": ("a.docx", b"PK\x03\x04")}, "file", "Word document"),
        ({"file": ("a.xml", b"<!DOCTYPE a [<!ENTITY b 'c'>]><article/>")}, "file", "entities of its own"),
        ({"file": ("a.md", b"x" * 5_000_001)}, "file", "larger than 5 MB"),
        ({"file": ("a.md", b"Yes."), "body": "Yes."}, "file", "one after the other"),
        ({"body": "Yes.", "list_file": ("a.bib", b"@a{" * 700_000)}, "list_file", "more than"),
    ],
)
def test_a_text_that_cannot_come_in_gets_a_sentence_and_nothing_is_stored(desk, sent, field, sentence):
    files = {name: SimpleUploadedFile(*value) for name, value in sent.items() if isinstance(value, tuple)}
    answer, article = brought(desk, **sent | files)
    assert answer.status_code == 422
    assert sentence in errors_of(answer, field)
    assert article is None


# What is written


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("It helps [1].", "It helps [@a]."),
        ("It helps.<sup>1,2</sup> More", "It helps.[@a; @b] More"),
        ("Helps&#91;1&ndash;2&#93; it", "Helps [@a; @b] it"),
        ("It eases pain 2", "It eases pain [@b]"),
        ("It helps [1, 3].", "It helps [@a] [3]."),
        ("It helps [3].", "It helps [3]."),
        ("It helps [2, 4].", "It helps [@b; @no-source-4]."),
    ],
)
def test_each_way_of_citing_by_number_becomes_a_key_and_what_is_no_citation_stays(text, written):
    draft = loose_numbers.Draft(body=text)
    choices = {1: "a", 2: "b", 3: loose_numbers.LEAVE, 4: "no-source-4"}
    assert loose_numbers.with_keys(draft, choices).get("body", text) == written


def test_a_list_is_followed_only_where_it_numbers_every_entry_and_is_cited_to_its_end():
    numbered = {"a": 1, "b": 2}
    assert loose_numbers.worked_out([1, 2], numbered) == {1: "a", 2: "b"}
    assert loose_numbers.worked_out([2], numbered) == {2: "b"}
    for numbers, printed in (
        ([1], numbered),
        ([1, 2, 3], numbered),
        ([1, 2], {"a": 1, "b": None}),
        ([1, 2], {"a": 2, "b": 3}),
    ):
        assert loose_numbers.worked_out(numbers, printed) is None


@pytest.mark.slow
def test_a_text_of_nothing_but_marks_makes_no_endless_page():
    draft = loose_numbers.Draft(body="[1-100] " * 20_000)
    found = loose_numbers.loose_numbers(draft)
    assert (len(found), found[0].count) == (100, 20_000)
    assert sum(len(re.findall(r"\S", place.before)) for each in found for place in each.places) < 1_000_000
