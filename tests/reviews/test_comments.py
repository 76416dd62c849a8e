"""Comments on passages: anchored to exact words, one's own until they are sent, settled by whoever made them."""

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.urls import reverse

from articles import editing
from articles.quotes import Passage
from editorial.errors import Conflict, WorkflowError
from editorial.models import AuditEntry
from reviews import assignments, comments, completeness, editor_points, policy, publication, threads
from reviews.comments import Remark
from reviews.kinds import Kind, Origin
from reviews.models import Comment, Decision, Notification, Thread
from tests import factories
from tests.desk import at, queries, words

pytestmark = [pytest.mark.django_db, pytest.mark.one_stack]

QUOTE = "probably eases long-lasting low back pain"
HOSTILE = '<script>alert("x")</script>'


@pytest.fixture
def second(assignment, rita, eva):
    """Rita reads the same revision."""
    return factories.assigned(assignment.revision.article, rita, by=eva)


def on(assignment):
    return {"by": assignment.reviewer.user, "digest": assignment.revision.digest}


def desk(assignment):
    return reverse("admin:reviews_reviewassignment_change", args=[assignment.pk])


def sent(assignment, act, **said):
    return {"act": act, "digest": assignment.revision.digest} | said


def about(quote=QUOTE, **said):
    return {"field": "body", "quote": quote, "occurrence": "", "words": "In whom?"} | said


def draft(assignment, quote=QUOTE, *, remark="In whom?", is_blocking=False):
    return comments.write(assignment, Passage("body", quote), Remark(remark, is_blocking), **on(assignment))


def missing(assignment):
    rule = policy.in_force().rule(assignment.revision.article.risk_id)
    return {one.anchor: one.words for one in completeness.reading_of(assignment, rule=rule).missing}


# On the desk


def test_a_comment_is_marked_in_the_text_listed_beside_it_and_blocks_when_its_reviewer_says_so(client, rob, assignment):
    client.force_login(rob.user)
    form = sent(assignment, "comment", **about("probably eases\n  long-lasting low back pain"), is_blocking="on")
    kept = client.post(desk(assignment), form)
    comment = Comment.objects.get()
    assert kept.url == f"{desk(assignment)}#mark-comment-{comment.pk}"
    assert (comment.quote, comment.occurrence, comment.is_blocking) == (QUOTE, 1, True)
    page = words(client.get(desk(assignment)))
    assert f"<mark>{QUOTE}</mark>" in page
    assert f'href="#comment-{comment.pk}" id="mark-comment-{comment.pk}"' in page
    assert f'id="comment-{comment.pk}"' in page
    assert f"Your comment blocks an approval: “{QUOTE}”" in page
    approval = factories.served(assignment) | {"verdict": "approve"}
    del approval["by"]
    assert client.post(desk(assignment), approval | {"statement": "on", "password": "x"}).status_code == 422
    changed = {"comment": comment.pk, "seen": comment.seen, "words": "In adults?"}
    assert client.post(desk(assignment), sent(assignment, "change_comment", **changed)).status_code == 302
    assert f"comment-{comment.pk}" not in missing(assignment)
    stale = client.post(
        desk(assignment), sent(assignment, "change_comment", **changed | {"words": "From a second tab."})
    )
    assert (stale.status_code, "From a second tab." in words(stale)) == (409, True)
    gone = {"comment": comment.pk, "seen": Comment.objects.get().seen}
    assert client.post(desk(assignment), sent(assignment, "remove_comment", **gone)).status_code == 302
    assert client.post(desk(assignment), sent(assignment, "send_comment", words="Still?", **gone)).status_code == 409
    assert (Comment.objects.count(), Thread.objects.count()) == (0, 0)
    actions = AuditEntry.objects.filter(action__startswith="comment.").values_list("action", flat=True)
    assert sorted(actions) == ["comment.changed", "comment.removed", "comment.written"]


def test_what_cannot_be_kept_is_refused_and_stays_in_the_form(client, rob, assignment):
    client.force_login(rob.user)
    for said in (
        about("Words that stand nowhere"),
        about(occurrence="2"),
        about(words=" "),
        about(words="x" * 100_000),
        about("x" * 100_000),
        about(field="references"),
        about(HOSTILE, words=HOSTILE),
        about() | {"occurrence": "many"},
        about() | {"state": "approved"},
    ):
        for act in ("comment", "comment_now"):
            refused = client.post(desk(assignment), sent(assignment, act, **said))
            assert refused.status_code == 422, said
            assert HOSTILE not in words(refused)
            assert said["words"].strip()[:3000] in words(refused) or said["words"] == HOSTILE
    assert (
        client.post(desk(assignment), sent(assignment, "comment", **about()) | {"digest": "0" * 64}).status_code == 409
    )
    assert not Comment.objects.exists()
    assert not Thread.objects.exists()
    prefilled = words(client.get(desk(assignment) + "?on=1"))
    assert 'name="quote" rows="2">Regular exercise probably eases' in prefilled


