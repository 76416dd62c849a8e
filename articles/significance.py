"""What a change to a text does to its meaning: which numbers, doses, drugs, negations and citations it touches."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from articles.integrity.sentences import sentences
from articles.revisions import Budget, Rows, aligned, compare, shortened
from articles.signs import KINDS, Sign, says, signs

LONGEST_SENTENCE = 300
MOST = 1000  # changes told of one part; nobody would read past these
AMOUNTS = {"number", "dose", "unit"}


@dataclass(frozen=True)
class MeaningChange:
    """One thing that was said and what is said in its place; either is empty where something only came or went.

    `sentence` is where it stands now or, if it went, where it stood; `moved_from` where a citation stood before.
    """

    kind: str
    part: str
    was: str
    now: str
    sentence: str
    moved_from: str = ""
    anchor: str = ""

    @property
    def label(self) -> str:
        return str(KINDS[self.kind])


@dataclass(frozen=True)
class Piece:
    """Words that stayed, went or came: `kind` is same, out or in; `sign` is what they say, if that changed.

    `anchor` is where the list of changes points at, if that is here.
    """

    kind: str
    words: str
    sign: str = ""
    anchor: str = ""

    @property
    def label(self) -> str:
        return str(KINDS.get(self.sign, ""))


@dataclass(frozen=True)
class Marked:
    """A difference with its meaningful pieces told apart, and the list of what they change."""

    pieces: tuple[Piece, ...]
    changes: tuple[MeaningChange, ...]


@dataclass(frozen=True)
class Change:
    """One part of a text that differs, as rows of (kind, words) under the name that its reader knows it by."""

    label: str
    rows: Rows
    part: str = ""

    @property
    def pieces(self) -> tuple[Piece, ...]:
        return self._marked.pieces

    @property
    def meaning(self) -> tuple[MeaningChange, ...]:
        return self._marked.changes

    @cached_property
    def _marked(self) -> Marked:
        return marked(self.rows, part=self.part or self.label)


def meaning_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[MeaningChange, ...]:
    """Every change of meaning between two frozen contents, in the order a reader meets them; `MOST` of each part."""
    differences = compare(dict(old), dict(new))
    return tuple(change for each in differences for change in marked(shortened(each.rows), part=each.part).changes)


def marked(rows: Rows, *, part: str) -> Marked:
    """Tell apart what in a difference carries meaning; “10 mg” out and “100 mg” in are one change."""
    difference = _Difference(rows, part)
    pairs = difference.pairs()[:MOST]
    changes = tuple(difference.told(pair, number) for number, pair in enumerate(pairs, start=1))
    return Marked(tuple(difference.pieces(pairs)), changes)


class _Pair(NamedTuple):
    was: Sign | None
    now: Sign | None

    @property
    def kind(self) -> str:
        kinds = [sign.kind for sign in self if sign]
        if set(kinds) <= AMOUNTS and _figures(self.was) == _figures(self.now) != "":
            return "unit"
        return "dose" if "dose" in kinds else kinds[-1]


class _Stretch(NamedTuple):
    """Where something stayed the same in both texts, or where a piece of the old one was replaced by one of the new."""

    same: bool
    old: int
    old_end: int
    new: int
    new_end: int


class _Mark(NamedTuple):
    start: int
    end: int
    kind: str
    anchor: str


class _Difference:
    """Two texts put together again from the rows of their difference, with the signs that the change touched."""

    def __init__(self, rows: Rows, part: str) -> None:
        self.part = part
        self.old = "".join(words for kind, words in rows if kind != "in")
        self.new = "".join(words for kind, words in rows if kind != "out")
        self.stretches = list(_stretches(rows))
        self.hunks = [stretch for stretch in self.stretches if not stretch.same]

    @cached_property
    def old_sentences(self) -> "_Sentences":
        return _Sentences(self.old)

    @cached_property
    def new_sentences(self) -> "_Sentences":
        return _Sentences(self.new)

    def pairs(self) -> list[_Pair]:
        """Touched signs, paired where one took the place of another; those that say the same are left out."""
        gone, come = self._touched()
        joined = self._joined(gone, come)
        groups: dict[int, tuple[list[Sign], list[Sign]]] = {}
        for side, found in enumerate((gone, come)):
            for sign in found:
                groups.setdefault(joined[self._hunk(sign, side)], ([], []))[side].append(sign)
        return _with_moves([pair for key in sorted(groups) for pair in _paired(*groups[key])])

    def _touched(self) -> tuple[list[Sign], list[Sign]]:
        old, new = signs(self.old), signs(self.new)
        places = {(sign.kind, sign.start, sign.end) for sign in new}
        kept: set[tuple[str, int, int]] = set()
        starts = [stretch.old for stretch in self.stretches]
        gone = []
        for sign in old:
            stretch = self.stretches[bisect_right(starts, sign.start) - 1]
            shift = stretch.new - stretch.old
            there = (sign.kind, sign.start + shift, sign.end + shift)
            if stretch.same and sign.end <= stretch.old_end and there in places:
                kept.add(there)
            else:
                gone.append(sign)
        return gone, [sign for sign in new if (sign.kind, sign.start, sign.end) not in kept]

    def _hunk(self, sign: Sign, side: int) -> int:
        """The first hunk this sign reaches into or, where one merely stands beside it, the nearest."""
        first, last = 1 + 2 * side, 2 + 2 * side
        after = bisect_right(self.hunks, sign.end, key=lambda hunk: hunk[first])
        before = max(0, after - 1)
        while before > 0 and self.hunks[before - 1][last] > sign.start:
            before -= 1
        if before + 1 < len(self.hunks) and self.hunks[before][last] < sign.start:
            beside = self.hunks[before + 1][first] - sign.end
            return before + 1 if beside < sign.start - self.hunks[before][last] else before
        return before

    def _joined(self, gone: Iterable[Sign], come: Iterable[Sign]) -> list[int]:
        """For each hunk the group it belongs to: one sign that reaches over several makes one of them."""
        bridged = [False] * len(self.hunks)
        for side, found in enumerate((gone, come)):
            for sign in found:
                here = self._hunk(sign, side) + 1
                while here < len(self.hunks) and self.hunks[here][1 + 2 * side] < sign.end:
                    bridged[here] = True
                    here += 1
        groups: list[int] = []
        for joins in bridged:
            groups.append(groups[-1] if joins and groups else len(groups))
        return groups

    def pieces(self, pairs: list[_Pair]) -> Iterator[Piece]:
        """The rows again, each changed sign whole and in a piece of its own."""
        out, into = self._marks(pairs)
        for stretch in _widened(self.stretches, out, into):
            if stretch.same:
                yield Piece("same", self.old[stretch.old : stretch.old_end])
                continue
            yield from _cut("out", self.old, stretch.old, stretch.old_end, out)
            yield from _cut("in", self.new, stretch.new, stretch.new_end, into)

    def _marks(self, pairs: list[_Pair]) -> tuple[list[_Mark], list[_Mark]]:
        out, into = [], []
        for number, pair in enumerate(pairs, start=1):
            anchor = self._anchor(number)
            if pair.was:
                out.append(_Mark(pair.was.start, pair.was.end, pair.kind, "" if pair.now else anchor))
            if pair.now:
                into.append(_Mark(pair.now.start, pair.now.end, pair.kind, anchor))
        return sorted(out), sorted(into)

    def told(self, pair: _Pair, number: int) -> MeaningChange:
        was, now = pair
        stood = self.old_sentences.at(was.start) if was else ""
        stands = self.new_sentences.at(now.start) if now else stood
        is_move = was and now and pair.kind == "citation" and says(was) == says(now)
        before, after = (sign.text if sign else "" for sign in pair)
        return MeaningChange(
            pair.kind, self.part, before, after, stands, stood if is_move else "", self._anchor(number)
        )

    def _anchor(self, number: int) -> str:
        return f"change-{'-'.join(self.part.lower().split())}-{number}"


def _stretches(rows: Rows) -> Iterator[_Stretch]:
    old = new = start_old = start_new = 0
    for kind, words in rows:
        if kind == "same":
            if (start_old, start_new) != (old, new):
                yield _Stretch(False, start_old, old, start_new, new)
            yield _Stretch(True, old, old + len(words), new, new + len(words))
            old, new = old + len(words), new + len(words)
            start_old, start_new = old, new
        elif kind == "out":
            old += len(words)
        else:
            new += len(words)
    if (start_old, start_new) != (old, new):
        yield _Stretch(False, start_old, old, start_new, new)


def _paired(gone: list[Sign], come: list[Sign]) -> Iterator[_Pair]:
    """What stands for what within one place of the text: equal signs in order are no change."""
    at_old = at_new = 0
    for out, into in aligned([_key(sign) for sign in gone], [_key(sign) for sign in come], Budget()):
        if out != into:
            yield from _matched(gone[at_old : at_old + len(out)], come[at_new : at_new + len(into)])
        at_old, at_new = at_old + len(out), at_new + len(into)


def _matched(gone: list[Sign], come: list[Sign]) -> Iterator[_Pair]:
    """Like with like in order: a number for a number, a drug for a drug."""
    left: dict[str, list[Sign]] = {}
    for sign in reversed(come):
        left.setdefault(_family(sign), []).append(sign)
    for sign in gone:
        same_family = left.get(_family(sign))
        yield _Pair(sign, same_family.pop() if same_family else None)
    unpaired = sorted((sign for rest in left.values() for sign in rest), key=lambda sign: sign.start)
    yield from (_Pair(None, sign) for sign in unpaired)


def _with_moves(changes: list[_Pair]) -> list[_Pair]:
    """A citation that went here and came there is one change; all of them in reading order."""
    gone: dict[str, list[_Pair]] = {}
    for change in changes:
        if change.now is None and change.was and change.was.kind == "citation":
            gone.setdefault(says(change.was), []).append(change)
    merged, moved = [], set()
    for change in changes:
        came = change.now if change.was is None else None
        origins = gone.get(says(came)) if came and came.kind == "citation" else None
        if came and origins:
            origin = origins.pop(0)
            moved.add(id(origin))
            merged.append(_Pair(origin.was, came))
        else:
            merged.append(change)
    return [change for change in merged if id(change) not in moved]


def _widened(stretches: list[_Stretch], out: list[_Mark], into: list[_Mark]) -> Iterator[_Stretch]:
    """The stretches, with what lies under a changed sign taken from the same ones to the replaced ones beside it."""
    waiting: _Stretch | None = None
    for stretch in stretches:
        for part in _split(stretch, out, into) if stretch.same else [stretch]:
            if not part.same:
                waiting = part if waiting is None else waiting._replace(old_end=part.old_end, new_end=part.new_end)
                continue
            if waiting:
                yield waiting
                waiting = None
            yield part
    if waiting:
        yield waiting


def _split(stretch: _Stretch, out: list[_Mark], into: list[_Mark]) -> Iterator[_Stretch]:
    taken = sorted(
        [(mark.start - stretch.old, mark.end - stretch.old) for mark in _within(out, stretch.old, stretch.old_end)]
        + [(mark.start - stretch.new, mark.end - stretch.new) for mark in _within(into, stretch.new, stretch.new_end)]
    )
    position, length = 0, stretch.old_end - stretch.old
    for start, end in taken:
        start, end = max(start, position), min(end, length)
        if start > position:
            yield _part(stretch, position, start, same=True)
        if end > start:
            yield _part(stretch, start, end, same=False)
        position = max(position, end)
    if position < length:
        yield _part(stretch, position, length, same=True)


def _part(stretch: _Stretch, start: int, end: int, *, same: bool) -> _Stretch:
    old, new = stretch.old, stretch.new
    return _Stretch(same, old + start, old + end, new + start, new + end)


def _within(marks: list[_Mark], start: int, end: int) -> list[_Mark]:
    first = max(0, bisect_right(marks, start, key=lambda mark: mark.start) - 1)
    last = bisect_left(marks, end, key=lambda mark: mark.start)
    return [mark for mark in marks[first:last] if mark.end > start]


def _cut(kind: str, text: str, start: int, end: int, marks: list[_Mark]) -> Iterator[Piece]:
    for mark in _within(marks, start, end):
        if mark.start > start:
            yield Piece(kind, text[start : mark.start])
        yield Piece(kind, text[mark.start : mark.end], mark.kind, mark.anchor)
        start = mark.end
    if start < end:
        yield Piece(kind, text[start:end])


class _Sentences:
    """The sentences of one text, split once, to be asked for by position."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.found = sentences(text, field="")

    def at(self, position: int) -> str:
        """The sentence this position lies in or, in a heading, the line."""
        index = bisect_right(self.found, position, key=lambda sentence: sentence.start) - 1
        if index >= 0 and position < self.found[index].end:
            return _brief(self.found[index].text)
        start = self.text.rfind("\n", 0, position) + 1
        return _brief(self.text[start : start + 2 * LONGEST_SENTENCE].partition("\n")[0])


def _brief(sentence: str) -> str:
    plain = " ".join(sentence[: 2 * LONGEST_SENTENCE].split())
    return plain if len(plain) <= LONGEST_SENTENCE else f"{plain[:LONGEST_SENTENCE]} …"


def _key(sign: Sign) -> str:
    return f"{_family(sign)} {says(sign)}"


def _family(sign: Sign) -> str:
    return "amount" if sign.kind in AMOUNTS else sign.kind


def _figures(sign: Sign | None) -> str:
    """The figures of an amount without its unit; empty for a word."""
    return "".join(mark for mark in says(sign) if not mark.isalpha() and mark not in "%/°") if sign else ""
