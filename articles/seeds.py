"""After each migration: the database's own parts of the two search indexes are in place."""

from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models.signals import post_migrate

from articles import search, titles


def prepare(**_: Any) -> None:
    if "articles_searchdocument" in connection.introspection.table_names():
        search.build()
        titles.build()


post_migrate.connect(prepare, sender=apps.get_app_config("articles"))
