"""The working text as the integrity checks read it."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.db import OperationalError, ProgrammingError

from articles.disclaimers import DISCLAIMERS
from articles.importers import MarkdownArticle
from articles.integrity import Draft
from articles.lookup import saved_records
from articles.models import Article
from articles.retractions import statuses
from articles.states import Audience
from editorial import clock


def draft_of(article: Article) -> Draft:
    """Everything the rules look at, taken once; they themselves read no database."""
    listed = tuple(reference.as_record() for reference in article.references.all())
    return Draft(
        title=article.title,
        short_answer=article.short_answer,
        body=article.body,
        plain_body=article.plain_body,
        audience=article.audience,
        disclaimer=DISCLAIMERS[Audience(article.audience)],
        references=listed,
        # The numbers of this list are made from the keys of the text: a loose number cannot mean one of them.
        reference_list_numbered=False,
        searches=tuple(search.as_record() for search in article.searches.all()),
        own_names=(settings.SITE_NAME, *(person.label for person in (article.author, *article.coauthors.all()))),
        today=clock.now().date(),
        retractions=statuses(listed),
        records=saved_records(listed),
    )


def draft_of_file(
    article: MarkdownArticle, references: Iterable[Mapping[str, Any]], *, is_numbered: bool = False
) -> Draft:
    """The same for a text that is not on the desk yet; an audience it does not state is taken to be patients.

    `is_numbered`: the list gives each entry its number, from 1 on.
    """
    audience = Audience(article.audience) if article.audience in Audience.values else Audience.PATIENT
    listed = tuple(dict(reference) for reference in references)
    return Draft(
        title=article.title,
        short_answer=article.short_answer,
        body=article.body,
        plain_body=article.plain_body,
        audience=audience,
        disclaimer=DISCLAIMERS[audience],
        references=listed,
        reference_list_numbered=is_numbered,
        searches=(),
        own_names=(settings.SITE_NAME,),
        today=clock.now().date(),
        retractions=_statuses_if_there_is_a_desk(listed),
        records=saved_records(listed),
    )


def draft_of_frozen(content: Mapping[str, Any]) -> Draft:
    """A frozen text with its sources, for finding its sentences again.

    Its sources stand in the order readers meet them, so a loose number says nothing of which one is meant.
    """
    return Draft(
        title=content["title"],
        short_answer=content["short_answer"],
        body=content["body"],
        plain_body=content["plain_body"],
        audience=content["audience"],
        references=tuple(content["references"]),
    )


def _statuses_if_there_is_a_desk(references: Iterable[Mapping[str, Any]]) -> Mapping[str, str] | None:
    """A file can be checked before the desk has a database, and then no list is loaded."""
    try:
        return statuses(references)
    except (OperationalError, ProgrammingError):
        return None
