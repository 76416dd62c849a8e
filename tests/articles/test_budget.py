"""What a reader's page costs to fetch: everything it loads, compressed as it is sent, under 60 kB."""

import gzip
import re
from pathlib import Path

import lxml.html
import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.cache import cache
from django.urls import reverse

from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.one_stack]

BUDGET = 60_000  # bytes
GZIP = {"headers": {"accept-encoding": "gzip"}}
REAL = settings.HOME / "editorial" / "demo" / "articles" / "what-is-a-systematic-review.md"
LOADED = "//link[@rel='stylesheet' or @rel='icon']/@href | //script/@src | //img/@src | //*[@srcset]/@srcset"
LISTS = ["article-list", "a-z", "newly-checked", "corrections", "search", "verify", "ask", "reports", "board"]
LISTS += ["editorial-policy", "responsibility", "login"]


@pytest.fixture
def long_text(ana, rob, eva):
    """An article of the demo in both language variants, and changed."""
    words = re.sub(r"\A---.*?---\n|\[@[^]]*\]", "", REAL.read_text(), flags=re.DOTALL)
    body = f"{factories.BODY}\n{words}\n"
    article = factories.approved(by=ana, reviewer=rob, editor=eva, body=body, plain_body=words)
    return factories.approved_again(article, reviewer=rob, editor=eva, why="Newer.", short_answer="Somewhat.")


def weight_of(response):
    """Bytes of the answer as it was sent, and of each file that a browser asks for because of it."""
    assert response.status_code in (200, 404), response.request["PATH_INFO"]
    assert response["Content-Encoding"] == "gzip"
    page = lxml.html.document_fromstring(gzip.decompress(response.content).decode())
    files = {address.removeprefix("/static/").partition("?")[0] for address in page.xpath(LOADED)}
    sizes = {name: len(gzip.compress(Path(finders.find(name)).read_bytes())) for name in files}
    assert "desk.css" in sizes
    return len(response.content) + sum(sizes.values())


@pytest.mark.slow
def test_every_page_of_a_reader_weighs_less_than_60_kb_with_everything_it_loads(client, long_text, ana, rob, eva):
    for _ in range(20):
        factories.submitted(by=ana)
    slug, of_one = long_text.slug, ["article", "versions", "report"]
    addresses = [reverse(name) for name in LISTS] + [reverse(name, args=[slug]) for name in of_one]
    addresses += [reverse("version", args=[slug, 1]), reverse("comparison", args=[slug, 1, 2]), "/no/such/page/"]
    addresses += [reverse("topic", args=[long_text.topic.slug]), "/search/?q=exercise"]
    cache.clear()
    weights = {address: weight_of(client.get(address, **GZIP)) for address in addresses}
    assert {address: weight for address, weight in weights.items() if weight >= BUDGET} == {}
    assert max(weights.values()) > 15_000  # the long text is in it


def test_what_the_stylesheet_asks_for_is_nothing():
    """System fonts, drawn icons: so the walk above sees everything."""
    sheet = Path(finders.find("desk.css")).read_text()
    assert "url(" not in sheet
    assert "@import" not in sheet
    assert "@font-face" not in sheet


def test_a_compressed_page_has_a_strong_validator_of_its_own(client, approved, ana):
    address = approved.get_absolute_url()
    plain, small = client.get(address), client.get(address, **GZIP)
    assert small["ETag"] == f'{plain["ETag"][:-1]}-gzip"'
    assert "Accept-Encoding" in small["Vary"]
    for known in (plain["ETag"], small["ETag"]):
        again = client.get(address, headers={"accept-encoding": "gzip", "if-none-match": known})
        assert (again.status_code, again["ETag"]) == (304, known)
        assert {"Accept-Encoding", "Cookie"} <= set(again["Vary"].split(", "))
    assert client.get(address, headers={"if-none-match": '"else-gzip"'}).status_code == 200
    both = client.get(address, headers={"if-none-match": f'"else-gzip", {plain["ETag"]}'})
    assert (both.status_code, both["ETag"]) == (304, plain["ETag"])
    assert client.get(address, **GZIP).content == small.content  # the same validator, the same bytes
    assert "Content-Encoding" not in client.get(address, headers={"accept-encoding": "gzip;q=0, identity"})
    client.force_login(ana)
    assert "Content-Encoding" not in client.get(address, **GZIP)
