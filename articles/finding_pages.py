"""Two more ways to a page: by its first letter, and by how lately it was checked."""

from datetime import datetime

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from articles import headers
from articles.alphabet import LETTERS
from articles.channels import carries_articles, declare
from articles.models import Article, SearchDocument
from articles.public import for_public, shown
from articles.querysets import ArticleQuerySet
from editorial import clock
from editorial.numbers import whole_or_404

PER_PAGE = 20


@carries_articles
@require_safe
def a_to_z(request: HttpRequest) -> HttpResponse:
    """All that may be read, by the first letter of its question."""
    at = clock.now()
    present = set(SearchDocument.objects.values_list("letter", flat=True).distinct())
    letter = request.GET.get("letter") or min(present - {"#"}, default="#")
    if letter not in LETTERS:
        raise Http404
    articles = Article.objects.public(at=at).filter(search_document__letter=letter)
    articles = _after(articles, request.GET.get("after")).order_by("search_document__sorted_by", "pk")
    context = {"letters": [(each, each in present) for each in LETTERS], "letter": letter}
    return _page(request, "articles/a_to_z.html", articles, context, at=at, key="pk")


@carries_articles
@require_safe
def newly_checked(request: HttpRequest) -> HttpResponse:
    """What a valid check stands behind, the newest check first."""
    at = clock.now()
    articles = Article.objects.checked(at=at).order_by("-approval_id")
    if (given := request.GET.get("after")) is not None:
        articles = articles.filter(approval_id__lt=whole_or_404(given))
    return _page(request, "articles/newly_checked.html", articles, {}, at=at, key="approval_id")


def _page(
    request: HttpRequest, template: str, articles: ArticleQuerySet, context: dict, *, at: datetime, key: str
) -> HttpResponse:
    rows = list(for_public(articles)[: PER_PAGE + 1])
    units = shown(rows[:PER_PAGE], at=at)
    context |= {
        "units": units,
        "further": getattr(rows[PER_PAGE - 1], key) if len(rows) > PER_PAGE else "",
        "is_first": "after" not in request.GET,
    }
    response = headers.for_list(render(request, template, context), units)
    return declare(response, units, form="line")


def _after(articles: ArticleQuerySet, given: str | None) -> ArticleQuerySet:
    """What stands behind the article of this key in the alphabet."""
    if given is None:
        return articles
    pk = whole_or_404(given)
    last = SearchDocument.objects.filter(pk=pk).first()
    if last is None:
        raise Http404
    same = Q(search_document__sorted_by=last.sorted_by, pk__gt=pk)
    return articles.filter(Q(search_document__sorted_by__gt=last.sorted_by) | same)
