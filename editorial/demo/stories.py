"""What happened to each demonstration article, told through the product's own verbs.

A story is a generator: it yields how many days ago its next act took place, and then does it.
"""

from collections.abc import Iterator
from datetime import timedelta
from math import ceil
from pathlib import Path
from typing import Any

from articles import editing
from articles.importers import read_article, read_references
from articles.models import Article, Topic
from editorial import clock
from editorial.demo import accounts
from editorial.models import User
from reviews import (
    absences,
    assignments,
    checklist,
    claims,
    confirmation,
    decisions,
    publication,
    receipts,
    rechecks,
    threads,
    typing_corrections,
)
from reviews.checklist import Said
from reviews.kinds import Answer, ClaimFinding, RecheckReason
from reviews.models import ReviewAssignment, Thread

FILES = Path(__file__).parent / "articles"
Story = Iterator[float]
BOARD = ("rob", "rita", "mei", "jonas", "amara", "priya", "liam")
# Amara let her last declaration run out, so that this can be seen too.
LAST_DECLARED = {"amara": 380, "rita": 345}
CALM = (
    "The words are warning signs that send people to a doctor; the page gives no advice on treatment in these groups."
)
DOUBT = "The source gives this for a smaller group. Say for whom it was shown, or cite a source for everybody."


class Teller:
    """The acts of the stories, each one verb of the product by one of its people."""

    def __init__(self, people: dict[str, User]) -> None:
        self.people = people

    def write(self, name: str, *, by: str, slip: tuple[str, str] = ("", "")) -> Article:
        """From the files of the demo; `slip` is a word as it should be, and as it was typed."""
        text = read_article((FILES / f"{name}.md").read_bytes(), name=f"{name}.md")
        sources = read_references((FILES / f"{name}.bib").read_bytes(), name=f"{name}.bib")
        author = self.people[by]
        article = editing.create(
            by=author,
            risk=int(text.meta.get("risk") or 2),
            title=text.title,
            short_answer=text.short_answer,
            body=text.body.replace(*slip, 1),
            plain_body=text.plain_body,
            topic=Topic.objects.get(slug=text.topic),
            audience=text.audience,
            ai_involvement=text.ai_involvement,
            ai_tool=text.ai_tool,
            interests=text.meta["interests"],
            funding=text.meta["funding"],
            ai_version=text.ai_version,
            ai_accountable=None if text.ai_involvement == "none" else author,
        )
        editing.add_references(article, sources.records, by=author)
        return article

    def submit(self, article: Article, note: str = "") -> Article:
        publication.submit(article, by=article.author, change_note=note)
        return fresh(article)

    def calm(self, article: Article, level: int) -> Article:
        editing.set_risk(article, level, by=self.people["eva"], reason=CALM)
        return fresh(article)

    def assign(self, article: Article, *usernames: str) -> list[ReviewAssignment]:
        asked = self.invite(article, *usernames)
        for assignment in asked:
            assignments.accept(assignment, by=assignment.reviewer.user)
        return [ReviewAssignment.objects.get(pk=assignment.pk) for assignment in asked]

    def invite(self, article: Article, *usernames: str) -> list[ReviewAssignment]:
        members = [self.people[name].board_member for name in usernames]
        return [assignments.assign(fresh(article), member, by=self.people["eva"]) for member in members]

    def approve(self, assignment: ReviewAssignment) -> None:
        form = self._served(assignment)
        self.read(assignment)
        # Nobody types passwords into the past.
        proof = confirmation.proof_of(form["by"], digest=form["digest"], method=confirmation.PASSWORD)
        decisions.approve(assignment, confirmation=proof, **form)

    def ask(self, assignment: ReviewAssignment, reason: str) -> None:
        self.read(assignment, doubt=2)
        decisions.request_changes(assignment, reason=reason, **self._served(assignment))

    def read(self, assignment: ReviewAssignment, *, part: float = 1, doubt: int = 0) -> None:
        """Claim by claim, as far as `part` of the whole; `doubt` is the number of a claim that is not borne out."""
        on: dict[str, Any] = {"by": assignment.reviewer.user, "digest": assignment.revision.digest}
        claims.begin(assignment, by=on["by"])
        found = claims.claims_of(assignment.revision)
        for claim in found[: ceil(len(found) * part)]:
            if claim.number == doubt:
                claims.judge(assignment, claim.identity, ClaimFinding.NOT_SUPPORTED, note=DOUBT, **on)
            else:
                place = "Abstract, results" if claim.sources else ""
                claims.judge(assignment, claim.identity, ClaimFinding.SUPPORTED, place=place, **on)
        items = checklist.ITEMS[: ceil(len(checklist.ITEMS) * part)]
        checklist.answer(assignment, {item.name: Said(Answer.YES) for item in items}, **on)

    def answer_half(self, article: Article, words: str) -> None:
        """Every other point has a response, so that the rest can be tried."""
        waiting = list(Thread.objects.unanswered().filter(article=article))[::2]
        said = {point.pk: threads.Response(words, point.seen) for point in waiting}
        threads.respond(article, said, by=article.author)

    def reject(self, assignment: ReviewAssignment, reason: str) -> None:
        decisions.reject(assignment, reason=reason, **self._served(assignment))

    def release(self, article: Article) -> Article:
        article = fresh(article)
        publication.release(article, by=self.people["ruth"], digest=article.latest_revision.digest)  # type: ignore[union-attr]
        return fresh(article)

    def _served(self, assignment: ReviewAssignment) -> dict[str, Any]:
        by = assignment.reviewer.user
        claims.begin(assignment, by=by)
        return {"by": by, "digest": assignment.revision.digest, "receipt": receipts.issue(assignment, to=by)}


