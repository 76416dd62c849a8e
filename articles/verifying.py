"""Is this what was checked? Finds the public version that a pasted passage, address, digest or receipt belongs to."""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import Count
from django.utils.translation import gettext as _

from articles.models import Article, CheckedSentence, Revision
from articles.passages import marks_of, sentences_in, sentences_of, unfolded
from articles.past_versions import Version, picked
from articles.public import PublicArticle, for_public, public_article

LONGEST = 100_000  # characters
MOST_SENTENCES = 2_000
MOST_FOUND = 5  # versions that are looked at for one passage
MOST_MISSING = 10  # sentences that are quoted back
DIGEST = re.compile(r"[0-9a-f]{64}")
ADDRESS = re.compile(r"(?:https?://[^\s/]{1,200})?/articles/([-\w]{1,120})/(?:versions/(\d{1,6})/(?:receipt\.json)?)?")
BETWEEN = "\x1f"


class Match(StrEnum):
    WHOLE = "whole"  # every sentence, in a row, and nothing else
    SCATTERED = "scattered"  # every sentence, but not in a row
    PARTLY = "partly"
    NAMED = "named"  # by its address or digest
    RECEIPT = "receipt"  # its content gives the digest it names
    FORGED = "forged"  # it does not


@dataclass(frozen=True)
class Found:
    """One public version, and how what was given stands to it."""

    match: Match
    version: Version
    unit: PublicArticle
    missing: tuple[str, ...] = ()
    asked: int = 0

    @property
    def found(self) -> int:
        return self.asked - len(self.missing)

    @property
    def quoted(self) -> tuple[str, ...]:
        return self.missing[:MOST_MISSING]


def verify(given: str, *, at: datetime) -> list[Found]:
    """What is publicly known of it, the best match first; of texts that are not public nothing is ever said.

    Raises:
        ValueError: it is too long to be looked up.
    """
    given = given.strip()
    if len(given) > LONGEST:
        raise ValueError(_("Please paste at most {n} characters at a time.").format(n=f"{LONGEST:,}"))
    if DIGEST.fullmatch(given.lower()):
        return _with_digest(given.lower(), Match.NAMED, at=at)
    if address := ADDRESS.fullmatch(given):
        return _at_address(address[1], address[2], at=at)
    if given.startswith("{") and (receipt := _receipt_in(given)):
        return _of_receipt(*receipt, at=at)
    return _with_passage(given, at=at)


# By name


def _with_digest(digest: str, match: Match, *, at: datetime) -> list[Found]:
    known = Revision.objects.filter(digest=digest).values_list("article", "number").first()
    return _named(known[0], [known[1]], match, at=at) if known else []


def _at_address(slug: str, number: str | None, *, at: datetime) -> list[Found]:
    article = for_public(Article.objects.filter(slug=slug)).first()
    if article is None:
        return []
    text = public_article(article, at=at).text
    wanted = int(number) if number else text.number if text else 0
    return _named(article.pk, [wanted], Match.NAMED, at=at)


def _receipt_in(given: str) -> tuple[str, str] | None:
    """Digest and content of a receipt, if that is what it is."""
    try:
        receipt = json.loads(given)
    except (ValueError, RecursionError):
        return None
    digest, content = receipt.get("digest"), receipt.get("content")
    if not (isinstance(digest, str) and isinstance(content, str) and DIGEST.fullmatch(digest.lower())):
        return None
    return digest.lower(), content


def _of_receipt(digest: str, content: str, *, at: datetime) -> list[Found]:
    is_true = hashlib.sha256(content.encode(errors="replace")).hexdigest() == digest
    return _with_digest(digest, Match.RECEIPT if is_true else Match.FORGED, at=at)


def _named(article: int, numbers: Sequence[int], match: Match, *, at: datetime) -> list[Found]:
    loaded = for_public(Article.objects.filter(pk=article)).get()
    return [Found(match, each, each.unit) for each in picked(loaded, numbers, at=at) if each.unit]


# By its words


def _with_passage(given: str, *, at: datetime) -> list[Found]:
    readings = [reading for reading in (sentences_in(given), unfolded(given)) if reading]
    asked = set().union(*readings)
    if len(asked) > MOST_SENTENCES:
        raise ValueError(_("Please paste at most {n} sentences at a time.").format(n=f"{MOST_SENTENCES:,}"))
    found = [_compared(each, each.unit, readings) for each in _candidates(asked, at=at) if each.unit]
    order = [Match.WHOLE, Match.SCATTERED, Match.PARTLY]
    return sorted(found, key=lambda f: (order.index(f.match), len(f.missing), not f.version.stands, -f.version.number))


def _candidates(asked: set[str], *, at: datetime) -> list[Version]:
    """The public versions that share most sentences with what is asked."""
    sharing = CheckedSentence.objects.filter(mark__in=marks_of(asked)).values("revision")
    best = sharing.annotate(shared=Count("pk")).order_by("-shared", "-revision")[:MOST_FOUND]
    rows = Revision.objects.filter(pk__in=[row["revision"] for row in best]).values_list("article", "number")
    numbers: dict[int, list[int]] = {}
    for article, number in rows:
        numbers.setdefault(article, []).append(number)
    articles = for_public(Article.objects.filter(pk__in=numbers))
    return [each for article in articles for each in picked(article, numbers[article.pk], at=at)]


def _compared(version: Version, unit: PublicArticle, readings: Sequence[list[str]]) -> Found:
    stored = sentences_of(unit.text) if unit.text else []
    known = set(stored)
    nearest = min(readings, key=lambda reading: sum(s not in known for s in reading) / len(reading))
    missing = tuple(sentence for sentence in nearest if sentence not in known)
    if missing:
        match = Match.PARTLY
    else:
        match = Match.WHOLE if any(_stands_in(reading, stored) for reading in readings) else Match.SCATTERED
    return Found(match, version, unit, missing, asked=len(nearest))


def _stands_in(passage: Sequence[str], stored: Sequence[str]) -> bool:
    """Whole sentences in a row; half of one could have lost its “not”."""
    return _row(passage) in _row(stored)


def _row(sentences: Sequence[str]) -> str:
    return f"{BETWEEN}{BETWEEN.join(sentences)}{BETWEEN}"
