"""A page with several forms, each of which names its act: the one that was sent is judged by its verb."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404

from editorial.admin_doors import StaffRequest
from editorial.errors import WorkflowError, status_of

# Its form, the verb (subject, who, what the form said), and what is told when it is done.
Act = tuple[type[Form], Callable[[Any, Any, dict[str, Any]], Any], str]


@dataclass(frozen=True)
class NotDone:
    """The form as it was sent, with why; by the act's name, to be put back on the page."""

    bound: dict[str, Form]
    status: int


def attempt(request: StaffRequest, acts: Mapping[str, Act], subject: Any) -> NotDone | None:
    """Do what the form asks for and say so; else what to show again. 404 for an act that there is not."""
    name = request.POST.get("act", "")
    if name not in acts:
        raise Http404
    form_class, verb, done = acts[name]
    form, status = form_class(request.POST, auto_id=f"{name}-%s"), 422
    if form.is_valid():
        try:
            verb(subject, request.user, form.cleaned_data)
        except (WorkflowError, PermissionDenied) as refusal:
            form.add_error(None, str(refusal))
            status = status_of(refusal)
        else:
            messages.success(request, done)
            return None
    return NotDone({name: form}, status)
