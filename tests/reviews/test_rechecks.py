"""An approved text, or some claims of it, is read again while it stays approved, and nobody's word is lost."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from articles.models import Approval, Notice
from articles.public import for_public, public_article
from articles.standing import Told
from articles.states import NoticeKind
from editorial import clock
from editorial.errors import Conflict, WorkflowError
from editorial.models import AuditEntry
from editorial.verification import verify
from reviews import (
    assignments,
    claims,
    completeness,
    confirmation,
    policy,
    publication,
    recheck_clock,
    rechecks,
    reports,
)
from reviews.kinds import ClaimFinding, Ending, Kind, Problem, RecheckOutcome, RecheckReason, Verdict
from reviews.models import Decision, Notification, Recheck, ReviewAssignment
from reviews.recheck_answers import answer
from reviews.source_alerts import load_list
from tests import factories
from tests.desk import queries, words
from tests.reviews.test_source_alerts import paper

pytestmark = pytest.mark.django_db

WORDS = "The newer review says the same, so the sentence stands without it."


def unit_of(article):
    return public_article(for_public(type(article).objects).get(pk=article.pk), at=clock.now())


def taken_on(recheck):
    """Whoever was asked accepts."""
    assignment = ReviewAssignment.objects.open().get(recheck=recheck)
    assignments.accept(assignment, by=assignment.reviewer.user)
    return ReviewAssignment.objects.get(pk=assignment.pk)


def found(assignment, verdict="approve", reason=WORDS, finding=ClaimFinding.SUPPORTED):
    """The reviewer judges every claim that is asked about, and says what they found."""
    form = factories.served(assignment)
    by, digest = form["by"], form["digest"]
    claims.begin(assignment, by=by)
    if verdict == "approve" and assignment.recheck.is_whole:
        factories.read(assignment)
    elif verdict == "approve":
        rule = policy.in_force().rule(assignment.revision.article.risk_id)
        for identity in completeness.reading_of(assignment, rule=rule).required:
            claims.judge(assignment, identity, finding, by=by, digest=digest, note="Looked at it.")
    proof = confirmation.proof_of(by, digest=digest, method=confirmation.PASSWORD)
    return answer(assignment, verdict, reason=reason, confirmation=proof, **form)


@pytest.fixture
def alerted(approved, eva):
    """Ana's approved text leans on a paper that was retracted."""
    load_list([paper()], by=None)
    return Recheck.objects.get(article=approved)


def test_a_retracted_source_has_just_the_claims_that_cite_it_read_again_by_whoever_fits_best(alerted, approved):
    alert = Notice.objects.get(kind=NoticeKind.SOURCE_ALERT)
    assert set(alerted.claims) == set(alert.claims.values_list("identity", flat=True)) != set()
    assert (alerted.reason, alerted.notice, alerted.revision) == (
        RecheckReason.SOURCE_ALERT,
        alert,
        approved.approval.revision,
    )
    asked = ReviewAssignment.objects.get(recheck=alerted)
    assert (asked.assigned_by, asked.revision.digest) == (None, approved.approval.digest)
    assert Notification.objects.filter(kind=Kind.RECHECK_OPENED).exists()
    load_list([paper()], by=None)
    assert Recheck.objects.count() == 1


def test_the_reviewer_is_asked_about_these_claims_only_and_the_approved_text_stays_up(client, alerted, approved):
    assignment = taken_on(alerted)
    client.force_login(assignment.reviewer.user)
    desk = reverse("admin:reviews_reviewassignment_change", args=[assignment.pk])
    page = words(client.get(desk))
    assert queries(client, desk) < 15
    assert "This text is approved. You are asked about 1 claim of it." in page
    assert "0 of 1 claim" in page
    assert "Checklist" not in page
    assert "the rest of the text is not shown: you are not asked about it" in page
    assert "It stands" in page
    assert unit_of(approved).standing.state == Told.APPROVED
    by, digest = assignment.reviewer.user, assignment.revision.digest
    with pytest.raises(WorkflowError, match="no such claim"):
        claims.judge(assignment, "0" * 64, "supported", by=by, digest=digest)
    proof = confirmation.proof_of(by, digest=digest, method=confirmation.PASSWORD)
    with pytest.raises(completeness.Incomplete):
        answer(assignment, "approve", reason=WORDS, confirmation=proof, **factories.served(assignment))
    with pytest.raises(WorkflowError, match="of another kind"):
        factories.decisions.request_changes(assignment, reason="No.", **factories.served(assignment))


