"""The loose numbers an imported text cites by: where each stands, what each could mean, and the text with keys."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from articles.citations import KEY
from articles.integrity.draft import PROSE, Citation, Draft

NO_SOURCE = "-"  # the list does not hold it: it becomes a citation that leads nowhere, until it is mended
LEAVE = "="  # it is no citation: the words stay as they are
LONGEST_EXCERPT = 250
MOST_PLACES = 20

Choices = Mapping[int, str]


@dataclass(frozen=True)
class Place:
    """The sentence a number stands in, in three pieces: before the mark, the mark, and after it."""

    field: str
    before: str
    mark: str
    after: str


@dataclass(frozen=True)
class LooseNumber:
    """One number, how often the text cites by it, and the first places."""

    number: int
    count: int
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Reading:
    """One way to read all the numbers; a number that is missing from `sources` would have no source."""

    name: str
    label: str
    sources: dict[int, str]


def loose_numbers(draft: Draft) -> tuple[LooseNumber, ...]:
    """Each distinct number with the sentences it stands in, in ascending order."""
    marks: dict[int, list[Citation]] = defaultdict(list)
    for mark in _marks(draft):
        for number in mark.numbers:
            marks[number].append(mark)
    return tuple(
        LooseNumber(number, len(marks[number]), tuple(_place(draft, mark) for mark in marks[number][:MOST_PLACES]))
        for number in sorted(marks)
    )


def _marks(draft: Draft) -> Iterable[Citation]:
    return (mark for mark in draft.citations if mark.numbers)


def _place(draft: Draft, mark: Citation) -> Place:
    text = draft.texts[mark.field]
    sentence = draft.sentence_at(mark.field, mark.start)
    first, last = (sentence.start, sentence.end) if sentence else (mark.start, mark.end)
    first, last = max(first, mark.start - LONGEST_EXCERPT), min(max(last, mark.end), mark.end + LONGEST_EXCERPT)
    return Place(mark.field, text[first : mark.start], text[mark.start : mark.end], text[mark.end : last])


# What they could mean


def worked_out(numbers: Iterable[int], printed: Mapping[str, int | None]) -> dict[int, str] | None:
    """The sources that the list itself gives these numbers, if it numbers every entry and they reach its end.

    `printed` has, for each key, the number of its entry. A list without numbers, or of another length, says nothing.
    """
    keys = {number: key for key, number in printed.items() if number is not None}
    cited = set(numbers)
    whole = len(keys) == len(printed) and set(keys) == set(range(1, len(keys) + 1))
    return {number: keys[number] for number in cited} if whole and cited and max(cited) == len(keys) else None


def readings(numbers: Sequence[int], printed: Mapping[str, int | None]) -> list[Reading]:
    """Ways to read the numbers, for the author to choose among; none of them is better because it is listed first."""
    found = []
    keys = {number: key for key, number in printed.items() if number is not None}
    if keys and len(keys) == sum(number is not None for number in printed.values()):
        found.append(_reading("printed", "By the numbers printed in the list", numbers, keys))
    if printed:
        in_order = dict(enumerate(printed, start=1))
        found.append(_reading("order", "In order: 1 is the first of the list, 2 the second", numbers, in_order))
        shift = (numbers[-1] if numbers else 0) - len(printed)
        if shift > 0:
            at_end = {number + shift: key for number, key in in_order.items()}
            label = f"In order from the end: {numbers[-1]} is the last of the list"
            found.append(_reading("end", label, numbers, at_end))
    return list({tuple(each.sources.items()): each for each in reversed(found)}.values())[::-1]


def _reading(name: str, label: str, numbers: Sequence[int], keys: Mapping[int, str]) -> Reading:
    sources = {number: keys[number] for number in numbers if number in keys}
    without = [str(number) for number in numbers if number not in keys]
    tail = f"; {', '.join(without)} {'has' if len(without) == 1 else 'have'} no source" if without else ""
    return Reading(name, f"{label}{tail}", sources)


# The text with keys


def with_keys(draft: Draft, choices: Choices) -> dict[str, str]:
    """The texts that change, with each loose mark as a citation of what was chosen for its numbers.

    A number for which nothing was chosen stays as it is.
    """
    changed = {}
    for name in PROSE:
        text, pieces, position = getattr(draft, name), [], 0
        for mark in (mark for mark in _marks(draft) if mark.field == name):
            pieces += [text[position : mark.start], _written(mark, text, choices)]
            position = mark.end
        written = "".join([*pieces, text[position:]])
        if written != text:
            changed[name] = written
    return changed


def _written(mark: Citation, text: str, choices: Choices) -> str:
    chosen = [(number, choices.get(number, LEAVE)) for number in mark.numbers]
    keys = dict.fromkeys(choice for _, choice in chosen if choice != LEAVE)
    if not keys:
        return text[mark.start : mark.end]
    cited = "[" + "; ".join(f"@{key}" for key in keys) + "]"
    left = [f"[{number}]" for number, choice in chosen if choice == LEAVE]
    space = " " if text[mark.start - 1 : mark.start].isalnum() else ""
    return space + " ".join([cited, *left])


def placeholder(number: int, taken: Iterable[str]) -> str:
    """A key that no entry has, so that the checks name every sentence it is left in."""
    stems = (f"no-source-{number}{'x' * n}" for n in range(len(set(taken)) + 1))
    return next(key for key in stems if key not in set(taken) and KEY.fullmatch(key))
