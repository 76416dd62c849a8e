"""Each record of a file is imported or reported; nothing is guessed, and nothing hostile is unpacked."""

import json
import string
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles import citations, exporters
from articles.importers import (
    Author,
    ImportResult,
    ReferenceRecord,
    UnreadableFile,
    bibtex,
    csl,
    markdown,
    pubmed,
    read_article,
    read_references,
    ris,
    stable_key,
)
from articles.importers.decoding import MAX_BYTES
from articles.importers.intake import MAX_RECORDS
from articles.importers.records import OTHERS, SOURCE_TYPES, VALID_KEY
from articles.importers.tidying import clean, tidy

FILES = Path(__file__).parent / "files"


def imported(name: str) -> ImportResult:
    return read_references((FILES / name).read_bytes(), name=name)


def by_key(result: ImportResult) -> dict[str, ReferenceRecord]:
    return {record.key: record for record in result.records}


def reasons(result: ImportResult) -> dict[tuple[int | None, bool], str]:
    return {(problem.line, problem.lost): problem.reason for problem in result.problems}


# RIS


def test_every_ris_record_is_imported_or_reported_with_its_line():
    result = imported("zotero.ris")
    text = (FILES / "zotero.ris").read_text()
    lost = [problem for problem in result.problems if problem.lost and "no record" not in problem.reason]
    assert len(result.records) + len(lost) == text.count("TY  -") == 5
    assert lost[0].line == 18


def test_a_ris_date_of_zotero_gives_its_year_and_a_doi_in_an_address_is_bare():
    record = by_key(imported("zotero.ris"))["ferreira2019"]
    assert (record.year, record.doi, record.pages) == (2019, "10.5555/jit.2019(10)77-S", "101-109")
    assert record.url == "https://example.org/a;b?c=1&d=2"
    assert record.isbn == ""
    assert record.type == ""


def test_an_unreadable_year_is_reported_and_not_guessed():
    result = imported("zotero.ris")
    assert by_key(result)["novak"].year is None
    assert "“10 15” holds no year" in reasons(result)[21, False]


def test_a_ris_record_without_its_end_is_not_dropped():
    result = imported("zotero.ris")
    assert by_key(result)["kim2011"].isbn == "978-3-16-148410-0"
    assert "no closing “ER  -” line" in reasons(result)[27, False]


def test_ris_lines_outside_any_record_are_reported():
    assert "belong to no record" in reasons(imported("zotero.ris"))[42, True]


def test_a_ris_web_page_keeps_its_organisation_identifiers_and_reading_date():
    record = imported("zotero.ris").records[-1]
    assert record.authors == (Author(literal="Office of Shoulders, Arms, Hands"),)
    assert (record.type, record.pmid, record.pmcid, record.accessed) == ("website", "123", "PMC456", "2024-02-14")


def test_a_broken_line_continues_the_field_above_it():
    record = ris.read("TY  - JOUR\nTI  - One title\n      on two lines\nER  - \n").records[0]
    assert record.title == "One title on two lines"


@pytest.mark.parametrize("container", ["medRxiv", "bioRxiv", "arXiv preprint arXiv:2001.00001"])
def test_what_a_preprint_server_holds_is_a_preprint(container):
    assert ris.read(f"TY  - JOUR\nTI  - T\nJO  - {container}\nER  - ").records[0].type == "preprint"


@pytest.mark.parametrize("kind", ["GOVDOC", "JOUR", "RPRT", "BOOK", "STAND"])
def test_how_a_source_is_printed_is_never_taken_for_a_grade_of_evidence(kind):
    assert ris.read(f"TY  - {kind}\nTI  - T\nUR  - https://example.org/t\nER  - ").records[0].type == ""


def test_a_record_of_no_kind_with_only_an_address_is_a_website():
    assert ris.read("TY  - GEN\nTI  - T\nUR  - https://example.org/t\nER  - ").records[0].type == "website"


# BibTeX


def test_every_bibtex_entry_is_imported_or_reported_with_its_line():
    result = imported("library.bib")
    lost = [problem.line for problem in result.problems if problem.lost]
    assert len(result.records) == 5
    assert lost == [23, 32, 42]


