"""10 mg that became 100 mg never hides among commas: what touches the meaning of a text is told apart."""

import re
import time

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from articles import editing
from articles.revisions import AROUND, Budget, compare
from articles.significance import Change, marked, meaning_changes
from articles.signs import KINDS, says, signs
from reviews import timeline
from tests import factories

QUICK = settings(max_examples=40, deadline=None, database=None)
PLAIN = st.sampled_from(["the", "back", "bends", "when", "people", "walk", "in", "gardens", "with", "friends"])


def content(body, *references):
    return {"body": body, "references": list(references)}


def touched(old, new):
    return [(each.kind, each.was, each.now) for each in meaning_changes(content(old), content(new))]


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        ("Take 10 mg, daily.", "Take 100 mg “daily”.", [("dose", "10 mg", "100 mg")]),
        ("Take 10 mg.", "Take 10 000 mg.", [("dose", "10 mg", "10 000 mg")]),
        ("About 1.5 of them.", "About 15 of them.", [("number", "1.5", "15")]),
        ("Give 5 µg at night.", "Give 5 mg at night.", [("unit", "5 µg", "5 mg")]),
        ("For 2 weeks.", "For 2 months.", [("unit", "2 weeks", "2 months")]),
        ("Half of them.", "A third of them.", [("number", "Half", "third")]),
        ("Rise by 5–10 %.", "Rise by 5–70 %.", [("number", "5–10 %", "5–70 %")]),
        ("A change of −5.", "A change of 5.", [("number", "−5", "5")]),
        ("With p < 0.05 here.", "With p > 0.05 here.", [("number", "< 0.05", "> 0.05")]),
        ("Vitamin B12 for them.", "Vitamin B6 for them.", [("number", "B12", "B6")]),
        ("10⁶ cells.", "10⁹ cells.", [("number", "10⁶", "10⁹")]),
        ("Once weekly.", "Once daily.", [("dose", "weekly", "daily")]),
        ("Do not smoke.", "Do smoke.", [("negation", "not", "")]),
        ("They can drive.", "They can’t drive.", [("strength", "can", ""), ("negation", "", "can’t")]),
        ("It may help.", "It will help.", [("strength", "may", "will")]),
        ("It lowers pain.", "It raises pain.", [("strength", "lowers", "raises")]),
        ("Ibuprofen eases it.", "Warfarin eases it.", [("drug", "Ibuprofen", "Warfarin")]),
        ("It is dangerous.", "It is dull.", [("warning", "dangerous", "")]),
        ("It helps [@a; @b].", "It helps [@a].", [("citation", "[@a; @b]", "[@a]")]),
        ("It helps [@a].", "It helps [@b].", [("citation", "[@a]", "[@b]")]),
        ("## After 5 days\n\nRest.", "## After 6 days\n\nRest.", [("number", "5 days", "6 days")]),
    ],
)
def test_a_change_that_touches_the_meaning_is_told_as_one(was, now, told):
    assert touched(was, now) == told


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("Take 10 mg once daily.", "Take  10mg,\nonce “daily”."),
        ("For 5 to 10 days.", "For 5–10 days."),
        ("Give 5 μg.", "Give 5 µg."),
        ("It helps [@a; @b].", "It helps [@b; @a]."),
        ("Not everyone wlaks.", "not everyone walks."),
        ("Don’t run.", "Don't run."),
    ],
)
def test_typography_is_no_change_of_meaning(was, now):
    assert compare(content(was), content(now))
    assert touched(was, now) == []


def test_a_citation_that_moved_is_told_with_both_of_its_sentences():
    was, now = "Bone heals [@a]. Skin heals well.", "Bone heals. Skin heals well [@a]."
    (moved,) = meaning_changes(content(was), content(now))
    assert (moved.kind, moved.was, moved.now) == ("citation", "[@a]", "[@a]")
    assert (moved.moved_from, moved.sentence) == ("Bone heals [@a].", "Skin heals well [@a].")


@pytest.mark.parametrize(
    ("change", "kind", "now"),
    [
        ({"printed": "Hayden J. Exercise. doi:10.1000/b"}, "citation", "10.1000/b"),
        (
            {"links": [["PubMed", "https://pubmed.ncbi.nlm.nih.gov/2/"]]},
            "citation",
            "https://pubmed.ncbi.nlm.nih.gov/2/",
        ),
    ],
)
def test_a_source_that_was_replaced_under_its_key_is_found(change, kind, now):
    links = [["DOI", "https://doi.org/10.1000/a"], ["PubMed", "https://pubmed.ncbi.nlm.nih.gov/1/"]]
    was = {"key": "a", "type_label": "Trial", "printed": "Hayden J. Exercise. doi:10.1000/a", "links": links}
    found = meaning_changes(content("", was), content("", was | change))
    assert (kind, now) in [(each.kind, each.now) for each in found]
    assert {each.part for each in found} == {"references"}


def test_a_negation_that_changes_its_sentence_is_not_taken_for_the_same():
    was = "Do not take it with milk. Ask your doctor before you take it with wine, please."
    now = "Do take it with milk. Ask your doctor before you do not take it with wine, please."
    assert touched(was, now) == [("negation", "not", ""), ("negation", "", "not")]


