"""Dissent: what a board member holds against a text that others approved, published in their words if they agree."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet

from articles import transitions
from articles.models import Article, Notice
from articles.rendering import clean_text
from articles.states import NoticeKind, State
from editorial import clock
from editorial.audit import record
from editorial.errors import Conflict, WorkflowError
from editorial.models import User
from reviews import assignments
from reviews.kinds import Kind, Verdict
from reviews.models import Decision, Dissent
from reviews.notifications import editors, notify

LONGEST = 2000


@transaction.atomic
def agree(decision: Decision, *, by: User, words: str) -> Dissent:
    """The member's written agreement that these words may be published under their name; nobody else can give it.

    Until they are published the words can be replaced, and the agreement taken back.

    Raises:
        PermissionDenied: it is not `by`'s own decision.
        WorkflowError: no words or too many, or the decision was an approval. Conflict: they are published already.
    """
    article = _lock_own(decision, by=by)
    words = clean_text(words, name="the statement").strip()
    if not words or len(words) > LONGEST:
        raise WorkflowError(f"Write what readers should know, in at most {LONGEST:,} characters.")
    kept = Dissent.objects.filter(decision=decision).first() or Dissent(decision=decision)
    kept.words, kept.agreed_at, kept.taken_back_at = words, clock.now(), None
    kept.save()
    record("dissent.agreed", by=by, about=article.about, decision=decision.pk, words=words, digest=decision.digest)
    return kept


@transaction.atomic
def take_back(decision: Decision, *, by: User) -> None:
    """The member would rather not be published. The words stay on the record of the desk."""
    article = _lock_own(decision, by=by)
    kept = Dissent.objects.filter(decision=decision, taken_back_at=None).first()
    if kept is None:
        raise Conflict("You have not agreed to a publication, so there is nothing to take back.")
    kept.taken_back_at = clock.now()
    kept.save(update_fields=["taken_back_at"])
    record("dissent.taken_back", by=by, about=article.about, decision=decision.pk)


@transaction.atomic
def publish(dissent: Dissent, *, by: User) -> Notice:
    """Show readers that a member of the board disagreed: name, profession and the member's own words, unedited.

    Raises:
        PermissionDenied: `by` is not an editor free of other duties on this article.
        Conflict: the agreement was taken back, it is published, the member changed the words since `dissent` was
            read, or the text it was about is not the approved one.
    """
    decision = Decision.objects.select_related("revision").get(pk=dissent.decision_id)
    article = Article.objects.lock(decision.revision.article_id)
    assignments.check_editor(article, by=by)
    read, dissent = dissent, Dissent.objects.get(pk=dissent.pk)
    if dissent.notice_id or dissent.taken_back_at:
        raise Conflict("This dissent is published already, or its author took the agreement back. Reload the page.")
    if dissent.seen != read.seen:
        raise Conflict("The words were changed by their author meanwhile, so nothing was published. Read them first.")
    if decision not in against(article):
        raise Conflict("No approval of the text that this was said about stands, so nothing was published.")
    said = {
        "name": decision.reviewer_label,
        "profession": decision.profession,
        "decided_on": decision.decided_at.date().isoformat(),
    }
    notice = transitions.publish_notice(
        article, NoticeKind.DISSENT, by=by, text=dissent.words, concerns=decision.revision, details=said
    )
    dissent.notice = notice
    dissent.save(update_fields=["notice"])
    people = [article.author, *article.coauthors.all(), *editors(), decision.reviewer.user]
    notify(Kind.DISSENT_PUBLISHED, people, event=f"notice:{notice.pk}", article=article, reviewer=said["name"])
    return notice


def against(article: Article) -> QuerySet[Decision]:
    """The decisions against exactly the text that the quorum read and approved; none while no approval stands."""
    approval = article.approval
    if approval is None or article.state in (State.WITHDRAWN, State.RETRACTED):
        return Decision.objects.none()
    said = Decision.objects.filter(digest=approval.of_quorum.digest).exclude(verdict=Verdict.APPROVE)
    return said.select_related("dissent", "assignment", "reviewer__user")


def kept_of(article: Article) -> list[Dissent]:
    """Every agreement there ever was on this article, with what became of it, for its editors."""
    about = Dissent.objects.filter(decision__revision__article=article)
    return list(about.select_related("decision__revision", "notice").defer("decision__revision__content"))


def may_be_published(article: Article) -> list[Dissent]:
    """Those whose authors agreed, and that are not published yet."""
    return list(
        Dissent.objects.filter(decision__in=against(article), taken_back_at=None, notice=None).select_related(
            "decision"
        )
    )


def _lock_own(decision: Decision, *, by: User) -> Article:
    article = Article.objects.lock(decision.revision.article_id)
    if decision.reviewer.user_id != by.pk or not by.is_active:
        raise PermissionDenied("Only the person who decided can say whether their words may be published.")
    if decision.verdict == Verdict.APPROVE:
        raise WorkflowError("You approved this text, so there is no dissent to publish.")
    if Dissent.objects.filter(decision=decision, notice__isnull=False).exists():
        raise Conflict("Your dissent is published already, and stays as it is.")
    return article
