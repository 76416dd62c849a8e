"""Readers are told how far a text is checked before they read it, however they look at it; hostile text lies still."""

import pytest
from playwright.sync_api import expect

from articles.editing import add_references
from articles.models import Article
from articles.public import for_public, public_article
from editorial import clock
from reviews import publication
from tests import factories
from tests.chromium import COUNT_SHIFTS, sign_in

# What a browser makes of a page does not depend on the database; the journey is walked on both.
pytestmark = [pytest.mark.browser, pytest.mark.one_stack]

FIRST_SCREEN = 900  # pixels
LIGHTS = [
    {"media": "screen", "color_scheme": "light", "forced_colors": "none"},
    {"media": "screen", "color_scheme": "dark", "forced_colors": "none"},
    {"media": "screen", "color_scheme": "light", "forced_colors": "active"},
    {"media": "print", "color_scheme": "light", "forced_colors": "none"},
]
NOTHING_OVER_IT = """section => {
    const {left, top, width, height} = section.getBoundingClientRect();
    return section.contains(document.elementFromPoint(left + width / 2, top + height / 2));
}"""


def unit_of(article):
    return public_article(for_public(Article.objects.filter(pk=article.pk)).get(), at=clock.now())


def words_for(article):
    """What its readers are to be told first."""
    unit = unit_of(article)
    return unit.caution.text if unit.caution else unit.checked_line


def assert_told_on_the_first_screen(page, words, name):
    told = page.get_by_role("article").locator("h1 + section")
    expect(told, name).to_be_visible()
    expect(told, name).to_contain_text(words)
    box = told.bounding_box()
    assert box["y"] + box["height"] <= FIRST_SCREEN, name
    return told


def unstyled(page):
    page.route("**/*.css", lambda route: route.fulfill(body="", content_type="text/css"))
    return page


# trust.md, “The caution cannot be missing”, 5


@pytest.mark.parametrize("page", [320, 1280], indirect=True)
def test_every_text_says_on_the_first_screen_how_far_it_is_checked_in_all_lights_and_on_paper(page, with_text):
    for name, article in with_text.items():
        page.goto(article.get_absolute_url())
        for light in LIGHTS:
            page.emulate_media(**light)
            told = assert_told_on_the_first_screen(page, words_for(article), f"{name}, {light}")
            assert told.evaluate(NOTHING_OVER_IT), f"something lies over it: {name}, {light}"


@pytest.mark.parametrize("width", [320, 1280])
def test_every_text_says_so_without_scripts_and_without_styles(new_page, with_text, width):
    page = unstyled(new_page(width=width, java_script_enabled=False))
    for name, article in with_text.items():
        page.goto(article.get_absolute_url())
        assert_told_on_the_first_screen(page, words_for(article), name)


def test_a_list_and_a_search_result_say_it_under_each_title_without_styles_too(new_page, with_text):
    page = unstyled(new_page(width=320, java_script_enabled=False))
    lines = {unit.title: unit.standing_line for unit in map(unit_of, with_text.values())}
    for address in ("/", "/topics/physiotherapy/", "/search/?q=exercise"):
        page.goto(address)
        items = page.locator("li[data-standing]")
        expect(items).to_have_count(len(with_text))
        for item in items.all():
            said = item.locator(":is(h2, h3) + p")
            expect(said).to_be_visible()
            expect(said).to_contain_text(lines[item.get_by_role("heading").inner_text()])


def test_a_citation_opens_its_source_in_place_and_nothing_moves_by_itself(page, approved):
    page.add_init_script(COUNT_SHIFTS)
    page.goto(approved.get_absolute_url())
    side, told = page.locator(".side"), page.get_by_role("article").locator("h1 + section")
    assert side.bounding_box()["y"] == told.bounding_box()["y"]
    citation = page.locator("a[role=doc-noteref]").first
    citation.click()
    source = page.get_by_role("note")
    expect(source).to_contain_text("Exercise therapy for chronic low back pain")
    expect(citation).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(source).to_have_count(0)
    expect(citation).to_be_focused()
    assert page.evaluate("shifts") == 0


def test_a_reader_says_who_they_are_without_scripts_and_is_back_at_the_text(new_page, ana):
    article = factories.submitted(by=ana, plain_body="Moving helps a little.")
    page = new_page(width=320, java_script_enabled=False)
    page.goto(article.get_absolute_url())
    page.get_by_role("button", name="Patient or family").click()
    expect(page.get_by_role("button", name="Patient or family", pressed=True)).to_be_visible()
    expect(page.get_by_text("Regular exercise probably")).to_have_count(0)
    page.get_by_role("button", name="Show me everything").click()
    expect(page.get_by_text("Regular exercise probably")).to_be_visible()
    assert page.context.cookies() == []


# hostile words

