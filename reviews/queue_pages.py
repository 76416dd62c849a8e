"""The editors' one board: every article with its risk, age, next step and who holds it."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from articles.models import Article
from editorial import clock
from editorial.admin_doors import StaffRequest
from reviews import policy, queue
from reviews.models import ProblemReport
from reviews.queue_forms import QueueFilter

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
