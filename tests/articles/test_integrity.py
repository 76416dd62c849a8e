import re
import time
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from articles.integrity import Draft, Level, Outcome, check
from articles.integrity.claims import extract
from articles.integrity.draft import value
from articles.integrity.registry import RULES, Rule, rule
from articles.integrity.risk import risk_of
from articles.integrity.sentences import sentences

FILES = Path(__file__).parent / "files"

RULE_IDS = re.findall(
    r"\S+",
    """
CITE-DANGLING CITE-MAP-UNDEFINED REF-UNCITED REF-NO-ID REF-ID-MALFORMED REF-DUPLICATE REF-TYPE-UNSUPPORTED REF-SELF
REF-RECORD-MISMATCH REF-CONCENTRATION REF-RETRACTED REF-OLD REF-PREPRINT REF-PRIMARY NAMED-BODY DROPPED-UNCERTAINTY
ABSENCE-NO-SEARCH NUMBER-UNCITED STRONG-WORDS PROMO-CLAIM STATE-CONTRADICTION AUDIENCE-CONTRADICTION
READABILITY RISK-TRIGGER
""",
)

SEARCH = {"where": "PubMed", "terms": "tidal balance", "date": "2026-09-01", "hits": 0}


def source(key="lind2024", **changes):
    return {
        "key": key,
        "type": "systematic_review",
        "title": f"What {key} found",
        "authors": [{"family": "Sole", "given": "Inga"}],
        "container_title": "Journal of Joints",
        "year": 2024,
        "doi": f"10.1000/{key}",
        **changes,
    }


def draft(body="", *references, **changes):
    given = {"own_names": ("Lantern Health Desk", "Ana Lind"), "retractions": {}, "today": date(2026, 11, 1)}
    return Draft(title="What helps?", body=body, references=references, **{**given, **changes})


def ask(id, a_draft):
    return check(a_draft).result(id)


def fires(id, body, *references, **changes):
    """How often a rule fires, once it is sure that it was checked at all."""
    result = ask(id, draft(body, *references, **changes))
    assert result.outcome is not Outcome.NOT_CHECKED, result.reason
    return len(result.findings)


# The known answer


@pytest.fixture
def seed():
    """Our own article with the faults of a page that readers were really shown: loose numbers, an unnumbered list."""
    guidelines = [
        source(f"s{number}", type="guideline", title=title, container_title="", doi="", authors=[], year=2025)
        for number, title in enumerate(("Overview", "Stimulators", "Sudden spasm", "Fitting a stimulator"))
    ]
    guidelines[0]["authors"] = [{"literal": "Lantern Health Desk Board & Editors"}]
    paper = source("s4", type="narrative_review", title="Stimulators in use today", doi="", year=2023)
    return Draft(
        title="Does the Tidal Balance Method help with lasting shoulder pain?",
        body=(FILES / "fixture_seed.md").read_text(encoding="utf-8"),
        audience="patient",
        disclaimer="This page is written for health professionals. What is done with it is up to them.",
        references=(*guidelines[:2], paper, *guidelines[2:]),
        reference_list_numbered=False,
        own_names=("Lantern Health Desk",),
        today=date(2026, 11, 1),
    )


def test_the_seed_has_26_marks_in_22_places_on_8_numbers(seed):
    numbers = Counter(number for mark in seed.citations for number in mark.numbers)
    assert len(seed.citations) == 22
    assert numbers == {1: 15, 2: 1, 3: 1, 4: 1, 5: 4, 6: 1, 7: 2, 8: 1}


def test_the_seed_gets_the_known_answer(seed):
    found = {result.rule: len(result.findings) for result in check(seed).results if result.outcome is Outcome.FOUND}
    risk_words = found.pop("RISK-TRIGGER")
    assert risk_words == len(risk_of(seed).words)
    assert found == {
        "CITE-MAP-UNDEFINED": 1,
        "REF-NO-ID": 5,
        "REF-TYPE-UNSUPPORTED": 4,
        "REF-SELF": 1,
        "REF-CONCENTRATION": 1,
        "NAMED-BODY": 2,
        "DROPPED-UNCERTAINTY": 4,
        "ABSENCE-NO-SEARCH": 3,
        "STATE-CONTRADICTION": 1,
        "AUDIENCE-CONTRADICTION": 1,
        "PROMO-CLAIM": 1,
    }


def test_what_cannot_be_known_about_the_seed_is_not_called_ok(seed):
    report = check(seed)
    not_checked = {result.rule: result.reason for result in report.not_checked}
    of_the_list = {"REF-RECORD-MISMATCH", "REF-RETRACTED", "REF-OLD", "REF-PRIMARY"}
    assert set(not_checked) == {"CITE-DANGLING", "REF-UNCITED"} | of_the_list
    assert all(not_checked.values())


