"""Says who is about to save a row, and why, for the log of field changes (django-simple-history)."""

from typing import Any

from django.db import models

from editorial import clock
from editorial.models import User


def saved_by(row: models.Model, person: User | None, *, why: str = "") -> None:
    """The next save of `row` is this person's; in a task or command nothing else would say so."""
    noted: Any = row
    noted._history_user = person
    noted._change_reason = why or None
    noted._history_date = clock.now()


def not_an_edit(row: models.Model) -> None:
    """The next saves of `row` change nothing a person wrote: other records tell of them."""
    noted: Any = row
    noted.skip_history_when_saving = True
