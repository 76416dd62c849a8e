"""The reader's pages."""

from datetime import datetime
from http import HTTPStatus

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.utils.cache import get_conditional_response
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from articles import headers, metadata, readership
from articles.channels import carries_articles, declare
from articles.counting import counted
from articles.excerpts import excerpt
from articles.models import Article, Topic
from articles.paging import older_than, place_of
from articles.past_versions import versions
from articles.public import PublicArticle, for_public, public_article, shown, tracker
from articles.querysets import ArticleQuerySet
from articles.readers import COOKIE, NAMES, known
from articles.remembering import fingerprint, remembered
from articles.rendering import mentions
from articles.search import LONGEST_QUERY, search, search_put_right
from articles.share_cards import in_words
from articles.source_status import list_version, statuses_of
from editorial import clock
from editorial.refusal_pages import refusal

PER_PAGE = 20
SHOWN_VERSIONS = 3  # on the page itself; the others are in the change history
RETRY_SECONDS = 3600


@carries_articles
@require_safe
def article_list(request: HttpRequest) -> HttpResponse:
    """All that may be read, newest first."""
    at = clock.now()
    return _list_page(request, "articles/list.html", Article.objects.public(at=at), at=at)


@carries_articles
@require_safe
def topic(request: HttpRequest, slug: str) -> HttpResponse:
    at = clock.now()
    chosen = get_object_or_404(Topic, slug=slug)
    return _list_page(
        request, "articles/topic.html", Article.objects.public(at=at).filter(topic=chosen), at=at, topic=chosen
    )


@carries_articles
@require_safe
def article(request: HttpRequest, slug: str) -> HttpResponse:
    """One article: its text under what may be said of it, or the fact that there is none to read."""
    at = clock.now()
    found = get_object_or_404(for_public(Article.objects.all()), slug=slug)
    unit = public_article(found, at=at, reader=known(request.COOKIES.get(COOKIE)))
    if refusal := instead_of_text(request, unit, at=at):
        return refusal
    numbers = counted(at=at)
    etag = headers.etag_of(unit, request, beside=f"{numbers}")
    unchanged = get_conditional_response(request, etag=etag) if etag else None
    response = declare(unchanged, ()) if unchanged else _page(request, found, unit, numbers, at=at)
    if headers.is_a_read(request):
        readership.note(found.pk)
    return headers.for_unit(response, unit, request, at=at, beside=f"{numbers}")


def instead_of_text(request: HttpRequest, unit: PublicArticle, *, at: datetime) -> HttpResponse | None:
    """What every address of an article answers while its text may not be read; `None` where it may."""
    status = headers.status_of(unit)
    if status == HTTPStatus.NOT_FOUND:
        raise Http404
    if status == HTTPStatus.OK and unit.text:
        return None
    return headers.for_unit(_refusal(request, unit, status), unit, request, at=at)


@carries_articles
@require_safe
def search_page(request: HttpRequest) -> HttpResponse:
    query = request.GET.get("q", "").strip()
    trouble, better, found, at = "", "", [], clock.now()
    try:
        found = search(query, at=at) if query else []
        if query and not found and "exactly" not in request.GET:
            better, found = search_put_right(query, at=at)
    except ValueError as refusal:
        trouble, query = str(refusal), query[:LONGEST_QUERY]
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    results = [(unit, excerpt(unit.text.words, better or query)) for unit in page if unit.text]
    words = {"query": query, "better": better, "trouble": trouble, "longest": LONGEST_QUERY}
    context = words | {"page": page, "results": results}
    response = render(request, "articles/search.html", context, status=400 if trouble else 200)
    headers.keep_out_of_search(headers.for_list(response, page))
    return declare(response, page, form="line")


# One article


def _refusal(request: HttpRequest, unit: PublicArticle, status: HTTPStatus) -> HttpResponse:
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        return _unavailable(request)
    if status == HTTPStatus.GONE:
        return declare(render(request, "articles/gone.html", {"unit": unit}, status=410), ())
    return declare(render(request, "articles/withheld.html", {"unit": unit}), [unit])


def _page(
    request: HttpRequest, found: Article, unit: PublicArticle, numbers: dict[str, int], *, at: datetime
) -> HttpResponse:
    context = {
        "unit": unit,
        "article_html": article_html(found, unit, at=at),
        "counted": numbers,
        "address": metadata.address(unit),
        "description": metadata.description(unit),
        "card": metadata.card_address(unit),
        "card_says": in_words(unit),
        "json_ld": metadata.json_ld(unit),
    }
    return declare(render(request, "articles/article.html", context), [unit])


def article_html(found: Article, unit: PublicArticle, *, at: datetime) -> SafeString:
    """The `<article>` element, kept under everything that a reader would see change."""

    def make() -> str:
        context = {
            "unit": unit,
            "tracker": tracker(unit.standing, found),
            "references": references_with_places(unit),
            "history": () if unit.version_line else versions(found, at=at)[:SHOWN_VERSIONS],
            "readers": NAMES.items(),
            "contact_email": settings.CONTACT_EMAIL,
        }
        return render_to_string("articles/_article.html", context)

    return mark_safe(remembered(f"article:{fingerprint(unit)}:{list_version()}", make))


def references_with_places(unit: PublicArticle) -> list[tuple[dict, list[str]]]:
    """Each source with its status, and with the ids of the places on this page that cite it, for the links back."""
    text, chosen = unit.text, unit.variant
    if text is None:
        return []
    shown = [text.short_answer_html]
    shown += [text.body_html] if chosen.shows_full else []
    shown += [text.plain_html] if chosen.shows_plain else []
    places: dict[int, list[str]] = {}
    for fragment in shown:
        for number, anchors in mentions(fragment).items():
            places.setdefault(number, []).extend(anchors)
    statuses = statuses_of(text.references)
    return [
        (reference | {"status": status}, places.get(reference["number"], []))
        for reference, status in zip(text.references, statuses, strict=True)
    ]


def _unavailable(request: HttpRequest) -> HttpResponse:
    return declare(refusal(request, "503.html", status=503, retry=RETRY_SECONDS), ())


# Lists


def _list_page(
    request: HttpRequest, template: str, articles: ArticleQuerySet, *, at: datetime, **context: object
) -> HttpResponse:
    rows = list(for_public(_before(articles, request.GET.get("before")))[: PER_PAGE + 1])
    units = shown(rows[:PER_PAGE], at=at)
    context |= {
        "units": units,
        "older": place_of(rows[PER_PAGE - 1]) if len(rows) > PER_PAGE else "",
        "is_first": "before" not in request.GET,
        "counted": counted(at=at),
        "topics": _with_something_to_read(at=at),
    }
    response = headers.for_list(render(request, template, context), units)
    return declare(response, units, form="line")


def _with_something_to_read(*, at: datetime) -> QuerySet[Topic]:
    """The topics that hold a page; of each, the first that is found is enough."""
    one_of_it = Article.objects.public(at=at).filter(topic=OuterRef("pk")).order_by().values("pk")[:1]
    return Topic.objects.alias(page=Subquery(one_of_it)).exclude(page=None)


def _before(articles: ArticleQuerySet, place: str | None) -> ArticleQuerySet:
    try:
        return articles if place is None else older_than(articles, place)
    except ValueError as refusal:
        raise Http404(refusal) from None