def test_the_seed_is_asked_about_and_never_matched_by_position(seed):
    (finding,) = ask("CITE-MAP-UNDEFINED", seed).findings
    assert "1, 2, 3, 4, 5, 6, 7, 8 (8 in all)" in finding.message
    assert "5 entries and is not numbered" in finding.message
    assert not any(mark.keys for mark in seed.citations)


def test_the_share_of_one_source_is_told(seed):
    (finding,) = ask("REF-CONCENTRATION", seed).findings
    assert "15 of 26 citations (58 %)" in finding.message


# The report


def test_every_rule_of_the_table_is_there():
    assert sorted(RULES) == sorted(RULE_IDS)


def test_every_rule_answers_even_about_an_empty_draft():
    report = check(draft())
    assert [result.rule for result in report.results] == list(RULES)
    assert not report.findings


def test_a_rule_that_breaks_is_not_checked_and_the_others_go_on(monkeypatch):
    def broken(_):
        raise KeyError("no such thing")

    monkeypatch.setitem(RULES, "REF-OLD", Rule("REF-OLD", Level.INFO, broken))
    report = check(draft("A guaranteed cure from world-class experts."))
    assert report.result("REF-OLD").outcome is Outcome.NOT_CHECKED
    assert "KeyError" in report.result("REF-OLD").reason
    assert report.result("PROMO-CLAIM").outcome is Outcome.FOUND


def test_two_rules_cannot_share_an_id():
    with pytest.raises(ValueError, match="REF-OLD"):
        rule("REF-OLD", Level.INFO)(lambda _: ())


def test_errors_block_and_warnings_do_not():
    report = check(draft("Our articles are reviewed by doctors. We are world-class."))
    assert {finding.rule for finding in report.blocking} == {"STATE-CONTRADICTION"}


def test_an_explanation_stays_with_its_sentence_when_text_before_it_changes():
    before = ask("PROMO-CLAIM", draft("It rains. This is a world-class idea.")).findings
    after = ask("PROMO-CLAIM", draft("It does not rain today.\n\nThis is a world-class idea.")).findings
    changed = ask("PROMO-CLAIM", draft("This is a world-class plan.")).findings
    assert before[0].id == after[0].id
    assert before[0].start != after[0].start
    assert changed[0].id != before[0].id


def test_two_findings_in_one_sentence_have_ids_of_their_own(seed):
    ids = [finding.id for finding in check(seed).findings]
    assert len(ids) == len(set(ids))


def test_a_finding_points_at_the_words_it_is_about():
    text = "It is raining.\n\nThis is a world-class idea."
    (finding,) = ask("PROMO-CLAIM", draft(text)).findings
    assert text[finding.start : finding.end] == "world-class"
    assert finding.excerpt == "This is a world-class idea."


def test_the_report_is_plain_data():
    (promo,) = [
        result for result in check(draft("A world-class idea.")).to_json()["results"] if result["rule"] == "PROMO-CLAIM"
    ]
    assert (promo["level"], promo["outcome"], promo["reason"]) == ("warning", "found", "")
    assert set(promo["findings"][0]) == {"id", "rule", "level", "field", "start", "end", "excerpt", "message"}


def test_a_flood_of_findings_is_cut_and_says_so():
    result = ask("PROMO-CLAIM", draft("A world-class idea. " * 500))
    assert len(result.findings) == 200
    assert "first 200" in result.reason


# Citations and entries


def test_a_citation_without_an_entry_is_found():
    result = ask("CITE-DANGLING", draft("It helps [@lind2024; @gone2020].", source()))
    assert [finding.excerpt for finding in result.findings] == ["It helps [@lind2024; @gone2020]."]
    assert "gone2020" in result.findings[0].message


def test_an_entry_that_nobody_cites_is_found():
    assert fires("REF-UNCITED", "It helps [@lind2024].", source(), source("other")) == 1


def test_entries_inside_a_range_are_cited():
    listed = [source(f"s{number}") for number in range(1, 9)]
    marks = "It helps [1, 2]. It may harm [3]–[8]."
    assert fires("REF-UNCITED", marks, *listed, reference_list_numbered=True) == 0


def test_a_gap_in_a_numbered_list_is_an_uncited_entry():
    listed = [source(f"s{number}") for number in range(1, 4)]
    assert fires("REF-UNCITED", "It helps [1]. It may harm [3].", *listed, reference_list_numbered=True) == 1


