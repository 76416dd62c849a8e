"""Sources by their identifier: saved records, a stub server in place of Crossref and PubMed, and no network."""

import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from articles import lookup
from articles.drafts import draft_of
from articles.integrity import Draft, check
from articles.lookup import Identifier, Outcome
from tests import factories
from tests.desk import at, errors_of, words

DOI = "10.1002/14651858.CD009790.pub2"
CROSSREF = {
    "status": "ok",
    "message": {
        "DOI": DOI,
        "title": ["Exercise therapy for chronic low back pain"],
        "author": [{"family": "Hayden", "given": "Jill A."}],
        "container-title": ["Cochrane Database of Systematic Reviews"],
        "issued": {"date-parts": [[2021, 9]]},
        "reference": [{"unstructured": "x"}] * 50,
    },
}
PUBMED = """<?xml version="1.0"?><PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>{pmid}</PMID><Article>
<Journal><JournalIssue><PubDate><Year>2022</Year></PubDate></JournalIssue><Title>Physical Therapy</Title></Journal>
<ArticleTitle>Neural mobilization</ArticleTitle></Article></MedlineCitation></PubmedArticle></PubmedArticleSet>"""


@pytest.fixture
def folder(settings, tmp_path):
    settings.LOOKUP_CACHE = tmp_path / "lookups"
    settings.LOOKUP_ONLINE = False
    return settings.LOOKUP_CACHE


@pytest.fixture
def no_network(monkeypatch):
    def refused(*args, **options):
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket, "create_connection", refused)


def keep(identifier, data):
    identifier.file.parent.mkdir(parents=True, exist_ok=True)
    identifier.file.write_text(data)