def test_latex_accents_commands_and_braces_become_plain_characters():
    record = by_key(imported("library.bib"))["Mueller2018"]
    assert record.title == "The NMR of β-blockers: 5% of 10³ & Étude"
    assert record.container_title == "Journal of Invented Therapy"
    assert record.pages == "e11-e19"


def test_bibtex_names_keep_particles_suffixes_organisations_and_the_unnamed_others():
    assert by_key(imported("library.bib"))["Mueller2018"].authors == (
        Author("Müller", "Jörg"),
        Author("van der Berg", "Anna-Maria"),
        Author("King", "Martin Luther Jr"),
        Author(literal="World Shoulder Council"),
        OTHERS,
    )


def test_a_name_that_begins_with_an_accent_keeps_it():
    record = bibtex.read(
        r"@misc{a1, title = {T}, author = {Kim, Eva and \'Elie, J. and {\O}st, B. and \'A. Novak}}"
    ).records[0]
    assert [author.family or author.given for author in record.authors] == ["Kim", "Élie", "Øst", "Novak"]
    assert record.authors[-1].given == "Á."


def test_identifiers_and_addresses_in_bibtex_are_not_read_as_latex():
    record = by_key(imported("library.bib"))["Mueller2018"]
    assert (record.doi, record.pmid) == ("10.5555/abc_(12)34", "7654321")
    assert record.url == "https://example.org/a%20b~c?d={e}"


def test_a_key_used_twice_or_not_citable_is_changed_and_reported():
    result = imported("library.bib")
    assert "[@Mueller2018b]" in reasons(result)[18, False]
    assert "cannot be cited" in reasons(result)[36, False]
    assert "two words" not in by_key(result)


def test_a_missing_comma_does_not_put_one_field_into_another():
    assert "comma is missing" in reasons(imported("library.bib"))[42, True]


@pytest.mark.parametrize(
    ("title", "read"),
    [
        ("Costs of $5 a day", "Costs of $5 a day"),
        ("5% of A & B", "5% of A & B"),
        (r"10\textsuperscript{3} cells", "10³ cells"),
        (r"{\'E}t{\"u}de \ss{}", "Étüde ß"),
    ],
)
def test_no_word_or_number_of_a_title_is_lost_to_latex(title, read):
    assert bibtex.read(f"@misc{{a1, title = {{{title}}}}}").records[0].title == read


# CSL-JSON


def test_every_csl_item_is_imported_or_reported_with_its_line():
    result = imported("items.json")
    assert [problem.line for problem in result.problems if problem.lost] == [24, 28, 30]
    assert len(result.records) == 3


def test_csl_years_as_text_literal_authors_and_markup_are_read():
    record = by_key(imported("items.json"))["osman2016"]
    assert (record.year, record.title, record.volume) == (2016, "Sitting still in H₂O", "4")
    assert record.authors == (
        Author("van Osman", "Noor"),
        Author(literal="Council for Sitting"),
        Author(literal="Plato"),
    )


def test_a_csl_date_in_words_is_reported_and_the_reading_date_kept():
    result = imported("items.json")
    assert "no year" in reasons(result)[16, False]
    assert by_key(result)["page"].accessed == "2023-11-02"


def test_a_csl_list_that_breaks_off_is_reported():
    result = csl.read('[{"id": "a1", "title": "T"},')
    assert len(result.records) == 1
    assert "no closing bracket" in result.problems[0].reason


# PubMed


def test_pubmed_publication_types_give_the_source_type():
    result = imported("pubmed.nbib")
    record = by_key(result)["ferreira2020"]
    assert record.type == "randomised_trial"
    assert record.title.endswith("in people who do not exist.")
    assert record.authors == (Author("Ferreira", "Ana"), Author(literal="The Stretch Group"))
    assert (record.doi, record.pmcid) == ("10.5555/S0000-0000(20)30001-1", "PMC7654321")


