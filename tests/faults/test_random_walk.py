"""Random people do random things to a few articles while time passes; after each, what must hold is checked."""

from collections import Counter
from datetime import timedelta
from random import Random

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q

from articles import editing
from articles.models import Approval, Article, ArticleUserObjectPermission, Move, Notice, Reference, Revision
from articles.public import for_public, public_article, units
from articles.rendering import UnreadableText
from articles.standing import Told
from articles.states import NoticeKind, State
from articles.typing_slips import objections
from editorial import clock
from editorial.errors import WorkflowError
from editorial.models import AuditEntry
from editorial.verification import verify
from reviews import (
    absences,
    assignments,
    checklist,
    claims,
    coauthors,
    confirmation,
    decisions,
    interests,
    matching,
    policy,
    publication,
    receipts,
    recheck_clock,
    rechecks,
    reminders,
    threads,
    typing_corrections,
)
from reviews.kinds import AGAINST, ClaimFinding, RecheckReason, Verdict
from reviews.models import (
    Absence,
    BoardMember,
    ChecklistAnswer,
    ClaimVerdict,
    Decision,
    InterestAnswer,
    InterestDeclaration,
    LadderStep,
    Notification,
    Recheck,
    Release,
    ReviewAssignment,
    Thread,
    TypingCorrection,
)
from reviews.recheck_answers import answer
from tests import factories

pytestmark = [pytest.mark.faults, pytest.mark.django_db]

STEPS = 60
MOST_ARTICLES = 4
REFUSALS = (WorkflowError, PermissionDenied, UnreadableText, ValidationError)
CHECKED = {Told.APPROVED, Told.CHANGED}
PAUSES = [timedelta(0)] * 6 + [timedelta(hours=3)] * 3 + [timedelta(days=12), timedelta(days=40), timedelta(days=250)]
DUTY = {
    **dict.fromkeys(["create", "change", "cite", "remove_source", "respond", "submit"], "author"),
    **dict.fromkeys(
        ["open", "read", "judge", "clear", "answer", "approve", "request_changes", "reject", "flag_unsafe", "find"],
        "reviewer",
    ),
    **dict.fromkeys(
        ["assign", "take_back", "pass_on", "release", "correct", "raise_concern", "retract", "resolve", "read_again"]
        + ["mend_typing"],
        "editor",
    ),
}


