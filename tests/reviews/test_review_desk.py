"""The review desk and the editors' pages: what they show, whom they refuse, and that nothing typed is lost."""

import time
from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse

from articles import editing
from articles.importers.records import ReferenceRecord
from articles.models import Approval, Move, Notice
from articles.revisions import compare
from articles.states import NoticeKind, State
from editorial import clock
from reviews import assignments, claims, decisions, policy, publication, receipts
from reviews.claims import claims_of, mark_of
from reviews.kinds import Ending, Verdict
from reviews.models import Decision, ReviewAssignment
from tests import factories

pytestmark = pytest.mark.one_stack

XSS = '<script>alert("x")</script>'
SHOWN_XSS = "&lt;script&gt;alert("


def desk(assignment):
    return reverse("admin:reviews_reviewassignment_change", args=[assignment.pk])


def page(article):
    return reverse("admin:articles_article_change", args=[article.pk])


def history(article):
    return reverse("admin:article-history", args=[article.pk])


PASSWORD = "told-to-nobody"


def served(assignment, **said):
    """What the form of a freshly opened desk carries."""
    receipt = receipts.issue(assignment, to=assignment.reviewer.user)
    return {"act": "decide", "digest": assignment.revision.digest, "receipt": receipt, "reason": ""} | said


def approval(assignment, **said):
    """What the form says when the reading is complete."""
    if assignment.is_open:
        factories.read(assignment)
    return served(assignment, verdict="approve", statement="on", password=PASSWORD, **said)


def sign_in(client, member):
    """With a password of their own, which an approval asks for."""
    member.user.set_password(PASSWORD)
    member.user.save()
    client.force_login(member.user)


@pytest.fixture(autouse=True)
def _quick_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def as_rob(client, rob):
    sign_in(client, rob)
    return client


@pytest.fixture
def as_eva(client, eva):
    client.force_login(eva)
    return client


@pytest.fixture
def as_ruth(client, ruth):
    client.force_login(ruth)
    return client


# What a board member sees


def test_a_reviewer_lands_on_what_is_asked_of_them(as_rob, assignment):
    front = as_rob.get(reverse("admin:index")).content.decode()
    assert "My reviews" in front
    assert assignment.revision.data["title"] in front
    assert "Not opened yet" in front


def test_a_reviewer_with_nothing_to_do_is_told_so(as_rob):
    assert "Nothing is waiting for you" in as_rob.get(reverse("admin:index")).content.decode()


def test_an_overdue_review_is_called_overdue(as_rob, assignment):
    with clock.at(assignment.due_at + timedelta(days=1)):
        assert "Overdue (1)" in as_rob.get(reverse("admin:index")).content.decode()
        assert "Overdue" in as_rob.get(desk(assignment)).content.decode()


def test_the_desk_shows_the_frozen_text_with_its_sources_and_digest(as_rob, assignment):
    response = as_rob.get(desk(assignment))
    shown = response.content.decode()
    assert "Regular exercise probably eases" in shown
    assert "Systematic review" in shown
    assert "10.1002/14651858.CD009790.pub2" in shown
    assert assignment.revision.digest in shown
    assert response.context["told"].caution.text in shown


def test_the_desk_shows_the_frozen_text_and_not_what_the_author_wrote_since(as_rob, assignment, ana, submitted):
    article = factories.fresh(submitted)
    editing.change(article, by=ana, edition=article.edition, body="A canary that only authors may read.")
    assert "canary" not in as_rob.get(desk(assignment)).content.decode()


def test_the_first_opening_goes_on_record_once(as_rob, assignment):
    as_rob.get(desk(assignment))
    first = ReviewAssignment.objects.get().opened_at
    as_rob.get(desk(assignment))
    assert first is not None
    assert ReviewAssignment.objects.get().opened_at == first


def test_the_desk_shows_what_changed_since_the_approved_revision(as_rob, approved, rob, ana, eva):
    article = editing.change(
        approved, by=ana, edition=approved.edition, body=factories.BODY.replace("a little", "greatly")
    )
    publication.submit(article, by=ana, change_note="Stronger wording")
    again = factories.assigned(factories.fresh(article), rob, by=eva)
    shown = as_rob.get(desk(again)).content.decode()
    assert "Stronger wording" in shown
    assert "Changes that touch the meaning (1)" in shown
    assert '<del data-sign="strength"><span class="for-ears">[removed strength: </span>' in shown
    assert '<a href="#change-body-1">' in shown
    assert '<ins id="change-body-1" data-sign="strength"><span class="for-ears">[added strength: </span>' in shown


