"""Dissent is kept, and published in the member's own words once the member agreed in writing."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from articles.models import Notice
from articles.states import NoticeKind
from editorial.errors import Conflict, WorkflowError
from editorial.models import AuditEntry
from editorial.verification import verify
from reviews import dissents, publication
from reviews.kinds import Kind
from reviews.models import Decision, Dissent, Notification
from tests import factories
from tests.desk import words

pytestmark = [pytest.mark.django_db, pytest.mark.one_stack]

SAID = "The trial was too small to say so."


@pytest.fixture
def outvoted(ana, rob, rita, eva):
    """Rob and Sam approved, Rita did not."""
    article = factories.submitted(by=ana)
    members = [rob, rita, factories.board_member("Sam"), factories.board_member("Mei")]
    asked = [factories.assigned(article, member, by=eva) for member in members]
    factories.decided(asked[0])
    factories.decided(asked[1], "request_changes", reason="Say how small the trial was.")
    for assignment in asked[2:]:
        factories.decided(assignment)
    publication.release(article, by=eva, digest=article.latest_revision.digest)
    article = factories.fresh(article)
    assert article.approval
    return article


@pytest.fixture
def against(outvoted, rita):
    return Decision.objects.get(reviewer=rita)


def test_a_dissent_goes_from_the_members_desk_to_the_reader_word_for_word(client, outvoted, against, rita, eva):
    page = reverse("admin:reviewassignment-dissent", args=[against.assignment_id])
    client.force_login(rita.user)
    assert "Say how small the trial was." in words(client.get(page)), "one's own reasons to begin with"
    assert page in words(client.get(reverse("admin:reviews_reviewassignment_change", args=[against.assignment_id])))
    refused = client.post(page, {"act": "agree", "words": SAID})
    assert refused.status_code == 422
    assert SAID in words(refused)
    assert client.post(page, {"act": "agree", "words": SAID, "may_be_published": "on"}).status_code == 302
    client.force_login(eva)
    desk = reverse("admin:articles_article_change", args=[outvoted.pk])
    assert SAID in words(client.get(desk))
    [kept] = dissents.may_be_published(outvoted)
    read = {"act": "publish_dissent", "dissent": kept.seen}
    assert client.post(desk, read | {"text": "Other words"}).status_code == 422
    # Nobody publishes words that they have not read.
    dissents.agree(against, by=rita.user, words="Other words.")
    stale = client.post(desk, read)
    assert stale.status_code == 422
    assert "These words were changed" in words(stale)
    with pytest.raises(Conflict, match="changed by their author meanwhile"):
        dissents.publish(kept, by=eva)
    dissents.agree(against, by=rita.user, words=SAID)
    [kept] = dissents.may_be_published(outvoted)
    assert client.post(desk, read | {"dissent": kept.seen}).status_code == 302
    assert Notification.objects.filter(kind=Kind.DISSENT_PUBLISHED, recipient=rita.user).exists()
    client.logout()
    told = words(client.get(outvoted.get_absolute_url()))
    assert "A member of the board disagreed:</strong> Rita, Physiotherapist" in told
    assert SAID in told
    receipt = client.get(reverse("version-receipt", args=[outvoted.slug, 1])).json()
    assert (receipt["dissents"][0]["name"], receipt["dissents"][0]["words"]) == ("Rita", SAID)
    said = client.get(reverse("api:article", args=[outvoted.slug])).json()["standing"]
    assert said["dissents"][0]["profession"] == "Physiotherapist"
    # It goes on with the text whose typing was corrected.
    corrected = factories.typing_signed(factories.typing_proposed(outvoted, by=eva), by=rita.user)
    assert SAID in words(client.get(corrected.get_absolute_url()))
    assert verify().faults == []


def test_nobody_but_the_member_agrees_and_nothing_is_published_without_it(outvoted, against, rob, rita, eva, ana):
    for person in (eva, rob.user, ana):
        with pytest.raises(PermissionDenied):
            dissents.agree(against, by=person, words=SAID)
    with pytest.raises(WorkflowError, match="You approved"):
        dissents.agree(Decision.objects.get(reviewer=rob), by=rob.user, words=SAID)
    kept = dissents.agree(against, by=rita.user, words=SAID)
    for person in (rob.user, rita.user, ana):
        with pytest.raises(PermissionDenied):
            dissents.publish(kept, by=person)
    dissents.take_back(against, by=rita.user)
    with pytest.raises(Conflict, match="took the agreement back"):
        dissents.publish(kept, by=eva)
    assert dissents.may_be_published(outvoted) == []
    kept = dissents.agree(against, by=rita.user, words=f"{SAID} Still.")
    dissents.publish(kept, by=eva)
    for again in (lambda: dissents.publish(kept, by=eva), lambda: dissents.take_back(against, by=rita.user)):
        with pytest.raises(Conflict):
            again()
    assert Notice.objects.get(kind=NoticeKind.DISSENT).text == f"{SAID} Still."
    assert AuditEntry.objects.filter(action__startswith="dissent.").count() == 3


def test_without_an_agreement_that_somebody_decided_against_it_stays_on_record(client, outvoted, against):
    receipt = client.get(reverse("version-receipt", args=[outvoted.slug, 1])).json()
    assert "A member of the board" not in words(client.get(outvoted.get_absolute_url()))
    assert "decision.request_changes" in {record["action"] for record in receipt["records"]}
    assert receipt["dissents"] == []
    assert not Dissent.objects.exists()