def test_another_reviewer_sees_no_trace_of_a_comment_and_reaches_none(client, rita, rob, assignment, second):
    client.force_login(rita.user)
    before = words(client.get(desk(second)))
    kept = draft(assignment, remark="A canary of Rob's.", is_blocking=True)
    thread = comments.say_at_once(
        assignment, Passage("body", "pain follows a fall"), Remark("Another canary."), **on(assignment)
    )
    history = reverse("admin:article-history", args=[assignment.revision.article_id])
    for page in (words(client.get(desk(second))), words(client.get(history))):
        assert "canary" not in page
        assert "<mark>" not in page
    assert words(client.get(desk(second))).count("Your comments") == before.count("Your comments")
    assert f"comment-{kept.pk}" not in missing(second)
    assert not Thread.objects.visible_to(rita.user).exists()
    for act, said in (
        ("change_comment", {"comment": kept.pk, "seen": kept.seen, "words": "Mine."}),
        ("remove_comment", {"comment": kept.pk, "seen": kept.seen}),
        ("send_comment", {"comment": kept.pk, "seen": kept.seen, "words": "Mine."}),
        ("settle", {"thread": thread.pk}),
    ):
        foreign = client.post(desk(second), sent(second, act, **said))
        unknown = client.post(desk(second), sent(second, act, **said | {next(iter(said)): 999_999}))
        assert foreign.status_code == unknown.status_code >= 400
        assert foreign.context["refusal"] == unknown.context["refusal"]
    assert client.post(desk(assignment), sent(assignment, "comment", **about())).status_code in (403, 404)
    assert Comment.objects.get().words == "A canary of Rob's."


# Travelling


def test_drafts_go_to_the_authors_with_the_decision_and_removed_ones_do_not(client, ana, rob, assignment):
    draft(assignment, is_blocking=True)
    gone = draft(assignment, "pain follows a fall", remark="Never mind.")
    draft(assignment, "comes with fever", remark=HOSTILE)
    client.force_login(rob.user)
    assert "&lt;script&gt;" in words(client.get(desk(assignment)))
    assert HOSTILE not in words(client.get(desk(assignment)))
    client.force_login(ana)
    answers = at("desk-answers", assignment.revision.article)
    assert "In whom?" not in words(client.get(answers))
    comments.remove(assignment, gone.pk, seen=gone.seen, **on(assignment))
    factories.decided(assignment, "request_changes")
    page = words(client.get(answers))
    for told in ("In whom?", QUOTE, "Comment on the body", "nothing changed in these words"):
        assert told in page
    assert "Never mind." not in page
    assert HOSTILE not in page
    assert not Comment.objects.exists()
    point = Thread.objects.filter(origin=Origin.COMMENT).first()
    assert (point.decision, point.assignment, point.is_blocking) == (Decision.objects.get(), assignment, True)
    article = factories.fresh(assignment.revision.article)
    with pytest.raises(WorkflowError, match="2 points"):
        publication.submit(article, by=ana)
    changed = factories.BODY.replace("probably eases", "may ease")
    editing.change(article, by=ana, edition=article.edition, body=changed)
    page = words(client.get(answers))
    assert "what changed in this sentence so far" in page
    assert QUOTE in page
    call_command("verify_audit")


def test_a_question_that_is_sent_at_once_is_answered_while_the_text_is_read(client, ana, rob, assignment):
    client.force_login(rob.user)
    said = sent(assignment, "comment_now", **about(), is_blocking="on")
    assert client.post(desk(assignment), said).status_code == 302
    point = Thread.objects.get()
    assert "asked" in missing(assignment)
    assert f"“{QUOTE}”" in missing(assignment)["asked"]
    told = Notification.objects.filter(kind=Kind.POINT_RAISED)
    assert {(message.recipient, message.channel) for message in told} == {(ana, "inbox"), (ana, "email")}
    assert QUOTE not in str([message.facts for message in told])
    client.force_login(ana)
    answers = at("desk-answers", assignment.revision.article)
    assert "Send this answer now" in words(client.get(answers))
    assert client.post(answers, {f"response-{point.pk}": " ", "send": point.pk}).status_code == 422
    assert client.post(answers, {f"response-{point.pk}": "In adults.", "send": point.pk}).status_code == 302
    point.refresh_from_db()
    assert (point.response, point.answered_at is not None) == ("", True)
    assert Notification.objects.filter(kind=Kind.THREADS_ANSWERED, recipient=rob.user, channel="inbox").count() == 1
    assert client.post(answers, {f"response-{point.pk}": "Twice.", "send": point.pk}).status_code == 409
    client.force_login(rob.user)
    assert "In adults." in words(client.get(desk(assignment)))
    client.post(desk(assignment), sent(assignment, "settle", thread=point.pk))
    assert "asked" not in missing(assignment)
    factories.decided(assignment)
    assert Decision.objects.get().verdict == "approve"


def test_an_answer_that_nobody_waits_for_goes_with_the_next_revision(ana, assignment):
    comments.say_at_once(assignment, Passage("body", QUOTE), Remark("In whom?"), **on(assignment))
    factories.decided(assignment, "request_changes")
    point = Thread.objects.get(origin=Origin.COMMENT)
    with pytest.raises(WorkflowError, match="goes with your next revision"):
        threads.reply(point.article, point.pk, threads.Response("In adults.", point.seen), by=ana)


