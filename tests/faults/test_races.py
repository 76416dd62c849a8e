"""Two people, one moment: real threads on real connections, and one clear outcome each time."""

import threading
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import cycle

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction

from articles import editing
from articles.models import Approval, Article, Notice, Revision
from articles.public import for_public, public_article
from articles.standing import Told
from articles.states import NoticeKind, State
from editorial import audit, clock
from editorial.errors import Conflict, WorkflowError
from editorial.models import AuditEntry
from editorial.verification import Verdict, verify
from reviews import absences, assignments, decisions, publication, reminders
from reviews.kinds import Kind
from reviews.models import Decision, InterestAnswer, Notification, Release, ReviewAssignment
from tests import factories

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

ROUNDS = 3
PATIENCE = 60  # seconds; whoever waits longer hangs in a deadlock
REFUSALS = (WorkflowError, PermissionDenied)


def at_once(*acts):
    """Start every act at the same moment, each on a connection of its own; what each returned or was refused with."""
    start, outcomes = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place, act):
        try:
            connection.ensure_connection()
            start.wait(PATIENCE)
            outcomes[place] = act()
        except Exception as trouble:
            outcomes[place] = trouble
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n, act), daemon=True) for n, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert not any(thread.is_alive() for thread in threads), "somebody still waits: a deadlock"
    faults = [o for o in outcomes if isinstance(o, Exception) and not isinstance(o, REFUSALS)]
    if faults:
        raise faults[0]
    return outcomes


def refused(outcomes):
    return [outcome for outcome in outcomes if isinstance(outcome, Exception)]


def told(article):
    return public_article(for_public(Article.objects.filter(pk=article.pk)).get(), at=clock.now())


def messages(article, kind):
    """How many messages of this kind each person got, per channel."""
    return Notification.objects.filter(article=article, kind=kind).count()


def under_review(ana, eva, *members, **fields):
    """An article, and the assignment of each of these board members."""
    article = factories.submitted(by=ana, **fields)
    return article, [factories.assigned(article, member, by=eva) for member in members]


def test_inv5_two_last_approvals_at_once_approve_once(ana, rob, rita, eva):
    for _ in range(ROUNDS):
        article, asked = under_review(ana, eva, rob, rita, risk=3)
        publication.release(article, by=eva, digest=article.latest_revision.digest)
        outcomes = at_once(*(lambda a=a: factories.decided(a) for a in asked))
        assert refused(outcomes) == []
        assert told(article).standing.state == Told.APPROVED
        assert Approval.objects.filter(revision__article=article).count() == 1
        assert {c["name"] for c in factories.fresh(article).approval.checked_by} == {"Rob", "Rita"}
        assert messages(article, Kind.APPROVED) == 2 * len({ana, eva})


def test_a03_of_twenty_racing_decisions_on_one_assignment_one_is_stored(ana, rob, eva):
    article, [assignment] = under_review(ana, eva, rob)
    ready = factories.ready_to_approve(assignment)
    form = {name: said for name, said in ready.items() if name != "confirmation"}
    verdicts = [
        lambda: decisions.approve(assignment, **ready),
        lambda: decisions.request_changes(assignment, reason="Say for whom.", **form),
        lambda: decisions.reject(assignment, reason="Not a question of ours.", **form),
        lambda: decisions.flag_unsafe(assignment, reason="Ten times the dose.", **form),
    ]
    outcomes = at_once(*(act for act, _ in zip(cycle(verdicts), range(20), strict=False)))
    losers = refused(outcomes)
    assert len(losers) == 19
    assert {type(refusal) for refusal in losers} == {Conflict}
    assert all("ended already" in str(refusal) or "no longer under review" in str(refusal) for refusal in losers)
    decision = Decision.objects.get(assignment=assignment)
    assert decision in outcomes
    assert messages(article, Kind.DECISION_RECORDED) == 2
    assert AuditEntry.objects.filter(action__startswith="decision.").count() == 1


