"""Readers see each reference in one style, with links that lead somewhere."""

from dataclasses import asdict

import pytest

from articles.importers import Author, ReferenceRecord
from articles.importers.records import OTHERS
from articles.reference_style import (
    identifier_links,
    valid_doi,
    valid_isbn,
    valid_pmcid,
    valid_pmid,
    valid_url,
    vancouver,
)

ARTICLE = ReferenceRecord(
    title="Warm compresses for a frozen shoulder",
    authors=(Author("Ferreira", "Ana"), Author("van der Berg", "Jean-Paul M.")),
    container_title="J Invent Ther",
    year=2019,
    volume="12",
    issue="3",
    pages="101-109",
    doi="10.5555/jit.2019(10)77-S",
    pmid="123",
    pmcid="PMC456",
)


def people(count: int) -> tuple[Author, ...]:
    return tuple(Author(f"Family{letter}", "Rob") for letter in "ABCDEFGH"[:count])


def test_a_journal_article_is_cited_with_authors_title_journal_place_and_doi():
    assert vancouver(ARTICLE) == (
        "Ferreira A, van der Berg JPM. Warm compresses for a frozen shoulder. J Invent Ther. "
        "2019;12(3):101-109. doi:10.5555/jit.2019(10)77-S"
    )


def test_the_frozen_form_reads_like_the_record():
    assert vancouver(asdict(ARTICLE)) == vancouver(ARTICLE)


def test_six_authors_are_all_named_and_of_seven_the_first_three():
    assert vancouver({"title": "T", "authors": [asdict(person) for person in people(6)]}).count("Family") == 6
    seven = vancouver({"title": "T", "authors": [asdict(person) for person in people(7)]})
    assert seven == "FamilyA R, FamilyB R, FamilyC R, et al. T."


def test_authors_the_file_did_not_name_are_et_al():
    assert vancouver(ReferenceRecord(title="T", authors=(*people(1), OTHERS))) == "FamilyA R, et al. T."


@pytest.mark.parametrize(
    ("given", "initials"),
    [
        ("Martin Luther Jr", "Kim ML Jr"),
        ("J. A. W.", "Kim JAW"),
        ("JAW", "Kim JAW"),
        ("J.A.W.", "Kim JAW"),
        ("Jean-Paul", "Kim JP"),
        ("élise", "Kim É"),
        ("MARGARETHE", "Kim M"),
    ],
)
def test_given_names_become_initials(given, initials):
    assert vancouver(ReferenceRecord(title="T", authors=(Author("Kim", given),))) == f"{initials}. T."


def test_an_organisation_is_named_as_it_stands():
    record = ReferenceRecord(title="On rest", authors=(Author(literal="World Shoulder Council"),), year=2020)
    assert vancouver(record) == "World Shoulder Council. On rest. 2020."


def test_a_guideline_without_authors_is_by_the_body_that_issued_it():
    record = ReferenceRecord(
        title="Rest or motion?", issuing_body="Shoulder Office", publisher="Paper House", year=2021
    )
    assert vancouver(record) == "Shoulder Office. Rest or motion? Paper House; 2021."


def test_a_website_says_when_it_was_read():
    record = ReferenceRecord(type="website", title="A page", url="https://example.org/p", accessed="2024-02-04")
    assert vancouver(record) == "A page. Accessed February 4, 2024. https://example.org/p"


def test_a_preprint_says_that_it_is_one():
    record = ReferenceRecord(type="preprint", title="Early", container_title="medRxiv", year=2023, doi="10.5555/m1")
    assert vancouver(record) == "Early. Preprint. medRxiv. 2023. doi:10.5555/m1"


def test_a_chapter_names_its_book():
    record = ReferenceRecord(
        title="The elbow", container_title="Arms", publisher="Paper House", year=2021, pages="3-9", isbn="0306406152"
    )
    assert vancouver(record) == "The elbow. In: Arms. Paper House; 2021:3-9. ISBN: 0306406152"


@pytest.mark.parametrize(
    ("parts", "numbers"),
    [
        ({"volume": "12", "pages": "3"}, "12:3."),
        ({"issue": "4", "year": 2019}, "2019;(4)."),
        ({"year": 2019}, "2019."),
        ({"pages": "e11"}, "e11."),
    ],
)
def test_what_is_not_known_is_left_out(parts, numbers):
    assert vancouver({"title": "T", "container_title": "J", **parts}) == f"T. J. {numbers}"


def test_nothing_known_is_nothing_written():
    assert vancouver({}) == ""


def test_links_go_to_the_doi_pubmed_and_pubmed_central():
    assert identifier_links(asdict(ARTICLE)) == [
        ("DOI", "https://doi.org/10.5555/jit.2019(10)77-S"),
        ("PubMed", "https://pubmed.ncbi.nlm.nih.gov/123/"),
        ("PubMed Central", "https://pmc.ncbi.nlm.nih.gov/articles/PMC456/"),
    ]


def test_a_doi_with_old_signs_is_linked_safely():
    doi = '10.1002/(SICI)1097<1661::AID"3>3.0.CO;2-2'
    assert identifier_links({"doi": doi}) == [
        ("DOI", "https://doi.org/10.1002/(SICI)1097%3C1661::AID%223%3E3.0.CO;2-2")
    ]


def test_an_address_that_only_repeats_the_doi_is_not_a_second_link():
    assert len(identifier_links({"doi": "10.5555/a", "url": "https://doi.org/10.5555/A"})) == 1
    assert len(identifier_links({"doi": "10.5555/a", "url": "https://example.org/a"})) == 2


def test_identifiers_that_cannot_be_right_are_not_linked():
    wrong = {"doi": "10.5555", "pmid": "0", "pmcid": "456", "url": "javascript:alert(1)", "isbn": "123"}
    assert identifier_links(wrong) == []


@pytest.mark.parametrize(
    ("check", "right", "wrong"),
    [
        (
            valid_doi,
            ["10.1016/S0092-8674(00)81683-9", "10/abc", "10.1002/(SICI)1097<1661::AID-SIM>3.0.CO;2-2", "10.1000.10/x"],
            ["", "10.1016", "10.1016/", "doi:10.1016/x", "https://doi.org/10.1016/x", "10.1016/a b", "10.1/x", "10/"],
        ),
        (valid_pmid, ["1", "35421227"], ["", "0", "012", "123456789", "PMID: 1", "١٢"]),
        (valid_pmcid, ["PMC1", "PMC3585041", "PMC123.2"], ["", "123", "PMC", "pmc12", "PMC0"]),
        (
            valid_isbn,
            ["0-306-40615-2", "080442957X", "978-0-306-40615-7", "978 3 16 148410 0"],
            ["", "0-306-40615-3", "978-0-306-40615-8", "1234-5679", "9990306406157", "X80442957X"],
        ),
        (
            valid_url,
            [
                "https://example.org",
                "http://example.org:8080/a?b=c#d",
                "https://bücher.example/ü",
                "https://192.0.2.1/a",
            ],
            [
                "",
                "example.org",
                "javascript:alert(1)",
                "https://",
                "https://localhost/a",
                "https://user:word@example.org/",
                "https://exa mple.org",
                "https://example.org/<script>",
                "https://example.org:99999/",
                "https://[::1",
                "ftp://example.org/a",
                "https://example.org/" + "a" * 1000,
                "data:text/html,x",
            ],
        ),
    ],
)
def test_only_what_can_be_an_identifier_passes(check, right, wrong):
    assert [text for text in right if not check(text)] == []
    assert [text for text in wrong if check(text)] == []
