"""Who may read an article, who fits, and whether the board can fill the quorum at all."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from articles.models import Article, Revision
from articles.revisions import authors_of
from editorial import clock
from editorial.models import AuditEntry
from reviews import absences, credentials, interests, policy
from reviews.kinds import Declared, Ending
from reviews.models import BoardMember, Recheck, ReviewAssignment

# What only an editor does; of a withdrawal or a risk that an author set, the author is told by authorship already.
EDITORS_ACTS = (
    *("review.assigned", "revision.released", "article.risk_set", "article.withdrawn"),
    *("notice.correction", "notice.concern", "notice.retraction", "notice.resolution"),
    *("recheck.opened", "typing.proposed", "thread.editor_wrote", "thread.settled_by_editor"),
)


# Words that name no topic, however often they stand in a question.
COMMON = frozenset(
    re.findall(
        r"\w+",
        """about after also before being better child cause could disease doctor does effect first health help illness
        know less long make many more most much need often other patient people person problem risk safe should sick
        some take than that their them there these they thing this those time treat treatment used using very well
        what when where which while with without work would year your""",
    )
)


@dataclass(frozen=True)
class Candidate:
    """A board member and one article: what speaks for asking them, and what rules it out."""

    member: BoardMember
    is_matched: bool
    open_reviews: int
    credential: tuple[str, ...] = ()
    concerns: tuple[str, ...] = ()
    why_not: str = ""

    @property
    def reasons(self) -> str:
        field = "own specialty" if self.is_matched else "another specialty"
        load = f"{self.open_reviews} of {self.member.capacity} open reviews"
        return ", ".join([field, *self.credential, load, *self.concerns])

    @property
    def order(self) -> tuple[Any, ...]:
        """Own specialty first, then those nothing speaks against, then whoever has most room."""
        load = self.open_reviews / max(self.member.capacity, 1)
        return (not self.is_matched, bool(self.concerns), load, self.open_reviews, self.member.pk)


def fits(article: Article, *, recheck: Recheck | None = None) -> list[Candidate]:
    """Everybody on the board who has no duty on this article, best first; a constant number of queries."""
    members = _present(article).exclude(user__in=barred_from(article, recheck=recheck))
    topic = _Topic.of(article)
    return sorted((_judged(member, topic) for member in members), key=lambda candidate: candidate.order)


def candidates(article: Article, *, recheck: Recheck | None = None) -> list[Candidate]:
    """Board members who may be asked to read the newest revision or, for a re-check, what it is about; best first."""
    return [candidate for candidate in fits(article, recheck=recheck) if not candidate.why_not]


def best(article: Article, *, recheck: Recheck | None = None) -> Candidate | None:
    return next(iter(candidates(article, recheck=recheck)), None)


def why_not(article: Article, member: BoardMember) -> str:
    """What rules this member out, in words that follow the name; empty if nothing does."""
    topic = _Topic.of(article)
    return next(
        (_judged(found, topic).why_not for found in _present(article).filter(pk=member.pk)), "has left the board"
    )


def barred_from(article: Article, *, recheck: Recheck | None = None) -> set[int]:
    """Ids of everyone with a duty on this article: its authors, who acted as an editor, who was asked to read it.

    Whoever read a text before may read it again: then only those count who were asked for this very re-check.
    """
    same = Q(recheck=recheck) if recheck else Q(revision=article.latest_revision)
    asked = ReviewAssignment.objects.filter(same)
    return authors_of(article) | editors_of(article) | set(asked.values_list("reviewer__user", flat=True))


@dataclass(frozen=True)
class _Topic:
    """What of an article decides who fits: its topic, the words that name it, and until when it would be read."""

    today: date
    due: date
    words: frozenset[str]

    @classmethod
    def of(cls, article: Article) -> "_Topic":
        now = clock.now()
        due = policy.due_at(policy.in_force().rule(article.risk_id), asked_at=now)
        frozen = article.latest_revision.data if article.latest_revision else {}
        question = frozen.get("title", article.title)
        return cls(now.date(), due.date(), _telling_words(f"{_topic_name(article)} {question}"))


def _present(article: Article) -> QuerySet[BoardMember]:
    return (
        BoardMember.objects.present()
        .annotate(
            open_reviews=Count("assignments", filter=Q(assignments__ended_at=None), distinct=True),
            matches=Count("specialties", filter=Q(specialties__name=_topic_name(article)), distinct=True),
        )
        .select_related("user")
        .prefetch_related("credentials", "absences", "declarations")
    )


def _judged(member: Any, topic: _Topic) -> Candidate:
    named = _interests_that_name(member, topic)
    return Candidate(
        member,
        bool(member.matches),
        member.open_reviews,
        credential=tuple(_credential(member)),
        concerns=tuple(_concerns(member, topic, named)),
        why_not=_ruled_out(member, topic, named),
    )


def _ruled_out(member: Any, topic: _Topic, named: list[interests.Item]) -> str:
    if no_credential := credentials.why_none(member):
        return no_credential
    if until := absences.away_until(member, on=topic.today):
        return f"is away until {until:%-d %B %Y}"
    if member.capacity == 0:
        return "takes no reviews at present"
    if member.open_reviews >= member.capacity:
        return f"has {member.open_reviews} open review{_s(member.open_reviews)}, which is as many as they take"
    if major := next((item for item in named if item.is_major), None):
        return f"declared a major interest that names this topic ({major.what})"
    return ""


def _credential(member: BoardMember) -> Iterator[str]:
    """The one that holds longest, as it speaks for them."""
    if held := credentials.current(member):
        ends = [credential.expires_at for credential in held if credential.expires_at]
        yield "credential verified" if len(ends) < len(held) else f"credential valid until {max(ends):%-d %B %Y}"


def _concerns(member: Any, topic: _Topic, named: list[interests.Item]) -> Iterator[str]:
    if absence := absences.next_absence(member, after=topic.today, before=topic.due):
        yield f"away from {absence.starts_on:%-d %B} to {absence.ends_on:%-d %B %Y}"
    if named:
        yield f"declared an interest that names this topic ({named[0].what})"
    state = interests.state_of(member)
    if state == Declared.NEVER_ASKED:
        yield "has not declared interests yet"
    elif state == Declared.EXPIRED:
        yield "has to renew the declaration of interests first"


def _interests_that_name(member: BoardMember, topic: _Topic) -> list[interests.Item]:
    items = interests.items_of(interests.newest(member))
    return [item for item in items if topic.words & _telling_words(item.what)]


def _telling_words(text: str) -> frozenset[str]:
    return frozenset(word.rstrip("s") for word in re.findall(r"[^\W\d_]{4,}", text.lower())) - COMMON


def shortfall(article: Article) -> str:
    """A sentence for the editor where the board cannot fill the quorum, or nothing."""
    rule = policy.in_force().rule(article.risk_id)
    gave_back = (Ending.DECLINED, Ending.RECUSED, Ending.PASSED_ON, Ending.REPLACED)
    asked = ReviewAssignment.objects.filter(revision=article.latest_revision).exclude(ending__in=gave_back)
    reading = list(asked.select_related("discipline"))
    free = candidates(article)
    topic = _topic_name(article)
    matched = sum(c.is_matched for c in free)
    matched += BoardMember.objects.filter(pk__in=[a.reviewer_id for a in reading], specialties__name=topic).count()
    if missing := _disciplines_nobody_reads(rule, reading, free):
        return (
            f"The board cannot fill this quorum: the policy asks for an approval as “{missing}”, and nobody who may"
            " read this text has that specialty. Add a board member or a specialty before you count on this review."
        )
    if len(free) + len(reading) >= rule.approvals and matched >= rule.specialty_matched:
        return ""
    return (
        f"The board cannot fill this quorum: risk {article.risk_id} needs {rule.approvals} approval"
        f"{_s(rule.approvals)}, {rule.specialty_matched} of them from “{topic}”, and only"
        f" {len(free) + len(reading)} board members may read it, {matched} of them from that specialty."
        " Add a board member or a specialty before you count on this review."
    )


def _disciplines_nobody_reads(rule: policy.Rule, reading: list[ReviewAssignment], free: list[Candidate]) -> str:
    """The first discipline that neither a reader was asked to judge nor anybody free could."""
    if not rule.disciplines:
        return ""
    of_members = BoardMember.objects.filter(pk__in=[c.member.pk for c in free])
    covered = {a.discipline.slug for a in reading} | set(of_members.values_list("specialties__slug", flat=True))
    return next((slug for slug in rule.disciplines if slug not in covered), "")


def _s(number: int) -> str:
    return "" if number == 1 else "s"


def is_specialist(member: BoardMember, revision: Revision) -> bool:
    """Whether the topic this text was submitted under is the member's own, whatever its authors have chosen since."""
    return member.specialties.filter(name=revision.data["topic"]).exists()


def _topic_name(article: Article) -> str:
    return article.latest_revision.data["topic"] if article.latest_revision else article.topic.name


def editors_of(article: Article) -> set[int]:
    """Ids of everyone who has acted as an editor on this article; the audit chain is the one that knows them all."""
    acts = Q(action__in=EDITORS_ACTS) | Q(action="review.ended", data__ending=Ending.REPLACED)
    entries = AuditEntry.objects.filter(acts, about=article.about).exclude(actor=None)
    return set(entries.values_list("actor", flat=True))


def reviewers_of(article: Article) -> set[int]:
    """Ids of the people who have been asked to read any revision and did not decline."""
    return set(
        ReviewAssignment.objects.filter(revision__article=article)
        .exclude(ending=Ending.DECLINED)
        .values_list("reviewer__user", flat=True)
    )
