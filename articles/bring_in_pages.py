"""The author's desk where a text comes from outside: bringing it in, and what its loose numbers mean."""

from collections.abc import Mapping

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from articles import bringing_in, editing
from articles.desk_views import REFUSED, SignedIn, author_page, mine
from articles.drafts import draft_of
from articles.forms import BringInForm, CitationsForm
from articles.forms.citations import MOST_NUMBERS
from articles.loose_numbers import NO_SOURCE, LooseNumber, Reading, loose_numbers, readings, worked_out
from articles.models import Article, BroughtIn
from articles.reference_style import vancouver
from articles.rendering import UnreadableText
from editorial.errors import Conflict


@author_page
@require_http_methods(["GET", "HEAD", "POST"])
def bring_in(request: SignedIn) -> HttpResponse:
    """A text from a file or the clipboard becomes a draft; the same one comes in once."""
    is_sent = request.method == "POST"
    form = BringInForm(request.POST if is_sent else None, request.FILES if is_sent else None, by=request.user)
    if is_sent and form.is_valid() and (done := _bring_in(request, form)):
        return redirect("desk-brought-in", done.article.slug)
    return render(request, "desk/bring_in.html", {"form": form}, status=REFUSED if is_sent else 200)


def _bring_in(request: SignedIn, form: BringInForm) -> BroughtIn | None:
    if before := bringing_in.brought_in_before(form.fingerprint, by=request.user):
        messages.info(request, "You brought in this very text before, so nothing was added. This is what came of it.")
        return before
    try:
        done = bringing_in.bring_in(
            form.text, form.given, form.sources, by=request.user, name=form.name, fingerprint=form.fingerprint
        )
    except (UnreadableText, ValidationError) as refusal:
        sentences = refusal.messages if isinstance(refusal, ValidationError) else [str(refusal)]
        form.add_error(None, sentences)
        return None
    messages.success(request, "Saved as a draft. Nobody but its authors and the editors can see it.")
    return done


@author_page
@require_safe
def brought_in(request: SignedIn, slug: str) -> HttpResponse:
    """What came of a text that was brought in: each record that did not arrive, and what is left to do."""
    article = mine(request, slug)
    record = BroughtIn.objects.select_related("by").filter(article=article).first()
    said = record.report if record else {}
    context = {"article": article, "record": record, "left": len(draft_of(article).loose_numbers), **said}
    return render(request, "desk/brought_in.html", context)


# What the loose numbers mean


@author_page
@require_http_methods(["GET", "HEAD", "POST"])
def citations(request: SignedIn, slug: str) -> HttpResponse:
    """Each loose number with its sentences; the author says which source it is, and nothing is guessed."""
    page = _Citations(mine(request, slug))
    if request.method != "POST":
        return page.answer(request, page.form(filled=page.worked_out))
    if wanted := request.POST.get("fill"):
        return page.answer(request, page.form(filled=page.sources_as(wanted)))
    form = page.form(request.POST)
    if form.is_valid():
        try:
            editing.match_citations(page.article, form.choices, by=request.user, edition=form.cleaned_data["edition"])
        except Conflict as conflict:
            return _as_it_stands_now(request, slug, conflict)
        except UnreadableText as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Stored: the text now cites by keys, and readers see numbers made from them.")
            return redirect("desk-checks", slug)
    return page.answer(request, form, status=REFUSED)


def _as_it_stands_now(request: SignedIn, slug: str, conflict: Conflict) -> HttpResponse:
    """The choices stay in the form, which now carries the edition they would be stored over."""
    page = _Citations(mine(request, slug))
    data = request.POST.copy()
    data["edition"] = str(page.article.edition)
    return page.answer(request, page.form(data), conflict=conflict, status=409)


class _Citations:
    """What one article's page of loose numbers is made of."""

    def __init__(self, article: Article) -> None:
        self.article = article
        self.draft = draft_of(article)
        self.found = loose_numbers(self.draft)
        self.numbers = [each.number for each in self.found]
        self.printed = dict(article.references.values_list("key", "list_number"))
        self.entries = {reference["key"]: vancouver(reference) for reference in self.draft.references}

    @property
    def worked_out(self) -> dict[int, str] | None:
        return worked_out(self.numbers, self.printed)

    def sources_as(self, name: str) -> dict[int, str]:
        """Those of one way to read the numbers; a number that it leaves without a source is set to that."""
        reading = next((each for each in readings(self.numbers, self.printed) if each.name == name), None)
        return {number: reading.sources.get(number, NO_SOURCE) for number in self.numbers} if reading else {}

    def form(self, data: QueryDict | None = None, *, filled: Mapping[int, str] | None = None) -> CitationsForm:
        edition = self.article.edition
        return CitationsForm(data, numbers=self.found, sources=self.entries.items(), edition=edition, filled=filled)

    def answer(
        self, request: HttpRequest, form: CitationsForm, *, conflict: Conflict | None = None, status: int = 200
    ) -> HttpResponse:
        context = {
            "article": self.article,
            "form": form,
            "entries": [(key, self.printed[key], said) for key, said in self.entries.items()],
            "is_worked_out": bool(self.worked_out),
            "readings": [self._described(each) for each in readings(self.numbers, self.printed)],
            "marks": sum(each.count for each in self.found),
            "left_over": max(0, len(self.found) - len(form.numbers)),
            "conflict": conflict,
        }
        return render(request, "desk/citations.html", context, status=status)

    def _described(self, reading: Reading) -> tuple[Reading, list[tuple[LooseNumber, str]]]:
        """Each number of the reading beside what it would cite."""
        rows = [(each, self.entries.get(reading.sources.get(each.number, ""), "")) for each in self.found]
        return reading, rows[:MOST_NUMBERS]
