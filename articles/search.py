"""Finding articles by their words: a thin layer over the full text search of each database."""

import re
from collections.abc import Iterator
from datetime import datetime

from django.db import connection
from django.utils.translation import gettext as _

from articles import alphabet, paragraphs, spelling
from articles.models import Article, SearchDocument
from articles.public import PublicArticle, for_public, public_article, units
from editorial import clock

MOST_RESULTS = 200
LONGEST_QUERY = 200  # characters
MOST_TRIES = 3  # at a better spelling
LOOKED_AT = 20  # results in which the better words must stand
WORD = re.compile(r"\w+", re.UNICODE)

FIND = {
    "sqlite": "SELECT rowid FROM articles_search WHERE articles_search MATCH %s"
    " ORDER BY bm25(articles_search, 8.0, 1.0), rowid DESC LIMIT %s",
    "postgresql": "SELECT article_id FROM articles_searchdocument, websearch_to_tsquery('english', %s) AS asked"
    " WHERE words @@ asked ORDER BY ts_rank(words, asked) DESC, article_id DESC LIMIT %s",
}

BUILD = {
    "sqlite": (
        "CREATE VIRTUAL TABLE IF NOT EXISTS articles_search USING fts5"
        "(title, text, content='articles_searchdocument', content_rowid='article_id', tokenize='porter unicode61')",
        "DROP TRIGGER IF EXISTS search_added",
        "DROP TRIGGER IF EXISTS search_removed",
        "DROP TRIGGER IF EXISTS search_changed",
        "CREATE TRIGGER search_added AFTER INSERT ON articles_searchdocument BEGIN"
        " INSERT INTO articles_search(rowid, title, text) VALUES (new.article_id, new.title, new.text); END",
        "CREATE TRIGGER search_removed AFTER DELETE ON articles_searchdocument BEGIN"
        " INSERT INTO articles_search(articles_search, rowid, title, text)"
        " VALUES ('delete', old.article_id, old.title, old.text); END",
        "CREATE TRIGGER search_changed AFTER UPDATE ON articles_searchdocument BEGIN"
        " INSERT INTO articles_search(articles_search, rowid, title, text)"
        " VALUES ('delete', old.article_id, old.title, old.text);"
        " INSERT INTO articles_search(rowid, title, text) VALUES (new.article_id, new.title, new.text); END",
    ),
    "postgresql": (
        "ALTER TABLE articles_searchdocument ADD COLUMN IF NOT EXISTS words tsvector GENERATED ALWAYS AS"
        " (setweight(to_tsvector('english', title), 'A') || to_tsvector('english', text)) STORED",
        "CREATE INDEX IF NOT EXISTS search_words ON articles_searchdocument USING gin (words)",
    ),
}


def search(text: str, *, at: datetime) -> list[PublicArticle]:
    """The units whose shown text has these words, best first; nothing that may not be shown, not even a count.

    Raises:
        ValueError: the query is longer than `LONGEST_QUERY` characters.
    """
    if len(text) > LONGEST_QUERY:
        raise ValueError(_("Please search with at most {n} characters.").format(n=LONGEST_QUERY))
    found = _ids(text)
    built = {unit.slug: unit for unit in units(Article.objects.public(at=at).filter(pk__in=found), at=at)}
    slugs = dict(Article.objects.filter(pk__in=found).values_list("pk", "slug"))
    return [built[slugs[pk]] for pk in found if slugs.get(pk) in built]


def search_put_right(text: str, *, at: datetime) -> tuple[str, list[PublicArticle]]:
    """A query near to `text` that finds something, and what it finds; nothing where there is none.

    A better word is only ever one that stands in a text which may be read now: it is looked for in what was found.
    """
    near = spelling.near(spelling.WORD.findall(text.lower()))
    for attempt in range(min(MOST_TRIES, max(map(len, near.values()), default=0))):
        chosen = {word: better[min(attempt, len(better) - 1)] for word, better in near.items()}
        query = spelling.replaced(text, chosen)
        found = search(query, at=at) if len(query) <= LONGEST_QUERY else []
        if found and set(chosen.values()) <= _words_of(found[:LOOKED_AT]):
            return query, found
    return "", []


def index(article: Article) -> None:
    """Keep the index at the words readers are shown now; a text nobody is shown is not in it."""
    fresh = for_public(Article.objects.filter(pk=article.pk)).get()
    unit = public_article(fresh, at=clock.now())
    paragraphs.index(article, unit)
    if unit.text is None:
        SearchDocument.objects.filter(article=article).delete()
        return
    words = f"{unit.text.words}\n{unit.topic}"
    letter, sorted_by = alphabet.place(unit.text.title)
    spelling.learn_soon(f"{unit.text.title} {words}")
    said = {"title": unit.text.title, "text": words, "letter": letter, "sorted_by": sorted_by}
    SearchDocument.objects.update_or_create(article=article, defaults=said)


def build() -> None:
    """Put the database's own part of the index in place; safe to call again after each migration."""
    with connection.cursor() as cursor:
        for statement in BUILD[connection.vendor]:
            cursor.execute(statement)


def place_in_alphabet() -> None:
    """For documents from before there was an A–Z."""
    for pk, title in list(SearchDocument.objects.filter(letter="").values_list("pk", "title")):
        letter, sorted_by = alphabet.place(title)
        SearchDocument.objects.filter(pk=pk).update(letter=letter, sorted_by=sorted_by)


def _ids(text: str) -> list[int]:
    asked = " ".join(_terms(text))
    if not asked:
        return []
    with connection.cursor() as cursor:
        cursor.execute(FIND[connection.vendor], [asked, MOST_RESULTS])
        return [pk for (pk,) in cursor.fetchall()]


def _words_of(units: list[PublicArticle]) -> set[str]:
    texts = (f"{unit.title} {unit.text.words} {unit.topic}" for unit in units if unit.text)
    return {word for text in texts for word in spelling.WORD.findall(text.lower())}


def _terms(text: str) -> Iterator[str]:
    """Each word in quotes, so that no character of a query can be an operator of either search language."""
    return (f'"{word}"' for word in WORD.findall(text))
