"""The history of one article on one page, at the author's desk and in the admin; read-only."""

from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from articles import versions
from articles.desk_views import SignedIn, author_page, mine
from articles.models import Article, Revision
from articles.rendering import UnreadableText
from editorial.admin_doors import StaffRequest
from editorial.models import User
from reviews import timeline
from reviews.timeline import Office

MOST_OFFERED = 100


@author_page
@require_safe
def of_authors(request: SignedIn, slug: str) -> HttpResponse:
    """Who changed what, when and why, what reviewers and editors did, and any two versions compared."""
    article = mine(request, slug)
    context = {"article": article, **_history(request, article, request.user, Office.AUTHOR)}
    return render(request, "desk/history.html", context)


@require_safe
def article_history(request: StaffRequest, pk: int) -> HttpResponse:
    """The same for editors and, without the working text and what is not theirs to know, for reviewers."""
    visible = Article.objects.visible_to(request.user)
    loaded = visible.select_related("author", "ai_accountable", "topic", "risk", "latest_revision")
    article = get_object_or_404(loaded, pk=pk)
    office = Office.EDITOR if request.user.is_editor else Office.REVIEWER
    context = {
        **admin.site.each_context(request),
        "title": "History",
        "article": article,
        "question": article.latest_revision.data["title"] if article.latest_revision else article.title,
        **_history(request, article, request.user, office),
    }
    return render(request, "reviews/article_history.html", context)


def _history(request: HttpRequest, article: Article, user: User, office: Office) -> dict[str, Any]:
    sort, before = request.GET.get("sort", ""), request.GET.get("before", "")
    sorts = timeline.sorts(office)
    if sort and sort not in sorts:
        raise Http404
    try:
        page = timeline.page(article, user=user, office=office, sort=sort, before=before)
    except ValueError:
        raise Http404 from None
    return {
        "page": page,
        "older": urlencode({"sort": sort, "before": page.older}),
        "is_first": not before,
        "sort": sort,
        "sorts": [("", "Everything"), *((str(one.value), one.label) for one in sorts)],
        **(_compared(request, article) if office != Office.REVIEWER else {}),
    }


def _compared(request: HttpRequest, article: Article) -> dict[str, Any]:
    """Two versions side by side, if two were chosen; a reviewer has the text on loan and compares on the desk."""
    numbers = Revision.objects.filter(article=article).order_by("-number").values_list("number", "submitted_at")
    offered = [(versions.NOW, "Working text"), *((str(n), _named(n, at)) for n, at in numbers[:MOST_OFFERED])]
    older, newer = request.GET.get("older", ""), request.GET.get("newer", "")
    chosen = {"offered": offered, "older_version": older, "newer_version": newer}
    if not (older and newer):
        second = offered[1][0] if len(offered) > 1 else versions.NOW
        return chosen | {"older_version": second, "newer_version": versions.NOW}
    try:
        return chosen | {"changes": versions.between(article, older, newer), "names": dict(offered)}
    except LookupError:
        raise Http404 from None
    except UnreadableText as refusal:
        return chosen | {"refusal": refusal}


def _named(number: int, submitted_at: Any) -> str:
    return f"Revision {number}, {submitted_at:%-d %B %Y}"
