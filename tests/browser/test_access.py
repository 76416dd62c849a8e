"""Everybody can use every page: axe-core finds nothing, on a phone and on a desk, in the light and in the dark."""

import json
import re
from pathlib import Path

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from axe_playwright_python.sync_playwright import Axe
from django.contrib.staticfiles import finders
from playwright.sync_api import expect

from articles.asking import unit_at
from articles.quotes import Passage
from editorial import clock, invitations
from editorial.models import AccountRequest
from reviews import comments, questions, reports, view_keeping
from reviews.comments import Remark
from reviews.kinds import Problem
from reviews.models import BoardMember, Notification, ReviewPolicy, Sweep
from tests import factories
from tests.chromium import COUNT_SHIFTS, sign_in

# What a browser makes of a page does not depend on the database; the journey is walked on both.
pytestmark = [pytest.mark.browser, pytest.mark.one_stack]

PHONE, DESK = {"width": 320, "height": 900}, {"width": 1280, "height": 900}
EVERY_RULE = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
# The colours were looked at in the light at 1280 already, and are looked at in the dark at 320.
BUT_COLOURS = EVERY_RULE | {"rules": {"target-size": {"enabled": True}, "color-contrast": {"enabled": False}}}
COLOURS = {"resultTypes": ["violations"], "runOnly": ["color-contrast", "link-in-text-block"]}
TOO_WIDE = """() => document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll("body *")]
    .filter(it => it.getBoundingClientRect().right > innerWidth).map(it => it.outerHTML.slice(0, 100))"""


@pytest.fixture
def look_at(new_page, live_url):
    """Call it with a visitor (None for a stranger) and addresses: what is wrong with their pages, page by page."""

    def look(visitor, addresses, *, status=200):
        page = new_page()
        page.add_init_script(Axe().axe_script)
        page.add_init_script(COUNT_SHIFTS)
        if visitor:
            sign_in(page, visitor, live_url=live_url)
        wrong = {}
        for address in addresses:
            page.set_viewport_size(DESK)
            page.emulate_media(color_scheme="light")
            answer = page.goto(address)
            assert (answer.status, answer.url) == (status, live_url + address)
            if faults := _faults_of(page, for_reader=visitor is None):
                wrong[address] = faults
        return wrong

    return look


def _faults_of(page, *, for_reader):
    faults = [f"{fault} at 1280" for fault in _violations(page, EVERY_RULE)]
    faults += [f"moved by itself: {it}" for it in page.evaluate("moved") if for_reader]
    page.set_viewport_size(PHONE)
    faults += [f"{fault} at 320" for fault in _violations(page, BUT_COLOURS)]
    faults += [f"wider than 320 pixels: {html}" for html in page.evaluate(TOO_WIDE)]
    page.emulate_media(color_scheme="dark")
    return faults + [f"{fault} in the dark" for fault in _violations(page, COLOURS)]


def _violations(page, options):
    found = page.evaluate(f"axe.run({json.dumps(options)}).then(results => results.violations)")
    return [f"{rule['id']}: {node['html'][:150]}" for rule in found for node in rule["nodes"]]


def test_everybody_can_read_every_text_and_what_is_said_where_there_is_none(look_at, with_text, without_text):
    gone = without_text.pop("withdrawn")
    articles = [article.get_absolute_url() for article in (with_text | without_text).values()]
    assert look_at(None, articles) == {}
    assert look_at(None, [gone.get_absolute_url()], status=410) == {}
    assert look_at(None, ["/no/such/page/"], status=404) == {}


def test_nothing_moves_by_itself_on_a_phone(new_page, approved):
    page = new_page(**PHONE)
    page.add_init_script(COUNT_SHIFTS)
    of_one = [approved.get_absolute_url(), f"{approved.get_absolute_url()}versions/1/", "/no/such/page/"]
    shifts = {}
    for address in (*of_one, "/", "/search/?q=exercise", "/a-z/", "/board/", "/policy/", "/ask/", "/verify/"):
        page.goto(address)
        shifts[address] = page.evaluate("shifts")
    assert set(shifts.values()) == {0}, shifts