def fresh(article: Article) -> Article:
    return Article.objects.for_reader().get(pk=article.pk)


def checked(
    tell: Teller,
    name: str,
    *,
    by: str,
    board: tuple[str, ...],
    ago: float,
    level: int = 0,
    slip: tuple[str, str] = ("", ""),
) -> Story:
    """The plain way: written, submitted, read by the board, released."""
    yield ago + 12
    article = tell.submit(tell.write(name, by=by, slip=slip))
    if level:
        yield ago + 11
        article = tell.calm(article, level)
    yield ago + 10
    tasks = tell.assign(article, *board)
    for number, task in enumerate(tasks):
        yield ago + 6 - number * 2
        tell.approve(task)
    yield ago
    tell.release(article)


def waiting(tell: Teller) -> Story:
    yield 2
    tell.submit(tell.write("exercise-for-chronic-low-back-pain", by="tomas"))


def being_read(tell: Teller) -> Story:
    yield 14
    article = tell.submit(tell.write("exercise-for-knee-osteoarthritis", by="tomas"))
    yield 12.5
    (task,) = tell.assign(article, "rita")
    yield 2
    tell.read(task, part=0.4, doubt=3)


def half_read(tell: Teller) -> Story:
    yield 13
    article = tell.submit(tell.write("colorectal-cancer-screening", by="tomas"))
    yield 12
    (first,) = tell.assign(article, "rob")
    yield 5
    tell.approve(first)
    yield 3
    tell.invite(article, "liam")


def sent_back(tell: Teller) -> Story:
    yield 20
    article = tell.submit(tell.write("cbt-for-insomnia", by="tomas"))
    yield 18
    (task,) = tell.assign(article, "jonas")
    yield 9
    tell.ask(
        task,
        "Please say for how long sleep restriction can make people sleepy by day, and who should not drive meanwhile.",
    )
    yield 2
    tell.answer_half(
        fresh(article), "A sentence now says that people can be sleepy for some weeks, and not to drive then."
    )


def turned_down(tell: Teller) -> Story:
    yield 40
    article = tell.submit(tell.write("lemon-water", by="tomas"))
    yield 38
    (task,) = tell.assign(article, "liam")
    yield 35
    tell.reject(task, "One website is too little for the question that is asked. It needs a recorded search.")


def changed_since(tell: Teller) -> Story:
    yield from checked(tell, "what-is-a-systematic-review", by="ana", board=("liam",), ago=200)
    yield 4
    article = Article.objects.get(title__startswith="What is a systematic review")
    heading = "\n\n## Where to find them\n\nMany are free to read. A librarian can help you to search for one.\n"
    editing.change(article, by=article.author, edition=article.edition, body=article.body + heading)
    yield 3
    tell.submit(fresh(article), "Adds where such reviews can be found.")


def read_twice(tell: Teller) -> Story:
    yield from checked(tell, "how-is-blood-pressure-measured", by="tomas", board=("rob",), ago=300, level=1)
    yield 80
    article = Article.objects.get(title__startswith="What is blood pressure")
    heading = "\n\n## What you can ask\n\nAsk what your two numbers were, and when they should be taken again.\n"
    editing.change(article, by=article.author, edition=article.edition, body=article.body + heading)
    yield 79
    tell.submit(fresh(article), "Readers asked what they could say at the appointment.")
    yield 78
    (task,) = tell.assign(article, "rob")
    yield 75
    tell.approve(task)
    yield 74
    tell.release(article)


