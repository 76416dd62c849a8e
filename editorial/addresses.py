"""What an administrator's change of somebody's e-mail address means for the letters of that account."""

from allauth.account.models import EmailAddress
from django.db import transaction

from editorial import account_mail
from editorial.models import User


@transaction.atomic
def replaced(person: User, *, old: str) -> None:
    """Former addresses open nothing any more; the last one is told, for its owner may not have asked for this.

    Part of an act that puts itself on record.
    """
    EmailAddress.objects.filter(user=person).exclude(email__iexact=person.email).delete()
    if old:
        account_mail.tell_change(person, "address_replaced", to=old)
