"""What the checks say about a working text, in the order and the words its author needs."""

from dataclasses import dataclass

from articles import integrity
from articles.drafts import draft_of
from articles.integrity import Finding, Level
from articles.models import Article

LEVELS = {Level.ERROR: "Must be answered", Level.WARNING: "Look closely", Level.INFO: "Good to know"}
PLACES = {
    "title": "Question",
    "short_answer": "Short answer",
    "body": "Body",
    "plain_body": "Plain-language version",
    "disclaimer": "Disclaimer",
    "references": "References",
}
TONES = {Level.ERROR: "rejected", Level.WARNING: "overdue", Level.INFO: "draft"}


@dataclass(frozen=True)
class Remark:
    """One finding, with its place and weight in words."""

    finding: Finding
    where: str
    key: str  # of the reference it is about, if it is about one

    @property
    def level(self) -> str:
        return LEVELS[self.finding.level]

    @property
    def tone(self) -> str:
        return TONES[self.finding.level]


@dataclass(frozen=True)
class Remarks:
    """The gravest first; what could not be looked at is told apart from what was found to be right."""

    found: tuple[Remark, ...]
    not_checked: tuple[str, ...]

    @property
    def blocking(self) -> tuple[Remark, ...]:
        return tuple(remark for remark in self.found if remark.finding.level is Level.ERROR)

    @property
    def others(self) -> tuple[Remark, ...]:
        return tuple(remark for remark in self.found if remark.finding.level is not Level.ERROR)


def remarks(article: Article) -> Remarks:
    """Run every check on the working text."""
    report = integrity.check(draft_of(article))
    weights = list(Level)
    found = sorted(report.findings, key=lambda finding: weights.index(finding.level))
    reasons = dict.fromkeys(result.reason for result in report.results if result.reason)
    return Remarks(tuple(_remark(finding) for finding in found), tuple(reasons))


def _remark(finding: Finding) -> Remark:
    field, _, key = finding.field.partition(".")
    where = PLACES.get(field, field)
    return Remark(finding, f"Reference [@{key}]" if key else where, key)
