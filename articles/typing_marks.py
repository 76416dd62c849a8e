"""Where a comma, a bracket, a capital letter or an article turns what a sentence says, however small it is."""

import re

from articles.integrity.patterns import vocabulary
from articles.signs import signs

BRACKETS, QUOTES = "()", '“”"'
LONGEST_SENTENCE = 500  # characters to each side of a comma
# Beside one of these a comma says whether all are meant or some: “patients, who smoke” are not “patients who smoke”.
CLAUSES = vocabulary(
    "who whom whose which that where when while because since as if though although until only even except unless "
    "no not never yes so then"
)
COUNTED = vocabulary("number lot bit good great same")  # “a number of” is not “the number of”
_SENTENCE = re.compile(r"[^.!?\n]*")
_WORD = re.compile(r"[^\W\d_]+")


def why_not_marks(out: list[str], into: list[str], old: str, new: str, at: int) -> str:
    """What a change of punctuation does besides; `at` is where it begins in the old text."""
    was, now = ([token for token in tokens if not (token[0].isalpha() or token.isspace())] for tokens in (out, into))
    if any(_turns(marks, was, now, old, new) for marks in (BRACKETS, QUOTES)):
        return "a bracket or a quotation mark, which says what belongs together"
    if any(was.count(mark) != now.count(mark) for mark in ";:"):
        return "a semicolon or a colon, which says what belongs together"
    if was.count(",") != now.count(",") and _hangs_on_commas(old, at):
        return "a comma in a sentence whose sense can hang on it"
    return ""


def why_not_capitals(was: str, now: str, *, begins_sentence: bool) -> str:
    """What another writing of the same letters says besides; “THe” is a slip, “AIDS” and “Aids” are two words."""
    if was == now:
        return ""
    if len(was) == 1:
        return "" if begins_sentence or now == "I" else "a letter that stands by itself"
    most = max(sum(letter.isupper() for letter in word[1:]) for word in (was, now))
    is_held = was[:2].isupper() and was[2:].islower() and now[1:].islower() and was[2:] != "s"
    return "" if most == 0 or is_held else "an abbreviation or a name"


def why_not_article(word: str, after: str, *, begins_sentence: bool) -> str:
    """Why one of the small words cannot come, go or change here; `after` is what follows it."""
    if not word.islower() and not begins_sentence:
        return "a letter or an abbreviation"
    following = _WORD.match(after.lstrip(" "))
    if word.casefold() in ("a", "an") and not following:
        return "a letter that stands by itself"
    if word.casefold() in ("a", "an", "the") and following and _is_amount(following.group()):
        return "how many or how much"
    return ""


def _is_amount(word: str) -> bool:
    return word.casefold() in COUNTED or any(sign.kind in ("number", "strength") for sign in signs(word))


def _turns(marks: str, was: list[str], now: list[str], old: str, new: str) -> bool:
    """They came or went, unless one was missing and is there now."""
    if sum(mark in marks for mark in was) == sum(mark in marks for mark in now):
        return False
    return _is_paired(old, marks) or not _is_paired(new, marks)


def _is_paired(text: str, marks: str) -> bool:
    if marks == BRACKETS:
        return text.count("(") == text.count(")")
    return sum(text.count(mark) for mark in marks) % 2 == 0


def _hangs_on_commas(text: str, at: int) -> bool:
    """Its sentence denies something, joins both with “and” and with “or”, or has a clause at this place."""
    first = max(0, at - LONGEST_SENTENCE)
    start = max(first, *(text.rfind(end, first, at) + 1 for end in ".!?\n"))
    sentence = _SENTENCE.match(text, start, at + LONGEST_SENTENCE).group()  # type: ignore[union-attr]
    words = {word.casefold() for word in _WORD.findall(sentence)}
    if {"and", "or"} <= words or any(sign.kind == "negation" for sign in signs(sentence)):
        return True
    before, after = (_WORD.findall(part.casefold()) for part in (text[start:at], text[at : start + len(sentence)]))
    return bool({*before[-1:], *after[:1]} & CLAUSES)
