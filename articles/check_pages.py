"""The author's desk where the checks stand beside the sentences they speak of."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from articles.desk_findings import beside
from articles.desk_views import SignedIn, author_page, mine
from articles.drafts import draft_of


@author_page
@require_safe
def checks(request: SignedIn, slug: str) -> HttpResponse:
    """The working text paragraph by paragraph with what was found, and every rule's answer."""
    article = mine(request, slug)
    return render(request, "desk/checks.html", {"article": article, "said": beside(draft_of(article))})
