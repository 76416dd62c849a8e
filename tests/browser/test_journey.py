"""The main job, walked through the screens: from a draft to a page readers can trust, and on to its next version."""

import re

import pytest
from playwright.sync_api import expect

from editorial.processes import wait_until
from tests import factories

pytestmark = pytest.mark.browser

PASSWORD = "walked-in-a-browser"
QUESTION = "Does regular exercise ease long-lasting back pain?"
BODY = (
    "## What exercise can do\n\n"
    "Regular exercise probably eases long-lasting low back pain a little [@hayden2021].\n\n"
    "## When to get help\n\nSee a doctor if pain follows a fall or comes with fever.\n"
)
FIRST_WORDS, MENDED_WORDS, NEWER_WORDS = "a little [@", "by a small amount [@", "by a small, lasting amount [@"
REASON = "“A little” is vague. Say that the effect is small, as the review does."
NOTE = "Named the size of the effect."
ANSWER = "It says now how small the effect is."
LIBRARY = """
@article{hayden2021,
  author = {Hayden, Jill A. and Ellis, Jenna},
  title = {Exercise therapy for chronic low back pain},
  journal = {Cochrane Database of Systematic Reviews},
  year = {2021}, number = {9}, pages = {CD009790},
  doi = {10.1002/14651858.CD009790.pub2},
}

@article{unfinished2020,
  title = {A record that never ends,
"""


@pytest.fixture
def desk_of(new_page, settings, live_url):
    """Call it with a person: a browser of their own, in which they have signed in by the form."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

    def sign_in(person):
        person.set_password(PASSWORD)
        person.save()
        page = new_page()
        page.goto("/admin/" if person.is_staff else "/desk/")
        page.get_by_label("User name or e-mail address").fill(person.username)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        return page

    return sign_in


@pytest.fixture
def mail(smtp_sink, start_worker, live_url):
    """What a worker delivers while the journey goes on: call it for the link in somebody's newest message."""
    start_worker(SITE_URL=live_url)

    def link_for(person, *, about):
        def messages():
            return [m for m in smtp_sink.messages if person.email in m["To"] and about in m["Subject"]]

        assert wait_until(messages, within=30), f"no mail to {person.label} about “{about}”"
        return re.search(r"^http\S+", messages()[-1].get_content(), re.MULTILINE)[0]

    return link_for


def test_a_draft_becomes_a_page_that_readers_can_trust_and_stays_one_while_its_next_version_is_read(
    desk_of, new_page, mail, ana, eva, rita, rob
):
    for_rob = factories.assigned(factories.submitted(by=factories.person("Noor")), rob, by=eva)
    writing, editing, reading = desk_of(ana), desk_of(eva), desk_of(rita.user)

    address = _ana_writes_cites_and_submits(writing)
    _readers_are_cautioned(new_page(), address, "Submitted, not yet checked")
    _eva_asks_a_reviewer(editing, rita)
    _rita_sees_nothing_but_hers(reading, for_rob)
    reading.goto(mail(rita.user, about="Please review"))
    _rita_accepts(reading)
    _rita_asks_for_changes(reading)
    _readers_are_cautioned(new_page(), address, "Changes requested, not approved")

    writing.goto(mail(ana, about="hanges"))
    _ana_reads_why_and_revises(writing)
    _eva_asks_a_reviewer(editing, rita)
    _rita_sees_what_changed_and_approves(reading)
    _eva_releases(editing)
    _readers_are_told_who_checked(new_page(), address, "Approved.", state="approved")

    _ana_submits_a_newer_version(writing)
    _readers_are_told_who_checked(new_page(), address, "Approved; a newer version is being checked.", state="changed")
    _eva_finds_the_newer_version_in_the_queue(editing)
    _ana_was_told_everything(writing)


# Ana


