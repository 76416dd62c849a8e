"""What is typed and not saved: never lost, never in the way, nobody else's."""

from datetime import timedelta

import pytest
from django.urls import reverse

from articles import buffers, editing
from articles.models import Article, Buffer
from articles.outlines import OUTLINES
from editorial import clock
from editorial.errors import WorkflowError
from editorial.models import AuditEntry
from reviews import publication
from tests import factories
from tests.desk import at, queries, typed, typed_over, words

pytestmark = pytest.mark.django_db

TAB, OTHER_TAB = "a" * 32, "b" * 32


@pytest.fixture
def desk(client, ana):
    client.force_login(ana)
    return client


def sent(article=None, *, tab=TAB, step=1, **changes):
    """What the script sends of a form."""
    form = typed_over(article, **changes) if article else typed(**changes)
    return form | {"tab": tab, "step": step}


def test_words_are_kept_apart_from_the_text_and_offered_to_their_writer_alone(desk, client, draft, ana, noor):
    before = (draft.body, draft.edition, AuditEntry.objects.count())
    answer = desk.post(at("desk-words", draft), sent(draft, body="Half a sentence\r\nand more"))
    assert (answer.status_code, answer["Cache-Control"].count("no-store")) == (200, 1)
    told = answer.json()
    assert (told["is_settled"], told["edition"], told["saved_by"]) == (False, draft.edition, "Ana")
    now = factories.fresh(draft)
    assert (now.body, now.edition, AuditEntry.objects.count()) == before

    page = words(desk.get(at("desk-edit", draft)))
    assert "You have unsaved words from" in page
    assert "Half a sentence" not in page
    compared = words(desk.get(told["look"]))
    assert "Half a sentence" in compared
    taken = desk.get(at("desk-edit", draft), {"take": Buffer.objects.get().pk})
    assert taken.context["form"]["body"].value() == "Half a sentence\nand more"
    assert "Nothing is stored until you save" in words(taken)

    factories.joined(draft, noor)
    client.force_login(noor)
    assert "unsaved words" not in words(client.get(at("desk-edit", draft)))
    assert (client.get(told["look"]).status_code, client.post(told["look"], {"step": 1}).status_code) == (404, 404)


def test_saving_settles_the_words_of_its_tab_and_what_arrives_late_is_not_offered_again(desk, draft):
    desk.post(at("desk-words", draft), sent(draft, body="First."))
    desk.post(at("desk-words", draft), sent(draft, body="Another tab's.", tab=OTHER_TAB))
    assert desk.post(at("desk-edit", draft), sent(draft, body="First and last.")).status_code == 302
    late = desk.post(at("desk-words", draft), sent(draft, body="First.", step=2))
    assert late.json()["is_settled"]
    [left] = buffers.waiting(factories.fresh(draft), by=draft.author)
    assert left.fields["body"] == "Another tab's."

    taken = f"{left.pk}-{left.step}"
    over = sent(factories.fresh(draft), body="Both.", tab="c" * 32) | {"taken": taken}
    desk.post(at("desk-words", draft), sent(draft, body="Typed on over there.", tab=OTHER_TAB, step=9))
    desk.post(at("desk-edit", draft), over)
    [left] = buffers.waiting(factories.fresh(draft), by=draft.author)
    assert left.fields["body"] == "Typed on over there."


def test_words_typed_over_an_older_edition_end_in_a_choice(desk, draft, ana):
    desk.post(at("desk-words", draft), sent(draft, body="Mine, from the train."))
    editing.change(draft, by=ana, edition=draft.edition, body="Stored meanwhile.")
    buffer = Buffer.objects.get()
    assert "was saved again since" in words(desk.get(at("desk-edit", draft)))
    form = desk.get(at("desk-edit", draft), {"take": buffer.pk}).context["form"]
    assert form["edition"].value() == draft.edition
    answer = desk.post(at("desk-edit", draft), sent(draft, body=form["body"].value(), tab=OTHER_TAB))
    assert answer.status_code == 409
    assert factories.fresh(draft).body == "Stored meanwhile."
    assert answer.context["form"]["body"].value() == "Mine, from the train."


def test_a_slow_sending_replaces_nothing_newer_and_discarding_deletes_nothing_unseen(desk, draft):
    for step, body in ((5, "Newer."), (4, "Older.")):
        desk.post(at("desk-words", draft), sent(draft, body=body, step=step))
    buffer = Buffer.objects.get()
    assert buffer.fields["body"] == "Newer."
    look = reverse("desk-words-kept", args=[buffer.pk])
    assert desk.post(look, {"step": 4}).status_code == 409
    assert desk.post(look, {"step": 5}).url == at("desk-edit", draft)
    assert not Buffer.objects.exists()


def test_a_new_text_is_kept_before_it_is_an_article(desk):
    desk.post(reverse("desk-words-new"), sent(title="Does rest help?", body="It"))
    assert "You have unsaved words" in words(desk.get(reverse("desk-new")))
    assert "unsaved words of a new article" in words(desk.get(reverse("desk")))
    taken = desk.get(reverse("desk-new"), {"take": Buffer.objects.get().pk}).context["form"]
    assert (taken["title"].value(), taken["body"].value()) == ("Does rest help?", "It")
    desk.post(reverse("desk-new"), sent(title="Does rest help?", body="It does."))
    assert Article.objects.get().body == "It does."
    assert "unsaved words" not in words(desk.get(reverse("desk")))


def test_who_is_signed_out_or_somebody_else_is_told_in_a_form_a_script_can_read(desk, client, draft, noor):
    client.logout()
    answer = client.post(at("desk-words", draft), sent(draft))
    assert (answer.status_code, answer.json()) == (401, {"sign_in": reverse("login")})
    client.force_login(noor)
    assert client.post(reverse("desk-words-new"), sent() | {"person": draft.author_id}).status_code == 401
    assert not Buffer.objects.exists()


