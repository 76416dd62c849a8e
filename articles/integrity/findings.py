"""What a rule may say about a draft, and what the report makes of it."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Level(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Outcome(StrEnum):
    """`NOT_CHECKED` is its own answer: nothing was found, and nothing may be concluded from that."""

    OK = "ok"
    FOUND = "found"
    NOT_CHECKED = "not_checked"


@dataclass(frozen=True)
class Found:
    """One place where a rule fires; `level` only where it differs from the rule's own."""

    field: str
    start: int | None
    end: int | None
    excerpt: str
    message: str
    level: Level | None = None


@dataclass(frozen=True)
class NotChecked:
    """Something the rule could not look at, and why."""

    reason: str


UNMAPPED = NotChecked("The loose citation numbers are not matched to the list yet. Match them, then check again.")


@dataclass(frozen=True)
class Finding:
    """A `Found` under its rule's name. `start` and `end` are offsets into the field, None for references."""

    rule: str
    level: Level
    field: str
    start: int | None
    end: int | None
    excerpt: str
    message: str
    occurrence: int = 0

    @property
    def id(self) -> str:
        """The same while rule, field and quoted words are: an explanation attached to it lapses when they change."""
        named = "\0".join([self.rule, self.field, self.excerpt, str(self.occurrence)])
        return hashlib.sha256(named.encode("utf-8", "surrogatepass")).hexdigest()[:16]

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "rule": self.rule,
            "level": self.level.value,
            "field": self.field,
            "start": self.start,
            "end": self.end,
            "excerpt": self.excerpt,
            "message": self.message,
        }


@dataclass(frozen=True)
class RuleResult:
    """One rule's answer; `reason` says what it could not check, even beside findings."""

    rule: str
    level: Level
    outcome: Outcome
    findings: tuple[Finding, ...] = ()
    reason: str = ""

    def to_json(self) -> dict[str, Any]:
        return {
            "rule": self.rule,
            "level": self.level.value,
            "outcome": self.outcome.value,
            "reason": self.reason,
            "findings": [finding.to_json() for finding in self.findings],
        }