def test_what_was_not_sent_when_a_review_ended_is_at_hand_in_the_next(client, ana, rita, eva, assignment, second):
    kept = draft(second, remark="Never sent.")
    factories.decided(assignment, "request_changes")
    article = factories.answered(assignment.revision.article)
    assert "Never sent." not in words(client.get(at("desk-answers", article)))
    publication.submit(article, by=ana)
    again = factories.assigned(factories.fresh(article), rita, by=eva)
    client.force_login(rita.user)
    page = words(client.get(desk(again)))
    assert "Never sent." in page
    assert f"<mark>{QUOTE}</mark>" in page
    assert Comment.objects.get(pk=kept.pk).assignment == again
    assert AuditEntry.objects.filter(action="comments.carried_over").count() == 1


# Editors


def test_an_editor_asks_the_authors_too_and_settles_it(client, ana, eva, rob, assignment):
    article = assignment.revision.article
    where = reverse("admin:article-points", args=[article.pk])
    client.force_login(eva)
    assert client.post(where, {"act": "raise", "words": " "}).status_code == 422
    kept = client.post(where, {"act": "raise", "words": "x" * 5_000})
    assert (kept.status_code, "x" * 5_000 in words(kept)) == (422, True)
    assert client.post(where, {"act": "raise", "words": f"Who paid? {HOSTILE}", "is_blocking": "on"}).status_code == 302
    point = Thread.objects.get()
    assert HOSTILE not in words(client.get(where))
    client.force_login(ana)
    answers = at("desk-answers", article)
    assert "From the editor" in words(client.get(answers))
    assert client.post(answers, {f"response-{point.pk}": "Nobody.", "send": point.pk}).status_code == 302
    assert Notification.objects.filter(kind=Kind.THREADS_ANSWERED, recipient=eva, channel="inbox").exists()
    client.force_login(eva)
    assert "Nobody." in words(client.get(where))
    assert client.post(where, {"act": "ask_again", "thread": point.pk, "words": "And who else?"}).status_code == 302
    assert client.post(where, {"act": "settle", "thread": point.pk, "words": ""}).status_code == 302
    assert Thread.objects.get().settled_by == eva
    assert client.post(where, {"act": "settle", "thread": point.pk, "words": ""}).status_code == 409
    with pytest.raises(PermissionDenied):
        editor_points.raise_point(article, "Mine.", by=rob.user)


def test_an_editor_settles_the_point_of_a_reviewer_who_left_and_of_nobody_else(client, eva, rob, assignment, ana):
    draft(assignment, is_blocking=True)
    factories.decided(assignment, "request_changes")
    article, point = assignment.revision.article, Thread.objects.get(origin=Origin.COMMENT)
    with pytest.raises(Conflict, match="have not answered it yet"):
        editor_points.settle(article, point.pk, by=eva, reason="Enough.")
    rob.left_at = point.opened_at.date()
    rob.save()
    client.force_login(eva)
    where = reverse("admin:article-points", args=[article.pk])
    assert client.post(where, {"act": "settle", "thread": point.pk, "words": " "}).status_code == 422
    assert client.post(where, {"act": "settle", "thread": point.pk, "words": "Rob has left."}).status_code == 302
    point.refresh_from_db()
    assert (point.settled_by, point.settled_because) == (eva, "Rob has left.")
    assert AuditEntry.objects.get(action="thread.settled_by_editor").actor == eva
    assert Notification.objects.filter(kind=Kind.POINT_SETTLED, recipient=rob.user).count() == 2
    client.force_login(ana)
    assert "Rob has left." in words(client.get(at("desk-answers", article)))


@pytest.mark.one_stack
def test_an_editor_who_reads_for_the_board_sees_what_reviewers_see(client, assignment, eva):
    comments.say_at_once(assignment, Passage("body", QUOTE), Remark("A canary of Rob's."), **on(assignment))
    member = factories.board_member("Rosa", specialties=("Physiotherapy",))
    own = factories.assigned(assignment.revision.article, member, by=eva)
    member.user.is_managing_editor = True
    member.user.save()
    client.force_login(member.user)
    article = assignment.revision.article_id
    pages = [reverse(f"admin:{name}", args=[article]) for name in ("articles_article_change", "article-points")]
    assert all("canary" not in words(client.get(page)) for page in pages)
    assignments.decline(own, by=member.user, reason="Busy.")
    assert all("canary" in words(client.get(page)) for page in pages)


# How much


@pytest.mark.slow
@pytest.mark.one_stack
def test_three_comments_cost_as_many_queries_as_thirty(client, rob, assignment):
    client.force_login(rob.user)
    client.get(desk(assignment))
    comments.say_at_once(assignment, Passage("body", QUOTE), Remark("In whom?"), **on(assignment))
    draft(assignment)
    few = queries(client, desk(assignment))
    kept = Comment.objects.get()
    for _ in range(28):
        kept.pk = None
        kept.save()
    assert words(client.get(desk(assignment))).count('class="passage-sign"') == 30
    assert queries(client, desk(assignment)) == few < 15