class Acts:
    """The product's verbs, each done by somebody to an article with words and targets picked at random."""

    def __init__(self, random: Random) -> None:
        self.random = random
        ana, cai = factories.person("Ana"), factories.person("Cai")
        members = [factories.board_member(name) for name in ("Rob", "Rita", "Jo", "Sam")]
        members.append(factories.board_member("Mei", specialties=("Neurology",)))
        for member, deputy in zip(members, members[1:] + members[:1], strict=True):
            absences.set_terms(member, by=member.user, capacity=3, deputy=deputy)
        # Two who hold an office of each kind: only the rule of one duty keeps these apart on one article.
        ruth, rita = factories.board_member("Ruth"), members[1]
        self._appoint(ruth.user, is_managing_editor=True, is_responsible_editor=True)
        self._appoint(rita.user, is_managing_editor=True)
        eva = factories.person("Eva", is_staff=True, is_managing_editor=True, is_responsible_editor=True)
        root = factories.person("Root", is_staff=True, is_superuser=True)
        noor, machine = factories.person("Noor"), factories.person("Max", is_machine=True)
        self.board = [*members, ruth, self._on_board(machine), self._on_board(ana)]
        self.writers, self.editors = [ana, cai], [eva, ruth.user, rita.user]
        self.everybody = [ana, cai, *(m.user for m in members), ruth.user, eva, root, noor, machine]

    def create(self, _: Article | None, by):
        risk = self.random.choice([1, 2, 2, 2, 3, 4])
        return factories.draft(by=by, risk=risk, ai_accountable=self.random.choice([by, by, None]))

    def change(self, article, by):
        if self.random.random() < 0.25:
            return self._share(article, by)
        fields = {"short_answer": f"Probably a little, {self.random.random()}."}
        if self.random.random() < 0.15:
            fields["ai_accountable"] = self.random.choice(self.everybody)
        edition = factories.fresh(article).edition - (self.random.random() < 0.15)
        return editing.change(article, by=by, edition=edition, **fields)

    @transaction.atomic
    def _share(self, article, by):
        person = self.random.choice(self.everybody)
        if article.coauthors.filter(pk=person.pk).exists():
            coauthors.remove(article, person, by=by)
        else:
            factories.joined(article, person, by=by)

    def cite(self, article, by):
        editing.add_references(article, [factories.HAYDEN], by=by)

    def remove_source(self, article, by):
        editing.remove_reference(article, self.random.choice(["hayden2021", "hayden2021-2", "nobody"]), by=by)

    def respond(self, article, by):
        waiting = Thread.objects.unanswered().filter(article=article)
        said = {point.pk: threads.Response("Says for whom now.", point.seen) for point in waiting}
        if threads.respond(article, said, by=by) or not said:
            raise WorkflowError("Nothing is left to answer.")

    def submit(self, article, by):
        publication.submit(article, by=by)

    def set_risk(self, article, by):
        publication.set_risk(
            article, self.random.randint(1, 4), by=by, reason=self.random.choice(["", "Looked at it."])
        )

    def assign(self, article, by):
        fitting = [candidate.member for candidate in matching.candidates(factories.fresh(article))]
        anybody = self.random.random() < 0.3 or not fitting
        assignments.assign(article, self.random.choice(self.board if anybody else fitting), by=by)

    def accept(self, article, by):
        interest = self.random.choice(["none"] * 8 + ["minor", "major"])
        words = self.random.choice(["", "Taught a course.", "Taught a course."])
        assignments.accept(self._assignment(article, of=by), by=by, interest=interest, words=words)

    def pass_on(self, article, by):
        somebody = self.random.choice(self.board)
        assignments.replace(self._assignment(article), somebody, by=by, reason="Somebody has more time.")

    def declare(self, article, by):
        interests.declare(self._member(article, by), by=by, none_declared=self.random.random() < 0.9)

    def leave_for_a_while(self, article, by):
        start = clock.now().date() + timedelta(days=self.random.randint(-1, 10))
        end = start + timedelta(days=self.random.randint(-1, 30))
        absences.set_away(self._member(article, by), by=by, starts_on=start, ends_on=end)

    def tick(self, article, _):
        if not reminders.remind():
            raise WorkflowError("No review has reached a rung that was not taken.")

    def take_back(self, article, by):
        assignments.take_back(self._assignment(article), by=by, reason="Too slow.")

    def open(self, article, by):
        claims.begin(self._assignment(article, of=by), by=by)

    def decline(self, article, by):
        suggested = self.random.choice([None, *self.board])
        reason = self.random.choice(["", "On leave.", "On leave."])
        assignments.decline(self._assignment(article, of=by), by=by, reason=reason, suggested=suggested)

    @transaction.atomic
    def read(self, article, by):
        """The whole reading in one go, as somebody does who keeps at it."""
        assignment = self._assignment(article, of=by)
        assignments.check_held(assignment, by=by)
        factories.read(assignment)

    def judge(self, article, by):
        assignment = self._assignment(article, of=by)
        claim = self.random.choice(claims.claims_of(assignment.revision))
        finding = self.random.choice(["supported"] * 8 + list(ClaimFinding.values))
        note = self.random.choice(["", "Say for whom.", "Say for whom."])
        claims.judge(assignment, claim.identity, finding, by=by, digest=self._digest_of(assignment), note=note)

    def clear(self, article, by):
        assignment = self._assignment(article, of=by)
        claim = self.random.choice(claims.claims_of(assignment.revision))
        claims.clear(assignment, claim.identity, by=by, digest=self._digest_of(assignment))

    def answer(self, article, by):
        assignment = self._assignment(article, of=by)
        answer, note = self.random.choice([("yes", "")] * 9 + [("no", ""), ("no", "Not for children.")])
        items = checklist.ITEMS if self.random.random() < 0.8 else self.random.sample(checklist.ITEMS, 3)
        said = {item.name: checklist.Said(answer, note) for item in items}
        checklist.answer(assignment, said, by=by, digest=self._digest_of(assignment))

    def approve(self, article, by):
        assignment = self._assignment(article, of=by)
        form = self._served(assignment, by)
        decisions.approve(assignment, confirmation=self._proof(form), **form)

    def request_changes(self, article, by):
        assignment = self._assignment(article, of=by)
        decisions.request_changes(assignment, reason="Say for whom.", **self._served(assignment, by))

    def reject(self, article, by):
        assignment = self._assignment(article, of=by)
        decisions.reject(assignment, reason="Not for us.", **self._served(assignment, by))

    def flag_unsafe(self, article, by):
        assignment = self._assignment(article, of=by)
        decisions.flag_unsafe(assignment, reason="Ten times the dose.", **self._served(assignment, by))

    def read_again(self, article, by):
        approval = factories.fresh(article).approval
        known = [claim.identity for claim in claims.claims_of(approval.revision)] if approval else []
        some = self.random.choice([[], known[:1]])
        rechecks.open_recheck(article, by=by, reason=RecheckReason.EDITOR, words="It is old.", claims=some)

    def find(self, article, by):
        """What was found on reading an approved text again."""
        assignment = self._assignment(article, of=by)
        verdict = self.random.choice(["approve"] * 6 + ["request_changes", "reject", "unsafe"])
        form = self._served(assignment, by)
        reason = self.random.choice(["", "Looked at it.", "Looked at it."])
        answer(assignment, verdict, reason=reason, confirmation=self._proof(form), **form)

    def expire(self, article, _):
        before = AuditEntry.objects.count()
        recheck_clock.tend()
        if AuditEntry.objects.count() == before:
            raise WorkflowError("No check runs out, and nobody is missing.")

    def release(self, article, by):
        publication.release(article, by=by, digest=self._digest(article))

    def withdraw(self, article, by):
        publication.withdraw(article, by=by, reason="Superseded.")

    def correct(self, article, by):
        publication.correct(article, by=by, text="The year was wrong.", details=factories.CORRECTION)

    def mend_typing(self, article, by):
        """By an editor; what authors propose is theirs already."""
        if not by.is_editor or factories.fresh(article).approval is None:
            raise WorkflowError("Nobody else can.")
        becomes = self.random.choice(["docter", "docter", "no doctor"])
        factories.typing_proposed(article, by=by, becomes=becomes)

    def sign_typing(self, article, by):
        factories.typing_signed(self._one_of(TypingCorrection.objects.filter(article=article)), by=by)

    def decline_typing(self, article, by):
        correction = self._one_of(TypingCorrection.objects.filter(article=article))
        typing_corrections.decline(correction, by=by, reason="It was right.")

    def raise_concern(self, article, by):
        publication.raise_concern(article, by=by, text="Two figures are being checked.", details=factories.CONCERN)

    def retract(self, article, by):
        publication.retract(
            article,
            by=by,
            text="The main figure is wrong.",
            reason="Error in the source.",
            details=factories.RETRACTION,
        )

    def resolve(self, article, by):
        publication.resolve(
            self._one_of(Notice.objects.filter(article=article)), by=by, text="Looked into and settled."
        )

    def quarantine(self, article, _):
        publication.quarantine(article, reason="A page was found without its caution.")

    def _assignment(self, article, of=None):
        """One of this article's, mostly one that this person holds."""
        asked = ReviewAssignment.objects.filter(revision__article=article)
        own = asked.filter(reviewer__user=of).order_by("-pk")[:1]
        return own[0] if own and self.random.random() < 0.9 else self._one_of(asked)

    def _member(self, article, by):
        """Mostly one's own membership, sometimes somebody else's."""
        own = [member for member in self.board if member.user == by]
        return own[0] if own and self.random.random() < 0.8 else self.random.choice(self.board)

    def _one_of(self, rows):
        rows = list(rows.order_by("pk"))
        if not rows:
            raise WorkflowError("There is nothing to do that to.")
        return self.random.choice(rows)

    def _served(self, assignment, by):
        receipt = receipts.issue(assignment, to=by) if self.random.random() < 0.95 else ""
        digest = assignment.revision.digest if self.random.random() < 0.95 else "0" * 64
        return {"by": by, "digest": digest, "receipt": receipt}

    def _digest_of(self, assignment):
        return assignment.revision.digest if self.random.random() < 0.95 else "0" * 64

    def _proof(self, form):
        by = form["by"] if self.random.random() < 0.95 else self.random.choice(self.everybody)
        return confirmation.proof_of(by, digest=form["digest"], method="password")

    def _digest(self, article):
        return getattr(factories.fresh(article).latest_revision, "digest", "") if self.random.random() < 0.95 else ""

    def _appoint(self, person, **offices):
        for office, held in offices.items():
            setattr(person, office, held)
        person.save()

    def _on_board(self, person):
        member = BoardMember.objects.create(user=person, profession="None", joined_at="2024-01-01")
        factories.credential(member)
        return member


