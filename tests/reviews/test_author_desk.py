"""What the author's desk promises where editors and board come in: no surprise, no lost reason, no second copy."""

from datetime import timedelta

import pytest
from django.urls import reverse

from articles import editing
from articles.desk_findings import remarks
from articles.models import Move, Notice
from articles.states import State
from reviews import publication
from reviews.models import Notification
from tests import factories
from tests.desk import at, queries, typed_over, words

pytestmark = [pytest.mark.django_db, pytest.mark.one_stack]


@pytest.fixture
def desk(client, ana):
    """Ana, signed in."""
    client.force_login(ana)
    return client


# Submitting


def test_the_submit_page_says_what_will_happen_who_reads_it_and_under_which_caution(desk, ana):
    article = factories.draft(by=ana)
    page = words(desk.get(at("desk-submit", article)))
    assert "frozen as revision 1" in page
    assert "This text was made with an AI system, and no health professional has checked it." in page
    assert "Risk class 2" in page


def test_the_submit_page_says_how_many_may_read_it_and_how_long_it_took_for_others(desk, ana, rob, rita):
    article = factories.draft(by=ana)
    rita.specialties.clear()
    page = words(desk.get(at("desk-submit", article)))
    assert "2 board members can be asked now, 1 of them from the specialty" in page
    assert "not enough reviews of this risk class yet to say" in page
    for days in (1, 2, 3, 9, 30):
        decided = factories.submitted(by=ana)
        Move.objects.create(
            article=decided,
            revision=decided.latest_revision,
            origin=State.UNDER_REVIEW,
            target=State.CHANGES_REQUESTED,
            at=decided.latest_revision.submitted_at + timedelta(days=days),
            by_label="Rob",
        )
    page = words(desk.get(at("desk-submit", article)))
    assert "Half of the last 5 texts of this risk class were decided within 3 days" in page


def test_where_nothing_can_be_submitted_there_is_no_form_and_what_to_do_first(desk, ana, submitted):
    unfinished = factories.draft(by=ana, short_answer="")
    for article in (unfinished, submitted, factories.draft(by=ana, references=False)):
        assert "Submit revision" not in words(desk.get(at("desk-submit", article)))
    assert "Mend the text first" in words(desk.get(at("desk-submit", unfinished)))
    assert "Submit revision 1" in words(desk.get(at("desk-submit", factories.draft(by=ana))))


def test_words_that_raise_the_risk_are_told_before_submitting(desk, ana):
    article = factories.draft(by=ana, body="In an overdose, call for help [@hayden2021].\n")
    page = words(desk.get(at("desk-submit", article)))
    assert "Risk class 4, critical" in page
    assert "“overdose”" in page
    assert "Nothing before it is approved" in page


def test_submitting_freezes_the_text_and_tells_the_author_so(desk, draft, eva):
    answer = desk.post(at("desk-submit", draft), {"change_note": "First version"}, follow=True)
    assert "Revision 1 was sent to the editors" in words(answer)
    assert factories.fresh(draft).latest_revision.change_note == "First version"
    assert Notification.objects.filter(recipient=eva, kind="submitted").exists()


BLOCKED = "The World Health Organization recommends exercise [@hayden2021].\n"


def blocking(article):
    return remarks(article).blocking


def test_a_blocking_finding_is_mended_or_explained_and_the_explanation_goes_along(desk, ana):
    article = factories.draft(by=ana, body=BLOCKED)
    [remark] = blocking(article)
    refused = desk.post(at("desk-submit", article), {"change_note": "Kept note"})
    assert "Mend this in the text, or explain here" in words(refused)
    assert "Kept note" in words(refused)
    desk.post(at("desk-submit", article), {f"explain-{remark.finding.id}": "It quotes the site it is about."})
    frozen = factories.fresh(article).latest_revision
    assert frozen.findings["explanations"] == {remark.finding.id: "It quotes the site it is about."}


def test_a_citation_without_a_source_cannot_be_explained_away(desk, ana):
    article = factories.draft(by=ana, references=False)
    finding = blocking(article)[0].finding
    answer = desk.post(at("desk-submit", article), {f"explain-{finding.id}": "It is fine.", "change_note": "Kept note"})
    assert answer.status_code == 422
    assert "Not submitted." in words(answer)
    assert "Kept note" in words(answer)
    assert factories.fresh(article).state == State.DRAFT


