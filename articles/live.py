"""A text while it is being typed: what the checks say where, how long and how hard it is, how it is built."""

import copy
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from articles import bylines
from articles.desk_findings import PLACES, Remark, beside
from articles.drafts import draft_of
from articles.integrity import Draft
from articles.integrity.readability import METHOD, grades
from articles.models import Article, Topic
from articles.outlines import without_guidance
from articles.rendering import clean_line, clean_text
from articles.states import AiInvolvement, Audience, Risk
from editorial.models import User
from editorial.numbers import whole

TEXTS = ("short_answer", "body", "plain_body")
DECLARED = ("interests", "funding")
SHOWN = 30
DEFAULT_RISK = Risk.MEDIUM
HEADING = re.compile(r"^(#{1,6}) +(.+?) *#*$", re.MULTILINE)
WORD = re.compile(r"\w[\w'’-]*")
CITATION = re.compile(r"\[[^\[\]@]{0,40}@[^\[\]]{0,400}\]")


@dataclass(frozen=True)
class Place:
    """Words of one field, to be found there."""

    field: str
    words: str
    start: int


@dataclass(frozen=True)
class Said:
    """One finding, and the sentence it stands beside, where it is about one."""

    remark: Remark
    place: Place | None


@dataclass(frozen=True)
class Measure:
    """One variant: its words, and the grade it reads at."""

    label: str
    words: int
    grade: str


@dataclass(frozen=True)
class Live:
    """All that the editor's page tells of a text besides showing it."""

    outline: tuple[tuple[int, Place], ...]
    measures: tuple[Measure, ...]
    findings: tuple[Said, ...]
    unshown: int
    method: str = METHOD


def not_saved_yet(given: Mapping[str, str], *, by: User) -> Article:
    """A text that has no row: with what its form says of it so far, to be looked at and never saved."""
    topic, involvement = given.get("topic", ""), given.get("ai_involvement", "")
    chosen = Topic.objects.filter(pk=whole(topic) or 0).first()
    return Article(
        # No row ever has this id, so whatever is asked of its sources or its people is answered with none.
        pk=0,
        slug="new",
        title="Your question",
        author=by,
        topic=chosen or Topic(name="No topic yet", slug="none"),
        audience=Audience.PATIENT,
        risk_id=DEFAULT_RISK,
        # Not said yet is not known, and what is not known is treated as written by a machine.
        ai_involvement=involvement if involvement in AiInvolvement.values else "",
        ai_tool=given.get("ai_tool", "")[:120],
        ai_version=given.get("ai_version", "")[:60],
        ai_accountable=by if involvement in AiInvolvement.values else None,
    )


def as_typed(article: Article, given: Mapping[str, str], *, by: User) -> Article:
    """A copy that holds what is being typed, without guidance; it is looked at and never saved.

    Raises:
        UnreadableText: a text holds characters or a length that cannot be accepted.
    """
    typed = copy.copy(article)
    if title := given.get("title", "").strip():
        typed.title = clean_line(title, name="question", limit=300)
    for name in TEXTS:
        setattr(typed, name, without_guidance(clean_text(given.get(name, ""), name=PLACES[name].lower())))
    said = {name: clean_text(given.get(name, "")[:500], name=name) for name in DECLARED}
    typed.interests = bylines.interests_of(article, saying={by.pk: said["interests"]})
    typed.funding = said["funding"]
    if given.get("audience") in Audience.values:
        typed.audience = given["audience"]
    return typed


def live(article: Article) -> Live:
    """Run every check on what is being typed, and measure it."""
    draft = draft_of(article)
    found = tuple(_findings(draft))
    return Live(
        outline=tuple(
            (len(h[1]), Place("body", h[2], h.start(2))) for h in HEADING.finditer(draft.texts.get("body", ""))
        ),
        measures=tuple(_measures(draft)),
        findings=found[:SHOWN],
        unshown=max(0, len(found) - SHOWN),
    )


def _findings(draft: Draft) -> Iterator[Said]:
    """In reading order, those about sources last."""
    said = beside(draft)
    for part in said.parts:
        remarks = [*part.remarks, *(remark for passage in part.passages for remark in passage.remarks)]
        yield from (Said(remark, _place(draft, remark)) for remark in remarks)
    yield from (Said(remark, None) for remark in said.sources)


def _place(draft: Draft, remark: Remark) -> Place | None:
    finding = remark.finding
    text = draft.texts.get(finding.field, "")
    if finding.start is None or (not finding.start and finding.end == len(text)):
        return None
    sentence = draft.sentence_at(finding.field, finding.start)
    start = sentence.start if sentence else finding.start
    words = text[start : sentence.end if sentence else finding.end].strip()
    return Place(finding.field, words, start) if words else None


def _measures(draft: Draft) -> Iterator[Measure]:
    graded = {
        field: f"grade {grade:.1f}, aim at {target.grade} or less" if grade is not None else "too short to grade"
        for field, grade, target in grades(draft)
    }
    for name in TEXTS:
        words = len(WORD.findall(CITATION.sub(" ", draft.texts.get(name, ""))))
        yield Measure(PLACES[name], words, graded.get(name, ""))
