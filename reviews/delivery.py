"""Takes one due message out of the outbox and sends it, so that a crash at any point loses nothing."""

import logging
import random
import smtplib
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import DatabaseError, transaction
from django.db.models import Case, F, Q, Value, When

from editorial import account_mail, clock
from editorial.models import AccountMail
from editorial.outgoing import Delivery, Outgoing, OutgoingQuerySet
from reviews import telling
from reviews.emails import compose, compose_daily
from reviews.entitlement import why_not
from reviews.kinds import Channel, Timing
from reviews.models import Notification
from reviews.querysets import NotificationQuerySet

log = logging.getLogger(__name__)

# Longer than one conversation with a mail server, whose every step ends after `EMAIL_TIMEOUT`.
LEASE = timedelta(minutes=2)
MOST_ATTEMPTS = 8
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=5), timedelta(hours=4)
# Seconds until a message is tried again that no mail server could be reached for.
OUTAGE_PAUSE = (30.0, 120.0)
LONGEST_OUTCOME = 300
CANDIDATES = 20


def deliver_due(*, within: float = 240) -> int:
    """Deliver until nothing is due, no mail server answers, or so many seconds are over; how many were dealt with."""
    deadline, done = time.monotonic() + within, 0
    while time.monotonic() < deadline and deliver_next():
        done += 1
    return done


def deliver_next() -> bool:
    """Deal with the e-mail that has been due longest. False: there is none, or no mail server can be reached."""
    message = _claim()
    return message is not None and _deal_with(message)


@dataclass(frozen=True)
class Outbox:
    """Rows that are e-mails, and what is to be known about each before it goes."""

    emails: Callable[[], OutgoingQuerySet]
    postponed: Callable[[Any], dict[str, Any]]  # what to change where it is to wait; empty where it may go
    refusal: Callable[[Any], str]
    together: Callable[[Any], Sequence[Any]]  # what goes out in one e-mail with it, itself among it
    compose: Callable[[Any, Sequence[Any]], EmailMessage]


def _claim() -> Outgoing | None:
    return next(filter(None, map(_claim_from, OUTBOXES.values())), None)


def _claim_from(outbox: Outbox) -> Outgoing | None:
    """Take a lease on one due e-mail: whoever changes the row first has it, on either database."""
    now = clock.now()
    due = outbox.emails().due(at=now)
    # A lease that ran out is a try that nobody came back from, and it counts as one.
    attempts = F("attempts") + Case(When(lease__isnull=False, then=Value(1)), default=Value(0))
    while candidates := list(due.order_by("due_at", "pk").values_list("pk", flat=True)[:CANDIDATES]):
        for pk in candidates:
            lease = uuid.uuid4()
            if due.filter(pk=pk).update(lease=lease, leased_until=now + LEASE, attempts=attempts) == 1:
                return _loaded(outbox, pk)
    return None


def _loaded(outbox: Outbox, pk: int) -> Outgoing:
    message = outbox.emails().get(pk=pk)
    # It was given to a mail server before, and whether that server took it was never learned.
    message.possible_duplicate = message.possible_duplicate or message.handover_at is not None
    return message


def _with_facts() -> NotificationQuerySet:
    return Notification.objects.filter(channel=Channel.EMAIL).select_related(
        "recipient__telling", "article__author", "article__topic", "assignment__reviewer"
    )


def _postponed(message: Notification) -> dict[str, Any]:
    preference = telling.preference_of(message.recipient)
    later = telling.waits_until(preference, message.kind, is_gathered=message.is_gathered, at=clock.now())
    is_gathered = telling.timing(preference, message.kind) == Timing.DAILY
    return {"due_at": later, "is_gathered": is_gathered} if later else {}


def _deal_with(message: Outgoing) -> bool:
    if changes := OUTBOXES[type(message)].postponed(message):
        _let_go(message, **changes)
        return True
    if message.attempts >= MOST_ATTEMPTS:
        _end(
            message, Delivery.DEAD, f"Given up after {MOST_ATTEMPTS} tries: the desk was stopped in the middle of each."
        )
        return True
    server = get_connection()
    try:
        server.open()
    except OSError as trouble:  # everything `smtplib` raises is an OSError too
        _wait_for_server(message, trouble)
        return False
    try:
        _send(message, server)
    finally:
        _hang_up(server)
    return True


