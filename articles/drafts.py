"""The working text as the integrity checks read it."""

from django.conf import settings

from articles.disclaimers import DISCLAIMERS
from articles.integrity import Draft
from articles.models import Article
from articles.states import Audience
from editorial import clock


def draft_of(article: Article) -> Draft:
    """Everything the rules look at, taken once; they themselves read no database."""
    return Draft(
        title=article.title,
        short_answer=article.short_answer,
        body=article.body,
        plain_body=article.plain_body,
        audience=article.audience,
        disclaimer=DISCLAIMERS[Audience(article.audience)],
        references=tuple(reference.as_record() for reference in article.references.all()),
        reference_list_numbered=True,
        searches=(),
        own_names=(settings.SITE_NAME, *(person.label for person in (article.author, *article.coauthors.all()))),
        today=clock.now().date(),
        retractions=None,
    )