def test_before_a_first_approval_the_desk_shows_what_changed_since_this_reviewer_read_it(
    client, as_rob, assignment, rob, rita, ana, eva
):
    factories.decided(assignment, "request_changes")
    article = factories.fresh(assignment.revision.article)
    editing.change(article, by=ana, edition=article.edition, short_answer="Probably somewhat, for most people.")
    publication.submit(factories.answered(article), by=ana)
    again, new_to_it = (factories.assigned(article, member, by=eva) for member in (rob, rita))
    assert "Against revision 1, which you decided on before" in as_rob.get(desk(again)).content.decode()
    client.force_login(rita.user)
    assert "so everything is new" in client.get(desk(new_to_it)).content.decode()


def test_findings_come_with_what_the_author_answered(as_rob, assignment):
    findings = as_rob.get(desk(assignment)).context["findings"]
    assert not findings.is_missing


def test_the_desk_is_kept_by_no_cache_and_no_search_engine(as_rob, assignment):
    response = as_rob.get(desk(assignment))
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert response["Cache-Control"] == "no-store"


def test_other_decisions_are_hidden_until_ones_own_is_recorded(client, submitted, rob, rita, eva):
    first, second = (factories.assigned(submitted, member, by=eva) for member in (rob, rita))
    factories.decided(first, "approve", reason="")
    sign_in(client, rita)
    assert "Decision on revision" not in client.get(history(submitted)).content.decode()
    assert "shown after your own decision" in client.get(desk(second)).content.decode()
    client.post(desk(second), approval(second))
    record = client.get(desk(second)).content.decode()
    assert "Rob, Physiotherapist" in record
    # The loan of the article ends with the review; what was decided beside it stays with one's own record.
    assert client.get(history(submitted)).status_code == 404


# Deciding


def test_an_approval_is_recorded_with_what_was_served(as_rob, assignment):
    response = as_rob.post(desk(assignment), approval(assignment, reason="Clear and right."))
    assert response.status_code == 302
    decision = Decision.objects.get()
    assert (decision.verdict, decision.digest) == (Verdict.APPROVE, assignment.revision.digest)
    assert decision.reason == "Clear and right."


def test_after_deciding_the_desk_shows_the_record_and_of_the_text_only_what_was_judged(as_rob, assignment):
    as_rob.post(desk(assignment), approval(assignment))
    shown = as_rob.get(desk(assignment)).content.decode()
    assert "Record number" in shown
    assert "Regular exercise probably eases" in shown
    assert "Probably a little" not in shown
    assert "pain follows a fall" not in shown
    assert "10.1002/14651858" not in shown


@pytest.mark.parametrize("verdict", ["request_changes", "reject", "unsafe"])
def test_a_refusal_carries_its_reasons(as_rob, assignment, verdict):
    as_rob.post(desk(assignment), served(assignment, verdict=verdict, reason="The dose is wrong."))
    decision = Decision.objects.get()
    assert (decision.verdict, decision.reason) == (verdict, "The dose is wrong.")


@pytest.mark.parametrize(
    ("missing", "status"), [("digest", 409), ("receipt", 409), ("statement", 422)], ids=lambda value: str(value)
)
def test_a_02_no_approval_without_digest_receipt_and_statement(as_rob, assignment, missing, status):
    said = approval(assignment, reason="Words that must stay.")
    del said[missing]
    response = as_rob.post(desk(assignment), said)
    assert response.status_code == status
    assert "Words that must stay." in response.content.decode()
    assert not Decision.objects.exists()


def test_a_02_the_receipt_of_another_reader_is_refused(as_rob, assignment, submitted, rita, eva):
    other = factories.assigned(submitted, rita, by=eva)
    said = approval(assignment) | {"receipt": receipts.issue(other, to=rita.user)}
    assert as_rob.post(desk(assignment), said).status_code == 409
    assert not Decision.objects.exists()


@pytest.mark.parametrize("verdict", ["request_changes", "reject", "unsafe"])
def test_a_refusal_without_reasons_is_asked_for_them(as_rob, assignment, verdict):
    response = as_rob.post(desk(assignment), served(assignment, verdict=verdict))
    assert response.status_code == 422
    assert "Give your reasons" in response.content.decode()
    assert not Decision.objects.exists()


