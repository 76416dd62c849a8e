"""A real browser in front of the real site: the system's Chromium, led by Playwright."""

import os
import shutil
from urllib.parse import urlsplit

import pytest
from django.test import Client
from playwright.sync_api import expect, sync_playwright

PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
FLAGS = [
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"),
    *("--disable-gpu", "--disable-quic"),
]
# A script for `add_init_script`: `shifts` is then by how much the page moved by itself, and `moved` what did.
COUNT_SHIFTS = """window.shifts = 0;
    window.moved = [];
    const place = box => `${box.x},${box.y} ${box.width}x${box.height}`;
    const name = it => `${it.node?.outerHTML?.slice(0, 90)} ${place(it.previousRect)} → ${place(it.currentRect)}`;
    const count = it => { if (!it.hadRecentInput) { shifts += it.value; moved.push(...it.sources.map(name)) } };
    new PerformanceObserver(list => list.getEntries().forEach(count))
        .observe({type: "layout-shift", buffered: true})"""
PATIENCE = 10_000  # milliseconds, for machines that have other things to do
NO_BROWSER = (
    "No Chromium on this machine, so nothing was looked at in a browser: install the package chromium-headless-shell."
)


@pytest.fixture(scope="session")
def browser():
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        # In CI a page that nobody looked at is a failure.
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(NO_BROWSER)
    flags = [*FLAGS, "--no-sandbox"] if os.getuid() == 0 else FLAGS
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright keeps an event loop running in this thread, which Django takes for an async caller.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        expect.set_options(timeout=PATIENCE)
        yield playwright.chromium.launch(executable_path=program, args=flags)


@pytest.fixture
def live_url(live_server, settings):
    """The address of the site under test, which then also stands in its links."""
    settings.SITE_URL = settings.SWEEP_URL = live_server.url
    settings.SITE_HOST = urlsplit(live_server.url).hostname
    return live_server.url


@pytest.fixture
def new_page(browser, live_url):
    """Call it for a page of its own visitor; `new_page(width=320, java_script_enabled=False, color_scheme="dark")`.

    The test fails when any page ran into a script error, broke the content security policy, said anything else on the
    console that is an error, missed one of its files or asked another server.
    """
    contexts, complaints = [], []

    def note_request(request):
        if not request.url.startswith((live_url, "data:", "blob:")):
            complaints.append(f"asked for {request.url}")

    def note_answer(response):
        if response.status >= 400 and response.request.resource_type not in ("document", "fetch"):
            complaints.append(f"{response.status} for {response.url}")

    def note_words(said):
        # A page that itself is a refusal is no fault, and what it failed to load is noted as an answer.
        if said.type == "error" and not said.text.startswith("Failed to load resource"):
            complaints.append(said.text)

    def open_page(*, width=1280, height=900, **options):
        context = browser.new_context(base_url=live_url, viewport={"width": width, "height": height}, **options)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        context.on("request", note_request)
        context.on("response", note_answer)
        context.on("weberror", lambda error: complaints.append(f"script error: {error.error}"))
        context.on("console", note_words)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()
    assert not complaints


@pytest.fixture
def page(new_page, request):
    """One page, 1280 pixels wide or as wide as `parametrize("page", [320, 1280], indirect=True)` says."""
    return new_page(width=getattr(request, "param", 1280))


def sign_in(page, user, *, live_url) -> None:
    """Let the visitor of `page` be `user`, without the form."""
    client = Client()
    client.force_login(user)
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_url}])
