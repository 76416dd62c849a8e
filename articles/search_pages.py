"""The author's desk where searches for evidence are recorded."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from articles import searches
from articles.desk_views import REFUSED, SignedIn, author_page, mine
from articles.forms import SearchForm
from articles.models import Article, RecordedSearch
from editorial.errors import Conflict, WorkflowError


@author_page
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedIn, slug: str, pk: int | None = None) -> HttpResponse:
    """One search: a new one, or one to be changed."""
    article = mine(request, slug)
    search = get_object_or_404(article.searches, pk=pk) if pk else None
    form = SearchForm(request.POST if request.method == "POST" else None, search=search)
    if form.is_bound and form.is_valid():
        try:
            searches.save(article, form.said, by=request.user, pk=pk, edition=form.cleaned_data["edition"] or 0)
        except Conflict as conflict:
            return _theirs_and_mine(request, article, conflict, pk=pk)
        except WorkflowError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Saved. Readers see it under the references once the text is submitted.")
            return redirect("desk-references", slug)
    context = {"article": article, "search": search, "form": form}
    return render(request, "desk/search.html", context, status=REFUSED if form.is_bound else 200)


def _theirs_and_mine(request: SignedIn, article: Article, conflict: Conflict, *, pk: int | None) -> HttpResponse:
    """What is stored now is told, and what was typed stays in a form that carries the edition it is saved over."""
    theirs = get_object_or_404(RecordedSearch, article=article, pk=pk)
    data = request.POST.copy()
    data["edition"] = str(theirs.edition)
    context = {"article": article, "search": theirs, "form": SearchForm(data, search=theirs), "conflict": conflict}
    return render(request, "desk/search.html", context, status=409)


@author_page
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: SignedIn, slug: str, pk: int) -> HttpResponse:
    article = mine(request, slug)
    search = get_object_or_404(article.searches, pk=pk)
    if request.method == "POST":
        searches.remove(article, pk, by=request.user)
        messages.success(request, f"Removed the search in {search.where}. It stays in the history of this article.")
        return redirect("desk-references", slug)
    return render(request, "desk/search_remove.html", {"article": article, "search": search})