@pytest.mark.parametrize(
    ("numbered", "entries", "undefined"),
    [(True, 3, False), (False, 3, True), (True, 2, True), (True, 4, True), (True, 0, True)],
)
def test_loose_numbers_need_a_numbered_list_of_their_length(numbered, entries, undefined):
    listed = [source(f"s{number}") for number in range(entries)]
    text = "It helps [1]. It eases [2]. It may harm [3]."
    assert fires("CITE-MAP-UNDEFINED", text, *listed, reference_list_numbered=numbered) == undefined


def test_a_number_at_the_end_of_a_line_is_no_citation_where_keys_are_used():
    assert fires("CITE-MAP-UNDEFINED", "- It helps [@lind2024]\n- People affected: 5", source()) == 0


# The list of references


@pytest.mark.parametrize("name", ["doi", "pmid", "pmcid", "isbn", "url"])
def test_any_identifier_will_do(name):
    assert fires("REF-NO-ID", "", {**source(doi=""), name: "something"}) == 0


def test_a_source_without_identifier_needs_a_reason():
    assert fires("REF-NO-ID", "", source(doi="")) == 1
    assert fires("REF-NO-ID", "", source(doi="", no_id_reason="A leaflet handed out at the clinic.")) == 0


@pytest.mark.parametrize(
    ("name", "held"),
    [("doi", "10.1000"), ("pmid", "PM12"), ("pmcid", "1234"), ("isbn", "978-0-00-000000-1"), ("url", "ftp:/x")],
)
def test_an_identifier_that_cannot_be_one_is_found(name, held):
    assert fires("REF-ID-MALFORMED", "", source(**{name: held})) == 1


@pytest.mark.parametrize("doi", ["10.1016/S0140-6736(05)67394-1", "10/abc", "10.1000/xyz123"])
def test_real_forms_of_a_doi_pass(doi):
    assert fires("REF-ID-MALFORMED", "", source(doi=doi)) == 0


@pytest.mark.parametrize(
    ("one", "other", "twice"),
    [
        ({"doi": "10.1000/ABC"}, {"doi": "10.1000/abc"}, True),
        ({"doi": "https://doi.org/10.1000/abc"}, {"doi": "10.1000/abc"}, True),
        ({"pmid": "123"}, {"pmid": 123}, True),
        ({"title": "Rest: does it help?", "year": 2020}, {"title": "Rest – does it help", "year": "2020"}, True),
        ({"title": "Rest", "year": 2020}, {"title": "Rest", "year": 2021}, False),
        ({"title": "", "doi": ""}, {"title": "", "doi": ""}, False),
    ],
)
def test_the_same_source_twice_is_found(one, other, twice):
    assert fires("REF-DUPLICATE", "", source("a", **one), source("b", **other)) == twice


def test_a_guideline_needs_its_issuing_body():
    assert fires("REF-TYPE-UNSUPPORTED", "", source(type="guideline", publisher="Paper House")) == 1
    assert fires("REF-TYPE-UNSUPPORTED", "", source(type="guideline", issuing_body="Society of Joints")) == 0


@pytest.mark.parametrize(
    ("changes", "own"),
    [
        ({"publisher": "Lantern Health Desk Ltd"}, True),
        ({"authors": [{"literal": "The LANTERN Health Desk"}]}, True),
        ({"authors": [{"family": "Lind", "given": "A."}]}, True),
        ({"authors": [{"family": "Lind", "given": "Ana Maria"}]}, True),
        ({"authors": [{"family": "Lind", "given": "Arvid"}]}, False),
        ({"publisher": "Lantern Healthcare"}, False),
    ],
)
def test_own_publications_are_no_evidence(changes, own):
    assert fires("REF-SELF", "", source(**changes)) == own


def test_without_names_nobody_can_say_what_is_own():
    assert ask("REF-SELF", draft("", source(), own_names=())).outcome is Outcome.NOT_CHECKED


def test_half_of_the_citations_may_rest_on_one_source_and_no_more():
    listed = source("a"), source("b"), source("c")
    assert fires("REF-CONCENTRATION", "One [@a]. Two [@a]. Three [@b]. Four [@c].", *listed) == 0
    assert fires("REF-CONCENTRATION", "One [@a]. Two [@a]. Three [@b].", *listed) == 1


def test_two_citations_are_too_few_for_a_share():
    assert ask("REF-CONCENTRATION", draft("One [@a].", source("a"))).outcome is Outcome.NOT_CHECKED


@pytest.mark.parametrize(
    ("kind", "level"), [("retraction", Level.ERROR), ("concern", Level.WARNING), ("correction", Level.INFO)]
)
def test_each_kind_of_notice_has_its_level(kind, level):
    result = ask("REF-RETRACTED", draft("", source(doi="10.1000/ABC"), retractions={"10.1000/abc": kind}))
    assert [finding.level for finding in result.findings] == [level]
    assert result.level is level