def test_the_editor_settles_the_alert_with_the_words_of_the_reviewer(client, alerted, approved, eva):
    decision = found(taken_on(alerted))
    alerted.refresh_from_db()
    assert (alerted.outcome, decision.said) == (RecheckOutcome.STANDS, "It stands")
    assert unit_of(approved).caution, "only an editor lifts the alert"
    client.force_login(eva)
    page = words(client.get(reverse("admin:articles_article_change", args=[approved.pk])))
    assert WORDS in rechecks.found_to_stand(alerted.notice)
    assert WORDS in page
    publication.resolve(alerted.notice, by=eva, text=rechecks.found_to_stand(alerted.notice))
    assert unit_of(approved).caution is None
    assert verify().faults == []


def test_needed_changes_go_to_the_author_while_text_and_alert_stay(client, alerted, approved, ana):
    found(taken_on(alerted), "request_changes", reason="Cite the newer review instead.")
    unit = unit_of(approved)
    assert (unit.standing.state, bool(unit.text)) == (Told.APPROVED, True)
    assert unit.caution
    assert Notification.objects.filter(kind=Kind.RECHECK_CHANGES, recipient=ana).exists()
    client.force_login(ana)
    page = words(client.get(approved.get_desk_url()))
    assert "What the reviewers ask for" in page
    assert "Cite the newer review instead." in page


def test_one_who_finds_it_unsafe_hides_the_approved_text_at_once(alerted, approved, eva):
    found(taken_on(alerted), "unsafe", reason="The dose is lethal.")
    flag = Notice.objects.get(kind=NoticeKind.UNSAFE)
    assert unit_of(approved).text is None
    assert flag.revision == approved.approval.revision
    publication.resolve(flag, by=eva, text="It was read in the wrong column; the dose is right.")
    assert unit_of(approved).standing.state == Told.APPROVED


def test_a_settled_alert_ends_what_nobody_needs_any_more(alerted, eva):
    held = ReviewAssignment.objects.get(recheck=alerted)
    publication.resolve(alerted.notice, by=eva, text="The notice was about another paper.")
    alerted.refresh_from_db()
    held.refresh_from_db()
    assert (alerted.outcome, held.ending) == (RecheckOutcome.DROPPED, Ending.CLOSED)


def test_a_newer_approval_and_a_withdrawal_end_the_rechecks_of_what_went_before(approved, ana, eva, rita):
    again = rechecks.open_recheck(approved, by=None, reason=RecheckReason.EXPIRY, words="Due.")
    factories.approved_again(approved, reviewer=rita, editor=eva, short_answer="A little, for most people.")
    again.refresh_from_db()
    assert again.outcome == RecheckOutcome.DROPPED
    last = rechecks.open_recheck(factories.fresh(approved), by=None, reason=RecheckReason.EXPIRY, words="Due.")
    publication.withdraw(approved, by=ana, reason="Outdated.")
    last.refresh_from_db()
    assert last.outcome == RecheckOutcome.DROPPED


def test_a_newer_version_under_review_leaves_the_recheck_of_the_approved_one_alone(approved, ana):
    claim = claims.claims_of(approved.approval.revision)[0]
    again = rechecks.open_recheck(approved, by=None, reason=RecheckReason.REPORT, words="Why.", claims=[claim.identity])
    assignment = taken_on(again)
    factories.editing.change(approved, by=ana, edition=factories.fresh(approved).edition, short_answer="Perhaps.")
    publication.submit(approved, by=ana)
    found(assignment)
    assert factories.fresh(approved).state == "submitted"
    again.refresh_from_db()
    assert again.outcome == RecheckOutcome.STANDS


# Checks that run out


