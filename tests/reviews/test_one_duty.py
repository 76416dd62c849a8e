"""One person has at most one duty on one article (INV-4), and what a change of risk or a withdrawal means for it."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from articles import editing, search
from articles.models import Article, CoauthorInvitation
from articles.public import for_public, public_article
from articles.states import State
from editorial import clock
from editorial.errors import WorkflowError
from reviews import assignments, coauthors, decisions, publication
from tests import factories

pytestmark = pytest.mark.django_db


def told(article):
    return public_article(for_public(Article.objects.filter(pk=article.pk)).get(), at=clock.now())


def found(words):
    return [unit.slug for unit in search.search(words, at=clock.now())]


@pytest.mark.parametrize("has_decided", [False, True])
@pytest.mark.parametrize("role", ["coauthors", "ai_accountable"])
def test_inv4_whoever_judges_a_text_does_not_become_its_author(assignment, ana, role, has_decided):
    article, rob = assignment.revision.article, assignment.reviewer.user
    if has_decided:
        factories.decided(assignment)
    becomes = {
        "coauthors": lambda: factories.joined(article, rob),
        "ai_accountable": lambda: editing.change(article, by=ana, edition=1, ai_accountable=rob),
    }
    with pytest.raises(WorkflowError, match="nobody can judge a text and write it too"):
        becomes[role]()
    assert list(factories.fresh(article).coauthors.all()) == []
    assert factories.fresh(article).ai_accountable == ana


def test_inv4_whoever_acted_as_its_editor_does_not_become_its_author(assignment, ana, eva):
    with pytest.raises(WorkflowError, match="Eva reviews or edits this article"):
        factories.joined(assignment.revision.article, eva)


def test_a_co_author_who_left_may_come_back(submitted, ana, noor):
    for left in (False, True):
        factories.joined(submitted, noor)
        article = factories.fresh(submitted)
        editing.change(article, by=noor, edition=article.edition, short_answer="Probably a little.")
        if not left:
            coauthors.leave(article, by=noor)
    assert list(submitted.coauthors.all()) == [noor]


def test_a_reviewer_who_is_invited_to_write_cannot_accept_and_the_author_is_not_told_who_reads(client, assignment, ana):
    """Nothing on the author's side tells that Rob reads it; on his, what he said is still in the form."""
    article = assignment.revision.article
    client.force_login(ana)
    address = reverse("desk-people", args=[article.slug])
    assert client.post(address, {"act": "invite", "to": "rob", "part": "coauthor"}).status_code == 302
    client.force_login(assignment.reviewer.user)
    [invitation] = CoauthorInvitation.objects.all()
    own = reverse("coauthor-invitation", args=[invitation.pk])
    answer = client.post(own, {"act": "accept", "interests": "Owns a gym."})
    assert answer.status_code == 422
    assert "nobody can judge a text and write it too" in answer.content.decode()
    assert "Owns a gym." in answer.content.decode()
    assert not editing.is_author(article, assignment.reviewer.user)


@pytest.mark.parametrize("act", ["resolve", "raise_concern", "set_risk", "take_back"])
def test_inv4_whoever_acted_as_an_editor_is_not_asked_to_review_later(ana, rob, rita, eva, ruth, act):
    article = factories.approved(by=ana, reviewer=rob, editor=eva)
    publication.submit(article, by=ana)
    asked = factories.assigned(factories.fresh(article), rita, by=eva)
    concern = publication.raise_concern(
        article, by=factories.person("Uma", is_responsible_editor=True), text="Doubts.", details=factories.CONCERN
    )
    {
        "resolve": lambda: publication.resolve(concern, by=ruth, text="The figures were right."),
        "raise_concern": lambda: publication.raise_concern(
            article, by=ruth, text="More doubts.", details=factories.CONCERN
        ),
        "set_risk": lambda: publication.set_risk(article, 3, by=ruth),
        "take_back": lambda: assignments.take_back(asked, by=ruth, reason="Too slow."),
    }[act]()
    ruth_on_board = factories.BoardMember.objects.create(user=ruth, profession="Doctor", joined_at="2024-01-01")
    with pytest.raises(WorkflowError, match="acts as an editor on this article"):
        factories.assigned(article, ruth_on_board, by=eva)


def test_inv4_a_reviewer_who_is_also_an_editor_does_not_act_on_that_article(assignment):
    article, rob = assignment.revision.article, assignment.reviewer.user
    rob.is_managing_editor = True
    rob.save()
    with pytest.raises(PermissionDenied, match="asked to review this text"):
        publication.withdraw(article, by=rob, reason="I know better.")
    with pytest.raises(PermissionDenied, match="asked to review this text"):
        publication.set_risk(article, 1, by=rob, reason="I know better.")


def test_inv4_an_editor_does_not_lower_the_risk_of_a_text_of_their_own(eva, ruth):
    article = factories.submitted(by=eva, risk=3)
    for verb in (editing.set_risk, publication.set_risk):
        with pytest.raises(PermissionDenied, match="had no hand in the text"):
            verb(article, 1, by=eva, reason="It is mine.")
    publication.set_risk(article, 2, by=ruth, reason="Self-care only.")
    assert factories.fresh(article).risk_id == 2


def test_a_released_text_is_approved_when_a_lower_risk_asks_for_no_more_than_is_there(ana, rob, eva, ruth):
    article = factories.submitted(by=ana, risk=3)
    factories.decided(factories.assigned(article, rob, by=eva))
    publication.release(article, by=eva, digest=article.latest_revision.digest)
    assert factories.fresh(article).state == State.UNDER_REVIEW
    publication.set_risk(article, 2, by=ruth, reason="Self-care only.")
    assert factories.fresh(article).state == State.APPROVED


def test_a_text_is_found_as_soon_as_a_lower_risk_makes_it_public_and_no_longer_than_that(ana, eva):
    article = factories.submitted(by=ana, risk=3)
    assert found("exercise") == []
    publication.set_risk(article, 2, by=eva, reason="Self-care only.")
    assert found("exercise") == [article.slug]
    publication.set_risk(article, 3, by=ana)
    assert found("exercise") == []


def test_a22_a_withdrawn_text_is_not_shown_again_by_retracting_it(approved, ana, ruth):
    publication.withdraw(approved, by=ana, reason="Superseded.")
    publication.submit(approved, by=ana)
    notices = ((publication.correct, factories.CORRECTION), (publication.raise_concern, factories.CONCERN))
    for verb, details in notices:
        with pytest.raises(WorkflowError, match="Only a text that was approved"):
            verb(approved, by=ruth, text="The figure is wrong.", details=details)
    with pytest.raises(WorkflowError, match="Only a text that was approved"):
        publication.retract(
            approved, by=ruth, text="The figure is wrong.", reason="Error in the source.", details=factories.RETRACTION
        )
    assert told(approved).text.number == 2


def test_a_flag_stays_open_when_the_risk_is_lowered(ana, rob, rita, eva, ruth):
    article = factories.submitted(by=ana, risk=3)
    first, second = (factories.assigned(article, member, by=eva) for member in (rob, rita))
    publication.release(article, by=eva, digest=article.latest_revision.digest)
    factories.decided(first)
    factories.decided(second, "unsafe", reason="Ten times the dose.")
    publication.set_risk(article, 2, by=ruth, reason="Self-care only.")
    assert factories.fresh(article).state == State.CHANGES_REQUESTED
    assert decisions.open_unsafe(article)
    assert told(article).text is None
