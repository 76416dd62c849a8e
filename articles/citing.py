"""How to cite one of our pages: as a record for reference managers, or as a line to be pasted."""

from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from articles.importers.records import Author, ReferenceRecord
from articles.metadata import address
from articles.public import PublicArticle
from articles.reference_style import vancouver
from editorial.dates import in_words


def record_of(unit: PublicArticle, *, at: datetime) -> ReferenceRecord:
    """The page as a source. Its title says when it was not checked: a title is what is copied on and on."""
    text, written = unit.text, unit.updated_at or at
    authors = text.authors if text else ()
    number = text.number if text else 0
    return ReferenceRecord(
        key=f"{unit.slug[:50].strip('-')}-v{number}",
        type="website",
        title=unit.marked_title,
        authors=tuple(Author(literal=name) for name in authors),
        publisher=settings.SITE_NAME,
        year=(unit.standing.checked_at or written).year,
        url=address(unit),
        accessed=f"{at:%Y-%m-%d}",
    )


def standing_for_citations(unit: PublicArticle, *, at: datetime) -> str:
    """What a record says beside the source: which text it was, and what could be said of it that day."""
    said = f"{unit.label}. {unit.caution.text if unit.caution else unit.checked_line}"
    named = _("Version {number}, SHA-256 {digest}.")
    which = named.format(number=unit.text.number, digest=unit.text.digest) if unit.text else ""
    stood = _("As it stood on {day}.")
    return f"{said} {which} {stood.format(day=in_words(at))}"


def as_text(unit: PublicArticle, *, at: datetime) -> str:
    """One reference in AMA style, and under it what may be said of the text."""
    return f"{vancouver(record_of(unit, at=at))}\n\n{standing_for_citations(unit, at=at)}\n"
