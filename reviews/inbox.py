"""What one person was told in the house, with the way to what it is about."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.dateparse import parse_datetime

from articles.models import Article
from editorial import clock
from editorial.models import User
from reviews.kinds import Kind
from reviews.models import Notification, ReviewAssignment
from reviews.querysets import NotificationQuerySet

PAGE = 30
MOST_COUNTED = 99


@dataclass(frozen=True)
class Message:
    """One entry: its template says it in a sentence from these facts."""

    notification: Notification
    about: str  # what the article is called, to this person, now
    address: str  # where they go from here; empty where they have no business any more
    due: datetime | None

    @property
    def template(self) -> str:
        return f"inbox/_{self.notification.kind}.html"


def messages_for(
    user: User, *, before: int | None = None, kind: str = "", unread: bool = False
) -> tuple[list[Message], int | None]:
    """One page, newest first, and where the next begins; a constant number of queries."""
    told = Notification.objects.inbox_of(user).select_related("article", "assignment")
    told = told.filter(kind=kind) if kind else told
    told = told.unread() if unread else told
    told = told.defer("article__short_answer", "article__body", "article__plain_body").order_by("-pk")
    page = list((told.filter(pk__lt=before) if before else told)[: PAGE + 1])
    shown = page[:PAGE]
    return _messages(shown, user), shown[-1].pk if len(page) > PAGE else None


def unread_count(user: User) -> int:
    """How many wait to be read, counted no further than anybody would care."""
    return Notification.objects.inbox_of(user).unread().order_by()[: MOST_COUNTED + 1].count()


def mark_read(user: User, *, only: int | None = None) -> int:
    """Mark one message, or all there are, as read; returns how many were not."""
    waiting: NotificationQuerySet = Notification.objects.inbox_of(user).unread()
    return (waiting.filter(pk=only) if only else waiting).update(read_at=clock.now())


def _messages(shown: Iterable[Notification], user: User) -> list[Message]:
    ids = {notification.article_id for notification in shown}
    written = set(Article.objects.editable_by(user).filter(pk__in=ids).values_list("pk", flat=True))
    held = set(ReviewAssignment.objects.held_by(user).values_list("revision__article", flat=True))
    return [_message(n, user, is_written=n.article_id in written, is_held=n.article_id in held) for n in shown]


def _message(notification: Notification, user: User, *, is_written: bool, is_held: bool) -> Message:
    article, facts = notification.article, notification.facts
    is_open = is_written or user.is_editor
    # The working title may say something that an outsider, or a reviewer of an older revision, was never shown;
    # the address was fixed with the first one and says nothing new.
    about = "" if article is None else article.title if is_open else article.slug
    address = _address(notification, user, is_written=is_written, is_held=is_held)
    return Message(
        notification,
        about,
        address,
        parse_datetime(facts.get("due") or facts.get("check_due") or facts.get("expires") or ""),
    )


def _address(notification: Notification, user: User, *, is_written: bool, is_held: bool) -> str:
    article, assignment = notification.article, notification.assignment
    if notification.kind == Kind.INTERESTS_EXPIRING:
        return reverse("admin:my-interests")
    if article is None:
        return ""
    if notification.kind == Kind.COAUTHOR_INVITED and not is_written:
        return reverse("coauthor-invitation", args=[notification.facts["invitation"]])
    if user.is_editor and (report := notification.facts.get("report")):
        return reverse("admin:reviews_problemreport_change", args=[report])
    if is_written:
        return article.get_desk_url()
    if assignment and (is_held or user.is_editor) and not user.is_editor:
        return reverse("admin:reviews_reviewassignment_change", args=[assignment.pk])
    return reverse("admin:articles_article_change", args=[article.pk]) if user.is_editor else ""
