"""The conversation about single points: raised, answered by the authors, settled by who raised them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from articles import editing
from articles.models import Article, Revision
from articles.rendering import UnreadableText, clean_text
from editorial import clock
from editorial.audit import record
from editorial.errors import Conflict, WorkflowError
from editorial.models import User
from reviews import reading
from reviews.claims import FrozenClaim
from reviews.kinds import AGAINST, Channel, ClaimFinding, Kind, Origin, Side, Verdict
from reviews.models import Decision, Notification, ReviewAssignment, Thread, ThreadMessage
from reviews.notifications import notify

MOST_IN_MESSAGE = 4_000
WITHOUT_A_NOTE = "I could not open the source."
SUBJECTS = {
    Verdict.APPROVE: "Note with the approval",
    Verdict.REQUEST_CHANGES: "Why changes are asked for",
    Verdict.REJECT: "Why it was not accepted",
    Verdict.UNSAFE: "What could hurt someone",
}


@dataclass(frozen=True)
class Point:
    """What a decision says about one thing."""

    origin: Origin
    subject: str
    words: str
    is_blocking: bool
    claim: str = ""
    item: str = ""
    field: str = ""
    quote: str = ""


@dataclass(frozen=True)
class Response:
    """What the authors want to answer to one point; `seen` names the state that they had before them."""

    words: str
    seen: str


def open_from(decision: Decision, claims: Iterable[FrozenClaim], *, by: User) -> None:
    """Make a thread of everything in a decision that its authors can answer; the article must be locked.

    What the same reviewer raised before, and has not settled, is asked again in its own thread.
    """
    before = Thread.objects.opened_in(decision.assignment).unsettled()
    still_open = {(thread.claim, thread.item): thread for thread in before if thread.claim or thread.item}
    for point in points_of(decision, {claim.identity: claim for claim in claims}):
        thread = still_open.get((point.claim, point.item)) or _opened(decision, point, by=by)
        if thread.decision_id != decision.pk:
            open_again(thread)
        say(thread, Side.REVIEWER, point.words, by=by, revision=decision.revision)


def points_of(decision: Decision, claims: Mapping[str, FrozenClaim]) -> list[Point]:
    """In the order in which authors read them: the reasons, the claims, the checklist."""
    points = [_of_claim(said, claims[said["identity"]]) for said in decision.claims if _is_asked(said)]
    points += [_of_item(said) for said in decision.denials]
    if decision.reason and decision.verdict != Verdict.APPROVE:
        points.insert(0, Point(Origin.REASON, SUBJECTS[Verdict(decision.verdict)], decision.reason, True))
    return points


def _is_asked(said: Mapping[str, str]) -> bool:
    is_partly = said["finding"] == ClaimFinding.PARTLY and said["note"]
    return bool(is_partly or said["finding"] in (*AGAINST, ClaimFinding.CANNOT_OPEN))


def _of_claim(said: Mapping[str, str], claim: FrozenClaim) -> Point:
    label = str(ClaimFinding(said["finding"]).label)
    return Point(
        Origin.CLAIM,
        f"{label}, at {said['place']}" if said["place"] else label,
        said["note"] or WITHOUT_A_NOTE,
        said["finding"] in AGAINST,
        claim=claim.identity,
        field=claim.field,
        quote=claim.sentence,
    )


def _of_item(said: Mapping[str, str]) -> Point:
    return Point(Origin.CHECKLIST, f"{said['title']}: no", said["note"], True, item=said["item"])


def _opened(decision: Decision, point: Point, *, by: User) -> Thread:
    return Thread.objects.create(
        article=decision.revision.article,
        revision=decision.revision,
        digest=decision.digest,
        assignment=decision.assignment,
        decision=decision,
        origin=point.origin,
        subject=point.subject,
        field=point.field,
        quote=point.quote,
        claim=point.claim,
        item=point.item,
        opened_by=by,
        opened_by_label=decision.reviewer_label,
        profession=decision.profession,
        is_blocking=point.is_blocking,
        opened_at=decision.decided_at,
    )


@transaction.atomic
def respond(article: Article, responses: Mapping[int, Response], *, by: User) -> list[Thread]:
    """Keep what the authors will answer, point by point; it goes to the reviewers when they submit.

    Returns those that were left as they are, because somebody changed them after `by` had them on the page.

    Raises:
        PermissionDenied: `by` is not one of its authors.
        Conflict: one of them is not, or no longer, to be answered here; nothing was kept.
        WorkflowError: a response is too long or cannot be shown; nothing was kept.
    """
    article = Article.objects.lock(article.pk)
    editing.check_may_write(article, by=by)
    threads = Thread.objects.unsettled().filter(article=article, answered_at=None).in_bulk(list(responses))
    if responses.keys() - threads.keys():
        raise Conflict("One of these points was answered or settled meanwhile, so nothing was saved. Reload the page.")
    wanted = {pk: cleaned(response.words) for pk, response in responses.items()}
    changed = [thread for pk, thread in threads.items() if thread.response != wanted[pk]]
    kept = [thread for thread in changed if thread.seen == responses[thread.pk].seen]
    for thread in kept:
        thread.response, thread.response_by, thread.response_at = wanted[thread.pk], by, clock.now()
    Thread.objects.bulk_update(kept, ["response", "response_by", "response_at"])
    if kept:
        record("threads.responded", by=by, about=article.about, threads=[thread.pk for thread in kept])
    return [thread for thread in changed if thread not in kept]


def check_answered(article: Article) -> None:
    """Refuse while something that has to be answered in writing is not.

    Raises:
        WorkflowError: says how many there are.
    """
    waiting = Thread.objects.filter(article=article).needing_answer().count()
    if waiting:
        points = "A point" if waiting == 1 else f"{waiting} points"
        raise WorkflowError(
            f"{points} of the reviewers {'waits' if waiting == 1 else 'wait'} for an answer in writing."
            " Say for each what you changed, or why not, on the page “Answers”; then submit again."
        )


def send_responses(article: Article, revision: Revision) -> None:
    """The responses travel with the revision that was just frozen; whoever asked hears of it once."""
    ready = Thread.objects.unsettled().filter(article=article, answered_at=None).exclude(response="")
    sent = list(ready.select_related("response_by", "opened_by", "assignment").order_by("pk"))
    for thread in sent:
        say(thread, Side.AUTHOR, thread.response, by=thread.response_by, revision=revision)
        thread.response, thread.answered_at = "", clock.now()
    Thread.objects.bulk_update(sent, ["response", "answered_at"])
    for thread in {thread.opened_by_id: thread for thread in sent}.values():
        _tell_who_asked(article, thread, event=f"answered:{revision.pk}:{thread.opened_by_id}", at_once=False)


@transaction.atomic
def reply(article: Article, pk: int, response: Response, *, by: User) -> Thread:
    """Answer at once somebody who is there to read it: a reviewer who has the text before them, or an editor.

    Raises:
        PermissionDenied: `by` is not one of its authors.
        Conflict: it was answered or settled meanwhile, or a co-author wrote another answer.
        WorkflowError: nobody is there, nothing was said, or it is too long.
    """
    article = Article.objects.lock(article.pk)
    editing.check_may_write(article, by=by)
    waiting = Thread.objects.unsettled().filter(article=article, answered_at=None)
    thread = waiting.select_related("opened_by", "assignment").filter(pk=pk).first()
    if thread is None:
        raise Conflict("This point was answered or settled meanwhile, so nothing was sent. Reload the page.")
    said = cleaned(response.words)
    if thread.response != said and thread.seen != response.seen:
        raise Conflict("Somebody else changed this answer after you opened the page, so nothing was sent.")
    if not said:
        raise WorkflowError("Write your answer first, so that there is something to send.")
    if not thread.is_live:
        raise WorkflowError("Nobody reads this text now, so save your answer: it goes with your next revision.")
    newest: Any = article.latest_revision
    message = say(thread, Side.AUTHOR, said, by=by, revision=newest)
    thread.response, thread.answered_at = "", clock.now()
    thread.save(update_fields=["response", "answered_at"])
    _tell_who_asked(article, thread, event=f"answered:{message.pk}", at_once=True)
    return thread


@transaction.atomic
def settle(assignment: ReviewAssignment, pk: int, *, by: User, digest: str) -> Thread:
    """The reviewer who raised a point has nothing more to ask about it.

    Raises:
        PermissionDenied: `by` does not hold this assignment.
        Conflict: it has ended, the text has moved on, or the point is settled already.
        WorkflowError: `by` never raised such a point here.
    """
    article, assignment = reading.lock(assignment, by=by, digest=digest)
    thread = _own(assignment, pk)
    if thread.settled_at:
        raise Conflict("This point is settled already.")
    thread.settled_at, thread.settled_by = clock.now(), by
    thread.save(update_fields=["settled_at", "settled_by"])
    record("thread.settled", by=by, about=article.about, thread=thread.pk)
    return thread


@transaction.atomic
def ask_again(assignment: ReviewAssignment, pk: int, words: str, *, by: User, digest: str) -> Thread:
    """The answer is not enough, or a settled point is not settled after all: the authors have to answer once more.

    Raises:
        PermissionDenied: `by` does not hold this assignment.
        Conflict: it has ended, or the text has moved on.
        WorkflowError: nothing was said, it is too long, or `by` never raised such a point here.
    """
    article, assignment = reading.lock(assignment, by=by, digest=digest)
    thread = _own(assignment, pk)
    said = cleaned(words)
    if not said:
        raise WorkflowError("Write what you still ask for, so that the authors know what to answer.")
    open_again(thread)
    message = say(thread, Side.REVIEWER, said, by=by, revision=assignment.revision)
    tell_authors(article, message, Kind.ASKED_AGAIN)
    return thread


def cleaned(words: str) -> str:
    """Bounded, and without characters that hide or disturb what others see.

    Raises:
        WorkflowError: it says which of these it is.
    """
    try:
        said = clean_text(words, name="answer").strip()
    except UnreadableText as refusal:
        raise WorkflowError(str(refusal)) from None
    if len(said) > MOST_IN_MESSAGE:
        raise WorkflowError(f"The answer has {len(said):,} characters; the limit is {MOST_IN_MESSAGE:,}. Shorten it.")
    return said


def _own(assignment: ReviewAssignment, pk: int) -> Thread:
    thread = Thread.objects.opened_in(assignment).filter(pk=pk).first()
    if thread is None:
        raise WorkflowError("You never raised such a point on this article, so nothing was changed. Reload the page.")
    return thread


def open_again(thread: Thread) -> None:
    thread.answered_at = thread.settled_at = thread.settled_by = None
    thread.settled_because = ""
    thread.save(update_fields=["answered_at", "settled_at", "settled_by", "settled_because"])


def say(thread: Thread, side: Side, words: str, *, by: Any, revision: Revision) -> ThreadMessage:
    """`by` is whoever wrote it, who need not be the one who sends it."""
    message = ThreadMessage.objects.create(
        thread=thread, side=side, by=by, by_label=by.label, words=words, at=clock.now(), revision=revision
    )
    record(f"thread.{side}_wrote", by=by, about=revision.article.about, row=message, thread=thread.pk)
    return message


def tell_authors(article: Article, message: ThreadMessage, kind: Kind) -> None:
    """Once for all that is asked before they look: whoever has not read the last message gets no second one."""
    told = Notification.objects.filter(kind=kind, article=article, channel=Channel.INBOX).unread()
    waiting = set(told.values_list("recipient", flat=True))
    people = [person for person in (article.author, *article.coauthors.all()) if person.pk not in waiting]
    event = f"{kind.replace('_', '-')}:{message.pk}"
    notify(kind, people, event=event, article=article, side=str(message.side))


def _tell_who_asked(article: Article, thread: Thread, *, event: str, at_once: bool) -> None:
    notify(
        Kind.THREADS_ANSWERED,
        [thread.opened_by],
        event=event,
        article=article,
        assignment=thread.assignment,
        at_once=at_once,
    )