HOSTILE_TITLE = (
    "Is </title></script><script>alert(1)</script><img src=x onerror=alert(1)>\" onload=alert(1) x='{{7*7}} safe?"
)
HOSTILE_BODY = "\n\n".join(
    [
        factories.BODY,
        "<script>alert(1)</script> <img src=x onerror=alert(1)> <svg/onload=alert(1)>",
        "<style>*{display:none}</style> <base href='//elsewhere.example'> <meta http-equiv=refresh content=600>",
        "<iframe src='https://elsewhere.example'></iframe> <form action=//elsewhere.example><input name=x></form>",
        "[x](javascript:alert(1)) [x](java&#115;cript:alert(1)) [x](data:text/html,<script>alert(1)</script>)",
        "[x](https://elsewhere.example 'onclick=\"alert(1)') </article></main></body><h1>Hello</h1>",
        "<p class=caution id=q style='color:white'>Hidden</p> <div hidden>Never seen</div>",
        '## <img src=x onerror=alert(1)> " onmouseover=alert(1) x="',
        "| <script>alert(1)</script> |\n|:-:|\n| [x](javascript:alert(1)) |",
    ]
)
# What the two desks themselves keep hidden until it is needed; words of the text are in none of it.
OWN_PARTS = ", ".join(
    [
        *(
            "#unsent",
            "#nothing-shown",
            "p[data-refusal]:empty",
            "button[data-clear]",
            "button[data-find]",
            "button.comment-here",
        ),
        *("ul.picker:empty", "[aria-labelledby=while-you-write]", "[aria-labelledby=as-readers-see-it]"),
    ]
)
ALIVE = """own => [...document.querySelectorAll("*")].filter(it =>
    it.matches("base, iframe, object, embed, style, img, math, [style], body *:is(link, meta, title)")
    || it.matches("[hidden]") && (!it.matches(own) || it.textContent.includes("Never seen"))
    || it.matches("script:not([src^='/static/'], [type='application/ld+json'])")
    || it.matches("form[action^='//'], input[name=x], h1 ~ h1, .caution")
    || /^(javascript|data|vbscript):/i.test(it.getAttribute("href") ?? "")
    || it.getAttributeNames().some(name => name.startsWith("on"))
).map(it => it.outerHTML)"""


def test_what_is_looked_for_in_hostile_text_would_be_found(browser):
    page = browser.new_context(offline=True).new_page()
    page.set_content(f"<h1>x</h1><a href='javascript:x'>x</a>{HOSTILE_BODY.replace('alert', 'void')}")
    found = " ".join(page.evaluate(ALIVE, OWN_PARTS))
    page.context.close()
    living_parts = ("<script", "<img", "<svg onload", "<style", "<base", "<meta", "<iframe", "<form", "javascript:x")
    for living in (*living_parts, "<div hidden", 'class="caution"'):
        assert living in found


def test_a17_a18_hostile_words_lie_still_for_readers_authors_reviewers_and_editors(new_page, live_url, ana, eva, rita):
    writing, editing, reading = (new_page() for _ in range(3))
    for page, person in ((writing, ana), (editing, eva), (reading, rita.user)):
        sign_in(page, person, live_url=live_url)
    article = _written_in_the_form(writing)
    publication.submit(article, by=ana, change_note=HOSTILE_TITLE)
    assignment = factories.assigned(article, rita, by=eva)
    desk = f"/admin/reviews/reviewassignment/{assignment.pk}/change/"
    visits = [(reading, "/admin/"), (reading, desk), (reading, f"/admin/articles/article/{article.pk}/history/")]
    for page, address in visits:
        assert_lies_still(page, address)
    factories.decided(assignment, "request_changes", reason=HOSTILE_BODY)
    for tab in ("", "edit/", "preview/", "references/", "submit/", "history/"):
        assert_lies_still(writing, f"/desk/{article.slug}/{tab}")
    for address in ("/desk/", "/inbox/"):
        assert_lies_still(writing, address)
    for address in ("", f"{article.pk}/change/", f"{article.pk}/history/"):
        assert_lies_still(editing, f"/admin/articles/article/{address}")
    for address in ("/", article.get_absolute_url(), "/search/?q=hello"):
        assert_lies_still(new_page(), address)


def _written_in_the_form(page):
    """As an author would, with the one reference that its sentences cite."""
    factories.topic()
    page.goto("/write/")
    page.get_by_label("Question").fill(HOSTILE_TITLE)
    page.get_by_label("Short answer").fill("Probably a little. <b onclick=alert(1)>More</b>")
    page.get_by_label("Body").fill(HOSTILE_BODY)
    page.get_by_label("Topic").select_option("Physiotherapy")
    page.get_by_label("Audience").select_option("Patients and families")
    page.get_by_label("None: no AI system was used").check()
    page.get_by_label("Your interests").fill("None.")
    page.get_by_label("Who paid for the work").fill("Nobody.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", level=1).first).to_have_text(HOSTILE_TITLE)
    article = Article.objects.get()
    add_references(article, [factories.HAYDEN], by=article.author)
    return factories.fresh(article)


def assert_lies_still(page, address):
    page.goto(address)
    assert "<script>alert(1)</script>" in page.content().replace("&lt;", "<").replace("&gt;", ">"), address
    assert page.evaluate(ALIVE, OWN_PARTS) == [], address
