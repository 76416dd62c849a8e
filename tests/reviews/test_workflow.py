"""The moves of `product.md`, walked through the verbs."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from guardian.shortcuts import get_perms

from articles import editing
from articles.models import Approval, Article
from articles.public import for_public, public_article
from articles.standing import Told
from articles.states import State
from editorial import clock
from editorial.errors import Conflict, WorkflowError
from editorial.models import AuditEntry
from reviews import assignments, decisions, policy, publication, receipts
from reviews.kinds import Kind
from reviews.models import Decision, Notification, Release, ReviewAssignment
from tests import factories

pytestmark = pytest.mark.django_db


def told(article, *, at=None):
    loaded = for_public(Article.objects.filter(pk=article.pk)).get()
    return public_article(loaded, at=at or clock.now())


def test_from_draft_to_approved_and_the_caution_goes_by_itself(ana, rob, eva):
    article = factories.submitted(by=ana)
    assert told(article).caution.line.startswith("Made with AI and not checked")
    assignment = factories.assigned(article, rob, by=eva)
    assert told(article).standing.state == Told.UNDER_REVIEW
    factories.decided(assignment)
    assert told(article).standing.is_pending
    publication.release(article, by=eva, digest=assignment.revision.digest)
    unit = told(article)
    assert unit.standing.state == Told.APPROVED
    assert unit.caution is None
    assert "Checked by Rob, Physiotherapist, on" in unit.checked_line


def test_a_release_given_before_the_quorum_publishes_when_it_is_met(assignment, eva):
    article = assignment.revision.article
    publication.release(article, by=eva, digest=assignment.revision.digest)
    assert factories.fresh(article).state == State.UNDER_REVIEW
    factories.decided(assignment)
    assert factories.fresh(article).state == State.APPROVED


def test_access_ends_with_the_work(assignment):
    article, reader = assignment.revision.article, assignment.reviewer.user
    assert get_perms(reader, article) == ["review_article"]
    factories.decided(assignment)
    assert get_perms(reader, article) == []
    assert not Article.objects.visible_to(reader).exists()


def test_changes_requested_then_revised_then_approved(assignment, ana, rob, eva):
    article = assignment.revision.article
    factories.decided(assignment, "request_changes")
    assert factories.fresh(article).state == State.CHANGES_REQUESTED
    changed = factories.fresh(article)
    editing.change(changed, by=ana, edition=changed.edition, short_answer="Probably a little, for most adults.")
    publication.submit(factories.answered(article), by=ana, change_note="Says for whom.")
    article = factories.fresh(article)
    assert (article.state, article.latest_revision.number) == (State.SUBMITTED, 2)
    factories.decided(factories.assigned(article, rob, by=eva))
    publication.release(article, by=eva, digest=article.latest_revision.digest)
    assert told(article).text.short_answer == "Probably a little, for most adults."


def test_a01_readers_keep_the_approved_text_while_a_newer_one_is_checked(approved, ana):
    editing.change(approved, by=ana, edition=approved.edition, body=factories.BODY + "\nUnchecked addition.\n")
    publication.submit(approved, by=ana)
    unit = told(approved)
    assert unit.standing.state == Told.CHANGED
    assert unit.standing.newer_is_pending
    assert "Unchecked addition" not in unit.text.body_html
    assert unit.caution is None


def test_the_checked_text_stays_when_the_newer_one_is_rejected(approved, ana, rita, eva):
    editing.change(approved, by=ana, edition=approved.edition, short_answer="A worse answer.")
    publication.submit(approved, by=ana)
    factories.decided(factories.assigned(factories.fresh(approved), rita, by=eva), "reject")
    unit = told(approved)
    assert unit.standing.state == Told.APPROVED
    assert unit.text.short_answer == "Probably a little, for most people."


def test_a_review_is_overdue_by_the_clock_alone(approved):
    unit = told(approved, at=approved.approval.valid_until)
    assert unit.standing.state == Told.OVERDUE
    assert unit.caution.not_done.startswith("This text was made with an AI system and checked once.")
    assert unit.text is not None


def test_high_risk_text_is_hidden_once_its_grace_is_over(ana, rob, rita, eva):
    article = factories.submitted(by=ana, risk=3)
    first, second = (factories.assigned(article, member, by=eva) for member in (rob, rita))
    publication.release(article, by=eva, digest=article.latest_revision.digest)
    factories.decided(first)
    assert told(article).text is None
    factories.decided(second)
    approval = factories.fresh(article).approval
    assert told(article).text is not None
    assert told(article, at=approval.valid_until + timedelta(days=29)).caution is not None
    assert told(article, at=approval.valid_until + timedelta(days=31)).text is None
    assert not Article.objects.public(at=approval.valid_until + timedelta(days=31)).exists()


def test_high_risk_text_is_never_public_before_approval(ana):
    unit = told(factories.submitted(by=ana, risk=3))
    assert unit.text is None
    assert not unit.standing.is_listed
    assert not Article.objects.public(at=clock.now()).exists()


def test_critical_text_needs_two_matched_reviewers_within_thirty_days(ana, rob, rita, eva):
    article = factories.submitted(by=ana, risk=4)
    long_ago = clock.now() - timedelta(days=31)
    first, second = (factories.assigned(article, m, by=eva) for m in (rob, rita))
    publication.release(article, by=eva, digest=article.latest_revision.digest)
    with clock.at(long_ago):
        factories.decided(first)
    factories.decided(second)
    assert factories.fresh(article).state == State.UNDER_REVIEW
    third = factories.board_member("Mei")
    factories.decided(factories.assigned(article, third, by=eva))
    assert factories.fresh(article).state == State.APPROVED


def test_an_approval_outside_the_specialty_does_not_fill_a_matched_quorum(ana, eva):
    stranger = factories.board_member("Jo", specialties=("Neurology",))
    article = factories.submitted(by=ana)
    factories.decided(factories.assigned(article, stranger, by=eva))
    publication.release(article, by=eva, digest=article.latest_revision.digest)
    assert factories.fresh(article).state == State.UNDER_REVIEW


def test_a_split_vote_asks_for_a_third_reviewer_who_settles_it(ana, rob, rita, eva):
    article = factories.submitted(by=ana)
    first, second = (factories.assigned(article, m, by=eva) for m in (rob, rita))
    factories.decided(first)
    factories.decided(second, "reject")
    assert factories.fresh(article).state == State.UNDER_REVIEW
    assert Notification.objects.filter(kind=Kind.SPLIT_VOTE, recipient=eva).exists()
    publication.release(article, by=eva, digest=article.latest_revision.digest)
    assert factories.fresh(article).state == State.UNDER_REVIEW
    factories.decided(factories.assigned(article, factories.board_member("Mei"), by=eva))
    assert factories.fresh(article).state == State.APPROVED


def test_unsafe_hides_the_text_at_once_and_blocks_until_resolved_in_writing(assignment, ana, rob, eva):
    article = assignment.revision.article
    assert told(article).text is not None
    factories.decided(assignment, "unsafe", reason="The dose is ten times too high.")
    assert told(article).text is None
    assert Notification.objects.filter(kind=Kind.UNSAFE, recipient=eva).exists()
    publication.submit(factories.answered(article), by=ana)
    article = factories.fresh(article)
    assert told(article).text is None
    factories.decided(factories.assigned(article, rob, by=eva))
    with pytest.raises(WorkflowError, match="Resolve that in writing"):
        publication.release(article, by=eva, digest=article.latest_revision.digest)
    publication.resolve(decisions.open_unsafe(article)[0], by=eva, text="The dose was corrected in revision 2.")
    publication.release(article, by=eva, digest=article.latest_revision.digest)
    assert told(article).standing.state == Told.APPROVED


def test_a22_a_withdrawn_text_comes_back_only_by_a_new_decision(approved, ana, rob, eva):
    publication.withdraw(approved, by=ana, reason="Superseded.")
    gone = told(approved)
    assert (gone.text, gone.standing.is_gone) == (None, True)
    publication.submit(approved, by=ana)
    again = told(approved)
    assert again.standing.state == Told.SUBMITTED
    assert again.caution is not None
    article = factories.fresh(approved)
    factories.decided(factories.assigned(article, rob, by=eva))
    publication.release(article, by=eva, digest=article.latest_revision.digest)
    assert told(approved).standing.state == Told.APPROVED


def test_nothing_leads_out_of_retracted(approved, ana, ruth):
    publication.retract(
        approved, by=ruth, text="The main figure is wrong.", reason="Error in the source.", details=factories.RETRACTION
    )
    unit = told(approved)
    assert unit.standing.state == Told.RETRACTED
    assert unit.caution.line == "Taken back because it is seriously wrong: do not use it."
    with pytest.raises(WorkflowError, match="nothing leads out of that"):
        publication.submit(approved, by=ana)
    with pytest.raises(WorkflowError, match="nothing leads out of that"):
        publication.withdraw(approved, by=ana, reason="Please.")


def test_only_the_responsible_editor_publishes_notices(approved, eva, ruth):
    with pytest.raises(PermissionDenied):
        publication.raise_concern(approved, by=eva, text="Doubts.", details=factories.CONCERN)
    notice = publication.raise_concern(
        approved, by=ruth, text="Two figures are being checked.", details=factories.CONCERN
    )
    assert told(approved).caution.not_done.startswith("Doubts were raised")
    publication.resolve(notice, by=ruth, text="The figures were right.")
    assert told(approved).caution is None


@pytest.mark.parametrize("verb", ["approve", "request_changes", "reject", "flag_unsafe"])
def test_a05_only_the_holder_of_an_open_assignment_decides(assignment, ana, eva, root, noor, max_the_machine, verb):
    form = factories.ready_to_approve(assignment) if verb == "approve" else factories.served(assignment)
    words = {} if verb == "approve" else {"reason": "No."}
    for somebody in (ana, eva, root, noor, max_the_machine):
        with pytest.raises(PermissionDenied):
            getattr(decisions, verb)(assignment, **(form | {"by": somebody}), **words)
    assert not Decision.objects.exists()


def test_a05_a_reviewer_who_became_inactive_decides_nothing(assignment):
    person, form = assignment.reviewer.user, factories.ready_to_approve(assignment)
    person.is_active = False
    person.save()
    with pytest.raises(PermissionDenied):
        decisions.approve(assignment, **(form | {"by": person}))


def test_a02_no_approval_without_the_digest_and_receipt_that_were_served(assignment, rita):
    good = factories.ready_to_approve(assignment)
    for bad in ({"digest": "0" * 64}, {"receipt": ""}, {"receipt": "forged"}, {"digest": ""}):
        with pytest.raises(Conflict):
            decisions.approve(assignment, **(good | bad))
    with clock.at(clock.now() - timedelta(days=15)):
        stale = receipts.issue(assignment, to=assignment.reviewer.user)
    with pytest.raises(Conflict, match="more than 14 days ago"):
        decisions.approve(assignment, **(good | {"receipt": stale}))
    assert not Decision.objects.exists()


def test_a02_the_receipt_of_another_person_is_worth_nothing(assignment, rita, eva):
    other = factories.assigned(assignment.revision.article, rita, by=eva)
    with pytest.raises(Conflict):
        decisions.approve(
            assignment, **(factories.ready_to_approve(assignment) | {"receipt": factories.served(other)["receipt"]})
        )


def test_a03_a_second_decision_on_one_assignment_is_a_conflict(assignment):
    factories.decided(assignment)
    with pytest.raises(Conflict, match="ended already"):
        decisions.reject(assignment, **factories.served(assignment), reason="Too late.")
    assert Decision.objects.count() == 1


def test_a27_an_assignment_taken_back_meanwhile_decides_nothing(assignment, eva):
    form = factories.ready_to_approve(assignment)
    assignments.take_back(assignment, by=eva, reason="Somebody else is quicker.")
    with pytest.raises(Conflict):
        decisions.approve(assignment, **form)


def test_a06_one_person_has_one_duty_on_one_article(submitted, ana, rob, eva):
    eva_on_board = factories.BoardMember.objects.create(user=eva, profession="Doctor", joined_at="2024-01-01")
    with pytest.raises(WorkflowError, match="cannot assign a review to himself or herself"):
        assignments.assign(submitted, eva_on_board, by=eva)
    ana_on_board = factories.BoardMember.objects.create(user=ana, profession="Doctor", joined_at="2024-01-01")
    with pytest.raises(WorkflowError, match="had a hand in this text"):
        assignments.assign(submitted, ana_on_board, by=eva)
    factories.assigned(submitted, rob, by=eva)
    rob.user.is_managing_editor = True
    rob.user.save()
    with pytest.raises(PermissionDenied, match="asked to review this text"):
        publication.release(submitted, by=rob.user, digest=submitted.latest_revision.digest)


def test_whoever_answers_for_the_ai_never_reviews_its_text(ana, eva):
    prompter = factories.board_member("Pat")
    article = factories.submitted(by=ana, ai_accountable=prompter.user)
    with pytest.raises(WorkflowError, match="had a hand in this text"):
        assignments.assign(article, prompter, by=eva)


def test_a_machine_never_reviews_and_never_writes_alone(submitted, eva, max_the_machine):
    machine = factories.BoardMember.objects.create(user=max_the_machine, profession="None", joined_at="2024-01-01")
    with pytest.raises(WorkflowError, match="machines never review"):
        assignments.assign(submitted, machine, by=eva)
    with pytest.raises(PermissionDenied):
        factories.draft(by=max_the_machine)


def test_nobody_is_asked_twice_about_one_revision(assignment, eva):
    with pytest.raises(WorkflowError, match="already"):
        factories.assigned(assignment.revision.article, assignment.reviewer, by=eva)


def test_only_editors_assign_and_release(submitted, ana, rob, noor, root):
    for somebody in (ana, noor, root):
        with pytest.raises(PermissionDenied):
            assignments.assign(submitted, rob, by=somebody)
        with pytest.raises(PermissionDenied):
            publication.release(submitted, by=somebody, digest=submitted.latest_revision.digest)


def test_a_text_under_review_is_not_replaced_under_the_reviewers_eyes(assignment, ana):
    with pytest.raises(WorkflowError, match="is being read"):
        publication.submit(assignment.revision.article, by=ana)


def test_an_unfinished_draft_is_refused_with_what_it_lacks(ana):
    article = factories.draft(by=ana, short_answer="", title="Not a question")
    with pytest.raises(WorkflowError, match="a short answer and a question mark"):
        publication.submit(article, by=ana)


def test_a_citation_without_an_entry_is_refused_by_name(ana):
    article = factories.draft(by=ana, body="It helps [@nobody2020].")
    with pytest.raises(WorkflowError, match="nobody2020"):
        publication.submit(article, by=ana)


def test_trigger_words_raise_the_risk_and_the_text_is_not_public(ana):
    article = factories.submitted(by=ana, body=factories.BODY + "\nTake 500 mg of paracetamol, also in pregnancy.\n")
    assert article.risk_id == 3
    assert told(article).text is None


def test_lowering_a_risk_takes_an_editor_and_a_reason(submitted, ana, eva):
    editing.set_risk(submitted, 3, by=ana)
    with pytest.raises(PermissionDenied):
        editing.set_risk(submitted, 1, by=ana, reason="It is fine.")
    with pytest.raises(WorkflowError, match="needs a reason"):
        editing.set_risk(submitted, 1, by=eva)
    editing.set_risk(submitted, 1, by=eva, reason="Definitions only.")
    assert factories.fresh(submitted).risk_id == 1


def test_a31_every_verb_leaves_its_entries_in_the_chain(approved):
    actions = list(
        AuditEntry.objects.filter(about=approved.about).order_by("sequence").values_list("action", flat=True)
    )
    assert actions == [
        "article.created",
        "article.edited",
        "revision.frozen",
        "article.submitted",
        "review.assigned",
        "review.accepted",
        "article.under_review",
        "review.opened",
        "claim.judged",
        "checklist.answered",
        "decision.approve",
        "review.ended",
        "revision.released",
        "article.approved",
        "article.approved",
    ]


def test_a_refused_verb_leaves_nothing_behind(submitted, noor):
    before = AuditEntry.objects.count()
    with pytest.raises(PermissionDenied):
        publication.withdraw(submitted, by=noor, reason="For fun.")
    assert AuditEntry.objects.count() == before


def test_a_column_that_says_approved_without_a_proof_counts_as_pending(approved, submitted):
    Article.objects.filter(pk=submitted.pk).update(state=State.APPROVED, approval=approved.approval)
    unit = told(submitted)
    assert unit.standing.is_pending
    assert unit.caution is not None


def test_a_forged_approval_counts_as_pending(submitted):
    revision = submitted.latest_revision
    forged = Approval.objects.create(
        revision=revision,
        number=1,
        digest=revision.digest,
        checked_at=clock.now(),
        valid_until=clock.now() + timedelta(days=900),
        checked_by=[{"name": "Dr No", "profession": "None", "decided_at": "2026-01-01"}],
        released_by="Nobody",
        risk=2,
        policy_version=1,
        seal="f" * 64,
    )
    Article.objects.filter(pk=submitted.pk).update(state=State.APPROVED, approval=forged)
    assert told(submitted).standing.is_pending


def test_the_release_is_bound_to_the_digest_that_was_shown(assignment, eva):
    with pytest.raises(Conflict):
        publication.release(assignment.revision.article, by=eva, digest="0" * 64)
    assert not Release.objects.exists()


def test_a_policy_nobody_can_fill_is_said_to_the_editors(ana, eva):
    factories.submitted(by=ana)
    message = Notification.objects.filter(kind=Kind.SUBMITTED, recipient=eva).first()
    assert "The board cannot fill this quorum" in message.facts["shortfall"]


def test_declining_needs_a_reason_and_gives_the_access_back(assignment, eva):
    reader = assignment.reviewer.user
    with pytest.raises(WorkflowError):
        assignments.decline(assignment, by=reader, reason=" ")
    assignments.decline(assignment, by=reader, reason="On leave.")
    assert not Article.objects.visible_to(reader).exists()
    assert Notification.objects.filter(kind=Kind.REVIEW_DECLINED, recipient=eva).exists()
    assert not ReviewAssignment.objects.open().exists()


def test_who_leaves_the_board_holds_nothing_any_more(assignment, eva):
    member = assignment.reviewer
    member.left_at = clock.now().date()
    member.save()
    assignments.leave_board(member, by=eva)
    assert get_perms(member.user, assignment.revision.article) == []
    assert not ReviewAssignment.objects.visible_to(member.user).exists()
    assert Notification.objects.filter(kind=Kind.REVIEW_DECLINED, recipient=eva).exists()


def test_only_the_responsible_editor_lays_down_a_policy(eva, ruth, root):
    for somebody in (eva, root):
        with pytest.raises(PermissionDenied):
            policy.lay_down(policy.DEFAULTS, by=somebody, note="Mine.")
    assert policy.lay_down(policy.DEFAULTS, by=ruth, note="The same again.").version == 2


def test_a_milder_policy_lets_a_released_text_through_when_it_is_released_again(ana, rob, eva, ruth):
    article = factories.submitted(by=ana, risk=3)
    factories.decided(factories.assigned(article, rob, by=eva))
    publication.release(article, by=eva, digest=article.latest_revision.digest)
    one_is_enough = {**policy.DEFAULTS, 3: replace(policy.DEFAULTS[3], approvals=1)}
    policy.lay_down(one_is_enough, by=ruth, note="One reader for risk 3.")
    publication.release(article, by=eva, digest=article.latest_revision.digest)
    assert factories.fresh(article).state == State.APPROVED


def test_a_correction_is_about_the_checked_text_also_while_a_newer_one_is_read(approved, ana, ruth):
    editing.change(approved, by=ana, edition=approved.edition, short_answer="A newer answer.")
    publication.submit(approved, by=ana)
    notice = publication.correct(approved, by=ruth, text="A page number was wrong.", details=factories.CORRECTION)
    assert notice.revision == approved.latest_revision
    assert notice.revision != factories.fresh(approved).latest_revision
