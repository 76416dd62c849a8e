"""What an author can expect of a submission: how many people may read it, and how long that took for others."""

import copy
from dataclasses import dataclass
from datetime import timedelta
from statistics import median

from articles.models import Article, Move
from articles.states import State
from reviews import matching

LOOKED_AT = 20
FEWEST = 5
DECIDED = (State.APPROVED, State.CHANGES_REQUESTED, State.REJECTED)


@dataclass(frozen=True)
class Readers:
    """How many board members can be asked to read a text, and how many of them from its own specialty."""

    free: int
    matched: int


@dataclass(frozen=True)
class Duration:
    """From handing in to a decision: the middle one of so many; None where they are too few to say."""

    measured: int
    middle: timedelta | None

    @property
    def words(self) -> str:
        if self.middle is None:
            return "There are not enough reviews of this risk class yet to say."
        days = max(1, round(self.middle / timedelta(days=1)))
        within = "a day" if days == 1 else f"{days} days"
        decided = f"Half of the last {self.measured} texts of this risk class were decided within {within}"
        return f"{decided}; the others took longer."


def readers_of(article: Article) -> Readers:
    """Those who could be asked to read the working text as it is now; whoever read it before counts again."""
    anew = copy.copy(article)
    anew.latest_revision = None
    found = matching.candidates(anew)
    return Readers(len(found), sum(candidate.is_matched for candidate in found))


def usual_duration(risk: int) -> Duration:
    """Measured from the newest decisions on texts of this class."""
    moves = Move.objects.filter(target__in=DECIDED, article__risk=risk, revision__isnull=False)
    newest = moves.order_by("-pk").values_list("at", "revision__submitted_at")[:LOOKED_AT]
    took = [(at - submitted).total_seconds() for at, submitted in newest]
    return Duration(len(took), timedelta(seconds=median(took)) if len(took) >= FEWEST else None)
