"""What the checks say about a working text, in the order and the words its author needs."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from articles import integrity
from articles.drafts import draft_of
from articles.integrity import Draft, Finding, Level, Outcome, RuleResult
from articles.integrity.draft import FIELDS
from articles.integrity.readability import METHOD, grades
from articles.integrity.registry import RULES
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


@dataclass(frozen=True)
class Passage:
    """One paragraph in pieces, each with the tone of the gravest finding about it, and what the checks say of it."""

    pieces: tuple[tuple[str, str], ...]
    remarks: tuple[Remark, ...]


@dataclass(frozen=True)
class Part:
    """One field of the text: what is said of it as a whole, and its paragraphs."""

    name: str
    label: str
    remarks: tuple[Remark, ...]
    passages: tuple[Passage, ...]


@dataclass(frozen=True)
class Answer:
    """What one rule answered, in words; “not checked” is never told as “ok”."""

    rule: str
    promise: str
    outcome: Outcome
    count: int
    reason: str

    @property
    def label(self) -> str:
        return {Outcome.OK: "ok", Outcome.FOUND: f"{self.count} found", Outcome.NOT_CHECKED: "not checked"}[
            self.outcome
        ]

    @property
    def tone(self) -> str:
        return {Outcome.OK: "approved", Outcome.FOUND: "overdue", Outcome.NOT_CHECKED: "draft"}[self.outcome]


@dataclass(frozen=True)
class Beside:
    """A whole draft with the findings at their places, those about sources, and every rule's answer."""

    parts: tuple[Part, ...]
    sources: tuple[Remark, ...]
    answers: tuple[Answer, ...]
    readability: tuple[str, ...]

    @property
    def counts(self) -> dict[str, int]:
        return Counter(answer.outcome.name.lower() for answer in self.answers)


def remarks(article: Article) -> Remarks:
    """Run every check on the working text."""
    report = integrity.check(draft_of(article))
    found = sorted(report.findings, key=_weight)
    reasons = dict.fromkeys(result.reason for result in report.results if result.reason)
    return Remarks(tuple(_remark(finding) for finding in found), tuple(reasons))


def _remark(finding: Finding) -> Remark:
    field, _, key = finding.field.partition(".")
    where = PLACES.get(field, field)
    return Remark(finding, f"Reference [@{key}]" if key else where, key)


# Beside the sentences


def beside(draft: Draft) -> Beside:
    """Run every check, and put each finding at the paragraph it concerns; for stored text and for text being typed."""
    report = integrity.check(draft)
    by_field: dict[str, list[Finding]] = {}
    for finding in report.findings:
        by_field.setdefault(finding.field if finding.start is not None else "references", []).append(finding)
    texts = draft.texts
    parts = (_part(draft, name, by_field.get(name, [])) for name in FIELDS if name in texts)
    return Beside(
        parts=tuple(part for part in parts if part.name != "disclaimer" or any(p.remarks for p in part.passages)),
        sources=tuple(_remark(finding) for finding in sorted(by_field.get("references", []), key=_weight)),
        answers=tuple(_answer(result) for result in report.results),
        readability=tuple(_graded(draft)),
    )


def _part(draft: Draft, name: str, findings: list[Finding]) -> Part:
    text = draft.texts[name]
    whole = [each for each in findings if not each.start and each.end == len(text)]
    placed = sorted((each for each in findings if each not in whole), key=lambda each: (each.start or 0, _weight(each)))
    passages = []
    for first, last in _paragraphs(text):
        here = [each for each in placed if first <= (each.start or 0) < last]
        passages.append(Passage(tuple(_pieces(draft, name, first, last, here)), tuple(map(_remark, here))))
    return Part(name, PLACES[name], tuple(map(_remark, whole)), tuple(passages))


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Stretches between blank lines."""
    first, position = None, 0
    for line in text.splitlines(keepends=True):
        if line.strip() and first is None:
            first = position
        elif not line.strip() and first is not None:
            yield first, position
            first = None
        position += len(line)
    if first is not None:
        yield first, position


def _pieces(draft: Draft, name: str, first: int, last: int, here: Iterable[Finding]) -> Iterator[tuple[str, str]]:
    """The paragraph cut wherever a sentence that something is said of begins or ends, in one sweep."""
    text, levels = draft.texts[name], list(Level)
    changes: dict[int, Counter[Level]] = {first: Counter(), last: Counter()}
    for finding in here:
        start, end = _sentence_around(draft, finding)
        changes.setdefault(max(first, start), Counter())[finding.level] += 1
        changes.setdefault(min(last, end), Counter())[finding.level] -= 1
    said: Counter[Level] = Counter()
    for position, following in pairwise(sorted(changes)):
        said.update(changes[position])
        gravest = next((level for level in levels if said[level] > 0), None)
        yield text[position:following], TONES[gravest] if gravest else ""


def _sentence_around(draft: Draft, finding: Finding) -> tuple[int, int]:
    start, end = finding.start or 0, finding.end or 0
    sentence = draft.sentence_at(finding.field, start)
    return (min(start, sentence.start), max(end, sentence.end)) if sentence else (start, end)


def _weight(finding: Finding) -> int:
    return list(Level).index(finding.level)


def _answer(result: RuleResult) -> Answer:
    promise = RULES[result.rule].check.__name__.replace("_", " ").capitalize()
    return Answer(result.rule, promise, result.outcome, len(result.findings), result.reason)


def _graded(draft: Draft) -> Iterator[str]:
    for field, grade, target in grades(draft):
        said = "too few words to measure" if grade is None else f"grade {grade:.1f}"
        yield f"{PLACES[field]}: {said}; at most {target.grade} is aimed at ({METHOD})"
