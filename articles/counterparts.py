"""Where a sentence of an older text stands in a newer one, and how it differs there."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Any

from articles.citations import CITATION
from articles.integrity.claims import normalised
from articles.integrity.sentences import sentences
from articles.models import Article
from articles.significance import Change
from articles.versions import LABELS, changes, for_readers, working_text
from articles.wording import as_read

LEAST_ALIKE = 0.3  # of the words of both; below it, a sentence is another one
TEXTS = ("short_answer", "body", "plain_body")

Content = Mapping[str, Any]


@dataclass(frozen=True)
class Counterpart:
    """A sentence as it was, and what became of it."""

    was: str
    where: str
    change: Change | None  # None: it reads as before, or is gone
    is_gone: bool = False


def current(article: Article) -> dict[str, Any]:
    """The working text with its sources, in the shape that sentences are looked for in."""
    return working_text(article) | {"references": [reference.as_record() for reference in article.references.all()]}


class Newer:
    """A text to look for sentences of older ones in; each is split once."""

    def __init__(self, content: Content) -> None:
        self.content = content

    def counterpart(self, quote: str, *, field: str, old: "Newer") -> Counterpart:
        """What became of the sentence `quote` of `old`: the same, the most alike of what is new, or nothing."""
        was, where = _as_read(quote, old.content), str(LABELS[field])
        if normalised(quote) in self.split[field]:
            return Counterpart(was, where, None)
        found = _most_alike(quote, set(self.split[field]) - set(old.split[field]))
        if not found:
            return Counterpart(was, where, None, is_gone=True)
        pair = (dict.fromkeys(TEXTS, "") | {field: words, "references": []} for words in (was, self._read(found)))
        told = changes(*(one | NEUTRAL for one in pair))
        return Counterpart(was, where, told[0] if told else None)

    def passage(self, quote: str, *, field: str, old: "Newer") -> Counterpart:
        """The same for words of any length, quoted as readers see them: what became of the sentence they stand in."""
        signs, where = _signs(quote), str(LABELS[field])
        if signs in _signs(_BESIDE.sub("", self.content[field])):
            return Counterpart(quote, where, None)
        changed = (one for one in old._around(signs, field) if one not in self.split[field])
        sentence = next(changed, "")
        if not sentence:
            return Counterpart(quote, where, None, is_gone=True)
        return self.counterpart(sentence, field=field, old=old)

    def _around(self, signs: str, field: str) -> list[str]:
        """The sentences that a passage of this text reaches into."""
        read = [_signs(_BESIDE.sub("", sentence)) for sentence in self.split[field]]
        start = "".join(read).find(signs)
        if start < 0:
            return []
        ends = list(accumulate(map(len, read)))
        return [
            sentence
            for sentence, part, end in zip(self.split[field], read, ends, strict=True)
            if end > start and end - len(part) < start + len(signs)
        ]

    @cached_property
    def split(self) -> dict[str, list[str]]:
        """The sentences of each language variant."""
        return {name: [normalised(one.text) for one in sentences(self.content[name], field=name)] for name in TEXTS}

    def _read(self, sentence: str) -> str:
        return _as_read(sentence, self.content)


# Citations, and the numbers of list items: no words of the text.
_BESIDE = re.compile(rf"{CITATION.pattern}|^[ >]{{0,12}}\d{{1,4}}[.)] ", re.MULTILINE)
NEUTRAL = {"ai": {"involvement": ""}, "audience": ""}


def _as_read(sentence: str, content: Content) -> str:
    only = dict.fromkeys(TEXTS, "") | {"references": content["references"], "body": sentence}
    return str(for_readers(only)["body"])


def _signs(text: str) -> str:
    return "".join(filter(str.isalnum, as_read(text)))


def _most_alike(quote: str, candidates: set[str]) -> str:
    words = _words(quote)
    ranked = sorted(((_likeness(words, _words(one)), one) for one in candidates), reverse=True)
    return ranked[0][1] if ranked and ranked[0][0] >= LEAST_ALIKE else ""


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / (len(one | other) or 1)


def _words(sentence: str) -> frozenset[str]:
    return frozenset(sentence.lower().split())