def test_a_retracted_source_is_found_by_pmid_too():
    assert fires("REF-RETRACTED", "", source(pmid=77), retractions={"77": "retraction"}) == 1


def test_no_list_and_an_empty_list_of_retractions_are_not_the_same():
    assert ask("REF-RETRACTED", draft("", source(), retractions=None)).outcome is Outcome.NOT_CHECKED
    assert ask("REF-RETRACTED", draft("", source(), retractions={})).outcome is Outcome.OK


def test_a_source_that_cannot_be_looked_up_is_not_called_unretracted():
    result = ask("REF-RETRACTED", draft("", source(), source("b", doi="")))
    assert result.outcome is Outcome.NOT_CHECKED
    assert "1 of 2" in result.reason


@pytest.mark.parametrize(("year", "old"), [(2021, 0), (2020, 1), ("2019 Mar", 1)])
def test_five_years_is_not_old_and_six_is(year, old):
    assert fires("REF-OLD", "", source(year=year)) == old


def test_a_source_without_a_year_has_no_age():
    result = ask("REF-OLD", draft("", source(year=2001), source("b", year=None)))
    assert result.outcome is Outcome.FOUND
    assert "1 of 2 sources have no year" in result.reason


@pytest.mark.parametrize(
    ("changes", "preprint"),
    [
        ({"type": "preprint"}, 1),
        ({"container_title": "medRxiv"}, 1),
        ({"doi": "10.1101/2023.01.02.23284567"}, 1),
        ({"doi": "10.1101/gad.123"}, 0),
        ({}, 0),
    ],
)
def test_preprints_are_pointed_out(changes, preprint):
    assert fires("REF-PREPRINT", "", source(**changes)) == preprint


def test_a_single_study_under_a_claim_about_treatment_is_pointed_out():
    listed = source("a", type="randomised_trial"), source("b")
    assert fires("REF-PRIMARY", "Exercise improves sleep [@a].", *listed) == 1
    assert fires("REF-PRIMARY", "Exercise improves sleep [@a; @b].", *listed) == 0
    assert fires("REF-PRIMARY", "The shoulder has three bones [@a].", *listed) == 0


def test_a_source_of_unknown_type_may_be_a_single_study():
    assert ask("REF-PRIMARY", draft("Rest improves sleep [@a].", source("a", type=""))).outcome is Outcome.NOT_CHECKED


# Named bodies

NICE = "National Institute for Health and Care Excellence"


@pytest.mark.parametrize(
    "text",
    [
        "The Royal Society of Joint Care recommends rest.",
        "The Royal Society of Joint Care (RSJC) strongly recommends rest.",
        "Royal Society of Joint Care guidelines emphasise rest.",
        "NICE recommends rest.",
        "However, NICE now advises rest.",
        "Rest is recommended by the Royal Society of Joint Care.",
        "According to the Royal Society of Joint Care, rest is best.",
        "Guidance from the Royal Society of Joint Care says otherwise.",
        "The Quillham Elders recommend rest.",
    ],
)
def test_a_body_that_is_named_must_be_cited(text):
    assert fires("NAMED-BODY", text, source()) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Doctors recommend rest.",
        "The doctor recommends rest.",
        "Recent Guidelines recommend rest.",
        "Dr Rob Sole recommends rest.",
        "The Royal Society of Joint Care was founded in 1901.",
        "Rest is recommended.",
    ],
)
def test_not_every_recommendation_names_a_body(text):
    assert fires("NAMED-BODY", text, source()) == 0


@pytest.mark.parametrize(
    ("text", "issuer"),
    [
        ("The World Health Organization recommends rest [@g].", "World Health Organisation"),
        ("NICE recommends rest [@g].", NICE),
        (f"The {NICE} recommends rest [@g].", "NICE"),
        ("The US Food and Drug Administration warns of it [@g].", "Food and Drug Administration"),
    ],
)
def test_a_body_whose_own_document_is_cited_is_well_named(text, issuer):
    assert fires("NAMED-BODY", text, source("g", issuing_body=issuer)) == 0


def test_an_entry_that_is_listed_but_not_cited_does_not_count():
    text = "NICE recommends rest [@a]."
    assert fires("NAMED-BODY", text, source("a"), source("g", issuing_body=NICE)) == 1


def test_two_bodies_in_one_breath_are_two_and_each_is_told_once():
    text = (
        "Royal Society of Joint Care and Northern College of Movement guidelines emphasise rest. "
        "The Northern College of Movement recommends it."
    )
    result = ask("NAMED-BODY", draft(text))
    assert [text[finding.start : finding.end] for finding in result.findings] == [
        "Royal Society of Joint Care",
        "Northern College of Movement",
    ]


