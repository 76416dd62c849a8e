"""What checks that were run after submission say of a revision, in the words of the desks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from articles.check_runs import Since, since_submission
from articles.models import CheckRun, Revision
from reviews.findings import FIELDS, LEVELS


@dataclass(frozen=True)
class Later:
    """One finding, with where it is."""

    rule: str
    level: str
    where: str
    excerpt: str
    message: str


@dataclass(frozen=True)
class LaterChecks:
    run: CheckRun
    differs: bool
    found: tuple[Later, ...]
    gone: tuple[Later, ...]
    no_longer_checked: tuple[tuple[str, str], ...]
    now_checked: tuple[str, ...]


def later_checks(revision: Revision) -> LaterChecks | None:
    """The newest run beside what was frozen; None where the checks were never run again."""
    since = since_submission(revision)
    return _spoken(since, _numbers(revision)) if since else None


def _numbers(revision: Revision) -> dict[str, int | None]:
    return {source["key"]: source["number"] for source in revision.data["references"]}


def _spoken(since: Since, numbers: Mapping[str, int | None]) -> LaterChecks:
    return LaterChecks(
        since.run,
        since.differs,
        tuple(_later(said, numbers) for said in since.found),
        tuple(_later(said, numbers) for said in since.gone),
        tuple((answer["rule"], answer["reason"]) for answer in since.no_longer_checked),
        since.now_checked,
    )


def _later(said: Mapping[str, Any], numbers: Mapping[str, int | None]) -> Later:
    field, _, key = said["field"].partition(".")
    place = f"the {FIELDS.get(field, field)}"
    if key:
        place = f"source {numbers[key]}" if numbers.get(key) else f"the source [@{key}]"
    return Later(said["rule"], LEVELS.get(said["level"], said["level"]), place, said["excerpt"], said["message"])
