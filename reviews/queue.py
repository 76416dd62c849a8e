"""The editors' queue: what each article needs next, who holds it, and since when."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from articles import titles
from articles.models import Article, Notice
from articles.querysets import ArticleQuerySet
from articles.states import PIPELINE, STOPPING, NoticeKind, State
from editorial import clock
from reviews import policy
from reviews.counting import counted
from reviews.models import Decision, Release, ReviewAssignment
from reviews.places import Order
from reviews.queue_forms import (
    CHECK_OVERDUE,
    CHECK_SOON,
    EVERY,
    IN_WORK,
    MONTH,
    OVERDUE,
    READER,
    READING,
    RELEASE,
    STOPPED,
    WEEK,
)

PAGE = 30
MOST_LOOKED_AT = 2000  # decisions on texts under review
ANSWERED_FOR = (*PIPELINE, State.APPROVED)  # where an open flag keeps readers from a text
SOON = timedelta(days=90)
DUE_WITHIN = {OVERDUE: timedelta(0), WEEK: timedelta(days=7), MONTH: timedelta(days=30)}

# What could do most harm first, and the longest waiting first among equals; the long tail is read newest first.
BY_RISK = Order(("-risk_id", "submitted_at", "pk"))
BY_CHECK = Order(("-risk_id", "check_due_at", "pk"))
NEWEST = Order(("-updated_at", "-pk"))
LAST_BEGUN = Order(("-pk",))  # a draft has never been changed for readers


@dataclass(frozen=True)
class Row:
    """One line of the queue."""

    article: Article
    days: int | None  # since the newest revision was submitted
    holder: str
    next_step: str
    due: datetime | None
    is_overdue: bool
    act: str  # the editors' form that the next step needs, if it is theirs

    @property
    def can_be_asked_for(self) -> bool:
        """Whether a board member may be asked to read its newest revision."""
        return self.article.state in (State.SUBMITTED, State.UNDER_REVIEW)


@dataclass(frozen=True)
class Facts:
    """What is known about the newest revision of one article, loaded for the whole page at once."""

    asked: list[ReviewAssignment]
    decisions: list[Decision]
    stopped_by: list[Notice]


def order_of(said: dict[str, Any]) -> Order:
    """The order in which the articles of a state are read."""
    state = said.get("state", IN_WORK)
    if state in (CHECK_SOON, CHECK_OVERDUE):
        return BY_CHECK
    if state in (IN_WORK, STOPPED, *PIPELINE):
        return BY_RISK
    return LAST_BEGUN if state in (EVERY, State.DRAFT) else NEWEST


def found(said: dict[str, Any], *, among: ArticleQuerySet, rules: policy.Policy) -> ArticleQuerySet:
    """The articles an editor asked for; `order_of` says in which order they are read."""
    articles = _in_state(among, said.get("state", IN_WORK))
    columns = {"risk": "risk", "topic": "topic", "language": "language", "ai": "ai_involvement"}
    articles = articles.filter(**{column: said[name] for name, column in columns.items() if name in said})
    if "holder" in said:
        articles = articles.filter(_is_asked(reviewer=said["holder"]))
    if "due" in said:
        articles = articles.filter(_is_asked(due_at__lte=clock.now() + DUE_WITHIN[said["due"]]))
    if "next" in said:
        articles = _with_next_step(articles, said["next"], ready=waiting_for_release(rules=rules))
    return articles.filter(_named(said["q"])) if "q" in said else articles


def rows(articles: Iterable[Article], *, rules: policy.Policy) -> list[Row]:
    """The lines for these articles, in a constant number of queries."""
    articles = list(articles)
    facts = _facts(articles)
    return [_row(article, facts[article.pk], rules.rule(article.risk_id)) for article in articles]


def light(articles: ArticleQuerySet) -> ArticleQuerySet:
    """Without the texts, which no line of a list shows."""
    return articles.select_related("risk", "topic", "author", "latest_revision", "approval").defer(
        "short_answer", "body", "plain_body", "latest_revision__content", "latest_revision__findings"
    )


def counts(articles: ArticleQuerySet, *, rules: policy.Policy, **also: QuerySet) -> dict[str, int]:
    """How much waits for whom, for the editors' front page; each is a view of the queue, or what the caller asks."""
    ready = waiting_for_release(rules=rules)
    return counted(
        unassigned=_with_next_step(articles, READER, ready=ready),
        being_read=_with_next_step(articles, READING, ready=ready),
        release=_with_next_step(articles, RELEASE, ready=ready),
        reading_overdue=found({"due": OVERDUE}, among=articles, rules=rules),
        stopped=found({"state": STOPPED}, among=articles, rules=rules),
        with_authors=found({"state": State.CHANGES_REQUESTED}, among=articles, rules=rules),
        check_overdue=found({"state": CHECK_OVERDUE}, among=articles, rules=rules),
        **also,
    )