def test_a_30_a_field_nobody_asked_for_is_refused(as_rob, assignment):
    response = as_rob.post(desk(assignment), approval(assignment, state="approved"))
    assert response.status_code == 422
    assert "no field “state”" in response.content.decode()
    assert not Decision.objects.exists()


def test_a_tab_that_was_served_another_text_is_told_so_and_keeps_its_words(as_rob, assignment):
    said = approval(assignment, reason="My careful words.") | {"digest": "0" * 64}
    response = as_rob.post(desk(assignment), said)
    shown = response.content.decode()
    assert response.status_code == 409
    assert "Nothing was recorded." in shown
    assert "My careful words." in shown
    assert assignment.revision.digest in shown
    assert 'name="statement" id="decide-statement" checked' not in shown


def test_a_27_an_assignment_that_ended_meanwhile_answers_409_without_the_text(as_rob, assignment, eva):
    said = served(assignment, verdict="reject", reason="My careful words.")
    assignments.take_back(assignment, by=eva, reason="Rob is on leave.")
    response = as_rob.post(desk(assignment), said)
    shown = response.content.decode()
    assert response.status_code == 409
    assert "taken back by the editor" in shown
    assert "My careful words." in shown
    assert "Regular exercise probably eases" not in shown
    assert not Decision.objects.exists()


def test_a_second_tab_after_a_new_revision_answers_409(as_rob, assignment, ana, submitted, rita, eva):
    said = approval(assignment, reason="My careful words.")
    factories.decided(factories.assigned(submitted, rita, by=eva), "request_changes")
    publication.submit(factories.answered(submitted), by=ana)
    response = as_rob.post(desk(assignment), said)
    assert response.status_code == 409
    assert "My careful words." in response.content.decode()
    assert not Approval.objects.exists()


def test_deciding_twice_records_once(as_rob, assignment):
    said = approval(assignment)
    assert as_rob.post(desk(assignment), said).status_code == 302
    assert as_rob.post(desk(assignment), said).status_code == 409
    assert Decision.objects.count() == 1


def test_a_reviewer_declines_with_a_reason(as_rob, assignment):
    assert as_rob.post(desk(assignment), {"act": "decline", "reason": ""}).status_code == 422
    assert as_rob.post(desk(assignment), {"act": "decline", "reason": "Not my field."}).status_code == 302
    assert ReviewAssignment.objects.get().ending == Ending.DECLINED
    assert as_rob.get(desk(assignment)).status_code == 404


def test_a_board_member_who_left_reads_nothing_more(as_rob, assignment, rob):
    rob.left_at = clock.now().date()
    rob.save()
    assert as_rob.get(desk(assignment)).status_code == 404


def test_a_text_that_was_tampered_with_is_not_served(as_rob, assignment, monkeypatch):
    monkeypatch.setattr("reviews.desk_page.is_intact", lambda revision: False)
    response = as_rob.get(desk(assignment))
    assert response.status_code == 503
    assert "Regular exercise probably eases" not in response.content.decode()


# Claim by claim


def on_claim(assignment, **said):
    (claim,) = claims_of(assignment.revision)
    digest = assignment.revision.digest
    empty = {"act": "judge", "finding": "", "place": "", "note": "", "seen": ""}
    return empty | {"identity": claim.identity, "digest": digest} | said


def test_a_verdict_is_saved_by_the_form_alone_and_by_the_script_at_the_same_address(as_rob, assignment):
    response = as_rob.post(desk(assignment) + "?show=to-do", on_claim(assignment, finding="partly", place="Table 2"))
    assert response.url == desk(assignment) + "?show=to-do&claim=1#claim-1"
    kept = assignment.claim_verdicts.get()
    assert (kept.finding, kept.place) == ("partly", "Table 2")
    by_script = {"headers": {"accept": "application/json"}}
    stale = on_claim(assignment, finding="supported")
    assert as_rob.post(desk(assignment), stale, **by_script).status_code == 409, "another tab was first"
    fresh = on_claim(assignment, finding="supported", seen=mark_of(kept))
    told = as_rob.post(desk(assignment), fresh, **by_script).json()
    assert told["progress"] == "1 of 1 claim, 0 of 12 checklist"
    assert told["seen"] == mark_of(assignment.claim_verdicts.get())
    assert told["missing"][0]["anchor"] == "check-fit"
    refused = as_rob.post(desk(assignment), fresh | {"digest": "0" * 64}, **by_script)
    assert (refused.status_code, "not the one under review" in refused.json()["refusal"]) == (409, True)
    assert as_rob.post(desk(assignment), fresh | {"act": "clear", "seen": told["seen"]}).status_code == 302
    assert not assignment.claim_verdicts.exists()


