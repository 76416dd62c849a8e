"""The editors' page about the points of one article: what was asked and answered, and what an editor asks."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from articles.models import Article
from editorial.admin_doors import StaffRequest
from editorial.errors import WorkflowError, status_of
from reviews import editor_points, thread_cards
from reviews.forms import AsTyped, StrictForm
from reviews.models import Thread


class RaiseForm(StrictForm):
    words = AsTyped()
    is_blocking = forms.BooleanField(required=False)


class PointForm(StrictForm):
    """One point that is there already, with what is said about it."""

    thread = forms.IntegerField(min_value=1, max_value=2**62)
    words = AsTyped()


def _raise(article: Article, said: dict[str, Any], by: Any) -> None:
    editor_points.raise_point(article, said["words"], by=by, is_blocking=said["is_blocking"])


def _ask_again(article: Article, said: dict[str, Any], by: Any) -> None:
    editor_points.ask_again(article, said["thread"], said["words"], by=by)


def _settle(article: Article, said: dict[str, Any], by: Any) -> None:
    editor_points.settle(article, said["thread"], by=by, reason=said["words"])


ACTS: dict[str, tuple[type[StrictForm], Callable[[Article, dict[str, Any], Any], None], str]] = {
    "raise": (RaiseForm, _raise, "Asked. The authors hear of it now and answer on their page “Answers”."),
    "ask_again": (PointForm, _ask_again, "Asked again. The authors have to answer once more."),
    "settle": (PointForm, _settle, "Settled, on record under your name."),
}


@require_http_methods(["GET", "HEAD", "POST"])
def points(request: StaffRequest, pk: int) -> HttpResponse:
    """GET shows every point with its state; POST raises one, asks again, or settles."""
    if not request.user.is_editor:
        raise Http404
    article = get_object_or_404(Article.objects.visible_to(request.user).select_related("latest_revision"), pk=pk)
    if request.method != "POST":
        return _page(request, article)
    act = ACTS.get(request.POST.get("act", ""))
    if act is None:
        raise Http404
    form, verb, done = act
    try:
        verb(article, _read(form(request.POST)), request.user)
    except (WorkflowError, PermissionDenied) as refusal:
        status = status_of(refusal)
        return _page(request, article, status, refusal=str(refusal))
    messages.success(request, done)
    return redirect("admin:article-points", article.pk)


def _read(form: StrictForm) -> dict[str, Any]:
    if not form.is_valid():
        raise WorkflowError("This could not be read, so nothing was changed. Reload the page and try again.")
    return form.cleaned_data


def _page(request: StaffRequest, article: Article, status: int = 200, *, refusal: str = "") -> HttpResponse:
    """With what was typed and refused just now still in its place."""
    cards = thread_cards.without_text(Thread.objects.visible_to(request.user).filter(article=article))
    mine_to_settle = editor_points.settled_by_editors(article)
    newest = article.latest_revision
    context = {
        **admin.site.each_context(request),
        "title": "Points and answers",
        "article": article,
        "question": newest.data["title"] if newest else article.title,
        "rows": [(card, card.thread.pk in mine_to_settle) for card in cards],
        "typed": request.POST if refusal else {},
        "refusal": refusal,
    }
    return render(request, "reviews/points.html", context, status=status)
