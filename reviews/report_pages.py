"""The editors' pages about readers' reports: the list, and one report with what can be done about it."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from editorial import clock
from editorial.admin_doors import StaffRequest
from reviews import reports
from reviews.act_pages import Act, attempt
from reviews.kinds import Outcome
from reviews.models import ProblemReport
from reviews.settling_forms import EscalateForm, SettleForm

MOST_OPEN, MOST_SETTLED = 200, 30

ACTS: dict[str, Act] = {
    "settle": (
        SettleForm,
        lambda report, by, said: reports.settle(report, outcome=Outcome(said["outcome"]), words=said["words"], by=by),
        "Settled: the outcome stands on the public page of reports.",
    ),
    "escalate": (
        EscalateForm,
        lambda report, by, said: reports.escalate(report, by=by),
        "Handed to the responsible editor, who was told.",
    ),
}


@require_safe
def report_list(request: StaffRequest) -> HttpResponse:
    """What could hurt someone first, then what is due first; and what was settled last."""
    _let_in(request)
    visible = ProblemReport.objects.visible_to(request.user).with_article()
    context = {
        **admin.site.each_context(request),
        "title": "Readers' reports",
        "waiting": visible.open().by_urgency()[:MOST_OPEN],
        "settled": visible.settled().order_by("-settled_at", "-pk")[:MOST_SETTLED],
        "now": clock.now(),
    }
    return render(request, "reviews/reports.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def report_page(request: StaffRequest, pk: int) -> HttpResponse:
    """GET shows one report; POST calls the one verb that `act` names."""
    _let_in(request)
    visible = ProblemReport.objects.visible_to(request.user).select_related("article", "settled_by")
    report = get_object_or_404(visible, pk=pk)
    return _do(request, report) if request.method == "POST" else _page(request, report)


def _let_in(request: StaffRequest) -> None:
    if not request.user.is_editor:
        raise PermissionDenied


def _do(request: StaffRequest, report: ProblemReport) -> HttpResponse:
    not_done = attempt(request, ACTS, report)
    if not_done is None:
        return redirect("admin:reviews_problemreport_changelist")
    report.refresh_from_db()
    return _page(request, report, status=not_done.status, bound=not_done.bound)


def _page(
    request: StaffRequest, report: ProblemReport, *, status: int = 200, bound: dict[str, Form] | None = None
) -> HttpResponse:
    forms = {name: form(auto_id=f"{name}-%s") for name, (form, _, _) in ACTS.items()}
    context = {
        **admin.site.each_context(request),
        "title": str(report),
        "report": report,
        "article": report.article,
        "now": clock.now(),
        "forms": forms | (bound or {}),
    }
    return render(request, "reviews/report.html", context, status=status)
