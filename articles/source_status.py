"""What readers are told of each source: what the retraction list in force says of it, or that nobody looked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.cache import cache
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.remembering import attempt, remembered
from articles.retractions import LIST, LOADED, identifiers, natures
from articles.states import RetractionNature
from editorial.dates import in_words
from editorial.models import AuditEntry

VERSION = "retraction-list"
FRESH_SECONDS = 60
SAYS = {
    RetractionNature.RETRACTION: (gettext_lazy("Retracted"), "retracted"),
    RetractionNature.CONCERN: (gettext_lazy("Expression of concern"), "concern"),
    RetractionNature.CORRECTION: (gettext_lazy("Corrected since it was published"), "draft"),
}


@dataclass(frozen=True)
class SourceStatus:
    """In words, and in the state that gives it icon and colour; without a state where there is nothing to mark."""

    words: str
    state: str = ""


def list_version() -> str:
    """Names the retraction list in force, with the day it was loaded; empty where none is. At most a minute old."""
    return remembered(VERSION, _newest, seconds=FRESH_SECONDS)


def forget_list_version() -> None:
    """To be called when another list has come into force."""
    attempt(lambda: cache.delete(VERSION))


def statuses_of(references: Iterable[Mapping[str, Any]]) -> list[SourceStatus]:
    """The status of each reference in the same order; one query for all of them."""
    references = list(references)
    version = list_version()
    if not version:
        unlooked = SourceStatus(_("Not checked for retraction: no retraction list is loaded"))
        return [unlooked for reference in references]
    day = date.fromisoformat(version.partition("/")[0])
    found = natures(references)
    return [_status(identifiers(reference), found, day) for reference in references]


def _newest() -> str:
    loaded = AuditEntry.objects.filter(about=LIST, action=LOADED).values_list("at", "sequence").first()
    return f"{loaded[0]:%Y-%m-%d}/{loaded[1]}" if loaded else ""


def _status(named: tuple[str, str], found: Mapping[str, str], day: date) -> SourceStatus:
    if not any(named):
        return SourceStatus(_("Not checked for retraction: it has no DOI or PMID to look up"))
    nature = next((found[identifier] for identifier in named if identifier in found), None)
    if nature is None:
        return SourceStatus(_("Not on the retraction list of {day}").format(day=in_words(day)))
    words, state = SAYS[RetractionNature(nature)]
    said = _("{words}, says the retraction list of {day}").format(words=words, day=in_words(day))
    return SourceStatus(said, state)
