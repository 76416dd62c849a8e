"""Running the integrity checks again on a frozen revision: what they say later is a record of its own."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction

from articles.drafts import draft_of_frozen
from articles.integrity import check
from articles.models import Article, CheckRun, Revision
from articles.retractions import statuses
from articles.seals import is_intact
from editorial import clock
from editorial.audit import record
from editorial.errors import WorkflowError
from editorial.models import User

Said = Mapping[str, Any]
LEVELS = ("error", "warning", "info")
BATCH = 200


@dataclass(frozen=True)
class Since:
    """How the newest run differs from what was frozen: what it found anew, what it finds no more, what it could see."""

    run: CheckRun
    found: tuple[Said, ...]
    gone: tuple[Said, ...]
    no_longer_checked: tuple[Said, ...]
    now_checked: tuple[str, ...]

    @property
    def differs(self) -> bool:
        return bool(self.found or self.gone or self.no_longer_checked or self.now_checked)


@transaction.atomic
def run(revision: Revision, *, by: User | None) -> CheckRun:
    """Check the frozen text by the rules and the retraction list of today, and keep the answer beside the frozen one.

    Raises:
        PermissionDenied: `by` is not an editor.
        WorkflowError: the stored text is not the one that its digest names.
    """
    if by is not None and not by.is_editor:
        raise PermissionDenied("Only editors can run the checks again.")
    Article.objects.lock(revision.article_id)
    made = CheckRun.objects.create(
        revision=revision,
        at=clock.now(),
        by=by,
        by_label=by.label if by else "the system",
        rules_version=rules_version(),
        results=_results(revision),
    )
    record("checks.run", by=by, about=revision.article.about, row=made)
    return made


def run_where_it_differs(revisions: Any) -> Iterator[tuple[Revision, bool]]:
    """Each of these revisions, with whether the checks say something new of it, which is then on record."""
    for revision in revisions.select_related("article").order_by("pk").iterator(chunk_size=BATCH):
        known = newest(revision)
        try:
            is_news = known.results != _results(revision) if known else _differs(revision, _results(revision))
        except WorkflowError:
            yield revision, False
            continue
        if is_news:
            run(revision, by=None)
        yield revision, is_news


def newest(revision: Revision) -> CheckRun | None:
    return CheckRun.objects.filter(revision=revision).order_by("-pk").first()


def since_submission(revision: Revision) -> Since | None:
    """What the newest run says that the frozen answer does not; None where the checks were never run again."""
    last = newest(revision)
    if last is None:
        return None
    before, now = _answers(revision.findings), _answers({"results": last.results})
    then, today = _findings(before), _findings(now)
    found = [today[key] for key in today if key not in then]
    gone = [then[key] for key in then if key not in today and before[key[0]]["rule"] in now]
    blind, sighted = _unchecked(now), _unchecked(before)
    return Since(
        last,
        tuple(sorted(found, key=lambda said: LEVELS.index(said["level"]))),
        tuple(gone),
        tuple(now[rule] for rule in now if rule in blind - sighted and rule in before),
        tuple(rule for rule in now if rule in sighted - blind),
    )


@cache
def rules_version() -> str:
    """Names the rules by their code: two runs under one name were made by the same rules."""
    files = sorted((settings.HOME / "articles" / "integrity").glob("*.py"))
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in files)).hexdigest()[:16]


def _results(revision: Revision) -> dict[str, Any]:
    if not is_intact(revision):
        raise WorkflowError(
            "The stored text is not the one that its digest names, so it was not checked. Run manage.py verify_audit."
        )
    seen = revision.data
    draft = replace(
        draft_of_frozen(seen),
        disclaimer=seen["disclaimers"][seen["audience"]],
        searches=tuple(seen.get("searches", ())),
        own_names=(settings.SITE_NAME, *seen["authors"]),
        today=clock.now().date(),
        retractions=statuses(seen["references"]),
    )
    return check(draft).to_json()


def _differs(revision: Revision, results: dict[str, Any]) -> bool:
    before, now = _answers(revision.findings), _answers({"results": results})
    return _findings(before).keys() != _findings(now).keys() or _unchecked(before) != _unchecked(now)


def _answers(kept: Mapping[str, Any]) -> dict[str, Said]:
    """Each rule's answer by its id, in the order of the report."""
    results = kept.get("results", [])
    listed = results.get("results", []) if isinstance(results, Mapping) else results
    return {answer["rule"]: answer for answer in listed}


def _findings(answers: Mapping[str, Said]) -> dict[tuple[str, str, str], Said]:
    """Every finding; one that got graver is another one."""
    return {
        (rule, said["id"], said["level"]): said
        for rule, answer in answers.items()
        for said in answer.get("findings", [])
    }


def _unchecked(answers: Mapping[str, Said]) -> set[str]:
    return {rule for rule, answer in answers.items() if answer["outcome"] == "not_checked"}
