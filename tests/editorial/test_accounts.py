"""Getting in: invitations, requests, passwords, second factors and sessions, and what somebody outside cannot do."""

import json
import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session as StoredSession
from django.core.cache.backends.redis import RedisCache
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from redis.exceptions import ConnectionError as NoCache

from editorial import (
    account_mail,
    account_requests,
    clock,
    invitations,
    languages,
    orcid,
    profiles,
    second_factor,
    sessions,
)
from editorial.account_adapter import EVENTS
from editorial.errors import Conflict, WorkflowError
from editorial.models import AccountMail, AccountRequest, AuditEntry, Invitation, User
from editorial.tries import TooMany
from reviews.delivery import deliver_due
from tests import factories
from tests.codes import code_of
from tests.desk import queries

pytestmark = pytest.mark.django_db

PASSWORD = "four-plain-words-together"
NEW = "another-set-of-plain-words"
SIGN_IN = "/account/sign-in/"


@pytest.fixture
def lea(db):
    """Writes here, and signs in with a password as people do."""
    return with_password(factories.person("Lea"))


def with_password(user):
    user.set_password(PASSWORD)
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def with_app(user):
    return TOTP.activate(user, generate_totp_secret()).instance


def sign_in(client, login, password=PASSWORD, **more):
    return client.post(SIGN_IN, {"username": login, "password": password, **more})


def is_in(client):
    return client.get("/account/").status_code == 200


def posted(mailoutbox):
    """What is in the mailboxes once the outbox is delivered, newest last."""
    deliver_due()
    return mailoutbox


def link_in(letter):
    return re.search(r"https?://\S+", letter.body)[0]


def path_in(letter, settings):
    assert link_in(letter).startswith(settings.SITE_URL + "/")
    return link_in(letter).removeprefix(settings.SITE_URL)


def entries(action):
    return AuditEntry.objects.filter(action=action).count()


# Invitations


def test_an_invitation_opens_one_account_whose_address_is_verified(client, eva, mailoutbox, settings):
    settings.SITE_URL = "https://desk.example.org"
    invitation = invitations.invite(email="New@Example.org", role="board_member", by=eva)
    assert AccountMail.objects.get().facts == {}  # no link is kept
    (letter,) = posted(mailoutbox)
    assert letter.to == ["new@example.org"]
    assert "Eva invites you" in letter.subject
    path = path_in(letter, settings)
    assert client.get(path, HTTP_HOST="localhost")["Location"] == "/account/invitation/"
    weak = {"printed_name": "Dr Nia New", "password1": "password", "password2": "password"}
    assert client.post("/account/invitation/", weak).status_code == 422
    answer = client.post("/account/invitation/", weak | {"password1": PASSWORD, "password2": PASSWORD})
    assert answer["Location"] == reverse("home-of-user")
    user = User.objects.get(username="new")
    assert (user.label, user.is_staff, user.is_editor, is_in(client)) == ("Dr Nia New", True, False, True)
    assert EmailAddress.objects.get(user=user).verified
    assert (entries("invitation.sent"), entries("invitation.accepted")) == (1, 1)
    assert invitation.pk == user.invitation.pk
    again = Client()
    again.get(path)
    assert again.get("/account/invitation/").status_code == 404


def test_an_invitation_ends_by_age_by_being_taken_back_and_by_being_sent_again(client, eva, mailoutbox, settings):
    first = invitations.invite(email="new@example.org", role="author", by=eva)
    old = path_in(posted(mailoutbox)[-1], settings)
    invitations.send_again(first, by=eva)
    path = path_in(posted(mailoutbox)[-1], settings)

    def opens(address, *, at=None):
        with clock.at(at or clock.now()):
            client.get(address)
            return client.get("/account/invitation/").status_code == 200

    assert (opens(old), opens(path)) == (False, True)
    assert not opens(path, at=clock.now() + invitations.VALID)
    assert not opens(path.replace(f"/{first.pk}-", f"/{first.pk + 1}-"))
    settings.SIGN_UP = "closed"
    assert not opens(path)
    settings.SIGN_UP = "invitation"
    invitations.take_back(first, by=eva)
    assert not opens(path)
    with pytest.raises(Conflict):
        invitations.send_again(first, by=eva)


