"""Looks before the house opens: guards in place, cautions complete, templates there."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import DatabaseError, connection
from django.template import TemplateDoesNotExist, TemplateSyntaxError
from django.template.loader import get_template
from django.utils.translation import to_locale

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


@register(Tags.translation)
def the_language_of_readers_is_there(**_: Any) -> list[CheckMessage]:
    """A page half in one language and half in another must not reach a reader."""
    language = settings.READERS_LANGUAGE
    if language.partition("-")[0] == "en" or find_catalogue(language).exists():
        return []
    hint = "Set READERS_LANGUAGE to a language with a folder in `locale`, or see “Another language” in docs/running.md."
    return [Error(f"There are no words in {language!r} for readers' pages.", hint=hint, id="editorial.E005")]


def find_catalogue(language: str) -> Path:
    return settings.HOME / "locale" / to_locale(language) / "LC_MESSAGES" / "django.mo"


def _look_at(name: str) -> CheckMessage | None:
    try:
        get_template(name)
    except (TemplateDoesNotExist, TemplateSyntaxError) as trouble:
        return Error(f"The template {name} cannot be used: {trouble}", hint="Restore it.", id="editorial.E004")
    return None
