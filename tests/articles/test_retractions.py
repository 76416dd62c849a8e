"""A retraction list is read whole or refused, and says of each source what was said of it last."""

import io
import re
import time

import pytest
from lxml import html

from articles import editing, retractions
from articles.drafts import draft_of
from articles.importers import UnreadableFile
from articles.importers import retractions as lists
from articles.importers.records import ReferenceRecord
from articles.importers.retractions import ListedPaper, read
from articles.integrity import Outcome, check
from articles.models import CitedSource, RetractionRecord
from articles.source_status import list_version, statuses_of
from articles.states import SourceType
from editorial import clock
from reviews import publication
from reviews.source_alerts import load_list
from tests import factories

HAYDEN = factories.HAYDEN.doi
HEAD = "Record ID,Title,RetractionDate,OriginalPaperDOI,OriginalPaperPubMedID,RetractionNature,Reason\r\n"


def row(doi="10.1000/a", *, nature="Retraction", pmid="0", number=1, date="", title="A study"):
    return f'{number},"{title}",{date},{doi},{pmid},{nature},+Error in Data;\r\n'


def listed(*rows, head=HEAD, encoding="utf-8"):
    return read(io.BytesIO((head + "".join(rows)).encode(encoding)), name="list.csv")


def natures(*rows):
    return {paper.doi or paper.pmid: paper.nature for paper in listed(*rows).records}


# Reading


def test_each_paper_is_known_by_its_bare_doi_and_its_pmid():
    paper = listed(row("https://doi.org/10.1000/ABC(1)", pmid="24476887", date="1/2/2014 0:00")).records[0]
    assert paper == ListedPaper("10.1000/abc(1)", "24476887", "retraction", "A study", "1/2/2014 0:00")


def test_a_pmid_of_zero_is_none_and_a_paper_may_have_only_a_pmid():
    assert natures(row(pmid="0"), row("unavailable", pmid="77")) == {"10.1000/a": "retraction", "77": "retraction"}


def test_every_nature_is_told_apart_and_a_reinstated_paper_leaves_the_list():
    said = natures(
        row("10.1000/a", nature="Expression of concern"),
        row("10.1000/b", nature="Correction"),
        row("10.1000/c", date="1/1/2014 0:00"),
        row("10.1000/c", nature="Reinstatement", date="3/1/2016 0:00"),
    )
    assert said == {"10.1000/a": "concern", "10.1000/b": "correction"}


@pytest.mark.parametrize("turn", [1, -1])
def test_what_was_said_last_counts_wherever_it_stands_in_the_file(turn):
    rows = [row(nature="Expression of concern", date="5/1/2013 0:00"), row(date="12/1/2014 0:00")][::turn]
    assert natures(*rows) == {"10.1000/a": "retraction"}


def test_where_a_date_is_missing_the_doubt_stays():
    rows = [row(nature="Reinstatement", number=2), row(date="12/1/2014 0:00")]
    assert natures(*rows) == {"10.1000/a": "retraction"}


def test_a_row_that_cannot_be_used_is_reported_with_its_line_and_loses_no_other():
    done = listed(row("unavailable"), row("10.1000/b"), row("10.1000/c", nature="Rumour"))
    assert [paper.doi for paper in done.records] == ["10.1000/b"]
    assert [(p.line, p.lost) for p in done.problems] == [(2, True), (4, True)]
    assert "neither a DOI nor a PMID" in done.problems[0].reason
    assert "“Rumour” is not a nature" in done.problems[1].reason
    assert done.lost == 2


def test_lines_are_counted_in_the_file_even_where_a_title_has_several():
    done = listed(row(title="Two\r\nlines"), row("unavailable"))
    assert [problem.line for problem in done.problems] == [4]
    assert done.records[0].title == "Two lines"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_accents_survive_in_the_encodings_that_spreadsheets_write(encoding):
    done = listed(row(title="Étude sur l’œdème"), encoding=encoding)
    assert done.records[0].title == "Étude sur l’œdème"
    assert bool(done.problems) == (encoding == "cp1252")


