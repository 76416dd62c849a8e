"""The points of reviewers as pages lay them out: what was asked, what was answered, what became of the sentence."""

from collections.abc import Iterable
from dataclasses import dataclass

from articles.counterparts import Content, Counterpart, Newer, current
from articles.models import Article, Revision
from editorial.models import User
from reviews.kinds import Origin
from reviews.models import ReviewAssignment, Thread, ThreadMessage
from reviews.querysets import ThreadQuerySet


@dataclass(frozen=True)
class Card:
    """One point with all that was said about it."""

    thread: Thread
    messages: tuple[ThreadMessage, ...]
    sentence: Counterpart | None

    @property
    def is_of_passage(self) -> bool:
        return self.thread.origin == Origin.COMMENT

    @property
    def is_changed(self) -> bool:
        """The sentence around it reads differently now, so that the words that were quoted have to be told."""
        return self.sentence is not None and self.sentence.change is not None

    @property
    def is_open(self) -> bool:
        """For the authors to write to."""
        return self.thread.settled_at is None and self.thread.answered_at is None


def of_authors(article: Article, user: User) -> list[Card]:
    """Everything that the authors were asked, each with what became of its sentence in the working text so far."""
    asked = Thread.objects.visible_to(user).filter(article=article)
    return _cards(asked, current(article))


def of_reviewer(assignment: ReviewAssignment, *, last: Revision | None = None) -> list[Card]:
    """What this reviewer asked before, each with what became of its sentence in the revision to be read now.

    `last` is a revision that is at hand already, most often the one that the questions are about.
    """
    revision = assignment.revision
    known = [revision, *([last] if last else [])]
    return _cards(Thread.objects.opened_in(assignment), revision.data, known=known)


def without_text(threads: ThreadQuerySet) -> list[Card]:
    """For pages on which the text itself is not to be seen, or stands anyway."""
    return [Card(thread, messages, None) for thread, messages in _loaded(threads)]


def _cards(threads: ThreadQuerySet, now: Content, *, known: Iterable[Revision] = ()) -> list[Card]:
    loaded, newer = _loaded(threads), Newer(now)
    asked_about = {thread.revision_id for thread, _ in loaded if thread.quote}
    at_hand = {revision.pk: revision for revision in known if revision.pk in asked_about}
    if missing := asked_about - at_hand.keys():
        at_hand |= Revision.objects.in_bulk(missing)
    old = {pk: Newer(revision.data) for pk, revision in at_hand.items()}
    return [
        Card(thread, messages, _sentence(thread, old.get(thread.revision_id), newer)) for thread, messages in loaded
    ]


def _sentence(thread: Thread, old: Newer | None, newer: Newer) -> Counterpart | None:
    if not (old and thread.quote):
        return None
    trace = newer.passage if thread.origin == Origin.COMMENT else newer.counterpart
    return trace(thread.quote, field=thread.field, old=old)


def _loaded(threads: ThreadQuerySet) -> list[tuple[Thread, tuple[ThreadMessage, ...]]]:
    """Every thread with what was said in it, in one query; what still waits comes first."""
    beside = ("revision", "thread__revision", "thread__settled_by", "thread__response_by", "thread__assignment")
    texts = [f"{revision}__{name}" for revision in beside[:2] for name in ("content", "findings")]
    said = ThreadMessage.objects.filter(thread__in=threads).select_related(*beside).defer(*texts)
    found: dict[int, tuple[Thread, list[ThreadMessage]]] = {}
    for message in said.order_by("pk"):
        found.setdefault(message.thread_id, (message.thread, []))[1].append(message)
    ranked = sorted(found.values(), key=lambda one: _rank(one[0]))
    return [(thread, tuple(messages)) for thread, messages in ranked]


def _rank(thread: Thread) -> tuple[float, int]:
    return (thread.settled_at.timestamp() if thread.settled_at else 0, thread.pk)
