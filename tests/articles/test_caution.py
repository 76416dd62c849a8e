"""Every wording of the caution: four parts, short, plain, and true for how the text was made."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
import textstat

from articles import caution_in_german
from articles.caution import MOST_WORDS, Caution, caution, every_caution
from articles.checks import cautions_are_complete
from articles.standing import Overlay, Standing, Told
from articles.states import Audience, NoticeKind

NOW = datetime(2026, 1, 1, tzinfo=UTC)
PENDING = [told for told in Told if told not in (Told.APPROVED, Told.CHANGED)]
every_wording = pytest.mark.parametrize("wording", every_caution(), ids=lambda c: c.line[:40])


@pytest.fixture(autouse=True)
def _offline_syllables():
    textstat.set_lang("en-US")


@every_wording
def test_each_caution_is_short_and_has_all_its_parts(wording):
    assert len(wording.text.split()) <= MOST_WORDS
    assert all([wording.not_done, wording.may_be_wrong, wording.do_not, wording.instead, wording.line])


@every_wording
def test_each_caution_can_be_read_at_school_grade_eight(wording):
    assert textstat.flesch_kincaid_grade(wording.text) <= 8


@pytest.mark.parametrize("told", PENDING)
@pytest.mark.parametrize("audience", Audience)
@pytest.mark.parametrize("involvement", ["none", "first_draft", "translation", "unheard of", ""])
def test_nothing_unchecked_is_without_a_caution(told, audience, involvement):
    assert isinstance(caution(Standing(told), ai_involvement=involvement, audience=audience), Caution)


def test_unknown_provenance_is_cautioned_like_a_machines():
    known = caution(Standing(Told.SUBMITTED), ai_involvement="first_draft", audience="patient")
    assert caution(Standing(Told.SUBMITTED), ai_involvement="?", audience="patient") == known
    assert caution(Standing(Told.SUBMITTED), ai_involvement="none", audience="patient") != known


def test_checked_text_has_none_until_a_source_falls_or_doubts_are_raised():
    checked = Standing(Told.APPROVED)
    assert caution(checked, ai_involvement="none", audience="patient") is None
    for kind in (NoticeKind.SOURCE_ALERT, NoticeKind.CONCERN):
        doubted = replace(checked, overlays=(Overlay(kind, "…", NOW),))
        assert caution(doubted, ai_involvement="none", audience="patient")


def test_a49_the_desk_refuses_to_start_with_an_empty_caution(monkeypatch):
    assert cautions_are_complete() == []
    broken = [replace(every_caution()[0], do_not=" ")]
    monkeypatch.setattr("articles.checks.every_caution", lambda language="en": broken)
    assert [message.id for message in cautions_are_complete()] == ["articles.E001"]


@pytest.mark.parametrize(
    ("told", "table", "spoilt"),
    [
        ("no words for 'xx'", None, None),
        ("empty", "DO_NOT", ""),
        ("still in English", "DO_NOT", "Do not start, stop or change any treatment because of it."),
        ("no words for", "INSTEAD", None),
    ],
)
def test_a49_the_desk_refuses_to_start_with_a_language_whose_caution_is_not_whole(
    settings, monkeypatch, told, table, spoilt
):
    settings.LANGUAGES = [("en", "English"), ("de", "German")]
    assert cautions_are_complete() == []
    if table is None:
        settings.LANGUAGES += [("xx", "Nowhere")]
    else:
        words = {a: w for a, w in getattr(caution_in_german, table).items() if a != Audience.PATIENT}
        monkeypatch.setattr(caution_in_german, table, words if spoilt is None else words | {Audience.PATIENT: spoilt})
    assert any(told in message.msg for message in cautions_are_complete())


def test_a_text_is_cautioned_in_its_own_language_where_the_site_offers_it(settings):
    asked = {"ai_involvement": "none", "audience": "patient"}
    english = caution(Standing(Told.SUBMITTED), **asked)
    assert caution(Standing(Told.SUBMITTED), **asked, language="de") == english
    settings.LANGUAGES = [("en", "English"), ("de", "German")]
    german = caution(Standing(Told.SUBMITTED), **asked, language="de-AT")
    assert german in every_caution("de")
    assert "Fachperson" in german.line
    assert caution(Standing(Told.SUBMITTED), **asked, language="fr") == english