def waiting_for_release(*, rules: policy.Policy) -> list[int]:
    """Keys of the texts whose quorum is met and that no editor has released yet, by the policy's own judgement."""
    texts: dict[tuple[int, int, str], list[Decision]] = defaultdict(list)
    for decision in _on_texts_under_review()[:MOST_LOOKED_AT]:
        if not decision.is_released:
            texts[decision.article, decision.risk, decision.newest].append(decision)
    return [
        article
        for (article, risk, digest), decisions in texts.items()
        if policy.quorum_met(decisions, rules.rule(risk), digest=digest)
    ]


def _on_texts_under_review() -> QuerySet[Any]:
    """What was decided on the newest revision of each, the worst risk first."""
    article = "revision__article"
    under_review = {f"{article}__state__in": PIPELINE, f"{article}__latest_revision": F("revision")}
    return (
        Decision.objects.filter(**under_review)
        .select_related("assignment__discipline")
        .filter(**{f"{article}__state": State.UNDER_REVIEW})
        .annotate(article=F(article), risk=F(f"{article}__risk"), newest=F("revision__digest"))
        .annotate(is_released=Exists(Release.objects.filter(revision=OuterRef("revision"))))
        .order_by("-risk", f"{article}__submitted_at", f"{article}__pk")
    )


def _in_state(articles: ArticleQuerySet, state: str) -> ArticleQuerySet:
    if state == IN_WORK:
        return articles.filter(state__in=PIPELINE)
    if state == STOPPED:
        stopped = Notice.objects.filter(kind__in=STOPPING, resolution=None).values("article")
        return articles.filter(pk__in=stopped, state__in=ANSWERED_FOR)
    if state in (CHECK_SOON, CHECK_OVERDUE):
        until = clock.now() + (SOON if state == CHECK_SOON else timedelta(0))
        return articles.filter(state=State.APPROVED, check_due_at__lte=until)
    if state in PIPELINE:
        # Both, so that the database knows the index of what is in work to be complete.
        return articles.filter(state__in=PIPELINE).filter(state=state)
    return articles if state == EVERY else articles.filter(state=state)


def _with_next_step(articles: ArticleQuerySet, step: str, *, ready: list[int]) -> ArticleQuerySet:
    if step == READING:
        return articles.filter(_is_asked())
    if step == RELEASE:
        return articles.filter(pk__in=ready)
    waiting = articles.filter(state__in=[State.SUBMITTED, State.UNDER_REVIEW])
    return waiting.exclude(pk__in=ready).exclude(_is_asked())


def _is_asked(**about: Any) -> Exists:
    """Somebody is reading the newest revision."""
    return Exists(ReviewAssignment.objects.open().filter(revision=OuterRef("latest_revision"), **about))


def _named(words: str) -> Q:
    """By the words of the question, by an author's name, or by the last part of the address."""
    address = words.strip().rstrip("/").rsplit("/", 1)[-1]
    return Q(pk__in=titles.having(words)) | Q(slug=address)