class Stub(BaseHTTPRequestHandler):
    answers: dict[str, tuple[int, dict[str, str], bytes]] = {}
    asked: list[str] = []

    def do_GET(self):
        self.asked.append(self.path)
        status, headers, body = self.answers.get(self.path, (404, {}, b""))
        self.send_response(status)
        for name, said in headers.items():
            self.send_header(name, said)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def stub(folder, settings, monkeypatch):
    """Stands in for both hosts; its answers and what it was asked for."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Stub)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    for name in ("CROSSREF", "PUBMED"):
        monkeypatch.setattr(lookup, name, f"http://127.0.0.1:{server.server_port}")
    Stub.answers, Stub.asked = {}, []
    settings.LOOKUP_ONLINE = True
    yield Stub
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("written", "kind", "file"),
    [
        (f"https://doi.org/{DOI}", "doi", "crossref/10.1002%2F14651858.cd009790.pub2.json"),
        ("PMID: 35421227", "pmid", "pubmed/35421227.xml"),
        ("https://pubmed.ncbi.nlm.nih.gov/35421227/", "pmid", "pubmed/35421227.xml"),
        ("10.1000/../../etc/passwd", "doi", "crossref/10.1000%2F..%2F..%2Fetc%2Fpasswd.json"),
    ],
)
def test_an_identifier_has_one_file_inside_the_folder(folder, written, kind, file):
    identifier = Identifier.of(written)
    assert (identifier.kind, identifier.file) == (kind, folder / file)


def test_a_name_too_long_for_a_file_is_its_hash_and_nonsense_is_no_identifier(folder):
    assert len(Identifier.of("10.1000/" + "é" * 250).file.name) == 69
    assert [Identifier.of(written) for written in ("", "see above", "PMC12", "doi:", "123456789")] == [None] * 5


def test_a_saved_record_is_read_offline_and_one_of_another_paper_confirms_nothing(folder, no_network):
    doi, pmid = Identifier.of(DOI), Identifier.of("35421227")
    for data in (
        "{",
        "[]",
        "[" * 100_000,
        json.dumps({"message": {"DOI": "10.1000/other", "title": ["x"]}}),
        "",
    ):
        keep(doi, data)
        lookup._from_disk.cache_clear()
        assert lookup.saved(doi) is None
    lookup._from_disk.cache_clear()
    keep(doi, json.dumps(CROSSREF))
    keep(pmid, PUBMED.format(pmid="35421227"))
    assert lookup.look_up(doi).record.authors == factories.HAYDEN.authors[:1]
    assert lookup.look_up(pmid).record.year == 2022
    assert lookup.look_up(pmid).outcome is Outcome.FOUND


def test_without_record_and_setting_nothing_is_asked_and_it_is_called_not_checked(folder, no_network):
    answer = lookup.look_up(Identifier.of(DOI))
    assert answer.outcome is Outcome.NOT_CHECKED
    assert "LOOKUP_ONLINE" in answer.said


def test_with_the_setting_a_record_is_fetched_once_and_saved(stub, folder):
    identifier = Identifier.of(DOI)
    path = "/works/10.1002%2F14651858.cd009790.pub2"
    stub.answers[path] = (200, {}, json.dumps(CROSSREF).encode())
    assert [lookup.look_up(identifier).record.title for _ in range(2)] == [
        "Exercise therapy for chronic low back pain"
    ] * 2
    assert stub.asked == [path]
    fetched = "/entrez/eutils/efetch.fcgi?db=pubmed&id=7&retmode=xml"
    stub.answers[fetched] = (200, {}, PUBMED.format(pmid="8").encode())
    assert lookup.look_up(Identifier.of("7")).outcome is Outcome.UNKNOWN
    assert lookup.look_up(Identifier.of("10.1000/nobody")).outcome is Outcome.UNKNOWN
    assert sorted(file.name for file in folder.rglob("*.*")) == [identifier.file.name]


@pytest.mark.parametrize(
    "answer",
    [
        (302, {"Location": "http://localhost:1/elsewhere"}, b""),
        (302, {"Location": "file:///etc/passwd"}, b""),
        (500, {}, b"no"),
        (200, {}, b"x" * 2_000_001),
    ],
)
def test_what_leads_elsewhere_fails_or_has_no_end_is_not_checked(stub, answer):
    stub.answers["/works/10.1000%2Fa"] = answer
    said = lookup.look_up(Identifier.of("10.1000/a"))
    assert (said.outcome, said.record) == (Outcome.NOT_CHECKED, None)
    assert "could not be checked" in said.said


def test_nothing_is_asked_of_any_other_host_than_the_two(no_network):
    for address in ("http://api.crossref.org/works/1", "https://api.crossref.org.example.org/", "file:///etc/passwd"):
        with pytest.raises(lookup.UnreadableFile):
            lookup._fetched(address)


@pytest.mark.django_db
def test_an_author_adds_a_source_by_its_identifier_or_is_told_why_not(client, ana, draft, folder, no_network):
    client.force_login(ana)
    address = at("desk-reference-look-up", draft)
    assert "This is neither" in errors_of(client.post(address, {"identifier": "see above"}), "identifier")
    unknown = client.post(address, {"identifier": "35421227"})
    assert unknown.status_code == 422
    assert "Not checked." in words(unknown)
    keep(Identifier.of("35421227"), PUBMED.format(pmid="35421227"))
    added = client.post(address, {"identifier": "PMID 35421227"})
    assert added.url == at("desk-reference-edit", draft, "neural2022")
    client.post(address, {"identifier": "35421227"})
    assert draft.references.count() == 2

    keep(Identifier.of(DOI), json.dumps(CROSSREF | {"message": CROSSREF["message"] | {"title": ["Massage for necks"]}}))
    result = check(draft_of(draft)).result("REF-RECORD-MISMATCH")
    assert [finding.field for finding in result.findings] == ["references.hayden2021"]
    assert "“Massage for necks”" in result.findings[0].message


@pytest.mark.parametrize(
    ("title", "year", "fires"),
    [
        ("Exercise therapy for chronic low back pain", 2021, False),
        ("Exercise therapy for chronic low-back pain: a review", 2022, False),
        ("Hayden JA. Exercise therapy for chronic low back pain. Cochrane. 2021.", 2021, False),
        ("Exercise therapy for chronic low back pain", 2018, True),
        ("Massage for necks", 2021, True),
    ],
)
def test_an_entry_is_held_against_its_record(title, year, fires):
    entry = {"key": "a", "title": title, "year": year}
    record = {"title": "Exercise therapy for chronic low back pain", "year": 2021}
    result = check(Draft(references=(entry,), records={"a": record})).result("REF-RECORD-MISMATCH")
    assert result.outcome == ("found" if fires else "ok")
    assert check(Draft(references=(entry,))).result("REF-RECORD-MISMATCH").outcome == "not_checked"
