"""Interests are declared by the member and hold for a time; credentials count once another person verified them."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from articles.states import State
from editorial import clock
from editorial.audit import fingerprint
from editorial.errors import Conflict, WorkflowError
from editorial.models import AuditEntry
from editorial.verification import verify
from reviews import credentials, interests, matching, policy, publication
from reviews.interests import Item
from reviews.kinds import Channel, Declared, Kind
from reviews.models import BoardMember, InterestDeclaration, Notification, ReviewPolicy
from tests import factories
from tests.desk import queries

pytestmark = pytest.mark.django_db

FEE = Item("money", "fee from a maker of splints", "2024", is_major=False)


@pytest.fixture
def kim(db):
    """On the board, and never asked about anything."""
    return BoardMember.objects.create(
        user=factories.person("Kim", is_staff=True), profession="Nurse", joined_at="2024-01-01"
    )


def test_never_asked_none_declared_and_expired_are_four_different_answers(kim):
    assert interests.state_of(kim) == Declared.NEVER_ASKED
    assert interests.printed(kim) == "Never asked"
    first = interests.declare(kim, by=kim.user, none_declared=True)
    assert interests.state_of(kim) == Declared.NONE
    assert interests.printed(kim).startswith("None declared (")
    with clock.at(first.expires_at):
        assert interests.state_of(kim) == Declared.EXPIRED
        assert interests.printed(kim).startswith("Expired on ")
        with pytest.raises(WorkflowError, match="has expired"):
            interests.check_current(kim)
        interests.declare(kim, by=kim.user, items=[FEE])
        assert interests.state_of(kim) == Declared.DECLARED
        assert "Money: fee from a maker of splints, since 2024 (minor)" in interests.printed(kim)
    # What held then is what is told of then.
    assert interests.state_of(kim, at=first.declared_at) == Declared.NONE
    assert AuditEntry.objects.filter(action="interests.declared", actor=kim.user).count() == 2
    assert verify().faults == []


def test_a_declaration_says_something_and_not_its_opposite(kim):
    for said, why in (
        ({}, "an empty form says neither"),
        ({"items": [FEE], "none_declared": True}, "Take one of the two back"),
        ({"items": [Item("money", " ", "2024", is_major=False)]}, "Each interest needs"),
        ({"items": [Item("hobby", "golf", "2024", is_major=False)]}, "Each interest needs"),
        ({"items": [FEE] * 31}, "30 interests at most"),
    ):
        with pytest.raises(WorkflowError, match=why):
            interests.declare(kim, by=kim.user, **said)
    assert not InterestDeclaration.objects.exists()


def test_nobody_declares_for_another(kim, rob, eva, root):
    for somebody in (rob.user, eva, root):
        with pytest.raises(PermissionDenied, match="their own interests"):
            interests.declare(kim, by=somebody, none_declared=True)


def test_the_terms_of_the_policy_in_force_apply_and_old_versions_still_load(kim, ruth):
    assert ReviewPolicy.objects.get().terms["interest_months"] == policy.in_force().terms.interest_months == 12
    rules = policy.in_force().rules
    policy.lay_down(rules, by=ruth, note="Half a year.", terms=policy.Terms(interest_months=6, look_back_months=24))
    policy.lay_down(rules, by=ruth, note="Terms stay when nobody names them.")
    declaration = interests.declare(kim, by=kim.user, none_declared=True)
    assert declaration.expires_at == policy.add_months(declaration.declared_at, 6)
    assert declaration.look_back_months == 24
    assert policy.stored(ReviewPolicy(version=9, rules={}, terms={})).terms == policy.Terms()


def test_a_rule_may_ask_for_disciplines_beside_the_specialty(ana, rob, eva, ruth):
    """Two of the topic's own specialty are not enough where the policy wants a pharmacist's eye too."""
    drugs, mei = factories.topic("Medicines"), factories.board_member("Mei", specialties=("Medicines",))
    rules = dict(policy.in_force().rules)
    for disciplines, why in (((drugs.slug, "sleep", "x"), "too many"), (("astrology",), "no topic “astrology”")):
        with pytest.raises(WorkflowError, match=why):
            policy.lay_down(rules | {3: replace(rules[3], disciplines=disciplines)}, by=ruth, note="x")
    policy.lay_down(rules | {3: replace(rules[3], disciplines=(drugs.slug,))}, by=ruth, note="Drugs are seen.")
    article = factories.submitted(by=ana, risk=3)
    assert matching.shortfall(article) == ""
    second = factories.board_member("Second")
    for member in (rob, second):
        factories.decided(factories.assigned(article, member, by=eva))
    publication.release(article, by=eva, digest=article.latest_revision.digest)
    assert factories.fresh(article).state == State.UNDER_REVIEW
    factories.decided(factories.assigned(article, mei, by=eva, discipline=drugs))
    assert factories.fresh(article).state == State.APPROVED
    mei.specialties.clear()
    assert "asks for an approval as “medicines”" in matching.shortfall(factories.submitted(by=ana, risk=3))


def test_a_policy_laid_down_at_the_same_instant_is_a_conflict_in_words(ruth, monkeypatch):
    rules = policy.in_force().rules
    theirs = policy.lay_down(rules, by=ruth, note="Theirs.")
    monkeypatch.setattr(ReviewPolicy.objects, "first", lambda: ReviewPolicy.objects.get(version=theirs.version - 1))
    with pytest.raises(Conflict, match="Somebody else laid down a policy at this moment"):
        policy.lay_down(rules, by=ruth, note="Mine.")
    assert ReviewPolicy.objects.count() == 2


def test_a_row_written_before_a_column_came_keeps_its_fingerprint(db):
    """The policy of an older desk has no terms; its entry in the chain must still fit."""
    assert verify().faults == []
    version = ReviewPolicy.objects.get()
    version.pk, version.version, version.terms = None, 2, {}
    version.save()
    with_terms, version.terms = fingerprint(version), {"interest_months": 6}
    assert fingerprint(version) != with_terms


def test_a_member_is_told_once_that_a_declaration_runs_out(kim, rita):
    declaration = interests.declare(kim, by=kim.user, none_declared=True)

    def told():
        return list(Notification.objects.filter(channel=Channel.EMAIL, kind=Kind.INTERESTS_EXPIRING))

    with clock.at(declaration.expires_at - timedelta(days=31)):
        assert interests.remind_of_expiry() == 0
    for days in (-30, -1, 40):
        with clock.at(declaration.expires_at + timedelta(days=days)):
            interests.remind_of_expiry()
            interests.remind_of_expiry()
    assert [(n.recipient, n.article) for n in told()] == [(kim.user, None)]
    with clock.at(declaration.expires_at + timedelta(days=41)):
        interests.declare(kim, by=kim.user, none_declared=True)
        assert interests.remind_of_expiry() == 0


def test_who_renewed_in_time_hears_nothing_of_the_old_declaration(kim):
    declaration = interests.declare(kim, by=kim.user, none_declared=True)
    with clock.at(declaration.expires_at - timedelta(days=40)):
        interests.declare(kim, by=kim.user, none_declared=True)
    with clock.at(declaration.expires_at + timedelta(days=1)):
        assert interests.remind_of_expiry() == 0


def test_the_interests_of_that_day_are_frozen_into_the_decision(assignment, rob):
    decision = factories.decided(assignment)
    before = decision.interests
    assert before.startswith("None declared")
    interests.declare(rob, by=rob.user, items=[FEE])
    decision.refresh_from_db()
    assert decision.interests == before


def test_a_member_declares_on_a_page_that_loses_nothing_typed(client, kim):
    client.force_login(kim.user)
    where = reverse("admin:my-interests")
    assert "You have never declared your interests" in client.get(where).content.decode()
    half = {"money-0-what": "<b>fee</b> from a maker", "money-0-since": "", "money-0-weight": ""}
    answer = client.post(where, half)
    assert answer.status_code == 422
    assert "&lt;b&gt;fee&lt;/b&gt; from a maker" in answer.content.decode()
    assert client.post(where, {"money-0-what": ""}).status_code == 422
    whole = half | {"money-0-since": "2024", "money-0-weight": "major"}
    more = client.post(where, whole | {"act": "more"}).content.decode()
    assert "money-1-what" in more
    assert not InterestDeclaration.objects.exists()
    assert client.post(where, whole).status_code == 302
    assert interests.items_of(interests.newest(kim)) == [
        Item("money", "<b>fee</b> from a maker", "2024", is_major=True)
    ]
    assert "&lt;b&gt;fee&lt;/b&gt; from a maker" in client.get(where).content.decode()
    public = client.get(reverse("board")).content.decode()
    assert "&lt;b&gt;fee&lt;/b&gt; from a maker, since 2024 (major)" in public


# Credentials


def test_a_credential_counts_from_its_verification_by_an_editor_until_it_runs_out(kim, eva, rob, root):
    licence = credentials.add(kim, by=kim.user, title="Licence", issuer="Council", expires_at=None)
    assert credentials.current(kim) == []
    for somebody in (kim.user, rob.user, root):
        with pytest.raises(PermissionDenied):
            credentials.verify(licence, by=somebody)
    credentials.verify(licence, by=eva)
    assert credentials.current(kim) == [licence]
    licence.refresh_from_db()
    assert (licence.verified_by, licence.history.first().history_user) == (eva, eva)
    with pytest.raises(Conflict, match="verified already"):
        credentials.verify(licence, by=eva)
    with pytest.raises(WorkflowError, match="Say why"):
        credentials.withdraw(licence, by=eva, reason=" ")
    credentials.withdraw(licence, by=eva, reason="Struck off.")
    assert credentials.current(kim) == []
    with pytest.raises(Conflict, match="withdrawn already"):
        credentials.verify(licence, by=eva)
    short = credentials.add(kim, by=eva, title="Permit", issuer="Council", expires_at=clock.now().date())
    credentials.verify(short, by=eva)
    assert credentials.current(kim) == [short]
    with clock.at(clock.now() + timedelta(days=1)):
        assert credentials.why_none(kim) == "has no verified credential that is still valid"
    acts = AuditEntry.objects.filter(about=f"boardmember:{kim.pk}").values_list("action", flat=True)
    assert sorted(acts) == sorted(["credential.added", "credential.verified"] * 2 + ["credential.withdrawn"])


def test_an_editor_on_the_board_does_not_verify_their_own_credential(rob, eva):
    rob.user.is_managing_editor = True
    rob.user.save()
    own = credentials.add(rob, by=rob.user, title="Diploma", issuer="School")
    with pytest.raises(PermissionDenied, match="your own"):
        credentials.verify(own, by=rob.user)
    credentials.verify(own, by=eva)
    nameless = credentials.add(rob, by=eva, title="Certificate")
    with pytest.raises(WorkflowError, match="who issued it"):
        credentials.verify(nameless, by=eva)


def test_editors_settle_credentials_on_the_members_page(client, kim, rob, eva):
    client.force_login(eva)
    where = reverse("admin:member-standing", args=[kim.pk])
    said = {"act": "add", "title": "<i>Licence</i>", "issuer": "Council", "expires_at": "2090-01-01"}
    assert client.post(where, said | {"expires_at": "yesterday"}).status_code == 422
    assert client.post(where, said).status_code == 302
    licence = kim.credentials.get()
    page = client.get(where).content.decode()
    assert "&lt;i&gt;Licence&lt;/i&gt;" in page
    assert "Not verified" in page
    theirs = {"act": "verify", "credential": rob.credentials.get().pk}
    assert client.post(where, theirs).status_code == 404
    assert client.post(where, {"act": "verify", "credential": licence.pk}).status_code == 302
    assert client.post(where, {"act": "verify", "credential": licence.pk}).status_code == 409
    assert "verified" in client.get(reverse("board")).content.decode()
    assert client.post(where, {"act": "withdraw", "credential": licence.pk, "reason": ""}).status_code == 422
    assert client.post(where, {"act": "withdraw", "credential": licence.pk, "reason": "Expired."}).status_code == 302


@pytest.mark.slow
def test_the_board_page_costs_the_same_for_three_members_and_for_thirty(client):
    for n in range(3):
        factories.board_member(f"Member {n}")
    few = queries(client, reverse("board"))
    for n in range(3, 30):
        factories.board_member(f"Member {n}")
    assert queries(client, reverse("board")) == few <= 8