def mistyped(tell: Teller) -> Story:
    """Nobody saw the slip before it was approved; Eva mends it, and Ruth signs."""
    slip = ("outstretched", "outstreched")
    yield from checked(tell, "applied-kinesiology", by="tomas", board=("liam",), ago=45, level=2, slip=slip)
    yield 9
    article = Article.objects.get(title__startswith="Does applied kinesiology")
    texts = {part: getattr(article, part).replace(*reversed(slip)) for part in ("short_answer", "body", "plain_body")}
    eva, ruth = tell.people["eva"], tell.people["ruth"]
    correction = typing_corrections.propose(article, by=eva, texts=texts, reason="One misspelt word")
    yield 8
    proof = confirmation.proof_of(ruth, digest=correction.digest, method=confirmation.PASSWORD)
    typing_corrections.sign(correction, by=ruth, digest=correction.digest, confirmation=proof)


def overdue(tell: Teller) -> Story:
    yield from checked(tell, "what-does-a-physiotherapist-do", by="ana", board=("rita",), ago=760)


def corrected(tell: Teller) -> Story:
    yield from checked(tell, "ibuprofen-paracetamol-interactions", by="ana", board=("mei", "priya"), ago=120)
    yield 60
    article = Article.objects.filter(topic__slug="medicines").latest("created_at")
    publication.correct(
        article,
        by=tell.people["ruth"],
        text="A page number in the list of sources was wrong and has been put right.",
        details={
            "was_wrong": "The first page of one article in the list of sources.",
            "is_right": "The page that the journal gives.",
            "effect": "None: the sentence that cites it says the same.",
            "noticed_by": "reader",
            "noticed_on": clock.now().date().isoformat(),
        },
    )


def withdrawn(tell: Teller) -> Story:
    yield from checked(tell, "migraine-overview", by="tomas", board=("jonas",), ago=90, level=2)
    yield 15
    article = Article.objects.get(topic__slug="neurology")
    publication.withdraw(
        article, by=article.author, why="outdated", reason="Example: it is being rewritten around a newer guideline."
    )


def retracted(tell: Teller) -> Story:
    yield from checked(tell, "stopping-antidepressants", by="tomas", board=("mei", "rob"), ago=150)
    yield 30
    article = Article.objects.get(topic__slug="mental-health")
    publication.retract(
        article,
        by=tell.people["ruth"],
        text="Example of a retraction: the demonstration treats this page as if its main figure had been wrong.",
        reason="Example, so that the standing can be seen.",
        details={
            "category": "error",
            "asked_by": "editors",
            "advice": "Example: do not rely on the figure. Ask whoever prescribed the medicine before stopping it.",
            "authors_agree": "yes",
        },
    )


def read_again(tell: Teller) -> Story:
    """Two claims of an approved text that an editor wants to be read once more, while readers keep it."""
    yield from checked(tell, "folic-acid-before-pregnancy", by="tomas", board=("amara", "mei"), ago=70)
    yield 2
    article = Article.objects.get(slug__contains="folic")
    revision = article.revisions.get(approvals__isnull=False)
    first = [claim.identity for claim in claims.claims_of(revision)[:2]]
    words = "A newer edition of the guideline is out. Say whether these still hold."
    rechecks.open_recheck(article, by=tell.people["eva"], reason=RecheckReason.EDITOR, words=words, claims=first)


def only_begun(tell: Teller) -> Story:
    yield 1
    tell.write("signs-of-stroke", by="ana")


def declared_again(people: dict[str, User], name: str) -> Story:
    """Interests, renewed before each declaration runs out."""
    last = LAST_DECLARED.get(name, 70)
    for ago in (last + 660, last + 330, last):
        if ago < 800:
            yield ago
            accounts.declare(people, name)


def away(tell: Teller) -> Story:
    """Jonas is away, Rita named who stands in for her."""
    yield 6
    board = {name: tell.people[name].board_member for name in BOARD}
    today = clock.now().date()
    absences.set_terms(board["jonas"], by=tell.people["jonas"], capacity=3, deputy=board["priya"])
    absences.set_terms(board["rita"], by=tell.people["rita"], capacity=5, deputy=board["rob"])
    absences.set_away(
        board["jonas"], by=tell.people["jonas"], starts_on=today, ends_on=today + timedelta(days=24), note="Conference"
    )


def all_of_them(tell: Teller) -> list[Story]:
    """One story an article, and the one about the board; together they show every standing."""
    return [
        read_twice(tell),
        mistyped(tell),
        read_again(tell),
        checked(tell, "paracetamol-overdose", by="ana", board=("priya", "mei"), ago=25),
        waiting(tell),
        being_read(tell),
        half_read(tell),
        sent_back(tell),
        turned_down(tell),
        changed_since(tell),
        overdue(tell),
        corrected(tell),
        withdrawn(tell),
        retracted(tell),
        only_begun(tell),
        away(tell),
    ]
