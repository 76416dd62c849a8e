"""Citations: keys and numbers in the text, and loose numbers in imported text."""

import time

import pytest

from articles.citations import KEY, citation_marks, cited_keys, expand_ranges, loose_marks, numbering

# An article of our own with loose numbers as pages copied from a browser have them: bullets, trailing numbers, traps.
PASTED = """
Does walking help a stiff knee?

Last updated: March 14, 2025

For people with a stiff knee

The national society of knee physiotherapists suggests:

  • Daily walking as the first step, with small gains in comfort and strong evidence 1
  • Cycling, which eased stiffness for 3-12 months 1
  • Balance training for 6 weeks to 2 years 1

Warmth showed a moderate effect on comfort (SMD = -0.41) and a larger one on movement (SMD = -0.93) 2

  • Cold packs were tried in a single case report of grade 2
  • Cold packs eased swelling within 5 days) 3
  • A brace helps "slow walkers" 4

Step 2: Medicines (after Step 1)

  • Avoid long courses because of stomach bleeding (see the label) 1, 5
  • Surgery only after all of this has failed 6, 7

The pitfall is haste, as both societies say 1, 6.
"""


def numbers_in(text):
    return [mark.numbers for mark in loose_marks(text)]


# Keys


@pytest.mark.parametrize("key", ["a", "vasileiadis2022", "10.1000/x_1", "who:2021", "Müller-2020", "7", "a" * 80])
def test_a_key_may_hold_what_reference_managers_put_in_keys(key):
    assert KEY.fullmatch(key)
    assert cited_keys(f"Text [@{key}].") == [key]


@pytest.mark.parametrize("key", ["", "-a", "_a", "a b", "a;b", "a.", "a:", "a" * 81, 'a"', "a<b"])
def test_what_is_no_key_is_not_taken_for_one(key):
    assert not KEY.fullmatch(key)
    assert cited_keys(f"Text [@{key}].") == []


def test_keys_come_in_order_of_first_mention_and_once():
    assert cited_keys("One [@b; @a]. Two [@c]. Three [@a;@b].") == ["b", "a", "c"]


def test_a_mark_knows_where_it_stands():
    text = "Pain fell [@a; @b] a little [@c]."
    assert [(text[mark.start : mark.end], mark.keys) for mark in citation_marks(text)] == [
        ("[@a; @b]", ("a", "b")),
        ("[@c]", ("c",)),
    ]


def test_an_address_with_an_at_sign_is_not_a_citation():
    assert cited_keys("Write to desk@example.org or @someone, see [the list](mailto:a@b.org).") == []


@pytest.mark.parametrize(
    "code",
    [
        "`[@a]`",
        "``code ` [@a] ``",
        "```\n[@a]\n```",
        "~~~\n[@a]\n```\n[@a]\n~~~",
        "> ```\n> [@a]\n> ```",
        "- ```\n  [@a]\n  ```",
        "1. Step\n\n   ````\n   [@a]\n   ```\n   [@a]\n   ````",
        "```\n[@a] in a block that is never closed",
    ],
)
def test_what_stands_in_code_is_not_cited(code):
    assert cited_keys(f"{code}\n") == []


@pytest.mark.parametrize(
    "text",
    [
        "An open ` and then [@a]",
        "- an open `\n- another ` and [@a]",
        "> ```\n> code\n\nAfter the quotation [@a]",
        "- ```\n  code\n\nAfter the list [@a]",
        "```\ncode\n```\n[@a]",
        "Two ``` in a line ``` and [@a]",
        r"An escaped \` and [@a] and `",
        r"A backslash \\[@a]",
        "    Pasted with four spaces [@a]",
    ],
)
def test_what_stands_beside_code_is_cited(text):
    assert cited_keys(text) == ["a"]


def test_an_escaped_bracket_is_not_a_citation():
    assert cited_keys(r"Write \[@a] to cite; like this: \\\[@b]; so [\[@c].") == []


def test_numbers_run_through_the_short_answer_then_the_body_then_the_plain_text():
    assert numbering("Yes [@b].", "It does [@a; @b].", "It does [@c; @a].") == {"b": 1, "a": 2, "c": 3}


def test_a_text_without_citations_has_no_numbers():
    assert numbering("", "Nothing here.") == {}


# Loose numbers


@pytest.mark.parametrize(
    ("written", "numbers"),
    [
        ("1", (1,)),
        ("[5, 6]", (5, 6)),
        ("[1-3]", (1, 2, 3)),
        ("[1–3; 7]", (1, 2, 3, 7)),
        ("[1]–[3]", (1, 2, 3)),
        ("[1], [3]–[5]", (1, 3, 4, 5)),
        ("&#91;5&#93;&#8211;&#91;8&#93;", (5, 6, 7, 8)),
        ("¹⁻³", (1, 2, 3)),
        ("121-5", (121, 122, 123, 124, 125)),
        ("3, 1-4", (3, 1, 2, 4)),
        ("8-5", (8, 5)),
    ],
)
def test_ranges_are_written_out(written, numbers):
    assert expand_ranges(written) == numbers