def test_a_check_that_runs_out_has_the_whole_text_read_again_and_approved_for_another_term(approved, rob):
    first = approved.approval
    with clock.at(first.valid_until - timedelta(days=61)):
        assert recheck_clock.tend() == 0
    with clock.at(first.valid_until - timedelta(days=30)):
        assert (recheck_clock.tend(), recheck_clock.tend()) == (1, 0)
        recheck = Recheck.objects.get()
        assert recheck.is_whole
        assert recheck.reason == RecheckReason.EXPIRY
        assignment = taken_on(recheck)
        assert assignment.reviewer == rob, "who read it before may read it again"
        claims.begin(assignment, by=rob.user)
        assert [v.carried_from_id for v in assignment.claim_verdicts.all()] == [Decision.objects.first().pk]
        found(assignment, reason="")
        second = factories.fresh(approved).approval
        unit = unit_of(approved)
        assert (second.digest, second.number, second.revision) == (first.digest, 2, first.revision)
        assert second.valid_until > first.valid_until
        assert second.checked_at == clock.now()
        assert unit.standing.state == Told.APPROVED
        assert "to be checked again by" in unit.checked_line
        assert factories.fresh(approved).check_due_at == second.valid_until
        assert recheck_clock.tend() == 0
    with clock.at(first.valid_until + timedelta(days=1)):
        assert unit_of(approved).standing.state == Told.APPROVED
    assert AuditEntry.objects.filter(action="article.approval_renewed").count() == 1
    assert verify().faults == []


def test_a_high_risk_text_is_approved_anew_only_when_as_many_as_at_first_said_so(ana, rob, rita, eva):
    article = factories.submitted(by=ana, risk=3)
    for member in (rob, rita):
        factories.decided(factories.assigned(article, member, by=eva))
    publication.release(article, by=eva, digest=article.latest_revision.digest)
    with clock.at(factories.fresh(article).approval.valid_until - timedelta(days=10)):
        recheck_clock.tend()
        first, second = [
            (assignments.accept(a, by=a.reviewer.user), ReviewAssignment.objects.get(pk=a.pk))[1]
            for a in ReviewAssignment.objects.open()
        ]
        found(first)
        assert Approval.objects.count() == 1
        found(second)
        assert Approval.objects.count() == 2
        assert Recheck.objects.get().outcome == RecheckOutcome.STANDS


def test_when_somebody_declines_the_clock_asks_the_next_and_otherwise_the_editors_choose(alerted, rob, rita, eva):
    asked = ReviewAssignment.objects.open().get(recheck=alerted)
    assignments.decline(asked, by=asked.reviewer.user, reason="On leave.")
    recheck_clock.tend()
    other = ReviewAssignment.objects.open().get(recheck=alerted)
    assert {asked.reviewer, other.reviewer} == {rob, rita}
    assignments.decline(other, by=other.reviewer.user, reason="Me too.")
    recheck_clock.tend()
    assert not ReviewAssignment.objects.open().exists()
    third = factories.board_member("Jo")
    rechecks.invite(alerted, third, by=eva)
    with pytest.raises(WorkflowError, match="was asked to read this already"):
        rechecks.invite(alerted, rob, by=eva)


# Editors and readers


def test_an_editor_has_chosen_claims_or_the_whole_text_read_again_from_its_page(client, approved, eva, ana):
    claim = claims.claims_of(approved.approval.revision)[0]
    page = reverse("admin:articles_article_change", args=[approved.pk])
    client.force_login(eva)
    assert claim.sentence[:20] in words(client.get(page))
    client.post(page, {"act": "read_again", "claims": [claim.identity], "why": "A reader doubts it."})
    assert Recheck.objects.get().claims == [claim.identity]
    client.post(page, {"act": "read_again", "why": "It is old."})
    assert client.post(page, {"act": "read_again", "why": "It is old."}).status_code == 409
    assert Recheck.objects.count() == 2
    with pytest.raises(PermissionDenied):
        rechecks.open_recheck(approved, by=ana, reason=RecheckReason.EDITOR, words="Please.")
    with pytest.raises(WorkflowError, match="no such claim"):
        rechecks.open_recheck(approved, by=eva, reason=RecheckReason.EDITOR, words="Why.", claims=["0" * 64])


