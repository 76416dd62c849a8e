"""After each migration: the indexes that are made from the texts are in place."""

from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models.signals import post_migrate

from articles import paragraphs, passages, search, spelling, titles


def prepare(**_: Any) -> None:
    present = connection.introspection.table_names()
    if "articles_searchdocument" in present:
        search.build()
        titles.build()
        search.place_in_alphabet()
    if "articles_spellingkey" in present:
        spelling.learn_from_documents()
    if "articles_checkedsentence" in present:
        passages.note_missing()
    if "articles_passage" in present:
        paragraphs.build()


post_migrate.connect(prepare, sender=apps.get_app_config("articles"))