VERBS = [name for name in vars(Acts) if not name.startswith("_")]
# What would usually come next, and who would do it; the rest of the time anybody does anything.
USUAL = {
    State.DRAFT: [("submit", "writers"), ("change", "writers"), ("cite", "writers")],
    State.SUBMITTED: [
        *[("assign", "editors")] * 4,
        *[("accept", "readers")] * 6,
        ("decline", "readers"),
        ("tick", "editors"),
        ("withdraw", "writers"),
        ("set_risk", "editors"),
    ],
    State.UNDER_REVIEW: [
        *[("assign", "editors")] * 2,
        ("open", "readers"),
        *[("read", "readers")] * 7,
        *[(verb, "readers") for verb in ("judge", "answer", "clear")],
        *[("accept", "readers")] * 4,
        *[("tick", "editors")] * 2,
        ("leave_for_a_while", "readers"),
        ("declare", "readers"),
        ("pass_on", "editors"),
        *[("approve", "readers")] * 8,
        *[(verb, "readers") for verb in ("request_changes", "reject", "flag_unsafe", "decline")],
        *[("release", "editors")] * 4,
        *[(verb, "editors") for verb in ("set_risk", "take_back", "withdraw")],
    ],
    State.CHANGES_REQUESTED: [
        ("change", "writers"),
        *[("respond", "writers"), ("submit", "writers")] * 2,
        ("resolve", "editors"),
    ],
    State.APPROVED: [
        *[("change", "writers"), ("submit", "writers")] * 2,
        *[(verb, "editors") for verb in ("raise_concern", "resolve", "withdraw", "correct", "set_risk", "expire")],
        *[("read_again", "editors")] * 2,
        *[("mend_typing", "editors"), ("sign_typing", "editors")] * 2,
        *[(verb, "readers") for verb in ("accept", "read", "find")] * 3,
    ],
    State.REJECTED: [*[("respond", "writers"), ("submit", "writers")] * 3, ("withdraw", "editors")],
    State.WITHDRAWN: [*[("submit", "writers")] * 3, ("retract", "editors")],
    State.RETRACTED: [("create", "writers")],
}


