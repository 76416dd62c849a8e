"""Typing corrections: one proposes, another signs, and “checked” stays provable."""

import hashlib
import json
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from articles import editing
from articles.models import Approval, Notice, Revision
from articles.public import for_public, public_article
from articles.seals import is_proven, seal_of
from articles.standing import Told
from articles.states import NoticeKind, State
from editorial import clock
from editorial.errors import Conflict, WorkflowError
from editorial.models import AuditEntry
from editorial.verification import verify
from reviews import publication, rechecks, typing_corrections
from reviews.confirmation import proof_of
from reviews.kinds import Kind, RecheckReason, TypingStage
from reviews.models import Notification, TypingCorrection
from reviews.typing_corrections import MoreThanTyping
from tests import factories

pytestmark = pytest.mark.django_db

SLIP = factories.BODY.replace("Regular exercise", "Regular excercise")


@pytest.fixture
def slipped(ana, rob, eva):
    """An approved text with a slip of the typing in it."""
    return factories.approved(by=ana, reviewer=rob, editor=eva, body=SLIP, days_ago=30)


@pytest.fixture
def waiting(slipped, eva, ruth):
    return mended(slipped, by=eva)


def mended(article, *, by, was="excercise", becomes="exercise"):
    return factories.typing_proposed(article, by=by, was=was, becomes=becomes)


def told(article):
    return public_article(for_public(type(article).objects.filter(pk=article.pk)).get(), at=clock.now())


def test_a_second_person_signs_and_the_check_goes_on_with_the_corrected_text(client, slipped, waiting, eva, ruth):
    before, read = told(slipped), slipped.approval
    assert Notification.objects.filter(kind=Kind.TYPING_PROPOSED, recipient=ruth).exists()
    assert not Notification.objects.filter(kind=Kind.TYPING_PROPOSED, recipient=eva).exists()
    assert "excercise" in before.text.body
    article = factories.typing_signed(waiting, by=ruth)
    unit, approval = told(article), article.approval
    assert unit.standing.state == Told.APPROVED
    assert "excercise" not in unit.text.body_html
    assert unit.text.number == 2
    # Who checked, when, and until when that is good for are what they were.
    assert (unit.standing.checked_at, unit.standing.check_due) == (
        before.standing.checked_at,
        before.standing.check_due,
    )
    assert unit.checked_line.startswith(f"Checked by Rob, Physiotherapist, on {read.checked_at:%-d %B %Y} (version 1)")
    assert unit.checked_line.endswith("A missing word, signed by Eva and Ruth.")
    assert (approval.read, approval.digest) == (read, waiting.digest)
    assert is_proven(approval)
    assert seal_of(read) == read.seal
    assert article.latest_revision.contributors == read.revision.contributors
    assert article.body == unit.text.body
    assert Notification.objects.filter(kind=Kind.TYPING_SIGNED, recipient=article.author).exists()
    assert verify().faults == []
    _readers_can_prove_it(client, article, read)


def _readers_can_prove_it(client, article, read):
    page = client.get(article.get_absolute_url()).content.decode()
    assert "Typing corrected" in page
    assert '"lastReviewed": "' + f"{read.checked_at:%Y-%m-%d}" in page
    assert '"dateModified": "' + f"{clock.now():%Y-%m-%d}" in page
    assert "A missing word. Proposed by Eva, signed by Ruth." in client.get(reverse("corrections")).content.decode()
    assert "who read version 1" in client.get(reverse("versions", args=[article.slug])).content.decode()
    new, old = (json.loads(client.get(reverse("version-receipt", args=[article.slug, n])).content) for n in (2, 1))
    for receipt in (new, old):
        assert hashlib.sha256(receipt["content"].encode()).hexdigest() == receipt["digest"]
    assert new["approvals"][0]["read"] == {"version": 1, "digest": old["digest"]}
    assert {"typing.signed", "article.approval_carried"} <= {r["action"] for r in new["records"]}
    for digest in (new["digest"], old["digest"]):
        assert "its seal is ours" in client.get(reverse("verify"), {"q": digest}).content.decode()
    said = client.get(reverse("api:article", args=[article.slug])).json()["standing"]
    assert said["typing_corrected"][0]["signed_by"] == "Ruth"
    assert said["read_revision"] == 1


