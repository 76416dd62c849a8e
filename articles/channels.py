"""How a view says what article text its answer carries, so that a guard outside can hold it to that."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, Literal

from django.http import HttpResponse

from articles.public import PublicArticle

View = Callable[..., Any]


def carries_articles(view: View) -> View:
    """Mark a public view whose answers hold article text; each answer must be passed to `declare`."""
    return _marked(view, carries="articles")


def carries_no_article_text(view: View) -> View:
    """Mark a public view none of whose answers ever holds a word of an article."""

    @wraps(view)
    def declared(*args: Any, **kwargs: Any) -> HttpResponse:
        return declare(view(*args, **kwargs), ())

    return _marked(declared, carries="nothing")


def declare(
    response: HttpResponse,
    units: Iterable[PublicArticle],
    *,
    form: Literal["full", "line"] = "full",
    together: bool = False,
) -> HttpResponse:
    """Say which units are in this answer.

    `cautions_owed` then holds, once for each unit that needs one, the words that a reader of the body must find; units
    that stand `together` in one piece of it, as two versions side by side do, need the same words only once.
    """
    cautions = [unit.caution for unit in units if unit.caution]
    owed = tuple(c.text if form == "full" else c.line for c in cautions)
    response.cautions_owed = tuple(dict.fromkeys(owed)) if together else owed  # type: ignore[attr-defined]
    response.declares_units = True  # type: ignore[attr-defined]
    return response


def _marked(view: View, *, carries: str) -> View:
    @wraps(view)
    def marked(*args: Any, **kwargs: Any) -> HttpResponse:
        response = view(*args, **kwargs)
        response.is_public_channel = True
        return response

    marked.is_public_channel = True  # type: ignore[attr-defined]
    marked.carries = carries  # type: ignore[attr-defined]
    return marked