class Walk:
    """One long afternoon at the desk."""

    def __init__(self, seed: int) -> None:
        self.random, self.moment = Random(seed), clock.now()
        self.acts = Acts(self.random)
        self.done, self.told, self.trace, self.duties = Counter(), Counter(), [], {}
        ana, rob, eva = self.acts.writers[0], self.acts.board[0], self.acts.editors[0]
        self.articles = [factories.approved(by=ana, reviewer=rob, editor=eva), factories.submitted(by=ana, risk=3)]
        self.units, self.rows = {article.pk: self.unit(article) for article in self.articles}, rows()

    def step(self) -> None:
        pause = self.random.choice(PAUSES)
        self.moment += pause
        with clock.at(self.moment):
            touched = self._act()
            if pause or touched:
                self._check_all(self.articles if pause else [touched])

    def _act(self):
        """One verb; the article it changed, or None where it was refused."""
        verb, article, by = self._choose()
        entries, was_author = AuditEntry.objects.count(), article is not None and by.pk in authors(article)
        refusal = self._do(verb, article, by)
        before, self.rows = self.rows, rows()
        written = AuditEntry.objects.count() > entries
        if refusal:
            assert (self.rows, written) == (before, False), "a refused act left something behind"
        assert written or self.rows == before, "the chain does not tell what changed"
        if refusal:
            return None
        touched = article or self.articles[-1]
        self._remember(verb, touched, by, was_author)
        return touched

    def _check_all(self, touched):
        for article in touched:
            self.units[article.pk] = self._check(self.articles.index(article), article)
        shown = {unit.slug for unit in self.units.values() if is_shown(unit)}
        listed = units(Article.objects.public(at=self.moment), at=self.moment)
        assert {unit.slug for unit in listed} == shown, "A-25: the list and the pages disagree"

    def unit(self, article):
        return public_article(for_public(Article.objects.filter(pk=article.pk)).get(), at=self.moment)

    def _choose(self):
        article = factories.fresh(self.random.choice(self.articles))
        if self.random.random() < 0.25:
            verb, by = self.random.choice(VERBS), self.random.choice(self.acts.everybody)
        else:
            verb, by = self._usual(article)
        if verb != "create":
            return verb, article, by
        return ("create", None, by) if len(self.articles) < MOST_ARTICLES else ("change", article, by)

    def _usual(self, article):
        verb, who = self.random.choice(USUAL[State(article.state)])
        asked = ReviewAssignment.objects.open().filter(revision__article=article).order_by("pk")
        readers = [assignment.reviewer.user for assignment in asked.select_related("reviewer__user")]
        if who == "readers" and readers:
            # Who has not answered yet answers first, most of the time.
            unanswered = asked.filter(accepted_at=None).exists()
            return ("accept" if unanswered and self.random.random() < 0.5 else verb), self.random.choice(readers)
        if who == "writers":
            return verb, self.random.choice([article.author, *article.coauthors.order_by("pk")])
        free = [e for e in self.acts.editors if e not in readers and e.pk not in authors(article)]
        return "assign" if who == "readers" else verb, self.random.choice(free or self.acts.editors)

    def _do(self, verb, article, by):
        number = self.articles.index(article) if article else "-"
        self.trace.append(f"{self.moment:%Y-%m-%d %H:%M} {by} {verb} {number}")
        try:
            made = getattr(self.acts, verb)(article, by)
        except REFUSALS as refusal:
            self.trace[-1] += f" → {type(refusal).__name__}: {refusal}"
            self.done["refused"] += 1
            return refusal
        self.done[verb] += 1
        if verb == "create":
            self.articles.append(made)
        return None

    def _remember(self, verb, article, by, was_author):
        duty = ("author" if was_author else "editor") if verb in ("withdraw", "set_risk") else DUTY.get(verb)
        if duty:
            self.duties.setdefault(article.pk, {}).setdefault(by.pk, set()).add(duty)

    def _check(self, number, stale):
        article, unit = factories.fresh(stale), self.unit(stale)
        self.told[unit.standing.state] += 1
        self._check_duties(number, article)
        self._check_board(number, article)
        assert granted(article) == entitled(article), f"{number}: permissions are not what authorship and reviews give"
        is_checked = unit.standing.state in CHECKED
        assert is_checked == stands_checked(article, at=self.moment), (
            f"{number}: readers are told {unit.standing.state}"
        )
        assert not waits_for_nothing(article), f"{number}: released, quorum met, and still under review"
        if is_shown(unit):
            assert is_checked or unit.caution, f"{number}: unchecked text without its caution"
            assert is_checked or article.risk_id <= 2 or was_approved(unit), f"{number}: risky text shown unchecked"
            is_retracted = unit.standing.state == Told.RETRACTED
            assert is_retracted or not open_flags(article), f"{number}: shown although it was flagged unsafe"
            assert unit.text.digest not in taken_back(article), f"{number}: shown although it was withdrawn"
        return unit

    def _check_board(self, number, article):
        asked = ReviewAssignment.objects.filter(revision__article=article)
        for one in asked.filter(Q(opened_at__isnull=False) | Q(decision__isnull=False)):
            assert one.accepted_at, f"{number}: opened or decided without having been accepted"
            assert one.interest_answer.level != "major", f"{number}: judged in spite of a major interest"
        rungs = list(LadderStep.objects.filter(assignment__in=asked).values_list("assignment", "rung"))
        assert len(rungs) == len(set(rungs)), f"{number}: a rung was taken twice"
        told = Notification.objects.filter(event__startswith="reminder:", article=article)
        events = list(told.values_list("event", "recipient", "channel"))
        assert len(events) == len(set(events)), f"{number}: somebody was reminded twice of one rung"

    def _check_duties(self, number, article):
        held = {pk: set(duties) for pk, duties in self.duties.get(article.pk, {}).items()}
        for pk in authors(article):
            held.setdefault(pk, set()).add("author")
        reading = ReviewAssignment.objects.open().filter(revision__article=article)
        for pk in reading.values_list("reviewer__user", flat=True):
            held.setdefault(pk, set()).add("reviewer")
        for person in self.acts.everybody:
            assert len(held.get(person.pk, ())) <= 1, f"{number}: {person} has two duties: {held[person.pk]}"