def test_what_changes_the_meaning_is_refused_at_every_door(client, slipped, ana, eva):
    count = Revision.objects.count()
    for was, becomes, named in (("fever", "no fever", "negation"), ("long-lasting", "short", "became")):
        with pytest.raises(MoreThanTyping, match=named):
            mended(slipped, by=eva, was=was, becomes=becomes)
    for person, address in (
        (eva, reverse("admin:article-typing", args=[slipped.pk])),
        (ana, reverse("desk-typing", args=[slipped.slug])),
    ):
        client.force_login(person)
        assert client.get(address).status_code == 200
        texts = {"short_answer": "Probably a 10 little, for most people.", "body": SLIP, "reason": "Spelling"}
        answer = client.post(address, texts)
        assert answer.status_code == 422
        assert "“10” was put in: number" in answer.content.decode()
        assert "Probably a 10 little, for most people." in answer.content.decode(), "what was typed is still there"
    assert (TypingCorrection.objects.count(), Revision.objects.count()) == (0, count)


def test_neither_the_proposer_nor_an_author_nor_a_passer_by_signs(
    waiting, slipped, ana, eva, noor, root, rob, max_the_machine
):
    for person in (eva, ana, noor, root, max_the_machine):
        with pytest.raises(PermissionDenied):
            factories.typing_signed(waiting, by=person)
    with pytest.raises(WorkflowError, match="Confirm that it is you"):
        typing_corrections.sign(
            waiting,
            by=rob.user,
            digest=waiting.digest,
            confirmation=proof_of(rob.user, digest="0" * 64, method="password"),
        )
    assert Approval.objects.count() == 1
    # The member of the board who read the text can be the second person.
    assert factories.typing_signed(waiting, by=rob.user).latest_revision.number == 2


def test_corrections_are_held_against_what_the_quorum_read_and_not_against_each_other(slipped, eva, ruth):
    for was, becomes in (("excercise", "exercise"), ("doctor", "docter"), ("comes", "commes")):
        slipped = factories.typing_signed(mended(slipped, by=eva, was=was, becomes=becomes), by=ruth)
    assert [t["reason"] for t in slipped.approval.typing] == ["A missing word"] * 3
    assert slipped.approval.read.revision.number == 1
    with pytest.raises(MoreThanTyping, match="4 words differ from what was read; 3 may"):
        mended(slipped, by=eva, was="follows", becomes="folows")


def test_it_is_judged_on_what_stands_when_it_is_signed(slipped, waiting, ana, eva, ruth):
    with pytest.raises(Conflict, match="Another typing correction"):
        mended(slipped, by=ruth)
    with clock.at(clock.now() + timedelta(days=900)), pytest.raises(Conflict, match="overdue"):
        factories.typing_signed(waiting, by=ruth)
    concern = publication.raise_concern(
        slipped, by=ruth, text="One figure is being checked.", details=factories.CONCERN
    )
    with pytest.raises(Conflict, match="lies over this text"):
        factories.typing_signed(waiting, by=ruth)
    publication.resolve(concern, by=ruth, text="It is right.")
    recheck = rechecks.open_recheck(slipped, by=eva, reason=RecheckReason.EDITOR, words="Once more.")
    with pytest.raises(Conflict, match="being read again"):
        factories.typing_signed(waiting, by=ruth)
    rechecks.drop(factories.fresh(slipped), by=eva, reason="Not needed.")
    assert recheck
    editing.change(slipped, by=ana, edition=slipped.edition, short_answer="Probably, for most.")
    publication.submit(slipped, by=ana)
    assert list(TypingCorrection.objects.waiting()) == [waiting]
    with pytest.raises(Conflict, match="newer version"):
        factories.typing_signed(waiting, by=ruth)
    publication.retract(slipped, by=ruth, text="It is wrong.", reason="It is.", details=factories.RETRACTION)
    with pytest.raises(Conflict, match="retracted"):
        factories.typing_signed(waiting, by=ruth)
    assert Approval.objects.count() == 1