@pytest.mark.parametrize(
    ("content", "because"),
    [
        ("", "has no column OriginalPaperDOI and no column OriginalPaperPubMedID"),
        ("Record ID;OriginalPaperDOI;RetractionNature\n1;10.1/a;Retraction\n", "has no column"),
        (HEAD, "names no paper"),
        (HEAD + row("unavailable"), "names no paper"),
        (
            HEAD + row() + '2,"An open quote,,10.1000/b,0,Retraction,\n' + row("10.1000/c"),
            "not well-formed CSV from line 3",
        ),
        (HEAD + row() + "2,Cut off,,10.10", "4 cells in line 3 and 7 columns"),
        (HEAD + row(title="x" * 200_000), "not well-formed CSV from line 2"),
        (HEAD + row(title="a\0b"), "NUL bytes"),
        (b"PK\x03\x04\0\0\xff\xfe" * 100, "NUL bytes"),
        (b"\xff\xfeR\0e", "UTF-16"),
    ],
)
def test_what_is_not_the_whole_list_is_refused_in_a_sentence(content, because):
    content = content if isinstance(content, bytes) else content.encode()
    with pytest.raises(UnreadableFile, match="^“list.csv” ") as refusal:
        read(io.BytesIO(content), name="list.csv")
    assert because in str(refusal.value)


def test_a_file_or_a_list_without_end_is_refused_before_it_fills_the_memory(monkeypatch):
    monkeypatch.setattr(lists, "MAX_BYTES", 300)
    with pytest.raises(UnreadableFile, match="larger than"):
        listed(*(row(f"10.1000/{n}") for n in range(10)))
    monkeypatch.setattr(lists, "MAX_BYTES", 10_000)
    monkeypatch.setattr(lists, "MAX_PAPERS", 5)
    with pytest.raises(UnreadableFile, match="more than 5 papers"):
        listed(*(row(f"10.1000/{n}") for n in range(10)))


def test_the_file_stays_open_and_is_known_by_its_digest():
    file = io.BytesIO((HEAD + row()).encode())
    assert read(file, name="list.csv").digest == lists.digest_of(file)
    assert file.tell() == 0


# What the list says


@pytest.fixture
def a_list(db):
    def load(*papers):
        return retractions.replace_list([ListedPaper(*paper) for paper in papers])

    return load


def test_a_new_list_takes_the_place_of_the_old_one(a_list):
    assert a_list(("10.1000/a", "1", "retraction"), ("10.1000/b", "", "concern")) == 2
    assert a_list(("10.1000/c", "", "correction")) == 1
    assert list(RetractionRecord.objects.values_list("doi", flat=True)) == ["10.1000/c"]


@pytest.mark.slow
def test_70000_rows_load_in_under_a_minute(a_list):
    started = time.monotonic()
    assert a_list(*((f"10.1000/{n}", str(n + 1), "retraction") for n in range(70_000))) == 70_000
    assert time.monotonic() - started < 60


def test_no_list_is_not_the_same_as_nothing_found(a_list):
    reference = {"doi": "10.1000/Z", "pmid": "9"}
    assert retractions.statuses([reference]) is None
    a_list(("10.1000/a", "", "retraction"))
    assert retractions.statuses([reference]) == {}
    a_list(("10.1000/z", "", "retraction"))
    assert retractions.statuses([reference]) == {"10.1000/z": "retraction"}


def test_of_several_papers_under_one_pmid_the_most_serious_counts(a_list):
    a_list(("10.1000/a", "9", "correction"), ("10.1000/b", "9", "retraction"), ("10.1000/c", "9", "concern"))
    assert retractions.statuses([{"doi": "", "pmid": "9"}])["9"] == "retraction"


@pytest.mark.parametrize(("nature", "level"), [("retraction", "error"), ("concern", "warning"), ("correction", "info")])
def test_an_author_is_told_of_a_listed_source_while_writing(a_list, draft, nature, level):
    def said():
        return next(result for result in check(draft_of(draft)).results if result.rule == "REF-RETRACTED")

    assert said().outcome == Outcome.NOT_CHECKED
    a_list(("10.1000/a", "", "retraction"))
    assert said().outcome == Outcome.OK
    a_list((HAYDEN.lower(), "", nature))
    assert [finding.level.value for finding in said().findings] == [level]


# Which articles lean on it


def test_freezing_notes_every_source_as_readers_are_shown_it(ana):
    draft = factories.draft(by=ana)
    unread = ReferenceRecord(key="unread", type=SourceType.WEBSITE, title="Not cited", pmid="12", year=2020)
    editing.add_references(draft, [unread], by=ana)
    publication.submit(draft, by=ana)
    noted = CitedSource.objects.values_list("key", "number", "doi", "pmid")
    assert list(noted) == [("hayden2021", 1, HAYDEN.lower(), ""), ("unread", None, "", "12")]