def test_a_body_whose_source_is_listed_under_loose_numbers_is_left_open():
    text = "NICE recommends rest [1]."
    assert ask("NAMED-BODY", draft(text, source(issuing_body=NICE))).outcome is Outcome.NOT_CHECKED


# Numbers

WHOLE = "SMD -0.40, 95% CI -0.60 to -0.20, 12 trials, low certainty"


@pytest.mark.parametrize(
    ("text", "times"),
    [
        (f"Exercise lowered pain ({WHOLE}).", 0),
        ("Exercise lowered pain (SMD -0.40, 95% CI -0.60 to -0.20). This comes from 12 trials of low certainty.", 0),
        ("Exercise lowered pain (SMD -0.40, 95% CI -0.60 to -0.20).\n\nThere were 12 trials of low certainty.", 1),
        ("Exercise lowered pain (OR 0.8) and falls (RR = 0.7) with low certainty in 12 trials.", 2),
        ("Exercise lowered pain (OR 0.8; 95% CI 0.7 to 0.9) and falls (RR 0.7), low certainty, 12 trials.", 1),
        ("Pain fell, with a mean difference of 1.2 points.", 1),
        ("The odds ratio was 1.4.", 1),
        ("The odds ratio (95% CI) is in the table.", 0),
        ("Exercise reduced pain by 30 %.", 1),
        ("About 30% of adults have a sore back.", 0),
        ("You can walk or 5 times a week swim.", 0),
        ("Results improved and differed (I² = 60%).", 0),
    ],
)
def test_an_effect_is_told_with_interval_studies_and_certainty(text, times):
    assert fires("DROPPED-UNCERTAINTY", text) == times


def test_what_is_missing_beside_an_effect_is_named():
    (finding,) = ask("DROPPED-UNCERTAINTY", draft("Pain fell (SMD = -0.58) with very low certainty.")).findings
    assert "interval or number of studies." in finding.message


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("About 30% of adults have it.", 1),
        ("It affects 1 in 10 people.", 1),
        ("It affects one in ten people.", 1),
        ("Take 500 mg twice.", 1),
        ("Take two or 3 tablets.", 1),
        ("About 30% of adults have it [@a].", 0),
        ("About 30% of adults have it.[@a] More may.", 0),
        ("Walk for 5 days.", 0),
        ("A result of 126 mg/dL is high.", 0),
        ("It began in 2019.", 0),
        ("## 30% of adults", 0),
    ],
)
def test_a_statistic_or_dose_has_its_source_in_the_sentence(text, times):
    assert fires("NUMBER-UNCITED", text, source("a")) == times


# Words


@pytest.mark.parametrize(
    "text",
    [
        "No study has looked at it.",
        "There is no peer-reviewed evidence for it.",
        "It is not mentioned in any guideline.",
        "It has never been tested.",
        "None of the current guidelines mention it.",
        "We did not find any randomised trials.",
        "There is a lack of good evidence.",
    ],
)
def test_an_absence_needs_a_recorded_search(text):
    assert fires("ABSENCE-NO-SEARCH", text) == 1
    assert fires("ABSENCE-NO-SEARCH", text, searches=(SEARCH,)) == 0


@pytest.mark.parametrize("missing", list(SEARCH))
def test_a_search_without_place_terms_date_or_hits_is_no_search(missing):
    searches = ({**SEARCH, missing: ""},)
    assert fires("ABSENCE-NO-SEARCH", "No study has looked at it.", searches=searches) == 1


@pytest.mark.parametrize(
    "text",
    ["No need for more research.", "It has no role in evidence-based care.", "There is no pain.", "Studies say no."],
)
def test_not_every_no_is_an_absence_of_evidence(text):
    assert fires("ABSENCE-NO-SEARCH", text) == 0


@pytest.mark.parametrize(
    ("text", "type", "times"),
    [
        ("This proves that rest helps [@a].", "case_report", 1),
        ("Rest works [@a].", "observational", 1),
        ("Rest works [@a].", "systematic_review", 0),
        ("Rest works, with very low certainty [@a].", "systematic_review", 1),
        ("It works by warming the joint [@a].", "case_report", 0),
        ("It is unproven [@a].", "case_report", 0),
        ("Rest may help [@a].", "case_report", 0),
        ("Rest works.", "case_report", 0),
    ],
)
def test_strong_words_stand_on_strong_sources(text, type, times):
    assert fires("STRONG-WORDS", text, source("a", type=type)) == times


