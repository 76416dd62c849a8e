"""When board members are away, how much they take on, and who stands in for them."""

from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction

from editorial import clock
from editorial.attribution import saved_by
from editorial.audit import record
from editorial.errors import Conflict, WorkflowError
from editorial.models import User
from reviews.models import Absence, BoardMember

LONGEST = timedelta(days=730)
MOST = 30
MOST_REVIEWS = 50


@transaction.atomic
def set_away(member: BoardMember, *, by: User, starts_on: date, ends_on: date, note: str = "") -> Absence:
    """From the first day to the last, nobody asks or reminds them; `note` is for the editors.

    Raises:
        PermissionDenied: `by` is neither the member nor an editor.
        WorkflowError: it ends before it starts or today, lasts too long, or there are too many.
    """
    member = _lock(member, by=by)
    if ends_on < starts_on:
        raise WorkflowError("The last day away lies before the first. Change one of the two.")
    if ends_on < clock.now().date():
        raise WorkflowError("These days have passed already. Choose days that are still to come.")
    if ends_on - starts_on > LONGEST:
        raise WorkflowError("An absence lasts two years at most. Set a shorter one, or ask an editor what to do.")
    if member.absences.filter(ends_on__gte=clock.now().date()).count() >= MOST:
        raise WorkflowError(f"There are {MOST} absences already. Take one back first.")
    absence = Absence.objects.create(member=member, starts_on=starts_on, ends_on=ends_on, note=note.strip())
    _record("absence.set", absence, by=by)
    return absence


@transaction.atomic
def cancel(absence: Absence, *, by: User) -> None:
    """They are there after all. That they had been away is kept in the record.

    Raises:
        PermissionDenied: `by` is neither the member nor an editor. Conflict: it was taken back already.
    """
    _lock(absence.member, by=by)
    found = Absence.objects.filter(pk=absence.pk).first()
    if found is None:
        raise Conflict("This absence was taken back already; nothing was changed.")
    _record("absence.cancelled", found, by=by)
    found.delete()


@transaction.atomic
def set_terms(member: BoardMember, *, by: User, capacity: int, deputy: BoardMember | None) -> None:
    """How many open reviews they take at most, and who is asked when they are silent or away.

    Raises:
        PermissionDenied: `by` is neither the member nor an editor.
        WorkflowError: a number that makes no sense, or a deputy who cannot be one.
    """
    member = _lock(member, by=by)
    if not 0 <= capacity <= MOST_REVIEWS:
        raise WorkflowError(f"Say a number of reviews from 0 to {MOST_REVIEWS}. 0 means: do not ask me at present.")
    if deputy is not None and deputy.pk == member.pk:
        raise WorkflowError("Nobody can be their own deputy. Choose somebody else, or nobody.")
    if deputy is not None and not BoardMember.objects.present().filter(pk=deputy.pk).exists():
        raise WorkflowError(f"{deputy.user.label} has left the board. Choose somebody else, or nobody.")
    member.capacity, member.deputy = capacity, deputy
    saved_by(member, by)
    member.save(update_fields=["capacity", "deputy"])
    named = deputy.user.label if deputy else ""
    record("boardmember.terms_set", by=by, about=f"boardmember:{member.pk}", capacity=capacity, deputy=named)


def away_until(member: BoardMember, *, on: date) -> date | None:
    """The last day of the absence that covers this day and of those that follow on; none if they are there."""
    last = None
    for absence in sorted(member.absences.all(), key=lambda a: a.starts_on):
        reached = last + timedelta(days=1) if last else on
        if absence.starts_on <= reached <= absence.ends_on:
            last = absence.ends_on
    return last


def next_absence(member: BoardMember, *, after: date, before: date) -> Absence | None:
    """The first that begins between these two days."""
    return next((a for a in member.absences.all() if after < a.starts_on <= before), None)


def to_come(member: BoardMember) -> list[Absence]:
    return [a for a in member.absences.all() if a.ends_on >= clock.now().date()]


def _lock(member: BoardMember, *, by: User) -> BoardMember:
    if not (by.is_active and (by.is_editor or by.pk == member.user_id)):
        raise PermissionDenied("Only the member and the editors can change this.")
    locked: BoardMember = BoardMember.objects.select_for_update(of=("self",)).select_related("user").get(pk=member.pk)
    if locked.left_at:
        raise WorkflowError(f"{locked.user.label} has left the board, so there is nothing to plan any more.")
    return locked


def _record(action: str, absence: Absence, *, by: User) -> None:
    days = [absence.starts_on.isoformat(), absence.ends_on.isoformat()]
    record(action, by=by, about=f"boardmember:{absence.member_id}", absence=absence.pk, days=days)
