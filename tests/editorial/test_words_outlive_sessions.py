"""A form that arrives after its session has ended, without any script: nothing typed is lost, nobody else gets it."""

import random
import re

import pytest
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from articles.models import Article
from editorial import carried
from tests import factories
from tests.desk import at, typed, typed_over, words

pytestmark = pytest.mark.django_db

PASSWORD = "four-plain-words-together"
WORDS = "Typed for an hour.\r\n\r\n## <b>More</b> & more"


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def sign_in(client, person, **more):
    person.set_password(PASSWORD)
    person.save()
    return client.post(reverse("login"), {"username": person.username, "password": PASSWORD, **more})


def sent_after_the_end(client, address, form):
    Session.objects.all().delete()
    return client.post(address, form)


def sealed_in(page):
    return re.search(r'name="carried" value="([^"]+)"', words(page))[1]


def test_what_was_sent_too_late_goes_on_with_its_writer_and_is_saved_where_it_was_meant_to_be(client, ana, draft):
    sign_in(client, ana)
    page = sent_after_the_end(client, at("desk-edit", draft), typed_over(draft, body=WORDS))
    assert (page.status_code, "no-store" in page["Cache-Control"]) == (403, True)
    assert "Nothing you typed is lost" in words(page)
    assert "&lt;b&gt;More&lt;/b&gt; &amp; more" in words(page)
    assert not Session.objects.exists()

    wrong = client.post(reverse("login"), {"username": "ana", "password": "wrong", "carried": sealed_in(page)})
    back = sign_in(client, ana, carried=sealed_in(wrong), next=reverse("account-carried"))
    assert back["Location"] == reverse("account-carried")
    shown = client.get(back["Location"])
    assert dict(shown.context["carried"].fields)["body"] == WORDS
    answer = client.post(back["Location"], {"carried": "send"})
    assert (answer.status_code, answer["Location"]) == (307, at("desk-edit", draft))
    assert client.post(answer["Location"], dict(shown.context["carried"].fields)).status_code == 302
    assert factories.fresh(draft).body == WORDS.replace("\r\n", "\n")
    assert client.get(reverse("account-carried"))["Location"] == reverse("home-of-user")


@pytest.mark.parametrize("page", ["answers", "submit", "new", "review"])
def test_other_long_forms_are_held_too(client, ana, rob, draft, assignment, page):
    person, address = {
        "answers": (ana, at("desk-answers", draft)),
        "submit": (ana, at("desk-submit", draft)),
        "new": (ana, reverse("desk-new")),
        "review": (rob.user, reverse("admin:reviews_reviewassignment_change", args=[assignment.pk])),
    }[page]
    sign_in(client, person)
    secrets = dict.fromkeys(("password", "Old-Password", "sign-password", "client_secret", "code"), "secret words")
    held = sent_after_the_end(client, address, {"note": WORDS} | secrets)
    assert "secret words" not in words(held)
    assert held.status_code == 403
    [kept] = [carried.opened(sealed_in(held), to=person).fields]
    assert kept == [("note", WORDS)]


def test_nobody_else_gets_them_and_nothing_is_kept_for_a_stranger(client, ana, noor, draft):
    stranger = Client().post(at("desk-edit", draft), typed(body=WORDS))
    assert (stranger.status_code, stranger["Location"].partition("?")[0]) == (302, reverse("login"))
    sign_in(client, ana)
    sealed = sealed_in(sent_after_the_end(client, at("desk-edit", draft), typed_over(draft, body=WORDS)))
    assert carried.opened(sealed, to=noor) is None
    assert carried.opened(f"{sealed}x", to=ana) is None
    other = Client()
    sign_in(other, noor, carried=sealed)
    assert other.get(reverse("account-carried"))["Location"] == reverse("home-of-user")
    forged = Client(enforce_csrf_checks=True)
    forged.cookies = client.cookies
    assert "four" not in words(forged.post(at("desk-edit", draft), {"body": "four"}))

    sign_in(client, ana)
    client.post(reverse("logout"))
    assert client.post(at("desk-edit", draft), typed(body=WORDS)).status_code == 302
    assert factories.fresh(draft).body == draft.body
    assert Article.objects.count() == 1


def test_what_is_too_long_to_go_on_is_given_back_to_copy(client, ana, monkeypatch):
    monkeypatch.setattr(carried, "LONGEST", 100)
    sign_in(client, ana)
    page = sent_after_the_end(client, reverse("desk-new"), typed(body=f"{WORDS} {'x' * 100}"))
    assert 'name="carried"' not in words(page)
    assert "too long to go on with you" in words(page)
    assert "Typed for an hour." in words(page)


def test_words_that_do_not_pack_into_the_form_that_signs_in_are_given_back_to_copy():
    signs = "".join(random.Random(1).choices([chr(n) for n in range(0x1F300, 0x1FA00)], k=carried.LONGEST - 1000))
    assert carried.held([("body", signs)], path="/desk/", writer=1).sealed == ""
    assert carried.held([("body", signs[:9000])], path="/desk/", writer=1).sealed


def test_a_session_that_ends_once_more_before_they_are_sent_loses_nothing(client, ana, draft):
    sign_in(client, ana)
    sealed = sealed_in(sent_after_the_end(client, at("desk-edit", draft), typed_over(draft, body=WORDS)))
    sign_in(client, ana, carried=sealed)
    page = client.get(reverse("account-carried"))
    assert at("desk-edit", draft) in words(page)
    form = dict(page.context["carried"].fields) | {"carried": "send", "carried_to": at("desk-edit", draft)}
    again = carried.opened(sealed_in(sent_after_the_end(client, reverse("account-carried"), form)), to=ana)
    assert (again.path, dict(again.fields)["body"]) == (at("desk-edit", draft), WORDS)
    assert {"carried", "carried_to"}.isdisjoint(dict(again.fields))


def test_what_was_done_without_signing_in_is_not_said_to_be_lost(client, ana):
    sign_in(client, ana)
    address = EmailAddress.objects.create(user=ana, email="new@example.org", verified=False)
    confirm = reverse("account_confirm_email", args=[EmailConfirmationHMAC(address).key])
    done = sent_after_the_end(client, confirm, {})
    assert (done.status_code, done["Location"]) == (302, reverse("login"))
    assert EmailAddress.objects.get(pk=address.pk).verified


def test_it_never_leads_to_another_site():
    assert carried.held([], path="//evil.example/desk/", writer=1).path == "/evil.example/desk/"