def _facts(articles: list[Article]) -> dict[int, Facts]:
    revisions = [a.latest_revision_id for a in articles if a.latest_revision_id]
    asked: dict[int | None, list[ReviewAssignment]] = defaultdict(list)
    decided: dict[int | None, list[Decision]] = defaultdict(list)
    stopped: dict[int, list[Notice]] = defaultdict(list)
    for assignment in ReviewAssignment.objects.open().filter(revision__in=revisions).select_related("reviewer__user"):
        asked[assignment.revision_id].append(assignment)
    for decision in Decision.objects.filter(revision__in=revisions).select_related("assignment__discipline"):
        decided[decision.revision_id].append(decision)
    for notice in Notice.objects.filter(article__in=articles, kind__in=STOPPING, resolution=None):
        stopped[notice.article_id].append(notice)
    return {a.pk: Facts(asked[a.latest_revision_id], decided[a.latest_revision_id], stopped[a.pk]) for a in articles}


def _row(article: Article, facts: Facts, rule: policy.Rule) -> Row:
    now = clock.now()
    holder, step = next_step(article, facts, rule)
    due = min((a.due_at for a in facts.asked), default=None)
    days = (now - article.submitted_at).days if article.submitted_at else None
    return Row(article, days, holder, step, due, bool(due and due <= now), _act(article, facts, rule))


def _act(article: Article, facts: Facts, rule: policy.Rule) -> str:
    if facts.stopped_by:
        return "resolve" if article.state in ANSWERED_FOR else ""
    digest = article.latest_revision.digest if article.latest_revision else ""
    if article.state == State.UNDER_REVIEW and policy.quorum_met(facts.decisions, rule, digest=digest):
        return "release"
    needs_reader = article.state in (State.SUBMITTED, State.UNDER_REVIEW) and not facts.asked
    return "assign" if needs_reader else ""


def next_step(article: Article, facts: Facts, rule: policy.Rule) -> tuple[str, str]:
    """Who holds the article, and what they have to do for it to go on."""
    if facts.stopped_by and article.state in ANSWERED_FOR:
        kinds = {notice.kind for notice in facts.stopped_by}
        what = "lift the quarantine" if NoticeKind.QUARANTINE in kinds else "settle the unsafe flag"
        return "Editors", f"Look into it and {what} in writing"
    if article.state == State.SUBMITTED and facts.asked:
        return ", ".join(a.reviewer.user.label for a in facts.asked), "Accept or decline the invitation"
    if article.state == State.UNDER_REVIEW:
        return _next_in_review(article, facts, rule)
    if article.state == State.APPROVED:
        return _next_when_approved(article, facts)
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
    readers, invited = _readers_and_invited(facts)
    if policy.quorum_met(facts.decisions, rule, digest=digest):
        return "Editors", "Release it: its quorum is met"
    if readers:
        return readers, "Read it and decide"
    if invited:
        return invited, "Accept or decline the invitation"
    if policy.is_split(facts.decisions, digest=digest):
        return "Editors", "Ask a third reader: the reviewers disagree"
    return "Editors", "Ask another board member: the quorum is not met"


def _readers_and_invited(facts: Facts) -> tuple[str, str]:
    readers = ", ".join(a.reviewer.user.label for a in facts.asked if not a.is_invitation)
    return readers, ", ".join(a.reviewer.user.label for a in facts.asked if a.is_invitation)


def _next_when_approved(article: Article, facts: Facts) -> tuple[str, str]:
    readers, invited = _readers_and_invited(facts)
    if readers:
        return readers, "Read it again and decide"
    if invited:
        return invited, "Accept or decline the invitation to read it again"
    due = article.approval.valid_until if article.approval else clock.now()
    if due <= clock.now():
        return article.author.label, "Submit it for its next check: the check date has passed"
    return "Nobody", f"Nothing until {due:%-d %B %Y}"
