"""Reads of assignments and messages, in the words of the office."""

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import F, Q

from editorial.models import User
from editorial.outgoing import OutgoingQuerySet
from reviews.kinds import Channel, Problem, QuestionStage, ReportStage, TypingStage


class BoardMemberQuerySet(models.QuerySet):
    def present(self) -> Self:
        """On the board now, and a person who can sign in."""
        return self.filter(left_at=None, user__is_active=True, user__is_machine=False)


class ReviewAssignmentQuerySet(models.QuerySet):
    def open(self) -> Self:
        return self.filter(ended_at=None)

    def overdue(self, *, at: datetime) -> Self:
        return self.open().filter(due_at__lte=at)

    def due_before(self, moment: datetime) -> Self:
        return self.open().filter(due_at__lte=moment)

    def held_by(self, user: User) -> Self:
        """Open work of this reviewer: what a decision may be made on."""
        return self.open().filter(reviewer__user=user, reviewer__left_at=None)

    def visible_to(self, user: User) -> Self:
        """Editors see every assignment; a reviewer their own open ones and, without its text, what they decided."""
        if not (user and user.is_authenticated and user.is_active):
            return self.none()
        if user.is_editor:
            return self.all()
        held = Q(ended_at=None, reviewer__left_at=None)
        return self.filter(reviewer__user=user).filter(held | Q(decision__isnull=False))

    def lock(self, pk: int) -> Any:
        """Re-read and locked; lock its article first."""
        return (
            self.select_for_update(of=("self",))
            .select_related("reviewer__user", "revision", "discipline", "recheck")
            .get(pk=pk)
        )


class RecheckQuerySet(models.QuerySet):
    def open(self) -> Self:
        return self.filter(closed_at=None)

    def of_whole_texts(self) -> Self:
        return self.filter(is_whole=True)


class ThreadQuerySet(models.QuerySet):
    def unsettled(self) -> Self:
        return self.filter(settled_at=None)

    def unanswered(self) -> Self:
        """Nobody has written a response, sent or not."""
        return self.unsettled().filter(answered_at=None, response="")

    def needing_answer(self) -> Self:
        """What keeps the authors from submitting again."""
        return self.unanswered().filter(is_blocking=True)

    def opened_in(self, assignment: Any) -> Self:
        """All that this reviewer ever asked about the article of this assignment, and nothing of anybody else."""
        return self.filter(article=assignment.revision.article_id, opened_by=assignment.reviewer.user_id)

    def visible_to(self, user: User) -> Self:
        """Editors see all; authors what is asked of them; a reviewer what he asked himself, whoever else asked what.

        An editor who is reading a text for the board is its reviewer and sees what reviewers see.
        """
        if not (user and user.is_authenticated and user.is_active):
            return self.none()
        if user.is_editor:
            reviews = self.model._meta.get_field("assignment").related_model.objects
            return self.filter(Q(opened_by=user) | ~Q(article__in=reviews.held_by(user).values("revision__article")))
        written = self.model._meta.get_field("article").related_model.objects.editable_by(user)
        return self.filter(Q(opened_by=user) | Q(article__in=written))


class CredentialQuerySet(models.QuerySet):
    def current(self, *, at: datetime) -> Self:
        """Verified, not withdrawn and not run out."""
        in_time = Q(expires_at=None) | Q(expires_at__gte=at.date())
        return self.filter(in_time, verified_at__isnull=False, withdrawn_at=None)


class NotificationQuerySet(OutgoingQuerySet):
    def inbox_of(self, user: User) -> Self:
        return self.filter(recipient=user, channel=Channel.INBOX)

    def unread(self) -> Self:
        return self.filter(read_at=None)

    def visible_to(self, user: User) -> Self:
        """Editors see the outbox; everybody else their own inbox."""
        if not (user and user.is_authenticated and user.is_active):
            return self.none()
        return self.all() if user.is_editor else self.inbox_of(user)


class ReaderQuestionQuerySet(models.QuerySet):
    def open(self) -> Self:
        return self.filter(stage=QuestionStage.OPEN)

    def with_articles(self) -> Self:
        """Where the reader came from and what answers it, without the texts, which no list shows."""
        texts = ("short_answer", "body", "plain_body")
        of_each = (f"{article}__{name}" for article in ("article", "answer") for name in texts)
        return self.select_related("article", "answer", "merged_into", "settled_by").defer(*of_each)

    def outlived(self, *, at: datetime) -> Self:
        """Whose words have been kept as long as readers were told."""
        return self.filter(kept_until__lte=at).exclude(text="")

    def visible_to(self, user: User) -> Self:
        """The editors' alone; a reader sees one by its private address."""
        return self.all() if user and user.is_authenticated and user.is_editor else self.none()


class ProblemReportQuerySet(models.QuerySet):
    def open(self) -> Self:
        return self.exclude(stage=ReportStage.SETTLED)

    def settled(self) -> Self:
        return self.filter(stage=ReportStage.SETTLED)

    def about_safety(self) -> Self:
        return self.filter(kind=Problem.SAFETY)

    def by_urgency(self) -> Self:
        """What could hurt someone first, then what is due first."""
        is_safety = models.Case(models.When(kind=Problem.SAFETY, then=0), default=1)
        return self.order_by(is_safety, "due_at", "pk")

    def with_article(self) -> Self:
        """Without the texts, which no list shows."""
        texts = (f"article__{name}" for name in ("short_answer", "body", "plain_body"))
        return self.select_related("article", "settled_by").defer(*texts)

    def outlived(self, *, settled_before: datetime) -> Self:
        return self.filter(settled_at__lte=settled_before).exclude(words="", quote="")

    def visible_to(self, user: User) -> Self:
        return self.all() if user and user.is_authenticated and user.is_editor else self.none()


class SavedViewQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """Editors see their own views and those that others share with them."""
        if not (user and user.is_authenticated and user.is_active and user.is_editor):
            return self.none()
        return self.filter(Q(owner=user) | Q(is_shared=True))

    def owned_by(self, user: User) -> Self:
        return self.visible_to(user).filter(owner=user)


class TypingCorrectionQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        """Editors and the board: what they correct is a text that readers have."""
        is_member = hasattr(user, "board_member") and user.board_member.left_at is None
        return self.all() if user.is_editor or (user.is_active and is_member) else self.none()

    def unsettled(self) -> Self:
        return self.filter(stage=TypingStage.WAITING)

    def waiting(self) -> Self:
        """What somebody can sign: of the text that stands, not of one that another took the place of."""
        return self.unsettled().filter(revision=F("article__approval__revision"))

    def with_article(self) -> Self:
        texts = ("short_answer", "body", "plain_body")
        return self.select_related("article", "settled_by").defer(*texts, *(f"article__{name}" for name in texts))
