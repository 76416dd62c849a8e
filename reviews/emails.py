"""The words of an e-mail: what happened, what is asked, by when, where, and why this person is told."""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.template import Context, Engine
from django.urls import reverse
from django.utils import timezone

from articles.models import Article
from editorial.mail_words import one_line, subject_and_body
from editorial.models import User
from reviews import telling
from reviews.entitlement import Office, office_of
from reviews.kinds import ALWAYS_AT_ONCE, Kind
from reviews.models import Notification

BECAUSE = {
    Office.REVIEWER: "you are a board member who was asked to read it",
    Office.AUTHOR: "you are one of its authors",
    Office.EDITOR: "you are an editor here",
    Office.MEMBER: "you are a member of the board",
    Office.NAMED: "one of its authors named you",
}


def compose(message: Notification) -> EmailMessage:
    """The e-mail for one row of the outbox; the same row always makes the same Message-ID.

    Raises:
        ValidationError: the recipient has no address that mail can be sent to.
        TemplateDoesNotExist, TemplateSyntaxError: the template of this kind is missing or cannot be read.
    """
    what = "" if message.kind in ALWAYS_AT_ONCE else message.kind
    return _email(message.recipient, *words_of(message), name=message.message_id, what=what)


def compose_daily(first: Notification, together: list[Notification]) -> EmailMessage:
    """One e-mail for all that was gathered since the last one; the same rows always make the same Message-ID.

    Raises:
        ValidationError: the recipient has no address that mail can be sent to.
        TemplateDoesNotExist, TemplateSyntaxError: a template is missing or cannot be read.
    """
    lines = [(_subject(message), link(message, office=office_of(message)), message) for message in together]
    facts = _addressed(first) | {"lines": lines, "is_possible_duplicate": first.possible_duplicate}
    with timezone.override(telling.zone_of(telling.preference_of(first.recipient))):
        subject, body = _rendered("email/_daily.txt", facts)
    return _email(first.recipient, subject, body, name=first.digest, what=telling.DAILY)


def words_of(message: Notification) -> tuple[str, str]:
    """Subject and body, with dates as the recipient's own calendar has them."""
    with timezone.override(telling.zone_of(telling.preference_of(message.recipient))):
        return _rendered(f"email/{message.kind}.txt", _facts(message))


def _subject(message: Notification) -> str:
    return words_of(message)[0]


def _rendered(template: str, facts: dict[str, Any]) -> tuple[str, str]:
    """The template's first line is the subject."""
    # Plain text is not HTML: an apostrophe stays an apostrophe.
    written = Engine.get_default().get_template(template).render(Context(facts, autoescape=False))
    return subject_and_body(written)


def _email(to: User, subject: str, body: str, *, name: UUID | None, what: str) -> EmailMessage:
    validate_email(to.email)
    headers = {
        "Message-ID": f"<{name}@{urlsplit(settings.SITE_URL).hostname}>",
        "Auto-Submitted": "auto-generated",
    }
    if what:
        # RFC 8058: mail programs show a button for these two, and one press is enough.
        address = settings.SITE_URL + reverse("unsubscribe", args=[telling.token(to, what)])
        headers |= {"List-Unsubscribe": f"<{address}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    email = EmailMessage(subject=subject, body=body, to=[to.email], headers=headers)
    # Whatever cannot be written as an e-mail shows here and not halfway through a conversation with the server.
    email.message()
    return email


def _facts(message: Notification) -> dict[str, Any]:
    """What templates may say: who, which article by its number and topic, until when; never a word of its text."""
    office = office_of(message)
    assignment, article = message.assignment, message.article
    facts = {key: one_line(value) if isinstance(value, str) else value for key, value in message.facts.items()}
    return (
        facts
        | _addressed(message)
        | {
            "article": _named(article),
            "due": assignment.due_at if assignment else _moment(facts.get("due")),
            "check_due": _moment(facts.get("check_due")),
            "expires": _moment(facts.get("expires")),
            "is_editor": office == Office.EDITOR,
            "link": link(message, office=office),
            "because": BECAUSE[office] if office else "",
            "record_number": message.record_number,
            "is_possible_duplicate": message.possible_duplicate,
            "is_always_told": message.kind in ALWAYS_AT_ONCE,
        }
    )


def _addressed(message: Notification) -> dict[str, Any]:
    """What every e-mail says of whom it is for and where it comes from."""
    return {
        "name": one_line(message.recipient.label, longest=120),
        "zone": telling.preference_of(message.recipient).time_zone,
        "choices_link": settings.SITE_URL + reverse("telling"),
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
    }


def link(message: Notification, *, office: Office | None) -> str:
    """Where the recipient goes on from here; made from the configured address, never from a request."""
    article, assignment = message.article, message.assignment
    if message.kind == Kind.DISSENT_PUBLISHED and office == Office.MEMBER and article:
        path = article.get_absolute_url()
    elif message.kind == Kind.TYPING_PROPOSED:
        path = reverse("admin:reviews_typingcorrection_change", args=[message.facts["correction"]])
    elif office == Office.EDITOR and (report := message.facts.get("report")):
        path = reverse("admin:reviews_problemreport_change", args=[report])
    elif office == Office.EDITOR and article:
        path = reverse("admin:articles_article_change", args=[article.pk])
    elif office == Office.AUTHOR and article:
        path = article.get_desk_url()
    elif office == Office.REVIEWER and assignment and message.kind != Kind.REVIEW_ENDED:
        path = reverse("admin:reviews_reviewassignment_change", args=[assignment.pk])
    elif office == Office.NAMED and message.kind == Kind.COAUTHOR_INVITED:
        path = reverse("coauthor-invitation", args=[message.facts["invitation"]])
    elif office == Office.MEMBER:
        path = reverse("admin:my-interests")
    else:
        path = reverse("inbox")
    return settings.SITE_URL + path


def _named(article: Article | None) -> str:
    return f"article {article.pk} on {one_line(article.topic.name, longest=80)}" if article else "an article"


def _moment(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None