def test_contradictory_publication_types_leave_the_choice_to_the_author():
    result = imported("pubmed.nbib")
    assert by_key(result)["novak"].type == ""
    assert "Practice Guideline and Systematic Review" in reasons(result)[19, False]


@pytest.mark.parametrize(
    ("kinds", "type_"),
    [
        (["Journal Article"], ""),
        (["Review"], "narrative_review"),
        (["Review", "Meta-Analysis"], "systematic_review"),
        (["Systematic Review", "Meta-Analysis"], "systematic_review"),
        (["Preprint", "Randomized Controlled Trial"], "preprint"),
        (["Randomized Controlled Trial, Veterinary"], ""),
    ],
)
def test_only_a_publication_type_that_says_so_grades_the_evidence(kinds, type_):
    assert pubmed.source_type(kinds) == (type_, False)


def test_every_pubmed_xml_record_is_imported_or_reported_with_its_line():
    result = imported("pubmed.xml")
    assert [record.pmid for record in result.records] == ["33333333", "55555555"]
    assert [problem.line for problem in result.problems if problem.lost] == [17, 25]


def test_pubmed_xml_keeps_raised_numbers_and_its_own_identifiers():
    record = by_key(imported("pubmed.xml"))["lindqvist1998"]
    assert record.title == "Ten to the 10³ shoulders & one α: a case report."
    assert (record.doi, record.pmcid, record.type) == ("10.5555/jit.98", "PMC333", "case_report")


# JATS


@pytest.fixture(scope="module")
def jats_article():
    return read_article((FILES / "article.nxml").read_bytes(), name="article.nxml")


def test_a_jats_list_gives_each_source_and_reports_the_empty_entry():
    result = imported("article.nxml")
    assert [record.key for record in result.records] == [
        "ferreira2019",
        "novak2015",
        "collected",
        "world2010",
        "shoulder",
        "five2005",
    ]
    assert [problem.record for problem in result.problems if problem.lost] == ["6"]


def test_a_jats_reference_in_running_text_is_kept_whole_and_not_taken_apart():
    result = imported("article.nxml")
    record = by_key(result)["collected"]
    assert (record.title, record.year) == ("Kim E. Collected letters (2001). Unpublished.", None)
    assert "one run of text" in reasons(result)[32, False]


def test_jats_editors_are_not_authors_and_one_page_is_one_page():
    record = by_key(imported("article.nxml"))["ferreira2019"]
    assert record.authors == (Author("Ferreira", "A"), OTHERS)
    assert record.pages == "3"


def test_a_jats_range_across_brackets_cites_every_source_in_it(jats_article):
    assert (
        "Motion helps [@ferreira2019; @novak2015; @collected; @world2010; @shoulder], "
        "and rest does not [@novak2015; @five2005]." in jats_article.body
    )


def test_raised_and_linked_jats_ranges_cite_every_source(jats_article):
    assert "Raised numbers [@collected; @five2005] and" in jats_article.body
    assert "one link [@novak2015; @collected; @world2010; @shoulder" in jats_article.body


def test_names_in_a_jats_citation_stay_in_the_sentence(jats_article):
    assert "As Novak (2015) [@novak2015] showed" in jats_article.body


def test_a_jats_citation_without_entry_is_reported_and_its_text_kept(jats_article):
    assert r"Nobody wrote this down \[9\]." in jats_article.body
    assert any("“[9]” cites nothing" in problem.reason and problem.line == 17 for problem in jats_article.problems)


def test_numbers_brackets_and_signs_of_a_jats_text_survive_as_markdown(jats_article):
    assert r"10⁶ cells in H₂O, p\<0.05 α \[not a citation\] \*no emphasis\*²." in jats_article.body
    assert (
        "1\\. A sentence that begins like a list:\n\n- one\n- two [@world2010; @shoulder]\n\nand goes"
        in jats_article.body
    )


def test_a_dose_never_changes_its_column(jats_article):
    assert "| Drug | Dose \\| day |  |\n| --- | --- | --- |\n|  | adult | child |\n" in jats_article.body
    assert "| Inventol | 10 mg | 1 mg |\n|  | 20 mg | 2 mg |" in jats_article.body