def test_what_was_refused_stands_in_its_form_again(as_rob, assignment):
    refused = as_rob.post(desk(assignment), on_claim(assignment, finding="contradicted", place="My careful place"))
    shown = refused.content.decode()
    assert refused.status_code == 422
    assert "write a note for the authors" in shown
    assert 'value="contradicted" checked' in shown
    assert "My careful place" in shown
    answers = {
        "act": "answer",
        "digest": assignment.revision.digest,
        "answer-harm": "no",
        "note-fit": "My careful note",
    }
    refused = as_rob.post(desk(assignment), answers)
    shown = refused.content.decode()
    assert (refused.status_code, "My careful note" in shown) == (422, True)
    assert 'name="answer-harm" value="no" checked' in shown
    for unknown in (on_claim(assignment, finding="supported", state="approved"), answers | {"answer-charm": "yes"}):
        assert "no field" in as_rob.post(desk(assignment), unknown).content.decode()
    assert not assignment.claim_verdicts.exists()


def test_findings_stand_at_the_sentence_and_the_source_they_concern(as_rob, ana, rob, eva):
    article = factories.draft(by=ana, references=False)
    editing.add_references(article, [replace(factories.HAYDEN, year=2001)], by=ana)
    publication.submit(article, by=ana)
    assignment = factories.assigned(factories.fresh(article), rob, by=eva)
    ((card, _),) = as_rob.get(desk(assignment)).context["cards"]
    assert [source.record["key"] for source in card.sources] == ["hayden2021"]
    beside = [said.rule for said in (*card.findings, *card.sources[0].findings)]
    assert "REF-OLD" in beside
    elsewhere = as_rob.get(desk(assignment)).context["elsewhere"].said
    every = as_rob.get(desk(assignment)).context["findings"].said
    assert len(beside) + len(elsewhere) == len(every)


def test_an_approval_that_is_not_ready_is_told_what_is_missing_with_links_and_no_password_is_tried(
    as_rob, assignment, monkeypatch
):
    monkeypatch.setattr("reviews.confirmation.confirm", lambda *_, **__: pytest.fail("looked at the password"))
    said = served(assignment, verdict="approve", statement="on", password="wrong")
    response = as_rob.post(desk(assignment), said)
    shown = response.content.decode()
    assert response.status_code == 422
    assert '<a href="#claim-1">Claim 1 has no verdict yet</a>' in shown
    assert '<a href="#check-fit">' in shown
    assert "wrong" not in shown.split('name="password"')[1][:200]


def test_a_wrong_password_approves_nothing_and_keeps_the_words(as_rob, assignment):
    said = approval(assignment, reason="My careful words.") | {"password": "wrong"}
    response = as_rob.post(desk(assignment), said)
    shown = response.content.decode()
    assert response.status_code == 422
    assert "That is not your password" in shown
    assert "My careful words." in shown
    assert not Decision.objects.exists()


def test_unsafe_takes_one_small_form_whatever_else_is_done(as_rob, assignment):
    form = served(assignment)
    form = {"act": "unsafe", **{name: form[name] for name in ("digest", "receipt", "reason")}}
    assert "What could hurt someone" in as_rob.get(desk(assignment)).content.decode()
    assert as_rob.post(desk(assignment), form).status_code == 422
    assert as_rob.post(desk(assignment), form | {"reason": "Ten times the dose."}).status_code == 302
    assert Decision.objects.get().verdict == Verdict.UNSAFE