def _ana_writes_cites_and_submits(page) -> str:
    """Also the address at which readers will find it."""
    expect(page.get_by_text("You have not written anything here yet")).to_be_visible()
    page.get_by_role("link", name="Write a new article").click()
    page.get_by_label("Question").fill(QUESTION)
    page.get_by_label("Short answer").fill("Probably a little, for most people.")
    page.get_by_label("Body").fill(BODY)
    page.get_by_label("Topic").select_option("Physiotherapy")
    page.get_by_label("Audience").select_option("Patients and families")
    page.get_by_label("First draft written by an AI system").check()
    page.get_by_label("AI system (if one was used)").fill("Example drafter")
    page.get_by_label("Its version").fill("1")
    page.get_by_label("Your interests").fill("None.")
    page.get_by_label("Who paid for the work").fill("Nobody.")
    page.get_by_role("button", name="Save and go to references").click()
    _import_the_library(page)
    _tab(page, "Preview")
    page_to_be = page.get_by_role("article")
    expect(page_to_be.get_by_role("heading", name=QUESTION)).to_be_visible()
    expect(page_to_be.locator("#references + ol")).to_contain_text("Exercise therapy for chronic low back pain")
    _tab(page, "Submit")
    page.get_by_role("button", name="Submit revision 1").click()
    expect(page.get_by_role("status")).to_contain_text("Revision 1 was sent to the editors")
    return page.get_by_role("link", name="See the page as readers do").get_attribute("href")


def _import_the_library(page):
    expect(page.get_by_text("[@hayden2021]")).to_be_visible()
    page.get_by_role("link", name="Import").click()
    library = {"name": "library.bib", "mimeType": "application/x-bibtex", "buffer": LIBRARY.encode()}
    page.get_by_label("File").set_input_files(library)
    page.get_by_role("button", name="Import").click()
    expect(page.get_by_role("heading", name="1 reference imported")).to_be_visible()
    expect(page.get_by_role("row", name="unfinished2020")).to_contain_text("Not imported")
    page.get_by_role("link", name="Edit hayden2021").click()
    page.get_by_label("Kind of source").select_option("Systematic review")
    page.get_by_role("button", name="Save").first.click()
    expect(page.get_by_role("status")).to_contain_text("Saved. Cite it as [@hayden2021].")


def _ana_reads_why_and_revises(page):
    asked = page.locator("section", has=page.get_by_role("heading", name="What the reviewers ask for"))
    expect(asked).to_contain_text("Rita")
    expect(asked).to_contain_text(REASON)
    _replace(page, FIRST_WORDS, MENDED_WORDS)
    _tab(page, "Answers")
    page.get_by_label("Your answer: what you changed, or why not").fill(ANSWER)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("main")).to_contain_text("Nothing is left that has to be answered")
    _tab(page, "Submit")
    expect(page.locator("ins", has_text="small")).to_be_visible()
    page.get_by_label("Note on this version").fill(NOTE)
    page.get_by_role("button", name="Submit revision 2").click()
    expect(page.get_by_role("status")).to_contain_text("Revision 2 was sent to the editors")


def _ana_submits_a_newer_version(page):
    page.goto("/desk/")
    page.get_by_role("link", name=QUESTION).click()
    _replace(page, MENDED_WORDS, NEWER_WORDS)
    _tab(page, "Submit")
    expect(page.get_by_text("Readers keep the approved text until the new revision is approved too.")).to_be_visible()
    page.get_by_role("button", name="Submit revision 3").click()
    expect(page.get_by_role("status")).to_contain_text("Revision 3 was sent to the editors")


def _ana_was_told_everything(page):
    page.get_by_role("link", name="Inbox").click()
    told = page.get_by_role("heading", level=2).all_inner_texts()
    assert [words.removeprefix("New").strip() for words in told] == ["The text is approved", "Changes are asked for"]
    expect(page.get_by_role("main")).to_contain_text(REASON)


def _replace(page, old, new):
    _tab(page, "Text")
    body = page.get_by_label("Body")
    body.fill(body.input_value().replace(old, new))
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("Saved.")


def _tab(page, name):
    page.get_by_role("navigation", name="This article").get_by_role("link", name=name, exact=True).click()


# Eva


def _eva_asks_a_reviewer(page, member):
    page.goto("/admin/")
    page.get_by_role("link", name="waiting for a reader").click()
    expect(page.get_by_role("row", name=QUESTION)).to_contain_text("Submitted")
    page.get_by_role("link", name=QUESTION).click()
    page.get_by_role("radio", name=str(member)).check()
    page.get_by_role("button", name="Invite to review").click()
    expect(page.get_by_role("status")).to_contain_text("Invited")


