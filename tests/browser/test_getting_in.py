"""From an invitation in the mailbox to the review desk, as a new board member goes it on a telephone."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from editorial import invitations
from reviews.delivery import deliver_due
from tests import factories
from tests.codes import code_of

pytestmark = [pytest.mark.browser, pytest.mark.one_stack]

PASSWORD = "four-plain-words-together"


@pytest.mark.parametrize("page", [320], indirect=True)
def test_an_invited_board_member_gets_from_the_mail_to_the_desk(page, live_url, eva, settings, mailoutbox):
    settings.REQUIRE_SECOND_FACTOR = True
    page.add_init_script(Axe().axe_script)
    invitations.invite(email="nia@example.org", role="board_member", by=eva)
    deliver_due()
    page.goto(re.search(r"http\S+", mailoutbox[-1].body)[0])
    expect(page).to_have_url(f"{live_url}/account/invitation/")
    _is_fit_for_everybody(page)
    page.get_by_label("Name as printed").fill("Dr Nia New")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password, once more").fill(PASSWORD)
    page.get_by_role("button", name="Open my account").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Second factor")
    expect(page.get_by_text("nia@example.org is verified")).to_be_visible()
    page.get_by_role("link", name="Set up an app").click()
    key = page.locator("code.key").inner_text()
    expect(page.get_by_role("img", name="The key below")).to_have_js_property("complete", True)
    page.get_by_label("Code that the app shows now").fill(code_of(key))
    page.get_by_role("button", name="Set it up").click()
    expect(page.locator(".codes li")).to_have_count(10)
    _is_fit_for_everybody(page)
    recovery_code = page.locator(".codes li").first.inner_text()
    page.get_by_role("link", name="I have kept them: go on").click()
    expect(page).to_have_url(f"{live_url}/admin/")

    page.get_by_role("button", name="Sign out").click()
    page.goto("/admin/")
    page.get_by_label("User name or e-mail address").fill("nia@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("One more step")
    _is_fit_for_everybody(page)
    page.get_by_label("Code").fill(recovery_code)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_url(f"{live_url}/admin/")


@pytest.mark.parametrize("page", [320], indirect=True)
def test_a_new_author_gets_from_the_mail_to_a_submitted_text_with_an_imported_source(page, live_url, eva, mailoutbox):
    """Twelve fields and nine presses: by hand it takes as long as typing the words does."""
    factories.topic()
    page.add_init_script(Axe().axe_script)
    invitations.invite(email="nia@example.org", role="author", by=eva)
    deliver_due()
    page.goto(re.search(r"http\S+", mailoutbox[-1].body)[0])
    page.get_by_label("Name as printed").fill("Nia New")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password, once more").fill(PASSWORD)
    page.get_by_role("button", name="Open my account").click()
    page.get_by_role("link", name="Write a new article").click()

    page.get_by_label("Question").fill("Does exercise help long-lasting back pain?")
    page.get_by_label("Short answer").fill("Probably a little.")
    page.get_by_label("Body").fill(factories.BODY)
    shown = page.get_by_role("region", name="As readers would see it")
    expect(shown.get_by_text("is not among the references yet")).to_be_visible()
    page.get_by_role("button", name="Save and go to references").click()
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_label("Short answer")).to_have_value("Probably a little.")
    page.get_by_label("Topic").select_option(label="Physiotherapy")
    page.get_by_label("Audience").select_option("patient")
    page.get_by_label("None: no AI system was used").check()
    page.get_by_label("Your interests").fill("None")
    page.get_by_label("Who paid for the work").fill("Nobody")
    page.get_by_role("button", name="Save and go to references").click()

    page.get_by_role("link", name="Import", exact=True).click()
    page.get_by_label("Or paste them").fill(
        "@article{hayden2021, title={Exercise therapy}, author={Hayden, Jill}, year={2021},"
        " journal={A Journal}, doi={10.1002/14651858.CD009790.pub2}}"
    )
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("1 reference imported")
    page.get_by_role("link", name="To the list of references").click()
    page.get_by_role("link", name="People", exact=True).click()
    expect(page.get_by_text("Interests: None")).to_be_visible()
    _is_fit_for_everybody(page)
    page.get_by_role("link", name="Submit", exact=True).click()
    page.get_by_role("button", name="Submit revision 1").click()
    expect(page.get_by_text("Revision 1 was sent to the editors")).to_be_visible()


def test_a_passkey_alone_lets_in(page, live_url, eva):
    """With the browser's own virtual authenticator."""
    eva.set_password(PASSWORD)
    eva.save()
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    kind = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    kind |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    device.send("WebAuthn.addVirtualAuthenticator", {"options": kind})
    page.goto("/account/sign-in/?next=/account/second-factor/passkeys/new/")
    page.get_by_label("User name or e-mail address").fill("eva")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_label("Let me sign in with it alone").check()
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.locator(".codes li")).to_have_count(10)
    page.get_by_role("button", name="Sign out").click()
    page.goto("/account/sign-in/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page).to_have_url(f"{live_url}/admin/")


def _is_fit_for_everybody(page):
    found = page.evaluate("axe.run().then(results => results.violations.map(rule => rule.id))")
    assert found == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