@pytest.mark.parametrize("written", ["", "0", "[0, 1]", "2021", "1-2-3", "1-500", "one", "1.5", "[@a]", "1,,2", "-1"])
def test_what_is_no_list_of_citations_expands_to_nothing(written):
    assert expand_ranges(written) == ()


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Pain fell [1].", (1,)),
        ("Pain fell [5, 6] fast.", (5, 6)),
        ("Pain fell [1-3].", (1, 2, 3)),
        ("Pain fell [1]–[3].", (1, 2, 3)),
        ("Pain fell [5] – [8].", (5, 6, 7, 8)),
        ("Pain fell [1][2].", (1, 2)),
        ("Pain fell &#91;1&#93;.", (1,)),
        ("Pain fell &#x5B;5&#x5D;&ndash;&#x5B;8&#x5D;.", (5, 6, 7, 8)),
        (r"Pain fell \[4\].", (4,)),
        ("Pain fell [2](#ref2) fast.", (2,)),
        ("Since 2019 [3–5] it falls.", (3, 4, 5)),
        ("Pain fell¹² fast.", (12,)),
        ("Pain fell¹,³.", (1, 3)),
        ("Pain fell.¹⁻³", (1, 2, 3)),
        ("Pain fell<sup>1,2</sup>.", (1, 2)),
        ('Pain fell<sup class="x"><a href="#r1">[1–3]</a></sup>.', (1, 2, 3)),
        ("Pain fell. 1, 7", (1, 7)),
        ("Pain fell 1, 7.", (1, 7)),
        ("Pain fell.1,7 Then it rose.", (1, 7)),
        ("Pain fell,2 and then rose.", (2,)),
        ("Pain fell by 50% 3\n", (3,)),
        ("Pain fell for two years 1", (1,)),
        ("Pain fell for 2 years 1, 2", (1, 2)),
    ],
)
def test_each_way_of_citing_by_number_is_seen(text, numbers):
    assert numbers_in(text) == [numbers]


@pytest.mark.parametrize(
    "text",
    [
        "The guideline appeared in 2021.",
        "Last updated: March 14, 2025",
        "Give 5 mg twice a day, at most 10.",
        "Take it daily. 2 tablets at night. 3 Tablets on Sundays.",
        "A tumour of grade 2",
        "People with diabetes, type 2.",
        "Continue with step 3",
        "See Table 2, and Figures 1, 2.",
        "It was given on days 1, 7.",
        "SMD = -0.75",
        "p < 0.05",
        "The median was 12 [8-15].",
        "OR 2.1 [1, 5]",
        "The range was [0, 1] and [1-900].",
        "It helps adults over 65",
        "We treated 30 of 90.",
        "They randomised 12\npeople to walking.",
        "A BMI of 25 kg/m² and 4 × 10⁹/L, I² 75%.",
        "A BMI of 25 kg/m<sup>2</sup> and 4 × 10<sup>9</sup>/L.",
        "¹⁸F-FDG, <sup>18</sup>F and Ca²⁺",
        "Strains HPV 16, 18",
        "Smith et al. 5",
        "1. Warm up\n2. Walk\n3. Rest",
        "[1] Smith J. Knees and walking.\n[2] Jones K. Walking and knees.",
        "[1]: https://example.org",
        "`[1]`\n\n```\nfell [1]\n```",
        "Stored text cites by key [@smith2020; @jones2021].",
    ],
)
def test_numbers_that_do_not_cite_are_left_alone(text):
    assert numbers_in(text) == []


def test_a_single_trailing_number_far_above_the_others_is_a_measurement():
    assert numbers_in("Walking helps 1\n\nCycling helps 2\n\nThe best scores approach 88\n") == [(1,), (2,)]


def test_a_list_of_references_is_not_counted_among_the_citations_above_it():
    text = "Walking helps [1]. Cycling helps [2].\n\n[1] Smith J. Walking.\n[2] Jones K. Cycling.\n"
    assert numbers_in(text) == [(1,), (2,)]


def test_a_pasted_page_gives_every_mark_and_no_other():
    marks = loose_marks(PASTED)
    assert [mark.numbers for mark in marks] == [(1,), (1,), (1,), (2,), (3,), (4,), (1, 5), (6, 7), (1, 6)]


def test_a_loose_mark_knows_where_it_stands():
    text = "Pain fell [1]–[3] and sleep came 4, 5.\n"
    assert [text[mark.start : mark.end] for mark in loose_marks(text)] == ["[1]–[3]", "4, 5"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "unit",
    [
        "[",
        "[1",
        "[1](",
        "[1-99],",
        "1,",
        "a",
        "ab 1 ",
        "`` ` ",
        "\\`",
        "> ",
        "- ",
        "~~~\n",
        "[1] x\n",
        "[@a;",
        "<sup>",
        "²",
    ],
)
def test_hostile_text_is_read_in_time_that_grows_with_its_length(unit):
    text = unit * (100_000 // len(unit))
    started = time.process_time()
    loose_marks(text)
    cited_keys(text)
    assert time.process_time() - started < 2
