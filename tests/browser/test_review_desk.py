"""Going claim by claim in a browser: by key, without a line, without a script, and on a telephone."""

import pytest
from playwright.sync_api import expect

from tests import factories
from tests.chromium import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.one_stack]

BODY = "Walk for 10 minutes [@hayden2021].\n\nRest for 20 minutes [@hayden2021].\n"
NOTE = "The source says 5 minutes."


@pytest.fixture
def reading(ana, rob, eva):
    return factories.assigned(factories.submitted(by=ana, body=BODY), rob, by=eva)


def test_what_is_typed_without_a_line_is_kept_and_saved_later(new_page, live_url, reading, rob):
    page, desk = new_page(), f"/admin/reviews/reviewassignment/{reading.pk}/change/"
    sign_in(page, rob.user, live_url=live_url)
    page.goto(desk)
    page.keyboard.press("1")
    expect(page.locator("#progress")).to_contain_text("1 of 2 claims")
    page.route(f"**{desk}", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    page.keyboard.press("4")
    page.keyboard.type(NOTE)
    expect(page.get_by_role("status")).to_contain_text("kept in this browser")
    page.on("dialog", lambda leave: leave.accept())
    page.goto(desk)
    page.unroute(f"**{desk}")
    page.get_by_role("button", name="Put it back").click()
    expect(page.locator("#progress")).to_contain_text("2 of 2 claims")
    kept = reading.claim_verdicts.order_by("pk")
    assert [(verdict.finding, verdict.note) for verdict in kept] == [("supported", ""), ("contradicted", NOTE)]


def test_a_claim_is_judged_without_a_script_and_unsafe_stays_in_reach_on_a_telephone(new_page, live_url, reading, rob):
    page = new_page(width=320, java_script_enabled=False)
    sign_in(page, rob.user, live_url=live_url)
    page.goto(f"/admin/reviews/reviewassignment/{reading.pk}/change/")
    first = page.locator("details.claim").first
    first.get_by_label("Partly").check()
    first.get_by_label("Place in the source").fill("Table 2")
    first.get_by_role("button", name="Save").click()
    expect(page.locator("details.claim[open]")).to_have_attribute("data-number", "2")
    expect(page.locator("#progress")).to_contain_text("1 of 2 claims")
    page.locator(".unsafe summary").click()
    page.get_by_label("What could hurt someone").fill("Rest could delay the diagnosis.")
    page.get_by_role("button", name="Flag as unsafe now").click()
    expect(page.get_by_role("status")).to_contain_text("flag as unsafe")


SELECT = """() => {
    const [first, second] = document.querySelectorAll("#t-body ~ .prose p");
    getSelection().setBaseAndExtent(first.firstChild, 6, second.firstChild, 2);
}"""


def test_a_selected_passage_is_commented_on_by_key_and_marked_where_it_stands(new_page, live_url, reading, rob):
    page = new_page()
    sign_in(page, rob.user, live_url=live_url)
    page.goto(f"/admin/reviews/reviewassignment/{reading.pk}/change/")
    page.evaluate(SELECT)
    expect(page.get_by_role("button", name="Comment", exact=True)).to_be_visible()
    page.keyboard.press("c")
    expect(page.get_by_label("The passage, word for word")).to_have_value("for 10 minutes. Rest")
    page.keyboard.type("In whom?")
    page.get_by_role("button", name="Keep as a draft").click()
    expect(page.get_by_role("link", name="Your comment 1")).to_be_in_viewport()
    assert page.locator("#text mark").all_inner_texts() == ["for 10 minutes", ".", "Rest"]
    kept = reading.comments.get()
    assert (kept.quote, kept.occurrence, kept.words) == ("for 10 minutes. Rest", 1, "In whom?")