@pytest.mark.parametrize("seed", range(4, 16))
def test_whatever_anybody_does_the_promises_hold(seed):
    walk = Walk(seed)
    for _ in range(STEPS):
        try:
            walk.step()
        except Exception as fault:
            fault.add_note("\n".join([f"seed {seed}, after:", *walk.trace]))
            raise
    assert verify().faults == []
    # A walk that got nowhere proves nothing.
    assert len(walk.done) >= 8, walk.done
    assert walk.done["refused"] < STEPS * 0.75
    assert len(walk.told) >= 4, walk.told


# What the rows themselves say, without asking the product's own rules.


def rows():
    """Everything the verbs may change; of what is only ever added to, how much there is."""
    changing = (
        Article,
        Reference,
        ReviewAssignment,
        Recheck,
        TypingCorrection,
        ClaimVerdict,
        ChecklistAnswer,
        Absence,
        Article.coauthors.through,
        ArticleUserObjectPermission,
    )
    growing = (Revision, Approval, Move, Notice, Decision, Release, Notification)
    growing += (InterestAnswer, InterestDeclaration, LadderStep)
    return [list(m.objects.order_by("pk").values_list()) for m in changing] + [m.objects.count() for m in growing]


def authors(article):
    """Everybody who has a hand in the working text or had one in a revision."""
    hands = {article.author_id, article.ai_accountable_id, *article.coauthors.values_list("pk", flat=True)} - {None}
    return hands.union(*Revision.objects.filter(article=article).values_list("contributors", flat=True))


