"""What the pages that show a difference ask of it."""

from collections.abc import Iterable

from django import template

from articles.significance import Change, MeaningChange

register = template.Library()


@register.filter
def meaning(changes: Iterable[Change]) -> list[tuple[str, MeaningChange]]:
    """Every change of meaning in these parts of a text, each with the name of its part."""
    return [(part.label, change) for part in changes for change in part.meaning]
