"""What the desk's tests send as a browser would, and read as a person would."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import factories

OF_ONE_ARTICLE = [
    "desk-article",
    "desk-edit",
    "desk-preview",
    "desk-people",
    "desk-checks",
    "desk-references",
    "desk-reference-new",
    "desk-import-references",
    "desk-search-new",
    "desk-reference-look-up",
    "desk-citations",
    "desk-answers",
    "desk-submit",
    "desk-withdraw",
    "desk-history",
]
OF_ONE_REFERENCE = ["desk-reference-edit", "desk-reference-remove", "desk-reference-merge"]


def typed(**changes):
    """What a browser sends for a complete new article."""
    return {
        "title": "Does exercise help long-lasting back pain?",
        "short_answer": "Probably a little.",
        "body": factories.BODY,
        "plain_body": "",
        "topic": factories.topic().pk,
        "audience": "patient",
        "ai_involvement": "none",
        "ai_tool": "",
        "ai_version": "",
        "ai_accountable": "",
        "interests": "None.",
        "funding": "Nobody.",
        "edition": "",
    } | changes


def typed_over(article, **changes):
    """What a browser sends back for an article that was opened as it is."""
    return typed(title=article.title, topic=article.topic_id, edition=article.edition) | changes


def at(name, article, *more):
    return reverse(name, args=[article.slug, *more])


def every_address(article):
    cited = [at(name, article, "hayden2021") for name in OF_ONE_REFERENCE]
    return [at(name, article) for name in OF_ONE_ARTICLE] + cited


def words(response):
    return response.content.decode()


def errors_of(response, field):
    return " ".join(response.context["form"].errors.get(field, []))


def queries(client: Client, address: str) -> int:
    """How many the page costs when it answers."""
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)
