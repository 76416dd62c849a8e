"""What a reader takes along: the page as a PDF, a citation or a picture, each under what may be said of its text."""

import hashlib
from datetime import datetime

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from articles import headers, metadata, printing
from articles.channels import carries_articles, declare
from articles.citing import as_text, record_of, standing_for_citations
from articles.exporters import FORMATS
from articles.models import Article
from articles.past_versions import versions
from articles.public import PublicArticle, for_public, public_article
from articles.remembering import fingerprint, remembered_bytes
from articles.share_cards import card
from articles.source_status import list_version
from articles.version_pages import taken_back, version_or_404
from articles.views import instead_of_text, references_with_places
from editorial import clock

SHOWN_VERSIONS = 12
RETRY_SECONDS = 60


@carries_articles
@require_safe
def pdf_of_article(request: HttpRequest, slug: str) -> HttpResponse:
    """The whole text, for every reader the same."""
    at = clock.now()
    found = get_object_or_404(for_public(Article.objects.all()), slug=slug)
    unit = public_article(found, at=at)
    return instead_of_text(request, unit, at=at) or _pdf(request, found, unit, at=at)


@carries_articles
@require_safe
def pdf_of_version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    at = clock.now()
    found = get_object_or_404(for_public(Article.objects.all()), slug=slug)
    if refusal := instead_of_text(request, public_article(found, at=at), at=at):
        return refusal
    this = version_or_404(found, number, at=at)
    return _pdf(request, found, this.unit, at=at) if this.unit else taken_back(request, found, this)


@carries_articles
@require_safe
def citation(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """The page itself as a source, with its standing and the day of its check in a note."""
    at = clock.now()
    unit = public_article(get_object_or_404(for_public(Article.objects.all()), slug=slug), at=at)
    if refusal := instead_of_text(request, unit, at=at):
        return refusal
    response = _citation(unit, form, at=at)
    headers.keep_out_of_search(headers.for_list(response, [unit]))
    return declare(response, [unit])


def _citation(unit: PublicArticle, form: str, *, at: datetime) -> HttpResponse:
    if form == "txt":
        return HttpResponse(as_text(unit, at=at), content_type="text/plain; charset=utf-8")
    if form not in FORMATS:
        raise Http404
    write, kind = FORMATS[form]
    body = write([record_of(unit, at=at)], standing=standing_for_citations(unit, at=at))
    response = HttpResponse(body, content_type=f"{kind}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{unit.slug[:80]}-cite.{form}"'
    return response


@carries_articles
@require_safe
def share_card(request: HttpRequest, slug: str) -> HttpResponse:
    """For places that show a picture beside a shared address."""
    at = clock.now()
    unit = public_article(get_object_or_404(for_public(Article.objects.all()), slug=slug), at=at)
    if refusal := instead_of_text(request, unit, at=at):
        return refusal
    named = hashlib.sha256(f"{settings.SITE_NAME}{fingerprint(unit)}".encode()).hexdigest()
    made = remembered_bytes(f"card:{named}", lambda: card(unit))
    response = HttpResponse(made, content_type="image/png")
    return declare(headers.keep_out_of_search(headers.for_unit(response, unit, request, at=at)), [unit], form="line")


def _pdf(request: HttpRequest, found: Article, unit: PublicArticle, *, at: datetime) -> HttpResponse:
    etag = headers.etag_of(unit, request)
    if unchanged := get_conditional_response(request, etag=etag) if etag else None:
        return headers.keep_out_of_search(headers.for_unit(declare(unchanged, ()), unit, request, at=at))
    try:
        made = _kept(found, unit, at=at)
    except printing.NotAvailable:
        return _none_here(request, unit, status=404)
    except printing.TooLong:
        return _none_here(request, unit, status=503)
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{_file_name(unit)}"'
    return declare(headers.keep_out_of_search(headers.for_unit(response, unit, request, at=at)), [unit])


def _kept(found: Article, unit: PublicArticle, *, at: datetime) -> bytes:
    """Kept under everything that is printed on it: text, standing, words of the caution, sources, site and day."""
    site = (settings.SITE_URL, settings.SITE_NAME, list_version(), f"{at:%Y-%m-%d}", unit.url)
    named = hashlib.sha256("\n".join([fingerprint(unit), *site]).encode()).hexdigest()
    return remembered_bytes(f"pdf:{named}", lambda: printing.pdf_of(_printed(found, unit, at=at)))


def _printed(found: Article, unit: PublicArticle, *, at: datetime) -> str:
    text = unit.text
    verify = f"{settings.SITE_URL}{reverse('verify')}"
    context = {
        "unit": unit,
        "site_name": settings.SITE_NAME,
        "printed_on": at,
        "address": metadata.address(unit),
        "references": references_with_places(unit),
        "versions": versions(found, at=at)[:SHOWN_VERSIONS],
        "verify": f"{verify}?q={text.digest if text else ''}",
        "verify_words": verify,
    }
    return render_to_string("articles/pdf.html", context)


def _file_name(unit: PublicArticle) -> str:
    """Says the standing too: a file is found again by its name."""
    version = f"-version-{unit.text.number}" if unit.text else ""
    return f"{unit.slug[:80]}{version}-{unit.standing.state.value.replace('_', '-')}.pdf"


def _none_here(request: HttpRequest, unit: PublicArticle, *, status: int) -> HttpResponse:
    response = render(request, "articles/no_pdf.html", {"slug": unit.slug, "is_missing": status == 404}, status=status)
    response["Cache-Control"] = "no-store"
    if status == 503:
        response["Retry-After"] = str(RETRY_SECONDS)
    return declare(headers.keep_out_of_search(response), ())
