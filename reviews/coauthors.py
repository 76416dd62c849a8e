"""Writing together: asking somebody to write along, their answer, and how a part in a text ends."""

from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet

from articles import editing
from articles.models import Article, CoauthorInvitation
from articles.states import AiInvolvement, Part
from editorial import account_requests, clock
from editorial.audit import record
from editorial.errors import Conflict, WorkflowError
from editorial.models import User
from reviews.kinds import Kind
from reviews.notifications import notify

Answer = CoauthorInvitation.Answer
VALID = timedelta(days=30)
MOST_OPEN = 20
NO_LONGER_OPEN = "This invitation was answered, taken back or has expired. Nothing was changed."


def open_for(user: User) -> QuerySet[CoauthorInvitation]:
    """The invitations this person can still answer: sent to their account, or to an address they have proved theirs."""
    proved = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    mine = Q(person=user) | Q(person=None, to__in=[address.lower() for address in proved])
    waiting = CoauthorInvitation.objects.filter(mine, answered_at=None, expires_at__gt=clock.now())
    return waiting.select_related("article", "invited_by")


@transaction.atomic
def invite(article: Article, *, to: str, part: Part, by: User, answers_for_ai: bool = False) -> CoauthorInvitation:
    """Ask somebody to write along. Nothing that the asker sees tells whether an address has an account here.

    Raises:
        PermissionDenied: `by` did not begin this text.
        WorkflowError: nobody signs in under that name, or it cannot be asked for now.
    """
    article = Article.objects.lock(article.pk)
    _check_leads(article, by=by)
    to = to.strip().lower() if "@" in to else to.strip()
    _check_can_be_sent(article, to, answers_for_ai=answers_for_ai)
    person = _whose(to)
    if person is None and "@" not in to:
        raise WorkflowError(f"Nobody here signs in as “{to}”. Ask them how they do, or give their e-mail address.")
    # Not of an address: whose it is, is nobody's business before they say so.
    if person and "@" not in to and editing.is_author(article, person):
        raise WorkflowError(f"{person.label} is among its authors already.")
    now = clock.now()
    invitation = CoauthorInvitation.objects.create(
        article=article,
        to=to,
        person=person,
        part=part,
        answers_for_ai=answers_for_ai,
        invited_by=by,
        sent_at=now,
        expires_at=now + VALID,
    )
    record("coauthor.invited", by=by, about=article.about, invitation=invitation.pk, part=part)
    _tell_of(invitation, by=by)
    return invitation


@transaction.atomic
def accept(invitation: CoauthorInvitation, *, by: User, interests: str) -> None:
    """Write along from now on, with a word on one's own interests.

    Raises:
        PermissionDenied: it was not sent to `by`.
        Conflict: it is no longer open.
        WorkflowError: no word on interests, or `by` reviews or edits this article.
    """
    article, invitation = _lock(invitation, by=by)
    if editing.is_author(article, by):
        raise WorkflowError("You are among its authors already, so there is nothing to accept. You can say no to this.")
    if not interests.strip():
        raise WorkflowError("Say what interests of yours touch the subject. Where there are none, write “None”.")
    editing.take_in(article, by, part=Part(invitation.part), by=by, interests=interests)
    if invitation.answers_for_ai and article.ai_involvement != AiInvolvement.NONE:
        article.ai_accountable = by
        editing.save_people(article, by=by)
    _end(invitation, Answer.ACCEPTED, by=by)
    record("coauthor.joined", by=by, about=article.about, invitation=invitation.pk, part=invitation.part)
    _tell_the_others(article, "joined", person=by, event=f"coauthor-answered:{invitation.pk}")


@transaction.atomic
def decline(invitation: CoauthorInvitation, *, by: User) -> None:
    article, invitation = _lock(invitation, by=by)
    _end(invitation, Answer.DECLINED, by=None)
    # Not about the article: whoever says no to writing it has no hand in it and may still review it.
    record("coauthor.declined", by=by, about=f"coauthorinvitation:{invitation.pk}")
    event = f"coauthor-answered:{invitation.pk}"
    notify(Kind.COAUTHOR_NEWS, [article.author], event=event, article=article, did="declined", who=invitation.to)


@transaction.atomic
def take_back(invitation: CoauthorInvitation, *, by: User) -> None:
    article = Article.objects.lock(invitation.article_id)
    _check_leads(article, by=by)
    invitation = CoauthorInvitation.objects.get(pk=invitation.pk)
    if invitation.answered_at:
        raise Conflict(NO_LONGER_OPEN)
    _end(invitation, Answer.TAKEN_BACK, by=None)
    record("coauthor.invitation_taken_back", by=by, about=article.about, invitation=invitation.pk)


