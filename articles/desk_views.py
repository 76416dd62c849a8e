"""The author's desk, where it is about the text alone: writing, references, preview, history."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from articles import buffers, bylines, editing, versions
from articles.citations import numbering
from articles.desk_findings import remarks
from articles.drafts import draft_of
from articles.duplicates import pairs
from articles.forms import ArticleForm, ImportForm, ReferenceForm
from articles.importers import ImportProblem, ImportResult, UnreadableFile, read_references
from articles.models import Article, Buffer, Reference
from articles.outlines import OUTLINES, outline
from articles.public import Step, draft_preview
from articles.reference_style import identifier_links, vancouver
from articles.rendering import UnreadableText
from articles.revisions import content_of
from articles.views import references_with_places
from editorial import clock
from editorial.errors import Conflict, WorkflowError
from editorial.models import User
from editorial.numbers import whole

View = Callable[..., HttpResponse]
REFUSED = 422
PROBLEMS_SHOWN = 200
NOTHING_REACHED = tuple(Step(label, False) for label in ("Submitted", "Under review", "Approved"))


class SignedIn(HttpRequest):
    """A request that `author_page` let through: somebody is behind it."""

    user: User


def author_page(view: View) -> View:
    """For people who are signed in; kept by no cache on the way and by no search engine."""

    @never_cache
    @login_required
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex"
        return response

    return answer


def mine(request: SignedIn, slug: str) -> Article:
    """What this person writes; anything else does not exist here."""
    written = Article.objects.editable_by(request.user)
    loaded = written.select_related("author", "ai_accountable", "topic", "risk", "latest_revision", "approval")
    return get_object_or_404(loaded, slug=slug)


@author_page
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedIn) -> HttpResponse:
    form = ArticleForm(request.POST if request.method == "POST" else None, by=request.user)
    if form.is_bound and form.is_valid():
        article = editing.create(by=request.user, **form.text)
        messages.success(request, "Saved as a draft. Nobody but its authors and the editors can see it.")
        return _onwards(request, article)
    begun = None if form.is_bound else outline(request.GET.get("kind", ""))
    if begun:
        form.initial["body"] = begun.body
    context = {"form": form, "outlines": OUTLINES, "begun": begun, **_unsaved(request, None, form)}
    return render(request, "desk/edit.html", context, status=REFUSED if form.is_bound else 200)


@author_page
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedIn, slug: str) -> HttpResponse:
    article = mine(request, slug)
    form = ArticleForm(request.POST if request.method == "POST" else None, by=request.user, article=article)
    if form.is_bound and form.is_valid():
        try:
            editing.change(article, by=request.user, edition=form.cleaned_data["edition"] or 0, **form.text)
        except Conflict as conflict:
            return _both_versions(request, article, form, conflict)
        except WorkflowError as refusal:
            form.add_error("ai_accountable", str(refusal))
        else:
            messages.success(request, "Saved.")
            return _onwards(request, article)
    context = {"form": form, "article": article, "sources": _sources(article), **_unsaved(request, article, form)}
    return render(request, "desk/edit.html", context, status=REFUSED if form.is_bound else 200)


def _unsaved(request: SignedIn, article: Article | None, form: ArticleForm) -> dict[str, Any]:
    """What waits from other tabs; and which of it this page has taken up, if its writer chose to."""
    tab, taken = request.POST.get("tab", ""), request.POST.get("taken", "")
    waiting = buffers.waiting(article, by=request.user, besides=tab)
    chosen = None if form.is_bound else _chosen(waiting, request.GET.get("take", ""))
    if chosen:
        form.initial |= chosen.fields | {"edition": chosen.edition or None}
        waiting.remove(chosen)
        taken = f"{chosen.pk}-{chosen.step}"
    return {"waiting": waiting, "chosen": chosen, "tab": tab, "taken": taken}


def _chosen(waiting: Sequence[Buffer], pk: str) -> Buffer | None:
    return next((buffer for buffer in waiting if str(buffer.pk) == pk), None)


def _onwards(request: SignedIn, article: Article) -> HttpResponse:
    given = request.POST
    buffers.settle(article, by=request.user, tab=given.get("tab", ""), taken=given.get("taken", ""))
    then = request.POST.get("then")
    return redirect(then if then in {"desk-checks", "desk-preview", "desk-references"} else "desk-edit", article.slug)


def _both_versions(request: SignedIn, article: Article, form: ArticleForm, conflict: Conflict) -> HttpResponse:
    """Theirs is shown, mine stays in the form, and the form now carries the edition it would be saved over."""
    article = mine(request, article.slug)
    theirs = versions.working_text(article)
    own = bylines.own_interests(article, request.user)
    mine_now = form.cleaned_data | {"interests": form.text.get("interests", own)}
    changes = versions.changes(theirs, versions.typed_text(article, mine_now, by=request.user))
    if not changes:
        messages.success(request, "Saved already: what you sent is what is stored.")
        return _onwards(request, article)
    data = request.POST.copy()
    data["edition"] = str(article.edition)
    context = {
        "form": ArticleForm(data, by=request.user, article=article),
        "article": article,
        "sources": _sources(article),
        **_unsaved(request, article, form),
        "conflict": conflict,
        "changes": changes,
        "theirs": theirs,
        "saved_by": article.history.select_related("history_user").first(),
    }
    return render(request, "desk/edit.html", context, status=409)


def _sources(article: Article) -> list[tuple[str, str]]:
    """The keys that can be cited, each with what tells its source from the others."""
    listed = article.references.all()
    return [
        (each.key, " · ".join(filter(None, [_first_author(each), str(each.year or ""), each.title]))) for each in listed
    ]


def _first_author(reference: Reference) -> str:
    first: dict[str, str] = next(iter(reference.authors), {})
    return first.get("family") or first.get("literal") or reference.issuing_body


@author_page
@require_safe
def preview(request: SignedIn, slug: str) -> HttpResponse:
    article = mine(request, slug)
    number = article.latest_revision.number + 1 if article.latest_revision else 1
    context: dict[str, Any] = {"article": article, "remarks": remarks(article)}
    try:
        content = content_of(article, number=number)
    except UnreadableText as refusal:
        return render(request, "desk/preview.html", context | {"refusal": refusal})
    unit = draft_preview(article, content, at=clock.now())
    places = references_with_places(unit)
    page = {"unit": unit, "tracker": NOTHING_REACHED, "references": places}
    return render(request, "desk/preview.html", context | page)


@author_page
@require_safe
def references(request: SignedIn, slug: str) -> HttpResponse:
    article = mine(request, slug)
    numbers = numbering(article.short_answer, article.body, article.plain_body)
    rows = [_row(reference, numbers.get(reference.key)) for reference in article.references.all()]
    kept = {row["reference"].key for row in rows}
    context = {
        "article": article,
        "rows": sorted(rows, key=lambda row: (row["number"] is None, row["number"] or 0)),
        "dangling": [key for key in numbers if key not in kept],
        "loose": len(draft_of(article).loose_numbers),
        "twins": pairs([row["reference"].as_record() for row in rows]),
        "searches": article.searches.all(),
    }
    return render(request, "desk/references.html", context)


def _row(reference: Reference, number: int | None) -> dict[str, Any]:
    record = reference.as_record()
    return {
        "reference": reference,
        "number": number,
        "printed": vancouver(record),
        "links": identifier_links(record),
    }


@author_page
@require_http_methods(["GET", "HEAD", "POST"])
def reference_edit(request: SignedIn, slug: str, key: str = "") -> HttpResponse:
    """One source: a new one, or the one cited as `key`."""
    article = mine(request, slug)
    reference = get_object_or_404(article.references, key=key) if key else None
    form = ReferenceForm(request.POST if request.method == "POST" else None, reference=reference)
    if form.is_bound and form.is_valid():
        try:
            saved = _save_reference(request, article, form, key=key)
        except Conflict as conflict:
            return _both_sources(request, article, form, conflict, key=key)
        if saved:
            messages.success(request, f"Saved. Cite it as [@{saved.key}].")
            return redirect("desk-reference-new" if request.POST.get("then") == "another" else "desk-references", slug)
    context = {"article": article, "reference": reference, "form": form}
    return render(request, "desk/reference.html", context, status=REFUSED if form.is_bound else 200)


def _save_reference(request: SignedIn, article: Article, form: ReferenceForm, *, key: str) -> Reference | None:
    try:
        edition = form.cleaned_data["edition"] or 0 if key else None
        return editing.save_reference(article, form.source, by=request.user, key=key, edition=edition)
    except Conflict:
        raise
    except ValidationError as error:
        form.add_error("key", error.messages)
    except WorkflowError as refusal:
        form.add_error("key", str(refusal))
    return None


def _both_sources(
    request: SignedIn, article: Article, form: ReferenceForm, conflict: Conflict, *, key: str
) -> HttpResponse:
    """Theirs is shown beside mine; what was typed stays in the form, which carries the edition it is saved over."""
    theirs = get_object_or_404(article.references, key=key)
    differing = [
        (form[name].label, ReferenceForm(reference=theirs)[name].value(), form[name].value())
        for name, said in form.source.items()
        if getattr(theirs, name) != said
    ]
    if not differing:
        messages.success(request, "Saved already: what you sent is what is stored.")
        return redirect("desk-references", article.slug)
    data = request.POST.copy()
    data["edition"] = str(theirs.edition)
    context = {
        "article": article,
        "reference": theirs,
        "form": ReferenceForm(data, reference=theirs),
        "conflict": conflict,
        "differing": differing,
        "saved_by": theirs.history.select_related("history_user").first(),
    }
    return render(request, "desk/reference.html", context, status=409)


@author_page
@require_http_methods(["GET", "HEAD", "POST"])
def reference_remove(request: SignedIn, slug: str, key: str) -> HttpResponse:
    article = mine(request, slug)
    reference, conflict = get_object_or_404(article.references, key=key), None
    if request.method == "POST":
        try:
            editing.remove_reference(article, key, by=request.user, edition=whole(request.POST.get("edition")) or 0)
        except Conflict as changed:
            reference, conflict = get_object_or_404(article.references, key=key), changed
        else:
            messages.success(request, f"Removed [@{key}]. It stays in the history of this article.")
            return redirect("desk-references", slug)
    is_cited = key in numbering(article.short_answer, article.body, article.plain_body)
    context = {"article": article, "row": _row(reference, None), "is_cited": is_cited, "conflict": conflict}
    return render(request, "desk/reference_remove.html", context, status=409 if conflict else 200)


@author_page
@require_http_methods(["GET", "HEAD", "POST"])
def import_references(request: SignedIn, slug: str) -> HttpResponse:
    """References from a file or the clipboard; each record is imported or reported with its line."""
    article = mine(request, slug)
    is_sent = request.method == "POST"
    form = ImportForm(request.POST if is_sent else None, request.FILES if is_sent else None)
    found = _read(form) if is_sent and form.is_valid() else None
    if found is None:
        status = REFUSED if is_sent else 200
        return render(request, "desk/import_references.html", {"article": article, "form": form}, status=status)
    added, refused = editing.add_references(article, found.records, by=request.user)
    keys = {reference.key for reference in added}
    listed = [reference.as_record() for reference in article.references.all()] if added else []
    context = {
        "article": article,
        "added": [_row(reference, None) for reference in added],
        "twins": [pair for pair in pairs(listed) if keys & {pair.one["key"], pair.other["key"]}],
    }
    return render(request, "desk/imported.html", context | reported((*found.problems, *refused)))


def _read(form: ImportForm) -> ImportResult | None:
    data, name = form.source
    try:
        return read_references(data, name=name)
    except UnreadableFile as refusal:
        form.add_error("file" if form.cleaned_data["file"] else "pasted", str(refusal))
        return None


def reported(problems: Sequence[ImportProblem]) -> dict[str, Any]:
    """What the records of a file came to, as far as a page can show it."""
    return {
        "problems": problems[:PROBLEMS_SHOWN],
        "unshown": max(0, len(problems) - PROBLEMS_SHOWN),
        "lost": sum(problem.lost for problem in problems),
    }