def test_a_strong_word_beside_a_source_of_unknown_type_is_left_open():
    assert ask("STRONG-WORDS", draft("It works [@a].", source("a", type=""))).outcome is Outcome.NOT_CHECKED


@pytest.mark.parametrize("words", ["world-class", "guideline-backed", "World\nclass", "clinically proven", "100% safe"])
def test_advertising_is_found(words):
    assert fires("PROMO-CLAIM", f"We give {words} answers.") == 1


def test_advertising_is_found_in_a_disclaimer():
    assert fires("PROMO-CLAIM", "", disclaimer="An award-winning page.") == 1


@pytest.mark.parametrize(
    "text",
    [
        "All articles are reviewed by doctors.",
        "This page has been medically approved.",
        "Checked for accuracy.",
        "Medically reviewed by Rita.",
        "Verified last week by our medical board.",
        "Review status: Approved",
        "Last reviewed on 3 May.",
    ],
)
def test_a_text_never_says_that_it_was_checked(text):
    assert fires("STATE-CONTRADICTION", text) == 1


@pytest.mark.parametrize(
    "text",
    [
        "This page has not been reviewed.",
        "The drug was approved by the regulator.",
        "Peer-reviewed studies exist.",
        "This content is awaiting review.",
        "The trial was reviewed by the ethics committee.",
    ],
)
def test_talk_of_other_reviews_is_no_claim(text):
    assert fires("STATE-CONTRADICTION", text) == 0


@pytest.mark.parametrize(
    ("audience", "field", "text", "times"),
    [
        ("patient", "disclaimer", "Intended for healthcare professionals.", 1),
        ("patient", "body", "For physicians only.", 1),
        ("patient", "body", "Ask your doctor.", 0),
        ("professional", "body", "Ask your doctor.", 1),
        ("professional", "disclaimer", "Intended for healthcare professionals.", 0),
        ("professional", "plain_body", "Ask your doctor.", 0),
        ("professional", "plain_body", "Watch for it in your patients.", 1),
        ("student", "disclaimer", "Written for patients.", 1),
    ],
)
def test_text_and_disclaimer_fit_the_audience(audience, field, text, times):
    changes = {"body": "", "audience": audience, field: text}
    assert len(ask("AUDIENCE-CONTRADICTION", Draft(**changes)).findings) == times


# Readability

EASY = "Rest is good for you. You can walk and you can swim. Do it each day if you can. " * 8
HARD = (
    "Interdisciplinary rehabilitation programmes incorporating psychological interventions demonstrate considerable "
    "heterogeneity regarding methodological characteristics and longitudinal follow-up of participating populations. "
) * 8
MIDDLING = (
    "Regular exercise can help people with a painful shoulder to move more easily. Most of them feel better after "
    "several weeks of careful practice at home, under the guidance of a therapist. "
) * 6


@pytest.mark.parametrize(
    ("text", "audience", "level"),
    [
        (EASY, "patient", None),
        (MIDDLING, "patient", Level.INFO),
        (HARD, "patient", Level.ERROR),
        (MIDDLING, "professional", None),
        (HARD, "professional", Level.INFO),
        (HARD, "student", Level.INFO),
    ],
)
def test_the_reading_grade_is_held_against_the_audience(text, audience, level):
    result = ask("READABILITY", draft(text, audience=audience))
    assert [finding.level for finding in result.findings] == ([level] if level else [])
    assert all("Flesch–Kincaid grade, textstat" in finding.message for finding in result.findings)


def test_plain_language_is_for_patients_whoever_the_article_is_for():
    result = ask("READABILITY", draft(EASY, plain_body=HARD, audience="professional"))
    assert [(finding.field, finding.level) for finding in result.findings] == [("plain_body", Level.ERROR)]


def test_the_reading_grade_asks_nothing_of_the_network(monkeypatch):
    def refused(*_, **__):
        raise AssertionError("a check reached for the network")

    monkeypatch.setattr("socket.socket.connect", refused)
    monkeypatch.setattr("nltk.download", refused)
    assert ask("READABILITY", draft(f"This text is new to the cache. {HARD}")).outcome is Outcome.FOUND


def test_too_few_words_have_no_reading_grade():
    result = ask("READABILITY", draft("Rest is good."))
    assert result.outcome is Outcome.NOT_CHECKED
    assert "fewer than 100 words" in result.reason


def test_citations_and_decimals_do_not_make_a_text_easier():
    marked = HARD.replace("heterogeneity", "heterogeneity [@a; @b; @c] (0.51–0.95)")
    plain, cited = (ask("READABILITY", draft(text)).findings[0].message for text in (HARD, marked))
    assert abs(float(re.search(r"\d+\.\d", plain).group()) - float(re.search(r"\d+\.\d", cited).group())) < 1


