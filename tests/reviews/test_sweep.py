"""The sweep finds unchecked text without its caution in any channel, and nothing where there is nothing to find."""

import io
import threading
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from pypdf import PdfWriter

from articles import citing, exporters, printing
from articles.asking import Quoted
from articles.models import Article, Notice
from articles.paragraphs import paragraphs_of
from articles.public import PublicArticle, for_public, public_article
from articles.states import NoticeKind
from editorial import clock, middleware
from reviews import publication, reader_pages, sweep
from reviews.kinds import Channel, Kind
from reviews.models import Notification, Sweep
from reviews.sweep import judging
from reviews.sweep.documents import read, slug_in
from reviews.sweep.fetching import Unreachable
from reviews.sweep.judging import faults_of_list, faults_of_page, faults_of_sitemap
from reviews.sweep.words import Words
from tests import factories

pytestmark = pytest.mark.slow

TEXT = "Regular walking on most days of the week may ease a stiff back a little after some months."
LINE = "Not yet checked by a health professional: do not act on it."
CAUTION = f"Nobody has checked this. It may be wrong. Do not change your treatment. Ask a doctor. {LINE}"
CARD = '<li><h2><a href="/articles/stiff-back/">Does walking ease a stiff back?</a></h2>{}</li>'


def expected(**changes):
    given = {
        "pk": 1,
        "slug": "stiff-back",
        "title": Words.of("Does walking ease a stiff back?"),
        "is_shown": True,
        "is_indexable": False,
        "cautioned": Words.of(TEXT).runs,
        "phrases": (Words.of("Probably a little, for most."),),
        "hidden": frozenset(),
        "caution": Words.of(CAUTION),
        "line": Words.of(LINE),
    }
    return judging.Expected(**(given | changes))


HIDDEN = {"is_shown": False, "cautioned": frozenset(), "phrases": (), "hidden": Words.of(TEXT).runs}


def page_faults(body, head="", **changes):
    document = read(f"<html><head>{head}</head><body><main>{body}</main></body></html>", "text/html; charset=utf-8")
    return list(faults_of_page(document, expected(**changes)))


def list_faults(body, content_type="text/html", **changes):
    return list(faults_of_list(read(body, content_type), expected(**changes), where="the list"))


# The article's own page


@pytest.mark.parametrize(
    "body",
    [
        f"<article><h1>T</h1><p>{CAUTION}</p><p>{TEXT}</p></article>",
        f"<article><p><b>Nobody has checked this.</b> {CAUTION[25:]}</p><p>{TEXT.upper()}</p></article>",
    ],
)
def test_a_page_whose_whole_caution_comes_first_is_in_order(body):
    assert page_faults(body) == []


@pytest.mark.parametrize(
    "body",
    [
        f"<article><p>{TEXT}</p></article>",
        f"<article><p>{TEXT}</p><p>{CAUTION}</p></article>",
        f"<p>{CAUTION}</p><article><p>{TEXT}</p></article>",
        f"<p>{CAUTION}</p><p>{TEXT}</p>",
        f"<article><p>{LINE}</p><p>{TEXT}</p></article>",
        f"<article><p hidden>{CAUTION}</p><p>{TEXT}</p></article>",
        f"<article><div aria-hidden=true><p>{CAUTION}</p></div><p>{TEXT}</p></article>",
        f"<article><template>{CAUTION}</template><p>{TEXT}</p></article>",
        f"<article><!-- {CAUTION} --><p>{TEXT}</p></article>",
        f"<article><img alt='{CAUTION}'><p>{TEXT}</p></article>",
        f"<article><p>{CAUTION[:-20]}</p><p>{TEXT}</p></article>",
        "<article><p>Probably a little, for most.</p></article>",
        f"<article><h1>T</h1><ul><li>{TEXT}<li>more</ul><p>{CAUTION}</p></article>",
    ],
)
def test_text_on_a_page_that_the_caution_does_not_stand_before_in_sight_is_found(body):
    assert page_faults(body) == ["its page shows text that its whole caution does not stand before"]


@pytest.mark.parametrize(
    "head",
    [
        f'<meta name="description" content="{TEXT}">',
        f'<script type="application/ld+json">{{"description": "{TEXT}"}}</script>',
    ],
)
def test_the_head_of_a_page_is_looked_at_too(head):
    body = f"<article><p>{CAUTION}</p><p>{TEXT}</p></article>"
    assert page_faults(body, head) == ["the head of its page holds text without its caution"]
    assert page_faults(body, head.replace(TEXT, f"{LINE} {TEXT}")) == []


