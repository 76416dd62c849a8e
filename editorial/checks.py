"""Looks before the house opens: guards in place, cautions complete, templates there."""

from typing import Any

from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import DatabaseError, connection
from django.template import TemplateDoesNotExist, TemplateSyntaxError
from django.template.loader import get_template

from editorial import immutability

NEEDED_TEMPLATES = ("base.html", "503.html", "404.html", "articles/article.html", "articles/_caution.html")


@register(Tags.database)
def guards_are_in_place(*, databases: Any = None, **_: Any) -> list[CheckMessage]:
    """The database itself refuses to change what is kept for good: looked up, and tried."""
    if not databases:
        return []
    try:
        if "editorial_auditentry" not in connection.introspection.table_names():
            return [Warning("The database is empty.", hint="Run `manage.py migrate`.", id="editorial.W001")]
        missing = immutability.missing()
    except DatabaseError as trouble:
        return [Error(f"The database does not answer: {trouble}", id="editorial.E001")]
    if missing:
        hint = "Run `manage.py verify_audit`, then `manage.py migrate --skip-checks`, which puts them back."
        return [Error(f"Guards are missing: {', '.join(missing)}.", hint=hint, id="editorial.E002")]
    if not immutability.proven():
        return [
            Error(
                "The database let the audit chain be changed.",
                hint="Run `manage.py migrate --skip-checks`.",
                id="editorial.E003",
            )
        ]
    return []


@register(Tags.templates)
def templates_are_there(**_: Any) -> list[CheckMessage]:
    """A missing template must be found before a reader finds it."""
    return [message for name in NEEDED_TEMPLATES if (message := _look_at(name))]


def _look_at(name: str) -> CheckMessage | None:
    try:
        get_template(name)
    except (TemplateDoesNotExist, TemplateSyntaxError) as trouble:
        return Error(f"The template {name} cannot be used: {trouble}", hint="Restore it.", id="editorial.E004")
    return None
