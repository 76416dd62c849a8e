"""Reads of articles, in the words of the office."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Q, Value, When
from guardian.shortcuts import get_objects_for_user

from articles.states import PIPELINE, NoticeKind, State
from editorial.models import User


class ArticleQuerySet(models.QuerySet):
    def lock(self, pk: int) -> Any:
        """The article, re-read and locked until the transaction ends: every verb starts here."""
        # First wait, then read: PostgreSQL would join the row it waited for to what its neighbours were before.
        self.lock_all([pk])
        return self.select_related("risk", "latest_revision", "approval").get(pk=pk)

    def lock_all(self, pks: Iterable[int]) -> None:
        """Lock several in one order; a verb on many does so before its first entry in the audit chain.

        Whoever held the chain and waited for an article would wait for one who holds that and waits for the chain.
        """
        # The key stays as it is, so rows that only name the article (a message, say) are written meanwhile.
        list(self.select_for_update(no_key=True).filter(pk__in=list(pks)).order_by("pk").values_list("pk"))

    def visible_to(self, user: User) -> Self:
        """Editors see all; others what they write or are reading; being a superuser shows nothing more."""
        return self._within(user, "write_article", "review_article")

    def editable_by(self, user: User) -> Self:
        """What this person writes, alone or with others."""
        return self.filter(pk__in=self._granted(user, "write_article")) if _is_present(user) else self.none()

    def public(self, *, at: datetime) -> Self:
        """Articles whose text may be shown at this moment; the standing of each still has the last word."""
        checked = Q(approval__isnull=False) & (Q(approval__hidden_after=None) | Q(approval__hidden_after__gt=at))
        unchecked = Q(state__in=PIPELINE, risk__public_before_approval=True)
        told_of = self.exclude(state__in=[State.DRAFT, State.WITHDRAWN]).filter(~self._under(NoticeKind.QUARANTINE))
        may_be_shown = ((unchecked | checked) & ~self._under(NoticeKind.UNSAFE)) | Q(state=State.RETRACTED)
        return told_of.filter(_as_one_value(may_be_shown))

    def counted(self, *, at: datetime) -> dict[str, int]:
        """How many texts may be read at this moment, and behind how many of them a check stands."""
        return self.public(at=at).aggregate(all=Count("pk"), checked=Count("pk", filter=self._is_checked(at=at)))

    def checked(self, *, at: datetime) -> Self:
        """Those among them that a valid check stands behind; the seal of each still has the last word."""
        return self.public(at=at).filter(_as_one_value(self._is_checked(at=at)))

    def for_reader(self) -> Self:
        """With everything the public door needs: in one row, but for what was read before a typing correction."""
        loaded = self.select_related("risk", "topic", "latest_revision", "approval__revision")
        return loaded.prefetch_related("approval__read__revision")

    def awaiting_editor(self) -> Self:
        """Submitted and in nobody's hands yet."""
        return self.filter(state=State.SUBMITTED)

    def in_review(self) -> Self:
        return self.filter(state=State.UNDER_REVIEW)

    def _is_checked(self, *, at: datetime) -> Q:
        newest = Q(state=State.APPROVED, latest_revision=F("approval__revision"))
        older = Q(state__in=PIPELINE) & ~Q(latest_revision=F("approval__revision"))
        return (
            (newest | older)
            & ~self._under(NoticeKind.CLASS_RAISED)
            & Q(approval__valid_until__gt=at, approval__digest=F("approval__revision__digest"))
        )

    def _under(self, kind: NoticeKind) -> Exists:
        """Has a notice of this kind that nobody has resolved."""
        notices = self.model._meta.get_field("notices").related_model.objects
        return Exists(notices.filter(article=OuterRef("pk"), kind=kind, resolution=None))

    def _within(self, user: User, *permissions: str) -> Self:
        if not _is_present(user):
            return self.none()
        if user.is_editor:
            return self.all()
        return self.filter(pk__in=self._granted(user, *permissions))

    def _granted(self, user: User, *permissions: str) -> models.QuerySet:
        # Measured: with klass as a class, direct-FK rows and no groups, this is one indexed join at 100,000 articles.
        return get_objects_for_user(
            user,
            [f"articles.{name}" for name in permissions],
            klass=self.model,
            use_groups=False,
            any_perm=True,
            with_superuser=False,
            accept_global_perms=False,
        ).values("pk")


def _as_one_value(condition: Q) -> Case:
    """A condition that the database does not take apart.

    PostgreSQL compares each part of an OR with each condition of a partial index, for longer than the answer takes; and
    where it believes that hardly a row fulfils all the parts, it gathers every row before it shows the first twenty.
    """
    return Case(When(condition, then=Value(True)), default=Value(False), output_field=models.BooleanField())


def _is_present(user: User) -> bool:
    return bool(user and user.is_authenticated and user.is_active)
