"""After each migration: the indexes that are made from the texts are in place."""

from typing import Any

from django.apps import apps
from django.db.models.signals import post_migrate

from articles import paragraphs, passages, search, spelling, titles
from editorial.seeds import tables_are_current


def prepare(**_: Any) -> None:
    if tables_are_current():
        search.build()
        titles.build()
        search.place_in_alphabet()
        spelling.learn_from_documents()
        passages.note_missing()
        paragraphs.build()


post_migrate.connect(prepare, sender=apps.get_app_config("articles"))
