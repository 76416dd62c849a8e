"""Reference lists as files, each record with what may be said of the text it was taken from."""

from collections.abc import Iterable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from articles import headers, metadata
from articles.channels import carries_articles, declare
from articles.desk_views import SignedIn, author_page, mine
from articles.exporters import FORMATS
from articles.models import Article
from articles.public import for_public, public_article
from articles.views import instead_of_text
from editorial import clock

OF_A_DRAFT = "From the working text of “{title}”, which no health professional has checked in this form."


@carries_articles
@require_safe
def references_of_article(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """The sources of the text that readers are shown, under the same caution or the same names."""
    at = clock.now()
    unit = public_article(get_object_or_404(for_public(Article.objects.all()), slug=slug), at=at)
    if refusal := instead_of_text(request, unit, at=at):
        return refusal
    if unit.text is None or not unit.text.references:
        raise Http404
    said = unit.caution.text if unit.caution else unit.standing_line
    source = _("From “{title}”, {address}.").format(title=unit.title, address=metadata.address(unit))
    standing = f"{source} {said}"
    response = _file(unit.text.references, slug, form, standing=standing)
    headers.keep_out_of_search(headers.for_list(response, [unit]))
    return declare(response, [unit])


@author_page
@require_safe
def references_of_draft(request: SignedIn, slug: str, form: str) -> HttpResponse:
    article = mine(request, slug)
    records = [reference.as_record() for reference in article.references.all()]
    return _file(records, slug, form, standing=OF_A_DRAFT.format(title=article.title))


def _file(references: Iterable[Any], slug: str, form: str, *, standing: str) -> HttpResponse:
    if form not in FORMATS:
        raise Http404
    write, kind = FORMATS[form]
    response = HttpResponse(write(references, standing=standing), content_type=f"{kind}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{slug}.{form}"'
    return response
