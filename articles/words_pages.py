"""Where the editor's script keeps what is being typed, and where its writer looks at what was never saved."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from articles import buffers
from articles.desk_views import SignedIn, author_page, mine
from articles.models import Article, Buffer
from editorial.errors import Conflict, WorkflowError
from editorial.numbers import whole

SIGNED_OUT = 401
REFUSED = 422


def for_the_script(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Whoever is signed out is told so in a form that a script reads, instead of being sent to a page."""

    @never_cache
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            response: HttpResponse = JsonResponse({"sign_in": reverse("login")}, status=SIGNED_OUT)
        else:
            response = view(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex"
        return response

    return answer


@for_the_script
@require_http_methods(["GET", "HEAD", "POST"])
def words(request: SignedIn, slug: str = "") -> HttpResponse:
    """Keeps what stands in the tab that asks, and tells it which edition is stored now and by whom."""
    article = mine(request, slug) if slug else None
    if request.POST.get("person", str(request.user.pk)) != str(request.user.pk):
        return JsonResponse({"sign_in": reverse("login")}, status=SIGNED_OUT)
    told: dict[str, Any] = {"token": get_token(request), **_stored(article)}
    if request.method == "POST":
        try:
            told |= _kept(_keep(request, article))
        except WorkflowError as refusal:
            return JsonResponse(told | {"refusal": str(refusal)}, status=REFUSED)
    return JsonResponse(told)


def _keep(request: SignedIn, article: Article | None) -> Buffer | None:
    given = request.POST
    return buffers.keep(
        article,
        by=request.user,
        tab=given.get("tab", ""),
        step=whole(given.get("step")) or 0,
        edition=whole(given.get("edition"), digits=9) or 0,
        fields={name: given.get(name, "") for name in buffers.FIELDS},
    )


def _stored(article: Article | None) -> dict[str, Any]:
    if article is None:
        return {"edition": 0}
    last = article.history.select_related("history_user").first()
    return {
        "edition": article.edition,
        "saved_by": last.history_user.label if last and last.history_user else "",
        "saved_at": f"{localtime(article.edited_at):%H:%M}",
    }


def _kept(buffer: Buffer | None) -> dict[str, Any]:
    if buffer is None:
        return {"is_settled": True}
    look = reverse("desk-words-kept", args=[buffer.pk])
    return {"is_settled": False, "kept_at": f"{localtime(buffer.saved_at):%H:%M}", "look": look}


@author_page
@require_http_methods(["GET", "HEAD", "POST"])
def kept(request: SignedIn, pk: int) -> HttpResponse:
    """One's own unsaved words beside what is stored: to take up, to copy from, or to discard."""
    buffer = get_object_or_404(Buffer.objects.filter(user=request.user, settled_at=None), pk=pk)
    article = Article.objects.editable_by(request.user).filter(pk=buffer.article_id).first()
    editor = reverse("desk-edit", args=[article.slug]) if article else reverse("desk-new")
    context = {
        "buffer": buffer,
        "article": article,
        "editor": editor,
        "can_take": bool(article) or buffer.article_id is None,
        "is_older": article is not None and article.edition != buffer.edition,
        "changes": buffers.changes(article, buffer) if article else [],
        "words": [(label, buffer.fields.get(name, "")) for name, label in LABELS.items()],
    }
    if request.method == "POST":
        try:
            buffers.discard(buffer, step=whole(request.POST.get("step")) or 0)
        except Conflict as conflict:
            return render(request, "desk/words.html", context | {"conflict": conflict}, status=409)
        messages.success(request, "Discarded. What is stored was not touched.")
        return redirect(editor if context["can_take"] else "desk")
    return render(request, "desk/words.html", context)


LABELS = {
    "title": "Question",
    "short_answer": "Short answer",
    "body": "Body",
    "plain_body": "Plain-language version",
    "interests": "Your interests",
    "funding": "Who paid for the work",
}