def test_nothing_moves_while_a_page_arrives_slowly(new_page, live_url, ana):
    page = new_page(**DESK)
    page.add_init_script(COUNT_SHIFTS)
    sign_in(page, ana, live_url=live_url)
    sheet = Path(finders.find("desk.css")).read_text()
    page.route("**/desk.css", lambda asked: asked.fulfill(body=sheet, content_type="text/css"))
    line = {"offline": False, "latency": 0, "downloadThroughput": 6000, "uploadThroughput": -1}
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", line)
    page.goto("/inbox/")
    assert page.evaluate("shifts") == 0


def test_everybody_can_find_a_text_and_who_checks_it(look_at, with_text):
    searches = ["/search/", "/search/?q=exercise", "/search/?q=nothing+has+these+words"]
    about = ["/policy/", "/policy/1/", "/board/", "/responsibility/", "/corrections/"]
    lists = ["/", "/topics/physiotherapy/", "/a-z/", "/newly-checked/"]
    assert look_at(None, [*lists, *about, "/account/sign-in/", *searches]) == {}


def test_everybody_can_look_up_what_a_text_was_and_whether_it_is_the_checked_one(look_at, approved, rob, eva):
    changed = factories.approved_again(approved, reviewer=rob, editor=eva, why="Newer.", short_answer="Somewhat.")
    history = f"{changed.get_absolute_url()}versions/"
    of_one = [
        history,
        f"{history}1/",
        f"{history}1..2/",
        f"/verify/?q={changed.approval.digest}",
        "/verify/?q=Unheard.",
    ]
    assert look_at(None, of_one) == {}


def test_everybody_can_ask_report_and_settle(new_page, look_at, with_text, eva):
    """The words selected in a text stand in the report form; every page on the way is usable."""
    approved = with_text["approved"]
    report, ticket = reports.receive(unit_at(approved.slug, at=clock.now()), kind=Problem.SAFETY, words="Unclear.")
    question, status = questions.ask("Does exercise ease back pain?")
    public = ["/ask/", f"/ask/{status}/", f"{approved.get_absolute_url()}report/", f"/reports/{ticket}/", "/reports/"]
    assert look_at(None, public) == {}
    desk = [f"/admin/reviews/problemreport/{pk}" for pk in ("", f"{report.pk}/change/")]
    desk += [f"/admin/reviews/readerquestion/{pk}" for pk in ("", f"{question.pk}/change/")]
    assert look_at(eva, desk) == {}
    page = new_page()
    page.goto(approved.get_absolute_url())
    page.get_by_text("Regular exercise probably eases").select_text()
    page.get_by_role("button", name="Report a problem").click()
    expect(page.get_by_label("The sentence it is about")).to_have_value(re.compile("Regular exercise probably eases"))
    page.goto("/ask/")
    page.get_by_label("Your question").fill("Does exercise ease back pain?")
    page.get_by_role("button", name="Look for passages").click()
    expect(page.locator("[data-standing] blockquote").first).to_contain_text("Regular exercise")


def test_everybody_can_find_their_way_where_nothing_is_published_yet(look_at):
    factories.topic()
    assert look_at(None, ["/", "/board/"]) == {}


def test_everybody_can_write_cite_submit_and_hear_what_happened(look_at, with_text, ana):
    draft = factories.draft(by=ana, body=f"{factories.BODY}\nRest helps too [7].\n")
    factories.recorded_search(draft, by=ana)
    returned = with_text["changes requested"]
    tabs = ["", "edit/", "preview/", "references/", "references/new/", "references/import/", "submit/", "history/"]
    tabs += ["checks/", "citations/", "references/look-up/", "searches/new/", "references/hayden2021/merge/"]
    of_draft = [f"/desk/{draft.slug}/{tab}" for tab in (*tabs, "references/hayden2021/edit/")]
    of_returned = [f"/desk/{returned.slug}/{tab}" for tab in ("", "answers/", "submit/", "withdraw/")]
    of_changed = [with_text["changed since its check"].get_desk_url()]
    removal = f"/desk/{draft.slug}/references/hayden2021/remove/"
    assert (
        look_at(
            ana, ["/desk/", "/write/", "/write/bring-in/", "/inbox/", *of_draft, removal, *of_returned, *of_changed]
        )
        == {}
    )
    assert look_at(factories.person("Max"), ["/desk/", "/inbox/"]) == {}


