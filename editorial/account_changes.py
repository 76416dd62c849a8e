"""A change that guards an account: put on record, and told to its owner, in the same transaction."""

from editorial import account_mail
from editorial.audit import record
from editorial.models import User


def note(person: User, what: str, *, to: str = "") -> None:
    """`what` has its words in templates/account/email/_what.txt; `to` is another than the present address."""
    record(f"account.{what}", by=person, about=f"user:{person.pk}")
    account_mail.tell_change(person, what, to=to)
