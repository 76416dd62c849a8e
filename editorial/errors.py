"""Refusals in words a person can act on."""


class WorkflowError(Exception):
    """The act makes no sense now; the message says what happened, why, and what to do."""


class Conflict(WorkflowError):
    """Somebody or something else was first: the text moved on, or the step was already decided (409)."""