def test_a_text_changed_after_the_submit_page_was_opened_is_looked_at_again(desk, draft, ana):
    seen = draft.edition
    editing.change(draft, by=ana, edition=seen, body=factories.BODY + "\nMore.\n")
    answer = desk.post(at("desk-submit", draft), {"edition": seen})
    assert "changed after you opened this page" in words(answer)
    assert factories.fresh(draft).state == State.DRAFT


def test_what_is_missing_is_said_before_and_after_trying(desk, ana):
    article = factories.draft(by=ana, short_answer="", title="Back pain")
    assert "a short answer" in words(desk.get(at("desk-submit", article)))
    answer = desk.post(at("desk-submit", article), {})
    assert "a short answer and a question mark" in words(answer)


def test_authors_say_their_interests_and_who_paid_or_that_there_is_nothing_and_readers_see_it(desk, client, ana):
    article = factories.draft(by=ana, interests="", funding="", risk=1)
    refused = words(desk.post(at("desk-submit", article), {}))
    assert "who paid for the work (“Nobody” has to be said) and the interests of Ana (“None” has to be said)" in refused
    desk.post(
        at("desk-edit", article), typed_over(article, interests="Owns shares in a gym.", funding="A health fund.")
    )
    publication.submit(factories.fresh(article), by=ana)
    frozen = factories.fresh(article).latest_revision.data
    assert frozen["declared"] == {"interests": "Owns shares in a gym.", "funding": "A health fund."}
    page = words(client.get(article.get_absolute_url()))
    assert "Owns shares in a gym." in page
    assert "A health fund." in page


def test_nothing_is_submitted_twice(desk, submitted):
    page = words(desk.get(at("desk-submit", submitted)))
    assert "It cannot be submitted now." in page
    assert desk.post(at("desk-submit", submitted), {}).status_code == 422
    assert factories.fresh(submitted).revisions.count() == 1


def test_after_changes_were_requested_the_reasons_and_what_was_changed_since_are_shown(desk, assignment, ana):
    article = assignment.revision.article
    factories.decided(assignment, "request_changes", reason="Say how large the effect is.")
    overview = words(desk.get(at("desk-article", article)))
    assert "Say how large the effect is." in overview
    assert "Rob" in overview
    article = factories.fresh(article)
    editing.change(article, by=ana, edition=article.edition, short_answer="Probably by about ten points of a hundred.")
    answer = desk.get(at("desk-submit", article))
    page = words(answer)
    assert "What changed since revision 1" in page
    assert [change.label for change in answer.context["changes"]] == ["Short answer"]
    assert "<ins>" in page
    assert "<del>" in page


# Withdrawing and history


def test_withdrawing_needs_a_reason_and_then_says_what_happened(desk, submitted):
    address = at("desk-withdraw", submitted)
    assert "Say why it is withdrawn" in words(desk.post(address, {"reason": " "}))
    assert factories.fresh(submitted).state == State.SUBMITTED
    said = {"why": "outdated", "reason": "Superseded by a guideline."}
    assert "Choose what readers are told" in words(desk.post(address, said | {"why": ""}))
    assert "Withdrawn." in words(desk.post(address, said, follow=True))
    assert Notice.objects.get().details == {"why": "outdated"}
    assert factories.fresh(submitted).state == State.WITHDRAWN


def test_a_draft_that_was_never_submitted_has_nothing_to_withdraw(desk, draft):
    page = words(desk.get(at("desk-withdraw", draft)))
    assert "It cannot be withdrawn now." in page
    assert 'name="reason"' not in page


# The list and its cost


def test_an_empty_desk_says_what_to_do_next(desk):
    assert "Write your first article" in words(desk.get(reverse("desk")))


def test_the_list_says_what_each_article_waits_for(desk, draft, assignment):
    page = words(desk.get(reverse("desk")))
    assert "Waits for you: write and submit it." in page
    assert "Waits for Rob: read it and decide" in page


@pytest.mark.slow
def test_the_list_costs_the_same_for_three_articles_and_for_thirty(desk, ana):
    [factories.submitted(by=ana) if n else factories.draft(by=ana) for n in range(3)]
    few = queries(desk, reverse("desk"))
    [factories.draft(by=ana) for _ in range(27)]
    assert queries(desk, reverse("desk")) == few <= 15
