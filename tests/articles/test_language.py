"""Every word that the house says to readers can be said in another language, and German readers get no other."""

import json
import re

import lxml.html
import pytest
from babel.messages.pofile import read_po
from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.urls import reverse
from django.utils import translation

from articles.asking import unit_at
from articles.caution import every_caution
from editorial import catalogues, checks, clock
from editorial.refusal_pages import refusal
from reviews import publication, questions, reports
from reviews.kinds import Problem
from tests import factories

PLACES = re.compile(r"(%\(\w+\)s|%%|\{\w*\}|<[^>]+>|&\w+;)")
ACCENTS = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "áƀçđéƒĝĥíĵķłɱñóƥɋřšťúṽŵẋýžÁɃÇĐÉƑĜĤÍĴĶŁṀÑÓƤɊŘŠŤÚṼŴẊÝŽ"
)
GERMAN = settings.HOME / "locale" / "de" / "LC_MESSAGES" / "django.po"
READ_OUT = ("aria-label", "placeholder", "alt", "title")
HEAD = "//meta[@name='description' or @property='og:title' or @property='og:image:alt']/@content"
# Names of things, the same in every language.
TYPED = ("Does exercise ease back pain?", "I took too many tablets, zebra", "exercsie", "zebra", "Unheard.")
NAMES = {"PDF", "BibTeX", "RIS", "CSL-JSON", "JSON", "DOI", "PubMed", "PMID", "UTC"}


def accented(words):
    return "".join(part if PLACES.fullmatch(part) else part.translate(ACCENTS) for part in PLACES.split(words))


def strings_of(value):
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from strings_of(inner)
    elif isinstance(value, str) and value.startswith(("[", "{")) and value.endswith(("]", "}")):
        yield from strings_of(json.loads(value))
    elif isinstance(value, str) and value.strip():
        yield lxml.html.fromstring(f"<div>{value}</div>").text_content()


def written():
    """Everything that people wrote, and what is not the catalogue's: the words of the caution and of the settings."""
    ours = [model for app in ("articles", "reviews", "editorial") for model in apps.get_app_config(app).get_models()]
    rows = (row for model in ours for row in model._default_manager.values())
    said = [words for row in rows for value in row.values() for words in strings_of(value)]
    cautions = [words for caution in every_caution() for words in (caution.text, caution.line)]
    house = [*TYPED, settings.SITE_NAME, settings.SITE_URL, settings.CONTACT_EMAIL, settings.EMERGENCY_NUMBERS]
    return " ".join(" ".join([*said, *cautions, *house]).split())


def said_on(html):
    page = lxml.html.document_fromstring(html)
    for element in page.iter():
        if isinstance(element.tag, str) and element.tag not in ("script", "style", "code"):
            yield element.text or ""
            yield from (element.get(name, "") for name in READ_OUT)
        yield element.tail or ""
    yield from page.xpath(HEAD)


@pytest.fixture
def house(client, ana, rob, rita, eva, ruth):
    """Every page of a reader, made when it is called for: its address, and its HTML."""
    people = {"by": ana, "reviewer": rob, "editor": eva}
    replaced = factories.approved(**people, plain_body="Moving helps a little.")
    factories.recorded_search(replaced, by=ana)
    factories.approved_again(
        replaced, reviewer=rob, editor=eva, why="Newer.", short_answer="Somewhat, and not at once."
    )
    doubted, retracted, gone = (factories.approved(**people) for _ in range(3))
    publication.raise_concern(doubted, by=ruth, text="A reader doubts a number.", details=factories.CONCERN)
    publication.retract(
        retracted, by=ruth, text="It overstates the effect.", reason="Misread.", details=factories.RETRACTION
    )
    publication.withdraw(gone, by=ana, reason="Written anew elsewhere.")
    returned = factories.assigned(factories.submitted(by=ana), rob, by=eva)
    factories.decided(returned, "request_changes")
    hidden = factories.approved(by=ana, reviewer=rob, editor=eva, days_ago=800)
    report, ticket = reports.receive(unit_at(replaced.slug, at=clock.now()), kind=Problem.SAFETY, words="Unclear.")
    _, status = questions.ask("Does exercise ease back pain?")
    of_one = [article.get_absolute_url() for article in (replaced, doubted, retracted, gone, returned.revision.article)]
    of_one += [hidden.get_absolute_url(), factories.submitted(by=ana).get_absolute_url()]
    of_one += [f"{of_one[0]}{rest}" for rest in ("versions/", "versions/1/", "versions/1..2/", "report/")]
    named = ["article-list", "a-z", "newly-checked", "corrections", "search", "verify", "ask", "reports", "board"]
    lists = [reverse(name) for name in (*named, "editorial-policy", "responsibility")]
    lists += ["/policy/1/", "/topics/physiotherapy/", "/search/?q=exercise", "/search/?q=exercsie", "/search/?q=zebra"]
    lists += [f"/ask/{status}/", f"/reports/{ticket}/", f"/verify/?q={of_one[0]}", "/verify/?q=Unheard.", "/no/such/"]

    def pages():
        cache.clear()
        for address in (*of_one, *lists):
            yield address, client.get(address).content.decode()
        for words in TYPED[:2]:
            yield "answers", client.post("/ask/", {"question": words, "about": ""}).content.decode()
        yield "report", client.post(f"{of_one[0]}report/", {}).content.decode()
        for reader in ("patient", "professional"):
            client.cookies["reader"] = reader
            yield reader, client.get(of_one[0]).content.decode()
        with translation.override(settings.READERS_LANGUAGE):
            for template in ("400.html", "403.html", "403_csrf.html", "413.html", "429.html", "500.html", "503.html"):
                yield template, refusal(None, template, status=500, retry=60, limit=6, typed=[]).content.decode()

    return pages


