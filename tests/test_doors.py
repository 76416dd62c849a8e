"""INV-9, default deny: every address × every actor × every method, against a table that a person can read."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from articles import printing
from articles.asking import unit_at
from articles.models import Topic
from editorial import account_mail, clock
from editorial.models import AccountMail, AccountRequest, AuditEntry, Invitation
from reviews import questions, reports, telling
from reviews.kinds import Kind, Problem
from reviews.models import Notification, ReviewPolicy, Sweep
from tests import factories

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

CANARY = "quillfeather"
BESIDE_IT = "plumrose"  # in the same text; to look for without naming the canary

# Who comes to the door. Rob holds the open assignment on Ana's text, Rita holds none; Root is a superuser.
SIGNED_IN = {"Noor", "Ana", "Rob", "Rita", "Eva", "Ruth", "Root", "Max"}
EVERYONE = SIGNED_IN | {"stranger"}
STAFF = {"Rob", "Rita", "Eva", "Ruth", "Root"}
BOARD = {"Rob", "Rita"}
EDITORS = {"Eva", "Ruth"}
CARETAKERS = EDITORS | {"Root"}
NOBODY: set[str] = set()
FROM_EACH_SIDE = {"stranger", "Ana", "Rob", "Root"}

# Whose work the confidential text is; its words reach nobody else.
CONCERNED = {"Ana", "Rob", "Eva", "Ruth"}

# Address → (who may read there, who may send something there). An address that is not in this table is a fault.
DOORS = {
    # The reader's pages
    "article-list": (EVERYONE, NOBODY),
    "article": (EVERYONE, NOBODY),
    "versions": (EVERYONE, NOBODY),
    "version": (EVERYONE, NOBODY),
    "version-receipt": (EVERYONE, NOBODY),
    "comparison": (EVERYONE, NOBODY),
    "a-z": (EVERYONE, NOBODY),
    "newly-checked": (EVERYONE, NOBODY),
    "corrections": (EVERYONE, NOBODY),
    "policy-version": (EVERYONE, NOBODY),
    "responsibility": (EVERYONE, NOBODY),
    "verify": (EVERYONE, EVERYONE),
    "choose-reader": (NOBODY, EVERYONE),
    "article-references": (EVERYONE, NOBODY),
    "article-pdf": (EVERYONE if printing.is_available() else NOBODY, NOBODY),
    "version-pdf": (EVERYONE if printing.is_available() else NOBODY, NOBODY),
    "article-citation": (EVERYONE, NOBODY),
    "share-card": (EVERYONE, NOBODY),
    "topic": (EVERYONE, NOBODY),
    "search": (EVERYONE, NOBODY),
    "feed": (EVERYONE, NOBODY),
    "feed-json": (EVERYONE, NOBODY),
    "topic-feed": (EVERYONE, NOBODY),
    "topic-feed-json": (EVERYONE, NOBODY),
    "sitemap": (EVERYONE, NOBODY),
    "sitemap-part": (EVERYONE, NOBODY),
    "robots": (EVERYONE, NOBODY),
    "editorial-policy": (EVERYONE, NOBODY),
    "board": (EVERYONE, NOBODY),
    "ask": (EVERYONE, EVERYONE),
    "ask-editors": (NOBODY, EVERYONE),
    "question": (EVERYONE, NOBODY),
    "report": (EVERYONE, EVERYONE),
    "reports": (EVERYONE, NOBODY),
    "ticket": (EVERYONE, NOBODY),
    "api:openapi-json": (EVERYONE, NOBODY),
    "api:articles": (EVERYONE, NOBODY),
    "api:article": (EVERYONE, NOBODY),
    "api:only_reading": (EVERYONE, NOBODY),
    "api:only_reading_one": (EVERYONE, NOBODY),
    "api:api-root": (NOBODY, NOBODY),
    "healthz": (EVERYONE, NOBODY),
    "readyz": (EVERYONE, NOBODY),
    # Coming and going
    "login": (EVERYONE, EVERYONE),
    "account_login": (EVERYONE, EVERYONE),
    "logout": (NOBODY, EVERYONE),
    "account_logout": (NOBODY, EVERYONE),
    "home-of-user": (SIGNED_IN, NOBODY),
    "mfa_authenticate": (SIGNED_IN, SIGNED_IN),  # a stranger comes here only between password and code
    "mfa_login_webauthn": (SIGNED_IN, SIGNED_IN),  # and here with a passkey that fits
    "account_signup": (EVERYONE, EVERYONE),
    "invitation": (NOBODY, NOBODY),  # without an invitation
    "invitation-link": (EVERYONE, NOBODY),
    "account_reset_password": (EVERYONE, EVERYONE),
    "account_reset_password_done": (EVERYONE, NOBODY),
    "account_reset_password_from_key": (EVERYONE, EVERYONE),
    "account_reset_password_from_key_done": (EVERYONE, NOBODY),
    "account_confirm_email": (EVERYONE, NOBODY),
    # One's own account
    "account": (SIGNED_IN, SIGNED_IN),
    "account-sessions": (SIGNED_IN, SIGNED_IN),
    "account-carried": (SIGNED_IN, SIGNED_IN),
    "account_email": (SIGNED_IN, SIGNED_IN),
    "account_change_password": (SIGNED_IN, SIGNED_IN),
    "account_reauthenticate": (NOBODY, NOBODY),  # whoever has neither password nor factor has nothing to prove it by
    "mfa_reauthenticate": (NOBODY, NOBODY),
    "mfa_reauthenticate_webauthn": (NOBODY, NOBODY),
    "mfa_index": (SIGNED_IN, NOBODY),
    "mfa_activate_totp": (SIGNED_IN, SIGNED_IN),
    "account-app-picture": (NOBODY, NOBODY),  # before an app is being set up
    "mfa_deactivate_totp": (NOBODY, NOBODY),  # before one is
    "mfa_view_recovery_codes": (NOBODY, NOBODY),
    "mfa_generate_recovery_codes": (SIGNED_IN, SIGNED_IN),
    "mfa_download_recovery_codes": (NOBODY, NOBODY),
    "mfa_list_webauthn": (SIGNED_IN, SIGNED_IN),
    "mfa_add_webauthn": (SIGNED_IN, SIGNED_IN),
    "mfa_remove_webauthn": (NOBODY, NOBODY),
    "inbox": (SIGNED_IN, NOBODY),
    "inbox-read-all": (NOBODY, SIGNED_IN),
    "inbox-read": (NOBODY, {"Rob"}),
    "telling": (SIGNED_IN, SIGNED_IN),
    "unsubscribe": (EVERYONE, EVERYONE),  # whoever has the link from somebody's e-mail
    # The author's desk
    "desk": (SIGNED_IN, NOBODY),
    "desk-new": (SIGNED_IN, SIGNED_IN),
    "desk-bring-in": (SIGNED_IN, SIGNED_IN),
    "desk-brought-in": ({"Ana"}, NOBODY),
    "desk-citations": ({"Ana"}, {"Ana"}),
    "desk-words-new": (SIGNED_IN, SIGNED_IN),
    "desk-words-kept": ({"Ana"}, {"Ana"}),
    "desk-words": ({"Ana"}, {"Ana"}),
    "desk-typed": (NOBODY, {"Ana"}),
    "desk-typed-new": (NOBODY, SIGNED_IN),
    "desk-article": ({"Ana"}, NOBODY),
    "desk-edit": ({"Ana"}, {"Ana"}),
    "desk-people": ({"Ana"}, {"Ana"}),
    "coauthor-invitation": (NOBODY, NOBODY),  # but for whoever is invited
    "desk-answers": ({"Ana"}, {"Ana"}),
    "desk-checks": ({"Ana"}, NOBODY),
    "desk-preview": ({"Ana"}, NOBODY),
    "desk-references": ({"Ana"}, NOBODY),
    "desk-references-file": ({"Ana"}, NOBODY),
    "desk-reference-look-up": ({"Ana"}, {"Ana"}),
    "desk-reference-new": ({"Ana"}, {"Ana"}),
    "desk-import-references": ({"Ana"}, {"Ana"}),
    "desk-reference-edit": ({"Ana"}, {"Ana"}),
    "desk-reference-remove": ({"Ana"}, {"Ana"}),
    "desk-reference-merge": ({"Ana"}, {"Ana"}),
    "desk-search-new": ({"Ana"}, {"Ana"}),
    "desk-search-edit": ({"Ana"}, {"Ana"}),
    "desk-search-remove": ({"Ana"}, {"Ana"}),
    "desk-submit": ({"Ana"}, {"Ana"}),
    "desk-withdraw": ({"Ana"}, {"Ana"}),
    "desk-history": ({"Ana"}, NOBODY),
    "desk-typing": ({"Ana"}, {"Ana"}),
    # The review desk
    "admin:index": (STAFF, STAFF),
    "admin:login": (STAFF, STAFF),  # others are sent to the one way in, or told that they have no business here
    "admin:logout": (EVERYONE - STAFF, EVERYONE),  # who is not in is sent to the front page, and from there to sign in
    "admin:jsi18n": (STAFF, NOBODY),
    "admin:app_list": (STAFF, STAFF),
    "admin:articles_article_changelist": (EDITORS, NOBODY),
    "admin:queue-views": (EDITORS, EDITORS),
    "admin:ask-for-each": (EDITORS, EDITORS),
    "admin:next-checks": (EDITORS, NOBODY),
    "admin:workload": (EDITORS, NOBODY),
    "admin:workload-file": (EDITORS, NOBODY),
    "admin:articles_article_change": (EDITORS, EDITORS),
    "admin:article-history": (EDITORS | {"Rob"}, NOBODY),
    "admin:article-typing": (EDITORS, EDITORS),
    "admin:reviews_typingcorrection_changelist": (EDITORS | BOARD, NOBODY),
    "admin:reviews_typingcorrection_change": (EDITORS | BOARD, EDITORS | BOARD),
    "admin:article-points": (EDITORS, EDITORS),
    "admin:reviews_reviewassignment_changelist": (STAFF, STAFF),
    "admin:reviews_reviewassignment_change": (EDITORS | {"Rob"}, {"Rob"}),
    "admin:reviewassignment-dissent": (NOBODY, NOBODY),  # before one has decided against a text
    "admin:my-interests": (BOARD, BOARD),
    "admin:my-availability": (BOARD, BOARD),
    "admin:member-standing": (EDITORS, EDITORS),
    "admin:reviews_boardmember_changelist": (EDITORS, NOBODY),
    "admin:reviews_boardmember_add": (EDITORS, EDITORS),
    "admin:reviews_boardmember_change": (EDITORS, EDITORS),
    "admin:articles_retractionrecord_changelist": (EDITORS, EDITORS),
    "admin:reviews_problemreport_changelist": (EDITORS, NOBODY),
    "admin:reviews_problemreport_change": (EDITORS, EDITORS),
    "admin:reviews_readerquestion_changelist": (EDITORS, NOBODY),
    "admin:reviews_readerquestion_change": (EDITORS, EDITORS),
    "admin:reviews_reviewpolicy_changelist": (EDITORS, NOBODY),
    "admin:reviews_reviewpolicy_add": ({"Ruth"}, {"Ruth"}),
    "admin:reviews_reviewpolicy_change": (EDITORS, NOBODY),
    "admin:reviews_notification_changelist": (EDITORS, NOBODY),
    "admin:reviews_notification_add": (NOBODY, NOBODY),
    "admin:reviews_notification_change": (EDITORS, NOBODY),
    "admin:reviews_sweep_changelist": (EDITORS, NOBODY),
    "admin:reviews_sweep_add": (NOBODY, NOBODY),
    "admin:reviews_sweep_change": (EDITORS, NOBODY),
    "admin:articles_topic_changelist": (CARETAKERS, NOBODY),
    "admin:articles_topic_add": (CARETAKERS, CARETAKERS),
    "admin:articles_topic_change": (CARETAKERS, CARETAKERS),
    "admin:editorial_user_changelist": ({"Root"}, NOBODY),
    "admin:editorial_user_add": ({"Root"}, {"Root"}),
    "admin:editorial_user_change": ({"Root"}, {"Root"}),
    "admin:editorial_user_second_factor": ({"Root"}, {"Root"}),
    "admin:editorial_invitation_changelist": (CARETAKERS, NOBODY),
    "admin:editorial_invitation_add": (CARETAKERS, CARETAKERS),
    "admin:editorial_invitation_change": (CARETAKERS, NOBODY),
    "admin:editorial_accountrequest_changelist": (CARETAKERS, NOBODY),
    "admin:editorial_accountrequest_add": (NOBODY, NOBODY),
    "admin:editorial_accountrequest_change": (CARETAKERS, NOBODY),
    "admin:editorial_accountmail_changelist": (CARETAKERS, NOBODY),
    "admin:editorial_accountmail_add": (NOBODY, NOBODY),
    "admin:editorial_accountmail_change": (CARETAKERS, NOBODY),
    "admin:editorial_auditentry_changelist": (EDITORS, NOBODY),
    "admin:editorial_auditentry_add": (NOBODY, NOBODY),
    "admin:editorial_auditentry_change": (EDITORS, NOBODY),
    "admin:(?P<url>.*)$": (NOBODY, NOBODY),
}

# What the form says that is sent empty everywhere else.
SENT = {
    "admin:articles_article_change": {"act": "assign"},
    "admin:article-points": {"act": "raise"},
    "admin:queue-views": {"act": "keep"},
    "admin:member-standing": {"act": "add"},
    "admin:reviews_problemreport_change": {"act": "settle"},
    "admin:reviews_typingcorrection_change": {"act": "decline"},
    "admin:reviews_readerquestion_change": {"act": "decline"},
    "admin:my-availability": {"act": "away"},
}

# What reading writes: that the reviewer has had the text in front of them, and an address that an administrator typed.
READING_IS_NOTED = {("admin:reviews_reviewassignment_change", "Rob")} | {("account_email", who) for who in SIGNED_IN}


def doors(resolver: URLResolver | None = None, names: str = "", path: str = "/") -> Iterator[tuple[str, str]]:
    """Every address of the site: its full name (its pattern where it has none) and its route."""
    for door in (resolver or get_resolver()).url_patterns:
        if isinstance(door, URLPattern):
            yield names + (door.name or str(door.pattern)), path + str(door.pattern)
        else:
            yield from doors(door, names + (f"{door.namespace}:" if door.namespace else ""), path + str(door.pattern))


@pytest.fixture
def people(ana, rob, rita, eva, ruth, noor, root, max_the_machine):
    """A browser for each, signed in."""
    accounts = {"stranger": None, "Noor": noor, "Ana": ana, "Rob": rob.user, "Rita": rita.user}
    accounts |= {"Eva": eva, "Ruth": ruth, "Root": root, "Max": max_the_machine}
    assert set(accounts) == EVERYONE
    return {name: _browser(account) for name, account in accounts.items()}


def _browser(account):
    browser = Client(raise_request_exception=False)
    if account:
        browser.force_login(account)
    browser.signed_in_as = browser.cookies[settings.SESSION_COOKIE_NAME].value if account else None
    return browser


@pytest.fixture
def addresses(people, ana, rob, rita, noor, eva):
    """Each door with something behind it: public pages with a public text, all others with a confidential one."""
    words = {
        "short_answer": f"The {CANARY} helps.",
        "title": f"Does a {CANARY} help?",
        "body": f"{factories.BODY}\n{CANARY} {BESIDE_IT}",
    }
    private = factories.submitted(by=ana, risk=3, **words)
    assignment = factories.assigned(private, rob, by=eva)
    public = factories.submitted(by=ana)
    now = clock.now()
    invitation = Invitation.objects.create(email="new@example.org", invited_by=eva, sent_at=now, expires_at=now)
    asked = AccountRequest.objects.create(name="Nia", email="nia@example.org", why="To write.", asked_at=now)
    question, question_token = questions.ask("Does it help?")
    report, report_token = reports.receive(unit_at(public.slug, at=now), kind=Problem.WRONG, words="It does not.")
    rows = {
        "readerquestion": question,
        "problemreport": report,
        "inbox-read": Notification.objects.inbox_of(rob.user).first(),
        "reviewassignment": assignment,
        "invitation": invitation,
        "accountrequest": asked,
        "accountmail": account_mail.post(AccountMail.Kind.INVITATION, to=invitation.email, about=invitation),
        "user": noor,
        "auditentry": AuditEntry.objects.first(),
        "topic": Topic.objects.first(),
        "boardmember": rob,
        "reviewpolicy": ReviewPolicy.objects.first(),
        "notification": Notification.objects.first(),
        "sweep": Sweep.objects.create(started_at=now, finished_at=now),
        "member-standing": rob,
        "article": private,
        "desk-words-kept": factories.unsaved_words(private, by=ana, body=CANARY),
        "desk-search": factories.recorded_search(private, by=ana),
    }
    slugs = {"article": public.slug, "api:article": public.slug, "api:only_reading_one": public.slug}
    slugs |= dict.fromkeys(["topic", "topic-feed", "topic-feed-json"], public.topic.slug)
    slugs |= dict.fromkeys(
        ["article-references", "report", "article-pdf", "article-citation", "share-card"], public.slug
    )
    twice = factories.approved(by=ana, reviewer=rita, editor=eva)
    factories.approved_again(twice, reviewer=rita, editor=eva, short_answer="Probably a little more.")
    rows["typingcorrection"] = factories.typing_proposed(twice, by=ana)
    slugs |= dict.fromkeys(["versions", "version", "version-pdf", "version-receipt", "comparison"], twice.slug)
    tokens = {"question": question_token, "ticket": report_token, "invitation-link": "1-forged"}
    tokens["unsubscribe"] = telling.token(noor, Kind.WITHDRAWN)
    found = [
        (name, _filled(name, route, slug=slugs.get(name, private.slug), rows=rows, token=tokens.get(name, "")))
        for name, route in doors()
    ]
    return list(dict.fromkeys(found))  # the API has several patterns for one address


def _filled(name, route, *, slug, rows, token):
    pk = next((row.pk for part, row in rows.items() if part in name), "")
    parts = {
        "slug": slug,
        "token": token,
        "key": "hayden2021",
        "form": "bib",
        "part": "0",
        "number": "1",
        "older": "1",
        "newer": "2",
        "pk": str(pk or 0),
        "object_id": str(pk),
    }
    route = re.sub(r"(?<!\?P)<(?:\w+:)?(\w+)>", lambda place: parts[place[1]], route)
    route = route.replace(
        "^password/new/(?P<uidb36>[0-9A-Za-z]{1,13})-(?P<key>[\\w-]{1,100})/$", "password/new/1-forged/"
    )
    route = route.replace("^email/verify/(?P<key>[-:\\w]{1,200})/$", "email/verify/forged/")
    route = route.replace("^(?P<app_label>editorial|articles|reviews)/$", "articles/").replace(
        "(?P<url>.*)$", "nothing"
    )
    assert not set(route) & set("<>()?^$"), f"{route} has a part that this walk cannot fill"
    return route


class Knock:
    """One request, and what it wrote; nothing of it stays."""

    def __init__(self, browser, method, address, sent=None):
        if browser.signed_in_as:
            browser.cookies[settings.SESSION_COOKIE_NAME] = browser.signed_in_as
        self.method, self.written = method, []
        with transaction.atomic(), connection.execute_wrapper(self._watch):
            form = {"content_type": "application/x-www-form-urlencoded"} if sent else {}
            self.response = browser.generic(method, address, urlencode(sent or {}), **form)
            transaction.set_rollback(True)

    def _watch(self, execute, sql, params, many, context):
        if sql.split(" ", 1)[0] in ("INSERT", "UPDATE", "DELETE") and "django_session" not in sql:
            self.written.append(sql[:80])
        return execute(sql, params, many, context)

    @property
    def is_refused(self):
        """401, 403, 404, 405, or sent to sign in."""
        where = self.response.headers.get("Location", "")
        return self.response.status_code in (401, 403, 404, 405) or "/sign-in/" in where or "/login/" in where


def only(asking, people):
    return [(name, browser) for name, browser in people.items() if name in asking]


@contextmanager
def one_list():
    """All faults at once: a table is mended in one go."""
    faults = []
    yield faults
    assert not faults, "\n".join(["", *faults])


def test_every_address_has_a_rule_and_every_rule_an_address():
    assert {name for name, _ in doors()} == set(DOORS)


def test_a10_a23_whoever_reads_gets_through_the_doors_of_the_table_and_words_reach_those_whose_work_it_is(
    addresses, people
):
    """Each address is a public channel under the guard, marked as one, or it is closed to strangers."""
    shown_to = set()
    with one_list() as faults:
        for name, address in addresses:
            for person, browser in people.items():
                knock = Knock(browser, "GET", address)
                faults += _against_the_table(knock, name, person)
                if CANARY in knock.response.content.decode(errors="replace"):
                    shown_to.add(person)
                if person == "stranger":
                    faults += _against_the_guard(knock, name)
    assert shown_to == CONCERNED


@pytest.mark.parametrize(
    ("method", "asking"), [pytest.param("HEAD", FROM_EACH_SIDE, marks=pytest.mark.one_stack), ("POST", EVERYONE)]
)
def test_a10_everyone_gets_through_the_doors_of_the_table_and_no_other(addresses, people, method, asking):
    """HEAD is answered by what answers GET, which everyone asks."""
    with one_list() as faults:
        for name, address in addresses:
            for person, browser in only(asking, people):
                knock = Knock(browser, method, address, SENT.get(name) if method == "POST" else None)
                faults += _against_the_table(knock, name, person)


def _against_the_table(knock, name, person):
    """No answer is a 500, reading changes nothing, and a refusal writes nothing."""
    status, is_sent = knock.response.status_code, knock.method == "POST"
    what = f"{knock.method} {name} as {person}: {status}"
    if status >= 500:
        yield what
    elif knock.is_refused == (person in DOORS[name][is_sent]):
        yield f"{what}, against the table"
    if knock.written and (knock.is_refused or not is_sent) and (name, person) not in READING_IS_NOTED:
        yield f"{what} wrote {knock.written}"


def _against_the_guard(knock, name):
    is_public = getattr(knock.response, "is_public_channel", False)
    if not (knock.is_refused or 300 <= knock.response.status_code < 400 or is_public):
        yield f"{name} is open to strangers and not marked in articles/channels.py"
    if is_public and knock.response.status_code == 200 and not knock.response.declares_units:
        yield f"{name} is a public channel that neither declares its units nor says that it carries no text"


@pytest.mark.one_stack
@pytest.mark.parametrize(
    ("method", "asking"),
    [
        *[(method, EVERYONE) for method in ("PUT", "DELETE")],
        *[(method, FROM_EACH_SIDE) for method in ("PATCH", "OPTIONS", "TRACE", "PROPFIND")],
    ],
)
def test_a11_no_other_method_opens_or_changes_anything(addresses, people, method, asking):
    with one_list() as faults:
        for name, address in addresses:
            for person, browser in only(asking, people):
                knock = Knock(browser, method, address)
                status = knock.response.status_code
                may_enter = person in DOORS[name][0] | DOORS[name][1]
                # What is open to anybody may also say which methods it knows.
                if status >= 500 or knock.written or not (knock.is_refused or may_enter or method == "OPTIONS"):
                    faults.append(f"{method} {name} as {person}: {status} {knock.written}")


@pytest.mark.one_stack
def test_a23_words_of_a_confidential_text_are_at_no_address_where_a_public_one_would_be(addresses, people):
    with one_list() as faults:
        for name, address in _where_it_would_be_if_it_were_public(addresses):
            for person, browser in people.items():
                if CANARY in Knock(browser, "GET", address).response.content.decode(errors="replace"):
                    faults.append(f"GET {name} as {person} shows the text")


def _where_it_would_be_if_it_were_public(addresses):
    slug = dict(addresses)["desk-article"].split("/")[2]
    for rest in ("", "1/", "1/receipt.json"):
        yield "versions", f"/articles/{slug}/versions/{rest}"
    yield from (("article-pdf", f"/articles/{slug}/article.pdf"), ("article-citation", f"/articles/{slug}/cite.txt"))
    yield from (("article", f"/articles/{slug}/"), ("api:article", f"/api/v1/articles/{slug}/"))
    yield from (("search", f"/search/?q={BESIDE_IT}"), ("api:articles", f"/api/v1/articles/?q={BESIDE_IT}"))


def test_inv4_a_superuser_finds_no_article(addresses, people):
    closed = {name for name, (readers, _) in DOORS.items() if readers <= CONCERNED}
    assert {"desk-preview", "admin:articles_article_change", "admin:reviews_reviewassignment_change"} <= closed
    for name, address in addresses:
        if name in closed:
            assert Knock(people["Root"], "GET", address).is_refused, name


@pytest.mark.one_stack
def test_whoever_is_deactivated_is_a_stranger_at_once(addresses, people, ana, rob, eva, root):
    accounts = {"Ana": ana, "Rob": rob.user, "Eva": eva, "Root": root}
    for account in accounts.values():
        account.is_active = False
        account.save()
    with one_list() as faults:
        for name, address in addresses:
            for who in accounts:
                is_open = not Knock(people[who], "GET", address).is_refused
                if is_open != ("stranger" in DOORS[name][0]):
                    faults.append(f"{name} as {who}, deactivated")