def _send(message: Outgoing, server: BaseEmailBackend) -> None:
    """Judge, write and hand over one message, or all of a day, to a mail server that listens."""
    outbox = OUTBOXES[type(message)]
    if refusal := outbox.refusal(message):
        _end(message, Delivery.SUPPRESSED, refusal, alone=True)
        return
    together = outbox.together(message)
    if together and (email := _written(message, together)) and _note_handover(message):
        _hand_over(message, email, server)


def _refusal(message: Notification) -> str:
    """Why this must not be sent, by right or by the recipient's own choice; empty if it may."""
    if telling.timing(telling.preference_of(message.recipient), message.kind) == Timing.OFF:
        return f"{message.recipient.label} does not want e-mails about this; the inbox has it."
    return why_not(message)


def _together(message: Notification) -> list[Notification]:
    return _gathered(message) if message.is_gathered else [message]


def _gathered(message: Notification) -> list[Notification]:
    """All of a day for one person; each is judged by itself.

    The name of a daily e-mail is on record before it is written, so that another who takes over sends the same one.
    """
    waiting = Notification.objects.filter(recipient=message.recipient_id, channel=Channel.EMAIL, state=Delivery.DUE)
    if message.digest is None:
        message.digest = uuid.uuid4()
        # Also from another worker who has just taken one of them: whoever names the e-mail first sends it all.
        of_this_day = waiting.filter(is_gathered=True, digest=None, due_at__lte=clock.now())
        of_this_day.update(digest=message.digest, lease=message.lease, leased_until=message.leased_until)
    else:
        waiting.filter(digest=message.digest).update(lease=message.lease, leased_until=message.leased_until)
    rows = list(_with_facts().filter(lease=message.lease, state=Delivery.DUE).order_by("pk"))
    refusals = {row.pk: _refusal(row) for row in rows}
    for row in rows:
        if refusals[row.pk]:
            _end(row, Delivery.SUPPRESSED, refusals[row.pk], alone=True)
    return [row for row in rows if not refusals[row.pk]]


def _written(message: Outgoing, together: Sequence[Any]) -> EmailMessage | None:
    try:
        return OUTBOXES[type(message)].compose(message, together)
    except ValidationError:
        _end(message, Delivery.DEAD, f"{message.addressee} has no e-mail address that mail can be sent to.")
    except DatabaseError:
        raise
    except Exception as fault:
        # Whatever is wrong with one template must not hold up the messages behind it.
        log.exception("Message %s (%s) could not be written", message.pk, message.subject_matter)
        what = f"{type(fault).__name__}: {fault}"
        _end(
            message,
            Delivery.DEAD,
            f"Its text could not be written, because the template for “{message.subject_matter}” is missing or"
            f" broken. Tell an administrator; the inbox has the message. ({what})",
        )
    return None


def _note_handover(message: Outgoing) -> bool:
    """On record before the server is given anything; refused when the lease was lost to somebody quicker."""
    now = clock.now()
    with transaction.atomic(durable=True):
        return (
            _held(message).update(
                handover_at=now, leased_until=now + LEASE, possible_duplicate=message.possible_duplicate
            )
            > 0
        )


def _hand_over(message: Outgoing, email: EmailMessage, server: BaseEmailBackend) -> None:
    try:
        server.send_messages([email])
    except smtplib.SMTPRecipientsRefused as refusal:
        code, answer = next(iter(refusal.recipients.values()))
        _refused(message, code, answer)
    except smtplib.SMTPSenderRefused as refusal:
        # Nothing to do with this recipient: our address or account is at fault and may be mended.
        _try_again(message, f"The mail server refused our own address: {_said(refusal.smtp_code, refusal.smtp_error)}")
    except smtplib.SMTPResponseException as refusal:
        _refused(message, refusal.smtp_code, refusal.smtp_error)
    except OSError as trouble:
        _try_again(message, f"The connection broke before the mail server answered: {trouble}", may_be_taken=True)
    else:
        _end(message, Delivery.SENT, "")


