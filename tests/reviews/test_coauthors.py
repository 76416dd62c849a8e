"""Writing together: asked, accepted, each with their own word on interests, and gone at the same second."""

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from articles import editing
from articles.models import Article, Buffer, CoauthorInvitation, Contribution
from articles.public import for_public, public_article
from articles.states import Part
from editorial import clock
from editorial.errors import Conflict, WorkflowError
from editorial.models import AccountRequest, AuditEntry, User
from reviews import coauthors, publication
from reviews.delivery import deliver_due
from reviews.kinds import Channel, Kind
from reviews.models import Notification
from tests import factories
from tests.desk import at, queries, typed_over, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, ana):
    client.force_login(ana)
    return client


def invite(desk, article, to, part="coauthor"):
    return desk.post(at("desk-people", article), {"act": "invite", "to": to, "part": part})


def test_who_is_invited_reads_nothing_before_a_yes_and_says_own_interests_with_it(desk, draft, noor, mailoutbox):
    draft.title = "Does a quillfeather help?"
    draft.save()
    assert invite(desk, draft, "NOOR@example.org").status_code == 302
    deliver_due()
    [letter] = [mail for mail in mailoutbox if mail.to == [noor.email]]
    [invitation] = CoauthorInvitation.objects.all()
    own = reverse("coauthor-invitation", args=[invitation.pk])
    assert own in letter.body
    assert "quillfeather" not in letter.subject + letter.body
    assert desk.get(own).status_code == 404
    assert noor.label not in words(desk.get(at("desk-people", draft)))

    desk.force_login(noor)
    assert desk.get(at("desk-article", draft)).status_code == 404
    assert "asks you to write along" in words(desk.get(reverse("desk")))
    assert own in words(desk.get(reverse("inbox")))
    assert desk.post(own, {"act": "accept", "interests": " "}).status_code == 422
    before = AuditEntry.objects.count()
    assert desk.post(own, {"act": "accept", "interests": "Owns a gym."}).status_code == 302
    assert AuditEntry.objects.count() == before + 1
    assert "Ana (author, answers for the AI), Noor (co-author)" in words(desk.get(at("desk-article", draft)))
    assert desk.get(own).status_code == 404
    with pytest.raises(Conflict):
        coauthors.accept(invitation, by=noor, interests="None.")


def test_no_answer_tells_whether_an_address_has_an_account_and_the_editors_decide_who_gets_one(
    desk, draft, eva, noor, mailoutbox
):
    pages = []
    for address in ("noor@example.org", "nobody@example.org"):
        assert invite(desk, draft, address).status_code == 302
        page = words(desk.get(at("desk-people", draft)))
        pages.append(page.replace(address, "somebody").count("somebody"))
        coauthors.take_back(CoauthorInvitation.objects.latest("pk"), by=draft.author)
    assert pages[0] == pages[1]
    assert AccountRequest.objects.get().email == "nobody@example.org"
    assert "nobody here signs in" in words(invite(desk, draft, "no-such-person")).lower()
    deliver_due()
    assert {tuple(mail.to) for mail in mailoutbox} == {(eva.email,)}  # the invitation of Noor was taken back before


def test_somebody_without_an_account_finds_the_invitation_once_the_address_is_proved_theirs(desk, draft):
    invite(desk, draft, "Nia@example.org")
    [invitation] = CoauthorInvitation.objects.all()
    nia = factories.person("Nia")
    address = EmailAddress.objects.create(user=nia, email="nia@example.org", primary=True)
    with pytest.raises(Conflict):
        coauthors.accept(invitation, by=nia, interests="None")
    address.verified = True
    address.save()
    desk.force_login(nia)
    assert "asks you to write along" in words(desk.get(reverse("desk")))
    coauthors.accept(invitation, by=nia, interests="None")
    assert editing.is_author(draft, nia)


def test_a_no_is_told_to_the_author_and_hinders_nothing_later(desk, draft, rob, eva):
    invite(desk, draft, "rob")
    own = reverse("coauthor-invitation", args=[CoauthorInvitation.objects.get().pk])
    desk.force_login(rob.user)
    assert desk.post(own, {"act": "decline"}).status_code == 302
    told = Notification.objects.get(kind=Kind.COAUTHOR_NEWS, channel=Channel.INBOX)
    assert (told.recipient, told.facts["did"]) == (draft.author, "declined")
    publication.submit(draft, by=draft.author)
    factories.assigned(factories.fresh(draft), rob, by=eva)


