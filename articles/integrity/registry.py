"""The list of rules, which each rule joins by its decorator."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from articles.integrity.draft import Draft
from articles.integrity.findings import Found, Level, NotChecked

Check = Callable[[Draft], Iterable[Found | NotChecked]]


@dataclass(frozen=True)
class Rule:
    id: str
    level: Level
    check: Check


RULES: dict[str, Rule] = {}


def rule(id: str, level: Level) -> Callable[[Check], Check]:
    """Register a function that yields what it found and what it could not check; yielding nothing means ok."""

    def register(check: Check) -> Check:
        if id in RULES:
            raise ValueError(f"Two rules are called {id}. Give one of them another id.")
        RULES[id] = Rule(id, level, check)
        return check

    return register
