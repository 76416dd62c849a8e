"""The checks stand beside the sentences they speak of, and “not checked” is never shown as “ok”."""

import time
from dataclasses import replace
from pathlib import Path

import pytest

from articles.desk_findings import beside
from articles.integrity import Draft, Outcome
from tests import factories
from tests.desk import at, typed_over, words

pytestmark = pytest.mark.one_stack

SEED = (Path(__file__).parent / "files" / "fixture_seed.md").read_text(encoding="utf-8")


def test_each_finding_stands_at_its_paragraph_and_marks_its_sentence_and_no_word_is_lost():
    draft = Draft(
        title="Does it help?",
        body="It helps. Most people, 35%, say so. Others do not.\n\nThis is proven world-class care [@b].\n",
        references=({"key": "a", "title": "A source"},),
    )
    said = beside(draft)
    title, body = said.parts
    first, second = body.passages
    assert "".join(text for passage in body.passages for text, _ in passage.pieces) == draft.body.replace("\n\n", "\n")
    assert first.pieces == (("It helps. ", ""), ("Most people, 35%, say so.", "overdue"), (" Others do not.\n", ""))
    assert {remark.finding.rule for remark in first.remarks} >= {"NUMBER-UNCITED"}
    assert {remark.finding.rule for remark in second.remarks} == {"CITE-DANGLING", "PROMO-CLAIM"}
    assert second.pieces[0][1] == "rejected"
    assert {remark.key for remark in said.sources} == {"a"}
    assert not title.passages[0].remarks
    outcomes = {answer.rule: answer.label for answer in said.answers}
    assert (outcomes["CITE-DANGLING"], outcomes["REF-RETRACTED"]) == ("1 found", "not checked")
    assert sum(said.counts.values()) == len(said.answers)
    assert said.readability == (
        "Body: too few words to measure; at most 8 is aimed at (Flesch–Kincaid grade, textstat)",
    )


def test_the_seed_shows_every_finding_once_somewhere():
    draft = Draft(title="What helps?", body=SEED, references=({"key": "a", "title": "A"},))
    said = beside(draft)
    shown = [remark for part in said.parts for passage in part.passages for remark in passage.remarks]
    shown += [remark for part in said.parts for remark in part.remarks] + list(said.sources)
    assert len(shown) == sum(answer.count for answer in said.answers) > 20
    assert all(answer.outcome is not Outcome.OK or not answer.reason for answer in said.answers)


@pytest.mark.slow
def test_a_paragraph_of_nothing_but_findings_is_cut_in_one_sweep():
    draft = Draft(body="Take 10 mg, it is proven, 35% say. " * 3_000)
    started = time.process_time()
    assert len(beside(draft).parts[0].passages) == 1
    assert len(beside(replace(draft, body=" " * 150_000 + "x")).parts[0].passages) == 1
    assert time.process_time() - started < 6


@pytest.mark.django_db
def test_the_page_shows_the_text_with_what_was_found_and_how_to_go_on(client, ana):
    article = factories.draft(
        by=ana, body="<b>Cured</b> [@nobody]. No trial has been found of it.\n\nFine [@hayden2021].\n"
    )
    client.force_login(ana)
    page = words(client.get(at("desk-checks", article)))
    assert "&lt;b&gt;Cured" in page
    assert "No reference has the key “nobody”" in page
    assert at("desk-search-new", article) in page
    assert "not checked" in page
    assert "Flesch–Kincaid grade, textstat" in page
    saved = client.post(at("desk-edit", article), typed_over(article, then="desk-checks"))
    assert saved.url == at("desk-checks", article)
