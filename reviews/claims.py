"""The claims of a frozen revision: which must be judged, what one reviewer found, and what carries over."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import ceil
from typing import Any

from django.db import transaction
from django.db.models import Q

from articles import retractions
from articles.drafts import draft_of_frozen
from articles.integrity import claims as sentences
from articles.models import Article, Revision
from articles.states import AiInvolvement, RetractionNature
from articles.wording import Piece, pieces
from editorial import clock
from editorial.audit import canonical, record
from editorial.errors import Conflict, WorkflowError
from editorial.models import User
from reviews import assignments, notes, policy, reading
from reviews.findings import Said, findings_of
from reviews.kinds import AGAINST, ClaimFinding
from reviews.models import ClaimVerdict, Decision, ReviewAssignment

FEWEST = 5  # a sample of a short text would otherwise be no check at all
# How a source is printed, and where it stands in the list: no part of what a verdict rests on.
OF_THE_PAGE = {"number", "printed", "links", "type_label"}
IN_DOUBT = (RetractionNature.RETRACTION, RetractionNature.CONCERN)
SHOWN = 16  # characters of an identity that are enough to know a claim by


@dataclass(frozen=True, eq=False)
class FrozenClaim:
    """One sentence to be judged, with the frozen records of what it rests on; `field` is its language variant."""

    number: int
    identity: str
    field: str
    start: int
    end: int
    sentence: str
    kinds: tuple[str, ...]
    sources: tuple[Mapping[str, Any], ...]
    searches: tuple[Mapping[str, Any], ...]  # what a sentence rests on that says that nothing was found

    @cached_property
    def evidence(self) -> str:
        """The same while the sentence and what is known of its sources are the same."""
        records = [{name: said for name, said in one.items() if name not in OF_THE_PAGE} for one in self.sources]
        known = [sentences.normalised(self.sentence), records, list(self.searches)]
        return hashlib.sha256(canonical(known)).hexdigest()

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(source["key"] for source in self.sources)

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """The sentence as readers see it."""
        return pieces(self.sentence, numbers={source["key"]: source["number"] for source in self.sources})


def claims_of(revision: Revision) -> tuple[FrozenClaim, ...]:
    """Every claim of a revision in reading order, each language variant after the other; always the same ones."""
    draft = draft_of_frozen(revision.data)
    searches = tuple(revision.data.get("searches", ()))
    return tuple(
        FrozenClaim(
            number,
            claim.identity,
            claim.sentence.field,
            claim.sentence.start,
            claim.sentence.end,
            claim.sentence.text,
            claim.kinds,
            tuple(draft.by_key[key] for key in claim.keys if key in draft.by_key),
            searches if "absence" in claim.kinds else (),
        )
        for number, claim in enumerate(sentences.extract(draft), start=1)
    )


def required(claims: Iterable[FrozenClaim], revision: Revision, rule: policy.Rule) -> frozenset[str]:
    """Which of them an approval needs a verdict on: all, or of a text without AI the sample that the rule asks for.

    The sample follows from the digest alone, so that nobody chooses it; claims that a check objected to are in it.
    """
    claims = list(claims)
    everything = frozenset(claim.identity for claim in claims)
    if rule.claim_sample >= 100 or revision.data["ai"]["involvement"] != AiInvolvement.NONE:
        return everything
    size = max(FEWEST, ceil(len(claims) * rule.claim_sample / 100))
    drawn = sorted(everything, key=lambda identity: _lot(revision.digest, identity))[:size]
    errors = [said for said in findings_of(revision).said if said.level == "error"]
    objected = {c.identity for c in claims if any(is_beside(said, c) for said in errors)}
    return frozenset(drawn) | objected


def is_beside(said: Said, claim: FrozenClaim) -> bool:
    """Whether a finding of the checks is about this sentence or about a source that it cites."""
    if said.start is not None:
        return said.field == claim.field and claim.start <= said.start < claim.end
    return said.field.removeprefix("references.") in claim.keys


@transaction.atomic
def begin(assignment: ReviewAssignment, *, by: User) -> None:
    """The reviewer has the revision in front of them for the first time: noted, and what they judged before is kept.

    A verdict of their last decision on this article carries over where the sentence and all that is known of its
    sources are what they were, and none of the sources has been retracted or put in doubt.
    """
    article, assignment = assignments.lock(assignment)
    is_first = assignment.opened_at is None
    assignments.note_opened(assignment, by=by)
    is_part = assignment.recheck is not None and not assignment.recheck.is_whole
    last = last_decision(assignment) if is_first and not is_part else None
    if last:
        _carry_over(article, assignment, last, by=by)


@transaction.atomic
def judge(
    assignment: ReviewAssignment,
    identity: str,
    finding: str,
    *,
    by: User,
    digest: str,
    place: str = "",
    note: str = "",
    seen: str | None = None,
) -> ClaimVerdict:
    """Keep what `by` found about one claim; judging again changes it, and saying the same again changes nothing.

    `seen` is `mark_of` the verdict that was on the page: with it, what another tab saved meanwhile is not overwritten.

    Raises:
        PermissionDenied: `by` does not hold this assignment.
        Conflict: it has ended, the text has moved on, or another tab was first.
        WorkflowError: there is no such claim or verdict, or a negative verdict has no note.
    """
    article, assignment = reading.lock(assignment, by=by, digest=digest)
    claim = _claim(assignment.revision, identity)
    if assignment.recheck and not assignment.recheck.is_whole and identity not in assignment.recheck.claims:
        raise WorkflowError("You are asked about other claims of this text, so nothing was kept.")
    said = _checked(finding, place=place, note=note)
    held = assignment.claim_verdicts.filter(identity=claim.identity).first()
    if held and held.carried_from_id is None and said == {name: getattr(held, name) for name in said}:
        return held
    _refuse_overwriting(held, seen=seen)
    kept = said | {"evidence": claim.evidence, "carried_from": None, "judged_at": clock.now()}
    verdict, _ = ClaimVerdict.objects.update_or_create(assignment=assignment, identity=claim.identity, defaults=kept)
    record(
        "claim.judged",
        by=by,
        about=article.about,
        assignment=assignment.pk,
        claim=identity[:SHOWN],
        finding=str(finding),
    )
    return verdict


@transaction.atomic
def clear(assignment: ReviewAssignment, identity: str, *, by: User, digest: str, seen: str | None = None) -> None:
    """Take a verdict back: the claim is open again.

    Raises:
        PermissionDenied: `by` does not hold this assignment.
        Conflict: it has ended, the text has moved on, another tab was first, or there is no verdict to take back.
    """
    article, assignment = reading.lock(assignment, by=by, digest=digest)
    claim = _claim(assignment.revision, identity)
    held = assignment.claim_verdicts.filter(identity=claim.identity).first()
    if held is None:
        raise Conflict("This claim has no verdict to take back.")
    _refuse_overwriting(held, seen=seen)
    held.delete()
    record("claim.cleared", by=by, about=article.about, assignment=assignment.pk, claim=identity[:SHOWN])


def verdicts_of(assignment: ReviewAssignment) -> dict[str, ClaimVerdict]:
    """By the identity of the claim."""
    return {verdict.identity: verdict for verdict in assignment.claim_verdicts.all()}


def mark_of(verdict: ClaimVerdict | None) -> str:
    """Names one state of a verdict: a page that carries it can tell whether it is still the same."""
    return f"{verdict.pk}.{verdict.judged_at.isoformat()}" if verdict else ""


def last_decision(assignment: ReviewAssignment) -> Decision | None:
    """What this reviewer decided last about a whole text of this article, whichever revision that was."""
    of_the_whole = Q(assignment__recheck=None) | Q(assignment__recheck__is_whole=True)
    theirs = Decision.objects.filter(
        of_the_whole, reviewer=assignment.reviewer_id, revision__article=assignment.revision.article_id
    )
    return theirs.exclude(assignment=assignment).select_related("revision").order_by("-pk").first()


def in_doubt(revision: Revision) -> dict[str, str]:
    """Per key of a source, what the loaded list says of it; empty for those it does not name."""
    references = revision.data["references"]
    named = retractions.natures(references)
    found = {
        source["key"]: [named[name] for name in retractions.identifiers(source) if name in named]
        for source in references
    }
    return {key: natures[0] for key, natures in found.items() if natures}


def frozen(claims: Iterable[FrozenClaim], verdicts: Mapping[str, ClaimVerdict]) -> list[dict[str, Any]]:
    """The verdicts in reading order, each with the sentence it is about, as a decision keeps them."""
    return [_kept(claim, verdicts[claim.identity]) for claim in claims if claim.identity in verdicts]


def _kept(claim: FrozenClaim, verdict: ClaimVerdict) -> dict[str, Any]:
    return {
        "number": claim.number,
        "identity": claim.identity,
        "field": claim.field,
        "sentence": "".join(f"[{words}]" if kind == "cites" else words for kind, words in claim.pieces),
        "finding": verdict.finding,
        "place": verdict.place,
        "note": verdict.note,
        "evidence": verdict.evidence,
        "carried_from": verdict.carried_from_id,
        "judged_at": verdict.judged_at.isoformat(),
    }


def _claim(revision: Revision, identity: str) -> FrozenClaim:
    for claim in claims_of(revision):
        if claim.identity == identity:
            return claim
    raise WorkflowError("This revision has no such claim, so nothing was kept. Reload the page and try again.")


def _checked(finding: str, *, place: str, note: str) -> dict[str, str]:
    if finding not in ClaimFinding.values:
        raise WorkflowError("Choose one of the six verdicts.")
    said = {"finding": str(finding), "place": notes.place(place), "note": notes.note(note)}
    if finding in AGAINST and not said["note"]:
        label = ClaimFinding(finding).label
        raise WorkflowError(f"“{label}”: write a note for the authors, so that they know what to mend.")
    return said


def _refuse_overwriting(held: ClaimVerdict | None, *, seen: str | None) -> None:
    if seen is None or seen == mark_of(held):
        return
    now = f"says “{held.get_finding_display()}”" if held else "has no verdict"
    raise Conflict(f"This claim was changed in another tab and now {now} there. Reload the page to go on from that.")


def _carry_over(article: Article, assignment: ReviewAssignment, last: Decision, *, by: User) -> None:
    doubted = {key for key, nature in in_doubt(assignment.revision).items() if nature in IN_DOUBT}
    said = {verdict["identity"]: verdict for verdict in last.claims}
    kept = [
        _carried(assignment, said[claim.identity], last)
        for claim in claims_of(assignment.revision)
        if claim.identity in said and still_holds(claim, said[claim.identity], doubted=doubted)
    ]
    if kept:
        ClaimVerdict.objects.bulk_create(kept)
        record(
            "claims.carried_over",
            by=by,
            about=article.about,
            assignment=assignment.pk,
            decision=last.pk,
            claims=len(kept),
        )


def still_holds(claim: FrozenClaim, said: Mapping[str, Any], *, doubted: Iterable[str]) -> bool:
    """Whether a verdict of an earlier decision is still about the same sentence on the same, unquestioned sources."""
    return claim.evidence == said["evidence"] and claim.keys.isdisjoint(doubted)


def _carried(assignment: ReviewAssignment, said: Mapping[str, Any], last: Decision) -> ClaimVerdict:
    return ClaimVerdict(
        assignment=assignment,
        carried_from=last,
        judged_at=clock.now(),
        **{name: said[name] for name in ("identity", "finding", "place", "note", "evidence")},
    )


def _lot(digest: str, identity: str) -> str:
    return hashlib.sha256(f"{digest}{identity}".encode()).hexdigest()