def test_a_correction_of_a_text_that_was_replaced_waits_for_nobody(client, slipped, waiting, rob, eva, ruth):
    factories.approved_again(slipped, reviewer=rob, editor=eva, why="A trial was added.", short_answer="Somewhat.")
    client.force_login(ruth)
    assert "Nothing waits" in client.get(reverse("admin:reviews_typingcorrection_changelist")).content.decode()
    newer = mended(slipped, by=ruth)
    assert list(TypingCorrection.objects.waiting()) == [newer]
    assert TypingCorrection.objects.get(pk=waiting.pk).stage == TypingStage.LAPSED


def test_the_authors_own_changes_are_not_overwritten(slipped, waiting, ana, ruth):
    editing.change(slipped, by=ana, edition=slipped.edition, body=SLIP + "\nMore to come.\n")
    article = factories.typing_signed(waiting, by=ruth)
    assert "excercise" in article.body
    message = Notification.objects.filter(kind=Kind.TYPING_SIGNED, recipient=ana).first()
    assert message.facts["left"] == ["the body"]


def test_it_is_signed_or_declined_on_its_page(client, waiting, slipped, ruth, eva):
    ruth.set_password("read-before-you-sign")
    ruth.save()
    client.force_login(ruth)
    page = reverse("admin:reviews_typingcorrection_change", args=[waiting.pk])
    assert "excercise" in client.get(page).content.decode()
    assert page in client.get(reverse("admin:articles_article_change", args=[slipped.pk])).content.decode()
    sent = {"act": "sign", "digest": waiting.digest, "statement": "on"}
    wrong = client.post(page, sent | {"password": "guess"})
    assert (wrong.status_code, TypingCorrection.objects.get().stage) == (422, TypingStage.WAITING)
    assert client.post(page, sent | {"password": "read-before-you-sign"}).status_code == 302
    assert TypingCorrection.objects.get().confirmed_by == "password"
    assert "Signed and published" in client.get(page).content.decode()
    second = mended(slipped, by=eva, was="follows", becomes="folows")
    client.post(
        reverse("admin:reviews_typingcorrection_change", args=[second.pk]),
        {"act": "decline", "reason": "It was right."},
    )
    assert TypingCorrection.objects.get(pk=second.pk).words == "It was right."
    with pytest.raises(Conflict, match="settled already"):
        factories.typing_signed(second, by=ruth)
    third = mended(slipped, by=eva, was="follows", becomes="folows")
    with pytest.raises(PermissionDenied):
        typing_corrections.take_back(third, by=ruth, reason="No.")
    typing_corrections.take_back(third, by=eva, reason="It was right.")
    assert client.get(reverse("admin:reviews_typingcorrection_changelist")).status_code == 200
    assert (
        client.get(reverse("admin:articles_article_change", args=[slipped.pk])).content.decode().count("Approve") >= 1
    )
    assert AuditEntry.objects.filter(action__startswith="typing.").count() == 6


def test_a_forged_carry_proves_nothing(slipped, waiting, ruth):
    article = factories.typing_signed(waiting, by=ruth)
    forged = Approval.objects.get(pk=article.approval.pk)
    forged.typing = [forged.typing[0] | {"signed_by": "Somebody else"}]
    assert not is_proven(forged)
    forged = Approval.objects.get(pk=article.approval.pk)
    forged.read = None
    assert not is_proven(forged)
    assert Notice.objects.get(kind=NoticeKind.TYPING).revision == article.latest_revision
    assert article.state == State.APPROVED
