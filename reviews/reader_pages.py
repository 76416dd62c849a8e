"""Where readers without an account ask, report, and see what became of it."""

from datetime import timedelta
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from articles import headers
from articles.asking import passages_for, unit_at
from articles.channels import carries_articles, declare
from articles.models import Article
from articles.public import PublicArticle, for_public, public_article
from articles.question_words import sounds_urgent
from editorial import clock
from editorial.limits import Rate, limited, small
from reviews import questions, reports
from reviews.kinds import Problem
from reviews.models import ProblemReport
from reviews.reader_forms import AskForm, QuestionForm, ReportForm

LARGEST = 250_000  # bytes of a form
ASKING, SENDING = Rate(30, 600), Rate(12, 3600)
REFUSED = HTTPStatus.UNPROCESSABLE_ENTITY
REPORTS_A_PAGE = 20
NEW = timedelta(minutes=10)


# Asking


@csrf_exempt  # it writes nothing, and the form stands on pages that caches share, which can hold no token
@carries_articles
@limited("ask", ASKING)
@small(LARGEST)
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """GET shows the form; POST answers with passages of checked texts, and keeps nothing."""
    if request.method != "POST":
        return _ask_page(request, AskForm(initial={"about": request.GET.get("about", "")[:120]}))
    form = AskForm(request.POST)
    if not form.is_valid():
        return _ask_page(request, form, status=REFUSED)
    at, said = clock.now(), form.cleaned_data
    about = unit_at(said["about"], at=at) if said["about"] else None
    found = passages_for(said["question"], at=at, about=about)
    further = QuestionForm(initial=said)
    return _ask_page(
        request,
        form,
        units=[quoted.unit for quoted in found],
        is_answered=True,
        found=found,
        is_urgent=sounds_urgent(said["question"]),
        further=further,
    )


@carries_articles
@limited("ask-editors", SENDING)
@small(LARGEST)
@require_POST
def ask_editors(request: HttpRequest) -> HttpResponse:
    form = QuestionForm(request.POST)
    if not form.is_valid():
        return _ask_page(request, AskForm(request.POST), status=REFUSED, further=form)
    said = form.cleaned_data
    about = unit_at(said["about"], at=clock.now()) if said["about"] else None
    _, token = questions.ask(said["question"], about=about)
    return _kept_nowhere(redirect("question", token))


@carries_articles
@require_safe
def question(request: HttpRequest, token: str) -> HttpResponse:
    """What became of one question, for whoever holds its address."""
    asked = questions.by_key(token)
    if asked is None:
        raise Http404
    final, unit = questions.outcome_of(asked)
    context = {"question": asked, "final": final, "unit": unit, "days": settings.QUESTIONS_KEPT_DAYS}
    response = render(request, "ask/question.html", context)
    return declare(_kept_nowhere(response), [unit] if unit else [], form="line")


def _ask_page(
    request: HttpRequest, form: AskForm, *, units: Any = (), status: int = 200, **context: object
) -> HttpResponse:
    promised = {"days": settings.QUESTIONS_KEPT_DAYS, "numbers": settings.EMERGENCY_NUMBERS}
    response = render(request, "ask/ask.html", {"form": form, **promised, **context}, status=status)
    return declare(_kept_nowhere(response) if request.method == "POST" else response, units)


# Reporting


@carries_articles
@limited("report", SENDING)
@small(LARGEST)
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, slug: str) -> HttpResponse:
    """GET shows the form, with the quote that the article's page passed on; POST takes the report in."""
    unit = unit_at(slug, at=clock.now())
    if unit is None:
        raise Http404
    if request.method != "POST":
        return _report_page(request, unit, ReportForm(initial={"quote": request.GET.get("quote", "")[:1000]}))
    form = ReportForm(request.POST)
    if not form.is_valid():
        return _report_page(request, unit, form, status=REFUSED)
    said = form.cleaned_data
    _, token = reports.receive(unit, kind=Problem(said["kind"]), words=said["words"], quote=said["quote"])
    return _kept_nowhere(redirect("ticket", token))


@carries_articles
@require_safe
def ticket(request: HttpRequest, token: str) -> HttpResponse:
    """One report with its clock, for whoever holds its address; the words of whoever wrote it are not shown."""
    found = reports.by_key(token)
    if found is None:
        raise Http404
    unit = _nameable(unit_at(found.article.slug, at=clock.now()))
    now = clock.now()
    context = {"report": found, "unit": unit, "now": now, "is_new": now - found.reported_at < NEW, **_promised()}
    response = render(request, "ask/ticket.html", context)
    return declare(_kept_nowhere(response), [unit] if unit else [], form="line")


@carries_articles
@require_safe
def settled_reports(request: HttpRequest) -> HttpResponse:
    """What readers reported and what came of it, in the words of the editors."""
    at, slug = clock.now(), request.GET.get("article", "")[:120]
    settled = ProblemReport.objects.settled().order_by("-settled_at", "-pk")
    if slug:
        settled = settled.filter(article__slug=slug)
    page = Paginator(settled, REPORTS_A_PAGE).get_page(request.GET.get("page"))
    articles = for_public(Article.objects.public(at=at).filter(pk__in={row.article_id for row in page}))
    units = {article.pk: _nameable(public_article(article, at=at)) for article in articles}
    rows = [(row, units.get(row.article_id)) for row in page]
    waiting = ProblemReport.objects.open()
    context = {
        "rows": rows,
        "page": page,
        "slug": slug,
        "open": waiting.count(),
        "late": waiting.filter(due_at__lte=at).count(),
        **_promised(),
    }
    response = render(request, "ask/reports.html", context)
    named = [unit for _, unit in rows if unit]
    return declare(headers.keep_out_of_search(headers.for_list(response, named)), named, form="line")


def _report_page(request: HttpRequest, unit: PublicArticle, form: ReportForm, *, status: int = 200) -> HttpResponse:
    named = _nameable(unit)
    context = {"unit": unit, "named": named, "form": form, "numbers": settings.EMERGENCY_NUMBERS, **_promised()}
    response = render(request, "ask/report.html", context, status=status)
    return declare(_kept_nowhere(response), [named] if named else [], form="line")


def _promised() -> dict[str, int]:
    return {
        "days": settings.REPORT_DUE_DAYS,
        "safety_days": settings.SAFETY_REPORT_DUE_DAYS,
        "kept_days": settings.QUESTIONS_KEPT_DAYS,
    }


def _nameable(unit: PublicArticle | None) -> PublicArticle | None:
    """Its title may stand on a page of ours now."""
    return unit if unit and unit.text and headers.status_of(unit) == HTTPStatus.OK else None


def _kept_nowhere(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return headers.keep_out_of_search(response)