@pytest.mark.parametrize(
    "body",
    [f"<article><p>{CAUTION}</p><p>{TEXT}</p></article>", f"<!-- {TEXT} -->", f'<img alt="{TEXT}">'],
)
def test_text_that_is_hidden_may_stand_nowhere_on_its_page(body):
    assert page_faults(body, **HIDDEN) == ["its page holds text that nobody may be shown"]
    assert page_faults("<article><h1>T</h1><p>The text is not shown at the moment.</p></article>", **HIDDEN) == []


# Lists


@pytest.mark.parametrize(
    "body",
    [
        CARD.format(f"<p>{LINE}</p>"),
        CARD.format(f"<p>{CAUTION}</p><p>{TEXT}</p>"),
        f"<div><h2><a href='/articles/stiff-back/'>Does walking ease a stiff back?</a></h2><p>{LINE}</p></div>"
        "<div><a href='/articles/other/'>Other</a></div>",
        f"<ul><li><a href='/articles/other/'>{TEXT}</a><li><a href='/articles/stiff-back/'>Read on</a></ul>",
        "<h1>Results for “Does walking ease a stiff back?”</h1>",
        "<li><a href='/articles/does-walking-ease-a-stiff-back/'>Read on</a></li>",
    ],
)
def test_an_entry_that_carries_its_line_is_in_order(body):
    assert list_faults(body) == []


@pytest.mark.parametrize(
    "body",
    [
        CARD.format(""),
        CARD.format("") + f"<li>{LINE}</li>",
        f"<p>{LINE}</p><ul>{CARD.format('')}</ul>",
        CARD.format(f"<p hidden>{LINE}</p>"),
        CARD.format("") + CARD.replace("stiff-back", "other").format(f"<p>{LINE}</p>"),
        f"<ul><li><a href='/articles/stiff-back/'>Read on</a><p>Probably a little, for most.</p><li>{LINE}</ul>",
        f"<li><a href='http://localhost:8000/articles/stiff-back/#top'>Read on</a><p>{TEXT}</p></li>",
    ],
)
def test_an_entry_without_its_line_is_found(body):
    assert list_faults(body) == ["the list has an entry of it without its caution"]


def test_text_outside_of_entries_is_found():
    assert list_faults(f"<p>{LINE} {TEXT}</p>") == ["the list holds text of it outside of any entry"]


def test_hidden_text_in_an_entry_is_found_even_under_a_caution():
    body = CARD.format(f"<p>{CAUTION} {TEXT}</p>")
    assert list_faults(body, **HIDDEN) == ["the list holds text of it that nobody may be shown"]


def test_objects_of_the_api_are_looked_at_one_by_one():
    item = '{{"slug": "{}", "title": "Does walking ease a stiff back?", "standing": {{"caution_line": "{}"}}}}'
    good, bare = item.format("stiff-back", LINE), item.format("stiff-back", "")
    other = item.format("other", LINE)
    assert list_faults(f'{{"items": [{other}, {good}], "next": null}}', "application/json") == []
    found = list_faults(f'{{"items": [{other}, {bare}]}}', "application/json")
    assert found == ["the list has an entry of it without its caution"]


def test_entries_of_the_feed_are_looked_at_one_by_one():
    entry = (
        '<entry><title>Does walking ease a stiff back?</title><link href="https://desk.example.org/articles/{}/"/>'
        '<summary type="html">&lt;p&gt;{}&lt;/p&gt;</summary></entry>'
    )
    feed = '<feed xmlns="http://www.w3.org/2005/Atom"><title>News</title>{}</feed>'
    other = entry.format("other", LINE)
    good, bare = (
        feed.format(other + entry.format("stiff-back", LINE)),
        feed.format(other + entry.format("stiff-back", "")),
    )
    assert list_faults(good, "application/atom+xml") == []
    assert list_faults(bare, "application/atom+xml") == ["the list has an entry of it without its caution"]


def test_a_sitemap_names_only_what_may_be_indexed():
    sitemap = read("<urlset><url><loc>https://x.org/articles/stiff-back/</loc></url></urlset>", "application/xml")
    assert list(faults_of_sitemap(sitemap, expected())) == ["the sitemap names it"]
    assert list(faults_of_sitemap(sitemap, expected(is_indexable=True))) == []