def granted(article):
    given = ArticleUserObjectPermission.objects.filter(content_object=article)
    return sorted(given.values_list("user_id", "permission__codename"))


def entitled(article):
    writers = {article.author_id, *article.coauthors.values_list("pk", flat=True)}
    asked = ReviewAssignment.objects.filter(revision__article=article, ended_at=None)
    readers = set(asked.values_list("reviewer__user", flat=True))
    return sorted([(pk, "write_article") for pk in writers] + [(pk, "review_article") for pk in readers])


def stands_checked(article, *, at):
    """The newest approval neither ran out nor was taken back or put in doubt; a quorum and a release are behind it."""
    approval = Approval.objects.filter(revision__article=article).order_by("-pk").first()
    if approval is None or article.state in (State.WITHDRAWN, State.RETRACTED):
        return False
    read = only_typing_differs_from(approval)
    assert quorum(read.revision, risk=read.risk, again=read_again(read)), "approved without a quorum"
    assert was_released(read.revision), "approved unreleased"
    raised = Notice.objects.filter(revision=approval.revision, kind=NoticeKind.CLASS_RAISED, resolution=None)
    in_doubt = approval.digest in taken_back(article) or open_flags(article).exists() or raised.exists()
    return at < approval.valid_until and not in_doubt


def was_released(revision):
    """An editor released exactly this text, or the one that signed corrections of its typing lead back to.

    A text that was read again keeps the way it came: its first approval is the carried one.
    """
    if Release.objects.filter(revision=revision, digest=revision.digest).exists():
        return True
    first = Approval.objects.get(revision=revision, number=1)
    return first.read is not None and was_released(only_typing_differs_from(first).revision)