def test_a_report_that_is_taken_up_has_its_sentence_read_again(approved, ana, eva):
    quote = "Regular exercise probably eases long-lasting low back pain a little"
    report, _ = reports.receive(unit_of(approved), kind=Problem.WRONG, words="Not true.", quote=quote)
    # A slip of the typing elsewhere in the text is mended meanwhile.
    approved = factories.typing_signed(factories.typing_proposed(approved, by=ana), by=eva)
    reports.escalate(report, by=eva)
    recheck = Recheck.objects.get(report=report)
    assert recheck.claims == [report.claim] != [""]
    assert recheck.revision == approved.latest_revision != report.revision
    assert "Not true" not in recheck.words


def test_only_an_approved_text_can_be_read_again(submitted, eva):
    with pytest.raises(WorkflowError, match="Only an approved text"):
        rechecks.open_recheck(submitted, by=eva, reason=RecheckReason.EDITOR, words="Why.")


@pytest.mark.slow
def test_the_page_of_an_article_asks_as_much_for_three_rechecks_as_for_nine(client, approved, eva, ruth):
    page = reverse("admin:articles_article_change", args=[approved.pk])
    claim = claims.claims_of(approved.approval.revision)[0]
    client.force_login(ruth)

    def settled(number):
        for _ in range(number):
            recheck = rechecks.open_recheck(
                approved, by=eva, reason=RecheckReason.EDITOR, words="Again.", claims=[claim.identity]
            )
            rechecks.close(approved, recheck, RecheckOutcome.DROPPED, by=eva, reason="Not needed.")
        client.get(page)
        return queries(client, page)

    assert settled(3) == settled(6)


def test_who_answers_after_the_text_was_withdrawn_is_told_so(alerted, approved, ana):
    assignment = taken_on(alerted)
    form = factories.served(assignment)
    publication.withdraw(approved, by=ana, reason="Outdated.")
    with pytest.raises(Conflict):
        answer(assignment, Verdict.REQUEST_CHANGES, reason="Mend it.", **form)


# A stricter class after approval


def test_an_approved_text_put_into_a_stricter_class_is_hidden_until_enough_people_read_it_for_that(
    client, approved, eva, rita
):
    publication.set_risk(approved, 3, by=eva, reason="It speaks of children.")
    unit = unit_of(approved)
    assert (unit.standing.state, unit.text) == (Told.OVERDUE, None)
    assert "more strictly" in unit.withheld_because
    assert "Probably a little" not in words(client.get(approved.get_absolute_url()))
    assert not type(approved).objects.checked(at=clock.now()).exists()
    recheck = Recheck.objects.get(reason=RecheckReason.RISK)
    asked = list(ReviewAssignment.objects.open().filter(recheck=recheck))
    for assignment in asked:
        assignments.accept(assignment, by=assignment.reviewer.user)
        found(ReviewAssignment.objects.get(pk=assignment.pk), reason="")
    approval = factories.fresh(approved).approval
    assert (len(asked), approval.number, approval.risk) == (2, 2, 3)
    assert unit_of(approved).standing.state == Told.APPROVED
    assert verify().faults == []


def test_a_stricter_class_that_may_be_read_unchecked_shows_the_text_as_overdue_and_lowering_lifts_it(ana, rob, eva):
    article = factories.submitted(by=ana)
    publication.set_risk(article, 1, by=eva, reason="It only defines a word.")
    factories.decided(factories.assigned(article, rob, by=eva))
    publication.release(article, by=eva, digest=article.latest_revision.digest)
    article = factories.fresh(article)
    assert article.approval.risk == 1
    publication.set_risk(article, 2, by=ana)
    unit = unit_of(article)
    assert unit.standing.state == Told.OVERDUE
    assert unit.text
    assert unit.caution
    publication.set_risk(article, 1, by=eva, reason="It only defines a word.")
    assert unit_of(article).standing.state == Told.APPROVED
    assert factories.fresh(article).check_due_at == article.approval.valid_until
    assert Recheck.objects.get().outcome == RecheckOutcome.DROPPED


def test_words_in_a_newer_version_that_raise_the_class_leave_the_approved_one_as_it_is(approved, ana):
    body = f"{factories.BODY}\nChildren with a fever need a doctor at once.\n"
    factories.editing.change(approved, by=ana, edition=approved.edition, body=body)
    publication.submit(approved, by=ana)
    article = factories.fresh(approved)
    assert article.risk_id > article.approval.risk
    assert unit_of(article).standing.state == Told.CHANGED