def _eva_releases(page):
    _open_in_queue(page)
    expect(page.get_by_role("main")).to_contain_text("Release it: its quorum is met")
    page.get_by_role("button", name="Release this revision").click()
    expect(page.get_by_role("status")).to_contain_text("Released")
    expect(page.get_by_label("What readers are told now")).to_contain_text("Approved")


def _eva_finds_the_newer_version_in_the_queue(page):
    _open_in_queue(page)
    expect(page.get_by_label("What readers are told now")).to_contain_text("They see revision 2, not this one.")
    expect(page.get_by_role("heading", name="Revision 3, as a reader would see it")).to_be_visible()


def _open_in_queue(page):
    page.goto("/admin/")
    page.get_by_role("link", name="The whole queue").click()
    page.get_by_role("link", name=QUESTION).click()


# Rita


def _rita_sees_nothing_but_hers(page, for_rob):
    page.reload()
    expect(page.get_by_role("link", name=QUESTION)).to_be_visible()
    expect(page.get_by_role("main")).not_to_contain_text(for_rob.revision.article.title)
    refused = page.request.get(f"/admin/reviews/reviewassignment/{for_rob.pk}/change/")
    assert refused.status == 404


def _rita_accepts(page):
    expect(page.get_by_role("heading", name="Eva asks you to review this text")).to_be_visible()
    expect(page.get_by_role("main")).not_to_contain_text("Regular exercise probably eases")
    page.get_by_label("No, none").check()
    page.get_by_role("button", name="Send my answer").click()
    expect(page.get_by_role("status").first).to_contain_text("You accepted")


def _rita_asks_for_changes(page):
    expect(page.get_by_role("heading", name=QUESTION)).to_be_visible()
    expect(page.locator("#text")).to_contain_text("Regular exercise probably eases")
    page.get_by_label("Ask for changes").check()
    page.get_by_role("button", name="Record my decision").click()
    expect(page.get_by_text("Give your reasons")).to_be_visible()
    page.get_by_label("Your reasons").fill(REASON)
    page.get_by_role("button", name="Record my decision").click()
    expect(page.get_by_role("status")).to_contain_text("ask for changes")
    expect(page.get_by_role("main")).not_to_contain_text("See a doctor if pain follows")


def _rita_sees_what_changed_and_approves(page):
    page.goto("/admin/")
    page.get_by_role("link", name=QUESTION).first.click()
    _rita_accepts(page)
    expect(page.get_by_text(NOTE).first).to_be_visible()
    expect(page.locator("#changes ins", has_text="small")).to_be_visible()
    expect(page.locator("#asked")).to_contain_text(ANSWER)
    page.get_by_role("button", name="Settled").click()
    expect(page.get_by_role("button", name="Settled")).to_have_count(0)
    page.keyboard.press("1")
    expect(page.locator("#progress")).to_contain_text("1 of 1 claim")
    for item in page.locator("[data-item]").all():
        item.get_by_label("Yes").check()
    expect(page.locator("#progress")).to_contain_text("12 of 12 checklist")
    expect(page.locator("#missing")).to_be_hidden()
    page.get_by_label("Approve", exact=True).check()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_label("I read this version myself").check()
    page.get_by_role("button", name="Record my decision").click()
    expect(page.get_by_role("status")).to_contain_text("approve")


# Readers


def _readers_are_cautioned(page, address, label):
    page.goto(address)
    expect(page.get_by_role("article").locator("h1 + section")).to_contain_text(label)
    assert page.request.get(f"/api/v1{address}").json()["standing"]["caution"]
    page.context.close()


def _readers_are_told_who_checked(page, address, label, *, state):
    page.goto("/")
    expect(page.get_by_role("listitem").filter(has_text=QUESTION)).to_contain_text("Checked by Rita")
    page.get_by_role("link", name=QUESTION).click()
    told = page.get_by_role("article").locator("h1 + section")
    expect(told).to_contain_text(label)
    expect(told).to_contain_text("Checked by Rita, Physiotherapist")
    expect(page.get_by_role("article")).to_contain_text("by a small amount")
    standing = page.request.get(f"/api/v1{address}").json()["standing"]
    assert (standing["state"], standing["caution"]) == (state, None)
    assert [person["name"] for person in standing["checked_by"]] == ["Rita"]
    page.context.close()
