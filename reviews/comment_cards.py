"""The comments on passages as the desk lays them out: marked in the text, listed beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from articles import quotes
from articles.public import VARIANTS, PublicText
from articles.quotes import Mark
from reviews.claims import FrozenClaim
from reviews.comments import passage_of
from reviews.kinds import Origin
from reviews.models import Comment, Thread
from reviews.thread_cards import Card

NEW = ("comment", "comment_now")


@dataclass(frozen=True)
class Note:
    """One comment of the reviewer: a draft, or a point that stands between them and the authors already."""

    number: int
    draft: Comment | None
    thread: Thread | None
    typed: Mapping[str, str]  # what was sent and refused just now

    @property
    def name(self) -> str:
        """Its place on the page."""
        return f"comment-{self.draft.pk}" if self.draft else f"point-{self.thread.pk}"  # type: ignore[union-attr]

    @property
    def about(self) -> Comment | Thread:
        return self.draft or self.thread  # type: ignore[return-value]

    @property
    def words(self) -> str:
        """What stands in the form of a draft."""
        return self.typed.get("words", "") or (self.draft.words if self.draft else "")

    @property
    def is_blocking(self) -> bool:
        return "is_blocking" in self.typed if self.typed else self.about.is_blocking

    @property
    def where(self) -> str:
        return VARIANTS[self.about.field]


def notes(drafts: Sequence[Comment], asked: Sequence[Card], typed: Mapping[str, str]) -> list[Note]:
    """Points on passages that are not settled, then what was not sent yet, numbered in this order."""
    sent = [card.thread for card in asked if card.thread.origin == Origin.COMMENT and not card.thread.settled_at]
    refused = typed.get("comment", "")
    listed = [Note(number, None, thread, {}) for number, thread in enumerate(sent, start=1)]
    return listed + [
        Note(number, draft, None, typed if refused == str(draft.pk) else {})
        for number, draft in enumerate(drafts, start=len(sent) + 1)
    ]


def marked(text: PublicText, listed: Sequence[Note]) -> PublicText:
    """The text with every passage that one of these is about marked, as far as it stands in this text."""
    if not listed:
        return text
    marks = [Mark(passage_of(note.about), note.name, note.number) for note in listed]
    return replace(
        text,
        short_answer_html=quotes.marked(text, "short_answer", marks),
        body_html=quotes.marked(text, "body", marks),
        plain_html=quotes.marked(text, "plain_body", marks),
    )


def blank(typed: Mapping[str, str], claims: Sequence[FrozenClaim], number: str) -> dict[str, Any]:
    """What stands in the form for a new comment: what was refused just now, or the claim that it shall be about."""
    if typed.get("act") in NEW:
        return {name: typed.get(name, "") for name in ("field", "quote", "occurrence", "words", "is_blocking")}
    claim = next((claim for claim in claims if str(claim.number) == number), None)
    if claim is None:
        return {}
    quote = "".join(words for kind, words in claim.pieces if kind == "words")
    return {"field": claim.field, "quote": quote, "is_begun": True}
