"""What the clock does for re-checks: opens those of checks that run out, and asks whoever is still missing."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef

from articles.models import Article
from articles.querysets import ArticleQuerySet
from articles.states import State
from editorial import clock
from editorial.errors import WorkflowError
from reviews import policy, rechecks
from reviews.kinds import RecheckReason
from reviews.models import Recheck
from reviews.recheck_answers import renew_if_met

log = logging.getLogger(__name__)

BATCH = 200


def tend() -> int:
    """Open what is due and ask who is missing; returns how many re-checks are new. Rung twice, it does nothing more."""
    opened = sum(_tried(_open, pk) for pk in _due(at=clock.now()))
    for pk in Recheck.objects.open().order_by("-article__risk", "pk").values_list("pk", flat=True)[:BATCH]:
        _tried(_go_on, pk)
    return opened


def _due(*, at: datetime) -> Iterable[int]:
    """Approved texts whose check runs out soon and that were not opened since it was made, the highest risk first."""
    soon = at + timedelta(days=policy.in_force().terms.recheck_days)
    return expiring(Article.objects.filter(check_due_at__lte=soon)).values_list("pk", flat=True)[:BATCH]


def expiring(articles: ArticleQuerySet) -> ArticleQuerySet:
    since = Recheck.objects.of_whole_texts().filter(
        revision=OuterRef("approval__revision"), opened_at__gte=OuterRef("approval__checked_at")
    )
    standing = articles.filter(state=State.APPROVED, latest_revision=F("approval__revision"))
    return standing.filter(~Exists(since)).order_by("-risk", "check_due_at", "pk")


def _open(pk: int) -> bool:
    article = Article.objects.lock(pk)
    if not expiring(Article.objects.filter(pk=pk)).exists():
        return False
    due = article.approval.valid_until
    words = f"Its check is due on {due:%-d %B %Y}. Read the whole text again; your last verdicts are filled in."
    rechecks.open_recheck(article, by=None, reason=RecheckReason.EXPIRY, words=words)
    return True


def _go_on(pk: int) -> bool:
    """Whoever declined is made good for, and a quorum that something stood in the way of is looked at again."""
    article = Article.objects.lock(Recheck.objects.get(pk=pk).article_id)
    recheck = Recheck.objects.get(pk=pk)
    if recheck.is_open and not (recheck.is_whole and renew_if_met(article, recheck)):
        rechecks.invite_best(article, recheck)
    return True


def _tried(step: Callable[[int], bool], pk: int) -> bool:
    """One article in trouble holds up no other; it is tried again at the next tick."""
    try:
        with transaction.atomic():
            return step(pk)
    except WorkflowError:
        log.exception("Re-check %s of %s could not go on.", step, pk)
        return False