def test_after_ones_own_decision_the_record_shows_where_reviewers_differ_first(client, ana, rob, rita, eva):
    body = "Walk 10 minutes [@hayden2021].\n\nRest 20 minutes [@hayden2021]."
    article = factories.submitted(by=ana, body=body)
    first, second = (factories.assigned(article, member, by=eva) for member in (rob, rita))
    found = claims_of(first.revision)
    for assignment, finding in ((first, "contradicted"), (second, "partly")):
        on = {"by": assignment.reviewer.user, "digest": assignment.revision.digest}
        claims.judge(assignment, found[0].identity, "supported", **on)
        claims.judge(assignment, found[1].identity, finding, note=f"{assignment.reviewer.user} noted this.", **on)
    factories.decided(second, "approve")
    sign_in(client, rob)
    assert "Rita noted this." not in client.get(desk(first)).content.decode(), "blind until one's own is locked"
    assert client.post(desk(first), served(first, verdict="reject", reason="No.")).status_code == 302
    judged = client.get(desk(first)).context["judged"]
    assert [(row.number, row.differs) for row in judged] == [(2, True), (1, False)]
    shown = client.get(desk(first)).content.decode()
    assert "Rita noted this." in shown
    client.force_login(eva)
    assert "1 supported, 1 contradicted" in client.get(page(article)).content.decode()
    client.force_login(ana)
    assert "Rob noted this." in client.get(factories.fresh(article).get_desk_url()).content.decode()


# Who may not


@pytest.mark.parametrize("where", [desk, lambda assignment: history(assignment.revision.article)])
def test_a_23_a_reviewer_without_duty_finds_nothing(client, assignment, rita, where):
    client.force_login(rita.user)
    assert client.get(where(assignment)).status_code == 404
    assert client.post(where(assignment), approval(assignment)).status_code in (404, 405)


def test_a_05_a_superuser_without_an_assignment_finds_and_decides_nothing(client, assignment, root):
    client.force_login(root)
    for where in (desk(assignment), page(assignment.revision.article), history(assignment.revision.article)):
        assert client.get(where).status_code == 404
    assert client.post(desk(assignment), approval(assignment)).status_code == 404
    assert client.get(reverse("admin:articles_article_changelist")).status_code == 403
    assert not Decision.objects.exists()


def test_a_05_an_editor_cannot_decide_in_a_reviewers_place(as_eva, assignment):
    assert as_eva.get(desk(assignment)).url == page(assignment.revision.article)
    assert as_eva.post(desk(assignment), approval(assignment)).status_code == 404
    assert not Decision.objects.exists()


@pytest.mark.parametrize("who", ["ana", "noor", "max_the_machine"])
def test_who_is_not_on_the_staff_never_gets_in(client, assignment, request, who):
    client.force_login(request.getfixturevalue(who))
    for where in (reverse("admin:index"), desk(assignment), page(assignment.revision.article)):
        assert reverse("admin:login") in client.get(where).url


def test_a_machine_never_gets_in_even_with_staff_status(client, max_the_machine):
    max_the_machine.is_staff = True
    max_the_machine.save()
    client.force_login(max_the_machine)
    assert client.get(reverse("admin:index")).status_code == 302


# The editors' pages


def test_the_queue_says_who_holds_each_article_and_what_comes_next(as_eva, submitted, rob, eva):
    where = reverse("admin:articles_article_changelist")
    assert "Ask a board member to read it" in as_eva.get(where).content.decode()
    factories.assigned(submitted, rob, by=eva)
    assert "<b>Rob</b>: Read it and decide" in as_eva.get(where).content.decode()


def test_the_queue_puts_what_could_do_most_harm_first(as_eva, ana):
    low = factories.submitted(by=ana, risk=1, title="What is a tendon?")
    high = factories.submitted(by=ana, risk=4, title="What is a joint?")
    rows = as_eva.get(reverse("admin:articles_article_changelist")).context["rows"]
    assert [row.article.pk for row in rows] == [high.pk, low.pk]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", True),
        ("?state=submitted", True),
        ("?state=approved", False),
        ("?state=all&risk=4", False),
        ("?q=BACK+PAIN", True),
        ("?q=kidney", False),
        ("?state=nonsense&risk=x&topic=999&page=minus", True),
    ],
)
def test_the_queue_can_be_narrowed(as_eva, submitted, query, found):
    response = as_eva.get(reverse("admin:articles_article_changelist") + query)
    assert response.status_code == 200
    assert [row.article.pk for row in response.context["rows"]] == ([submitted.pk] if found else [])


def test_an_editor_assigns_one_of_the_candidates(as_eva, submitted, rob):
    form = as_eva.get(page(submitted)).context["forms"]["assign"]
    response = as_eva.post(
        page(submitted),
        {
            "act": "assign",
            "member": rob.pk,
            "discipline": submitted.topic_id,
            "due": form.initial["due"].isoformat(),
        },
    )
    assert response.status_code == 302
    assert ReviewAssignment.objects.get().reviewer == rob


