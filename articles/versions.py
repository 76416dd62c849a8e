"""How the working text differs from what was frozen, or from what somebody typed meanwhile."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from articles import bylines
from articles.citations import keys_in
from articles.models import Article, Revision
from articles.revisions import compare, content_of, shortened
from articles.significance import Change
from articles.states import AiInvolvement, Audience
from editorial.models import User
from editorial.numbers import whole

CITATION = re.compile(r"\[[^\[\]@]{0,40}@[^\[\]]{0,400}\]")
HEADING_MARKS = re.compile(r"^#{1,6} +", re.MULTILINE)
EMPHASIS = re.compile(r"(?<![\w*])(\*{1,3})(?=[^\s*])([^*\n]*[^\s*])\1(?![\w*])")
LABELS = {
    "title": _("Question"),
    "short_answer": _("Short answer"),
    "body": _("Body"),
    "plain_body": _("Plain-language version"),
    "topic": _("Topic"),
    "audience": _("Audience"),
    "authors": _("Authors"),
    "translators": _("Translators"),
    "ai": _("AI involvement"),
    "declared": _("Interests and funding"),
    "references": _("References"),
    "searches": _("Where we searched"),
}


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """What a reader of `old` would find different in `new`; both in the shape of frozen content."""
    return [Change(str(LABELS[each.part]), each.rows, each.part) for each in compare(_readable(old), _readable(new))]


def shortened_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """The same with long unchanged stretches cut, for pages that show the whole text as well."""
    return [replace(change, rows=shortened(change.rows)) for change in changes(old, new)]


NOW = "now"  # the working text, among the versions that can be compared


def between(article: Article, older: str, newer: str) -> list[Change]:
    """What differs between two versions: numbers of revisions, or `NOW`.

    Raises:
        LookupError: there is no such version.
        UnreadableText: the working text cannot be shown as readers would see it; the message says why.
    """
    numbers = [number for name in {older, newer} if (number := whole(name, digits=8)) is not None]
    found = Revision.objects.filter(article=article, number__in=numbers).defer("findings")
    contents = {str(revision.number): revision.data for revision in found}
    if NOW in (older, newer):
        contents[NOW] = content_of(article, number=0)
    return changes(contents[older], contents[newer])


def for_readers(content: Mapping[str, Any]) -> dict[str, Any]:
    """The same content with its citations as author and year and without the marks of headings and emphasis."""
    labels = {reference["key"]: _short(reference) for reference in content["references"]}

    def spoken(text: str) -> str:
        said = CITATION.sub(lambda found: f"[{'; '.join(labels.get(k, k) for k in keys_in(found[0]))}]", text)
        return EMPHASIS.sub(r"\2", HEADING_MARKS.sub("", said))

    return {**content, **{name: spoken(content[name]) for name in ("short_answer", "body", "plain_body")}}


def _short(reference: Mapping[str, Any]) -> str:
    first: Mapping[str, str] = next(iter(reference["authors"]), {})
    name = first.get("family") or first.get("literal") or reference["issuing_body"] or reference["title"][:40]
    return f"{name} {reference['year']}" if reference["year"] else name


def working_text(article: Article) -> dict[str, Any]:
    """The words of an article in the shape of frozen content, without rendering and without its references."""
    authors, translators = bylines.names(article)
    return {
        **{name: getattr(article, name) for name in ("title", "short_answer", "body", "plain_body")},
        "topic": article.topic.name,
        "audience": article.audience,
        "authors": authors,
        "translators": translators,
        "ai": _ai(article.ai_involvement, article.ai_tool, article.ai_version, article.ai_accountable),
        "declared": {"interests": article.interests, "funding": article.funding},
        "references": [],
    }


def typed_text(article: Article, given: Mapping[str, Any], *, by: User) -> dict[str, Any]:
    """What a form of this article was given, in the same shape."""
    stored = working_text(article)
    ai = _ai(given["ai_involvement"], given["ai_tool"], given["ai_version"], given["ai_accountable"])
    return {
        **{name: given[name] for name in ("title", "short_answer", "body", "plain_body")},
        "topic": given["topic"].name,
        "audience": given["audience"],
        "authors": stored["authors"],
        "translators": stored["translators"],
        "ai": ai,
        "declared": {
            "interests": bylines.interests_of(article, saying={by.pk: given["interests"]}),
            "funding": given["funding"],
        },
        "references": [],
    }


def _readable(content: Mapping[str, Any]) -> dict[str, Any]:
    """Labels for codes, in one order: frozen content comes back with its names sorted, fresh content does not."""
    ai = content["ai"]
    said = AiInvolvement(ai["involvement"]).label if ai["involvement"] in AiInvolvement.values else ai["involvement"]
    parts = [str(said), *(ai.get(name, "") for name in ("tool", "version", "accountable"))]
    audience = content["audience"]
    label = Audience(audience).label if audience in Audience.values else audience
    declared = [content.get("declared", {}).get(name, "") for name in ("interests", "funding")]
    return {
        **content,
        "audience": str(label),
        "ai": [part for part in parts if part],
        "declared": [words for words in declared if words],
    }


def _ai(involvement: str, tool: str, version: str, accountable: Any) -> dict[str, str]:
    if involvement == AiInvolvement.NONE:
        return {"involvement": involvement}
    return {
        "involvement": involvement,
        "tool": tool,
        "version": version,
        "accountable": accountable.label if accountable else "",
    }


def is_unchanged(article: Article, frozen: Revision) -> bool:
    """Whether nobody has touched the working text since this revision was frozen."""
    return article.edited_at <= frozen.submitted_at