def revised(article, *, by):
    """Taken back and submitted anew, so that only its second revision counts."""
    publication.withdraw(article, by=by, reason="Anew.")
    publication.submit(article, by=by)
    return article


def test_the_articles_concerned_come_by_risk_and_only_in_texts_that_count(ana, a_list):
    medium, high, anew, freed, gone = (factories.submitted(by=ana, risk=risk) for risk in (2, 3, 2, 4, 4))
    without = {"body": "Ask a doctor.", "short_answer": "Ask a doctor."}
    editing.change(freed, by=ana, edition=freed.edition, **without)
    editing.remove_reference(freed, "hayden2021", by=ana)
    for article in (anew, freed):
        revised(article, by=ana)
    publication.withdraw(gone, by=ana, reason="The question was wrong.")
    a_list((HAYDEN.lower(), "", "retraction"))
    found = [(hit.article, hit.source.revision.number, hit.source.number) for hit in retractions.hits()]
    assert found == [(high, 1, 1), (medium, 1, 1), (anew, 2, 1)]


def test_a_reference_without_identifiers_is_never_taken_for_a_listed_one(ana, a_list):
    factories.submitted(by=ana)
    a_list(("", "9", "retraction"), ("10.1000/a", "", "retraction"))
    assert retractions.hits() == []


@pytest.mark.slow
def test_the_check_asks_as_few_questions_of_30_articles_as_of_3(ana, a_list, django_assert_num_queries):
    for count in (3, 27):
        for _ in range(count):
            factories.submitted(by=ana)
        a_list((HAYDEN.lower(), "", "retraction"))
        with django_assert_num_queries(2):
            assert {hit.article.risk.level for hit in retractions.hits()} == {2}
        a_list()


# What readers are told of each source


def said_of(client, article):
    return re.findall(r'class="source-status">(.*?)</p>', client.get(article.get_absolute_url()).content.decode(), re.S)


def test_readers_are_told_what_the_list_of_which_day_says_and_never_that_nobody_looked_is_well(
    client, approved, eva, django_capture_on_commit_callbacks
):
    def load(*papers):
        with django_capture_on_commit_callbacks(execute=True):
            load_list([ListedPaper(*paper) for paper in papers], by=eva)
        (said,) = said_of(client, approved)
        return said

    (said,) = said_of(client, approved)
    assert "Not checked for retraction: no retraction list is loaded" in said
    today = f"the retraction list of {clock.now():%-d %B %Y}"
    first = client.get(approved.get_absolute_url())["ETag"]
    assert f"Not on {today}" in load(("10.1000/other", "", "retraction"))
    assert client.get(approved.get_absolute_url(), headers={"if-none-match": first}).status_code == 200
    assert f"Corrected since it was published, says {today}" in load((HAYDEN.lower(), "", "correction"))
    assert f"Expression of concern, says {today}" in load((HAYDEN.lower(), "", "concern"))
    assert f"Retracted, says {today}" in load((HAYDEN.lower(), "", "retraction"))


def test_a_source_without_identifiers_is_said_to_be_unchecked(db, eva, django_assert_num_queries):
    load_list([ListedPaper("10.1000/a", "", "retraction")], by=eva)
    list_version()
    references = [{"doi": "", "pmid": ""}, {"doi": "10.1000/A", "pmid": ""}, {"doi": "10.1000/b", "pmid": "3"}]
    with django_assert_num_queries(1):
        words = [status.words.split(",")[0].split(" of ")[0] for status in statuses_of(references)]
    assert words == [
        "Not checked for retraction: it has no DOI or PMID to look up",
        "Retracted",
        "Not on the retraction list",
    ]


def test_every_way_back_from_a_reference_leads_to_a_sentence_that_cites_it(client, ana):
    body = "One [@hayden2021].\n\n- Two [@hayden2021].\n\n| a |\n|---|\n| Three [@hayden2021] |\n"
    article = factories.submitted(
        by=ana, body=body, short_answer="Nought [@hayden2021].", plain_body="Four [@hayden2021]."
    )
    page = html.fromstring(client.get(article.get_absolute_url()).content)
    back = [link.get("href")[1:] for link in page.cssselect("#ref-1 a[role=doc-backlink]")]
    assert len(back) == len(set(back)) == 5
    cited = ["".join(page.get_element_by_id(place).getparent().getparent().itertext()) for place in back]
    assert [words.split()[0] for words in cited] == ["Nought", "One", "Two", "Three", "Four"]
    assert {page.get_element_by_id(place).get("href") for place in back} == {"#ref-1"}