def test_a_06_an_editor_cannot_assign_themselves(as_eva, submitted, eva):
    member = factories.BoardMember.objects.create(user=eva, profession="Nurse", joined_at=clock.now().date())
    response = as_eva.post(
        page(submitted),
        {"act": "assign", "member": member.pk, "discipline": submitted.topic_id, "due": "2099-01-01"},
    )
    assert response.status_code == 422
    assert not ReviewAssignment.objects.exists()


def test_a_28_only_people_who_may_read_it_can_be_chosen(as_eva, ana, submitted, rob):
    factories.BoardMember.objects.create(user=ana, profession="Nurse", joined_at=clock.now().date())
    choices = as_eva.get(page(submitted)).context["forms"]["assign"].fields["member"].choices
    assert [value for value, _ in choices] == [rob.pk]


def test_a_board_that_cannot_fill_the_quorum_is_named(as_eva, submitted):
    assert "The board cannot fill this quorum" in as_eva.get(page(submitted)).content.decode()


def test_a_due_date_in_the_past_is_refused_and_stays_in_the_form(as_eva, submitted, rob):
    response = as_eva.post(
        page(submitted),
        {"act": "assign", "member": rob.pk, "discipline": submitted.topic_id, "due": "2020-01-01"},
    )
    shown = response.content.decode()
    assert response.status_code == 422
    assert "The due date has passed already" in shown
    assert 'value="2020-01-01"' in shown


def test_an_editor_takes_an_assignment_back(as_eva, assignment):
    as_eva.post(
        page(assignment.revision.article), {"act": "take_back", "assignment": assignment.pk, "reason": "On leave."}
    )
    assert ReviewAssignment.objects.get().ending == Ending.REPLACED


def test_taking_back_too_late_keeps_the_typed_reason(as_eva, assignment):
    article = assignment.revision.article
    factories.decided(assignment)
    response = as_eva.post(
        page(article), {"act": "take_back", "assignment": assignment.pk, "reason": "Typed with care."}
    )
    assert response.status_code == 409
    assert "Typed with care." in response.content.decode()


def test_a_take_back_of_another_articles_assignment_is_not_found(as_eva, assignment, ana):
    other = factories.submitted(by=ana)
    response = as_eva.post(page(other), {"act": "take_back", "assignment": assignment.pk, "reason": "Mine."})
    assert response.status_code == 404
    assert ReviewAssignment.objects.get().is_open


def test_release_carries_the_digest_that_was_shown(as_eva, assignment):
    article = assignment.revision.article
    factories.decided(assignment)
    assert as_eva.post(page(article), {"act": "release", "digest": "0" * 64}).status_code == 409
    assert not Approval.objects.exists()
    assert as_eva.post(page(article), {"act": "release", "digest": assignment.revision.digest}).status_code == 302
    assert factories.fresh(article).state == State.APPROVED


def test_lowering_the_risk_needs_a_reason(as_eva, submitted):
    assert as_eva.post(page(submitted), {"act": "risk", "level": 1, "reason": ""}).status_code == 422
    assert as_eva.post(page(submitted), {"act": "risk", "level": 1, "reason": "A definition."}).status_code == 302
    assert factories.fresh(submitted).risk_id == 1


def test_an_editor_withdraws_with_a_reason(as_eva, submitted):
    as_eva.post(page(submitted), {"act": "withdraw", "why": "authors", "reason": "Asked by the author."})
    assert factories.fresh(submitted).state == State.WITHDRAWN


def test_an_unsafe_flag_is_resolved_in_writing(as_eva, assignment):
    article = assignment.revision.article
    factories.decided(assignment, "unsafe", reason="Ten times the dose.")
    flag = Notice.objects.get(kind=NoticeKind.UNSAFE)
    assert "Ten times the dose." in as_eva.get(page(article)).content.decode()
    said = {"act": "resolve", "notice": flag.pk, "text": "The author mended the dose."}
    assert as_eva.post(page(article), said).status_code == 302
    again = as_eva.post(page(article), said)
    assert again.status_code == 409
    assert "The author mended the dose." in again.content.decode()


RETRACT = {"text": "Wrong.", "reason": "Source retracted.", "for_good": "on"} | factories.RETRACTION


