"""The workload of the board as a page, and as a file for a spreadsheet."""

import csv

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from editorial import clock
from editorial.admin_doors import StaffRequest
from reviews.workload import LATELY, Load, workload

COLUMNS = (
    *("of", "name", "open", "overdue", "not answered", "decided", "declined"),
    *("median days", "90th percentile of days"),
)
A_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what spreadsheets take for one, whatever the file says


@require_safe
def workload_page(request: StaffRequest) -> HttpResponse:
    if not request.user.is_editor:
        raise PermissionDenied
    context = {**admin.site.each_context(request), "title": "Workload", "load": workload(), "days": LATELY.days}
    return render(request, "reviews/workload.html", context)


@require_safe
def workload_file(request: StaffRequest) -> HttpResponse:
    """The same figures, one line each."""
    if not request.user.is_editor:
        raise PermissionDenied
    name = f"workload-{clock.now():%Y-%m-%d}.csv"
    response = HttpResponse(
        content_type="text/csv; charset=utf-8", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
    rows = csv.writer(response)
    rows.writerow(COLUMNS)
    load = workload()
    rows.writerows(_line(each) for each in (*load.members, *load.topics))
    return response


def _line(load: Load) -> list[str | float | None]:
    of = "member" if load.is_member else "topic"
    now = (load.open, load.overdue, load.unanswered)
    lately = (load.decided, load.declined, load.median_days, load.slow_days)
    return [of, _harmless(load.name), *now, *lately]


def _harmless(text: str) -> str:
    return f"'{text}" if text.lstrip().startswith(A_FORMULA) else text
