"""Several articles ticked in the queue, one board member, one date: without a script, and safe to send twice."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from articles.models import Article
from editorial.admin_doors import StaffRequest
from editorial.numbers import whole
from reviews import bulk, queue
from reviews.models import BoardMember
from reviews.queue_forms import AskForEachForm


@require_http_methods(["GET", "HEAD", "POST"])
def ask_for_each(request: StaffRequest) -> HttpResponse:
    """GET shows what was ticked and who may be asked; POST asks, and says of each article what became of it."""
    if not request.user.is_editor:
        raise PermissionDenied
    data = request.POST if request.method == "POST" else None
    articles = _ticked(request, data or request.GET)
    form = AskForEachForm(data, articles=articles, fitting=bulk.fitting(articles))
    if data is not None and form.is_valid():
        return _asked(request, articles, form)
    context = {
        **admin.site.each_context(request),
        "title": "Ask a board member to read several",
        "articles": articles,
        "form": form,
        "most": bulk.MOST_AT_ONCE,
    }
    return render(request, "reviews/ask_for_each.html", context, status=422 if data is not None else 200)


def _asked(request: StaffRequest, articles: list[Article], form: AskForEachForm) -> HttpResponse:
    member = BoardMember.objects.select_related("user").get(pk=form.cleaned_data["member"])
    ticked = [article for article in articles if article.pk in form.cleaned_data["article"]]
    outcomes = bulk.ask_for_each(ticked, member, by=request.user, due_at=form.due_at())
    context = {
        **admin.site.each_context(request),
        "title": f"What {member.user.label} was asked",
        "member": member,
        "asked": [outcome for outcome in outcomes if not outcome.refusal],
        "refused": [outcome for outcome in outcomes if outcome.refusal],
    }
    return render(request, "reviews/asked_for_each.html", context)


def _ticked(request: StaffRequest, data: QueryDict) -> list[Article]:
    """What was ticked and can be seen, in the queue's order; more than fits at once is left for the next time."""
    keys = [pk for key in data.getlist("article") if (pk := whole(key)) is not None]
    seen = queue.light(Article.objects.visible_to(request.user)).filter(pk__in=keys[: bulk.MOST_AT_ONCE])
    return list(seen.exclude(submitted_at=None).order_by(*queue.BY_RISK.columns))