def test_only_editors_and_administrators_invite_and_nobody_is_invited_twice(eva, root, ana, rob, max_the_machine):
    for nobody in (ana, rob.user, max_the_machine):
        with pytest.raises(PermissionDenied):
            invitations.invite(email="new@example.org", role="author", by=nobody)
    invitations.invite(email="new@example.org", role="author", by=root)
    with pytest.raises(Conflict, match="was invited on"):
        invitations.invite(email="NEW@example.org", role="author", by=eva)
    with pytest.raises(WorkflowError, match="belongs to an account"):
        invitations.invite(email=ana.email.upper(), role="author", by=eva)


def test_a_letter_is_not_sent_when_its_invitation_was_taken_back_before(eva, mailoutbox):
    invitations.take_back(invitations.invite(email="new@example.org", role="author", by=eva), by=eva)
    assert posted(mailoutbox) == []
    assert AccountMail.objects.get().state == "suppressed"


# Requests


def test_a_request_is_answered_by_an_editor_and_its_yes_is_an_invitation(client, eva, ana, mailoutbox, settings):
    said = {"name": "Nia", "email": "nia@example.org", "affiliation": "", "why": "To write."}
    assert client.post("/account/request/", said).status_code == 200
    assert not AccountRequest.objects.exists()  # this site takes none
    settings.SIGN_UP = "request"
    answers = [client.post("/account/request/", said | {"email": email}) for email in ("nia@example.org", ana.email)]
    first, known = (page.content.decode().replace(ana.email, "nia@example.org") for page in answers)
    assert first == known
    client.post("/account/request/", said | {"why": "Written over."})
    assert AccountRequest.objects.get(email="nia@example.org").why == "To write."
    assert [letter.to for letter in posted(mailoutbox)] == [[eva.email], [eva.email]]
    with pytest.raises(PermissionDenied):
        account_requests.accept(AccountRequest.objects.get(email="nia@example.org"), role="author", by=ana)
    client.force_login(eva)
    pk = AccountRequest.objects.get(email="nia@example.org").pk
    assert client.get(f"/admin/editorial/accountrequest/{pk}/change/").status_code == 200
    client.post(f"/admin/editorial/accountrequest/{pk}/change/", {"act": "accept", "role": "author"})
    assert Invitation.objects.get().email == "nia@example.org"
    asked = AccountRequest.objects.get(email=ana.email)
    account_requests.decline(asked, by=eva)
    with pytest.raises(Conflict):
        account_requests.decline(asked, by=eva)
    assert "cannot offer one" in posted(mailoutbox)[-1].body


def test_strangers_cannot_flood_the_editors_with_requests(client, eva, settings):
    settings.SIGN_UP = "request"
    said = {"name": "N", "affiliation": "", "why": "w"}
    got = [client.post("/account/request/", said | {"email": f"n{n}@example.org"}).status_code for n in range(7)]
    assert got == [200] * 5 + [429] * 2


# Signing in


def test_one_signs_in_by_name_or_address_and_never_keeps_the_key_of_the_session_from_before(client, lea):
    for name in ("lea", "LEA@example.org"):
        client.get(SIGN_IN)
        client.cookies["sessionid"] = planted = "a" * 32
        assert sign_in(client, name)["Location"] == "/account/home/"
        assert client.cookies["sessionid"].value != planted
        assert is_in(client)
        client.post("/account/sign-out/")
        assert not is_in(client)


