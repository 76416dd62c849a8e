"""Doorbells: each wakes a verb that finds its own work, so that a lost or repeated ring does no harm."""

from celery import shared_task

from articles import buffers, paragraphs, readership
from reviews import delivery, interests, questions, recheck_clock, reminders, reports, source_alerts
from reviews.sweep import run

MINUTES = 60


@shared_task(soft_time_limit=5 * MINUTES, time_limit=6 * MINUTES)
def deliver_outbox() -> None:
    """Rung after each commit, and by the clock every 15 s in case a ring was lost."""
    delivery.deliver_due()


@shared_task(soft_time_limit=5 * MINUTES, time_limit=6 * MINUTES)
def remind() -> None:
    """Rung by the clock every five minutes."""
    reminders.remind()
    recheck_clock.tend()
    interests.remind_of_expiry()


@shared_task(soft_time_limit=5 * MINUTES, time_limit=6 * MINUTES)
def sweep() -> None:
    """Rung by the clock every five minutes."""
    run()


@shared_task(soft_time_limit=5 * MINUTES, time_limit=6 * MINUTES)
def count_reads() -> None:
    """Rung by the clock every five minutes."""
    readership.flush()


@shared_task(soft_time_limit=9 * MINUTES, time_limit=10 * MINUTES)
def load_retractions() -> None:
    """Rung by the clock once a day."""
    source_alerts.load_scheduled()


@shared_task(soft_time_limit=9 * MINUTES, time_limit=10 * MINUTES)
def index_passages() -> None:
    """Rung by the clock every quarter of an hour, for what no act of anybody brought into the index."""
    paragraphs.catch_up()


@shared_task(soft_time_limit=5 * MINUTES, time_limit=6 * MINUTES)
def forget_readers_words() -> None:
    """Rung by the clock once an hour."""
    questions.forget()
    reports.forget()


@shared_task(soft_time_limit=5 * MINUTES, time_limit=6 * MINUTES)
def forget_unsaved_words() -> None:
    """Rung by the clock once a day."""
    buffers.forget()