# Risk


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("The shoulder has three bones.", 1),
        ("A milligram of prevention is worth a gram of talk.", 1),
        ("Stay secure and obscure.", 1),
        ("Curetted edges and sunscreen.", 1),
        ("A healthy dose of humour. Child's play.", 1),
        ("Social interaction matters. Interaction with other people helps.", 1),
        ("In April we met.", 1),
        ("The symptoms of a sore back.", 2),
        ("Self-care at home.", 2),
        ("Take 500 mg.", 3),
        ("Naproxen or ibuprofen may be used.", 3),
        ("The right dose matters.", 3),
        ("Mind interactions with grapefruit.", 3),
        ("When you are pregnant.", 3),
        ("While breast-feeding.", 3),
        ("In children.", 3),
        ("Breast screening.", 3),
        ("After surgery.", 3),
        ("Before you stop taking it.", 3),
        ("Do not stop your treatment.", 3),
        ("In an emergency, act.", 4),
        ("An overdose is possible.", 4),
        ("Thoughts of suicide or self-harm.", 4),
        ("An outbreak in town.", 4),
        ("It cures cancer.", 4),
        ("There is no cure for it.", 1),
        ("Ask at the emergency department.", 1),
    ],
)
def test_the_gravest_word_decides_the_risk(text, level):
    assert risk_of(Draft(body=text)).level == level


def test_risk_says_which_words_raised_it():
    risk = risk_of(Draft(title="Overdose of tablets?", body="Symptoms of an overdose. Symptoms in children."))
    assert risk.words == (("overdose", 4), ("children", 3), ("symptoms", 2))


def test_the_disclaimer_every_text_has_raises_nothing():
    assert risk_of(Draft(body="Bones.", disclaimer="In an emergency, call for help.")).level == 1


def test_each_risk_word_is_told_with_its_class():
    result = ask("RISK-TRIGGER", draft("In children and infants, in children."))
    assert [finding.message.split(".")[0] for finding in result.findings] == [
        "“children” raises the risk class to 3",
        "“infants” raises the risk class to 3",
    ]


# Sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("Lind et al. found it. So did we.", ["Lind et al. found it.", "So did we."]),
        ("Lind et al. 2021 found it.", ["Lind et al. 2021 found it."]),
        ("Rest, i.e. Sleep, vs. Walking.", ["Rest, i.e. Sleep, vs. Walking."]),
        ("Take 0.5 mg. Then wait.", ["Take 0.5 mg.", "Then wait."]),
        ("Take 0.5 mg. daily.", ["Take 0.5 mg. daily."]),
        ("Use drug No. 5. Really? No. It is late.", ["Use drug No. 5.", "Really?", "No.", "It is late."]),
        ("J. Smith saw E. coli. It grew.", ["J. Smith saw E. coli.", "It grew."]),
        ("This is hepatitis B. It spreads.", ["This is hepatitis B.", "It spreads."]),
        ("At 8 a.m. The nurse came.", ["At 8 a.m.", "The nurse came."]),
        ("The U.S. Agency spoke.", ["The U.S. Agency spoke."]),
        ("It helps.[@a] It harms. [@b; @c] Both.", ["It helps.[@a]", "It harms. [@b; @c]", "Both."]),
        ("It helps.¹ It harms.[1]–[3] Both.", ["It helps.¹", "It harms.[1]–[3]", "Both."]),
        ("It helps.1,2 It harms.<sup>3</sup> Both.", ["It helps.1,2", "It harms.<sup>3</sup>", "Both."]),
        ("It helps. [@a] shows why.", ["It helps.", "[@a] shows why."]),
        ("“It helps.” So they say.", ["“It helps.”", "So they say."]),
        ("# Title\n\nText.\n\nOther title\n-----------\nMore.", ["Text.", "More."]),
        ("- one\n- two\n  goes on\n1. three", ["one", "two\n  goes on", "three"]),
        ("It began in\n2021. That was late.", ["It began in\n2021.", "That was late."]),
        ("| a | b |\n|---|---|\n| 5 mg | 6 mg |", ["a | b |", "5 mg | 6 mg |"]),
        ("> Quoted.\n\n---\n\nPlain.", ["Quoted.", "Plain."]),
        ("", []),
    ],
)
def test_sentences_end_where_readers_would_end_them(text, expected):
    found = sentences(text, field="body")
    assert [sentence.text for sentence in found] == expected
    assert all(text[sentence.start : sentence.end] == sentence.text for sentence in found)


