"""The JSON that programs read: the same units as the pages, each with its standing inside."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe
from ninja import NinjaAPI, Query, Schema
from ninja.decorators import decorate_view
from ninja.errors import HttpError, ValidationError
from pydantic import BaseModel, ConfigDict, Field

from articles import headers
from articles.channels import carries_articles, carries_no_article_text, declare
from articles.metadata import address
from articles.models import Article, Topic
from articles.paging import LONGEST_PLACE, older_than, place_of
from articles.public import PublicArticle, for_public, public_article, shown
from articles.search import LONGEST_QUERY, search
from editorial import clock
from editorial.numbers import whole

log = logging.getLogger(__name__)
View = Callable[..., HttpResponse]

MOST_ITEMS = 50
RETRY_SECONDS = 300
WRITING = ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]

api = NinjaAPI(
    title="Articles",
    version="1",
    description="Every article object says in `standing` who checked exactly this text, or what has not been done.",
    urls_namespace="api",
    docs_url=None,  # its page would be fetched from somebody else's server
    docs_decorator=lambda view: carries_no_article_text(require_safe(view)),
)


# What is said


class Said(BaseModel):
    """No field beyond those named here, and none of them can be left out."""

    model_config = ConfigDict(extra="forbid")


class Checker(Said):
    name: str
    profession: str
    decided_at: datetime


class Typing(Said):
    """A correction of the typing since the text was read."""

    at: datetime
    reason: str
    proposed_by: str
    signed_by: str


class Detail(Said):
    label: str
    words: str


class Dissent(Said):
    """A member of the board disagreed; the words are theirs."""

    name: str
    profession: str
    words: str
    decided_on: date


class Overlay(Said):
    """A notice that lies over the text without taking it down; `details` is what its kind has to say, in order."""

    kind: str
    text: str
    at: datetime
    details: list[Detail]


class Standing(Said):
    """What readers are told. `caution` is null only where a valid check stands behind every sentence, or no text is."""

    state: str
    label: str
    caution: str | None
    caution_line: str | None
    checked_by: list[Checker]
    checked_at: datetime | None
    check_due: datetime | None
    released_by: str
    overlays: list[Overlay]
    newer_is_pending: bool
    dissents: list[Dissent]
    typing_corrected: list[Typing]
    read_revision: int | None = Field(description="The revision that was read, where only typing was corrected since.")


class Ai(Said):
    line: str
    disclosure: str


class Dates(Said):
    """Three dates, never mixed: any change; the check; when the next check is due."""

    updated: datetime | None
    checked: datetime | None
    check_due: datetime | None


class Item(Said):
    """One article of a list; its fields of text are null where only the fact of the page may be told."""

    slug: str
    url: str
    title: str
    topic: str
    standing: Standing
    ai: Ai
    dates: Dates
    audience: str | None
    language: str | None
    authors: list[str]
    translators: list[str]
    short_answer: str | None
    revision: int | None
    digest: str | None


class Link(Said):
    label: str
    url: str


class Source(Said):
    """`number` is null for a source that no sentence cites."""

    number: int | None
    key: str
    type: str
    type_label: str
    printed: str
    links: list[Link]


class Search(Said):
    """Where the authors looked, for what and when, before they wrote that something is not known."""

    where: str
    terms: str
    date: str
    hits: int
    note: str


class Whole(Item):
    body_html: str | None
    plain_html: str | None
    references: list[Source]
    searches: list[Search]
    disclaimer: str | None
    withheld_because: str


class Page(Said):
    items: list[Item]
    next: str | None = Field(description="Address of the next page; null on the last.")


class Refusal(Said):
    detail: str


class Gone(Refusal):
    """Was public once; there is no text any more."""

    slug: str
    url: str
    standing: Standing


# What can be asked

Words = Annotated[str, Field(min_length=1, max_length=LONGEST_QUERY, pattern=r"^[^\x00]+$")]
Slug = Annotated[str, Field(max_length=80, pattern=r"^[-a-zA-Z0-9_]+$")]
Place = Annotated[str, Field(max_length=LONGEST_PLACE, pattern=r"^[0-9]+(-[0-9]+)?$")]


class Asked(Schema):
    q: Words | None = Field(None, description="Words to search for; the best match comes first.")
    topic: Slug | None = Field(None, description="The slug of a topic.")
    cursor: Place | None = Field(None, description="From `next` of the page before.")
    limit: int = Field(20, ge=1, le=MOST_ITEMS)


MUST_BE = {
    "q": f"has to be 1 to {LONGEST_QUERY} characters",
    "topic": "has to be the slug of a topic of this site",
    "cursor": "has to be copied from “next” of the page before",
    "limit": f"has to be a whole number from 1 to {MOST_ITEMS}",
}


def reads(path: str, *, name: str, answers: dict[int, Any]) -> Callable[[View], View]:
    """Register a view for reading at `path`; writing there is refused in a sentence."""

    def register(view: View) -> View:
        view = decorate_view(carries_articles)(view)
        api.get(path, url_name=name, response=answers | {405: Refusal, 422: Refusal, 503: Refusal})(view)
        api.api_operation(["HEAD"], path, include_in_schema=False)(view)
        return view

    return register


@reads("/articles/", name="articles", answers={200: Page})
def articles(request: HttpRequest, asked: Query[Asked]) -> HttpResponse:
    """All that may be read, newest first; or what a search finds, best first."""
    _refuse_unknown(request, Asked.model_fields)
    if asked.topic and not Topic.objects.filter(slug=asked.topic).exists():
        raise _unfit("topic")
    units, cursor = (_found if asked.q else _newest)(asked, at=clock.now())
    page = Page(items=[_item(unit) for unit in units], next=_next(asked, cursor) if cursor else None)
    return declare(headers.for_list(_json(request, page), units), units)


@reads("/articles/{slug:slug}/", name="article", answers={200: Whole, 304: None, 404: Refusal, 410: Gone})
def article(request: HttpRequest, slug: str) -> HttpResponse:
    """One article: its text under what may be said of it, or the fact that there is none to read."""
    _refuse_unknown(request, ())
    at = clock.now()
    found = for_public(Article.objects.filter(slug=slug)).first()
    unit = public_article(found, at=at) if found else None
    if unit is None or headers.status_of(unit) == HTTPStatus.NOT_FOUND:
        raise Http404
    return headers.keep_out_of_search(headers.for_unit(_answer(request, unit), unit, request, at=at))


@api.api_operation(WRITING, "/articles/", include_in_schema=False)
@decorate_view(carries_articles)
def only_reading(request: HttpRequest) -> HttpResponse:
    response = _refused(request, "Articles can only be read here, with GET or HEAD.", status=405)
    response["Allow"] = "GET, HEAD"
    return response


@api.api_operation(WRITING, "/articles/{slug:slug}/", include_in_schema=False)
@decorate_view(carries_articles)
def only_reading_one(request: HttpRequest, slug: str) -> HttpResponse:
    return only_reading(request)


def _answer(request: HttpRequest, unit: PublicArticle) -> HttpResponse:
    match headers.status_of(unit):
        case HTTPStatus.SERVICE_UNAVAILABLE:
            return _unavailable(request, "This article is being looked at and is not available just now.")
        case HTTPStatus.GONE:
            return declare(_json(request, _gone(unit), status=410), ())
    etag = headers.etag_of(unit, request)
    unchanged = get_conditional_response(request, etag=etag) if etag else None
    return declare(unchanged, ()) if unchanged else declare(_json(request, _whole(unit)), [unit])


def _newest(asked: Asked, *, at: datetime) -> tuple[list[PublicArticle], str]:
    readable = Article.objects.public(at=at)
    if asked.topic:
        readable = readable.filter(topic__slug=asked.topic)
    try:
        readable = older_than(readable, asked.cursor) if asked.cursor else readable
    except ValueError:
        raise _unfit("cursor") from None
    rows = list(for_public(readable)[: asked.limit + 1])
    return shown(rows[: asked.limit], at=at), place_of(rows[asked.limit - 1]) if len(rows) > asked.limit else ""


def _found(asked: Asked, *, at: datetime) -> tuple[list[PublicArticle], str]:
    found = [unit for unit in search(asked.q or "", at=at) if asked.topic in (None, unit.topic_slug)]
    start = whole(asked.cursor or "0")
    if start is None:
        raise _unfit("cursor")
    end = start + asked.limit
    return found[start:end], str(end) if len(found) > end else ""


def _next(asked: Asked, cursor: str) -> str:
    query = urlencode(asked.model_dump(exclude_none=True) | {"cursor": cursor})
    return f"{settings.SITE_URL}{reverse('api:articles')}?{query}"


def _refuse_unknown(request: HttpRequest, known: Iterable[str]) -> None:
    """What is not understood is not passed over: somebody who asks for `fields=` must not believe it was heeded."""
    if unknown := sorted(request.GET.keys() - set(known)):
        raise HttpError(422, f"“{unknown[0][:40]}” means nothing here. Known are: {', '.join(known) or 'none'}.")
    if repeated := [name for name, values in request.GET.lists() if len(values) > 1]:
        raise HttpError(422, f"“{repeated[0]}” was given more than once. Give it once.")


# What is answered


def _item(unit: PublicArticle) -> Item:
    return Item(**_shared(unit))


def _whole(unit: PublicArticle) -> Whole:
    text = unit.text
    return Whole(
        **_shared(unit),
        body_html=text.body_html if text else None,
        plain_html=text.plain_html or None if text else None,
        references=[_source(reference) for reference in text.references] if text else [],
        searches=[Search(**search) for search in text.searches] if text else [],
        disclaimer=text.disclaimer if text else None,
        withheld_because=unit.withheld_because,
    )


def _gone(unit: PublicArticle) -> Gone:
    return Gone(
        detail=f"{unit.standing.label}: this text is no longer published.",
        slug=unit.slug,
        url=address(unit),
        standing=_standing(unit),
    )


def _shared(unit: PublicArticle) -> dict[str, Any]:
    text, told = unit.text, unit.standing
    return {
        "slug": unit.slug,
        "url": address(unit),
        "title": unit.title,
        "topic": unit.topic,
        "standing": _standing(unit),
        "ai": Ai(line=unit.ai_line, disclosure=unit.ai_disclosure),
        "dates": Dates(updated=unit.updated_at, checked=told.checked_at, check_due=told.check_due),
        "audience": text.audience if text else None,
        "language": text.language if text else None,
        "authors": list(text.authors) if text else [],
        "translators": list(text.translators) if text else [],
        "short_answer": text.short_answer_words if text else None,
        "revision": text.number if text else None,
        "digest": text.digest if text else None,
    }


def _standing(unit: PublicArticle) -> Standing:
    told = unit.standing
    warned = None if told.is_gone else unit.caution
    return Standing(
        state=told.state.value,
        label=told.label,
        caution=warned.text if warned else None,
        caution_line=warned.line if warned else None,
        checked_by=[
            Checker(name=c.name, profession=c.profession, decided_at=datetime.fromisoformat(c.decided_at))
            for c in told.checked_by
        ],
        checked_at=told.checked_at,
        check_due=told.check_due,
        released_by=told.released_by,
        overlays=[_overlay(overlay) for overlay in told.overlays],
        newer_is_pending=told.newer_is_pending,
        dissents=[Dissent(**asdict(dissent)) for dissent in told.dissents],
        typing_corrected=[Typing(**asdict(correction)) for correction in told.typing],
        read_revision=told.read_number,
    )


def _overlay(overlay: Any) -> Overlay:
    details = [Detail(label=label, words=words) for label, words in overlay.details]
    return Overlay(kind=overlay.kind.value, text=overlay.text, at=overlay.at, details=details)


def _source(reference: dict[str, Any]) -> Source:
    kept = {name: reference[name] for name in ("number", "key", "type", "type_label", "printed")}
    return Source(**kept, links=[Link(label=label, url=url) for label, url in reference["links"]])


def _json(request: HttpRequest, body: Said, *, status: int = 200) -> HttpResponse:
    return headers.keep_out_of_search(api.create_response(request, body.model_dump(), status=status))


# What is refused


def _refused(request: HttpRequest, sentence: str, *, status: int) -> HttpResponse:
    response = _json(request, Refusal(detail=sentence), status=status)
    response["Cache-Control"] = "no-store"
    return declare(response, ())


def _unavailable(request: HttpRequest, sentence: str) -> HttpResponse:
    response = _refused(request, f"{sentence} Try again in a while.", status=503)
    response["Retry-After"] = str(RETRY_SECONDS)
    return response


def _unfit(name: str) -> HttpError:
    return HttpError(422, f"“{name}” {MUST_BE[name]}.")


@api.exception_handler(HttpError)
def _say(request: HttpRequest, refusal: HttpError) -> HttpResponse:
    return _refused(request, refusal.message, status=refusal.status_code)


@api.exception_handler(ValidationError)
def _say_what_it_must_be(request: HttpRequest, refusal: ValidationError) -> HttpResponse:
    return _say(request, _unfit(refusal.errors[0]["loc"][-1]))


@api.exception_handler(Http404)
def _say_that_there_is_none(request: HttpRequest, _: Http404) -> HttpResponse:
    every = f"{settings.SITE_URL}{reverse('api:articles')}"
    return _refused(request, f"There is no article to read at this address. Those there are: {every}", status=404)


@api.exception_handler(Exception)
def _say_nothing(request: HttpRequest, trouble: Exception) -> HttpResponse:
    """What cannot be proven is not served."""
    log.error("%s could not be served", request.path, exc_info=trouble)
    return _unavailable(request, "This cannot be answered just now.")
