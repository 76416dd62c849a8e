"""Run every rule on a draft, and never call ok what was not checked."""

import logging
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from articles.integrity.draft import Draft
from articles.integrity.findings import Finding, Found, Level, NotChecked, Outcome, RuleResult
from articles.integrity.registry import RULES, Rule

logger = logging.getLogger(__name__)

# A hostile text could fire one rule a hundred thousand times; nobody would read past these.
MOST_PER_RULE = 200


@dataclass(frozen=True)
class Report:
    """What every rule answered about one draft."""

    results: tuple[RuleResult, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        return tuple(finding for result in self.results for finding in result.findings)

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """The findings that must be fixed or explained in writing before submission."""
        return tuple(finding for finding in self.findings if finding.level is Level.ERROR)

    @property
    def not_checked(self) -> tuple[RuleResult, ...]:
        return tuple(result for result in self.results if result.outcome is Outcome.NOT_CHECKED)

    def result(self, rule: str) -> RuleResult:
        """The answer of the rule with this id; KeyError if there is no such rule."""
        return {result.rule: result for result in self.results}[rule]

    def to_json(self) -> dict[str, Any]:
        """Plain data, for a JSON column or `json.dumps`."""
        return {"results": [result.to_json() for result in self.results]}


def check(draft: Draft) -> Report:
    """Every rule's answer about `draft`, in the order of the list of rules."""
    return Report(tuple(_answer(rule, draft) for rule in RULES.values()))


def _answer(rule: Rule, draft: Draft) -> RuleResult:
    # A rule that breaks must not stop the others, and must not look as if it had found nothing.
    try:
        said = list(islice(rule.check(draft), MOST_PER_RULE + 1))
    except Exception as error:
        logger.exception("Integrity rule %s failed", rule.id)
        reason = f"The check itself failed ({type(error).__name__}). Report it; until it is mended, check this by hand."
        return RuleResult(rule.id, rule.level, Outcome.NOT_CHECKED, reason=reason)
    return _result(rule, said)


def _result(rule: Rule, said: list[Found | NotChecked]) -> RuleResult:
    found = [answer for answer in said if isinstance(answer, Found)]
    reasons = [answer.reason for answer in said if isinstance(answer, NotChecked)]
    if len(said) > MOST_PER_RULE:
        reasons.append(f"Only the first {MOST_PER_RULE} places are listed. Fix these and check again.")
        found = found[:MOST_PER_RULE]
    findings = tuple(_numbered(_named(rule, one) for one in found))
    level = next((each for each in Level if any(f.level is each for f in findings)), rule.level)
    return RuleResult(rule.id, level, _outcome(findings, reasons), findings, " ".join(dict.fromkeys(reasons)))


def _outcome(findings: tuple[Finding, ...], reasons: list[str]) -> Outcome:
    if findings:
        return Outcome.FOUND
    return Outcome.NOT_CHECKED if reasons else Outcome.OK


def _named(rule: Rule, found: Found) -> Finding:
    level = found.level or rule.level
    return Finding(rule.id, level, found.field, found.start, found.end, found.excerpt, found.message)


def _numbered(findings: Iterable[Finding]) -> Iterable[Finding]:
    """Tell apart findings that quote the same words, such as two numbers in one sentence."""
    seen: Counter[str] = Counter()
    for finding in findings:
        occurrence = seen[finding.id]
        seen[finding.id] += 1
        yield replace(finding, occurrence=occurrence) if occurrence else finding