def only_typing_differs_from(approval):
    """The approval of what was read; a correction since was signed by two people."""
    if approval.read is None:
        return approval
    assert objections(approval.read.revision.data, approval.revision.data) == (), "more than typing was corrected"
    assert approval.read.read is None
    assert approval.read.revision.article_id == approval.revision.article_id
    signed = TypingCorrection.objects.filter(article=approval.revision.article_id, stage="signed")
    chain, at = [], approval.revision
    while at != approval.read.revision:
        said = signed.get(digest=at.digest)
        assert said.settled_by_id not in authors(said.article) | {said.proposed_by_id}, "no second person signed"
        chain, at = [said.reason, *chain], said.revision
    assert [each["reason"] for each in approval.typing] == chain, "the seal names other corrections"
    return approval.read


def read_again(approval):
    """The re-check that a later round of an approval rests on; none for the first."""
    if approval.number == 1:
        return None
    return Decision.objects.get(pk=approval.checked_by[0]["decision"]).assignment.recheck


def quorum(revision, *, risk, again=None):
    rule = policy.DEFAULTS[risk]
    said = Decision.objects.filter(revision=revision, digest=revision.digest, assignment__recheck=again)
    said = list(said.order_by("decided_at"))
    approvals = [d for d in said if d.verdict == Verdict.APPROVE]
    for decision in approvals:
        assert [c["finding"] for c in decision.claims if c["finding"] in AGAINST] == [], "approved against a verdict"
        assert {c["identity"] for c in decision.claims} == {c.identity for c in claims.claims_of(revision)}
        assert [a["answer"] for a in decision.checklist] == ["yes"] * 12, "approved on an incomplete checklist"
        assert decision.confirmed_by == "password"
    if rule.window_days and approvals:
        last = approvals[-1].decided_at
        approvals = [d for d in approvals if last - d.decided_at <= timedelta(days=rule.window_days)]
    matched = [d for d in approvals if d.specialty_matched]
    against = len(said) - sum(d.verdict == Verdict.APPROVE for d in said)
    return len(approvals) >= max(rule.approvals, against + 1) and len(matched) >= rule.specialty_matched


def waits_for_nothing(article):
    revision = article.latest_revision
    if article.state != State.UNDER_REVIEW or not Release.objects.filter(revision=revision).exists():
        return False
    return quorum(revision, risk=article.risk_id) and not open_flags(article)


def open_flags(article):
    return Notice.objects.filter(article=article, kind=NoticeKind.UNSAFE, resolution=None)


def taken_back(article):
    """The digests of every revision that a withdrawal has taken back."""
    newest = Notice.objects.filter(article=article, kind=NoticeKind.WITHDRAWAL).order_by("-revision__number").first()
    number = newest.revision.number if newest else 0
    return set(Revision.objects.filter(article=article, number__lte=number).values_list("digest", flat=True))


def was_approved(unit):
    return Approval.objects.filter(digest=unit.text.digest).exists()


def is_shown(unit):
    return unit.text is not None and not unit.standing.is_quarantined