def test_nothing_is_submitted_before_each_author_spoke_and_readers_see_it_by_name(desk, draft, ana, noor):
    factories.joined(draft, noor, interests="Owns a gym.")
    desk.post(at("desk-edit", draft), typed_over(factories.fresh(draft), interests=""))
    with pytest.raises(WorkflowError, match="the interests of Ana"):
        publication.submit(draft, by=noor)
    assert "Has not said yet" in words(desk.get(at("desk-people", draft)))
    assert desk.post(at("desk-people", draft), {"act": "declare", "interests": ""}).status_code == 422
    desk.post(at("desk-people", draft), {"act": "declare", "interests": "None"})
    draft = factories.fresh(draft)
    assert draft.interests == "Ana: None\nNoor: Owns a gym."

    # A form opened before, saved now: what nobody touched there is not written over what was said elsewhere.
    stale = typed_over(draft, interests="", ai_involvement="none") | {"interests_seen": ""}
    assert desk.post(at("desk-edit", draft), stale).status_code == 302
    factories.unsaved_words(factories.fresh(draft), by=ana, interests="Typed elsewhere.")
    form = desk.get(at("desk-edit", draft), {"take": Buffer.objects.get().pk}).context["form"]
    assert (form["interests"].value(), form["interests_seen"].value()) == ("Typed elsewhere.", "None")
    publication.submit(factories.fresh(draft), by=noor)
    draft = factories.fresh(draft)
    coauthors.declare(draft, by=ana, interests="Sold it.")
    frozen = draft.latest_revision.data
    assert frozen["declared"]["interests"] == "Ana: None\nNoor: Owns a gym."
    unit = public_article(for_public(Article.objects.filter(pk=draft.pk)).get(), at=clock.now())
    assert unit.text.authors == ("Ana", "Noor")
    assert "Ana: None<br>Noor: Owns a gym." in words(desk.get(draft.get_absolute_url()))


def test_leaving_and_removing_close_the_text_at_once_and_never_open_it_for_review(desk, draft, ana, noor, rob, eva):
    factories.joined(draft, noor)
    factories.joined(draft, rob.user)
    factories.unsaved_words(draft, by=noor, body="Never saved.")
    noors = draft.contributions.get(person=noor)
    with pytest.raises(PermissionDenied):
        coauthors.remove(draft, noor, by=rob.user)
    with pytest.raises(PermissionDenied):
        coauthors.leave(draft, by=ana)
    assert desk.post(at("desk-people", draft), {"act": "remove", "which": noors.pk}).status_code == 302
    assert not Article.objects.editable_by(noor).exists()
    assert Notification.objects.filter(kind=Kind.COAUTHOR_REMOVED, recipient=noor).count() == len(Channel)
    with pytest.raises(PermissionDenied):
        editing.change(draft, by=noor, edition=draft.edition, body="Mine.")
    of_noor = Client()
    of_noor.force_login(noor)
    late = typed_over(draft, body="Typed in a tab that was open.")
    answer = of_noor.post(at("desk-edit", draft), late, headers={"sec-fetch-site": "same-origin"})
    assert (answer.status_code, "Typed in a tab that was open." in words(answer)) == (404, True)

    desk.force_login(rob.user)
    assert desk.post(at("desk-people", draft), {"act": "leave"}).url == reverse("desk")
    assert desk.get(at("desk-people", draft)).status_code == 404
    publication.submit(factories.fresh(draft), by=ana)
    assert factories.fresh(draft).latest_revision.data["authors"] == ["Ana"]
    with pytest.raises(WorkflowError, match="had a hand in this text"):
        factories.assigned(factories.fresh(draft), rob, by=eva)