@pytest.mark.parametrize(
    ("act", "said", "kind"),
    [
        ("correct", {"text": "Ten, not one hundred."} | factories.CORRECTION, NoticeKind.CORRECTION),
        ("concern", {"text": "Its main source is in doubt."} | factories.CONCERN, NoticeKind.CONCERN),
        ("retract", RETRACT, NoticeKind.RETRACTION),
    ],
)
def test_the_responsible_editor_publishes_notices(as_ruth, approved, act, said, kind):
    assert as_ruth.post(page(approved), {"act": act, **said}).status_code == 302
    assert Notice.objects.get().kind == kind


def test_a_managing_editor_cannot_retract(as_eva, approved):
    response = as_eva.post(page(approved), {"act": "retract"} | RETRACT)
    assert response.status_code == 403
    assert "Only the responsible editor" in response.content.decode()
    assert not Notice.objects.exists()


def test_an_act_that_does_not_exist_is_not_found(as_eva, submitted):
    assert as_eva.post(page(submitted), {"act": "approve"}).status_code == 404
    assert Move.objects.count() == 1


def test_editors_see_which_words_of_the_working_text_changed(as_eva, draft, ana):
    editing.change(draft, by=ana, edition=draft.edition, body=draft.body.replace("a little", "greatly"))
    shown = as_eva.get(history(draft)).content.decode()
    assert "Text edited" in shown
    assert "[removed strength: </span>" in shown
    assert "Changes that touch the meaning (1)" in shown
    assert "Reference [@hayden2021] was added" in shown


def test_a_reviewer_sees_the_steps_and_not_the_working_texts_history(as_rob, assignment, ana, submitted):
    article = factories.fresh(submitted)
    editing.change(article, by=ana, edition=article.edition, body="A canary that only authors may read.")
    shown = as_rob.get(history(submitted)).content.decode()
    assert "Under review" in shown
    assert "canary" not in shown
    assert "Text edited" not in shown
    assert "Working text" not in shown
    assert as_rob.get(history(submitted) + "?sort=edits").status_code == 404


def test_the_history_can_only_be_read(as_eva, submitted):
    assert as_eva.post(history(submitted)).status_code == 405


def test_the_responsible_editor_lays_down_a_policy(as_ruth, client, eva):
    where = reverse("admin:reviews_reviewpolicy_add")
    shown = as_ruth.get(where).context
    said = {
        form.add_prefix(name): value
        for form in [*(form for _, form in shown["rules"]), shown["terms"], *shown["ladder"].rows]
        for name, value in form.initial.items()
        if name in form.fields and value is not None and value is not False
    }
    assert as_ruth.post(where, said | {"note": ""}).status_code == 422
    assert as_ruth.post(where, said | {"note": "x", "risk4-public_before_approval": "on"}).status_code == 422
    assert as_ruth.post(where, said | {"note": "x", "rung0-act": ""}).status_code == 422
    shorter = {"risk1-valid_months": 12, "risk3-disciplines": [factories.topic().slug], "rung5-days": 9}
    shorter |= {"rung5-act": "remind", "terms-interest_months": 6, "note": "Shorter terms."}
    assert as_ruth.post(where, said | shorter).status_code == 302
    now = policy.in_force()
    assert (now.rule(1).valid_months, now.rule(3).disciplines) == (12, (factories.topic().slug,))
    assert (now.terms.interest_months, [rung.days for rung in now.terms.ladder]) == (6, [-2, 0, 3, 5, 7, 9])
    assert "somebody who judged it as Physiotherapy" in client.get(reverse("editorial-policy")).content.decode()
    client.force_login(eva)
    assert client.get(where).status_code == 403


# Hostile words


def test_a_17_hostile_titles_and_reasons_are_shown_and_never_run(as_eva, ana, rob, eva):
    article = factories.submitted(by=ana, title=f"Is {XSS} safe?")
    assignment = factories.assigned(article, rob, by=eva)
    factories.decided(assignment, "request_changes", reason=f"No {XSS}.")
    article = factories.fresh(article)
    editing.change(article, by=ana, edition=article.edition, title=f"Is {XSS}{XSS} safe?")
    publication.withdraw(factories.fresh(article), by=ana, reason=f"Because {XSS}")
    queue = reverse("admin:articles_article_changelist") + "?state=all"
    for where in (queue, page(article), history(article), reverse("admin:index")):
        shown = as_eva.get(where).content.decode()
        assert XSS not in shown
    assert SHOWN_XSS in as_eva.get(queue).content.decode()
    assert SHOWN_XSS in as_eva.get(history(article)).content.decode()


