"""The author's desk where a source is looked up by its identifier, or two entries become one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from articles import editing, lookup
from articles.citations import numbering
from articles.desk_views import REFUSED, SignedIn, author_page, mine
from articles.duplicates import pairs
from articles.forms import LookUpForm, MergeForm
from articles.importers import ReferenceRecord
from articles.models import Article, Reference
from articles.reference_style import vancouver
from editorial.errors import Conflict


@author_page
@require_http_methods(["GET", "HEAD", "POST"])
def look_up(request: SignedIn, slug: str) -> HttpResponse:
    """A source by its DOI or PMID; what cannot be looked up is said, and the way by hand is shown."""
    article = mine(request, slug)
    form = LookUpForm(request.POST if request.method == "POST" else None)
    answer = lookup.look_up(form.cleaned_data["identifier"]) if form.is_bound and form.is_valid() else None
    if answer and answer.record:
        return _add(request, article, answer.record, said=answer.said)
    context = {"article": article, "form": form, "answer": answer}
    return render(request, "desk/look_up.html", context, status=REFUSED if form.is_bound else 200)


def _add(request: SignedIn, article: Article, record: ReferenceRecord, *, said: str) -> HttpResponse:
    added, refused = editing.add_references(article, [record], by=request.user)
    for problem in refused:
        messages.error(request, f"{problem.record}: {problem.reason}")
    if not added:
        return redirect("desk-references", article.slug)
    messages.success(request, f"Added as [@{added[0].key}]. {said} Say what kind of source it is, and look it over.")
    return redirect("desk-reference-edit", article.slug, added[0].key)


@author_page
@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: SignedIn, slug: str, key: str) -> HttpResponse:
    """Two entries that are one source: the author picks what is right, and what cited either cites the one."""
    article = mine(request, slug)
    one = get_object_or_404(article.references.select_related("article"), key=key)
    wanted = request.POST.get("with") or request.GET.get("with") or ""
    other = article.references.exclude(key=key).filter(key=wanted.replace("\0", "")).first()
    if other is None:
        return _choose(request, article, one)
    form = MergeForm(request.POST if request.method == "POST" else None, one=one, other=other)
    if not form.is_bound or not form.is_valid():
        return _compare(request, article, form, status=REFUSED if form.is_bound else 200)
    return _merge(request, article, form)


def _merge(request: SignedIn, article: Article, form: MergeForm) -> HttpResponse:
    keep = form.kept
    (drop,) = {reference.key for reference in form.pair.values()} - {keep}
    edition = form.cleaned_data["edition"]
    try:
        editing.merge_references(
            article, form.source, keep=keep, drop=drop, by=request.user, edition=edition, seen=form.seen
        )
    except Conflict as conflict:
        return _again(request, mine(request, article.slug), form, conflict)
    messages.success(request, f"Merged. What cited [@{drop}] now cites [@{keep}]; the history keeps both.")
    return redirect("desk-references", article.slug)


def _again(request: SignedIn, article: Article, form: MergeForm, conflict: Conflict) -> HttpResponse:
    """The two as they stand now, to be compared anew: a field may say something else than when it was chosen."""
    one, other = (article.references.filter(pk=reference.pk).first() for reference in form.pair.values())
    if one is None or other is None:
        messages.error(request, str(conflict))
        return redirect("desk-references", article.slug)
    return _compare(request, article, MergeForm(one=one, other=other), conflict=conflict, status=409)


def _compare(
    request: SignedIn, article: Article, form: MergeForm, *, conflict: Conflict | None = None, status: int = 200
) -> HttpResponse:
    numbers = numbering(article.short_answer, article.body, article.plain_body)
    sides = [(each, vancouver(each.as_record()), numbers.get(each.key)) for each in form.pair.values()]
    context = {"article": article, "form": form, "sides": sides, "conflict": conflict}
    return render(request, "desk/merge.html", context, status=status)


def _choose(request: SignedIn, article: Article, one: Reference) -> HttpResponse:
    """Which of the others it is to be merged with, the likely ones first."""
    records = [reference.as_record() for reference in article.references.all()]
    alike = {
        (pair.other if pair.one["key"] == one.key else pair.one)["key"]: pair.why
        for pair in pairs(records)
        if one.key in (pair.one["key"], pair.other["key"])
    }
    others = [(record["key"], vancouver(record), alike.get(record["key"], "")) for record in records]
    others = sorted((row for row in others if row[0] != one.key), key=lambda row: not row[2])
    context = {"article": article, "one": one, "printed": vancouver(one.as_record()), "others": others}
    return render(request, "desk/merge_choose.html", context, status=REFUSED if request.method == "POST" else 200)
