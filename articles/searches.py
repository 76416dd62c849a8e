"""Recording where somebody looked before they wrote that something is not known."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from articles import editing
from articles.models import Article, RecordedSearch
from editorial.attribution import saved_by
from editorial.errors import Conflict, WorkflowError
from editorial.models import User

MOST_SEARCHES = 50


@transaction.atomic
def save(
    article: Article, fields: Mapping[str, Any], *, by: User, pk: int | None = None, edition: int = 0
) -> RecordedSearch:
    """Record a search, or change one that was opened at `edition`.

    Raises:
        PermissionDenied: `by` is not an author of the article.
        Conflict: it was removed or changed meanwhile; nothing was overwritten.
        WorkflowError: there are more searches than a reader could follow.
    """
    article = Article.objects.lock(article.pk)
    editing.check_may_write(article, by=by)
    search = article.searches.filter(pk=pk).first() if pk else RecordedSearch(article=article)
    if search is None:
        raise Conflict("This search is gone: somebody removed it. Record it anew if it is still needed.")
    if search.edition != edition:
        raise Conflict("Somebody else saved this search after you opened it, so yours was not saved over theirs.")
    if not pk and article.searches.count() >= MOST_SEARCHES:
        raise WorkflowError(f"An article can tell of {MOST_SEARCHES} searches. Remove one, or sum several up in one.")
    for name, value in fields.items():
        setattr(search, name, value)
    search.edition += 1
    saved_by(search, by)
    search.full_clean()
    search.save()
    editing.touch(article, by=by, why=f"Search in {search.where} recorded"[:100])
    return search


@transaction.atomic
def remove(article: Article, pk: int, *, by: User) -> None:
    article = Article.objects.lock(article.pk)
    editing.check_may_write(article, by=by)
    search = article.searches.filter(pk=pk).first()
    if search is None:
        return
    saved_by(search, by)
    search.delete()
    editing.touch(article, by=by, why=f"Search in {search.where} removed"[:100])