def test_a_jats_link_goes_to_the_web_or_nowhere(jats_article):
    assert "[the page](https://example.org/x) or this." in jats_article.body
    assert "javascript" not in jats_article.body


def test_what_markdown_cannot_show_of_a_jats_article_is_reported(jats_article):
    said = " ".join(problem.reason for problem in jats_article.problems)
    assert all(word in said for word in ("figure", "formula", "Thanks"))


def test_a_jats_article_brings_title_origin_and_plain_language_text(jats_article):
    assert jats_article.title == "Does gentle motion help?"
    assert jats_article.plain_body == "Moving gently may help a bit [@ferreira2019]."
    assert jats_article.meta["doi"] == "10.5555/jit.1"
    assert jats_article.ai_involvement == ""


# Markdown


def test_an_article_in_markdown_brings_its_front_matter_and_both_texts():
    article = read_article((FILES / "article.md").read_bytes(), name="article.md")
    assert article.title == "Does gentle motion help a stiff shoulder?"
    assert article.short_answer == "Probably a little."
    assert article.body.startswith("# Does it?")
    assert article.plain_body == "Moving may help."
    assert article.meta == {"risk": "2", "co_authors": ["Rob Novak", "Eva Kim"]}


def test_front_matter_values_stay_what_was_written():
    article = read_article((FILES / "article.md").read_bytes(), name="article.md")
    assert (article.ai_involvement, article.ai_tool, article.ai_version) == ("none", "no", "4.10")


def test_an_unknown_front_matter_field_is_reported_with_its_line():
    article = read_article((FILES / "article.md").read_bytes(), name="article.md")
    assert [(problem.line, problem.record) for problem in article.problems] == [(11, "reviewed_by")]


def test_without_front_matter_the_first_heading_is_the_title():
    article = markdown.read("# A question?\n\nAn answer.\n")
    assert (article.title, article.body, article.problems) == ("A question?", "An answer.", ())


@pytest.mark.parametrize(
    ("front", "line", "said"),
    [
        ("title: a\ntitle: b", 3, "given twice"),
        ("title: a\ntopic: [x, y]", 3, "must be one text"),
        ("title: a\nco_authors: {a: b}", 3, "list of names"),
        ("title: a\n  bad: b: c", 3, "cannot be read"),
        ("title: &a x\ntopic: *a", 3, "alias"),
        ("title: a\ntopic: [[[[[[[[x]]]]]]]]", 3, "nested too deep"),
        ("- a\n- b", 2, "name: value"),
    ],
)
def test_front_matter_that_cannot_be_used_is_reported_with_its_line(front, line, said):
    problems = markdown.read(f"---\n{front}\n---\nText\n").problems
    assert (line, True) in [(problem.line, said in problem.reason) for problem in problems]


def test_front_matter_that_never_closes_stays_in_the_text():
    article = markdown.read("---\ntitle: a\n\nText")
    assert "Text" in article.body
    assert "no closing" in article.problems[0].reason


# Any file


def test_the_content_of_a_file_decides_before_its_extension():
    assert read_references((FILES / "pubmed.nbib").read_bytes(), name="export.txt").records
    assert read_references((FILES / "zotero.ris").read_bytes(), name="export.bib").records


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_unicode_encodings_are_recognised(encoding):
    data = "TY  - JOUR\r\nTI  - Müller’s sign\r\nER  - \r\n".encode(encoding)
    result = read_references(data, name="a.ris")
    assert (result.records[0].title, result.problems) == ("Müller’s sign", ())


def test_another_encoding_is_read_as_windows_1252_and_reported():
    result = read_references("TY  - JOUR\nTI  - Müller’s sign\nER  - \n".encode("cp1252"), name="a.ris")
    assert result.records[0].title == "Müller’s sign"
    assert "Windows-1252" in result.problems[0].reason