def test_only_addresses_of_articles_are_taken_for_such():
    assert slug_in("/articles/stiff-back/?x=1#y") == "stiff-back"
    assert slug_in("https://desk.example.org/api/v1/articles/stiff-back/") == "stiff-back"
    assert slug_in("/desk/article/stiff-back/") is None
    assert slug_in("/articles/") is None


# The whole way, over HTTP


@pytest.fixture(autouse=True)
def nothing_is_taken_along(monkeypatch):
    """Sheets take seconds; the tests of what is taken along say how many articles are taken in hand."""
    monkeypatch.setattr(sweep, "MOST_IN_HAND", 0)


@pytest.fixture
def site(live_server, settings, transactional_db):
    settings.SWEEP_URL = live_server.url
    settings.ALLOWED_HOSTS = ["*"]
    return live_server


@pytest.fixture
def without_guard(monkeypatch):
    """The guard would answer 503; the sweep is there for the day when the guard sees nothing."""
    monkeypatch.setattr(middleware, "what_is_missing", lambda response: "")


@pytest.fixture
def broken(settings, tmp_path):
    """Put other words in the place of a template of the public pages."""

    def break_(name, text):
        target = tmp_path / "articles" / name
        target.parent.mkdir(exist_ok=True)
        target.write_text(text)
        first = settings.TEMPLATES[0]
        settings.TEMPLATES = [first | {"DIRS": [tmp_path, *first["DIRS"]]}]
        cache.clear()

    return break_


def quarantines():
    return Notice.objects.filter(kind=NoticeKind.QUARANTINE)


def every_standing(ana, rob, rita, eva, ruth):
    """One article in each standing that readers or robots could come upon."""
    made = {
        "submitted": factories.submitted(by=ana),
        "human": factories.submitted(by=ana, ai_involvement="none", ai_tool="", ai_accountable=None),
        "under review": factories.assigned(factories.submitted(by=ana), rob, by=eva).revision.article,
        "risky": factories.submitted(by=ana, risk=3),
        "overdue": factories.approved(by=ana, reviewer=rob, editor=eva, days_ago=800),
        "approved": factories.approved(by=ana, reviewer=rob, editor=eva),
        "withdrawn": factories.submitted(by=ana),
        "unsafe": factories.submitted(by=ana),
        "concern": factories.approved(by=ana, reviewer=rob, editor=eva),
        "retracted": factories.approved(by=ana, reviewer=rob, editor=eva),
    }
    publication.withdraw(made["withdrawn"], by=ana, reason="Not needed.")
    factories.decided(factories.assigned(made["unsafe"], rita, by=eva), "unsafe")
    publication.raise_concern(made["concern"], by=ruth, text="Doubts were raised.", details=factories.CONCERN)
    publication.retract(made["retracted"], by=ruth, text="Wrong.", reason="Wrong.", details=factories.RETRACTION)
    return made


def test_a_site_in_order_has_no_misses_in_any_standing(site, ana, rob, rita, eva, ruth):
    made = every_standing(ana, rob, rita, eva, ruth)
    done = sweep.run()
    assert (done.is_complete, done.misses, done.trouble) == (True, 0, "")
    assert done.articles_seen == len(made) - 1  # all but the one that is checked
    assert not quarantines().exists()


def test_inv11_a_page_that_lost_its_caution_is_taken_down_once_and_the_editors_told_once(
    site, without_guard, broken, ana, eva, client
):
    article = factories.submitted(by=ana)
    broken("_caution.html", "")
    first, second = sweep.run(), sweep.run()
    assert (first.misses, second.misses) == (1, 0)
    assert quarantines().count() == 1
    assert "its page shows text that its whole caution does not stand before" in quarantines().get().reason
    told = Notification.objects.filter(kind=Kind.QUARANTINED, channel=Channel.EMAIL)
    assert [n.recipient for n in told] == [eva]
    assert client.get(article.get_absolute_url()).status_code == 503


@pytest.mark.one_stack
def test_an_entry_that_lost_its_line_is_found_in_lists_and_search_of_a_german_site_too(
    site, without_guard, broken, ana, eva, settings
):
    settings.READERS_LANGUAGE = "de"
    factories.submitted(by=ana)
    broken("_standing_line.html", "")
    assert sweep.run().misses == 1
    for where in ("the list", "the search"):
        assert f"{where} has an entry of it without its caution" in quarantines().get().reason


