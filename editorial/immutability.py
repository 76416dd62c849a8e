"""Guards in the database itself: what is append-only cannot be changed by any code, raw SQL included."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

PREFIX = "guard_"


def guarded_models() -> list[type[models.Model]]:
    """Models that declare `append_only = True` or `never_deleted = True`."""
    return [m for m in apps.get_models() if getattr(m, "append_only", False) or getattr(m, "never_deleted", False)]


def append_only_models() -> list[type[models.Model]]:
    return [m for m in guarded_models() if getattr(m, "append_only", False)]


def install() -> None:
    """Put every guard in place, new or again: a rebuilt table has lost its triggers without a word."""
    present = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for model in guarded_models():
            if model._meta.db_table in present:
                for statement in _statements(model):
                    cursor.execute(statement)


def remove() -> None:
    """Take every guard away, so that a test database can be emptied. Nothing in the product calls this."""
    with connection.cursor() as cursor:
        for model in guarded_models():
            for name in _names(model):
                on = f" ON {model._meta.db_table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")


def missing() -> list[str]:
    """Names of the guards that should be there and are not."""
    present = set(connection.introspection.table_names())
    # A table that the next migration makes is given its guards then.
    wanted = {name for model in guarded_models() if model._meta.db_table in present for name in _names(model)}
    query = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE tgenabled <> 'D'",
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(query)
        return sorted(wanted - {name for (name,) in cursor.fetchall()})


def proven() -> bool:
    """Try to change the first stone of the audit chain and to remove it; true when the database refused both."""
    attempts = (
        "UPDATE editorial_auditentry SET action = 'changed' WHERE sequence = 1",
        "DELETE FROM editorial_auditentry WHERE sequence = 1",
    )
    return all(_refused(attempt) for attempt in attempts)


def _refused(statement: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
            transaction.set_rollback(True)
    except IntegrityError:
        return True
    return False


def _names(model: type[models.Model]) -> list[str]:
    acts = ["delete"]
    if getattr(model, "append_only", False):
        acts += ["update", "truncate" if connection.vendor == "postgresql" else "replace"]
    return [f"{PREFIX}{model._meta.db_table}_{act}" for act in acts]


def _statements(model: type[models.Model]) -> Iterator[str]:
    return {"sqlite": _for_sqlite, "postgresql": _for_postgresql}[connection.vendor](model)


def _for_sqlite(model: type[models.Model]) -> Iterator[str]:
    table = model._meta.db_table
    for name in _names(model):
        act = name.rsplit("_", 1)[1]
        same = f"SELECT 1 FROM {table} WHERE {_same_row(model)}"  # noqa: S608 (names of our own tables)
        when = f" WHEN EXISTS ({same})" if act == "replace" else ""
        yield f"DROP TRIGGER IF EXISTS {name}"
        yield (
            f"CREATE TRIGGER {name} BEFORE {'INSERT' if act == 'replace' else act.upper()} ON {table}{when} "
            f"BEGIN SELECT RAISE(ABORT, '{_refusal(model)}'); END"
        )


def _same_row(model: type[models.Model]) -> str:
    """INSERT OR REPLACE removes whatever collides on any unique set; so every set is looked at first."""
    sets: list[tuple[Any, ...]] = [(field,) for field in model._meta.concrete_fields if field.unique]
    sets += [
        tuple(model._meta.get_field(name) for name in constraint.fields)
        for constraint in model._meta.constraints
        if isinstance(constraint, models.UniqueConstraint)
    ]
    alike = (" AND ".join(f'"{f.column}" = NEW."{f.column}"' for f in fields) for fields in sets)
    return " OR ".join(f"({condition})" for condition in alike)


def _for_postgresql(model: type[models.Model]) -> Iterator[str]:
    yield (
        "CREATE OR REPLACE FUNCTION guard_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION '% is kept for good: rows are added, never changed or removed', TG_TABLE_NAME "
        "USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    table = model._meta.db_table
    for name in _names(model):
        act = name.rsplit("_", 1)[1]
        scope = "STATEMENT" if act == "truncate" else "ROW"
        yield (
            f"CREATE OR REPLACE TRIGGER {name} BEFORE {act.upper()} ON {table} "
            f"FOR EACH {scope} EXECUTE FUNCTION guard_refuse()"
        )


def _refusal(model: type[models.Model]) -> str:
    return f"{model._meta.db_table} is kept for good: rows are added, never changed or removed"
