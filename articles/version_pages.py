"""The permanent address of each version, the history of changes, and two versions side by side."""

import json
from datetime import datetime
from itertools import pairwise

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from articles import headers, metadata
from articles.channels import carries_articles, declare
from articles.models import Article
from articles.past_versions import PER_PAGE, Version, picked, version, versions
from articles.public import PublicArticle, for_public, public_article
from articles.version_receipts import as_json, receipt_of, records_of
from articles.versions import changes, for_readers
from articles.views import article_html, instead_of_text
from editorial import clock
from editorial.numbers import whole_or_404

LARGEST_NUMBER = 1_000_000


@carries_articles
@require_safe
def version_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Every text that was public as checked, newest first: why it changed, who checked it, whether it stands."""
    at = clock.now()
    found, unit = _found(slug, at=at)
    if refusal := instead_of_text(request, unit, at=at):
        return refusal
    before = request.GET.get("before")
    rows = versions(found, at=at, before=None if before is None else whole_or_404(before, digits=6))
    context = {
        "unit": unit,
        "versions": _with_the_one_before(rows)[:PER_PAGE],
        "older": rows[PER_PAGE - 1].number if len(rows) > PER_PAGE else "",
        "is_first": "before" not in request.GET,
        "address": metadata.address(unit),
    }
    response = render(request, "articles/versions.html", context)
    headers.keep_out_of_search(headers.for_list(response, [unit]))
    return declare(response, [unit])


@carries_articles
@require_safe
def one_version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The full text of one version under what may be said of it today."""
    at = clock.now()
    found, unit = _found(slug, at=at)
    if refusal := instead_of_text(request, unit, at=at):
        return refusal
    this = version_or_404(found, number, at=at)
    if this.unit is None:
        return taken_back(request, found, this)
    response = _unchanged(request, this.unit) or _version_page(request, found, this, this.unit, unit, at=at)
    return headers.keep_out_of_search(headers.for_unit(response, this.unit, request, at=at))


@carries_articles
@require_safe
def receipt(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The proof of one version, for machines: the digest, the text it is made of, who approved it."""
    at = clock.now()
    found, unit = _found(slug, at=at)
    if refusal := instead_of_text(request, unit, at=at):
        return refusal
    this = version_or_404(found, number, at=at)
    if this.unit is None:
        return taken_back(request, found, this)
    body = as_json(receipt_of(found, this, this.unit))
    response = HttpResponse(body, content_type="application/json; charset=utf-8")
    headers.keep_out_of_search(headers.for_list(response, [this.unit]))
    return declare(response, [this.unit])


@carries_articles
@require_safe
def comparison(request: HttpRequest, slug: str, older: int, newer: int) -> HttpResponse:
    """What a reader of the one version would find different in the other."""
    at = clock.now()
    found, unit = _found(slug, at=at)
    if refusal := instead_of_text(request, unit, at=at):
        return refusal
    both = {each.number: each for each in picked(found, _numbers(older, newer), at=at)}
    if older >= newer or len(both) < 2:
        raise Http404
    before, after = both[older], both[newer]
    if before.unit is None or after.unit is None:
        return taken_back(request, found, before if before.unit is None else after)
    context = {
        "unit": before.unit,
        "before": before,
        "after": after,
        "changes": _changes(before.unit, after.unit),
        "address": metadata.address(unit),
    }
    response = render(request, "articles/comparison.html", context)
    both_units = [before.unit, after.unit]
    headers.keep_out_of_search(headers.for_list(response, both_units))
    return declare(response, both_units, together=True)


def _found(slug: str, *, at: datetime) -> tuple[Article, PublicArticle]:
    found = get_object_or_404(for_public(Article.objects.all()), slug=slug)
    return found, public_article(found, at=at)


def version_or_404(article: Article, number: int, *, at: datetime) -> Version:
    """A version that is or was public."""
    this = version(article, number, at=at) if number < LARGEST_NUMBER else None
    if this is None:
        raise Http404
    return this


def taken_back(request: HttpRequest, article: Article, this: Version) -> HttpResponse:
    """Gone for good, as the address of a withdrawn article is."""
    response = render(request, "articles/version_gone.html", {"article": article, "version": this}, status=410)
    response["Cache-Control"] = "no-store"
    return declare(headers.keep_out_of_search(response), ())


def _unchanged(request: HttpRequest, unit: PublicArticle) -> HttpResponse | None:
    etag = headers.etag_of(unit, request)
    unchanged = get_conditional_response(request, etag=etag) if etag else None
    return declare(unchanged, ()) if unchanged else None


def _version_page(
    request: HttpRequest, article: Article, this: Version, unit: PublicArticle, now: PublicArticle, *, at: datetime
) -> HttpResponse:
    context = {
        "unit": unit,
        "version": this,
        "now": now,
        "article_html": article_html(article, unit, at=at),
        "records": records_of(article, this),
        "address": metadata.address(now),
    }
    return declare(render(request, "articles/version.html", context), [unit])


def _changes(before: PublicArticle, after: PublicArticle) -> list:
    """Through the door: what is compared is the text of two units, and both cautions stand above it."""
    texts = [json.loads(unit.text.canonical) for unit in (before, after) if unit.text]
    return changes(*map(for_readers, texts))


def _with_the_one_before(rows: list[Version]) -> list[tuple[Version, int | None]]:
    """Each with the next older one that can be read, to be compared with."""
    readable = [each.number for each in rows if each.unit]
    before = dict(pairwise(readable))
    return [(each, before.get(each.number)) for each in rows]


def _numbers(*given: int) -> list[int]:
    return [number for number in given if number < LARGEST_NUMBER]