@pytest.mark.one_stack
def test_where_the_guard_refuses_a_list_the_sweep_is_not_complete_and_nothing_is_taken_down(site, broken, ana):
    factories.submitted(by=ana)
    broken("_standing_line.html", "")
    done = sweep.run()
    assert (done.is_complete, done.articles_seen, done.misses) == (False, 1, 0)
    assert done.trouble.startswith(f"{site.url}/ answered 503.")


def test_a_person_lifts_a_quarantine_and_the_next_sweep_finds_all_in_order(
    site, without_guard, broken, ana, eva, settings, tmp_path
):
    factories.submitted(by=ana)
    broken("_caution.html", "")
    sweep.run()
    (tmp_path / "articles" / "_caution.html").unlink()
    settings.TEMPLATES = [settings.TEMPLATES[0] | {"OPTIONS": {**settings.TEMPLATES[0]["OPTIONS"]}}]
    cache.clear()
    publication.resolve(quarantines().get(), by=eva, text="The template is mended.")
    done = sweep.run()
    assert (done.misses, done.trouble, quarantines().count()) == (0, "", 1)


@pytest.mark.one_stack
def test_every_channel_of_one_text_is_looked_at_and_in_order_in_german_too(site, ana, rob, eva, monkeypatch, settings):
    settings.READERS_LANGUAGE = "de"
    monkeypatch.setattr(sweep, "MOST_IN_HAND", 5)
    monkeypatch.setattr(sweep, "MOST_PRINTED", 0)
    replaced = factories.approved(by=ana, reviewer=rob, editor=eva)
    factories.approved_again(replaced, reviewer=rob, editor=eva, why="Newer.", short_answer="Somewhat.")
    asked, fetch = [], sweep.fetch
    monkeypatch.setattr(sweep, "fetch", lambda path, **sent: asked.append(path) or fetch(path, **sent))
    done = sweep.run()
    assert (done.is_complete, done.misses, done.trouble) == (True, 0, "")
    one = replaced.get_absolute_url()
    names = [name for _, name in sweep.TAKEN_ALONG]
    assert {f"{one}versions/1..2/", *(one + name for name in names)} <= set(asked)
    assert {"/ask/", "/newly-checked/", "/corrections/", "/reports/", "/topics/physiotherapy/feed.json"} <= set(asked)


def lose_every_line(monkeypatch, bare):
    """As if nobody had thought of the standing in lists, files, pictures and answers."""
    unit = public_article(for_public(Article.objects.filter(pk=bare.pk)).get(), at=clock.now())
    quoted = Quoted(replace(unit, caution=None), paragraphs_of(unit.text)[:1])
    sheet = io.BytesIO()
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    writer.write(sheet)
    monkeypatch.setattr(PublicArticle, "caution_line", property(lambda unit: ""))
    monkeypatch.setattr(PublicArticle, "standing_line", property(lambda unit: unit.standing.label))
    monkeypatch.setattr(exporters, "_on_one_line", lambda words: "")
    monkeypatch.setattr(citing, "standing_for_citations", lambda unit, at: "")
    monkeypatch.setattr(printing, "pdf_of", lambda html: sheet.getvalue())
    monkeypatch.setattr(reader_pages, "passages_for", lambda question, at, about: [quoted])


@pytest.mark.one_stack
def test_each_channel_that_lost_its_caution_is_found_by_name(site, without_guard, broken, ana, rob, eva, monkeypatch):
    replaced = factories.approved(by=ana, reviewer=rob, editor=eva)
    factories.approved_again(replaced, reviewer=rob, editor=eva, why="Newer.", short_answer="Somewhat.")
    bare = factories.submitted(by=ana)
    broken("comparison.html", "<article><h1>T</h1><p>{{ before.unit.text.words }}</p></article>")
    theirs, of_bare = (judging.expected_of(article.pk, at=clock.now()) for article in (replaced, bare))
    lose_every_line(monkeypatch, bare)
    found = sweep._faults(of_bare, sweep._shared(), in_hand=True)
    lists = ["the list", "the feed", "the JSON feed", "the A–Z", "its topic's list", "its topic's feed", "the search"]
    lists += ["its topic's JSON feed", "the page that verifies", "the form for reports", "the answers to questions"]
    assert {f"{where} has an entry of it without its caution" for where in lists} <= set(found)
    files = [*(where for where, _ in sweep.TAKEN_ALONG), "the PDF of a version"]
    assert {f"{where} goes without its caution" for where in files} <= set(found)
    beside = "beside another version, its page shows text that its whole caution does not stand before"
    assert beside in sweep._faults(theirs, sweep._shared())


