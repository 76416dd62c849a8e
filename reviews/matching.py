"""Who may read an article, who fits, and whether the board can fill the quorum at all."""

from dataclasses import dataclass

from django.db.models import Count, Q

from articles.models import Article, Revision
from articles.revisions import authors_of
from editorial.models import AuditEntry
from reviews import policy
from reviews.kinds import Ending
from reviews.models import BoardMember, ReviewAssignment

# What only an editor does; of a withdrawal or a risk that an author set, the author is told by authorship already.
EDITORS_ACTS = (
    *("review.assigned", "revision.released", "article.risk_set", "article.withdrawn"),
    *("notice.correction", "notice.concern", "notice.retraction", "notice.resolution"),
)


@dataclass(frozen=True)
class Candidate:
    """A board member who may be asked, with the reasons an editor sees."""

    member: BoardMember
    is_matched: bool
    open_reviews: int

    @property
    def reasons(self) -> str:
        field = "own specialty" if self.is_matched else "another specialty"
        return f"{field}, {self.open_reviews} open review{'' if self.open_reviews == 1 else 's'}"


def candidates(article: Article) -> list[Candidate]:
    """Board members who may be asked to read the newest revision, best fit and least load first."""
    asked = ReviewAssignment.objects.filter(revision=article.latest_revision).values("reviewer")
    topic = _topic_name(article)
    members = (
        BoardMember.objects.filter(left_at=None, user__is_active=True, user__is_machine=False)
        .exclude(user__in=authors_of(article) | editors_of(article))
        .exclude(pk__in=asked)
        .annotate(
            open_reviews=Count("assignments", filter=Q(assignments__ended_at=None), distinct=True),
            matches=Count("specialties", filter=Q(specialties__name=topic), distinct=True),
        )
        .select_related("user")
        .order_by("-matches", "open_reviews", "pk")
    )
    return [Candidate(member, bool(member.matches), member.open_reviews) for member in members]


def shortfall(article: Article) -> str:
    """A sentence for the editor where the board cannot fill the quorum, or nothing."""
    rule = policy.in_force().rule(article.risk_id)
    asked = list(ReviewAssignment.objects.filter(revision=article.latest_revision).exclude(ending="declined"))
    free = candidates(article)
    topic = _topic_name(article)
    matched = sum(c.is_matched for c in free)
    matched += BoardMember.objects.filter(pk__in=[a.reviewer_id for a in asked], specialties__name=topic).count()
    if len(free) + len(asked) >= rule.approvals and matched >= rule.specialty_matched:
        return ""
    return (
        f"The board cannot fill this quorum: risk {article.risk_id} needs {rule.approvals} approval"
        f"{'' if rule.approvals == 1 else 's'}, {rule.specialty_matched} of them from “{topic}”, and only"
        f" {len(free) + len(asked)} board members may read it, {matched} of them from that specialty."
        " Add a board member or a specialty before you count on this review."
    )


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
        .exclude(ending="declined")
        .values_list("reviewer__user", flat=True)
    )
