"""After each migration: the guards are put back, and the audit chain has its first stone."""

from typing import Any

from django.apps import apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models.signals import post_migrate

from editorial import audit, immutability


def tables_are_current() -> bool:
    """Nothing is seeded half-way: whoever goes back one migration, or stops at one, has tables of another age."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def secure(**_: Any) -> None:
    immutability.install()
    if "editorial_audithead" in connection.introspection.table_names():
        audit.open_chain()


post_migrate.connect(secure, sender=apps.get_app_config("editorial"))
