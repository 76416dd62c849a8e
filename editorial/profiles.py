"""What people say about themselves: the name as printed, where they work, their ORCID iD and languages."""

from typing import Any

from django.db import transaction

from editorial.audit import record
from editorial.errors import WorkflowError
from editorial.models import User

FIELDS = ("printed_name", "affiliation", "orcid", "languages")


@transaction.atomic
def change(person: User, *, by: User, **said: object) -> list[str]:
    """Change one's own profile; which fields were changed. What was signed before keeps the name it was signed with.

    Raises:
        WorkflowError: the name would be taken away from somebody whom the record has to name.
    """
    person = User.objects.select_for_update().get(pk=person.pk)
    changed = [name for name in FIELDS if name in said and getattr(person, name) != said[name]]
    if not changed:
        return []
    if "printed_name" in changed and not said["printed_name"]:
        raise WorkflowError("A name as printed is needed: it stands beside whatever this account signs.")
    before, by_label = person.printed_name, by.label
    for name in changed:
        setattr(person, name, said[name])
    person.save(update_fields=changed)
    names: dict[str, Any] = (
        {"name_before": before or by_label, "name_after": person.printed_name} if "printed_name" in changed else {}
    )
    record("account.profile_changed", by=by, about=f"user:{person.pk}", fields=changed, **names)
    return changed
