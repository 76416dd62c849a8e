"""Search words put right: the words of our own texts that differ from what was typed by a slip or two.

Each word is kept under itself and under what is left of it without one of its letters; what was typed is looked up in
the same way (symmetric deletes, as SymSpell does it), so that one indexed query finds all that are near.
"""

import re
from collections.abc import Iterable, Mapping
from functools import partial
from itertools import chain, combinations

from django.db import transaction
from django.db.models import F

from articles.models import SearchDocument, SpellingKey

WORD = re.compile(r"[^\W\d_]+")
SHORTEST, LONGEST = 4, 24  # letters of a word that is put right
FORGIVEN_TWICE = 8  # letters from which on two slips are forgiven
MOST_WORDS = 6  # of one query
MOST_NEAR = 400
TOGETHER = 500


def learn_soon(text: str) -> None:
    """After the commit: what waits for another's word while it holds a lock could wait for ever."""
    transaction.on_commit(partial(learn, text), robust=True)


def learn(text: str) -> None:
    """Know the words of this text from now on."""
    words = {word for word in WORD.findall(text.lower()) if SHORTEST <= len(word) <= LONGEST}
    known = SpellingKey.objects.filter(key__in=words, word=F("key")).values_list("word", flat=True)
    fresh = sorted(words - set(known))
    rows = [SpellingKey(key=key, word=word) for word in fresh for key in sorted({word, *_shortened(word, by=1)})]
    SpellingKey.objects.bulk_create(rows, batch_size=TOGETHER, ignore_conflicts=True)


def learn_from_documents() -> None:
    """For texts from before words were kept."""
    if SpellingKey.objects.exists():
        return
    for text in SearchDocument.objects.values_list("text", flat=True).iterator(chunk_size=100):
        learn(text)


def near(typed: Iterable[str]) -> dict[str, list[str]]:
    """For each word that none of our texts has, those that are near it, the nearest first."""
    asked = [word for word in typed if SHORTEST <= len(word) <= LONGEST][:MOST_WORDS]
    keys = {word: {word, *_shortened(word, by=1 if len(word) < FORGIVEN_TWICE else 2)} for word in asked}
    rows = SpellingKey.objects.filter(key__in=set(chain.from_iterable(keys.values()))).values_list("key", "word")
    held: dict[str, set[str]] = {}
    for key, word in rows[: MOST_NEAR * MOST_WORDS]:
        held.setdefault(key, set()).add(word)
    found = {word: set().union(*(held.get(key, ()) for key in keys[word])) for word in keys}
    return {word: ranked for word, words in found.items() if word not in words and (ranked := _ranked(word, words))}


def replaced(text: str, chosen: Mapping[str, str]) -> str:
    return WORD.sub(lambda word: chosen.get(word[0].lower(), word[0]), text)


def _ranked(typed: str, words: Iterable[str]) -> list[str]:
    """A first letter is seldom wrong."""
    slips = 1 if len(typed) < FORGIVEN_TWICE else 2
    far = {word: distance(typed, word) for word in words}
    within = [word for word in far if far[word] <= slips]
    return sorted(within, key=lambda word: (far[word], word[0] != typed[0], abs(len(word) - len(typed)), word))


def distance(one: str, other: str) -> int:
    """Letters missing, added, changed or swapped with their neighbour (optimal string alignment)."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        earlier, before, row = before, row, [i]
        for j, its in enumerate(other, 1):
            row.append(min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != its)))
            if i > 1 and j > 1 and (letter, one[i - 2]) == (other[j - 2], its):
                row[j] = min(row[j], earlier[j - 2] + 1)
    return row[-1]


def _shortened(word: str, *, by: int) -> set[str]:
    """What is left without up to so many letters."""
    places = range(len(word))
    gone = chain.from_iterable(combinations(places, n) for n in range(1, by + 1))
    return {"".join(letter for place, letter in enumerate(word) if place not in left) for left in gone}
