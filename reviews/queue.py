"""The editors' queue: what each article needs next, who holds it, and since when."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from articles.models import Article, Notice
from articles.querysets import ArticleQuerySet
from articles.states import PIPELINE, NoticeKind, State
from editorial import clock
from reviews import policy
from reviews.forms import CHECK_OVERDUE, EVERY, IN_WORK, READING_OVERDUE, STOPPED, QueueFilter
from reviews.models import Decision, ReviewAssignment

PAGE = 30
STOPPING = (NoticeKind.UNSAFE, NoticeKind.QUARANTINE)


@dataclass(frozen=True)
class Row:
    """One line of the queue."""

    article: Article
    days: int | None  # since the newest revision was submitted
    holder: str
    next_step: str
    due: datetime | None
    is_overdue: bool


@dataclass(frozen=True)
class Facts:
    """What is known about the newest revision of one article, loaded for the whole page at once."""

    asked: list[ReviewAssignment]
    decisions: list[Decision]
    stopped_by: list[Notice]


def found(asked: QueueFilter, *, among: ArticleQuerySet) -> ArticleQuerySet:
    """The articles an editor asked for, what could do most harm first and the longest waiting first among equals."""
    said = asked.cleaned_data if asked.is_valid() else {}
    articles = _in_state(among, said.get("state") or IN_WORK)
    if said.get("risk"):
        articles = articles.filter(risk=said["risk"])
    if said.get("topic"):
        articles = articles.filter(topic=said["topic"])
    if said.get("q"):
        q = said["q"]
        articles = articles.filter(Q(title__icontains=q) | Q(author__printed_name__icontains=q) | Q(slug__icontains=q))
    return articles


def rows(articles: Iterable[Article]) -> list[Row]:
    """The lines for these articles, in a constant number of queries."""
    articles = list(articles)
    facts = _facts(articles)
    rules = policy.in_force()
    return [_row(article, facts[article.pk], rules.rule(article.risk_id)) for article in articles]


def light(articles: ArticleQuerySet) -> ArticleQuerySet:
    """Without the texts, which no line of a list shows."""
    return articles.select_related("risk", "topic", "author", "latest_revision", "approval").defer(
        "short_answer", "body", "plain_body", "latest_revision__content", "latest_revision__findings"
    )


def counts(articles: ArticleQuerySet) -> dict[str, int]:
    """How much waits for whom, for the editors' front page."""
    now = clock.now()
    return {
        "unassigned": articles.awaiting_editor().count(),
        "being_read": articles.in_review().count(),
        "with_authors": articles.filter(state=State.CHANGES_REQUESTED).count(),
        "reading_overdue": ReviewAssignment.objects.overdue(at=now).count(),
        "stopped": _in_state(articles, STOPPED).count(),
        "check_overdue": _in_state(articles, CHECK_OVERDUE).count(),
    }


def _in_state(articles: ArticleQuerySet, state: str) -> ArticleQuerySet:
    now = clock.now()
    by_risk = ("-risk_id", "latest_revision__submitted_at", "pk")
    if state == IN_WORK:
        return articles.filter(state__in=PIPELINE).order_by(*by_risk)
    if state == READING_OVERDUE:
        late = ReviewAssignment.objects.overdue(at=now).values("revision__article")
        return articles.filter(pk__in=late).order_by(*by_risk)
    if state == STOPPED:
        notices = Notice.objects.filter(kind__in=STOPPING, resolution=None).values("article")
        return articles.filter(pk__in=notices).order_by(*by_risk)
    if state == CHECK_OVERDUE:
        return articles.filter(state=State.APPROVED, approval__valid_until__lte=now).order_by(*by_risk)
    if state in PIPELINE:
        return articles.filter(state=state).order_by(*by_risk)
    # The long tail is read newest first, in the order of an index.
    return articles.order_by("-updated_at", "-pk") if state == EVERY else articles.filter(state=state)


def _facts(articles: list[Article]) -> dict[int, Facts]:
    revisions = [a.latest_revision_id for a in articles if a.latest_revision_id]
    asked: dict[int | None, list[ReviewAssignment]] = defaultdict(list)
    decided: dict[int | None, list[Decision]] = defaultdict(list)
    stopped: dict[int, list[Notice]] = defaultdict(list)
    for assignment in ReviewAssignment.objects.open().filter(revision__in=revisions).select_related("reviewer__user"):
        asked[assignment.revision_id].append(assignment)
    for decision in Decision.objects.filter(revision__in=revisions):
        decided[decision.revision_id].append(decision)
    for notice in Notice.objects.filter(article__in=articles, kind__in=STOPPING, resolution=None):
        stopped[notice.article_id].append(notice)
    return {a.pk: Facts(asked[a.latest_revision_id], decided[a.latest_revision_id], stopped[a.pk]) for a in articles}


def _row(article: Article, facts: Facts, rule: policy.Rule) -> Row:
    now = clock.now()
    holder, step = next_step(article, facts, rule)
    due = min((a.due_at for a in facts.asked), default=None)
    days = (now - article.latest_revision.submitted_at).days if article.latest_revision else None
    return Row(article, days, holder, step, due, bool(due and due <= now))


def next_step(article: Article, facts: Facts, rule: policy.Rule) -> tuple[str, str]:
    """Who holds the article, and what they have to do for it to go on."""
    if facts.stopped_by and article.state in (*PIPELINE, State.APPROVED):
        kinds = {notice.kind for notice in facts.stopped_by}
        what = "lift the quarantine" if NoticeKind.QUARANTINE in kinds else "settle the unsafe flag"
        return "Editors", f"Look into it and {what} in writing"
    if article.state == State.UNDER_REVIEW:
        return _next_in_review(article, facts, rule)
    if article.state == State.APPROVED:
        return _next_when_approved(article)
    return {
        State.DRAFT: (article.author.label, "Write and submit it"),
        State.SUBMITTED: ("Editors", "Ask a board member to read it"),
        State.CHANGES_REQUESTED: (article.author.label, "Revise it and submit it again"),
        State.REJECTED: ("Nobody", "Nothing: only a new revision can go on"),
        State.WITHDRAWN: ("Nobody", "Nothing: only a new revision can go on"),
        State.RETRACTED: ("Nobody", "Nothing: it is kept for the record"),
    }[State(article.state)]


def _next_in_review(article: Article, facts: Facts, rule: policy.Rule) -> tuple[str, str]:
    digest = article.latest_revision.digest if article.latest_revision else ""
    readers = ", ".join(a.reviewer.user.label for a in facts.asked)
    if policy.quorum_met(facts.decisions, rule, digest=digest):
        return "Editors", "Release it: its quorum is met"
    if readers:
        return readers, "Read it and decide"
    if policy.is_split(facts.decisions, digest=digest):
        return "Editors", "Ask a third reader: the reviewers disagree"
    return "Editors", "Ask another board member: the quorum is not met"


def _next_when_approved(article: Article) -> tuple[str, str]:
    due = article.approval.valid_until if article.approval else clock.now()
    if due <= clock.now():
        return article.author.label, "Submit it for its next check: the check date has passed"
    return "Nobody", f"Nothing until {due:%-d %B %Y}"
