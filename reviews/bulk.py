"""Asking one board member to read several articles: each by the one verb, and each with its own answer."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied

from articles.models import Article
from editorial.errors import WorkflowError
from editorial.models import User
from reviews import assignments, matching
from reviews.models import BoardMember, ReviewAssignment

MOST_AT_ONCE = 50


@dataclass(frozen=True)
class Outcome:
    """What became of one article; `refusal` is the sentence of the verb where it refused."""

    article: Article
    is_new: bool = False
    refusal: str = ""


def fitting(articles: Iterable[Article]) -> Counter[BoardMember]:
    """For how many of these each member may be asked; whoever fits none is not in it."""
    return Counter(candidate.member for article in articles for candidate in matching.candidates(article))


def ask_for_each(
    articles: Iterable[Article], member: BoardMember, *, by: User, due_at: datetime | None = None
) -> list[Outcome]:
    """Ask `member` to read each; what is refused for one changes nothing for the others, and asking again nothing."""
    return [_ask(article, member, by=by, due_at=due_at) for article in articles]


def _ask(article: Article, member: BoardMember, *, by: User, due_at: datetime | None) -> Outcome:
    try:
        assignments.assign(article, member, by=by, due_at=due_at)
    except (WorkflowError, PermissionDenied) as refusal:
        # Sent twice, or asked by somebody else a moment ago: then what was wanted is so.
        is_asked = ReviewAssignment.objects.open().filter(revision=article.latest_revision_id, reviewer=member)
        return Outcome(article) if is_asked.exists() else Outcome(article, refusal=str(refusal))
    return Outcome(article, is_new=True)