def test_inv5_two_sign_one_typing_correction_at_once_and_one_retracts(ana, rob, rita, eva, ruth):
    """One signature or none stands, and whatever came second is refused in a sentence."""
    approved = [factories.approved(by=ana, reviewer=rob, editor=eva) for _ in range(2)]
    first, second = (factories.typing_proposed(article, by=eva) for article in approved)
    signed = at_once(*(partial(factories.typing_signed, first, by=person) for person in (ruth, rob.user, rita.user)))
    assert [type(each) for each in refused(signed)] == [Conflict, Conflict]
    assert Revision.objects.filter(article=approved[0]).count() == 2
    at_once(
        partial(factories.typing_signed, second, by=rita.user),
        partial(
            publication.retract,
            approved[1],
            by=ruth,
            text="It is wrong.",
            reason="It is.",
            details=factories.RETRACTION,
        ),
    )
    assert told(approved[1]).standing.state == Told.RETRACTED
    carried = Approval.objects.filter(read__isnull=False)
    assert carried.count() == Notice.objects.filter(kind=NoticeKind.TYPING).count() <= 2
    assert verify().faults == []


def test_inv5_two_editors_release_at_once_and_one_release_is_kept(ana, rob, eva, ruth):
    for _ in range(ROUNDS):
        article, [assignment] = under_review(ana, eva, rob)
        factories.decided(assignment)
        digest = article.latest_revision.digest
        outcomes = at_once(*(partial(publication.release, article, by=e, digest=digest) for e in (eva, ruth)))
        [loser] = refused(outcomes)
        assert isinstance(loser, Conflict)
        assert Release.objects.filter(revision__article=article).count() == 1
        assert Approval.objects.filter(revision__article=article).count() == 1


def test_inv5_a_release_that_meets_the_last_approval_always_ends_approved(ana, rob, eva):
    for _ in range(2 * ROUNDS):
        article, [assignment] = under_review(ana, eva, rob)
        digest = article.latest_revision.digest
        outcomes = at_once(
            lambda a=assignment: factories.decided(a),
            lambda a=article, d=digest: publication.release(a, by=eva, digest=d),
        )
        assert refused(outcomes) == []
        assert told(article).standing.state == Told.APPROVED
        assert Approval.objects.filter(revision__article=article).count() == 1


@pytest.mark.parametrize("was", ["draft", "approved"])
def test_a_submission_from_two_tabs_makes_one_revision(ana, rob, eva, was):
    for _ in range(ROUNDS):
        article = factories.draft(by=ana) if was == "draft" else factories.approved(by=ana, reviewer=rob, editor=eva)
        before = article.revisions.count()
        [refusal] = refused(at_once(*[lambda a=article: publication.submit(a, by=ana)] * 2))
        assert isinstance(refusal, WorkflowError)
        assert "waits for an editor" in str(refusal)
        assert Revision.objects.filter(article=article).count() == before + 1
        assert factories.fresh(article).latest_revision.number == before + 1


def test_an_edition_saved_from_two_tabs_is_saved_once(ana):
    for _ in range(ROUNDS):
        article = factories.draft(by=ana)
        answers = ["It helps a little.", "It helps a lot."]
        outcomes = at_once(
            *(partial(editing.change, article, by=ana, edition=article.edition, short_answer=w) for w in answers)
        )
        [refusal] = refused(outcomes)
        assert isinstance(refusal, Conflict)
        [saved] = [o for o in outcomes if o is not refusal]
        assert factories.fresh(article).short_answer == saved.short_answer


def test_a_new_article_sent_twice_is_two_articles_at_two_addresses(ana):
    for n in range(ROUNDS):
        twins = at_once(
            *[lambda n=n: factories.draft(by=ana, title=f"Does rest help, case {n}?", references=False)] * 2
        )
        assert refused(twins) == []
        assert len({article.slug for article in twins}) == 2


