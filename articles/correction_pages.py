"""The page of every correction, concern, retraction and withdrawal of a page that was public."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from articles import headers
from articles.channels import carries_articles, declare
from articles.corrections import entries, published
from editorial import clock
from editorial.numbers import whole_or_404

PER_PAGE = 20


@carries_articles
@require_safe
def corrections(request: HttpRequest) -> HttpResponse:
    before = request.GET.get("before")
    notices = published() if before is None else published().filter(pk__lt=whole_or_404(before))
    rows = list(notices[: PER_PAGE + 1])
    told = entries(rows[:PER_PAGE], at=clock.now())
    older = rows[PER_PAGE - 1].pk if len(rows) > PER_PAGE else ""
    context = {"entries": told, "older": older, "is_first": before is None}
    # Where no text may be read, the fact alone is told, and that owes no caution.
    units = [entry.unit for entry in told if entry.unit.text]
    response = headers.for_list(render(request, "articles/corrections.html", context), units)
    return declare(response, units, form="line")
