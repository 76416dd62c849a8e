"""What the integrity checks said about a frozen revision, with the author's answers, as the desks show it."""

from dataclasses import dataclass
from typing import Any

from articles.models import Revision

LEVELS = {"error": "Must be answered", "warning": "Look closely", "info": "Good to know"}
FIELDS = {
    "title": "question",
    "short_answer": "short answer",
    "body": "body",
    "plain_body": "plain-language version",
    "references": "references",
}


@dataclass(frozen=True)
class Said:
    """One finding and what the author answered to it."""

    rule: str
    field: str
    start: int | None  # where in that field; None where it is about a source
    level: str
    level_label: str
    where: str
    excerpt: str
    message: str
    explanation: str


@dataclass(frozen=True)
class Findings:
    said: tuple[Said, ...]
    not_checked: tuple[tuple[str, str], ...]  # rule and why it could not look
    is_missing: bool  # a revision from before there were checks


def findings_of(revision: Revision) -> Findings:
    """The most serious first; what could not be checked is its own list, never read as “nothing found”."""
    kept = revision.findings or {}
    results = _results(kept)
    explanations = kept.get("explanations", {})
    said = [_said(finding, explanations) for result in results for finding in result.get("findings", [])]
    order = list(LEVELS)
    not_checked = tuple((r["rule"], r["reason"]) for r in results if r.get("reason"))
    ranked = sorted(said, key=lambda s: order.index(s.level) if s.level in order else len(order))
    return Findings(tuple(ranked), not_checked, is_missing=not results)


def _results(kept: dict[str, Any]) -> list[dict[str, Any]]:
    results = kept.get("results", [])
    return results.get("results", []) if isinstance(results, dict) else results


def _said(finding: dict[str, Any], explanations: dict[str, str]) -> Said:
    return Said(
        finding["rule"],
        finding["field"],
        finding.get("start"),
        finding["level"],
        LEVELS.get(finding["level"], finding["level"]),
        FIELDS.get(finding["field"], finding["field"].replace("_", " ")),
        finding.get("excerpt", ""),
        finding["message"],
        explanations.get(finding["id"], ""),
    )
