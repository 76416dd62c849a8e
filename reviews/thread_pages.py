"""The page on which authors answer their reviewers, point by point."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from articles.desk_views import REFUSED, SignedIn, author_page, mine
from articles.models import Article
from editorial.errors import WorkflowError, status_of
from editorial.numbers import whole
from reviews import thread_cards, threads
from reviews.models import Thread
from reviews.thread_cards import Card
from reviews.thread_forms import SEEN, ResponsesForm


@author_page
@require_http_methods(["GET", "HEAD", "POST"])
def answers(request: SignedIn, slug: str) -> HttpResponse:
    """GET shows every point with its state; POST keeps the responses as far as they are written."""
    article = mine(request, slug)
    cards = thread_cards.of_authors(article, request.user)
    form = ResponsesForm(request.POST if request.method == "POST" else None, threads=_open(cards))
    if form.is_bound and form.unplaced:
        refusal = "A point that you wrote to was answered or settled meanwhile, so nothing was saved yet."
        return _page(request, article, cards, form, status=409, refusal=refusal)
    if form.is_bound and form.is_valid():
        return _keep(request, article, cards, form)
    return _page(request, article, cards, form, status=REFUSED if form.is_bound else 200)


def _keep(request: SignedIn, article: Article, cards: list[Card], form: ResponsesForm) -> HttpResponse:
    responses, now = form.responses, whole(request.POST.get("send")) or 0
    at_once = responses.pop(now, None)
    try:
        overtaken = threads.respond(article, responses, by=request.user)
        if at_once and not overtaken:
            return _sent(request, article, threads.reply(article, now, at_once, by=request.user))
    except WorkflowError as refusal:
        status = status_of(refusal)
        return _page(request, article, cards, form, status=status, refusal=str(refusal))
    if overtaken:
        return _both(request, article, overtaken)
    messages.success(request, "Saved. The reviewers get your answers with your next revision.")
    place = whole(request.POST.get("place"))
    return redirect(f"{reverse('desk-answers', args=[article.slug])}{f'#point-{place}' if place else ''}")


def _sent(request: SignedIn, article: Article, thread: Thread) -> HttpResponse:
    messages.success(request, f"Sent to {thread.opened_by_label}. What else you had written is saved.")
    return redirect("desk-answers", article.slug)


def _both(request: SignedIn, article: Article, overtaken: list[Thread]) -> HttpResponse:
    """Theirs is shown, mine stays in its field, and the page now carries the state that it would be saved over."""
    cards = thread_cards.of_authors(article, request.user)
    data = request.POST.copy()
    for thread in _open(cards):
        data[f"{SEEN}{thread.pk}"] = thread.seen
    form = ResponsesForm(data, threads=_open(cards))
    refusal = (
        "Somebody else changed an answer after you opened this page. Theirs stands above yours: save to replace it."
    )
    theirs = {thread.pk for thread in overtaken}
    return _page(request, article, cards, form, status=409, refusal=refusal, theirs=theirs)


def _page(
    request: SignedIn,
    article: Article,
    cards: list[Card],
    form: ResponsesForm,
    *,
    status: int,
    refusal: str = "",
    theirs: Any = frozenset(),
) -> HttpResponse:
    context = {
        "article": article,
        "form": form,
        "refusal": refusal,
        "open": [_row(card, form, theirs) for card in cards if card.is_open],
        "sent": [card for card in cards if not card.is_open and not card.thread.settled_at],
        "settled": [card for card in cards if card.thread.settled_at],
        "waiting": [thread for thread in _open(cards) if thread.is_waiting and thread.is_blocking],
    }
    return render(request, "desk/answers.html", context, status=status)


def _row(card: Card, form: ResponsesForm, theirs: Any) -> dict[str, Any]:
    thread = card.thread
    is_overtaken = thread.pk in theirs
    return {
        "card": card,
        "field": form.field_of(thread),
        "seen": form.seen_of(thread),
        "theirs": thread.response if is_overtaken else "",
        "by": thread.response_by if is_overtaken else None,
    }


def _open(cards: list[Card]) -> list[Thread]:
    return [card.thread for card in cards if card.is_open]
