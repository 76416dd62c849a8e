"""Writing in a real browser: nothing that was typed is lost, and sources are cited without leaving the keyboard."""

import re

import pytest
from playwright.sync_api import expect

from articles.models import Buffer
from tests import factories
from tests.chromium import sign_in
from tests.desk import at

pytestmark = [pytest.mark.browser, pytest.mark.one_stack]


@pytest.fixture
def editor(new_page, live_url, draft):
    """Call it with a person: the editor's page of the draft in a browser of their own."""

    def open_editor(person, **options):
        page = new_page(**options)
        sign_in(page, person, live_url=live_url)
        page.goto(at("desk-edit", draft))
        return page

    return open_editor


def kept(page):
    return page.locator(".kept-words")


def test_two_browsers_write_one_offline_and_one_crashes_and_no_word_is_lost(editor, draft, ana, noor, live_url):
    from_train, at_home = editor(ana), editor(ana)
    from_train.context.set_offline(True)
    from_train.get_by_label("Body").fill("Typed on the train.")
    expect(kept(from_train)).to_contain_text("No connection. Your words are kept on this device")
    at_home.get_by_label("Short answer").fill("Typed at home.")
    expect(kept(at_home)).to_contain_text("not saved yet")
    at_home.get_by_role("button", name="Save", exact=True).click()
    expect(at_home.get_by_text("Saved.")).to_be_visible()

    from_train.context.set_offline(False)
    expect(kept(from_train)).to_contain_text("Your words are kept apart from it")
    from_train.get_by_role("button", name="Save", exact=True).click()
    expect(from_train.get_by_role("heading", name="Stored now, and yours")).to_be_visible()
    expect(from_train.get_by_label("Body")).to_have_value("Typed on the train.")
    assert factories.fresh(draft).short_answer == "Typed at home."
    from_train.close()

    # The session ends while words are typed; they are kept here, and offered after signing in again.
    expect(at_home.get_by_label("Plain-language version")).to_be_editable()
    at_home.context.clear_cookies(name="sessionid")
    at_home.get_by_label("Plain-language version").fill("Typed without a session.")
    expect(kept(at_home)).to_contain_text("You are not signed in any more. Your words are kept on this device")
    at_home.get_by_role("button", name="Save", exact=True).click()
    expect(at_home).to_have_url(re.compile("sign-in"))
    sign_in(at_home, ana, live_url=live_url)
    at_home.goto(at("desk-edit", draft))
    offer = at_home.get_by_role("status").filter(has_text="kept on this device and never saved")
    offer.get_by_role("link", name="Look at them").click()
    expect(at_home.locator("ins").filter(has_text="a session.")).to_be_visible()
    at_home.get_by_role("link", name="Take them up").click()
    expect(at_home.get_by_label("Plain-language version")).to_have_value("Typed without a session.")
    expect(kept(at_home)).to_contain_text("not saved yet")
    at_home.get_by_role("button", name="Save", exact=True).click()
    expect(at_home.get_by_text("Saved.")).to_be_visible()
    assert factories.fresh(draft).plain_body == "Typed without a session."
    waiting = Buffer.objects.filter(settled_at=None)
    assert [buffer.fields["body"] for buffer in waiting] == ["Typed on the train."]

    # Whoever signs out leaves no words for the next person at this device, and is asked before any are lost.
    at_home.route("**/words/", lambda route: route.abort())
    at_home.get_by_label("Body").fill("Typed and never sent.")
    expect(kept(at_home)).to_contain_text("kept on this device")
    asked = []
    at_home.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.accept()))
    at_home.get_by_role("button", name="Sign out").click()
    expect(at_home.get_by_role("link", name="Sign in")).to_be_visible()
    assert "they are deleted" in asked[0]
    assert at_home.evaluate("Object.keys(localStorage)") == []


def test_a_source_is_cited_by_keyboard_and_the_page_shows_it_as_readers_would_see_it(editor, draft, ana):
    page = editor(ana, width=320)
    body = page.get_by_label("Body")
    body.fill("## What helps\n\nMoving probably eases back pain ")
    body.press("End")
    body.press_sequentially("[@hay")
    expect(page.locator(".picker [role=option]")).to_have_count(1)
    assert body.get_attribute("aria-activedescendant") == page.locator(".picker [role=option]").get_attribute("id")
    body.press("Enter")
    expect(body).to_have_value("## What helps\n\nMoving probably eases back pain [@hayden2021]")
    expect(page.locator(".picker:not([hidden])")).to_have_count(0)
    body.press_sequentially(".")

    shown = page.get_by_role("region", name="As readers would see it")
    expect(shown.get_by_text("Moving probably eases back pain")).to_be_visible()
    expect(shown.get_by_text("not been checked").or_(shown.locator(".told")).first).to_be_visible()
    page.get_by_text("Outline of the body (1)").click()
    page.get_by_role("button", name="What helps").click()
    chosen = "(it => it.value.slice(it.selectionStart, it.selectionEnd))(document.activeElement)"
    assert page.evaluate(chosen) == "What helps"
