"""The demonstration articles keep the rules that the desk asks of everybody's articles."""

import re
from pathlib import Path

import pytest
import textstat
import yaml

DEMO = Path(__file__).resolve().parents[2] / "editorial" / "demo"
ARTICLES = sorted((DEMO / "articles").glob("*.md"))
PLAIN_MARK = "\n<!-- plain language -->\n"
ENTRY = re.compile(r"^@\w+\{(?P<key>[^,\s]+),\n(?P<fields>.*?)^\}", re.MULTILINE | re.DOTALL)
FIELD = re.compile(r"^\s+(\w+)\s*=\s*\{(.*)\},$", re.MULTILINE)
CITATION = re.compile(r"\[(@[^\]]+)\]")
LETTERS_FOR_A_READER = re.compile(r"^\s*(?:[-*]|\d+\.)\s+|\*+", re.MULTILINE)
SELF_PRAISE = re.compile(r"\b(?:reviewed by|checked by|approved by|our (?:medical )?board|certified)\b", re.IGNORECASE)

every_article = pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.stem)


@pytest.fixture(autouse=True)
def _offline_syllables():
    # The plain "en_US" would fetch a pronouncing dictionary from the internet.
    textstat.set_lang("en-US")
    yield
    textstat.set_lang("en_US")


def parts(path):
    _, front, body = path.read_text(encoding="utf-8").split("---\n", 2)
    body, _, plain = body.partition(PLAIN_MARK)
    return yaml.safe_load(front), body, plain


def cited_keys(path):
    meta, body, plain = parts(path)
    marks = CITATION.findall("\n".join([meta["short_answer"], body, plain]))
    return {key.strip().removeprefix("@") for mark in marks for key in mark.split(";")}


def entries(path):
    text = path.with_suffix(".bib").read_text(encoding="utf-8")
    return {match["key"]: dict(FIELD.findall(match["fields"])) for match in ENTRY.finditer(text)}


def grade(markdown):
    prose = "\n".join(line for line in markdown.splitlines() if not line.startswith("#"))
    return textstat.flesch_kincaid_grade(LETTERS_FOR_A_READER.sub("", CITATION.sub("", prose)))


def load(name):
    return yaml.safe_load((DEMO / name).read_text(encoding="utf-8"))


@every_article
def test_each_question_has_a_short_answer_a_topic_and_a_known_origin(path):
    meta, _, _ = parts(path)
    assert meta["title"].endswith("?")
    assert 1 <= len(re.findall(r"[.?](?:\s|$)", meta["short_answer"])) <= 3
    assert meta["topic"] in {topic["slug"] for topic in load("topics.yaml")}
    assert meta["audience"] in {"patient", "professional", "student"}
    assert meta["risk"] in {1, 2, 3, 4}
    assert (meta["ai_involvement"] == "none") == ("ai_tool" not in meta) == ("ai_version" not in meta)


@every_article
def test_every_citation_has_its_entry_and_every_entry_is_cited(path):
    assert cited_keys(path) == set(entries(path))


@every_article
def test_every_source_can_be_found_and_says_what_it_is(path):
    for key, fields in entries(path).items():
        assert fields.get("doi") or fields.get("url"), key
        assert fields["entrysubtype"], key
        assert fields["entrysubtype"] != "guideline" or fields.get("organization"), key


@every_article
def test_every_source_is_accounted_for_in_the_list_of_sources(path):
    section = (DEMO / "SOURCES.md").read_text(encoding="utf-8").split(f"## {path.stem}\n")[1].split("\n## ")[0]
    assert set(re.findall(r"^- (\w+):", section, re.MULTILINE)) == set(entries(path))


@every_article
def test_no_article_is_too_short_to_help_or_too_long_to_read(path):
    _, body, plain = parts(path)
    assert 250 <= len(CITATION.sub("", body).split()) <= 600
    assert len(plain.split()) <= 400


@every_article
def test_text_for_patients_can_be_read_at_school_grade_eight(path):
    meta, body, plain = parts(path)
    for text in [plain, body if meta["audience"] == "patient" else ""]:
        assert not text or grade(text) <= 8.9


@every_article
def test_no_article_claims_a_check_or_carries_raw_html(path):
    text = path.read_text(encoding="utf-8").replace(PLAIN_MARK, "\n")
    assert not SELF_PRAISE.search(text)
    assert not re.search(r"<[a-zA-Z!/]|!\[", text)


def test_the_set_shows_every_risk_class_audience_and_provenance():
    front = [parts(path)[0] for path in ARTICLES]
    origins = [meta["ai_involvement"] for meta in front]
    assert len(front) == 15
    assert {meta["risk"] for meta in front} == {1, 2, 3, 4}
    assert {meta["audience"] for meta in front} == {"patient", "professional", "student"}
    assert origins.count("first_draft") >= 6
    assert origins.count("none") >= 3
    assert sum(bool(parts(path)[2]) for path in ARTICLES) >= 5


def test_everybody_is_marked_as_invented_and_reachable_nowhere():
    for person in load("people.yaml"):
        assert person["bio"].startswith("Fictional example person."), person["username"]
        assert person["email"] == f"{person['username']}@example.org"
        assert person["interests"]["statement"]


def test_the_board_can_fill_every_quorum():
    board = [person for person in load("people.yaml") if person["role"] == "board_member"]
    for path in ARTICLES:
        meta, _, _ = parts(path)
        matched = [person for person in board if meta["topic"] in person["specialties"]]
        assert len(matched) >= (2 if meta["risk"] == 4 else 1), path.stem
