"""The views of the queue: those every editor has, and keeping, changing and removing one's own."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction

from editorial.audit import record
from editorial.errors import WorkflowError
from editorial.models import User
from reviews.models import SavedView

MOST_KEPT = 30


@dataclass(frozen=True)
class View:
    """One way to look at the queue, as a link."""

    name: str
    query: str
    owner: str = ""  # whose it is, where somebody else shares it


# Computed, never stored: they are the same for everybody, and say the same when the filter learns new words.
FOR_EVERYBODY = (
    View("In work", ""),
    View("Stopped", "state=stopped"),
    View("Ready for release", "next=release"),
    View("Needs a reader", "next=reader"),
    View("Reading overdue", "due=overdue"),
    View("Check due this quarter", "state=check_soon"),
)


def views_of(user: User) -> list[View]:
    """Everybody's, then one's own, then what others share."""
    kept = list(SavedView.objects.visible_to(user).select_related("owner"))
    kept.sort(key=lambda view: view.owner_id != user.pk)
    own = [View(v.name, v.query, "" if v.owner_id == user.pk else v.owner.label) for v in kept]
    return [*FOR_EVERYBODY, *own]


@transaction.atomic
def keep(name: str, query: str, *, by: User, is_shared: bool = False) -> SavedView:
    """Keep a filter under a name.

    Raises:
        PermissionDenied: `by` is not an editor.
        WorkflowError: the name is taken, nothing is filtered, or there are too many already.
    """
    _check_editor(by)
    own = SavedView.objects.owned_by(by)
    if not query:
        raise WorkflowError("This is the whole of what is in work, which every editor has. Narrow it first.")
    if own.count() >= MOST_KEPT:
        raise WorkflowError(f"You keep {MOST_KEPT} views already. Remove one that you no longer use.")
    _check_free(name, by=by)
    view = SavedView.objects.create(owner=by, name=name, query=query, is_shared=is_shared)
    record("view.kept", by=by, about=f"view:{view.pk}", name=name, is_shared=is_shared)
    return view


@transaction.atomic
def change(view: SavedView, *, by: User, name: str, is_shared: bool) -> None:
    """Give one's own view another name, share it, or share it no longer."""
    view = _own(view, by=by)
    _check_free(name, by=by, other_than=view)
    view.name, view.is_shared = name, is_shared
    view.save(update_fields=["name", "is_shared"])
    record("view.changed", by=by, about=f"view:{view.pk}", name=name, is_shared=is_shared)


@transaction.atomic
def remove(view: SavedView, *, by: User) -> None:
    """Remove one's own view; who shared it takes it from everybody."""
    view = _own(view, by=by)
    record("view.removed", by=by, about=f"view:{view.pk}", name=view.name)
    view.delete()


def _own(view: SavedView, *, by: User) -> SavedView:
    _check_editor(by)
    found = SavedView.objects.owned_by(by).select_for_update(of=("self",)).filter(pk=view.pk).first()
    if found is None:
        raise PermissionDenied("This view is not yours, so nothing was changed.")
    return found


def _check_editor(by: User) -> None:
    if not (by.is_active and by.is_editor):
        raise PermissionDenied("Only an editor can do this.")


def _check_free(name: str, *, by: User, other_than: SavedView | None = None) -> None:
    taken = SavedView.objects.owned_by(by).filter(name=name).exclude(pk=other_than.pk if other_than else None)
    if taken.exists():
        raise WorkflowError(f"You have a view called “{name}” already. Choose another name, or remove that one first.")
