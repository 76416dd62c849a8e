"""Everything that happened to one article, as one line of events: as much of it as whoever looks may see."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import QuerySet
from django.db.models.enums import TextChoices

from articles import history
from articles.models import Article, Revision
from articles.significance import Change
from articles.states import State
from editorial.models import User
from reviews.kinds import Side, Verdict
from reviews.models import Decision, Recheck, Release, ReviewAssignment, Thread, ThreadMessage

MOST = 30  # events on a page
SHOWN = 600  # characters of what somebody said; all of it stands where it was said


class Office(StrEnum):
    """In which capacity somebody looks; whoever holds several looks in the first."""

    AUTHOR = "author"
    EDITOR = "editor"
    REVIEWER = "reviewer"


class Sort(TextChoices):
    """What kinds of events there are, for whoever wants to see some only."""

    EDITS = "edits", "Edits"
    VERSIONS = "versions", "Submissions"
    STEPS = "steps", "Steps"
    REVIEWS = "reviews", "Invitations and reviews"
    DECISIONS = "decisions", "Decisions"
    POINTS = "points", "Points and answers"
    NOTICES = "notices", "Notices"
    RECHECKS = "rechecks", "Re-checks"
    RELEASES = "releases", "Releases"


NOT_TOLD = {Office.AUTHOR: (State.RETRACTED,), Office.REVIEWER: (State.RETRACTED, State.WITHDRAWN)}


@dataclass(frozen=True)
class Event:
    """One thing that happened, with the revision that was frozen or the decision that was made, where one was."""

    at: datetime
    sort: Sort
    what: str
    by: str
    words: str = ""
    fields: tuple[Change, ...] = ()
    number: int | None = None
    digest: str = ""
    decision: Decision | None = None


@dataclass(frozen=True)
class Page:
    """Some of the events, newest first, and where what is older begins; empty where nothing is."""

    events: list[Event]
    older: str


@dataclass(frozen=True)
class Look:
    """Who looks at what, from which moment backwards."""

    article: Article
    user: User
    office: Office
    before: datetime | None

    def newest(self, rows: QuerySet, column: str = "at") -> QuerySet:
        """The newest of these, one more than a page shows."""
        found = rows.filter(**{f"{column}__lt": self.before}) if self.before else rows
        return found.order_by(f"-{column}", "-pk")[: MOST + 1]


def page(article: Article, *, user: User, office: Office, sort: str = "", before: str = "") -> Page:
    """The newest events or, with the place that a page gave out, the next older; of one sort, if asked.

    Raises:
        ValueError: no page ever gave out such a place.
    """
    look = Look(article, user, office, history.moment(before))
    kept = [event for name in sorts(office) if sort in ("", name) for event in SOURCES[name](look)]
    kept.sort(key=lambda event: event.at, reverse=True)
    # Of two events in the same moment none may fall between two pages.
    last = kept[MOST - 1].at if len(kept) > MOST else None
    shown = [event for event in kept if last is None or event.at >= last]
    return Page(shown, shown[-1].at.isoformat() if len(kept) > len(shown) or len(shown) > MOST else "")


def sorts(office: Office) -> list[Sort]:
    """What somebody in this office can be shown at all."""
    hidden = {
        Office.EDITOR: set(),
        Office.AUTHOR: {Sort.REVIEWS},
        Office.REVIEWER: {Sort.EDITS, Sort.RECHECKS, Sort.RELEASES},
    }
    return [sort for sort in Sort if sort not in hidden[office]]


def decisions_visible_to(user: User, article: Article, *, office: Office) -> QuerySet[Decision]:
    """Editors see every decision, authors what was decided against their text, a reviewer what was decided beside.

    Nobody who has still to decide on a text sees what others decided on it, whatever else they are.
    """
    every = Decision.objects.filter(revision__article=article).select_related("revision", "assignment")
    every = every.defer("revision__content", "revision__findings")
    own = Decision.objects.filter(reviewer__user=user, revision__article=article).values("revision")
    # What others found in a re-check that is still open stays with them until it is settled.
    still_open = {"assignment__recheck__isnull": False, "assignment__recheck__closed_at": None}
    if office == Office.AUTHOR:
        return every.exclude(verdict=Verdict.APPROVE)
    if office == Office.EDITOR and not reads(user, article):
        return every
    return every.filter(revision__in=own).exclude(**still_open)


def reads(user: User, article: Article) -> bool:
    """Has this text to read for the board, and no decision on it yet."""
    return ReviewAssignment.objects.held_by(user).filter(revision__article=article).exists()


def _edits(look: Look) -> Iterator[Event]:
    for entry in history.changes(look.article, before=look.before):
        yield Event(entry.at, Sort.EDITS, entry.what, entry.by, entry.reason, entry.fields)


def _versions(look: Look) -> Iterator[Event]:
    revisions = Revision.objects.filter(article=look.article).defer("content", "findings")
    for one in look.newest(revisions, "submitted_at"):
        said = f"Revision {one.number} was frozen"
        named = {"number": one.number, "digest": one.digest[:12]}
        yield Event(one.submitted_at, Sort.VERSIONS, said, one.submitted_by_label, one.change_note, **named)


def _steps(look: Look) -> Iterator[Event]:
    """Moves of state but submissions, which have their own events."""
    for move in look.newest(look.article.moves.exclude(target=State.SUBMITTED)):
        people = ", ".join(person["name"] for person in move.people)
        said = str(move.get_target_display())
        # Why a text was retracted stays with the editors, as in its notice; its authors know why it was withdrawn.
        words = "" if move.target in NOT_TOLD.get(look.office, ()) else move.reason
        yield Event(move.at, Sort.STEPS, f"{said}: {people}" if people else said, move.by_label, words)


def _reviews(look: Look) -> Iterator[Event]:
    log = ReviewAssignment.history.filter(revision__article=look.article)
    if look.office == Office.REVIEWER or reads(look.user, look.article):
        log = log.filter(reviewer__user=look.user)
    found = log.filter(history_date__lt=look.before) if look.before else log
    beside = ("history_user", "reviewer__user", "discipline")
    for row in found.select_related(*beside).order_by("-history_date", "-history_id")[: MOST + 1]:
        by = row.history_user.label if row.history_user else "the system"
        yield Event(row.history_date, Sort.REVIEWS, _of_review(row), by, row.end_reason)


def _of_review(row: Any) -> str:
    reader = row.reviewer.user.label
    if row.ended_at:
        return f"The review of {reader} ended: {row.get_ending_display().lower()}"
    if row.opened_at:
        return f"{reader} opened the text"
    if row.accepted_at:
        return f"{reader} accepted the review"
    return f"{reader} was asked to read it as {row.discipline}, due {row.due_at:%-d %B %Y}"


def _decisions(look: Look) -> Iterator[Event]:
    seen = decisions_visible_to(look.user, look.article, office=look.office)
    for one in look.newest(seen, "decided_at"):
        said = f"Decision on revision {one.revision.number}: {one.said.lower()}"
        by = f"{one.reviewer_label}, {one.profession}"
        yield Event(one.decided_at, Sort.DECISIONS, said, by, one.reason, decision=one)


def _points(look: Look) -> Iterator[Event]:
    points = Thread.objects.visible_to(look.user).filter(article=look.article)
    said = ThreadMessage.objects.filter(thread__in=points).select_related("thread")
    for message in look.newest(said):
        verb = "answered" if message.side == Side.AUTHOR else "asked"
        what = f"{message.by_label} {verb}: {message.thread.subject}"
        yield Event(message.at, Sort.POINTS, what, message.by_label, _cut(message.words))
    for thread in look.newest(points.filter(settled_at__isnull=False).select_related("settled_by"), "settled_at"):
        by: Any = thread.settled_by
        yield Event(thread.settled_at, Sort.POINTS, f"Settled: {thread.subject}", by.label, thread.settled_because)


def _notices(look: Look) -> Iterator[Event]:
    for notice in look.newest(look.article.notices.all()):
        is_more = look.office == Office.EDITOR and notice.reason and notice.reason != notice.text
        words = f"{notice.text}\n{notice.reason}" if is_more else notice.text
        yield Event(notice.at, Sort.NOTICES, str(notice.get_kind_display()), notice.by_label, words)


def _rechecks(look: Look) -> Iterator[Event]:
    every = Recheck.objects.filter(article=look.article).select_related("opened_by")
    for one in look.newest(every, "opened_at"):
        by = one.opened_by.label if one.opened_by else "the system"
        words = one.words if look.office == Office.EDITOR else ""
        yield Event(
            one.opened_at, Sort.RECHECKS, f"To be read again: {one.scope}. {one.get_reason_display()}", by, words
        )
    for one in look.newest(every.filter(closed_at__isnull=False), "closed_at"):
        said = f"Read again ({one.scope}): {one.get_outcome_display().lower()}"
        yield Event(one.closed_at, Sort.RECHECKS, said, "the system")


def _releases(look: Look) -> Iterator[Event]:
    given = Release.objects.filter(revision__article=look.article).select_related("revision")
    for one in look.newest(given.defer("revision__content", "revision__findings")):
        yield Event(one.at, Sort.RELEASES, f"Revision {one.revision.number} was released", one.by_label)


def _cut(words: str) -> str:
    return words if len(words) <= SHOWN else f"{words[:SHOWN].rstrip()} […]"


SOURCES: dict[str, Callable[[Look], Iterator[Event]]] = {
    Sort.EDITS: _edits,
    Sort.VERSIONS: _versions,
    Sort.STEPS: _steps,
    Sort.REVIEWS: _reviews,
    Sort.DECISIONS: _decisions,
    Sort.POINTS: _points,
    Sort.NOTICES: _notices,
    Sort.RECHECKS: _rechecks,
    Sort.RELEASES: _releases,
}
