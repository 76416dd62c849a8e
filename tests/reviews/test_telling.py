"""People are told as they chose: at once, once a day or not by e-mail; nothing is lost on the way."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from editorial import clock
from editorial.errors import WorkflowError
from editorial.models import AuditEntry
from reviews import delivery, telling
from reviews.kinds import ALWAYS_AT_ONCE, Channel, Delivery, Kind, Timing
from reviews.models import Notification, TellingPreference
from reviews.notifications import notify
from tests.desk import words

pytestmark = pytest.mark.django_db

BERLIN = "Europe/Berlin"
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def choose(person, kinds=(), timing=Timing.DAILY, **more):
    hours = {"time_zone": "UTC", "daily_at": 7} | more
    return telling.choose(person, by=person, choices=dict.fromkeys(kinds, timing), **hours)


def tell(person, article, *kinds, event="test"):
    for kind in kinds:
        notify(kind, [person], event=f"{event}:{kind}", article=article, reason="", author="Ana", shortfall="")


def states(person):
    """What became of each e-mail, and when it is due if it waits."""
    return {n.kind: n.state for n in Notification.objects.filter(recipient=person, channel=Channel.EMAIL)}


@pytest.fixture
def quiet_outbox(draft, eva):
    """An article that nobody was told of yet."""
    Notification.objects.all().delete()
    return draft


def test_a_day_goes_out_in_one_e_mail_at_the_chosen_hour_and_an_empty_day_in_none(quiet_outbox, eva, mailoutbox):
    choose(eva, [Kind.SUBMITTED, Kind.WITHDRAWN], time_zone=BERLIN, daily_at=7)
    with clock.at(NOON):
        tell(eva, quiet_outbox, Kind.SUBMITTED, Kind.WITHDRAWN)
        delivery.deliver_due()
        assert mailoutbox == []
        assert {n.due_at for n in Notification.objects.filter(channel=Channel.EMAIL)} == {
            datetime(2026, 11, 25, 6, tzinfo=UTC)
        }
    with clock.at(NOON + timedelta(hours=18)):
        delivery.deliver_due()
        delivery.deliver_due()
    assert len(mailoutbox) == 1
    assert mailoutbox[0].subject.startswith("Your day: 2 messages")
    assert "Submitted, waiting for a reviewer" in mailoutbox[0].body
    assert "Withdrawn:" in mailoutbox[0].body
    assert set(states(eva).values()) == {Delivery.SENT}
    with clock.at(NOON + timedelta(hours=42)):
        assert delivery.deliver_due() == 0
    assert len(mailoutbox) == 1


def test_what_is_turned_off_is_suppressed_with_the_reason_and_stays_in_the_inbox(quiet_outbox, eva, mailoutbox):
    choose(eva, [Kind.WITHDRAWN], Timing.OFF)
    tell(eva, quiet_outbox, Kind.WITHDRAWN)
    delivery.deliver_due()
    email = Notification.objects.get(channel=Channel.EMAIL, kind=Kind.WITHDRAWN)
    assert (email.state, email.outcome) == (
        Delivery.SUPPRESSED,
        "Eva does not want e-mails about this; the inbox has it.",
    )
    assert Notification.objects.inbox_of(eva).filter(kind=Kind.WITHDRAWN).exists()
    assert mailoutbox == []


@pytest.mark.parametrize("kind", sorted(ALWAYS_AT_ONCE))
def test_what_concerns_safety_and_access_cannot_be_put_off(quiet_outbox, eva, kind):
    for timing in (Timing.DAILY, Timing.OFF):
        with pytest.raises(WorkflowError, match="always told at once"):
            choose(eva, [kind], timing)
    with pytest.raises(WorkflowError, match="cannot be turned off"):
        telling.turn_off(eva, kind)
    # Not even by a row that somebody wrote past the verb, and not by quiet hours.
    preference = TellingPreference(user=eva, choices={kind: "off"}, quiet_from=0, quiet_until=23)
    assert telling.timing(preference, kind) == Timing.AT_ONCE
    assert telling.waits_until(preference, kind, is_gathered=False, at=NOON) is None


def test_in_quiet_hours_e_mails_wait_and_then_go_out(quiet_outbox, eva, mailoutbox):
    choose(eva, quiet_from=22, quiet_until=6, time_zone=BERLIN)
    with clock.at(datetime(2026, 11, 24, 22, 30, tzinfo=UTC)):
        tell(eva, quiet_outbox, Kind.WITHDRAWN, Kind.QUARANTINED)
        delivery.deliver_due()
        assert [m.subject.partition(",")[0] for m in mailoutbox] == ["Taken down"]
        waiting = Notification.objects.get(channel=Channel.EMAIL, kind=Kind.WITHDRAWN)
        assert (waiting.state, waiting.due_at) == (Delivery.DUE, datetime(2026, 11, 25, 5, tzinfo=UTC))
    with clock.at(datetime(2026, 11, 25, 5, 0, 1, tzinfo=UTC)):
        delivery.deliver_due()
    assert len(mailoutbox) == 2


@pytest.mark.parametrize(
    ("zone", "hour", "after", "expected"),
    [
        # The hour that summer time leaves out comes an hour later, the one it repeats comes once.
        (BERLIN, 2, datetime(2027, 3, 27, 12, tzinfo=UTC), datetime(2027, 3, 28, 1, tzinfo=UTC)),
        (BERLIN, 2, datetime(2026, 10, 24, 12, tzinfo=UTC), datetime(2026, 10, 25, 0, tzinfo=UTC)),
        (BERLIN, 2, datetime(2026, 10, 25, 0, tzinfo=UTC), datetime(2026, 10, 26, 1, tzinfo=UTC)),
        ("Asia/Kathmandu", 7, NOON, datetime(2026, 11, 25, 1, 15, tzinfo=UTC)),
        ("UTC", 12, NOON, NOON + timedelta(days=1)),
    ],
)
def test_the_daily_hour_is_that_of_the_persons_own_clock(zone, hour, after, expected):
    assert telling.next_daily(TellingPreference(time_zone=zone, daily_at=hour), after=after) == expected


def test_a_change_of_mind_reaches_what_waits(quiet_outbox, eva, mailoutbox):
    choose(eva, [Kind.WITHDRAWN, Kind.SUBMITTED])
    with clock.at(NOON):
        tell(eva, quiet_outbox, Kind.WITHDRAWN, Kind.SUBMITTED)
        delivery.deliver_due()
        choose(eva, [Kind.WITHDRAWN], Timing.AT_ONCE)
        choose(eva, [Kind.SUBMITTED], Timing.OFF)
        delivery.deliver_due()
    assert [m.subject.partition(":")[0] for m in mailoutbox] == ["Withdrawn"]
    assert states(eva) == {Kind.WITHDRAWN: Delivery.SENT, Kind.SUBMITTED: Delivery.SUPPRESSED}


def test_each_line_of_a_day_is_judged_again_and_a_day_of_nothing_is_not_sent(quiet_outbox, eva, mailoutbox):
    choose(eva, [Kind.SUBMITTED, Kind.WITHDRAWN])
    with clock.at(NOON):
        tell(eva, quiet_outbox, Kind.SUBMITTED, Kind.WITHDRAWN)
        delivery.deliver_due()
    type(eva).objects.filter(pk=eva.pk).update(is_managing_editor=False)
    with clock.at(NOON + timedelta(days=1)):
        delivery.deliver_due()
    assert mailoutbox == []
    assert set(states(eva).values()) == {Delivery.SUPPRESSED}


class Killed(BaseException):
    """The process is gone."""


@pytest.mark.parametrize(
    ("point", "copies"), [("compose_daily", 1), ("_note_handover", 1), ("_hand_over", 1), ("_end", 2)]
)
def test_a38_a_crash_in_the_middle_of_a_day_loses_nothing(quiet_outbox, eva, smtp_sink, monkeypatch, point, copies):
    choose(eva, [Kind.SUBMITTED, Kind.WITHDRAWN])
    with clock.at(NOON):
        tell(eva, quiet_outbox, Kind.SUBMITTED, Kind.WITHDRAWN)
        delivery.deliver_due()

    def die(*args, **kwargs):
        raise Killed

    tomorrow = NOON + timedelta(days=1)
    with clock.at(tomorrow), monkeypatch.context() as crash:
        crash.setattr(delivery, point, die)
        with pytest.raises(Killed):
            delivery.deliver_next()
    assert set(states(eva).values()) == {Delivery.DUE}
    with clock.at(tomorrow):
        tell(eva, quiet_outbox, Kind.SUBMITTED, event="later")
    with clock.at(tomorrow + delivery.LEASE + timedelta(seconds=1)):
        delivery.deliver_due()
    assert len(smtp_sink.messages) == copies
    assert len({message["Message-ID"] for message in smtp_sink.messages}) == 1
    assert {m["Subject"].partition(" messages")[0] for m in smtp_sink.messages} == {"Your day: 2"}


def test_two_workers_who_took_a_line_each_send_one_day(quiet_outbox, eva, mailoutbox):
    choose(eva, [Kind.SUBMITTED, Kind.WITHDRAWN])
    with clock.at(NOON):
        tell(eva, quiet_outbox, Kind.SUBMITTED, Kind.WITHDRAWN)
        delivery.deliver_due()
    with clock.at(NOON + timedelta(days=1)):
        one, other = delivery._claim(), delivery._claim()
        delivery._deal_with(one)
        delivery._deal_with(other)
    assert len(mailoutbox) == 1
    assert set(states(eva).values()) == {Delivery.SENT}


def test_one_press_in_a_mail_program_ends_that_kind_of_e_mail_and_looking_ends_nothing(
    client, quiet_outbox, eva, smtp_sink
):
    tell(eva, quiet_outbox, Kind.WITHDRAWN, Kind.QUARANTINED)
    delivery.deliver_due()
    by_kind = {message["Subject"].partition(":")[0].partition(",")[0]: message for message in smtp_sink.messages}
    assert "List-Unsubscribe" not in by_kind["Taken down"]
    assert by_kind["Withdrawn"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = by_kind["Withdrawn"]["List-Unsubscribe"].replace("\n", "").replace(" ", "").strip("<>")
    path = address[address.index("/inbox/stop/") :]
    assert "Stop these e-mails?" in words(client.get(path))
    assert telling.timing(telling.preference_of(eva), Kind.WITHDRAWN) == Timing.AT_ONCE
    strict = type(client)(enforce_csrf_checks=True)
    assert "No more e-mails about this" in words(strict.post(path, {"List-Unsubscribe": "One-Click"}))
    kept = TellingPreference.objects.get(user=eva)
    assert telling.timing(kept, Kind.WITHDRAWN) == Timing.OFF
    assert telling.timing(kept, Kind.SUBMITTED) == Timing.AT_ONCE
    assert AuditEntry.objects.filter(action="telling.chosen", actor=eva).count() == 1


def test_the_daily_e_mail_is_ended_as_a_whole(eva):
    choose(eva, [Kind.SUBMITTED, Kind.WITHDRAWN])
    kept = telling.turn_off(eva, telling.DAILY)
    assert {kept.choices[kind] for kind in (Kind.SUBMITTED, Kind.WITHDRAWN)} == {"off"}


@pytest.mark.parametrize("forged", ["", "x", "WzEsICJ3aXRoZHJhd24iXQ:1abcde:nothing", "\x00", "a" * 5000])
def test_a_link_that_was_not_made_here_leads_nowhere(client, forged):
    assert telling.read_token(forged) is None
    assert client.post(reverse("unsubscribe", args=[forged or "-"])).status_code == 404


def test_people_choose_for_themselves_only(eva, ana, max_the_machine):
    for somebody in (ana, max_the_machine):
        with pytest.raises(PermissionDenied):
            telling.choose(eva, by=somebody, choices={}, time_zone="UTC", daily_at=7)


@pytest.mark.parametrize(
    ("hours", "why"),
    [
        ({"time_zone": "Mars/Olympus"}, "no time zone"),
        ({"daily_at": 24}, "0 to 23"),
        ({"quiet_from": 3}, "a beginning and an end"),
        ({"quiet_from": 3, "quiet_until": 3}, "whole day"),
        ({"quiet_from": 22, "quiet_until": 8}, "within your quiet hours"),
    ],
)
def test_hours_that_cannot_be_kept_are_refused_in_words(eva, hours, why):
    with pytest.raises(WorkflowError, match=why):
        choose(eva, **hours)


def test_the_page_offers_what_concerns_this_person_and_keeps_what_was_chosen(client, ana, eva, rob):
    client.force_login(eva)
    assert "The editors’ desk" in words(client.get(reverse("telling")))
    client.force_login(rob.user)
    assert "Your seat on the board" in words(client.get(reverse("telling")))
    client.force_login(ana)
    page = words(client.get(reverse("telling")))
    assert "Your texts" in page
    assert "The editors’ desk" not in page
    form = client.get(reverse("telling")).context["form"]
    sent = {name: form.get_initial_for_field(field, name) or "" for name, field in form.fields.items()}
    sent |= {"time_zone": BERLIN, f"tell-{Kind.APPROVED}": "daily", "quiet_from": "22", "quiet_until": "8"}
    refused = client.post(reverse("telling"), sent)
    assert refused.status_code == 422
    assert "within your quiet hours" in words(refused)
    assert refused.context["form"]["time_zone"].value() == BERLIN
    client.post(reverse("telling"), sent | {"daily_at": "9"})
    kept = TellingPreference.objects.get(user=ana)
    assert (kept.time_zone, kept.choices[Kind.APPROVED], kept.quiet_from) == (BERLIN, "daily", 22)


def test_dates_are_those_of_the_readers_own_calendar(assignment, rob, mailoutbox):
    type(assignment).objects.filter(pk=assignment.pk).update(due_at=datetime(2026, 12, 1, 23, 59, tzinfo=UTC))
    choose(rob.user, time_zone="Pacific/Auckland")
    delivery.deliver_due()
    asked = next(m for m in mailoutbox if m.to == ["rob@example.org"])
    assert "2 December 2026" in asked.subject
    assert "Dates are those of Pacific/Auckland." in " ".join(asked.body.split())


def test_an_inbox_can_be_narrowed_and_says_when_nothing_is_like_that(client, ana, draft):
    tell(ana, draft, Kind.WITHDRAWN, Kind.APPROVED)
    client.force_login(ana)
    only = client.get(reverse("inbox"), {"kind": Kind.APPROVED})
    assert [message.notification.kind for message in only.context["told"]] == [Kind.APPROVED]
    client.post(reverse("inbox-read-all"))
    assert "Nothing like that" in words(client.get(reverse("inbox"), {"unread": "on"}))
    assert len(client.get(reverse("inbox"), {"kind": "no such kind"}).context["told"]) == 2