def test_two_lists_of_sources_added_at_once_both_arrive(ana):
    article = factories.draft(by=ana, references=False)
    lists = [factories.HAYDEN, replace(factories.HAYDEN, title="Exercise therapy for acute low back pain")]
    outcomes = at_once(*[lambda each=each: editing.add_references(article, [each], by=ana) for each in lists])
    assert refused(outcomes) == []
    assert sorted(article.references.values_list("position", flat=True)) == [0, 1]


def test_a_withdrawal_that_meets_an_approval_is_never_overlooked(ana, rob, eva):
    for _ in range(2 * ROUNDS):
        article, [assignment] = under_review(ana, eva, rob)
        publication.release(article, by=eva, digest=article.latest_revision.digest)
        decided, withdrawn = at_once(
            lambda a=assignment: factories.decided(a),
            lambda a=article: publication.withdraw(a, by=ana, reason="Superseded."),
        )
        assert isinstance(withdrawn, Notice)
        assert isinstance(decided, Decision | Conflict)
        article = factories.fresh(article)
        assert article.state == State.WITHDRAWN
        assert (article.approval is None) == isinstance(decided, Conflict)
        assert told(article).standing.state == Told.WITHDRAWN
        assert told(article).text is None


def test_a27_an_assignment_taken_back_while_its_reviewer_decides_ends_once(ana, rob, eva):
    for _ in range(2 * ROUNDS):
        article, [assignment] = under_review(ana, eva, rob)
        decided, taken = at_once(
            lambda a=assignment: factories.decided(a),
            lambda a=assignment: assignments.take_back(a, by=eva, reason="Somebody else is quicker."),
        )
        assert [type(o) for o in (decided, taken)] in ([Decision, Conflict], [Conflict, type(None)])
        assignment.refresh_from_db()
        assert (assignment.ending == "decided") == isinstance(decided, Decision)
        assert Decision.objects.filter(assignment=assignment).exists() == isinstance(decided, Decision)
        assert not Article.objects.visible_to(rob.user).exists()


def test_a_member_who_leaves_and_a_reader_who_decides_never_wait_for_each_other(ana, rob, rita, eva, ruth):
    asked = [under_review(ana, eva, rob, rita)[1] for _ in range(8)]
    readings = [reading for _, reading in asked[1:]]
    outcomes = at_once(
        partial(assignments.leave_board, rob, by=ruth), *(partial(factories.decided, reading) for reading in readings)
    )
    assert refused(outcomes) == []
    assert not Article.objects.visible_to(rob.user).exists()


def test_one_reviewer_asked_by_two_editors_at_once_is_asked_once(ana, rob, eva, ruth):
    for _ in range(ROUNDS):
        article = factories.submitted(by=ana)
        outcomes = at_once(*(partial(factories.assigned, article, rob, by=e) for e in (eva, ruth)))
        [refusal] = refused(outcomes)
        assert isinstance(refusal, WorkflowError)
        assert messages(article, Kind.REVIEW_ASSIGNED) == 2


def test_a_risk_raised_while_the_last_approval_comes_is_judged_before_or_after_it(ana, rob, eva, ruth):
    for _ in range(ROUNDS):
        article, [assignment] = under_review(ana, eva, rob)
        publication.release(article, by=eva, digest=article.latest_revision.digest)
        outcomes = at_once(
            lambda a=assignment: factories.decided(a),
            lambda a=article: publication.set_risk(a, 3, by=ruth, reason="It speaks of children."),
        )
        assert refused(outcomes) == []
        article = factories.fresh(article)
        assert article.risk_id == 3
        # One approval is enough at risk 2 and not at risk 3.
        assert article.state == (State.APPROVED if article.approval and article.approval.risk == 2 else "under_review")


