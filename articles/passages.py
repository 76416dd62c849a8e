"""The sentences of every approved text, kept as numbers, so that a pasted passage is found without reading them all."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable

from articles.models import CheckedSentence, Revision
from articles.public import PublicText, reviewer_text
from articles.rendering import plain_lines

# A run of spaces is walked through once: from its beginning, and without going back.
CITATION = re.compile(r"(?<!\s)\s*+\[\d{1,4}(?:[\s,–-]{1,3}\d{1,4}){0,40}\]")
UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
SENTENCE_END = re.compile(r"(?<=[.!?…])\s+")
BLOCK_END = re.compile(r"[\n\r\t\v\f\u2028\u2029]+")


def sentences_of(text: PublicText) -> list[str]:
    """Everything that is read in a text, sentence by sentence, in the order of the page."""
    fragments = (text.short_answer_html, text.body_html, text.plain_html)
    lines = [text.title, *(line for fragment in fragments for line in plain_lines(fragment))]
    lines += [reference["printed"] for reference in text.references]
    return [sentence for line in lines for sentence in _split(_normal(line))]


def sentences_in(pasted: str) -> list[str]:
    """What somebody pasted, split where its lines end as well as where its sentences do."""
    return [sentence for line in BLOCK_END.split(pasted) for sentence in _split(_normal(line))]


def unfolded(pasted: str) -> list[str]:
    """The same where the ends of lines mean nothing, as in an e-mail."""
    return _split(_normal(pasted))


def marks_of(sentences: Iterable[str]) -> set[int]:
    """A number for each: the first eight bytes of its SHA-256."""
    return {int.from_bytes(hashlib.sha256(s.encode()).digest()[:8], signed=True) for s in sentences}


def note(revision: Revision) -> None:
    """Remember the sentences of a text that has just been approved; again does no harm."""
    marks = sorted(marks_of(sentences_of(reviewer_text(revision))))
    rows = [CheckedSentence(revision=revision, mark=mark) for mark in marks]
    CheckedSentence.objects.bulk_create(rows, ignore_conflicts=True, batch_size=400)


def note_missing() -> int:
    """Index approved texts that are not yet; how many those were."""
    missing = Revision.objects.filter(approvals__isnull=False, checked_sentences=None).distinct().order_by("pk")
    pks = list(missing.values_list("pk", flat=True))
    for pk in pks:
        note(Revision.objects.get(pk=pk))
    return len(pks)


def rebuild() -> int:
    """Forget the index and make it anew from the approved texts."""
    CheckedSentence.objects.all().delete()
    return note_missing()


def _normal(text: str) -> str:
    """White space folded, citations and invisible characters left out; nothing that carries meaning is touched."""
    return " ".join(UNSEEN.sub("", CITATION.sub("", unicodedata.normalize("NFC", text))).split())


def _split(line: str) -> list[str]:
    return [sentence for sentence in SENTENCE_END.split(line) if sentence]
