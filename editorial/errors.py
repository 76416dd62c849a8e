"""Refusals in words a person can act on."""

from django.core.exceptions import PermissionDenied


class WorkflowError(Exception):
    """The act makes no sense now; the message says what happened, why, and what to do."""


class Conflict(WorkflowError):
    """Somebody or something else was first: the text moved on, or the step was already decided (409)."""


def status_of(refusal: Exception | None) -> int:
    """What HTTP calls it: somebody was first, one may not, or it makes no sense, as does a form that is not valid."""
    return 409 if isinstance(refusal, Conflict) else 403 if isinstance(refusal, PermissionDenied) else 422
