"""Places in an order of articles, so that pages neither repeat nor skip and the last costs what the first does."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Q

from articles.models import Article
from articles.querysets import ArticleQuerySet
from editorial.numbers import whole

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Page:
    """Some rows in their order, and the places where the pages before and after them begin."""

    articles: list[Article]
    earlier: str = ""
    later: str = ""


@dataclass(frozen=True)
class Order:
    """Columns that say together what comes before what; none is ever empty, and the last is the key."""

    columns: tuple[str, ...]

    def page(self, among: ArticleQuerySet, *, size: int, after: str = "", before: str = "") -> Page:
        """The rows after a place, or before it; a place that no page ever gave out counts as not asked."""
        if start := self._read(before):
            rows = list(reversed(self._next(among, start, size, backwards=True)))
            more = len(rows) > size
            return self._page(rows[1:] if more else rows, earlier=more, later=bool(rows))
        start = self._read(after)
        rows = self._next(among, start, size)
        return self._page(rows[:size], earlier=bool(start), later=len(rows) > size)

    def _next(self, among: ArticleQuerySet, start: list[Any], size: int, *, backwards: bool = False) -> list[Article]:
        """One more than fits, which tells whether there is a page after this one."""
        order = [_turned(column) for column in self.columns] if backwards else self.columns
        beyond = among.filter(self._beyond(start, backwards=backwards)) if start else among
        return list(beyond.order_by(*order)[: size + 1])

    def _beyond(self, start: list[Any], *, backwards: bool) -> Q:
        """Strictly past this place. The first column stands alone too: there an index can begin."""
        found, same, begin = Q(), Q(), Q()
        for column, value in zip(self.columns, start, strict=True):
            name, goes_down = column.lstrip("-"), column.startswith("-") != backwards
            found |= same & Q(**{f"{name}__{'lt' if goes_down else 'gt'}": value})
            begin = begin or Q(**{f"{name}__{'lte' if goes_down else 'gte'}": value})
            same &= Q(**{name: value})
        return begin & found

    def _page(self, rows: list[Article], *, earlier: bool, later: bool) -> Page:
        if not rows:
            return Page([])
        return Page(rows, self._place(rows[0]) if earlier else "", self._place(rows[-1]) if later else "")

    def _place(self, article: Article) -> str:
        values = (getattr(article, column.lstrip("-")) for column in self.columns)
        return ".".join(str(_number(value)) for value in values)

    def _read(self, place: str) -> list[Any]:
        numbers = [whole(part) for part in place.split(".")]
        read = [number for number in numbers if number is not None]
        if not len(read) == len(numbers) == len(self.columns):
            return []
        try:
            return [_value(column, number) for column, number in zip(self.columns, read, strict=True)]
        except OverflowError:
            return []


def _turned(column: str) -> str:
    return column[1:] if column.startswith("-") else f"-{column}"


def _number(value: Any) -> int:
    return (value - EPOCH) // MOMENT if isinstance(value, datetime) else value


def _value(column: str, number: int) -> Any:
    return EPOCH + number * MOMENT if column.endswith("_at") else number
