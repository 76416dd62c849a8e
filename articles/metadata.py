"""What machines are told about a page: share cards and JSON-LD, never more than the standing allows."""

import hashlib
import json
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from articles.public import PublicArticle
from articles.share_cards import in_words
from articles.states import NoticeKind

# As Django's own json_script does: nothing in a title can end the script element.
INERT = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


def address(unit: PublicArticle) -> str:
    """The permanent address, made from the configured site and never from a request."""
    return f"{settings.SITE_URL}{unit.url}"


def card_address(unit: PublicArticle) -> str:
    """The share card, under an address that changes with what it says: places that show it keep it for weeks."""
    said = hashlib.sha256(f"{settings.SITE_NAME}{in_words(unit)}".encode()).hexdigest()[:12]
    return f"{settings.SITE_URL}{reverse('share-card', args=[unit.slug])}?said={said}"


def description(unit: PublicArticle) -> str:
    """For share cards and search results: the standing first, and unchecked words not at all."""
    if unit.standing.is_pending or not unit.text:
        return unit.standing_line
    return f"{unit.standing_line} {unit.text.short_answer_words}"


def json_ld(unit: PublicArticle) -> SafeString:
    """A `MedicalWebPage`; who reviewed it and when only where an approval is proven (schema.org)."""
    return mark_safe(json.dumps(_medical_web_page(unit), ensure_ascii=False).translate(INERT))


def _medical_web_page(unit: PublicArticle) -> dict[str, Any]:
    text = unit.text
    page: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "MedicalWebPage",
        "@id": address(unit),
        "url": address(unit),
        "name": unit.marked_title,
        "description": description(unit),
        "creativeWorkStatus": unit.standing.label,
        "dateModified": unit.updated_at.isoformat() if unit.updated_at else None,
        "publisher": {"@type": "Organization", "name": settings.SITE_NAME, "url": settings.SITE_URL},
    }
    if text:
        page |= {
            "inLanguage": text.language,
            "author": [{"@type": "Person", "name": name} for name in text.authors],
            "audience": {"@type": "MedicalAudience", "audienceType": text.audience},
            "citation": [reference["printed"] for reference in text.references if reference["number"]],
        }
    return page | _review(unit) | _corrected(unit)


def _corrected(unit: PublicArticle) -> dict[str, Any]:
    """What was corrected; of the typing, too: the text is modified by that, and not reviewed anew."""
    told = unit.standing
    said = [(overlay.at, overlay.text) for overlay in told.overlays if overlay.kind == NoticeKind.CORRECTION]
    said += [(t.at, f"Typing: {t.reason}") for t in told.typing]
    comments = [
        {"@type": "CorrectionComment", "text": words, "datePublished": at.isoformat()} for at, words in sorted(said)
    ]
    return {"correction": comments} if comments else {}


def _review(unit: PublicArticle) -> dict[str, Any]:
    told = unit.standing
    if told.is_pending or not told.checked_at:
        return {}
    return {
        "lastReviewed": told.checked_at.date().isoformat(),
        "reviewedBy": [{"@type": "Person", "name": c.name, "jobTitle": c.profession} for c in told.checked_by],
    }