def test_what_is_kept_is_bounded_and_takes_any_characters(desk, draft, monkeypatch):
    refused = desk.post(at("desk-words", draft), sent(draft, body="x" * (buffers.LONGEST + 1)))
    assert (refused.status_code, "kept on this device only" in refused.json()["refusal"]) == (422, True)
    assert desk.post(at("desk-words", draft), sent(draft, tab="no tab")).status_code == 422
    odd = "A null \0 and half a pair"
    assert desk.post(at("desk-words", draft), sent(draft, body=odd, topic="9" * 5000)).status_code == 200
    assert desk.post(at("desk-words", draft), sent(draft, edition="9" * 12, step=3)).status_code == 200
    assert desk.get(at("desk-edit", draft)).status_code == 200
    monkeypatch.setattr(buffers, "MOST_TABS", 1)
    assert desk.post(at("desk-words", draft), sent(draft, tab=OTHER_TAB)).status_code == 422
    assert desk.post(at("desk-words", draft), sent(draft, step=2, body="Mine.")).status_code == 200


def test_the_clock_forgets_after_thirty_days_and_nothing_newer(draft, ana):
    with clock.at(clock.now() - timedelta(days=31)):
        factories.unsaved_words(draft, by=ana, body="Long ago.")
    factories.unsaved_words(draft, by=ana, tab=TAB, body="Now.")
    assert buffers.forget() == 1
    assert [buffer.fields["body"] for buffer in buffers.waiting(draft, by=ana)] == ["Now."]


# While one writes


def test_the_page_shows_what_is_being_typed_as_readers_would_see_it_and_stores_nothing(desk, draft):
    body = (
        "## What it does\n\nExercise cures back pain in 80 % of people [@hayden2021].\n\n## When to get help\n\nSoon."
    )
    answer = desk.post(at("desk-typed", draft), typed_over(draft, body=body))
    page = words(answer)
    assert answer.status_code == 200
    assert "Exercise cures back pain" in page
    assert answer.context["unit"].caution.text in page
    live = answer.context["live"]
    assert [place.words for _, place in live.outline] == ["What it does", "When to get help"]
    assert {said.place.words for said in live.findings if said.place} & {
        "Exercise cures back pain in 80 % of people [@hayden2021]."
    }
    assert next(each.words for each in live.measures if each.label == "Body") == 16
    assert "textstat" in page
    assert factories.fresh(draft).body == draft.body

    assert "too short to grade" in words(desk.post(at("desk-typed", draft), {}))
    dangling = desk.post(at("desk-typed", draft), typed_over(draft, body="It helps [@later2024]."))
    assert "[@later2024] is not among the references yet" in words(dangling)
    refused = desk.post(at("desk-typed", draft), typed_over(draft, body="One \u202e two"))
    assert (refused.status_code, "cannot be shown as a page yet" in words(refused)) == (200, True)


def test_a_text_that_was_never_saved_is_shown_as_readers_would_see_it_too(desk, ana):
    sent = typed(body="## What it does\n\nExercise cures pain [@hayden2021].", interests="Owns a gym.")
    answer = desk.post(reverse("desk-typed-new"), sent)
    page = words(answer)
    assert answer.context["unit"].caution.text in page
    assert "[@hayden2021] is not among the references yet" in page
    unit = answer.context["unit"]
    assert (unit.text.interests, unit.topic, unit.text.authors) == ("Owns a gym.", "Physiotherapy", ("Ana",))
    assert [place.words for _, place in answer.context["live"].outline] == ["What it does"]
    assert answer.context["live"].findings
    for empty in ({}, {"topic": "9" * 400, "ai_involvement": "x", "audience": "x"}):
        assert "too short to grade" in words(desk.post(reverse("desk-typed-new"), empty))
    assert not Article.objects.exists()


@pytest.mark.slow
def test_words_from_thirty_tabs_cost_as_many_queries_as_those_from_three(desk, draft, ana):
    def grow(count):
        for number in range(Buffer.objects.count() // 2, count):
            for article in (draft, None):
                tab = f"{number:031x}{0 if article else 1}"
                factories.unsaved_words(article, by=ana, tab=tab, body=f"Kept {number}.")
        addresses = (at("desk-edit", draft), reverse("desk-new"), reverse("desk"))
        return [queries(desk, address) for address in addresses]

    assert grow(3) == grow(30)


# Where to begin


def test_each_kind_of_article_comes_with_its_sections_and_guidance_can_never_be_submitted(desk, draft, ana):
    page = words(desk.get(reverse("desk-new")))
    for outline in OUTLINES:
        assert outline.name in page
        begun = desk.get(reverse("desk-new"), {"kind": outline.slug}).context["form"]["body"].value()
        assert begun.count("## ") == begun.count("<!-- Guide: ") == len(outline.sections)
    assert desk.get(reverse("desk-new"), {"kind": "nothing-known"}).context["form"]["body"].value() is None

    body = f"{OUTLINES[0].body}\nExercise helps [@hayden2021].\n"
    article = editing.change(draft, by=ana, edition=draft.edition, body=body)
    assert "its guidance taken out" in words(desk.get(at("desk-submit", article)))
    with pytest.raises(WorkflowError, match="guidance"):
        publication.submit(article, by=ana)
    editing.change(article, by=ana, edition=article.edition, body=f"{factories.BODY}<!-- Guide: left open")
    with pytest.raises(WorkflowError, match="guidance"):
        publication.submit(article, by=ana)
    shown = desk.post(at("desk-typed", draft), typed_over(draft, body=body))
    assert "Guide:" not in words(shown)
    assert "Exercise helps" in shown.context["unit"].text.body_html
