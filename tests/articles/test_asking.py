"""A question is answered with paragraphs of checked texts and with nothing else."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles import paragraphs
from articles.asking import MOST_OF_ONE_ARTICLE, MOST_PASSAGES, passages_for, unit_at
from articles.models import Passage
from articles.question_words import likeness, sounds_urgent, terms_of
from editorial import clock
from reviews import publication
from tests import factories

GLUCOSAMINE = (
    "## Pills and powders\n\nGlucosamine eases pain of the knee no more than sugar pills do [@hayden2021].\n\n"
    "See a doctor soon if one of these is true:\n\n- the knee is hot and red\n- you have a fever\n\n"
    "| Pill | Pain |\n|---|---|\n| Glucosamine tablets of the morning | 2 |\n"
)


def asked(question, **options):
    return passages_for(question, at=clock.now(), **options)


def quoted(question, **options):
    return [p.text for each in asked(question, **options) for p in each.paragraphs]


@pytest.fixture
def knee(ana, rob, eva):
    return factories.approved(by=ana, reviewer=rob, editor=eva, title="What helps a stubborn knee?", body=GLUCOSAMINE)


# Words


def test_a_question_is_about_its_telling_words_and_no_others():
    assert terms_of("Does it help, and how long? What's the best way?").required == ()
    assert terms_of("Doesn't Vitamin D help in pregnancy?").required == ("vitamin", "d", "pregnancy")
    assert terms_of("\" OR NEAR(x) * : {text} ^ - '").required == ("near", "x", "text")


@pytest.mark.parametrize(
    ("question", "is_urgent"),
    [
        ("My father collapsed and is not breathing, what now?", True),
        ("I took an overdose of paracetamol", True),
        ("I want to die", True),
        ("Chest pain when climbing stairs, is that normal?", True),
        ("Is there a cure for arthritis?", False),
        ("Does exercise help long-lasting back pain?", False),
    ],
)
def test_words_of_an_emergency_are_heard_and_a_subject_is_not_taken_for_one(question, is_urgent):
    assert sounds_urgent(question) is is_urgent


def test_two_ways_to_ask_the_same_are_alike():
    one = "Does glucosamine help against knee pain?"
    assert likeness(one, "Is glucosamine any good for pain in the knees?") > 0.6
    assert likeness(one, "Does exercise help against back pain?") < 0.4


# Passages


@pytest.mark.django_db
def test_paragraphs_are_quoted_as_they_stand_and_a_list_never_without_what_leads_into_it(knee):
    [found] = asked("Does glucosamine ease knee pain?")
    assert [(p.heading, p.place, p.text) for p in found.paragraphs] == [
        ("Pills and powders", "s-pills-and-powders", "Glucosamine eases pain of the knee no more than sugar pills do.")
    ]
    assert found.unit.checked_line.startswith("Checked by Rob")
    assert quoted("fever and a hot red knee") == [
        "See a doctor soon if one of these is true:\n• the knee is hot and red\n• you have a fever"
    ]
    assert quoted("glucosamine tablets morning") == []


@pytest.mark.django_db
def test_every_telling_word_must_be_there_and_one_of_them_in_the_paragraph(knee):
    assert quoted("Does glucosamine ease knee pain in pregnancy?") == []
    assert quoted("stubborn") == []  # in the title alone
    assert quoted("and the of") == []
    assert quoted("x " * 200) == []


@pytest.mark.django_db
def test_inv1_only_what_is_proven_at_this_moment_is_quoted(knee, ana, eva, ruth):
    question = "Does glucosamine ease knee pain?"
    waiting = factories.submitted(by=ana, title="Is glucosamine new?", body=GLUCOSAMINE.replace("sugar", "canary"))
    assert not Passage.objects.filter(article=waiting).exists()
    assert len(asked(question)) == 1
    assert passages_for(question, at=clock.now() + timedelta(days=1200)) == []
    # An index that is wrong quotes nothing: neither for a text nobody checked, nor words that do not stand in it.
    Passage.objects.create(article=waiting, source="forged", position=0, title="x", text="Glucosamine eases knee pain.")
    Passage.objects.create(article=knee, source="forged", position=99, title="x", text="Glucosamine cures knee pain.")
    assert quoted(question) == ["Glucosamine eases pain of the knee no more than sugar pills do."]
    publication.raise_concern(knee, by=ruth, text="A source is being looked into.", details=factories.CONCERN)
    assert asked(question)[0].unit.caution
    publication.withdraw(knee, by=eva, reason="Wrong.")
    assert asked(question) == []
    assert not Passage.objects.filter(article=knee).exists()


@pytest.mark.django_db
def test_the_index_can_be_made_anew_and_is_then_the_same(knee, approved, ana):
    kept = list(Passage.objects.values_list("article", "position", "heading", "text"))
    forged = Passage.objects.create(article=factories.submitted(by=ana), source="x", position=0, title="x", text="x")
    Passage.objects.filter(article=knee).delete()
    assert paragraphs.catch_up() == 1
    assert list(Passage.objects.values_list("article", "position", "heading", "text")) == kept
    assert not Passage.objects.filter(pk=forged.pk).exists()
    assert paragraphs.catch_up() == 0


@pytest.mark.django_db
def test_a_follow_up_stays_with_the_subject_it_came_from(knee, approved, ana, rob, eva):
    factories.approved(
        by=ana, reviewer=rob, editor=eva, title="Is the flu jab useful?", body="A fever often follows.\n"
    )
    about = unit_at(approved.slug, at=clock.now())
    assert [each.unit.slug for each in asked("And with a fever?", about=about)] == [approved.slug]
    assert {each.unit.slug for each in asked("And with a fever?")} > {approved.slug}


@pytest.mark.django_db
@pytest.mark.slow
def test_an_answer_is_short_always_the_same_and_costs_the_same_for_any_number_of_texts(ana, rob, eva, knee):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            asked("Does glucosamine ease knee pain?")
        return len(queries)

    alone = cost()
    body = "\n\n".join(f"Glucosamine eases knee pain a little, case {n} of a long row of cases." for n in range(9))
    for _ in range(6):
        factories.approved(by=ana, reviewer=rob, editor=eva, body=body, references=False)
    answers = asked("Does glucosamine ease knee pain?")
    assert sum(len(each.paragraphs) for each in answers) == MOST_PASSAGES
    assert max(len(each.paragraphs) for each in answers) == MOST_OF_ONE_ARTICLE
    assert [e.unit.slug for e in answers] == [e.unit.slug for e in asked("Does glucosamine ease knee pain?")]
    assert cost() == alone <= 5
