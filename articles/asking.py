"""Quoting approved texts in answer to a question: nothing is written, and nothing is quoted that is not proven now."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from articles.models import Article
from articles.paragraphs import Paragraph, paragraphs_of
from articles.public import PublicArticle, for_public, public_article, shown
from articles.question_words import Terms, terms_of

MOST_PASSAGES = 5
MOST_OF_ONE_ARTICLE = 2
MOST_ARTICLES = 10  # that are looked at
CANDIDATES = 40
# More would all have to stand in one paragraph; that is a story, and not found by its words.
MOST_REQUIRED = 12

FIND = {
    "sqlite": "SELECT p.article_id, p.text FROM articles_passages"
    " JOIN articles_passage p ON p.id = articles_passages.rowid WHERE articles_passages MATCH %s"
    " ORDER BY p.article_id = %s DESC, bm25(articles_passages, 1.0, 2.0, 6.0), p.article_id, p.position LIMIT %s",
    "postgresql": "SELECT p.article_id, p.text FROM articles_passage p, to_tsquery('english', %s) AS asked"
    " WHERE p.words @@ asked ORDER BY p.article_id = %s DESC,"
    " ts_rank('{0.6, 0.4, 0.3, 0.1}', p.words, asked) DESC, p.article_id, p.position LIMIT %s",
}


@dataclass(frozen=True)
class Quoted:
    """Paragraphs of one article, verbatim, with the unit that says who checked them."""

    unit: PublicArticle
    paragraphs: tuple[Paragraph, ...]


def passages_for(question: str, *, at: datetime, about: PublicArticle | None = None) -> list[Quoted]:
    """At most `MOST_PASSAGES` paragraphs that have every telling word of the question, the best article first.

    `about` is the article a follow-up came from: its own paragraphs come first, others must share its subject. One
    search and a constant number of queries; each article is built anew, and a paragraph that does not stand in the
    checked text of that very moment is left out.
    """
    terms = terms_of(question)
    if not terms.required or len(terms.required) > MOST_REQUIRED:
        return []
    subject = terms_of(about.title).required if about and about.text else ()
    found = _candidates(terms, subject, about)
    units = _proven_units(list(dict.fromkeys(pk for pk, _ in found))[:MOST_ARTICLES], at=at)
    return _chosen(found, units)


def unit_at(slug: str, *, at: datetime) -> PublicArticle | None:
    """What readers get at this address now, or None where it does not exist for them."""
    article = for_public(Article.objects.filter(slug=slug)).first()
    unit = public_article(article, at=at) if article else None
    return unit if unit and unit.standing.is_listed else None


def _candidates(terms: Terms, subject: tuple[str, ...], about: PublicArticle | None) -> list[tuple[int, str]]:
    own = Article.objects.filter(slug=about.slug).values_list("pk", flat=True).first() if about else None
    asked = {"sqlite": _for_fts5, "postgresql": _for_tsquery}[connection.vendor](terms, subject)
    with connection.cursor() as cursor:
        cursor.execute(FIND[connection.vendor], [asked, own or 0, CANDIDATES])
        return cursor.fetchall()


def _for_fts5(terms: Terms, subject: tuple[str, ...]) -> str:
    return _asked(terms, subject, quoted='"{}"', every=" AND ", any_=" OR ", in_text="{{text}} : {}")


def _for_tsquery(terms: Terms, subject: tuple[str, ...]) -> str:
    # The weight D is what a paragraph's own words have.
    return _asked(terms, subject, quoted="'{}'", every=" & ", any_=" | ", in_text="{}", own="'{}':D")


def _asked(
    terms: Terms, subject: tuple[str, ...], *, quoted: str, every: str, any_: str, in_text: str, own: str = ""
) -> str:
    """Every required word, and one of them in the paragraph itself; further words only make it rank higher.

    Each word is quoted, so that none can be an operator of either search language.
    """
    required = [quoted.format(word) for word in terms.required]
    parts = [every.join(required), in_text.format(_one_of(terms.required, own or quoted, any_))]
    if terms.further:
        parts.append(_one_of((terms.required[0], *terms.further), quoted, any_))
    if subject:
        parts.append(_one_of(subject, quoted, any_))
    return every.join(parts)


def _one_of(words: tuple[str, ...], quoted: str, any_: str) -> str:
    return f"({any_.join(quoted.format(word) for word in words)})"


def _proven_units(pks: list[int], *, at: datetime) -> dict[int, PublicArticle]:
    articles = list(for_public(Article.objects.filter(pk__in=pks)))
    built = {unit.slug: unit for unit in shown(articles, at=at) if not unit.standing.is_pending}
    return {article.pk: built[article.slug] for article in articles if article.slug in built}


def _chosen(found: list[tuple[int, str]], units: dict[int, PublicArticle]) -> list[Quoted]:
    standing_in = {pk: {p.text: p for p in paragraphs_of(unit.text)} for pk, unit in units.items() if unit.text}
    chosen: dict[int, list[str]] = {}
    for pk, text in found:
        is_full = sum(map(len, chosen.values())) >= MOST_PASSAGES or len(chosen.get(pk, ())) >= MOST_OF_ONE_ARTICLE
        if not is_full and text in standing_in.get(pk, {}):
            chosen.setdefault(pk, []).append(text)
    # Within an article in the order in which they are read.
    return [Quoted(units[pk], tuple(p for p in standing_in[pk].values() if p.text in chosen[pk])) for pk in chosen]