def test_a_17_hostile_words_are_inert_on_the_reviewers_pages(as_rob, ana, rob, eva):
    article = factories.submitted(by=ana, title=f"Is {XSS} safe?", body=f"{XSS}\n\n[@hayden2021]\n")
    assignment = factories.assigned(article, rob, by=eva)
    assert XSS not in as_rob.get(desk(assignment)).content.decode()
    refused = as_rob.post(desk(assignment), approval(assignment, reason=f"</textarea>{XSS}") | {"receipt": XSS})
    assert XSS not in refused.content.decode()
    as_rob.post(desk(assignment), approval(assignment, reason=XSS))
    assert XSS not in as_rob.get(desk(assignment)).content.decode()


# Constant work


def many_references(article, n, *, by):
    records = [
        ReferenceRecord(key=f"k{i}", title=f"Source {i}", type="observational", year=2020, doi=f"10.1000/{i}")
        for i in range(n)
    ]
    editing.add_references(article, records, by=by)


def queries_of(client, where, django_assert_max_num_queries):
    client.get(where)
    with django_assert_max_num_queries(100) as counted:
        assert client.get(where).status_code == 200
    return len(counted)


@pytest.mark.slow
def test_the_desk_asks_as_much_of_the_database_for_60_claims_as_for_6(
    as_rob, ana, rob, eva, django_assert_max_num_queries
):
    first, second = set(), set()
    for n in (6, 60):
        article = factories.draft(by=ana, body="\n\n".join(f"Walk for {i + 2} minutes [@k{i}]." for i in range(n)))
        many_references(article, n, by=ana)
        publication.submit(article, by=ana)
        assignment = factories.assigned(factories.fresh(article), rob, by=eva)
        first.add(queries_of(as_rob, desk(assignment), django_assert_max_num_queries))
        assert f"0 of {n} claims, 0 of 12 checklist" in as_rob.get(desk(assignment)).content.decode()
        for claim in claims_of(assignment.revision)[: n // 2]:
            on = {"by": rob.user, "digest": assignment.revision.digest}
            claims.judge(assignment, claim.identity, "contradicted", note="It says the opposite.", **on)
        factories.decided(assignment, "request_changes")
        publication.submit(factories.answered(factories.fresh(article)), by=ana)
        again = factories.assigned(factories.fresh(article), rob, by=eva)
        second.add(queries_of(as_rob, desk(again), django_assert_max_num_queries))
        assert len(as_rob.get(desk(again)).context["asked"]) == n // 2 + 1
    assert (len(first), len(second)) == (1, 1)
    assert max(first | second) < 15, (first, second)


@pytest.mark.slow
def test_my_reviews_asks_as_much_for_30_as_for_3(as_rob, ana, rob, eva, django_assert_max_num_queries):
    counts = []
    for more in (3, 27):
        for _ in range(more):
            factories.assigned(factories.submitted(by=ana), rob, by=eva)
        counts.append(queries_of(as_rob, reverse("admin:index"), django_assert_max_num_queries))
    assert counts[0] == counts[1] <= 10


@pytest.mark.slow
def test_an_articles_page_asks_as_much_for_more_readers(as_eva, submitted, eva, django_assert_max_num_queries):
    counts = []
    for names in (["Rob"], ["Rita", "Rosa", "Remy", "Rene", "Raul"]):
        for name in names:
            factories.assigned(submitted, factories.board_member(name), by=eva)
        counts.append(queries_of(as_eva, page(submitted), django_assert_max_num_queries))
    assert counts[0] == counts[1] <= 44


def test_approving_completes_a_released_quorum(as_rob, assignment, eva):
    publication.release(assignment.revision.article, by=eva, digest=assignment.revision.digest)
    as_rob.post(desk(assignment), approval(assignment))
    assert factories.fresh(assignment.revision.article).state == State.APPROVED
    assert decisions.open_unsafe(assignment.revision.article) == []


def test_no_rewriting_of_a_text_can_make_a_comparison_hang():
    words = [f"w{n}" for n in range(120)]
    forwards, backwards = (" ".join(chosen * 300) for chosen in (words, words[::-1]))
    started = time.monotonic()
    (difference,) = compare({"body": forwards, "references": []}, {"body": backwards, "references": []})
    assert time.monotonic() - started < 5
    assert {kind for kind, _ in difference.rows} == {"out", "in"}
