"""The editors' page about the retraction list: what is loaded, which articles it concerns, and a new list."""

from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from articles import retractions
from articles.importers import UnreadableFile
from articles.models import Article, RetractionRecord, Revision
from articles.public import CitingSentence, sentences_citing
from articles.readership import recent_reads
from articles.retractions import Hit
from articles.seals import is_intact
from editorial import clock
from editorial.admin_doors import visitor
from editorial.errors import WorkflowError
from reviews import source_alerts
from reviews.forms import RetractionListForm

PER_PAGE = 25
MOST_PROBLEMS = 20


@require_http_methods(["GET", "HEAD", "POST"])
def retraction_list(request: HttpRequest) -> HttpResponse:
    """GET shows the list in force and whom it concerns; POST loads another in its place."""
    if not visitor(request).is_editor:
        raise PermissionDenied
    if request.method != "POST":
        return _page(request, RetractionListForm())
    form = RetractionListForm(request.POST, request.FILES)
    if not form.is_valid() or not _load(request, form):
        return _page(request, form, status=422)
    return redirect("admin:articles_retractionrecord_changelist")


def _load(request: HttpRequest, form: RetractionListForm) -> bool:
    """Whether the list was loaded; if not, the form says why."""
    given = form.cleaned_data["file"]
    try:
        done = source_alerts.load_file(given.open().file, name=given.name, by=visitor(request))
    except (UnreadableFile, WorkflowError) as refusal:
        form.add_error("file", str(refusal))
        return False
    messages.success(request, f"{_counted(done.listed, 'paper')} on the list. {_told(done.articles_alerted)}")
    if done.lost:
        messages.warning(request, f"{_counted(done.lost, 'row')} of the file could not be used.")
    for problem in done.problems[:MOST_PROBLEMS]:
        place = f"Line {problem.line}: " if problem.line else ""
        messages.info(request, f"{place}{problem.reason}")
    return True


@dataclass(frozen=True)
class Leaning:
    """One article that leans on a listed source: how much it is read, and the sentences that cite it."""

    hit: Hit
    reads: int
    sentences: tuple[CitingSentence, ...]
    is_intact: bool


def _leaning(request: HttpRequest) -> Page:
    """A page of the articles concerned, those to look at first before the others; sentences of this page only."""
    found = retractions.hits(among=Article.objects.visible_to(visitor(request)))
    reads = recent_reads({hit.article.pk for hit in found}, at=clock.now())
    page: Page = Paginator(retractions.ranked(found, reads=reads), PER_PAGE).get_page(request.GET.get("page"))
    texts = Revision.objects.in_bulk({hit.source.revision_id for hit in page})
    leaning = [_lean(hit, texts[hit.source.revision_id], reads.get(hit.article.pk, 0)) for hit in page]
    page.object_list = leaning
    return page


def _lean(hit: Hit, revision: Any, reads: int) -> Leaning:
    intact = is_intact(revision)
    return Leaning(hit, reads, sentences_citing(revision, hit.source.key) if intact else (), intact)


def _page(request: HttpRequest, form: RetractionListForm, *, status: int = 200) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "title": "Retraction list",
        "form": form,
        "loaded": source_alerts.last_loaded(),
        "source": source_alerts.scheduled_source(),
        "failure": source_alerts.last_failure(),
        "listed": RetractionRecord.objects.count(),
        "page": _leaning(request),
    }
    return render(request, "reviews/retraction_list.html", context, status=status)


def _counted(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def _told(articles: int) -> str:
    if not articles:
        return "No article had to be alerted anew."
    return f"{_counted(articles, 'article')} got a source alert; authors and editors were told."