def test_xml_is_read_in_the_encoding_it_declares():
    source = (FILES / "article.nxml").read_text().replace("UTF-8", "iso-8859-2", 1).replace("Kim E.", "Kovář E.")
    result = read_references(source.encode("iso-8859-2"), name="a.xml")
    assert any(record.title.startswith("Kovář") for record in result.records)


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"", "a.ris", "empty"),
        (b" \n", "a.ris", "empty"),
        (b"x" * (MAX_BYTES + 1), "a.bib", "larger than 5 MB"),
        (b"TY  - JOUR\nTI  - a\0b\nER  - ", "a.ris", "NUL"),
        (b"PK\x03\x04 word", "a.bib", "zipped"),
        (b"%PDF-1.7", "a.bib", "PDF"),
        (bytes(range(1, 32)) * 20, "a.bib", "no text has"),
        (b"a,b,c\n1,2,3", "a.csv", "holds no references"),
        (b"<html><p>x</p></html>", "a.xml", "web page"),
        (b"<library><p>x</p></library>", "a.xml", "another kind"),
        (b"<article><p></article>", "a.xml", "line 1"),
        (b"\xff\xfeab\xd8", "a.ris", "is not"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_what_to_do(data, name, said):
    with pytest.raises(UnreadableFile, match=said):
        read_references(data, name=name)


def test_an_article_in_another_format_is_refused_with_what_to_choose():
    with pytest.raises(UnreadableFile, match="Choose Markdown"):
        read_article(b"text", name="article.docx")


def test_a_file_without_references_says_so():
    result = read_references(b"% only a comment", name="a.bib")
    assert (result.records, result.problems[0].reason[:22]) == ((), "No reference was found")


def test_control_and_reordering_characters_never_arrive():
    assert ris.read("TY  - JOUR\nTI  - safe\u202egnp\x07 text\u200b\nER  - ").records[0].title == "safegnp text"


def test_an_address_that_is_not_one_is_left_out_and_reported():
    result = ris.read("TY  - JOUR\nTI  - T\nUR  - javascript:alert(1)\nER  - ")
    assert result.records[0].url == ""
    assert "not a web address" in result.problems[0].reason


def test_a_field_too_long_to_store_is_left_out_and_reported():
    result = ris.read(f"TY  - JOUR\nTI  - T\nVL  - {'9' * 41}\nER  - ")
    assert result.records[0].volume == ""
    assert "volume is longer than 40" in result.problems[0].reason


# Hostile files

BILLION_LAUGHS = (
    '<!DOCTYPE article [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    "<article><back><ref-list><ref><mixed-citation>&b;</mixed-citation></ref></ref-list></back></article>"
)
HOSTILE = {
    "billion laughs": (BILLION_LAUGHS, "a.xml"),
    "billion laughs for PubMed": (BILLION_LAUGHS.replace("article", "PubmedArticle"), "a.xml"),
    "deep XML": ("<article>" + "<sec>" * 200 + "</sec>" * 200 + "</article>", "a.xml"),
    "deeper XML": ("<article>" + "<sec>" * 100_000, "a.xml"),
    "nested braces": ("@misc{a, title = " + "{" * 100_000 + "}" * 100_000 + "}", "a.bib"),
    "entries without end": ("@a{" * 1_500_000, "a.bib"),
    "fields without end": ("@misc{a" + ",a=b" * 1_200_000 + "}", "a.bib"),
    "LaTeX without end": (r"@misc{a, title = {" + r"\'e" * 1_000_000 + "}}", "a.bib"),
    "nested JSON": ("[" * 100_000, "a.json"),
    "records without end": ("TY  - JOUR\nTI  - a\nER  - \n" * 100_000, "a.ris"),
    "items without end": ("[" + ",".join(['{"title": "a"}'] * 100_000) + "]", "a.json"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_within_seconds(name):
    text, file_name = HOSTILE[name]
    started = time.process_time()
    with pytest.raises(UnreadableFile):
        read_references(text.encode(), name=file_name)
    assert time.process_time() - started < 5


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('[{"title": ' + '{"a": 1},' * 400_000, "a.json"),
        ("[{x}" + " " * 4_000_000 + "{", "a.json"),
        ("@misc{a, title = {" + " " * 4_000_000 + "x}}", "a.bib"),
        ("TY  - JOUR\nTI  - a\n" + "x\n" * 1_000_000 + "ER  - ", "a.ris"),
        ("PMID- 1\nTI  - a\n" + "      x\n" * 500_000, "a.nbib"),
        ("[" + '{"title": "a", "page": ' + "9" * 100_000 + "}]", "a.json"),
    ],
)
def test_a_bloated_file_costs_seconds_at_most(text, name):
    started = time.process_time()
    result = read_references(text.encode(), name=name)
    assert len(result.records) + len(result.problems) >= 1
    assert time.process_time() - started < 5


def test_a_table_too_wide_for_a_page_is_reported_and_not_unfolded():
    table = "<table-wrap><table><tr>" + '<td colspan="999">1</td>' * 5000 + "</tr></table></table-wrap>"
    article = read_article(f"<article><body>{table}</body></article>".encode(), name="a.xml")
    assert any("too large" in problem.reason for problem in article.problems)


def test_a_document_type_is_never_fetched(tmp_path):
    secret = tmp_path / "secret.dtd"
    secret.write_text("<!ENTITY leak 'secret words'>")
    text = f'<!DOCTYPE article SYSTEM "{secret.as_uri()}"><article><body><p>&leak;</p></body></article>'
    assert "secret words" not in read_article(text.encode(), name="a.xml").body


# Keys


def test_a_key_is_name_and_year_and_the_second_of_a_name_and_year_is_its_b():
    record = ReferenceRecord(authors=(Author("Väsileiadis", "D"),), year=2022, title="T")
    assert stable_key(record, set()) == "vasileiadis2022"
    assert stable_key(record, {"vasileiadis2022"}) == "vasileiadis2022b"
    assert (
        stable_key(record, {f"vasileiadis2022{tail}" for tail in ["", *string.ascii_lowercase[1:]]})
        == "vasileiadis2022ba"
    )


@given(key=st.from_regex(VALID_KEY, fullmatch=True))
def test_a_key_that_is_kept_can_be_cited(key):
    assert citations.KEY.fullmatch(key)


@pytest.mark.parametrize(
    "key", ["1234", "https://example.org/items/2", "two words", "a]b", "ends.", "_x", "a" * 71, "é1"]
)
def test_a_key_nobody_could_cite_is_replaced(key):
    assert stable_key(ReferenceRecord(key=key, title="Rest", year=2020), set()) == "rest2020"


@pytest.mark.parametrize("key", ["Kim2020", "2020kim", "doi:10.5555/abc-1", "a"])
def test_a_given_key_is_kept(key):
    assert stable_key(ReferenceRecord(key=key, title="Rest", year=2020), set()) == key


def test_a_given_key_goes_before_one_made_up():
    result = csl.read(
        '[{"title": "T", "issued": {"date-parts": [[2020]]}, "author": [{"family": "Kim", "given": "E"}]},'
        ' {"id": "kim2020", "title": "U"}]'
    )
    assert [record.key for record in result.records] == ["kim2020b", "kim2020"]


def test_the_same_file_always_gives_the_same_keys():
    assert [record.key for record in imported("zotero.ris").records] == [
        record.key for record in imported("zotero.ris").records
    ]


@pytest.mark.slow
def test_every_record_of_a_file_has_a_key_of_its_own():
    text = "TY  - JOUR\nTI  - Same\nAU  - Kim, Eva\nPY  - 2020\nER  - \n" * MAX_RECORDS
    keys = [record.key for record in ris.read(text).records]
    assert len(set(keys)) == MAX_RECORDS


# Round trips

READERS = {"bibtex": bibtex.read, "ris": ris.read, "csl": csl.read}

_words = (
    st.text(
        st.one_of(
            st.sampled_from("abc XYZ 019 .,;:!?'`\"-–()[]/@#$%&_^~\\{}<>=+*|éøß中ﬁα"),
            st.characters(exclude_categories=("C",)),
        ),
        max_size=30,
    )
    .map(clean)
    .filter(lambda text: clean(text) == text)
)
_codes = st.text("abcXYZ019.-_()/;:<>%~&=?#+", min_size=1, max_size=20)
_pages = st.one_of(st.just(""), st.from_regex(r"[A-Za-z]?[0-9]{1,4}(-[A-Za-z]?[0-9]{1,4})?", fullmatch=True))
_people = st.one_of(st.builds(Author, family=_words, given=_words), st.builds(Author, literal=_words), st.just(OTHERS))
_records = (
    st.builds(
        ReferenceRecord,
        key=st.from_regex(r"[a-z]{1,9}[0-9]{4}[a-z]?", fullmatch=True),
        type=st.sampled_from(["", *sorted(SOURCE_TYPES)]),
        title=_words.filter(bool),
        authors=st.lists(_people, max_size=4).map(tuple),
        container_title=_words,
        publisher=_words,
        issuing_body=_words,
        year=st.one_of(st.none(), st.integers(1500, 2199)),
        volume=_words,
        issue=_words,
        pages=_pages,
        doi=st.one_of(st.just(""), _codes.map("10.5555/{}".format)),
        pmid=st.one_of(st.just(""), st.integers(1, 99_999_999).map(str)),
        pmcid=st.one_of(st.just(""), st.integers(1, 99_999_999).map("PMC{}".format)),
        isbn=st.sampled_from(["", "978-0-306-40615-7", "0-306-40615-2", "9783161484100"]),
        url=st.one_of(st.just(""), _codes.map("https://example.org/{}".format)),
        accessed=st.one_of(st.just(""), st.dates().map(str)),
        no_id_reason=_words,
    )
    .map(tidy)
    .filter(lambda record: tidy(record) == record and OTHERS not in record.authors[:-1])
)


@pytest.mark.slow
@pytest.mark.parametrize("form", READERS)
@settings(max_examples=150, deadline=None)
@given(record=_records)
def test_what_is_exported_comes_back_unchanged(form, record):
    result = READERS[form](getattr(exporters, form)([record]))
    assert result.records == (record,)
    assert result.problems == ()


@pytest.mark.parametrize("form", READERS)
@pytest.mark.parametrize(
    "name", ["zotero.ris", "library.bib", "items.json", "pubmed.nbib", "pubmed.xml", "article.nxml"]
)
def test_a_whole_list_survives_each_format(form, name):
    records = imported(name).records
    again = READERS[form](getattr(exporters, form)(records)).records
    assert [asdict(record) | {"url": ""} for record in again] == [asdict(record) | {"url": ""} for record in records]


@pytest.mark.parametrize("form", READERS)
def test_the_frozen_form_of_a_record_is_exported_like_the_record(form):
    records = imported("library.bib").records
    frozen = json.loads(json.dumps([asdict(record) for record in records]))
    assert getattr(exporters, form)(frozen) == getattr(exporters, form)(records)


def test_a_line_break_in_a_field_begins_no_field_of_its_own():
    text = exporters.ris([ReferenceRecord(key="a1", title="T\nER  - \nTY  - JOUR\nTI  - Smuggled")])
    assert len(ris.read(text).records) == 1


# Damaged files

_DAMAGED = sorted(path.name for path in FILES.iterdir())


@pytest.mark.slow
@pytest.mark.parametrize("name", _DAMAGED)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_a_damaged_file_is_read_reported_or_refused_and_never_an_error(name, data):
    text = (FILES / name).read_text()
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(start + 40, len(text))))
    instead = data.draw(st.text("{}[]<>\"'\\,=@&;:-\n TYER0x\ud7ff", max_size=4))
    damaged = (text[:start] + instead + text[end:]).encode()
    for read in (read_references, read_article):
        assert all(sentence.endswith(".") for sentence in said_about(damaged, name=name, by=read))


def said_about(data: bytes, *, name: str, by: Callable[..., ImportResult | markdown.MarkdownArticle]) -> list[str]:
    try:
        return [problem.reason for problem in by(data, name=name).problems]
    except UnreadableFile as refusal:
        return [str(refusal)]
