"""The acts of the review desk that are about comments on passages."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect

from editorial.admin_doors import StaffRequest
from editorial.errors import WorkflowError
from reviews import comments
from reviews.comment_forms import DraftForm, WriteForm
from reviews.models import Comment, ReviewAssignment

Refused = Callable[[StaffRequest, ReviewAssignment, Exception], HttpResponse]


def write(request: StaffRequest, assignment: ReviewAssignment, refused: Refused) -> HttpResponse:
    return _do(request, assignment, refused, WriteForm(request.POST), comments.write)


def say_at_once(request: StaffRequest, assignment: ReviewAssignment, refused: Refused) -> HttpResponse:
    return _do(request, assignment, refused, WriteForm(request.POST), comments.say_at_once)


def change(request: StaffRequest, assignment: ReviewAssignment, refused: Refused) -> HttpResponse:
    return _do(request, assignment, refused, DraftForm(request.POST), comments.change)


def send(request: StaffRequest, assignment: ReviewAssignment, refused: Refused) -> HttpResponse:
    return _do(request, assignment, refused, DraftForm(request.POST), comments.send)


def remove(request: StaffRequest, assignment: ReviewAssignment, refused: Refused) -> HttpResponse:
    def verb(at: ReviewAssignment, *, remark: Any, **said: Any) -> None:
        comments.remove(at, **said)

    return _do(request, assignment, refused, DraftForm(request.POST), verb)


ACTS = {
    "comment": write,
    "comment_now": say_at_once,
    "change_comment": change,
    "send_comment": send,
    "remove_comment": remove,
}


def _do(
    request: StaffRequest,
    assignment: ReviewAssignment,
    refused: Refused,
    form: WriteForm | DraftForm,
    verb: Callable[..., Any],
) -> HttpResponse:
    """What was typed stays where the verb refuses; after it, the page goes on at the passage."""
    try:
        if not form.is_valid():
            raise WorkflowError("This could not be read, so nothing was changed. Reload the page and try again.")
        done = verb(assignment, by=request.user, **form.said)
    except (WorkflowError, PermissionDenied) as refusal:
        return refused(request, assignment, refusal)
    return redirect(f"{request.path}{_anchor(done)}")


def _anchor(done: Any) -> str:
    if done is None:
        return "#comments"
    return f"#mark-comment-{done.pk}" if isinstance(done, Comment) else f"#mark-point-{done.pk}"
