"""The editors' one board: every article with its risk, age, next step and who holds it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from articles.models import Article
from editorial import clock
from editorial.admin_doors import StaffRequest
from editorial.errors import WorkflowError
from editorial.models import User
from reviews import policy, queue, view_keeping
from reviews.models import ProblemReport, SavedView
from reviews.queue_forms import ChangeViewForm, KeepViewForm, QueueFilter, RemoveViewForm

MOST_SAFETY = 8


@require_safe
def board(request: StaffRequest) -> HttpResponse:
    """The address says what is shown: the filter, and the place in its order."""
    if not request.user.is_editor:
        raise PermissionDenied
    asked = QueueFilter(request.GET)
    said, rules = asked.said, policy.in_force()
    among = queue.found(said, among=queue.light(Article.objects.visible_to(request.user)), rules=rules)
    place = {name: request.GET.get(name, "") for name in ("after", "before")}
    page = queue.order_of(said).page(among, size=queue.PAGE, **place)
    context = {
        **admin.site.each_context(request),
        "title": "Article queue",
        "filter": asked,
        "query": asked.query,
        "views": view_keeping.views_of(request.user),
        "keep": KeepViewForm(initial={"query": asked.query}, auto_id="keep-%s"),
        "rows": queue.rows(page.articles, rules=rules),
        "page": page,
        "safety": ProblemReport.objects.visible_to(request.user)
        .open()
        .about_safety()
        .with_article()
        .by_urgency()[:MOST_SAFETY],
        "now": clock.now(),
    }
    return render(request, "reviews/queue.html", context)


@dataclass(frozen=True)
class Act:
    """One thing that can be done with a view: its form, its verb, and what is said when it is done."""

    form: type[Form]
    call: Callable[[User, dict[str, Any]], Any]
    done: str


def _own(by: User, said: dict[str, Any]) -> SavedView:
    return get_object_or_404(SavedView.objects.owned_by(by), pk=said["view"])


ACTS = {
    "keep": Act(
        KeepViewForm,
        lambda by, said: view_keeping.keep(said["name"], said["query"], by=by, is_shared=said["is_shared"]),
        "Kept. It stands above the queue from now on.",
    ),
    "change": Act(
        ChangeViewForm,
        lambda by, said: view_keeping.change(_own(by, said), by=by, name=said["name"], is_shared=said["is_shared"]),
        "Changed.",
    ),
    "remove": Act(
        RemoveViewForm,
        lambda by, said: view_keeping.remove(_own(by, said), by=by),
        "Removed. The articles it showed are where they were.",
    ),
}


@require_http_methods(["GET", "HEAD", "POST"])
def views(request: StaffRequest) -> HttpResponse:
    """One's own views, and the forms that keep, change and remove one."""
    if not request.user.is_editor:
        raise PermissionDenied
    return _do(request) if request.method == "POST" else _views(request)


def _do(request: StaffRequest) -> HttpResponse:
    name = request.POST.get("act", "")
    if name not in ACTS:
        raise Http404
    act = ACTS[name]
    form = act.form(request.POST, auto_id=f"{name}{request.POST.get('view', '')}-%s")
    if form.is_valid():
        try:
            act.call(request.user, form.cleaned_data)
        except WorkflowError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, act.done)
            kept = name == "keep" and form.cleaned_data["query"]
            return redirect(f"{reverse('admin:articles_article_changelist')}?{kept}" if kept else "admin:queue-views")
    return _views(request, status=422, bound=(name, form))


def _views(request: StaffRequest, *, status: int = 200, bound: tuple[str, Form | None] = ("", None)) -> HttpResponse:
    name, form = bound
    mine = SavedView.objects.owned_by(request.user)
    context = {
        **admin.site.each_context(request),
        "title": "Views of the queue",
        "keep": form if name == "keep" else None,
        "mine": [(view, _change_form(view, bound)) for view in mine],
        "shared": SavedView.objects.visible_to(request.user).exclude(owner=request.user).select_related("owner"),
        "for_everybody": view_keeping.FOR_EVERYBODY,
    }
    return render(request, "reviews/views.html", context, status=status)


def _change_form(view: SavedView, bound: tuple[str, Form | None]) -> Form:
    name, form = bound
    if name == "change" and form and form.data.get("view") == str(view.pk):
        return form
    initial = {"view": view.pk, "name": view.name, "is_shared": view.is_shared}
    return ChangeViewForm(initial=initial, auto_id=f"change{view.pk}-%s")