@pytest.mark.one_stack
def test_a_newer_revision_that_leaks_beside_the_approved_one_is_found(
    site, without_guard, broken, ana, rob, eva, settings
):
    article = factories.approved(by=ana, reviewer=rob, editor=eva)
    Article.objects.filter(pk=article.pk).update(
        body="Lifting heavy weights twice a day from the first week on cures almost every back pain [@hayden2021]."
    )
    publication.submit(factories.fresh(article), by=ana)
    assert sweep.run().misses == 0
    leaked = Article.objects.get(pk=article.pk).body
    broken("_about.html", f"<p>{leaked}</p>")
    assert sweep.run().misses == 1
    assert "nobody may be shown" in quarantines().get().reason


def test_what_the_sweep_does_is_put_on_record_as_the_systems_doing(site, without_guard, broken, ana, eva):
    article = factories.submitted(by=ana)
    before = article.history.count()
    broken("_caution.html", "")
    sweep.run()
    assert (quarantines().get().by, quarantines().get().by_label) == (None, "the system")
    assert all(row.history_user is None for row in article.history.all()[: article.history.count() - before])


def test_a_text_approved_during_the_look_is_no_miss(site, ana, rob, eva, monkeypatch):
    article = factories.submitted(by=ana)
    assignment = factories.assigned(article, rob, by=eva)
    stale = judging.expected_of(article.pk, at=clock.now())
    factories.decided(assignment)
    publication.release(article, by=eva, digest=assignment.revision.digest)
    looks = iter([stale])
    monkeypatch.setattr(sweep, "expected_of", lambda pk, at: next(looks, None) or judging.expected_of(pk, at=at))
    assert sweep._faults(stale, sweep._shared())
    assert sweep._faults_now(article.pk, sweep._shared()) == []


# What cannot be looked at


@pytest.mark.one_stack
def test_a_site_that_does_not_answer_is_trouble_and_no_miss(settings, submitted):
    settings.SWEEP_URL = "http://127.0.0.1:1"
    done = sweep.run()
    assert (done.is_complete, done.misses) == (False, 0)
    assert done.finished_at
    assert "did not answer" in done.trouble
    assert not quarantines().exists()


@pytest.fixture
def stranger_site(settings, db):
    """Somebody else's server, which answers everything with one page."""

    class Handler(BaseHTTPRequestHandler):
        answer = (200, "text/html", b"<p>Welcome</p>")

        def do_GET(self):
            status, content_type, body = self.answer
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.SWEEP_URL = f"http://127.0.0.1:{server.server_port}"
    yield Handler
    server.shutdown()
    server.server_close()


@pytest.mark.one_stack
@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((200, "text/html", b"<p>Welcome</p>"), "shows none of the text it should"),
        ((404, "text/html", b"<p>Not here</p>"), "answered 404. Is SWEEP_URL right"),
        ((400, "text/html", b"<h1>Bad Request</h1>"), "answered 400. Is SWEEP_URL right"),
        ((302, "text/html", b""), "answered 302"),
        ((200, "application/json", b"<p>"), "not readable as application/json"),
        ((200, "text/xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'), "not readable as text/xml"),
        ((200, "text/html", b"x" * (9 * 1024 * 1024)), "is larger than"),
    ],
    ids=lambda value: value if isinstance(value, str) else str(value[0]),
)
def test_a_server_that_proves_nothing_is_trouble_and_no_miss(stranger_site, ana, eva, answer, words):
    for _ in range(sweep.SILENCE):
        factories.submitted(by=ana)
    stranger_site.answer = answer
    done = sweep.run()
    assert (done.is_complete, done.misses) == (False, 0)
    assert words in done.trouble
    assert not quarantines().exists()


