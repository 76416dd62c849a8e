"""XHTML tables as Markdown tables, spans laid out so that no value changes its column."""

from collections.abc import Callable

from lxml import etree

MAX_COLUMNS = 60
MAX_CELLS = 20_000


class TableTooLarge(ValueError):
    """More columns or cells than a page can show."""


def as_markdown(table: etree._Element, *, cell: Callable[[etree._Element], str]) -> str:
    """The rows of `table`, the first as the heading.

    Raises:
        TableTooLarge: over `MAX_COLUMNS` or `MAX_CELLS`.
    """
    rows = _grid(table, cell)
    width = max(map(len, rows), default=0)
    if width * len(rows) > MAX_CELLS:
        raise TableTooLarge
    if not width:
        return ""
    lines = ["| " + " | ".join([*row, *[""] * (width - len(row))]) + " |" for row in rows]
    return "\n".join([lines[0], "|" + " --- |" * width, *lines[1:]])


def _grid(table: etree._Element, cell: Callable[[etree._Element], str]) -> list[list[str]]:
    rows: list[list[str]] = []
    hanging: dict[int, int] = {}
    for element in table.iter("tr"):
        row: list[str] = []
        for entry in element.iterchildren("td", "th"):
            _skip_hanging(row, hanging)
            text, down = cell(entry).replace("|", "\\|"), _span(entry, "rowspan")
            if len(row) > MAX_COLUMNS:
                raise TableTooLarge
            for column in range(_span(entry, "colspan")):
                hanging[len(row)] = down
                row.append("" if column else text)
        _skip_hanging(row, hanging)
        hanging = {column: left - 1 for column, left in hanging.items() if left > 1}
        rows.append(row)
    return rows


def _skip_hanging(row: list[str], hanging: dict[int, int]) -> None:
    """Leave the places free that a cell further up reaches down into."""
    while hanging.get(len(row), 0) > 0:
        row.append("")


def _span(entry: etree._Element, name: str) -> int:
    span = entry.get(name, "1")
    return min(max(int(span), 1), MAX_COLUMNS) if span.isascii() and span.isdigit() and len(span) < 6 else 1
