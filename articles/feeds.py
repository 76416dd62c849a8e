"""What programs fetch: the feed of newest texts, the sitemap of checked ones, and the rules for robots."""

from datetime import datetime

from django.conf import settings
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.http import require_safe

from articles import headers
from articles.channels import carries_articles, carries_no_article_text, declare
from articles.metadata import address, description
from articles.models import Article
from articles.public import for_public, standing_of, units
from editorial import clock

ENTRIES = 30
PER_SITEMAP = 1000  # articles looked at for one file of the sitemap
XML = "application/xml; charset=utf-8"


@carries_articles
@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """The newest texts; every entry's title and summary begin with what may be said of its text."""
    at = clock.now()
    newest = units(Article.objects.public(at=at)[:ENTRIES], at=at)
    atom = Atom1Feed(
        title=settings.SITE_NAME,
        link=f"{settings.SITE_URL}/",
        description=None,
        subtitle="Each entry begins with who checked it and when, or with what has not been done.",
        feed_url=f"{settings.SITE_URL}{reverse('feed')}",
        language="en",
    )
    for unit in newest:
        atom.add_item(
            title=unit.marked_title,
            link=address(unit),
            description=description(unit),
            categories=[f"Standing: {unit.standing.label}", unit.topic],
            updateddate=unit.updated_at,
        )
    response = HttpResponse(atom.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")
    return declare(headers.for_list(response, newest), newest, form="line")


@carries_no_article_text
@require_safe
def sitemap(request: HttpRequest, part: int | None = None) -> HttpResponse:
    """Addresses of texts that a valid check stands behind; in several files once there are many articles."""
    parts = (Article.objects.aggregate(last=Max("pk"))["last"] or 0) // PER_SITEMAP + 1
    if part is not None and part >= parts:
        raise Http404
    if part is None and parts > 1:
        files = [f"{settings.SITE_URL}{reverse('sitemap-part', args=[n])}" for n in range(parts)]
        return render(request, "articles/sitemaps.xml", {"files": files}, content_type=XML)
    return render(request, "articles/sitemap.xml", {"pages": _pages(part or 0, at=clock.now())}, content_type=XML)


@carries_no_article_text
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Unchecked pages stay open to robots on purpose: they must be able to read that they may not index them."""
    lines = [
        "User-agent: *",
        f"Disallow: {reverse('admin:index')}",
        f"Sitemap: {settings.SITE_URL}{reverse('sitemap')}",
    ]
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")


def _pages(part: int, *, at: datetime) -> list[tuple[str, datetime | None]]:
    within = Article.objects.public(at=at).filter(pk__gte=part * PER_SITEMAP, pk__lt=(part + 1) * PER_SITEMAP)
    return [
        (f"{settings.SITE_URL}{article.get_absolute_url()}", article.updated_at)
        for article in for_public(within).order_by("pk").iterator(chunk_size=100)
        if (told := standing_of(article, at=at)).is_indexable and told.shown
    ]
