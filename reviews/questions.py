"""What editors do with the questions of readers, and when the words of a question are deleted."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_noop

from articles import editing
from articles.asking import unit_at
from articles.models import Article, Topic
from articles.public import PublicArticle
from articles.question_words import likeness
from articles.states import AiInvolvement, Audience
from editorial import clock
from editorial.audit import record
from editorial.errors import Conflict, WorkflowError
from editorial.models import User
from reviews import private_addresses
from reviews.kinds import Kind, QuestionStage
from reviews.models import ReaderQuestion
from reviews.notifications import notify

LONGEST = 500  # characters
ALIKE = 0.6
MOST_COMPARED = 200
UNANSWERED = gettext_noop(
    "Nobody had taken it up when its words had to be deleted, as we promise. You are welcome to ask again."
)


@transaction.atomic
def ask(text: str, *, about: PublicArticle | None = None) -> tuple[ReaderQuestion, str]:
    """Hand a reader's question to the editors; returns it with the token of its private address.

    `about` is the article whose page the reader came from.
    """
    token, key = private_addresses.new()
    now = clock.now()
    question = ReaderQuestion.objects.create(
        key=key,
        text=text,
        article=Article.objects.get(slug=about.slug) if about else None,
        asked_at=now,
        kept_until=now + timedelta(days=settings.QUESTIONS_KEPT_DAYS),
    )
    record("question.asked", by=None, about=question.about)
    return question, token


@transaction.atomic
def merge(question: ReaderQuestion, *, into: ReaderQuestion, by: User) -> None:
    """Say that `into` asks the same; whoever asked this one hears what becomes of that one.

    Raises:
        Conflict: it was settled already.
        WorkflowError: they are one question, or `into` was itself joined with another.
    """
    question, into = _lock(question, by=by), ReaderQuestion.objects.select_for_update().get(pk=into.pk)
    if into.pk == question.pk or into.stage == QuestionStage.MERGED:
        raise WorkflowError("Choose the question that stays open: this one was joined with another already.")
    _settle(question, QuestionStage.MERGED, by=by, merged_into=into)
    question.merged.update(merged_into=into)
    record("question.merged", by=by, about=question.about, into=into.about)


@transaction.atomic
def answer(question: ReaderQuestion, *, slug: str, by: User, words: str = "") -> None:
    """Answer it with an article that is checked and shown now.

    Raises:
        Conflict: it was settled already.
        WorkflowError: behind the article's text stands no valid check.
    """
    question = _lock(question, by=by)
    unit = unit_at(slug, at=clock.now())
    if unit is None or unit.text is None or not unit.standing.is_indexable:
        raise WorkflowError(
            "Readers can only be sent to a text that is checked and shown now, and at this address there is none."
            " Look up the address of an approved article."
        )
    _settle(question, QuestionStage.ANSWERED, by=by, answer=Article.objects.get(slug=slug), words=words.strip())
    record("question.answered", by=by, about=question.about, with_=f"article:{slug}")


@transaction.atomic
def draft(question: ReaderQuestion, *, author: User, title: str, topic: Topic, audience: Audience, by: User) -> Article:
    """Turn it into a draft of `author`, who is told; nothing of it is public before it went the whole way.

    Raises:
        Conflict: it was settled already.
        PermissionDenied: `author` is a machine or not active.
    """
    question = _lock(question, by=by)
    # Nobody has said yet what part an AI system will have, and what is not known counts as the most.
    article = editing.create(
        by=author,
        title=title,
        topic=topic,
        audience=audience,
        ai_involvement=AiInvolvement.DRAFT_AND_EDITS,
        ai_accountable=author,
    )
    _settle(question, QuestionStage.DRAFTED, by=by, answer=article)
    entry = record("question.drafted", by=by, about=question.about, article=article.about, author=author.label)
    notify(Kind.QUESTION_DRAFTED, [author], event=f"drafted:{question.pk}", article=article, entry=entry)
    return article


@transaction.atomic
def decline(question: ReaderQuestion, *, words: str, by: User) -> None:
    """Say in `words`, which the reader sees, why it is not taken up.

    Raises:
        Conflict: it was settled already.
        WorkflowError: no words.
    """
    question = _lock(question, by=by)
    if not words.strip():
        raise WorkflowError("Tell the reader why, in a sentence: it is all they will hear.")
    _settle(question, QuestionStage.DECLINED, by=by, words=words.strip())
    record("question.declined", by=by, about=question.about)


@transaction.atomic
def forget() -> int:
    """Delete the words of questions that were kept as long as promised; returns how many."""
    now = clock.now()
    due = ReaderQuestion.objects.outlived(at=now)
    pks = list(due.select_for_update().order_by("pk").values_list("pk", flat=True))
    with translation.override(settings.READERS_LANGUAGE):
        told = translation.gettext(UNANSWERED)
    due.filter(pk__in=pks, stage=QuestionStage.OPEN).update(stage=QuestionStage.DECLINED, settled_at=now, words=told)
    ReaderQuestion.objects.filter(pk__in=pks).update(text="")
    if pks:
        record("questions.forgotten", by=None, count=len(pks))
    return len(pks)


def by_key(token: str) -> ReaderQuestion | None:
    """The question behind a private address."""
    return (
        ReaderQuestion.objects.select_related("answer", "merged_into__answer")
        .filter(key=private_addresses.key_of(token))
        .first()
    )


def outcome_of(question: ReaderQuestion) -> tuple[ReaderQuestion, PublicArticle | None]:
    """What became of it or of the one it was joined with, and the article to read if there is one to be read now."""
    final = question.merged_into or question
    unit = unit_at(final.answer.slug, at=clock.now()) if final.answer else None
    return final, unit if unit and unit.text and not unit.standing.is_quarantined else None


def grouped(questions: Iterable[ReaderQuestion]) -> list[list[ReaderQuestion]]:
    """Those that ask nearly the same together, in the order of the first of each group."""
    groups: list[list[ReaderQuestion]] = []
    for question in questions:
        alike = next((group for group in groups if likeness(group[0].text, question.text) >= ALIKE), None)
        if alike is None:
            groups.append([question])
        else:
            alike.append(question)
    return groups


def like(question: ReaderQuestion) -> list[ReaderQuestion]:
    """Other open questions that ask nearly the same."""
    others = ReaderQuestion.objects.open().exclude(pk=question.pk)[:MOST_COMPARED]
    return [other for other in others if likeness(question.text, other.text) >= ALIKE]


def _lock(question: ReaderQuestion, *, by: User) -> ReaderQuestion:
    if not by.is_editor:
        raise PermissionDenied("Only an editor can do this.")
    question = ReaderQuestion.objects.select_for_update().get(pk=question.pk)
    if not question.is_open:
        raise Conflict("Somebody settled this question before you; nothing was changed. Below is how.")
    return question


def _settle(question: ReaderQuestion, stage: QuestionStage, *, by: User, **fields: Any) -> None:
    for name, value in {"stage": stage, "settled_at": clock.now(), "settled_by": by, **fields}.items():
        setattr(question, name, value)
    question.save()