def test_a_flag_that_meets_the_release_keeps_the_text_hidden(ana, rob, rita, eva):
    for _ in range(ROUNDS):
        article, [first, second] = under_review(ana, eva, rob, rita, risk=2)
        factories.decided(first)
        digest = article.latest_revision.digest
        flagged, released = at_once(
            lambda a=second: factories.decided(a, "unsafe", reason="Ten times the dose."),
            lambda a=article, d=digest: publication.release(a, by=eva, digest=d),
        )
        is_flagged = isinstance(flagged, Decision)
        assert is_flagged != (isinstance(released, Release) and isinstance(flagged, Conflict))
        assert told(article).standing.is_pending == is_flagged
        assert (told(article).text is None) == is_flagged
        assert article.notices.filter(kind=NoticeKind.UNSAFE).exists() == is_flagged


def test_a37_eight_writers_leave_one_linear_chain(db):
    writers, appends = 8, 60

    def write(writer):
        for n in range(appends):
            with transaction.atomic():
                audit.record("test.appended", by=None, about=f"writer:{writer}", n=n)

    before = AuditEntry.objects.count()
    assert refused(at_once(*(lambda w=w: write(w) for w in range(writers)))) == []
    assert AuditEntry.objects.count() == before + writers * appends
    for writer in range(writers):
        mine = AuditEntry.objects.filter(about=f"writer:{writer}").order_by("sequence")
        assert [entry.data["n"] for entry in mine] == list(range(appends))
    outcome = verify()
    assert (outcome.verdict, outcome.faults) == (Verdict.OK, [])


def test_a_whole_desk_at_work_at_once_leaves_a_chain_that_verifies(ana, eva):
    """Different articles, the same chain and the same people: nobody waits for ever, and every row has its entry."""
    board = [factories.board_member(f"Reader {n}") for n in range(4)]
    drafts = [factories.draft(by=ana) for _ in board]

    def whole_way(article, member):
        publication.submit(article, by=ana)
        assignment = factories.assigned(factories.fresh(article), member, by=eva)
        factories.decided(assignment)
        publication.release(article, by=eva, digest=assignment.revision.digest)
        return factories.fresh(article).state

    states = at_once(*(lambda a=a, m=m: whole_way(a, m) for a, m in zip(drafts, board, strict=True)))
    assert states == [State.APPROVED] * len(board)
    assert verify().faults == []
    due = clock.now() + timedelta(days=1)
    assert Article.objects.public(at=due).count() == len(board)


def test_two_ticks_at_once_take_each_rung_once_and_pass_a_review_on_once(ana, rob, rita, eva):
    absences.set_terms(rob, by=rob.user, capacity=50, deputy=rita)
    for days, rung in ((1, "remind+0"), (3, "deputy+3")):
        _, [assignment] = under_review(ana, eva, rob)

        def tick(late=assignment.due_at + timedelta(days=days)):
            with clock.at(late):
                return reminders.remind()

        assert sorted(at_once(tick, tick, tick)) == [0, 0, 1]
        assert [step.rung for step in assignment.steps.all()] == [rung]
        asked = ReviewAssignment.objects.filter(revision=assignment.revision_id)
        assert [a.reviewer for a in asked.filter(ended_at=None)] == [rita if days == 3 else rob]
        left = asked.filter(ended_at=None).get()
        assignments.take_back(left, by=eva, reason="Enough seen.")
    assert verify().faults == []


def test_of_two_answers_to_one_invitation_one_counts(ana, rob, eva):
    article = factories.submitted(by=ana)
    invited = factories.assigned(article, rob, by=eva, accepted=False)
    outcomes = at_once(
        lambda: assignments.accept(invited, by=rob.user),
        lambda: assignments.accept(invited, by=rob.user, interest="major", words="My own trial."),
        lambda: assignments.decline(invited, by=rob.user, reason="On leave."),
    )
    answers = InterestAnswer.objects.count()
    assert len(refused(outcomes)) >= 1
    assert answers <= 1
    assert verify().faults == []
