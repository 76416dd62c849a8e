"""A typing correction mends typing: whatever else it would change is refused, however small or well hidden it is."""

import pytest

from articles.rendering import UnreadableText, contents, render
from articles.typing_slips import most_slips, objections

BODY = """\
## What helps adults

Take teh tablets with with water. Adults take 10 mg twice daily [@a]. Do not take ibuprofen in pregnancy [@b].

Exercise eases the pain, and rest helps sleep [@c]. The wieght of proof is small. It has been tried in hypertension.

| Time | What |
|---|---|
| Morning | Walking |
| Evening | Stretching |

People recieve advice. A nurse explains it. See https://example.org/leaflet for more.
"""


def content(body=BODY, **changed):
    parts = {"short_answer": "Probably a little.", "body": body, "plain_body": ""}
    html = {part: render(text, numbers={"a": 1, "b": 2, "c": 3}) for part, text in parts.items()}
    return {
        "title": "Does it help?",
        "references": [],
        **parts,
        "html": html | {"headings": contents(html["body"])},
    } | changed


def told(*changes, read=BODY):
    now = read
    for was, becomes in changes:
        assert was in now
        now = now.replace(was, becomes, 1)
    return " ".join(map(str, objections(content(read), content(now))))


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("teh", "the"),
        ("with with", "with"),
        ("wieght", "weight"),
        ("recieve", "receive"),
        ("People", "people"),
        ("pain, and", "pain and"),
        ("proof is", "proof are"),
        ("A nurse", "The nurse"),
        ("tried in hypertension", "tried in the hypertension"),
    ],
)
def test_a_slip_of_the_typing_can_be_mended(was, becomes):
    assert told((was, becomes)) == ""


@pytest.mark.parametrize(
    ("was", "becomes", "named"),
    [
        ("10 mg", "100 mg", "“10” became “100”: "),
        ("10 mg", "ten mg", "“ten”"),
        ("10 mg", "10 µg", "dose"),
        ("10 mg", "１0 mg", "“１0”"),
        ("10 mg", "1O mg", "“1O”"),
        ("twice", "thrice", "number"),
        ("daily", "weekly", "dose"),
        ("ibuprofen", "ibuprofene", "drug"),
        ("Do not take", "Do take", "negation"),
        ("Do not take", "Do nоt take", "negation"),  # a Cyrillic о
        ("Do not take", "Do no\u0308t take", "negation"),
        ("pregnancy", "pregnant", "danger word"),
        ("eases", "cures", "strength"),
        ("[@b]", "[@c]", "citation"),
        (" [@a]", "", "citation"),
        ("[@c]", "[@c; @a]", "citation"),
        ("example.org/leaflet", "example.org/leaf1et", "citation"),
        ("pain, and rest helps sleep [@c]", "pain [@c], and rest helps sleep", "citation"),
        ("eases the pain, and rest helps sleep", "eases the sleep, and rest helps pain", "uses elsewhere too"),
        ("People recieve advice. A nurse explains it.", "A nurse explains it. People recieve advice.", "put in"),
        ("What helps adults", "What helps children", "structure"),
        ("Morning", "Evening", "another word"),
        ("| Morning | Walking |\n", "", "structure"),
        ("hypertension", "hypotension", "look alike"),
        ("People", "Реople", "hidden"),  # a Cyrillic Р
        ("People", "Peo\u00adple", "hidden"),
        ("nurse", "nursе", "hidden"),  # a Cyrillic е
        ("nurse", "purse", "another word"),
        ("nurse", "good nurse", "put in or taken out"),
        ("pain, and", "pain, or", "joins or places"),
        ("and rest", "nor rest", "negation"),
        ("It has been tried", "*It has been tried*", "structure"),
        ("small. It has", "small? It has", "question"),
        ("explains it. See", "explains it, see", "where a sentence ends"),
        ("rest", "unrest", "look alike"),
        ("with with water", "with without water", "negation"),
    ],
)
def test_whatever_could_change_the_meaning_is_refused_and_named(was, becomes, named):
    assert named in told((was, becomes))


