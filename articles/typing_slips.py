"""Whether a change to a checked text mends no more than its typing, judged against the text that was read."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, zip_longest
from typing import Any, NamedTuple

from articles.integrity.patterns import vocabulary
from articles.integrity.sentences import sentences
from articles.look_alikes import EVERYDAY, PREFIXES, say_different_things
from articles.revisions import Budget, aligned
from articles.signs import KINDS, Sign, says, signs
from articles.typing_marks import why_not_article, why_not_capitals, why_not_marks

TEXTS = {"short_answer": "short answer", "body": "body", "plain_body": "plain-language version"}
# Somebody who types with care slips about once in a hundred words. Whoever has more to mend is editing, and an edited
# text has to be read; a short text may have three slips, and twenty are looked over at one sitting.
WORDS_TO_A_SLIP, FEWEST, MOST = 100, 3, 20
MOST_HUNKS = 200
MOST_TOLD = 12
LONGEST_QUOTE = 80
LONGEST_UNIT = 3  # letters: “mg” in capitals may be another unit
UNITS = frozenset({"mmol", "mmhg", "kcal", "mosm"})  # and so may these
AROUND = 80

# They hold a sentence together and change nothing of what it says by being left out, doubled or put in.
SMALL = vocabulary("a an the of to is are was were be been that it")
AGREEING = [vocabulary(group) for group in ("is are", "was were", "has have", "does do", "this these", "a an the")]
# One letter more or less in one of these turns a sentence round.
JOINING = vocabulary("and or if but because when while then than so as in on off at by for from with to too into")
_ROMAN = re.compile(r"[ivx]+")
PUNCTUATION = frozenset(",;:'’‘“”\"()–—-.")
_TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+|\s+|[^\w\s]|_")
_WORD = re.compile(r"\S+\s*|\s+")
_LINE = re.compile(r"[^\n]*\n+|[^\n]+")
_TAG = re.compile(r"<[^>]*>")
_ENDINGS = ("s", "es", "'s", "’s")
_SENTENCE_BEGINS = frozenset(".!?:•|#>-*\n")


@dataclass(frozen=True)
class Objection:
    """One thing that is more than typing: where, what it was and what it would be."""

    part: str
    kind: str
    was: str = ""
    now: str = ""

    def __str__(self) -> str:
        where = f"the {TEXTS[self.part]}" if self.part in TEXTS else self.part
        return f"In {where}{self._what}: {self.kind}."

    @property
    def _what(self) -> str:
        was, now = (_brief(words) for words in (self.was, self.now))
        if was and now:
            return f", “{was}” became “{now}”"
        return f", “{was}” was taken out" if was else f", “{now}” was put in" if now else ""


class _Hunk(NamedTuple):
    """What stands in the place of what: tokens, and where they begin in each text."""

    out: list[str]
    into: list[str]
    at_old: int
    at_new: int


def objections(read: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[Objection, ...]:
    """Why the frozen content `now` is more than `read` with its typing mended; none if it is no more than that.

    `read` is what the quorum had before it, so that many small corrections cannot add up to a large one.
    """
    found, slips = [*_elsewhere(read, now)], 0
    for part in TEXTS:
        if read[part] != now[part]:
            hunks = list(islice(_hunks(read[part], now[part]), MOST_HUNKS))
            found += _of_part(part, read, now, hunks)
            slips += sum(_slips(hunk) for hunk in hunks)
    if slips > (bound := most_slips(read)):
        found.append(Objection("the text as a whole", f"{slips} words differ from what was read; {bound} may"))
    return tuple(dict.fromkeys(found))[:MOST_TOLD]


def most_slips(read: Mapping[str, Any]) -> int:
    """How many words of this text may differ from it: one in a hundred, at least three, at most twenty."""
    words = sum(len(read[part].split()) for part in TEXTS)
    return min(MOST, max(FEWEST, words // WORDS_TO_A_SLIP))


def _elsewhere(read: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Objection]:
    """Whatever is not one of the three texts has to be the same."""
    for name in sorted(read.keys() | now.keys()):
        if name not in {*TEXTS, "revision", "html"} and read.get(name) != now.get(name):
            yield Objection(f"the {name.replace('_', ' ')}", "not a matter of typing")


def _of_part(part: str, read: Mapping[str, Any], now: Mapping[str, Any], hunks: list[_Hunk]) -> Iterator[Objection]:
    old, new = read[part], now[part]
    found = list(_of_hunks(part, hunks, old, new))
    yield from found or _out_of_order(part, signs(old), signs(new))
    if _structure(read["html"], part) != _structure(now["html"], part):
        yield Objection(part, "structure: a heading, list, table, link or emphasis")
    if _outline(old) != _outline(new):
        yield Objection(part, "where a sentence ends, or a question")


def _of_hunks(part: str, hunks: Iterable[_Hunk], old: str, new: str) -> Iterator[Objection]:
    was, stands = signs(old), signs(new)
    for hunk in hunks:
        out, into = "".join(hunk.out), "".join(hunk.into)
        if kind := _touched(hunk, was, stands):
            yield Objection(part, kind, _around(old, hunk.at_old, out), _around(new, hunk.at_new, into))
        elif kind := _why_not(hunk, old, new):
            yield Objection(part, kind, out, into)


def _structure(html: Mapping[str, Any], part: str) -> tuple[Any, ...]:
    headings = [tuple(heading) for heading in html["headings"]] if part == "body" else []
    return _TAG.findall(html[part]), headings


def _outline(text: str) -> tuple[int, str]:
    return len(sentences(text, field="")), "".join(mark for mark in text if mark in "?!…")


def _touched(hunk: _Hunk, was: Iterable[Sign], now: Iterable[Sign]) -> str:
    """What carries meaning and lies under this change, unless only capitals of a word changed."""
    out, into = "".join(hunk.out), "".join(hunk.into)
    is_same = out.isalpha() and out.casefold() == into.casefold()
    if is_same and len(out) > LONGEST_UNIT and out.casefold() not in UNITS:
        return ""
    touched = [*_touching(was, hunk.at_old, len(out)), *_touching(now, hunk.at_new, len(into))]
    return str(KINDS[touched[0].kind]) if touched else ""


def _out_of_order(part: str, was: Iterable[Sign], now: Iterable[Sign]) -> Iterator[Objection]:
    """All that carries meaning stands where it stood; the first that does not is told of."""
    for one, other in zip_longest(was, now):
        named = one or other
        if one is None or other is None or (one.kind, says(one)) != (other.kind, says(other)):
            yield Objection(part, str(KINDS[named.kind]), one.text if one else "", other.text if other else "")
            return


def _touching(found: Iterable[Sign], start: int, length: int) -> Iterator[Sign]:
    """Those that a change of so many characters reaches into; what only stands beside it is not touched."""
    return (sign for sign in found if sign.start < start + length and start < sign.end)


def _around(text: str, start: int, words: str) -> str:
    """The whole words that a change lies in: “10” and not its “0”."""
    start, bare = start + len(words) - len(words.lstrip()), words.strip()
    end = start + len(bare)
    if not bare:
        return ""
    while start > 0 and not text[start - 1].isspace():
        start -= 1
    while end < len(text) and not text[end].isspace():
        end += 1
    return text[start:end]


def _hunks(old: str, new: str) -> Iterator[_Hunk]:
    """Word by word and mark by mark, what differs."""
    at_old, at_new = 0, 0
    for out, into in _differing(old, new, (_LINE, _WORD, _TOKEN), Budget()):
        if out != into:
            yield _Hunk(out, into, at_old, at_new)
        at_old, at_new = at_old + len("".join(out)), at_new + len("".join(into))


def _differing(
    old: str, new: str, pieces: Sequence[re.Pattern[str]], budget: Budget
) -> Iterator[tuple[list[str], list[str]]]:
    """Both texts to the last sign, in stretches; what differs in large pieces is looked at in smaller ones."""
    piece, *smaller = pieces
    for out, into in aligned(piece.findall(old), piece.findall(new), budget):
        if out == into or not smaller:
            yield out, into
        else:
            yield from _differing("".join(out), "".join(into), smaller, budget)


def _words(tokens: Iterable[str]) -> list[str]:
    return [token for token in tokens if token[0].isalpha()]


def _slips(hunk: _Hunk) -> int:
    return max(len(_words(hunk.out)), len(_words(hunk.into)), 1)


def _why_not(hunk: _Hunk, old: str, new: str) -> str:
    """What keeps one hunk from being a slip of the typing; empty if nothing."""
    if any(not _is_plain(token, old) for token in (*hunk.out, *hunk.into)):
        return "a sign or letter that is hidden, or that this text does not use"
    if why := why_not_marks(hunk.out, hunk.into, old, new, hunk.at_old):
        return why
    was, now = _words(hunk.out), _words(hunk.into)
    if [word.casefold() for word in was] == [word.casefold() for word in now]:
        begins = _begins_sentence(old, hunk.at_old) or _begins_sentence(new, hunk.at_new)
        pairs = zip(was, now, strict=True)
        return next((why for a, b in pairs if (why := why_not_capitals(a, b, begins_sentence=begins))), "")
    if "".join(was).casefold() == "".join(now).casefold():
        parts = max(was, now, key=len)
        return "two words and one can say opposite things" if _folded(parts) & PREFIXES else ""
    if len(was) == len(now):
        pairs = zip(was, now, strict=True)
        return next((why for one, other in pairs if (why := _why_another(one, other, hunk, old, new))), "")
    return _why_not_small(was or now, hunk, old, new) if not was or not now else "other words"


@lru_cache(maxsize=4)
def _words_of(text: str) -> frozenset[str]:
    """Asked for at every place that differs, of a text that may be long."""
    return frozenset(_folded(_words(_TOKEN.findall(text))))


def _folded(words: Iterable[str]) -> set[str]:
    return {word.casefold() for word in words}


def _is_plain(token: str, read: str) -> bool:
    """Space, a plain mark of punctuation, or a word in letters of one script that the text uses already."""
    if token.isspace():
        return set(token) <= {" ", "\n"} or token in read
    if not token[0].isalpha():
        return token in PUNCTUATION
    scripts = {unicodedata.name(letter, "?").split()[0] for letter in token if letter.isalpha()}
    known = all(letter.isascii() or letter in read or letter in "’" for letter in token)
    return known and len(scripts) == 1 and unicodedata.is_normalized("NFKC", token)


def _why_not_small(words: list[str], hunk: _Hunk, old: str, new: str) -> str:
    """Nothing for an article or the like that comes or goes by itself, and for the word beside it once more."""
    text, at, tokens = (old, hunk.at_old, hunk.out) if _words(hunk.out) else (new, hunk.at_new, hunk.into)
    before, after = text[max(0, at - AROUND) : at], text[at + len("".join(tokens)) :][:AROUND]
    word, *more = words
    beside = _folded([*_words(_TOKEN.findall(before))[-1:], *_words(_TOKEN.findall(after))[:1]])
    if not more and word.casefold() in beside:
        return ""
    if more or word.casefold() not in SMALL or not all(token == word or token.isspace() for token in tokens):
        return "words put in or taken out"
    return why_not_article(word, after, begins_sentence=_begins_sentence(text, at))


def _why_another(was: str, now: str, hunk: _Hunk, old: str, new: str) -> str:
    """Why the one word is not the other one mistyped."""
    one, other = was.casefold(), now.casefold()
    if one == other:
        return ""
    if any({one, other} <= group for group in AGREEING):
        after = old[hunk.at_old + len("".join(hunk.out)) :][:AROUND]
        return why_not_article(was, after, begins_sentence=_begins_sentence(old, hunk.at_old))
    if len(one) == 1 or len(other) == 1 or (_ROMAN.fullmatch(one) and _ROMAN.fullmatch(other)):
        return "a letter or a number that stands by itself"
    if one in JOINING | SMALL:
        return "a word that joins or places what is said"
    if say_different_things(one, other):
        return "two words that look alike and say different things"
    if was[0].isupper() and now[0].isupper() and not _begins_sentence(old, hunk.at_old):
        return "a name"
    if max(one, other, key=len) in {min(one, other, key=len) + ending for ending in _ENDINGS}:
        return ""
    if one in _words_of(new):
        return "a word that this text uses elsewhere too"
    if not _is_near(one, other):
        return "another word"
    return "a word that says something else" if one in EVERYDAY else ""


def _begins_sentence(text: str, at: int) -> bool:
    before = text[:at].rstrip(" ")
    return not before or before[-1] in _SENTENCE_BEGINS


def _is_near(one: str, other: str) -> bool:
    """A letter or two are wrong, missing, too many or in each other's place, and the first is right or among them."""
    longest = max(len(one), len(other))
    if one[0] != other[0] and sorted(one) != sorted(other):
        return False
    return _distance(one, other) <= (2 if longest >= 8 else 1)


def _distance(one: str, other: str) -> int:
    """Letters to change, put in, take out or swap with the next (optimal string alignment)."""
    if len(one) > 40 or len(other) > 40:
        return 40
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        before, last, row = row, before, [i]
        for k, wanted in enumerate(other, start=1):
            steps = min(before[k] + 1, row[k - 1] + 1, before[k - 1] + (letter != wanted))
            if i > 1 and k > 1 and letter == other[k - 2] and one[i - 2] == wanted:
                steps = min(steps, last[k - 2] + 1)
            row.append(steps)
    return row[-1]


def _brief(words: str) -> str:
    plain = " ".join(words[: 2 * LONGEST_QUOTE].split())
    return plain if len(plain) <= LONGEST_QUOTE else f"{plain[:LONGEST_QUOTE]} …"