def test_a_paragraph_made_a_heading_is_still_read():
    long = "Rest " * 30 + "helps."
    for text in (f"# {long}", f"{long}\n---"):
        assert [sentence.text[-6:] for sentence in sentences(text, field="body")] == ["helps."]


# Claims


def test_a_claim_cites_counts_or_denies():
    text = "Hello there. Rest helps [@a]. Take 5 at once. No study has looked. Vitamin B12 and COVID-19 are names."
    claims = extract(draft(text, source("a")))
    assert [(claim.sentence.text, claim.kinds) for claim in claims] == [
        ("Rest helps [@a].", ("citation",)),
        ("Take 5 at once.", ("number",)),
        ("No study has looked.", ("absence",)),
    ]
    assert claims[0].keys == ("a",)


def test_the_number_of_a_citation_is_no_number():
    (claim,) = extract(draft("Rest helps [1].", source(), reference_list_numbered=True))
    assert (claim.kinds, claim.keys) == (("citation",), ("lind2024",))


@pytest.mark.parametrize("text", ["Take two tablets.", "Half of them fell.", "One in five fell.", "Wait ½ hour."])
def test_numbers_in_words_are_numbers(text):
    assert [claim.kinds for claim in extract(draft(text))] == [("number",)]


def test_an_unchanged_sentence_keeps_its_identity_and_a_changed_dose_does_not():
    first = extract(draft("Take 10 mg [@a]. Wait 2 hours."))
    second = extract(draft("# New title\n\nSit down. Take 100 mg [@a].\nWait  2\nhours."))
    assert first[1].identity == second[1].identity
    assert first[0].identity != second[0].identity


def test_a_moved_citation_makes_another_claim():
    assert extract(draft("Rest helps [@a]."))[0].identity != extract(draft("Rest helps [@b]."))[0].identity


def test_the_same_words_twice_are_two_claims():
    claims = extract(draft("Take 10 mg.", plain_body="Take 10 mg."))
    assert len({claim.identity for claim in claims}) == 2


# Speed, and text that means harm


def a_long_article():
    sentence = (
        "Guided exercise lowered pain a little in adults with a sore shoulder, with low certainty [@s{}; @s{}].\n\n"
    )
    body = "".join(
        f"## Part {number}\n\n{sentence.format(number % 40, (number + 1) % 40)}- The dose was {number} mg [@s1].\n\n"
        for number in range(70)
    )
    return body, tuple(source(f"s{number}", pmid=str(30000000 + number)) for number in range(40))


def test_ten_kilobytes_with_forty_references_take_under_50_ms_of_cpu():
    body, listed = a_long_article()
    assert 9_500 < len(body) < 12_000
    check(draft(body, *listed))
    taken = []
    for turn in range(5):
        started = time.process_time()
        extract(fresh := draft(body + " " * turn, *listed))
        check(fresh)
        taken.append(time.process_time() - started)
    assert min(taken) < 0.05


HOSTILE = {
    "brackets": "[",
    "keys": "[@a; ",
    "spaces": " ",
    "digits": "1",
    "loose digits": "1 ",
    "one word": "a",
    "words": "Ab ",
    "sentences": "Aa. ",
    "list": "1. ",
    "lines": "\n",
    "tags": "<sup>",
    "effects": "SMD 5. ",
    "doses": "5 mg ",
    "absences": "not a any ",
    "quality": "quality of the a b c ",
    "superscripts": "¹",
}


@pytest.mark.slow
@pytest.mark.parametrize("piece", HOSTILE.values(), ids=list(HOSTILE))
def test_hostile_text_is_checked_in_bounded_time(piece):
    started = time.process_time()
    hostile = draft(piece * (100_000 // len(piece)), *a_long_article()[1])
    report = check(hostile)
    extract(hostile)
    assert time.process_time() - started < 2
    assert not [result.reason for result in report.results if "failed" in result.reason]


def test_a_thousand_invented_bodies_are_not_compared_with_each_other():
    text = " ".join(f"The {'abcdefghij'[n % 10].upper()}{n} Society of X{n} recommends rest [@g]." for n in range(1500))
    started = time.process_time()
    result = ask("NAMED-BODY", draft(text, *[source(f"r{n}") for n in range(40)]))
    assert time.process_time() - started < 2
    assert "more than 100 bodies" in result.reason


@pytest.mark.parametrize("held", [None, 7, "", ["x"], {"literal": None}])
def test_references_of_any_shape_break_no_rule(held):
    odd = dict.fromkeys(("key", "type", "title", "authors", "doi", "year", "issuing_body"), held)
    report = check(draft("It helps [@a].", odd))
    assert not [result.reason for result in report.results if "failed" in result.reason]
    assert value(odd, "nothing") == ""