@pytest.mark.parametrize(
    ("read", "now", "named"),
    [
        # What an article says about how many.
        ("Walking helps a few people.", "Walking helps few people.", "how many"),
        ("It eases it a little.", "It eases it little.", "how many"),
        ("A third of people rest.", "The third of people rest.", "how many"),
        ("See a number of people.", "See the number of people.", "how many"),
        # A letter that is a name of its own.
        ("The hepatitis A vaccine is good.", "The hepatitis vaccine is good.", "“A” was taken out"),
        ("The hepatitis vaccine is good.", "The hepatitis A vaccine is good.", "“A” was put in"),
        ("Measure lipoprotein (a) first.", "Measure lipoprotein first.", "“(a)” was taken out"),
        ("Vitamin K is good.", "Vitamin k is good.", "“K” became “k”"),
        ("A cancer of grade ii here.", "A cancer of grade iii here.", "“ii” became “iii”"),
        ("A cancer of stage iv here.", "A cancer of stage vi here.", "“iv” became “vi”"),
        # Capitals that make another word, and another unit.
        ("WHO say so.", "Who say so.", "abbreviation"),
        ("They say AIDS is here.", "They say aids is here.", "abbreviation"),
        ("It is given in mmol here.", "It is given in Mmol here.", "unit"),
        # Marks that say what belongs together.
        ("No, exercise is good.", "No exercise is good.", "comma"),
        ("It did not rest because of heat.", "It did not rest, because of heat.", "comma"),
        ("Patients, who smoke, rest.", "Patients who smoke rest.", "comma"),
        ("Pain and rash, or sweats.", "Pain, and rash or sweats.", "comma"),
        ("Pain and rash or sweats.", "Pain and (rash or sweats).", "bracket"),
        ("It is “healthy”.", "It is healthy.", "quotation"),
        ("It helps; for men, it hurts.", "It helps for men; it hurts.", "semicolon"),
        # Words that are right already, and that end or look like others.
        ("They had a colectomy.", "They had a colostomy.", "look alike"),
        ("Give the nitrate now.", "Give the nitrite now.", "look alike"),
        ("A dermatitis is here.", "A dermatosis is here.", "look alike"),
        ("It inhibits growth.", "It inhabits growth.", "look alike"),
        ("Look out for hypercalcaemia.", "Look out for hyperkalaemia.", "look alike"),
        ("Infections are frequent.", "Injections are frequent.", "look alike"),
        ("The metatarsal bone.", "The metacarpal bone.", "look alike"),
        ("Put heat on it.", "Put head on it.", "says something else"),
        ("Protect the skin.", "Protect the skip.", "says something else"),
        ("Rub an ointment in.", "Rub and ointment in.", "joins"),
        ("Rest, it is tired.", "Rest, if is tired.", "joins"),
        ("The pain is to be treated.", "The pain treated.", "taken out"),
    ],
)
def test_small_changes_that_turn_a_sentence_are_refused(read, now, named):
    assert named in " ".join(map(str, objections(content(read), content(now))))


@pytest.mark.parametrize(
    ("read", "now"),
    [
        ("THe pain is here.", "The pain is here."),
        ("Rest on monday.", "Rest on Monday."),
        ("Rest.\n\na nurse comes.", "Rest.\n\nA nurse comes."),
        ("It is good (for pain.", "It is good (for pain)."),
        ("Rest,heat and walks.", "Rest, heat and walks."),
        ("The patients leg is well.", "The patient's leg is well."),
        ("Rest - and heat.", "Rest – and heat."),
        ("He had had pain..", "He had pain."),
        ("An apendicitis is here.", "An appendicitis is here."),
    ],
)
def test_slips_of_marks_and_capitals_can_be_mended(read, now):
    assert objections(content(read), content(now)) == ()


def test_each_place_is_judged_and_named_where_it_stands_however_many_lines_differ_before_it():
    said = told(("Exercise eases", "Excercise eases"), ("in pregnancy", "in the pregnancy"), ("Walking", "W1lking"))
    assert "“Walking” became “W1lking”: number" in said
    assert "“more.” became “m0re.”" in told(("take ibu", "take  ibu"), ("pain, and", "pain and"), ("more.", "m0re."))


def test_many_small_corrections_do_not_add_up_to_a_large_one():
    slips = [("teh", "the"), ("wieght", "weight"), ("with with", "with"), ("recieve", "receive")]
    assert most_slips(content()) == 3
    assert told(*slips[:3]) == ""
    assert "4 words differ from what was read; 3 may" in told(*slips)


@pytest.mark.parametrize("hidden", ["\u200b", "\u2060", "\u202e"])
def test_a_character_that_hides_or_turns_round_others_never_gets_as_far(hidden):
    with pytest.raises(UnreadableText):
        told(("Do not take", f"Do n{hidden}ot take"))


def test_what_is_not_text_cannot_be_corrected_as_typing():
    changed = objections(content(), content(title="Does it hurt?", references=[{"key": "a"}], authors=["Bo"]))
    assert [each.part for each in changed] == ["the authors", "the references", "the title"]


@pytest.mark.slow
def test_a_hostile_text_is_judged_in_bounded_time():
    told(("## What helps adults", "x " * 40_000), read=BODY)
    assert "another word" in told(("teh", "a" * 30_000))