@pytest.mark.django_db
@pytest.mark.one_stack
@pytest.mark.slow
def test_every_word_of_the_house_is_marked_for_translation_and_no_german_reader_meets_an_english_one(
    house, client, settings, monkeypatch
):
    known = written()
    with monkeypatch.context() as patch:
        patch.setattr(translation._trans, "gettext", accented, raising=False)
        patch.setattr(
            translation._trans, "ngettext", lambda one, many, n: accented(one if n == 1 else many), raising=False
        )
        assert not_marked(house(), known) == {}
    settings.READERS_LANGUAGE = "de"
    assert english_words(house(), known) == {}
    assert 'lang="de"' in client.get("/no/such/page/").text
    assert "Zum Haupttext springen" in client.get("/no/such/page/").text
    assert "Sign in" in client.get(reverse("login")).text


def not_marked(pages, known):
    """Marked words come back with accents; what has none must have been written by somebody."""
    bare = {}
    for address, html in pages:
        for words in said_on(html):
            pieces = (piece.strip() for piece in re.split(r"[^A-Za-z0-9 '’-]+", " ".join(words.split())))
            for piece in pieces:
                if re.search("[A-Za-z]{3}", piece) and piece not in known and piece not in NAMES:
                    bare.setdefault(piece, address)
    return bare


def english_words(pages, known):
    said = [m for m in read_po(GERMAN.open("rb")) if isinstance(m.id, str) and m.id != m.string and " " in m.id]
    english = [m.id for m in said if not PLACES.search(m.id) and m.id not in known]
    assert len(english) > 200
    found = {}
    for address, html in pages:
        words = " ".join(" ".join(said_on(html)).split())
        if here := [one for one in english if one in words]:
            found[address] = here
    return found


@pytest.mark.django_db
@pytest.mark.one_stack
def test_another_language_is_another_page_to_every_cache(client, approved, settings):
    address = approved.get_absolute_url()
    english = client.get(address)
    settings.READERS_LANGUAGE = "de"
    german = client.get(address, headers={"if-none-match": english["ETag"]})
    assert german.status_code == 200
    assert "Geprüft von Rob, Physiotherapist, am" in german.text
    assert german["ETag"] != english["ETag"]
    assert client.get(address, headers={"if-none-match": german["ETag"]}).status_code == 304
    assert "So stand es am " in client.get(f"{address}cite.txt").text
    assert "Aus „" in client.get(f"{address}references.bib").text


def test_the_german_catalogue_is_complete_and_compiled():
    """Where this fails after a change of words: `manage.py catalogue de`, and translate what it names."""
    now = catalogues.updated(GERMAN.read_text(), locale="de")
    assert catalogues.missing_in(now) == []
    assert now == GERMAN.read_text()
    assert catalogues.compiled(now) == GERMAN.with_suffix(".mo").read_bytes()


def test_the_desk_does_not_start_in_a_language_without_words(settings):
    assert checks.the_language_of_readers_is_there() == []
    settings.READERS_LANGUAGE = "de"
    assert checks.the_language_of_readers_is_there() == []
    settings.READERS_LANGUAGE = "xx"
    assert [fault.id for fault in checks.the_language_of_readers_is_there()] == ["editorial.E005"]
