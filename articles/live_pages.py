"""Where the editor's page asks what a text looks like while it is being typed."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from articles.desk_views import NOTHING_REACHED, SignedIn, mine
from articles.live import as_typed, live
from articles.models import Article
from articles.public import draft_preview
from articles.rendering import UnreadableText
from articles.revisions import content_of
from articles.views import references_with_places
from articles.words_pages import for_the_script
from editorial import clock


@for_the_script
@require_POST
def typed(request: SignedIn, slug: str) -> HttpResponse:
    """The words in the form as readers would see them, and what is said of them; nothing is stored."""
    article = mine(request, slug)
    try:
        seen = as_typed(article, request.POST.dict())
        context = {"article": seen, "live": live(seen), **_as_readers(seen)}
    except UnreadableText as refusal:
        context = {"article": article, "refusal": refusal}
    return render(request, "desk/live.html", context)


def _as_readers(article: Article) -> dict[str, Any]:
    number = article.latest_revision.number + 1 if article.latest_revision else 1
    unit = draft_preview(article, content_of(article, number=number), at=clock.now())
    return {"unit": unit, "tracker": NOTHING_REACHED, "references": references_with_places(unit)}
