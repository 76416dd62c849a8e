"""Find the sentences a reviewer gives a verdict on: those that cite, count or deny."""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from articles.integrity.absences import ABSENCE
from articles.integrity.draft import Draft
from articles.integrity.sentences import Sentence

_NUMBER = re.compile(
    r"(?<!\w)(?<![^\W\d]-)[-−+]?\d|[½⅓⅔¼¾⅛]|(?<!\w)(?i:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|"
    r"fifteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|millions?|half|third|quarter|"
    r"twice|double[sd]?|one\s(?:in|out\sof))(?!\w)"
)


@dataclass(frozen=True)
class Claim:
    """A sentence to be judged. `identity` holds while the sentence, its citations included, stays as it is."""

    identity: str
    sentence: Sentence
    keys: tuple[str, ...]
    kinds: tuple[str, ...]


def extract(draft: Draft) -> tuple[Claim, ...]:
    """The claims of a text in reading order; the same text always gives the same claims."""
    seen: Counter[str] = Counter()
    found = []
    for sentence in draft.sentences:
        if kinds := tuple(_kinds(draft, sentence)):
            text = normalised(sentence.text)
            keys = dict.fromkeys(key for mark in draft.citations_in(sentence) for key in mark.keys)
            found.append(Claim(_identity(text, seen[text]), sentence, tuple(keys), kinds))
            seen[text] += 1
    return tuple(found)


def normalised(text: str) -> str:
    """White space and Unicode form do not matter to a claim; every other character may."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def _identity(text: str, occurrence: int) -> str:
    return hashlib.sha256(f"{occurrence}\0{text}".encode("utf-8", "surrogatepass")).hexdigest()


def _kinds(draft: Draft, sentence: Sentence) -> Iterator[str]:
    marks = draft.citations_in(sentence)
    if marks:
        yield "citation"
    if _NUMBER.search(_without(sentence, [(mark.start, mark.end) for mark in marks])):
        yield "number"
    if ABSENCE.search(sentence.text):
        yield "absence"


def _without(sentence: Sentence, spans: list[tuple[int, int]]) -> str:
    """The sentence without its citation marks, whose digits are no statement."""
    text = sentence.text
    for start, end in reversed(spans):
        text = f"{text[: start - sentence.start]} {text[end - sentence.start :]}"
    return text
