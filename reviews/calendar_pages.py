"""The checks that end within the next quarter, in the order of their dates."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from articles.models import Article
from editorial.admin_doors import StaffRequest
from reviews import check_calendar, queue


@require_safe
def next_checks(request: StaffRequest) -> HttpResponse:
    if not request.user.is_editor:
        raise PermissionDenied
    articles = Article.objects.visible_to(request.user)
    place = {name: request.GET.get(name, "") for name in ("after", "before")}
    due = check_calendar.due(queue.light(articles))
    page = check_calendar.BY_DATE.page(due, size=check_calendar.PAGE, **place)
    context = {
        **admin.site.each_context(request),
        "title": "Next checks",
        "months": check_calendar.months(articles),
        "groups": check_calendar.by_month(page.articles),
        "page": page,
    }
    return render(request, "reviews/next_checks.html", context)