def test_everybody_can_review(look_at, with_text, rob):
    waiting = rob.assignments.get(ended_at=None)
    for words, at_once in (("pain follows a fall", False), ("long-lasting low back pain", True)):
        verb = comments.say_at_once if at_once else comments.write
        remark = Remark("In whom?", is_blocking=True)
        verb(waiting, Passage("body", words), remark, by=rob.user, digest=waiting.revision.digest)
    decided = rob.assignments.exclude(ended_at=None).first()
    desks = [f"/admin/reviews/reviewassignment/{assignment.pk}/change/" for assignment in (waiting, decided)]
    history = f"/admin/articles/article/{with_text['under review'].pk}/history/"
    assert look_at(rob.user, ["/admin/", *desks, history]) == {}


def test_everybody_can_edit(look_at, with_text, without_text, eva):
    queue = "/admin/articles/article/"
    pages = [f"{queue}{with_text[name].pk}/change/" for name in ("submitted", "under review", "approved")]
    pages += [f"{queue}{article.pk}/change/" for article in without_text.values()]
    histories = [f"{queue}{with_text['changed since its check'].pk}/{part}/" for part in ("history", "points")]
    histories.append(f"{queue}{with_text['changed since its check'].pk}/history/?older=1&newer=2&sort=edits")
    queues = [queue, f"{queue}?state=all&q=back&holder=", f"{queue}?q=nothing+has+these+words", f"{queue}views/"]
    queues += [
        f"{queue}checks/",
        f"{queue}workload/",
        f"{queue}ask/",
        f"{queue}ask/?article={with_text['submitted'].pk}",
    ]
    view_keeping.keep("Worst first", "risk=4", by=eva, is_shared=True)
    assert look_at(eva, ["/admin/", *queues, *pages, *histories]) == {}


def test_everybody_can_look_after_the_board_the_policy_the_mail_and_the_accounts(look_at, with_text, ruth, root):
    member, message = BoardMember.objects.first(), Notification.objects.first()
    Sweep.objects.create(started_at=clock.now())
    lists = [f"/admin/{name}/" for name in ("reviews/boardmember", "reviews/reviewpolicy", "reviews/notification")]
    forms = ["/admin/reviews/boardmember/add/", f"/admin/reviews/boardmember/{member.pk}/change/"]
    forms += [f"/admin/reviews/reviewpolicy/{ReviewPolicy.objects.first().pk}/change/"]
    forms += ["/admin/reviews/reviewpolicy/add/", f"/admin/reviews/notification/{message.pk}/change/"]
    assert look_at(ruth, [*lists, *forms, "/admin/reviews/sweep/", "/admin/editorial/auditentry/"]) == {}
    accounts = ["/admin/editorial/user/", f"/admin/editorial/user/{ruth.pk}/change/"]
    assert look_at(root, ["/admin/", *accounts, "/admin/articles/topic/"]) == {}


def test_everybody_can_get_in_and_look_after_their_account(look_at, settings, eva, ana, root):
    settings.SIGN_UP = "request"
    lost = [f"/account/password/{page}/" for page in ("lost", "lost/sent", "new/done", "new/1-forged")]
    assert look_at(None, ["/account/request/", "/account/email/verify/forged/", *lost]) == {}
    assert look_at(None, ["/account/invitation/"], status=404) == {}
    ana.set_password("four-plain-words-together")
    ana.save()
    of_factors = ["", "app/", "passkeys/new/"]
    own = ["/account/", *(f"/account/{page}/" for page in ("sessions", "email", "password", "confirm"))]
    assert look_at(root, [*(f"/account/second-factor/{page}" for page in of_factors)]) == {}
    RecoveryCodes.activate(ana)
    TOTP.activate(ana, generate_totp_secret())
    assert look_at(ana, [*own, "/account/second-factor/", "/account/confirm/code/"]) == {}
    invitation = invitations.invite(email="new@example.org", role="author", by=eva)
    now = clock.now()
    asked = AccountRequest.objects.create(name="Nia", email="nia@example.org", why="To write.", asked_at=now)
    ways = [f"invitation/{page}" for page in ("", "add/", f"{invitation.pk}/change/")]
    ways += ["accountrequest/", f"accountrequest/{asked.pk}/change/", "accountmail/", f"user/{ana.pk}/second-factor/"]
    assert look_at(root, [f"/admin/editorial/{page}" for page in ways]) == {}
