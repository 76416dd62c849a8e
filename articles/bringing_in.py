"""Bringing in a whole text with its sources: the draft, its list, and citations as far as they can be worked out."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db import transaction

from articles import editing
from articles.drafts import draft_of
from articles.importers import ImportProblem, MarkdownArticle, PastedList
from articles.importers.markdown import META_FIELDS, NO_TITLE
from articles.loose_numbers import worked_out
from articles.models import Article, BroughtIn
from editorial import clock
from editorial.models import User

MOST_PROBLEMS = 200


def brought_in_before(fingerprint: str, *, by: User) -> BroughtIn | None:
    """The draft this person made of the same text and list, if they can still write it."""
    mine = Article.objects.editable_by(by)
    return BroughtIn.objects.filter(by=by, fingerprint=fingerprint, article__in=mine).select_related("article").first()


@transaction.atomic
def bring_in(
    text: Mapping[str, Any], given: MarkdownArticle, listed: PastedList, *, by: User, name: str, fingerprint: str
) -> BroughtIn:
    """Make a draft of it. Loose numbers become citations only where the list itself says which source each one is.

    Raises:
        PermissionDenied: `by` is a machine or not active.
        ValidationError, UnreadableText: it cannot be stored as an article.
    """
    article = editing.create(by=by, **text)
    own, own_refused = editing.add_references(article, given.references, by=by)
    added, refused = editing.add_references(article, listed.result.records, by=by, numbers=listed.numbers)
    problems = [*_of_the_text(given, text), *own_refused, *listed.result.problems, *refused]
    matched = _match(article, by=by)
    report = {
        "sources": len(own) + len(added),
        "matched": matched,
        "lost": sum(problem.lost for problem in problems),
        "problems": [_plain(problem) for problem in problems[:MOST_PROBLEMS]],
        "unshown": max(0, len(problems) - MOST_PROBLEMS),
        "origin": [[name, _spoken(said)] for name, said in given.meta.items() if name not in META_FIELDS],
    }
    return BroughtIn.objects.create(
        article=article, by=by, at=clock.now(), name=name[:300], fingerprint=fingerprint, report=report
    )


def _match(article: Article, *, by: User) -> int:
    """How many citation numbers the list itself explains; none where anything would have to be guessed."""
    numbers = draft_of(article).loose_numbers
    printed = dict(article.references.values_list("key", "list_number"))
    sources = worked_out(numbers, printed)
    if sources is None:
        return 0
    editing.match_citations(article, sources, by=by, edition=article.edition)
    return len(sources)


def _of_the_text(given: MarkdownArticle, text: Mapping[str, Any]) -> Iterator[ImportProblem]:
    """What is still to be said of the text itself: a title may have been typed where the file has none."""
    for problem in given.problems:
        if problem.reason != NO_TITLE or not text["title"]:
            yield problem
    for name in META_FIELDS:
        if given.meta.get(name):
            said = "This line of the front matter was not followed: choose it yourself, on the page of the text."
            yield ImportProblem(None, name, said)


def _spoken(said: Any) -> str:
    return ", ".join(said) if isinstance(said, list) else str(said)


def _plain(problem: ImportProblem) -> dict[str, Any]:
    return {"line": problem.line, "record": problem.record, "reason": problem.reason, "lost": problem.lost}
