"""Where the editor's page asks what a text looks like while it is being typed."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from articles.citations import numbering
from articles.desk_views import NOTHING_REACHED, SignedIn, mine
from articles.live import as_typed, live, not_saved_yet
from articles.models import Article, Reference
from articles.public import draft_preview
from articles.rendering import UnreadableText
from articles.revisions import content_of
from articles.views import references_with_places
from articles.words_pages import for_the_script
from editorial import clock

NOT_LISTED = "[@{key}] is not among the references yet: import it, or correct the key"


@for_the_script
@require_POST
def typed(request: SignedIn, slug: str) -> HttpResponse:
    """The words in the form as readers would see them, and what is said of them; nothing is stored."""
    return _shown(request, mine(request, slug))


@for_the_script
@require_POST
def typed_anew(request: SignedIn) -> HttpResponse:
    """The same for a text that has never been saved."""
    return _shown(request, not_saved_yet(request.POST.dict(), by=request.user))


def _shown(request: SignedIn, article: Article) -> HttpResponse:
    context: dict[str, Any] = {"article": article, "is_saved": bool(article.pk)}
    try:
        seen = as_typed(article, request.POST.dict(), by=request.user)
        context |= {"live": live(seen)}
        context |= _as_readers(seen)
    except UnreadableText as refusal:
        context["refusal"] = refusal
    return render(request, "desk/live.html", context)


def _as_readers(article: Article) -> Mapping[str, Any]:
    number = article.latest_revision.number + 1 if article.latest_revision else 1
    content = content_of(article, number=number, interests=article.interests, beside=_not_listed(article))
    unit = draft_preview(article, content, at=clock.now())
    return {"unit": unit, "tracker": NOTHING_REACHED, "references": references_with_places(unit)}


def _not_listed(article: Article) -> list[Reference]:
    """What is cited and not in the list yet: whoever writes first and imports later sees the page all the same."""
    listed = set(article.references.values_list("key", flat=True))
    cited = numbering(article.short_answer, article.body, article.plain_body)
    return [Reference(key=key, title=NOT_LISTED.format(key=key)) for key in cited if key not in listed]