@transaction.atomic
def leave(article: Article, *, by: User) -> None:
    """Stop writing: the text is closed to `by` from the same moment; what was submitted keeps their name.

    Raises:
        PermissionDenied: `by` does not write it, or began it.
        WorkflowError: they answer for the work of an AI system in it.
    """
    article = Article.objects.lock(article.pk)
    _take_off(article, by, by=by)
    entry = record("coauthor.left", by=by, about=article.about)
    _tell_the_others(article, "left", person=by, event=f"coauthor-left:{entry.sequence}")


@transaction.atomic
def remove(article: Article, person: User, *, by: User) -> None:
    """End somebody else's part; as `leave`, and they are told by whom."""
    article = Article.objects.lock(article.pk)
    _check_leads(article, by=by)
    _take_off(article, person, by=by)
    entry = record("coauthor.removed", by=by, about=article.about, person=person.label)
    event = f"coauthor-removed:{entry.sequence}"
    notify(Kind.COAUTHOR_REMOVED, [person], event=event, article=article, by=by.label)


@transaction.atomic
def declare(article: Article, *, by: User, interests: str) -> None:
    """Say what one's own interests are; they are printed under one's name from the next revision on.

    Raises:
        PermissionDenied: `by` is not one of its authors.
        WorkflowError: nothing was said.
    """
    article = Article.objects.lock(article.pk)
    editing.check_may_write(article, by=by)
    if not interests.strip():
        raise WorkflowError("Say what interests of yours touch the subject. Where there are none, write “None”.")
    editing.say_interests(article, by=by, interests=interests)
    record("coauthor.interests_declared", by=by, about=article.about)


def _check_leads(article: Article, *, by: User) -> None:
    editing.check_may_write(article, by=by)
    if article.author_id != by.pk:
        raise PermissionDenied(f"Only {article.author.label}, who began this text, invites and removes its authors.")


def _check_can_be_sent(article: Article, to: str, *, answers_for_ai: bool) -> None:
    if answers_for_ai and article.ai_involvement == AiInvolvement.NONE:
        raise WorkflowError(
            "This text says that no AI system was used, so nobody answers for one. Choose another part."
        )
    waiting = article.coauthor_invitations.filter(answered_at=None)
    if before := waiting.filter(to=to).first():
        if before.expires_at > clock.now():
            raise Conflict(f"{to} was invited on {before.sent_at:%d %B %Y} and has not answered yet.")
        _end(before, Answer.TAKEN_BACK, by=None)
    if waiting.count() >= MOST_OPEN:
        raise WorkflowError(f"{MOST_OPEN} invitations wait for an answer already. Take one back first.")


def _whose(to: str) -> User | None:
    people = User.objects.filter(is_active=True, is_machine=False)
    if "@" not in to:
        return people.filter(username__iexact=to).first()
    proved = EmailAddress.objects.filter(email__iexact=to, verified=True).values("user")
    return people.filter(Q(pk__in=proved) | Q(email__iexact=to)).order_by("pk").first()


def _tell_of(invitation: CoauthorInvitation, *, by: User) -> None:
    if invitation.person:
        facts: dict[str, Any] = {"by": by.label, "part": invitation.part_name.lower(), "invitation": invitation.pk}
        event = f"coauthor-invited:{invitation.pk}"
        notify(Kind.COAUTHOR_INVITED, [invitation.person], event=event, article=invitation.article, **facts)
    else:
        account_requests.propose(
            email=invitation.to, why=f"{by.label} invites them to write article {invitation.article_id} along.", by=by
        )


def _tell_the_others(article: Article, did: str, *, person: User, event: str) -> None:
    others = [each for each in (article.author, *article.coauthors.all()) if each != person]
    notify(Kind.COAUTHOR_NEWS, others, event=event, article=article, did=did, who=person.label)


def _lock(invitation: CoauthorInvitation, *, by: User) -> tuple[Article, CoauthorInvitation]:
    article = Article.objects.lock(invitation.article_id)
    if found := open_for(by).filter(pk=invitation.pk).first():
        return article, found
    raise Conflict(NO_LONGER_OPEN)


def _end(invitation: CoauthorInvitation, answer: str, *, by: User | None) -> None:
    invitation.answer, invitation.answered_at, invitation.accepted_as = answer, clock.now(), by
    invitation.save()


def _take_off(article: Article, person: User, *, by: User) -> None:
    if not by.is_active or not article.coauthors.filter(pk=person.pk).exists():
        raise PermissionDenied("Only a co-author or translator can leave or be removed; whoever began a text stays.")
    if article.ai_accountable_id == person.pk:
        raise WorkflowError(
            f"{person.label} answers for what an AI system wrote here. Choose somebody else for that on the page of"
            " the text, then try again."
        )
    editing.take_off(article, person, by=by)
