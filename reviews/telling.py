"""How soon each person wants to hear of what: at once, once a day, or not by e-mail at all."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db import transaction

from editorial import clock
from editorial.audit import record
from editorial.errors import WorkflowError
from editorial.models import User
from reviews.entitlement import TOLD_TO, Office
from reviews.kinds import ALWAYS_AT_ONCE, Channel, Delivery, Kind, Timing
from reviews.models import Notification, TellingPreference

SALT = "reviews.telling"
# Stands for all that somebody gets once a day, in the link that ends it.
DAILY = "daily"
HOURS = range(24)


def preference_of(user: User) -> TellingPreference:
    """What this person chose or, where they never did, what everybody begins with; nothing is stored by asking."""
    return getattr(user, "telling", None) or TellingPreference(user=user)


def timing(preference: TellingPreference, kind: str) -> Timing:
    """How soon this kind is to be told. What concerns safety and access is always told at once."""
    if Kind(kind) in ALWAYS_AT_ONCE:
        return Timing.AT_ONCE
    return Timing(preference.choices.get(kind, Timing.AT_ONCE))


def waits_until(preference: TellingPreference, kind: str, *, is_gathered: bool, at: datetime) -> datetime | None:
    """When an e-mail of this kind may go out, if that is not now; `is_gathered` says that it waited for its day."""
    if Kind(kind) in ALWAYS_AT_ONCE:
        return None
    if timing(preference, kind) == Timing.DAILY:
        return None if is_gathered else next_daily(preference, after=at)
    return _end_of_quiet(preference, at=at)


def next_daily(preference: TellingPreference, *, after: datetime) -> datetime:
    """The next time this person's daily e-mail goes out, strictly after a moment."""
    return _next_hour(preference.daily_at, zone_of(preference), after=after)


def zone_of(preference: TellingPreference) -> ZoneInfo:
    return ZoneInfo(preference.time_zone)


def offered_to(user: User) -> dict[Office, list[Kind]]:
    """The kinds this person can be told of, by the office in which they hear them first."""
    offices = {Office.AUTHOR, Office.NAMED}
    offices |= {Office.REVIEWER, Office.MEMBER} if hasattr(user, "board_member") else set()
    offices |= {Office.EDITOR} if user.is_editor else set()
    offered: dict[Office, list[Kind]] = {office: [] for office in Office if office in offices}
    for kind in Kind:
        if mine := [office for office in TOLD_TO[kind] if office in offices]:
            offered[mine[0]].append(kind)
    return {office: kinds for office, kinds in offered.items() if kinds}


@transaction.atomic
def choose(
    user: User,
    *,
    by: User,
    choices: Mapping[str, str],
    time_zone: str,
    daily_at: int,
    quiet_from: int | None = None,
    quiet_until: int | None = None,
) -> TellingPreference:
    """Keep what `user` wants to be told; what waits in the outbox is judged anew by it.

    Hours are 0 to 23, in `time_zone` (a name of the IANA time zone database).

    Raises:
        PermissionDenied: people choose for themselves only.
        WorkflowError: a kind that is always told at once, an unknown zone, or hours that cannot be kept.
    """
    if by.pk != user.pk or not by.is_active:
        raise PermissionDenied("People choose for themselves what they are told.")
    _check_hours(time_zone, daily_at, quiet_from, quiet_until)
    kept = _lock(user)
    kept.choices = kept.choices | _checked(choices)
    kept.time_zone, kept.daily_at = time_zone, daily_at
    kept.quiet_from, kept.quiet_until = quiet_from, quiet_until
    return _keep(kept, by=by)


@transaction.atomic
def turn_off(user: User, what: str) -> TellingPreference:
    """Stop e-mails of one kind, or all that come once a day, as the link in each of them promises.

    Raises:
        WorkflowError: what concerns safety and access cannot be turned off.
    """
    kept = _lock(user)
    daily = [kind for kind, chosen in kept.choices.items() if chosen == Timing.DAILY]
    kinds = daily if what == DAILY else [Kind(what).value]
    if set(kinds) & ALWAYS_AT_ONCE:
        raise WorkflowError(
            f"“{Kind(what).label}” concerns safety or what you may open, so its e-mails cannot be turned off."
        )
    kept.choices = kept.choices | dict.fromkeys(kinds, Timing.OFF.value)
    return _keep(kept, by=user)


