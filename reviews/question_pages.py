"""The editors' pages about readers' questions: the list, and one question with what can be done about it."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from articles.asking import passages_for
from articles.states import Audience
from editorial import clock
from editorial.admin_doors import StaffRequest
from editorial.errors import WorkflowError
from editorial.models import User
from reviews import questions
from reviews.act_pages import Act, attempt
from reviews.kinds import QuestionStage
from reviews.models import ReaderQuestion
from reviews.settling_forms import AnswerForm, DeclineQuestionForm, DraftForm, MergeForm

MOST_SETTLED = 30


def _merge(question: ReaderQuestion, by: User, said: dict[str, Any]) -> None:
    into = ReaderQuestion.objects.visible_to(by).filter(pk=said["into"]).first()
    if into is None:
        raise WorkflowError("There is no question with this number. Look it up in the list.")
    questions.merge(question, into=into, by=by)


def _draft(question: ReaderQuestion, by: User, said: dict[str, Any]) -> None:
    questions.draft(question, by=by, **(said | {"audience": Audience(said["audience"])}))


ACTS: dict[str, Act] = {
    "answer": (
        AnswerForm,
        lambda question, by, said: questions.answer(question, slug=said["article"], words=said["words"], by=by),
        "Answered: the reader's page now leads to the article.",
    ),
    "merge": (MergeForm, _merge, "Joined: the reader hears what becomes of the other question."),
    "draft": (DraftForm, _draft, "The draft is on its author's desk, and the author was told."),
    "decline": (
        DeclineQuestionForm,
        lambda question, by, said: questions.decline(question, words=said["words"], by=by),
        "Declined: the reader's page says why.",
    ),
}


@require_safe
def question_list(request: StaffRequest) -> HttpResponse:
    """What waits, with what is asked more than once together, and what was settled last."""
    _let_in(request)
    visible = ReaderQuestion.objects.visible_to(request.user)
    waiting = list(visible.open().with_articles()[: questions.MOST_COMPARED])
    settled = visible.exclude(stage=QuestionStage.OPEN).order_by("-settled_at", "-pk")
    context = {
        **admin.site.each_context(request),
        "title": "Readers' questions",
        "groups": questions.grouped(waiting),
        "number": visible.open().count(),
        "most": questions.MOST_COMPARED,
        "settled": settled.with_articles()[:MOST_SETTLED],
    }
    return render(request, "reviews/questions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def question_page(request: StaffRequest, pk: int) -> HttpResponse:
    """GET shows one question; POST calls the one verb that `act` names."""
    _let_in(request)
    question = get_object_or_404(ReaderQuestion.objects.visible_to(request.user), pk=pk)
    return _do(request, question) if request.method == "POST" else _page(request, question)


def _let_in(request: StaffRequest) -> None:
    if not request.user.is_editor:
        raise PermissionDenied


def _do(request: StaffRequest, question: ReaderQuestion) -> HttpResponse:
    not_done = attempt(request, ACTS, question)
    if not_done is None:
        return redirect("admin:reviews_readerquestion_changelist")
    question.refresh_from_db()
    return _page(request, question, status=not_done.status, bound=not_done.bound)


def _page(
    request: StaffRequest, question: ReaderQuestion, *, status: int = 200, bound: dict[str, Form] | None = None
) -> HttpResponse:
    initial = {"draft": {"title": question.text}}
    forms = {name: form(initial=initial.get(name), auto_id=f"{name}-%s") for name, (form, _, _) in ACTS.items()}
    context = {
        **admin.site.each_context(request),
        "title": str(question),
        "question": question,
        "forms": forms | (bound or {}),
        "opened": set(bound or ()),
        "alike": questions.like(question) if question.text else (),
        "found": passages_for(question.text, at=clock.now()),
    }
    return render(request, "reviews/question.html", context, status=status)