def _refused(message: Outgoing, code: int, answer: bytes | str) -> None:
    said = f"The mail server refused it for {message.address}: {_said(code, answer)}"
    if code >= 500:
        _end(message, Delivery.DEAD, said)
    else:
        _try_again(message, said)


def _try_again(message: Outgoing, why: str, *, may_be_taken: bool = False) -> None:
    """Later, after a pause that grows and that no two messages share."""
    attempts = message.attempts + 1
    if attempts >= MOST_ATTEMPTS:
        _end(message, Delivery.DEAD, f"Given up after {attempts} tries. {why}")
        return
    longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (attempts - 1))
    _let_go(
        message,
        due_at=clock.now() + longest * random.random(),  # noqa: S311 - spreads load, guards nothing
        attempts=attempts,
        handover_at=clock.now() if may_be_taken else message.handover_at,
        outcome=why[:LONGEST_OUTCOME],
    )


def _wait_for_server(message: Outgoing, trouble: OSError) -> None:
    """The mail server's absence is no fault of the message, and costs it no attempt."""
    log.warning("The mail server cannot be reached (%s); the outbox waits for it.", trouble)
    _let_go(
        message,
        due_at=clock.now() + timedelta(seconds=random.uniform(*OUTAGE_PAUSE)),  # noqa: S311
        outcome=f"The mail server could not be reached: {trouble}"[:LONGEST_OUTCOME],
    )


def _let_go(message: Outgoing, **changes: object) -> None:
    _held(message).update(lease=None, leased_until=None, **changes)


def _rows_like(message: Outgoing) -> OutgoingQuerySet:
    return type(message)._default_manager.all()  # type: ignore[return-value]


def _held(message: Outgoing) -> OutgoingQuerySet:
    """What one lease covers: the message, or all that go out in one e-mail with it."""
    return _rows_like(message).filter(lease=message.lease, state=Delivery.DUE)


def _end(message: Outgoing, state: Delivery, outcome: str, *, alone: bool = False) -> None:
    """Nothing leads out of this. What was sent is sent, even if the lease has meanwhile gone to somebody else."""
    is_one_of_many = isinstance(message, Notification) and message.digest and not alone
    same = Q(digest=message.digest) if is_one_of_many else Q(pk=message.pk)  # type: ignore[attr-defined]
    still_due = _rows_like(message).filter(same, state=Delivery.DUE)
    held = still_due if state == Delivery.SENT else still_due.filter(lease=message.lease)
    held.update(state=state, outcome=outcome[:LONGEST_OUTCOME], ended_at=clock.now(), lease=None, leased_until=None)
    if state == Delivery.DEAD:
        log.error("Message %s is dead: %s", message.pk, outcome)


def _hang_up(server: BaseEmailBackend) -> None:
    try:
        server.close()
    except OSError as trouble:
        # The answer that counts was given before; a rude goodbye changes nothing.
        log.info("The mail server ended the conversation badly: %s", trouble)


def _said(code: int, answer: bytes | str) -> str:
    words = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
    return f"{code} {words}"


def _compose(message: Notification, together: Sequence[Notification]) -> EmailMessage:
    return compose_daily(message, list(together)) if message.is_gathered else compose(message)


# Letters about accounts go first and never wait: somebody sits in front of a page for them.
OUTBOXES: dict[type[Outgoing], Outbox] = {
    AccountMail: Outbox(
        emails=lambda: AccountMail.objects.select_related("user", "invitation__invited_by", "account_request"),
        postponed=lambda letter: {},
        refusal=account_mail.why_not,
        together=lambda letter: [letter],
        compose=lambda letter, together: account_mail.compose(letter),
    ),
    Notification: Outbox(
        emails=_with_facts, postponed=_postponed, refusal=_refusal, together=_together, compose=_compose
    ),
}
