"""Real Celery workers for the tests that kill them."""

import os
import signal
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection

from editorial.celery import app
from editorial.management.commands.up import worker_command
from editorial.processes import Child, stop, wait_until


class Worker:
    """A worker process on the test's own database and queue, ready for work."""

    def __init__(self, name, *, log, **environment):
        self.name, self.log = f"{name}@tests", log
        command = [*worker_command(beat=False), "--hostname", self.name]
        self._child = Child(name, command, log=log, cwd=settings.HOME, env=os.environ | environment)
        if not wait_until(lambda: self.answers() or not self._child.is_running, within=30) or not self.answers():
            self.kill9()
            pytest.fail(f"The worker did not start. It said:\n{log.read_text()}")

    def answers(self) -> bool:
        return bool(app.control.ping(destination=[self.name], timeout=0.3))

    def stop(self) -> None:
        """Let it finish what it is doing."""
        stop([self._child], within=10)

    def kill9(self) -> None:
        os.kill(self._child.process.pid, signal.SIGKILL)
        self._child.process.wait()


@pytest.fixture
def start_worker(transactional_db, request, tmp_path):
    """Call it for a worker; name environment variables that shall differ."""
    workers = []
    mail = {"EMAIL_URL": request.getfixturevalue("smtp_sink").url} if "smtp_sink" in request.fixturenames else {}

    def start(**environment):
        name = f"worker{len(workers)}"
        environment = where_the_test_is() | mail | environment
        workers.append(Worker(name, log=tmp_path / f"{name}.log", **environment))
        return workers[-1]

    yield start
    for worker in workers:
        worker.stop()


@pytest.fixture
def worker(start_worker):
    return start_worker()


def where_the_test_is() -> dict[str, str]:
    """Environment of a process that shall share the database and queue of the running (committing) test."""
    return {"DATABASE_URL": _database_url(), "REDIS_URL": settings.REDIS_URL}


def _database_url() -> str:
    """The test's own database, which Django has named after the one in the settings."""
    is_now = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{is_now['NAME']}"
    return f"postgresql://{is_now['USER']}@{quote(is_now['HOST'], safe='')}/{is_now['NAME']}"