def test_whoever_was_asked_twice_joins_once_and_an_address_is_not_said_to_be_an_authors(desk, draft, noor, monkeypatch):
    for to in ("noor", "noor@example.org"):
        assert invite(desk, draft, to).status_code == 302
    first, second = (
        reverse("coauthor-invitation", args=[each.pk]) for each in CoauthorInvitation.objects.order_by("pk")
    )
    desk.force_login(noor)
    assert desk.post(first, {"act": "accept", "interests": "None"}).status_code == 302
    assert "among its authors already" in words(desk.post(second, {"act": "accept", "interests": "None"}))
    assert draft.contributions.filter(person=noor).count() == 1
    assert desk.post(second, {"act": "decline"}).status_code == 302
    desk.force_login(draft.author)
    assert invite(desk, draft, "noor@example.org").status_code == 302
    assert "among its authors already" in words(invite(desk, draft, "noor"))

    third = CoauthorInvitation.objects.latest("pk")
    desk.force_login(noor)
    meanwhile = iter([CoauthorInvitation.objects.filter(pk=third.pk)])
    monkeypatch.setattr(coauthors, "open_for", lambda user: next(meanwhile, CoauthorInvitation.objects.none()))
    answer = desk.post(reverse("coauthor-invitation", args=[third.pk]), {"act": "decline"})
    assert answer.status_code == 302


def test_who_answers_for_the_ai_stays_until_somebody_else_does(desk, draft, ana, noor):
    factories.joined(draft, noor, answers_for_ai=True)
    draft = factories.fresh(draft)
    assert draft.ai_accountable == noor
    desk.force_login(noor)
    assert "Choose somebody else for that" in words(desk.post(at("desk-people", draft), {"act": "leave"}, follow=True))
    editing.change(draft, by=noor, edition=draft.edition, ai_accountable=ana)
    coauthors.leave(draft, by=noor)


def test_a_translator_changes_the_text_does_not_submit_it_and_is_named(desk, draft, ana, noor):
    factories.joined(draft, noor, part=Part.TRANSLATOR)
    editing.change(draft, by=noor, edition=draft.edition, short_answer="Probably a little.")
    for verb in (publication.submit, lambda article, by: publication.withdraw(article, by=by, reason="No.")):
        with pytest.raises(PermissionDenied):
            verb(draft, by=noor)
    publication.submit(draft, by=ana)
    frozen = factories.fresh(draft).latest_revision.data
    assert (frozen["authors"], frozen["translators"]) == (["Ana"], ["Noor"])
    assert "Translated by Noor" in words(desk.get(draft.get_absolute_url()))
    told = desk.get(f"/api/v1/articles/{draft.slug}/").json()
    assert (told["authors"], told["translators"]) == (["Ana"], ["Noor"])
    desk.force_login(noor)
    page = words(desk.get(at("desk-submit", draft)))
    assert "You are its translator" in page
    assert "Submit revision" not in page


def test_only_so_many_are_invited_and_only_by_who_began_it(desk, draft, noor, monkeypatch):
    monkeypatch.setattr(coauthors, "MOST_OPEN", 2)
    assert [invite(desk, draft, f"x{n}@example.org").status_code for n in range(3)] == [302, 302, 422]
    assert "has not answered yet" in words(invite(desk, draft, "X1@example.org"))
    factories.joined(factories.draft(by=draft.author), noor)
    other = Article.objects.editable_by(noor).get()
    desk.force_login(noor)
    assert invite(desk, other, "y@example.org").status_code == 403


@pytest.mark.slow
def test_thirty_people_cost_as_many_queries_as_three(desk, draft, noor):
    of_noor = Client()
    of_noor.force_login(noor)
    now = clock.now()
    term = {"article": draft, "invited_by": draft.author, "sent_at": now, "expires_at": now + coauthors.VALID}

    def grow(few, many):
        people = User.objects.bulk_create(User(username=f"p{n}", printed_name=f"P{n}") for n in range(few, many))
        Contribution.objects.bulk_create(Contribution(article=draft, person=person) for person in people)
        draft.coauthors.add(*people)
        CoauthorInvitation.objects.bulk_create(
            CoauthorInvitation(to=f"x{n}", person=noor, **term) for n in range(few, many)
        )
        pages = [queries(desk, at(name, draft)) for name in ("desk-people", "desk-article", "desk-submit")]
        return [*pages, queries(of_noor, reverse("desk"))]

    assert grow(1, 3) == grow(3, 30)
