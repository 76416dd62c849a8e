"""The history of one article: read-only, and no more of it than the visitor may see."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from articles import history
from articles.models import Article, Revision
from articles.public import for_public
from editorial.admin_doors import StaffRequest
from editorial.models import User
from reviews.models import Decision, ReviewAssignment

MOST = 100


@require_safe
def article_history(request: StaffRequest, pk: int) -> HttpResponse:
    """Moves, notices and revisions for whoever is reading it; the working text's own log for editors only."""
    article = get_object_or_404(for_public(Article.objects.visible_to(request.user)), pk=pk)
    context = {
        **admin.site.each_context(request),
        "title": "History",
        "article": article,
        "question": article.latest_revision.data["title"] if article.latest_revision else article.title,
        "moves": article.moves.all(),
        "notices": article.notices.all(),
        "revisions": Revision.objects.filter(article=article).defer("content", "findings")[:MOST],
        "decisions": decisions_visible_to(request.user, article),
        "log": _log(article) if request.user.is_editor else [],
    }
    return render(request, "reviews/article_history.html", context)


def decisions_visible_to(user: User, article: Article) -> QuerySet[Decision]:
    """Editors see every decision; a reviewer those on the revisions they have decided on themselves."""
    all_of_them = Decision.objects.filter(revision__article=article).select_related("revision", "assignment")
    all_of_them = all_of_them.defer("revision__content", "revision__findings").order_by("-pk")
    if user.is_editor:
        return all_of_them[:MOST]
    own = Decision.objects.filter(reviewer__user=user, revision__article=article).values("revision")
    # What others found in a re-check that is still open stays with them until it is settled.
    still_open = {"assignment__recheck__isnull": False, "assignment__recheck__closed_at": None}
    return all_of_them.filter(revision__in=own).exclude(**still_open)[:MOST]


def _log(article: Article) -> list[history.Entry]:
    entries = [*history.of_working_text(article), *history.of_references(article), *_of_assignments(article)]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)[:MOST]


def _of_assignments(article: Article) -> list[history.Entry]:
    log = ReviewAssignment.history.filter(revision__article=article).select_related(
        "history_user", "reviewer__user", "discipline"
    )
    return [_of_assignment(row) for row in log.order_by("-history_date", "-history_id")[: history.MOST]]


def _of_assignment(row: Any) -> history.Entry:
    reader = row.reviewer.user.label
    if row.ended_at:
        return history.entry_of(row, f"The review of {reader} ended: {row.get_ending_display()}", reason=row.end_reason)
    if row.opened_at:
        return history.entry_of(row, f"{reader} opened the text")
    return history.entry_of(row, f"{reader} was asked to read it as {row.discipline}, due {row.due_at:%-d %B %Y}")
