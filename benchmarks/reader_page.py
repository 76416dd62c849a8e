"""A reader's page: warm against cold, and what the proof behind it costs."""

from functools import partial

from django.core.cache import cache
from django.test import Client

from articles.models import Article
from articles.public import for_public, public_article
from articles.seals import is_proven
from benchmarks import filling
from benchmarks.measuring import milliseconds, queries, say
from editorial import clock

ARTICLES = 3000


def run() -> None:
    article = filling.pattern()
    filling.articles(ARTICLES)
    reader, address = Client(), article.get_absolute_url()
    loaded = for_public(Article.objects.filter(pk=article.pk)).get()

    def page() -> None:
        assert reader.get(address).status_code == 200

    def built() -> None:
        public_article(for_public(Article.objects.filter(pk=article.pk)).get(), at=clock.now())

    warm = milliseconds(page)
    say(f"page of one article among {ARTICLES}, warm", warm, asked=queries(page))
    say("the same with an empty cache", milliseconds(page, before=cache.clear), against=warm)
    say("  of that, loading and judging what may be shown", milliseconds(built), against=warm, asked=queries(built))
    say("  of that, the seal and digest alone", milliseconds(lambda: is_proven(loaded.approval)), against=warm)
    etag = reader.get(address).headers.get("ETag", "")
    unchanged = milliseconds(lambda: reader.get(address, headers={"if-none-match": etag}))
    say("answered “not modified”", unchanged, against=warm)
    for name, path in {"list of articles, first page": "/", "search for one word": "/search/?q=exercise"}.items():
        visit = partial(reader.get, path)
        say(name, milliseconds(visit), against=warm, asked=queries(visit))


if __name__ == "__main__":
    run()