@pytest.mark.parametrize(
    "where", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_next_leads_nowhere_else(client, lea, where):
    assert sign_in(client, "lea", next=where)["Location"] == "/account/home/"
    assert client.get(SIGN_IN, {"next": where})["Location"] == "/account/home/"


def test_next_leads_back_where_one_came_from(client, lea):
    assert sign_in(client, "lea", next="/inbox/")["Location"] == "/inbox/"


def test_no_answer_tells_who_has_an_account(client, lea, mailoutbox):
    def page(answer):
        return re.sub(r'value="[^"]*"|lea@example.org|nobody@example.org', "", answer.content.decode())

    assert page(sign_in(client, "lea", "wrong")) == page(sign_in(client, "nobody", "wrong"))
    lost = [client.post("/account/password/lost/", {"email": f"{who}@example.org"}) for who in ("lea", "nobody")]
    assert lost[0]["Location"] == lost[1]["Location"]
    assert AccountMail.objects.count() == 2  # the same work for both
    assert "No account has this address" in posted(mailoutbox)[1].subject


def test_who_is_deactivated_or_a_machine_is_answered_as_if_the_password_were_wrong(client, lea):
    wrong = sign_in(client, "lea", "wrong").content
    for state in ({"is_active": False}, {"is_active": True, "is_machine": True}):
        User.objects.filter(pk=lea.pk).update(**state)
        answer = sign_in(client, "lea")
        assert (answer.status_code, is_in(client)) == (200, False)
        assert re.sub(rb'value="[^"]*"', b"", answer.content) == re.sub(rb'value="[^"]*"', b"", wrong)


def test_wrong_tries_pause_the_account_under_all_its_names_and_the_link_by_mail_lets_in(
    client, lea, mailoutbox, settings
):
    for name in ("lea", "LEA", "lea@example.org", "Lea@example.org", "lea"):
        assert "do not fit together" in sign_in(client, name, "wrong").content.decode()
    assert "Too many tries" in sign_in(client, "lea@example.org").content.decode()
    assert not is_in(client)
    other = Client()
    sign_in(other, with_password(factories.person("Kim")).username)
    assert is_in(other)
    client.post("/account/password/lost/", {"email": lea.email})
    client.post(client.get(path_in(posted(mailoutbox)[-1], settings))["Location"], {"password1": NEW, "password2": NEW})
    assert sign_in(client, "lea", NEW).status_code == 302
    assert is_in(client)


def test_a_cache_that_is_down_lets_nobody_in_and_says_so(client, lea, monkeypatch):
    def fails(*args, **kwargs):
        raise NoCache("refused")

    for act in ("add", "get", "set", "incr"):
        monkeypatch.setattr(RedisCache, act, fails)
    answer = sign_in(client, "lea")
    assert answer.status_code == 503
    assert "not possible just now" in answer.content.decode()
    with pytest.raises(WorkflowError, match="cannot be checked just now"):
        second_factor.verify_code(lea, "123456")


@pytest.mark.parametrize("typed", ["\x00", "x" * 1_000_000, "\ud800", "a\r\nBcc: b@example.org"], ids=str.__len__)
def test_no_field_of_the_way_in_is_hurt_by_what_is_typed(client, lea, eva, settings, typed):
    settings.SIGN_UP = "request"
    typed = typed.encode("utf-8", "replace").decode()
    forms = {
        SIGN_IN: ("username", "password"),
        "/account/password/lost/": ("email",),
        "/account/request/": ("name", "email", "affiliation", "why"),
        "/account/sign-in/passkey/": ("credential",),
    }
    for address, names in forms.items():
        assert client.post(address, dict.fromkeys(names, typed)).status_code < 500, address
        assert client.get(address, {"next": typed[:5000]}).status_code < 500
    for address in ("/account/invitation/{}/", "/account/password/new/{}-{}/", "/account/email/verify/{}/"):
        assert client.get(address.format("9" * 12, "1" * 64)).status_code < 500
    assert client.get("/account/password/new/zzzzzzzzzzzzz-x/").status_code == 200
    client.force_login(lea)
    for names in (("printed_name",), ("printed_name", "orcid"), ("printed_name", "languages", "affiliation")):
        assert client.post("/account/", dict.fromkeys(names, typed)).status_code in (302, 422)
    assert client.post("/account/sessions/", {"session": typed}).status_code == 302


@pytest.mark.parametrize("credential", ["[]", "{}", '"x"', "1", '{"id": 1}', '{"response": {"userHandle": "OQ"}}'])
def test_a_passkey_that_is_none_lets_nobody_in(client, lea, credential):
    client.get("/account/sign-in/passkey/", HTTP_ACCEPT="application/json")
    whole = {
        "id": "eA",
        "rawId": "eA",
        "type": "public-key",
        "response": {"userHandle": "OTk5OTk5OTk5OTk5OTk5OTk5OTk5"},
    }
    whole["response"] |= {"clientDataJSON": "e30", "authenticatorData": "eA", "signature": "eA"}
    for sent in (credential, json.dumps(whole)):
        assert client.post("/account/sign-in/passkey/", {"credential": sent})["Location"] == SIGN_IN
    sign_in(client, "lea")
    assert client.post("/account/second-factor/passkeys/new/", {"credential": credential}).status_code == 200


def test_whoever_opens_an_account_never_keeps_the_key_of_the_session_from_before(client, eva, mailoutbox, settings):
    invitations.invite(email="new@example.org", role="author", by=eva)
    client.get(path_in(posted(mailoutbox)[-1], settings))
    planted = client.cookies["sessionid"].value
    client.post("/account/invitation/", {"printed_name": "Nia", "password1": PASSWORD, "password2": PASSWORD})
    assert is_in(client)
    assert client.cookies["sessionid"].value != planted


@pytest.mark.parametrize("where", ["https://evil.example/", "//evil.example/", "/\\evil.example"])
def test_signing_out_leads_nowhere_else(client, lea, where):
    client.force_login(lea)
    assert "evil" not in client.post(f"/account/sign-out/?next={where}", {"next": where})["Location"]


def test_every_form_of_ones_own_account_needs_its_token(lea):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(lea)
    addresses = ["", "sessions/", "email/", "password/", "carried/", "second-factor/app/", "second-factor/codes/new/"]
    for address in (*addresses, "invitation/", "password/new/9-set-password/"):
        assert strict.post(f"/account/{address}", {"printed_name": "Evil"}).status_code == 403, address


def test_every_form_of_the_way_in_needs_its_token(lea):
    strict = Client(enforce_csrf_checks=True)
    for address in (SIGN_IN, "/account/password/lost/", "/account/request/", "/account/sign-out/"):
        assert strict.post(address, {"username": "lea", "password": PASSWORD}).status_code == 403


# Passwords and addresses


def test_a_link_for_a_new_password_works_once_for_four_hours_and_never_follows_the_host_header(
    client, lea, mailoutbox, settings
):
    settings.SITE_URL = "https://desk.example.org"
    settings.ALLOWED_HOSTS = ["*"]
    elsewhere = Client()
    sign_in(elsewhere, "lea")
    client.post("/account/password/lost/", {"email": lea.email}, HTTP_HOST="evil.example")
    letter = posted(mailoutbox)[-1]
    assert "evil" not in letter.body + letter.subject
    path = path_in(letter, settings)
    form = client.get(path)["Location"]
    assert "set-password" in form
    assert client.post(form, {"password1": "short", "password2": "short"}).status_code == 200
    assert client.post(form, {"password1": NEW, "password2": NEW}).status_code == 302
    assert "not valid any more" in client.get(path).content.decode()
    assert "not valid any more" in client.get(form).content.decode()
    assert not is_in(elsewhere)
    assert entries("account.password_reset") == 1
    assert "a new password was chosen" in posted(mailoutbox)[-1].subject
    client.post("/account/password/lost/", {"email": lea.email})
    path = path_in(posted(mailoutbox)[-1], settings)
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert "not valid any more" in client.get(path).content.decode()


def test_a_new_password_signs_out_everywhere_else_and_is_told(client, lea, mailoutbox):
    elsewhere = Client()
    sign_in(elsewhere, "lea")
    sign_in(client, "lea")
    said = {"oldpassword": "wrong", "password1": NEW, "password2": NEW}
    assert "not your password" in client.post("/account/password/", said).content.decode()
    assert client.post("/account/password/", said | {"oldpassword": PASSWORD})["Location"] == "/account/"
    assert (is_in(client), is_in(elsewhere)) == (True, False)
    assert entries("account.password_changed") == 1
    assert "the password was changed" in posted(mailoutbox)[-1].subject


def test_a_new_address_counts_once_its_link_was_followed_and_the_old_one_hears_of_it(
    client, lea, ana, mailoutbox, settings
):
    sign_in(client, "lea")
    client.post("/account/email/", {"email": "lea@work.example", "action_add": ""})
    lea.refresh_from_db()
    assert lea.email == "lea@example.org"
    path = path_in(posted(mailoutbox)[-1], settings)
    assert client.get(path).status_code == 200
    lea.refresh_from_db()
    assert lea.email == "lea@example.org"  # looking at it changes nothing
    assert client.post(path)["Location"] == "/account/"
    lea.refresh_from_db()
    assert lea.email == "lea@work.example"
    assert posted(mailoutbox)[-1].to == ["lea@example.org"]
    assert entries("account.email_changed") == 1
    assert "not valid any more" in client.get(path).content.decode()


def test_an_administrators_change_of_address_is_told_to_the_old_one_which_opens_nothing_any_more(
    client, lea, root, mailoutbox
):
    client.force_login(root)
    said = {"printed_name": "Lea", "email": "new@example.org", "is_active": "on"}
    assert client.post(f"/admin/editorial/user/{lea.pk}/change/", said).status_code == 302
    letter = posted(mailoutbox)[-1]
    assert (letter.to, "an administrator gave it another" in letter.subject) == (["lea@example.org"], True)
    client.post("/account/password/lost/", {"email": "lea@example.org"})
    assert "No account has this address" in posted(mailoutbox)[-1].subject
    client.post("/account/password/lost/", {"email": "new@example.org"})
    assert "Choose a new password" in posted(mailoutbox)[-1].subject


def test_every_kind_of_letter_and_change_has_its_words(lea, eva, mailoutbox):
    asked = AccountRequest.objects.create(name="Nia", email="nia@example.org", why="w", asked_at=clock.now())
    invitation = invitations.invite(email="nia@example.org", role="author", by=eva)
    EmailAddress.objects.create(user=lea, email="lea@work.example")
    about = {"invitation": invitation, "request_received": asked, "request_declined": asked}
    to = {"verify": "lea@work.example"}
    for kind in AccountMail.Kind.values:
        user = eva if kind == "request_received" else lea
        account_mail.post(kind, to=to.get(kind, user.email), user=user, about=about.get(kind), what="passkey_added")
    for what in (*EVENTS.values(), "authenticator_app_added", "recovery_codes_renewed", "second_factor_reset"):
        account_mail.tell_change(lea, what)
    sent = posted(mailoutbox)
    assert not AccountMail.objects.exclude(state="sent").exists()
    for letter in sent:
        assert not re.search(r"  |\{\{|\{%|None| [.,:;]|“”|: ?$", letter.subject + letter.body), letter.subject


def test_a_mail_server_that_is_down_fails_no_request(client, lea, settings, mailoutbox):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    assert client.post("/account/password/lost/", {"email": lea.email}).status_code == 302
    deliver_due()
    letter = AccountMail.objects.get()
    assert (letter.state, letter.attempts) == ("due", 0)
    assert "could not be reached" in letter.outcome
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    with clock.at(clock.now() + timedelta(minutes=5)):
        assert len(posted(mailoutbox)) == 1


# The second factor


def test_whoever_has_a_second_factor_is_asked_for_it_and_each_code_opens_once(client, lea):
    app = with_app(lea)
    codes = RecoveryCodes.activate(lea).generate_codes()
    assert sign_in(client, "lea", next="/inbox/")["Location"] == "/account/sign-in/code/"
    assert not is_in(client)
    assert client.get("/account/sign-in/code/").status_code == 200
    assert "does not fit" in client.post("/account/sign-in/code/", {"code": "000000"}).content.decode()
    code = code_of(app)
    assert client.post("/account/sign-in/code/", {"code": code})["Location"] == "/inbox/"
    assert is_in(client)
    other = Client()
    sign_in(other, "lea")
    for used in (code, f"{code[:3]} {code[3:]}"):
        assert other.post("/account/sign-in/code/", {"code": used}).status_code == 200
    assert other.post("/account/sign-in/code/", {"code": codes[0]}).status_code == 302
    third = Client()
    sign_in(third, "lea")
    assert third.post("/account/sign-in/code/", {"code": codes[0]}).status_code == 200


def test_the_staff_reach_nothing_but_the_set_up_until_they_have_a_second_factor(client, rob, lea, settings):
    settings.REQUIRE_SECOND_FACTOR = True
    with_password(rob.user)
    for user, is_asked in ((rob.user, True), (lea, False)):
        client = Client()
        sign_in(client, user.username)
        closed = [client.get(where) for where in ("/desk/", "/account/", "/inbox/", "/write/")]
        assert all((page.get("Location") == "/account/second-factor/") == is_asked for page in closed)
        assert client.get("/").status_code == 200
    client = Client()
    sign_in(client, "rob")
    assert client.get("/admin/")["Location"] == "/account/second-factor/"
    page = client.get("/account/second-factor/app/")
    assert client.get("/account/second-factor/app/picture/")["Content-Type"] == "image/svg+xml"
    secret = page.context["form"].secret
    answer = client.post("/account/second-factor/app/", {"code": code_of(secret)})
    assert answer["Location"] == "/account/second-factor/codes/"
    assert len(client.get(answer["Location"]).context["unused_codes"]) == 10
    assert "attachment" in client.get("/account/second-factor/codes/download/")["Content-Disposition"]
    assert client.get("/admin/").status_code == 200
    stored = json.dumps(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in stored
    client.post("/account/second-factor/codes/new/")
    client.post("/account/second-factor/app/remove/")
    done = ("authenticator_app_added", "recovery_codes_renewed", "authenticator_app_removed")
    assert [entries(f"account.{what}") for what in done] == [1, 1, 1]
    assert client.get("/admin/").status_code == 302


def test_verify_code_takes_each_code_once_and_five_wrong_ones(lea):
    assert not second_factor.has_second_factor(lea)
    app = with_app(lea)
    (code, *_) = RecoveryCodes.activate(lea).generate_codes()
    assert second_factor.has_second_factor(lea)
    now = code_of(app)
    assert second_factor.verify_code(lea, now)
    assert not second_factor.verify_code(lea, now)
    assert second_factor.verify_code(lea, code)
    for _ in range(5):
        assert not second_factor.verify_code(lea, "000000")
    with pytest.raises(TooMany):
        second_factor.verify_code(lea, "000000")


def test_an_administrator_resets_a_lost_second_factor_on_record_and_never_their_own(client, lea, root, eva, mailoutbox):
    with_app(lea)
    sign_in(client, "lea")
    client.force_login(lea)
    UserSession.objects.create(user=lea, ip="127.0.0.1", user_agent="x", session_key=client.session.session_key)
    for by in (eva, lea):
        with pytest.raises(PermissionDenied):
            second_factor.reset(lea, by=by, reason="She says so.")
    admin = Client()
    admin.force_login(root)
    address = f"/admin/editorial/user/{lea.pk}/second-factor/"
    assert admin.post(address, {"reason": " "}).status_code == 422
    assert admin.post(address, {"reason": "She came to the office."}).status_code == 302
    assert not second_factor.has_second_factor(lea)
    assert not is_in(client)
    entry = AuditEntry.objects.get(action="account.second_factor_reset")
    assert (entry.actor, entry.data["reason"]) == (root, "She came to the office.")
    assert "reset the second factor" in posted(mailoutbox)[-1].subject
    with_app(root)
    with pytest.raises(PermissionDenied):
        second_factor.reset(root, by=root, reason="Mine.")
    call_command("reset_second_factor", "root", reason="At the machine.")
    assert not second_factor.has_second_factor(root)


def test_the_admin_has_no_door_of_its_own(client, ana, rob):
    assert client.get("/admin/", follow=True).redirect_chain[-1][0].startswith("/account/sign-in/?next=/admin/")
    assert client.post("/admin/login/", {"username": "rob", "password": "x"}).status_code == 302
    client.force_login(ana)
    assert client.get("/admin/login/").status_code == 403


# Sessions and the profile


def test_one_sees_where_one_is_signed_in_and_ends_it_from_here(client, lea, ana):
    others = [Client(headers={"user-agent": "Mozilla/5.0 (X11; Linux) Firefox/140.0"}) for _ in range(3)]
    for browser in (client, *others):
        sign_in(browser, "lea")
    shown = client.get("/account/sessions/").context["sessions"]
    assert [session.is_current for session in shown] == [True, False, False, False]
    assert shown[1].browser == "Firefox on Linux"
    theirs = Client()
    sign_in(theirs, with_password(ana).username)
    theirs.post("/account/sessions/", {"session": str(shown[1].pk)})
    assert all(map(is_in, others))
    client.post("/account/sessions/", {"session": str(shown[1].pk)})
    assert sorted(map(is_in, others)) == [False, True, True]
    client.post("/account/sessions/", {"session": "others"})
    assert not any(map(is_in, others))
    assert is_in(client)
    assert sessions.end_others(ana, keep=None) == 1


def test_inv7_a_new_name_is_on_record_and_old_entries_keep_the_old_one(client, lea):
    profiles.change(lea, by=lea, affiliation="Clinic of Example")
    client.force_login(lea)
    said = {"printed_name": "Dr Lea Long", "affiliation": "Clinic", "orcid": "https://orcid.org/0000-0002-1825-0097"}
    assert client.post("/account/", said | {"languages": "Deutsch, english"}).status_code == 302
    lea.refresh_from_db()
    assert (lea.label, lea.orcid, lea.languages) == ("Dr Lea Long", "0000-0002-1825-0097", ["de", "en"])
    second, first = AuditEntry.objects.filter(action="account.profile_changed")
    assert (first.actor_label, second.actor_label) == ("Lea", "Lea")
    assert (second.data["name_before"], second.data["name_after"]) == ("Lea", "Dr Lea Long")
    wrong = client.post("/account/", said | {"orcid": "0000-0002-1825-0098", "languages": "Klingon"})
    assert wrong.status_code == 422
    assert set(wrong.context["form"].errors) == {"orcid", "languages"}
    assert "0000-0002-1825-0098" in wrong.content.decode()


def test_an_orcid_is_believed_when_its_check_character_fits():
    assert orcid.normalised(" 000000021694233x ") == "0000-0002-1694-233X"
    for wrong in ("0000-0002-1694-2330", "0000-0002-1694-233", "https://example.org/0000-0002-1694-233X", "1" * 10_000):
        with pytest.raises(ValidationError):
            orcid.normalised(wrong)
    assert languages.names_of(languages.codes_of("Français; Norwegian, fr")) == "French, Norwegian"


@pytest.mark.slow
def test_thirty_sessions_cost_as_many_queries_as_three(client, lea):
    client.force_login(lea)

    def grow(count):
        for _ in range(UserSession.objects.count(), count):
            stored = SessionStore()
            stored.create()
            UserSession.objects.create(user=lea, session_key=stored.session_key, ip="192.0.2.1", user_agent="Firefox/1")
        return queries(client, "/account/sessions/"), len(client.get("/account/sessions/").context["sessions"])

    assert grow(3)[0] == grow(30)[0]
    StoredSession.objects.filter(session_key=UserSession.objects.first().session_key).delete()
    assert grow(30)[1] == 29