@pytest.mark.one_stack
def test_files_that_do_not_come_keep_nobody_from_looking_at_the_rest(site, ana, monkeypatch):
    articles = [factories.submitted(by=ana) for _ in range(2)]
    monkeypatch.setattr(sweep, "SILENCE", 1)
    monkeypatch.setattr(sweep, "MOST_IN_HAND", len(articles))
    monkeypatch.setattr(sweep, "TAKEN_ALONG", (("its PDF", "article.pdf"), ("its citation", "cite.txt")))
    monkeypatch.setattr(sweep, "MOST_PRINTED", 0)
    asked, fetch = [], sweep.fetch

    def without_pdf(path, **sent):
        asked.append(path)
        if path.endswith("article.pdf"):
            raise Unreachable(f"{path} did not answer.")
        return replaced_by(fetch(path, **sent))

    def replaced_by(answer):
        answer.status = 500 if answer.path.endswith("cite.txt") else answer.status
        return answer

    monkeypatch.setattr(sweep, "fetch", without_pdf)
    done = sweep.run()
    assert (done.articles_seen, done.misses, done.is_complete) == (len(articles), 0, True)
    assert {f"{article.get_absolute_url()}cite.txt" for article in articles} <= set(asked)
    assert "article.pdf did not answer" in done.trouble
    assert "cite.txt answered 500" in done.trouble
    monkeypatch.setattr(sweep, "LONGEST_FILES", -1)
    late = []
    assert list(sweep._faults_of_what_is_taken_along(judging.expected_of(articles[0].pk, at=clock.now()), late)) == []
    assert "was not looked at" in late[0]


def test_every_article_is_asked_about_in_some_sweep():
    asked = set()
    for turn in range(200):
        shared = sweep.Shared((), [], lots=4, turn=turn)
        now = {pk for pk in range(1, 41) if shared.asks_about(pk)}
        assert len(now) <= sweep.MOST_ASKED
        asked |= now
    assert asked == set(range(1, 41))
    few = sweep.Shared((), [], turn=1)
    assert [few.asks_about(pk) for pk in range(40)] == [True] * sweep.MOST_ASKED + [False] * 30


def test_a_sweep_cut_short_goes_on_where_it_was(site, ana):
    for _ in range(3):
        factories.submitted(by=ana)
    first = sweep.run(within=-1)
    assert (first.finished_at, first.articles_seen) == (None, 0)
    Sweep.objects.update(cursor=Article.objects.earliest("pk").pk, articles_seen=1)
    second = sweep.run()
    assert second.pk == first.pk
    assert (second.is_complete, second.articles_seen) == (True, 3)


def test_two_sweeps_at_once_count_every_article_once(site, ana, monkeypatch):
    for _ in range(2):
        factories.submitted(by=ana)
    look, nested = sweep._look_at, []

    def look_while_another_sweeps(pk, shared, mine):
        if not nested:
            nested.append(True)
            sweep.run()
        return look(pk, shared, mine)

    monkeypatch.setattr(sweep, "_look_at", look_while_another_sweeps)
    done = sweep.run()
    assert Sweep.objects.count() == 1
    assert (done.is_complete, done.articles_seen, done.misses) == (True, 2, 0)


def test_old_sweeps_without_a_miss_are_not_kept_for_ever(settings, db):
    settings.SWEEP_URL = "http://127.0.0.1:1"
    long_ago = clock.now() - timedelta(days=31)
    Sweep.objects.create(started_at=long_ago, finished_at=long_ago)
    kept = Sweep.objects.create(started_at=long_ago, finished_at=long_ago, misses=1)
    done = sweep.run()
    assert set(Sweep.objects.all()) == {kept, done}


@pytest.mark.one_stack
def test_the_command_says_what_it_did(site, ana, settings, capsys):
    factories.submitted(by=ana)
    call_command("sweep")
    assert capsys.readouterr().out == f"Looked at 1 articles at {site.url}: 0 taken down.\n"
    settings.SWEEP_URL = "http://127.0.0.1:1"
    with pytest.raises(CommandError, match="not complete.*did not answer"):
        call_command("sweep")


def test_the_templates_these_tests_break_are_the_ones_the_site_uses(settings):
    folder = Path(settings.HOME) / "templates" / "articles"
    assert "_caution.html" in (folder / "_article.html").read_text()
    assert "_standing_line.html" in (folder / "_item.html").read_text()
    assert "_about.html" in (folder / "_article.html").read_text()