def token(user: User, what: str) -> str:
    """What the link of an e-mail carries: whose, and of what kind; good for turning that off and nothing else."""
    return signing.dumps([user.pk, what], salt=SALT)


def read_token(written: str) -> tuple[int, str] | None:
    """Whom and what a link is about, or None for one that was not made here."""
    try:
        pk, what = signing.loads(written, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return pk, what


def _lock(user: User) -> TellingPreference:
    TellingPreference.objects.get_or_create(user=user)
    return TellingPreference.objects.select_for_update().get(user=user)


def _keep(kept: TellingPreference, *, by: User) -> TellingPreference:
    kept.save()
    record("telling.chosen", by=by, about=f"user:{by.pk}", choices=kept.choices, quiet=_said_quiet(kept))
    waiting = Notification.objects.filter(recipient=kept.user_id, channel=Channel.EMAIL, state=Delivery.DUE)
    waiting.filter(is_gathered=True, digest=None, lease=None).update(is_gathered=False, due_at=clock.now())
    return kept


def _said_quiet(kept: TellingPreference) -> str:
    return "" if kept.quiet_from is None else f"{kept.quiet_from}–{kept.quiet_until}"


def _checked(choices: Mapping[str, str]) -> dict[str, str]:
    for kind, chosen in choices.items():
        if kind not in Kind or chosen not in Timing:
            raise WorkflowError("That choice is not one of those on the page. Reload it and choose again.")
        if Kind(kind) in ALWAYS_AT_ONCE and chosen != Timing.AT_ONCE:
            raise WorkflowError(f"“{Kind(kind).label}” concerns safety or access and is always told at once.")
    return {kind: str(chosen) for kind, chosen in choices.items() if Kind(kind) not in ALWAYS_AT_ONCE}


@cache
def time_zones() -> tuple[str, ...]:
    """In the order of the alphabet; asking for them reads a folder of some hundred files."""
    return tuple(sorted(available_timezones()))


def _check_hours(time_zone: str, daily_at: int, quiet_from: int | None, quiet_until: int | None) -> None:
    if time_zone not in time_zones():
        raise WorkflowError(f"There is no time zone “{time_zone[:60]}”. Choose one from the list.")
    if daily_at not in HOURS or any(hour is not None and hour not in HOURS for hour in (quiet_from, quiet_until)):
        raise WorkflowError("An hour of the day is a number from 0 to 23.")
    if (quiet_from is None) != (quiet_until is None):
        raise WorkflowError("Quiet hours need a beginning and an end. Give both, or neither.")
    if quiet_from is not None and quiet_from == quiet_until:
        raise WorkflowError("Quiet hours cannot last the whole day. Give an end that differs from the beginning.")
    if quiet_from is not None and quiet_until is not None and _is_within(daily_at, quiet_from, quiet_until):
        raise WorkflowError("The daily e-mail would go out within your quiet hours. Move one of the two.")


def _is_within(hour: int, start: int, end: int) -> bool:
    return start <= hour < end if start < end else hour >= start or hour < end


def _end_of_quiet(preference: TellingPreference, *, at: datetime) -> datetime | None:
    start, end = preference.quiet_from, preference.quiet_until
    if start is None or end is None:
        return None
    zone = zone_of(preference)
    return _next_hour(end, zone, after=at) if _is_within(at.astimezone(zone).hour, start, end) else None


def _next_hour(hour: int, zone: ZoneInfo, *, after: datetime) -> datetime:
    """The next full hour of that name on the clock of a zone; one that summer time leaves out comes an hour later."""
    local = after.astimezone(zone)
    today = local.replace(hour=hour, minute=0, second=0, microsecond=0, fold=0)
    following = (today + timedelta(days=days) for days in range(3))
    moments = (moment.astimezone(after.tzinfo) for moment in following)
    return next(moment for moment in moments if moment > after)
