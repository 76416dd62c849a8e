"""What programs fetch: the feed of newest texts, the sitemap of checked ones, and the rules for robots."""

import json
from datetime import datetime

from django.conf import settings
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from articles import headers
from articles.channels import carries_articles, carries_no_article_text, declare
from articles.metadata import address, description
from articles.models import Article, Topic
from articles.public import PublicArticle, for_public, standing_of, units
from editorial import clock
from editorial.dates import in_words

ENTRIES = 30
SAID_OF_ALL = gettext_lazy("Each entry begins with who checked it and when, or with what has not been done.")
PER_SITEMAP = 1000  # articles looked at for one file of the sitemap
XML = "application/xml; charset=utf-8"


@carries_articles
@require_safe
def feed(request: HttpRequest, form: str, slug: str = "") -> HttpResponse:
    """The newest texts, of one topic or of all; every entry begins with what may be said of its text."""
    at = clock.now()
    topic = get_object_or_404(Topic, slug=slug) if slug else None
    articles = Article.objects.public(at=at)
    newest = units((articles.filter(topic=topic) if topic else articles)[:ENTRIES], at=at)
    write, kind = FORMS[form]
    name = f"{topic.name} · {settings.SITE_NAME}" if topic else settings.SITE_NAME
    response = HttpResponse(write(newest, name=name, path=request.path), content_type=f"{kind}; charset=utf-8")
    return declare(headers.for_list(response, newest), newest, form="line")


def _atom(newest: list[PublicArticle], *, name: str, path: str) -> str:
    atom = Atom1Feed(
        title=name,
        link=f"{settings.SITE_URL}/",
        description=None,
        subtitle=str(SAID_OF_ALL),
        feed_url=f"{settings.SITE_URL}{path}",
        language=get_language() or settings.LANGUAGE_CODE,
    )
    for unit in newest:
        atom.add_item(
            title=unit.marked_title,
            link=address(unit),
            description=_summary(unit),
            categories=[_("Standing: {label}").format(label=unit.standing.label), unit.topic],
            updateddate=unit.updated_at,
        )
    return atom.writeString("utf-8")


def _json(newest: list[PublicArticle], *, name: str, path: str) -> str:
    """JSON Feed 1.1; `standing` is our own, so that a program finds in the item itself what may be said of it."""
    items = [
        {
            "id": address(unit),
            "url": address(unit),
            "title": unit.marked_title,
            "content_text": _summary(unit),
            "date_modified": unit.updated_at.isoformat() if unit.updated_at else None,
            "tags": [unit.topic],
            "standing": {
                "state": unit.standing.state,
                "label": unit.label,
                "says": unit.standing_line,
                "notices": [
                    {"kind": o.kind, "at": o.at.isoformat(), "text": o.text, "details": dict(o.details)}
                    for o in unit.standing.overlays
                ],
            },
        }
        for unit in newest
    ]
    top = {"version": "https://jsonfeed.org/version/1.1", "title": name, "description": f"{SAID_OF_ALL}"}
    top["language"] = get_language() or settings.LANGUAGE_CODE
    places = {"home_page_url": f"{settings.SITE_URL}/", "feed_url": f"{settings.SITE_URL}{path}"}
    return json.dumps(top | places | {"items": items}, ensure_ascii=False)


def _summary(unit: PublicArticle) -> str:
    """What may be said of the text, the text in short, and what was said after the fact."""
    notices = (
        " ".join([f"{o.kind.label}, {in_words(o.at)}: {o.text}", *(f"{label}: {said}" for label, said in o.details)])
        for o in unit.standing.overlays
    )
    return "\n".join([description(unit), *notices])


FORMS = {"atom": (_atom, "application/atom+xml"), "json": (_json, "application/feed+json")}


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