def test_a_changed_sign_stands_whole_in_a_piece_of_its_own_that_the_list_points_at():
    (difference,) = compare(content("Take 10 mg of it, twice."), content("Take 100 mg of it; twice."))
    shown = marked(difference.rows, part="the body")
    assert [(p.kind, p.words, p.sign, p.anchor) for p in shown.pieces[:4]] == [
        ("same", "Take ", "", ""),
        ("out", "10 mg", "dose", ""),
        ("in", "100 mg", "dose", "change-the-body-1"),
        ("same", " of ", "", ""),
    ]
    assert [change.anchor for change in shown.changes] == ["change-the-body-1"]


@QUICK
@given(st.lists(PLAIN, min_size=2, max_size=12), st.data())
def test_a_slip_mended_in_a_word_that_is_no_sign_changes_no_meaning(words, data):
    at = data.draw(st.integers(0, len(words) - 1))
    letter = data.draw(st.integers(0, len(words[at])))
    mended = words[at][:letter] + data.draw(st.sampled_from("aeiou,.;  \n")) + words[at][letter:]
    assume(not signs(mended))
    old = f"Take 10 mg, not 20 mg [@a]. {' '.join(words)} For 2 weeks it may help."
    assert touched(old, old.replace(" ".join(words), " ".join([*words[:at], mended, *words[at + 1 :]]))) == []


@QUICK
@given(st.text("0123456789.,-–/ abµ½²[]()%@\n", min_size=1, max_size=40), st.data())
def test_changing_any_digit_is_always_told(text, data):
    places = [match.start() for match in re.finditer(r"\d", text)]
    assume(places)
    at = data.draw(st.sampled_from(places))
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != text[at]]))
    assert touched(f"So {text} it is.", f"So {text[:at]}{other}{text[at + 1 :]} it is.")


@QUICK
@given(st.text(max_size=80), st.text(max_size=80))
def test_the_pieces_put_together_are_the_two_texts_again(old, new):
    for difference in compare(content(old), content(new)):
        pieces = marked(difference.rows, part="body").pieces
        for kind in ("out", "in"):
            whole = "".join(words for row, words in difference.rows if row in ("same", kind))
            assert "".join(piece.words for piece in pieces if piece.kind in ("same", kind)) == whole


@pytest.mark.slow
@pytest.mark.parametrize(
    "hostile", ["1.", "[@a;", "@a:", "1 to ", "½", "10.1/", "mg/", "⁻", "a-", "&lt;", "not 2 [@a] "]
)
def test_signs_are_found_in_one_pass_however_hostile_the_text(hostile):
    text = hostile * (200_000 // len(hostile))
    started = time.process_time()
    found = signs(text)
    assert time.process_time() - started < 3
    assert all(sign.kind in KINDS and says(sign) for sign in found[:50])


def test_a_long_text_is_compared_for_meaning_within_seconds():
    text = factories.BODY * (200_000 // len(factories.BODY))
    started = time.process_time()
    assert len(meaning_changes(content(text), content(text.replace("fever", "no fever")))) > 500
    assert time.process_time() - started < 6


def test_a_change_in_every_paragraph_is_told_one_by_one_and_not_as_a_new_text():
    was = "\n\n".join(
        f"In group {n} most people took 500 mg of it and did not stop [@a{n}]. They felt well." for n in range(60)
    )
    now = was.replace("500 mg", "50 mg").replace("They felt well.\n\nIn group 30", "In group 30")
    found = meaning_changes(content(was), content(now))
    assert {(each.kind, each.was, each.now) for each in found} == {("dose", "500 mg", "50 mg")}
    assert len(found) == 60


def test_a_budget_that_is_spent_shows_the_rest_as_replaced():
    budget = Budget(left=0)
    (difference,) = compare(
        content("One two three. " * 3 + "x"), content("One two three. " * 3 + "y z x"), budget=budget
    )
    assert {kind for kind, _ in difference.rows} <= {"same", "out", "in"}
    assert budget.left == 0


def test_the_history_comes_in_pages_that_lose_nothing(draft, ana):
    for number in range(timeline.MOST + 3):
        editing.change(
            draft, by=ana, edition=factories.fresh(draft).edition, body=f"{factories.BODY} Take {number} mg."
        )
    first = timeline.page(draft, user=ana, office="author")
    second = timeline.page(draft, user=ana, office="author", before=first.older)
    whats = [(event.what, event.at) for event in [*first.events, *second.events]]
    assert len(whats) == len(set(whats)) == draft.history.count() + 1
    assert first.older
    assert not second.older
    newest = first.events[0].fields[0]
    assert isinstance(newest, Change)
    assert [(each.was, each.now) for each in newest.meaning] == [("31 mg", "32 mg")]
    assert sum(len(words) for _, words in newest.rows) < 8 * AROUND


@pytest.mark.parametrize("place", ["x", "2026-01-01", "9" * 500])
def test_a_page_of_the_history_that_nobody_gave_out_does_not_exist(client, draft, ana, place):
    client.force_login(ana)
    assert client.get(f"{draft.get_desk_url()}history/?before={place}").status_code == 404
