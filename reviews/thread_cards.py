"""The points of reviewers as pages lay them out: what was asked, what was answered, what became of the sentence."""

from dataclasses import dataclass
from typing import Any

from articles.counterparts import Content, Counterpart, Newer, current
from articles.models import Article, Revision
from editorial.models import User
from reviews.models import ReviewAssignment, Thread, ThreadMessage
from reviews.querysets import ThreadQuerySet


@dataclass(frozen=True)
class Card:
    """One point with all that was said about it."""

    thread: Thread
    messages: tuple[ThreadMessage, ...]
    sentence: Counterpart | None

    @property
    def is_unsettled(self) -> bool:
        """Stands between its reviewer and an approval."""
        return self.thread.is_blocking and self.thread.settled_at is None

    @property
    def is_open(self) -> bool:
        """For the authors to write to."""
        return self.thread.settled_at is None and self.thread.answered_at is None


def of_authors(article: Article, user: User) -> list[Card]:
    """Everything that the authors were asked, each with what became of its sentence in the working text so far."""
    asked = Thread.objects.visible_to(user).filter(article=article)
    return _cards(asked, current(article))


def of_reviewer(assignment: ReviewAssignment) -> list[Card]:
    """What this reviewer asked before, each with what became of its sentence in the revision to be read now."""
    revision = assignment.revision
    return _cards(Thread.objects.opened_in(assignment), revision.data)


def without_text(threads: ThreadQuerySet) -> list[Card]:
    """For pages on which the text itself is not to be seen, or stands anyway."""
    return [Card(thread, tuple(thread.messages.all()), None) for thread in _loaded(threads)]


def _cards(threads: ThreadQuerySet, now: Content) -> list[Card]:
    loaded = list(_loaded(threads))
    asked_about = Revision.objects.filter(pk__in={thread.revision_id for thread in loaded if thread.quote})
    old = {revision.pk: Newer(revision.data) for revision in asked_about} if loaded else {}
    newer = Newer(now)
    return [
        Card(thread, tuple(thread.messages.all()), _sentence(thread, old.get(thread.revision_id), newer))
        for thread in loaded
    ]


def _sentence(thread: Thread, old: Newer | None, newer: Newer) -> Counterpart | None:
    return newer.counterpart(thread.quote, field=thread.field, old=old) if old and thread.quote else None


def _loaded(threads: ThreadQuerySet) -> Any:
    """What still waits comes first, and of it what has to be answered."""
    told = threads.select_related("settled_by", "response_by", "revision").prefetch_related("messages__revision")
    told = told.defer("revision__content", "revision__findings")
    return told.order_by("settled_at", "pk")
