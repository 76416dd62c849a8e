"""Waking a worker when something waits to be sent."""

import logging
import time

from celery import current_app
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)

# Seconds for which nobody waits on a broker that was found missing: a verb may ring several times.
PAUSE_WHEN_UNHEARD = 15.0
_unheard_until = 0.0


def ring() -> None:
    """Wake a worker. A lost ring is made good by the clock, so a missing broker is no reason to fail or to wait."""
    global _unheard_until
    if time.monotonic() < _unheard_until:
        return
    try:
        current_app.send_task("reviews.tasks.deliver_outbox", expires=60, retry=False)
    except (OperationalError, OSError) as trouble:
        _unheard_until = time.monotonic() + PAUSE_WHEN_UNHEARD
        log.warning("The queue did not hear the bell (%s); the outbox is delivered when it is back.", trouble)
