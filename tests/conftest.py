"""What every test gets: the cast, and the plumbing of the two stacks."""

import hypothesis
import pytest
from django.core.cache import cache
from django.test import TransactionTestCase, override_settings

from editorial import immutability

# Examples are looked at for what they show, not for how fast a busy machine makes them up.
hypothesis.settings.register_profile("desk", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("desk")

pytest_plugins = ["tests.cast", "tests.chromium", "tests.list_server", "tests.smtp", "tests.worker"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    """Groups go by what a test uses, so none is forgotten; the browser goes last, for its event loop stays."""
    for item in items:
        if "browser" in item.fixturenames:
            item.add_marker("browser")
        if "start_worker" in item.fixturenames:
            item.add_marker("faults")
        if not _uses_the_stack(item):
            item.add_marker("one_stack")
    items.sort(key=lambda item: "browser" in item.fixturenames)
    if config.getoption("stack") == "servers":
        _leave_out(config, items, marked="one_stack")


def _uses_the_stack(item):
    """What touches neither database nor queue says the same on both stacks."""
    of_the_stack = {"db", "transactional_db", "live_server", "start_worker"}
    return item.get_closest_marker("django_db") or of_the_stack & set(item.fixturenames)


def _leave_out(config, items, *, marked):
    left_out = [item for item in items if item.get_closest_marker(marked)]
    items[:] = [item for item in items if item not in left_out]
    config.hook.pytest_deselected(items=left_out)


def pytest_terminal_summary(terminalreporter):
    if unseen := [report for report in terminalreporter.getreports("skipped") if "browser" in report.keywords]:
        terminalreporter.write_sep("!", f"NO BROWSER: {len(unseen)} tests of pages were skipped", red=True, bold=True)


@pytest.fixture(autouse=True, scope="session")
def _guards_step_aside_for_the_flush():
    """After a test that commits, Django empties every table; the guards would refuse, and post_migrate renews them."""
    flush = TransactionTestCase._fixture_teardown

    def flush_without_guards(case):
        immutability.remove()
        flush(case)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", flush_without_guards)
        yield


@pytest.fixture(autouse=True, scope="session")
def _passwords_cost_nothing():
    """What is meant to be slow for whoever guesses would be slow for every test that signs in by the form."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(autouse=True)
def _empty_cache():
    """The queue lives on the same server, so no task is left over from an earlier test either."""
    cache.clear()
