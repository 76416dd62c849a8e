"""The paragraphs of approved texts, kept apart so that each can be found by itself; all of it can be made anew."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Exists, F, OuterRef, Value
from django.db.models.functions import Concat
from lxml import html

from articles.models import Article, Passage
from articles.public import PublicArticle, PublicText, for_public, public_article
from articles.querysets import ArticleQuerySet
from articles.rendering import plain_words
from articles.states import PIPELINE, State
from editorial import clock

VERSION = "1"  # of how texts are cut; another one has every text cut anew
SHORTEST, LONGEST = 40, 1500  # characters of a paragraph that is quoted
BATCH = 50

BUILD = {
    "sqlite": (
        "CREATE VIRTUAL TABLE IF NOT EXISTS articles_passages USING fts5"
        "(title, heading, text, content='articles_passage', content_rowid='id', tokenize='porter unicode61')",
        "DROP TRIGGER IF EXISTS passage_added",
        "DROP TRIGGER IF EXISTS passage_removed",
        "CREATE TRIGGER passage_added AFTER INSERT ON articles_passage BEGIN"
        " INSERT INTO articles_passages(rowid, title, heading, text)"
        " VALUES (new.id, new.title, new.heading, new.text); END",
        "CREATE TRIGGER passage_removed AFTER DELETE ON articles_passage BEGIN"
        " INSERT INTO articles_passages(articles_passages, rowid, title, heading, text)"
        " VALUES ('delete', old.id, old.title, old.heading, old.text); END",
    ),
    "postgresql": (
        "ALTER TABLE articles_passage ADD COLUMN IF NOT EXISTS words tsvector GENERATED ALWAYS AS"
        " (setweight(to_tsvector('english', title), 'A') || setweight(to_tsvector('english', heading), 'B')"
        " || to_tsvector('english', text)) STORED",
        "CREATE INDEX IF NOT EXISTS passage_words ON articles_passage USING gin (words)",
    ),
}


@dataclass(frozen=True)
class Paragraph:
    """Words as they stand in a text, with the heading they stand under and the anchor to go there."""

    heading: str
    place: str
    text: str

    @property
    def lines(self) -> list[str]:
        return self.text.split("\n")


def paragraphs_of(text: PublicText) -> list[Paragraph]:
    """What can be quoted by itself: paragraphs, and lists together with the sentence that leads into them."""
    parts = (
        (text.short_answer_html, "Short answer", "short-answer"),
        (text.body_html, "", ""),
        (text.plain_html, "In plain language", "plain-language"),
    )
    return [p for fragment, heading, place in parts for p in _cut(fragment, heading=heading, place=place)]


def index(article: Article, unit: PublicArticle) -> None:
    """Keep the index at what `unit`, just built, may be quoted with: nothing unless a valid check stands behind it."""
    text = unit.text if unit.text and unit.standing.is_indexable else None
    kept = Passage.objects.filter(article=article)
    held = kept.values_list("source", flat=True).first()
    if held == (_source(text.digest) if text else None):
        return
    kept.delete()
    if text:
        Passage.objects.bulk_create(_rows(article, text))


def catch_up() -> int:
    """Make good whatever the index lacks or holds too long; returns how many texts were cut anew."""
    at = clock.now()
    current = Concat(Value(_source("")), F("article__approval__digest"))
    Passage.objects.filter(article__approval__valid_until__lte=at).delete()
    Passage.objects.exclude(source=current).delete()
    made = Passage.objects.filter(
        article=OuterRef("pk"), source=Concat(Value(_source("")), OuterRef("approval__digest"))
    )
    missing = Article.objects.public(at=at).filter(
        ~Exists(made), approval__valid_until__gt=at, state__in=[State.APPROVED, *PIPELINE]
    )
    return sum(_index_all(batch) for batch in _batches(missing))


def build() -> None:
    """Put the database's own part of the index in place; safe to call again after each migration."""
    with connection.cursor() as cursor:
        for statement in BUILD[connection.vendor]:
            cursor.execute(statement)


def _source(digest: str) -> str:
    return f"{VERSION}.{digest}"


def _rows(article: Article, text: PublicText) -> Iterator[Passage]:
    for position, each in enumerate(paragraphs_of(text)):
        yield Passage(
            article=article,
            source=_source(text.digest),
            position=position,
            title=text.title,
            heading=each.heading[:300],
            text=each.text,
        )


def _index_all(batch: list[Article]) -> int:
    for article in batch:
        index(article, public_article(article, at=clock.now()))
    return len(batch)


def _batches(articles: ArticleQuerySet) -> Iterator[list[Article]]:
    last = 0
    while batch := list(for_public(articles.filter(pk__gt=last).order_by("pk"))[:BATCH]):
        yield batch
        last = batch[-1].pk


# Cutting


def _cut(fragment: str, *, heading: str, place: str) -> Iterator[Paragraph]:
    """Blocks in their order. What ends in a colon is quoted with what follows it or not at all."""
    leading = ""
    for block in html.fragment_fromstring(fragment, create_parent="div") if fragment else ():
        if block.tag in ("h2", "h3", "h4"):
            heading, place, leading = _words(block), block.get("id", place), ""
            continue
        words = _block(block)
        if words and block.tag == "p" and words.endswith(":"):
            leading = f"{leading}{words}\n"
            continue
        text, leading = f"{leading}{words}" if words else "", ""
        if SHORTEST <= len(text) <= LONGEST:
            yield Paragraph(heading, place, text)


def _block(block: Any) -> str:
    """The words of one block; nothing of tables and listings, which say nothing without their form."""
    if block.tag in ("ul", "ol"):
        return "\n".join(f"• {_words(item)}" for item in block if item.tag == "li")
    return _words(block) if block.tag in ("p", "blockquote") else ""


def _words(element: Any) -> str:
    return plain_words(html.tostring(element, encoding="unicode", with_tail=False))
