"""Many articles at once, written straight into the tables: what is measured is reading them."""

from datetime import timedelta

from django.contrib.auth.models import Permission
from django.db import connection
from django.db.models import OuterRef, Subquery

from articles.models import Article, ArticleUserObjectPermission, Revision
from articles.states import State
from editorial.models import User
from tests import factories

# What a desk that has run for some years looks like: a long tail, and some work in hand.
STATES = [State.APPROVED] * 15 + [State.DRAFT] * 2 + [State.SUBMITTED, State.UNDER_REVIEW, State.CHANGES_REQUESTED]


def articles(upto: int) -> None:
    """Fill the desk until it holds so many articles, each with a revision, an author and the author's grant."""
    pattern = Article.objects.select_related("latest_revision", "approval").filter(state=State.APPROVED).first()
    first = Article.objects.count()
    made = Article.objects.bulk_create(_copy(pattern, n) for n in range(first, upto))
    Revision.objects.bulk_create(_revision(pattern.latest_revision, article) for article in made)
    own = Revision.objects.filter(article=OuterRef("pk")).values("pk")
    Article.objects.filter(pk__gte=made[0].pk).update(latest_revision=Subquery(own))
    write = Permission.objects.get(codename="write_article")
    ArticleUserObjectPermission.objects.bulk_create(
        ArticleUserObjectPermission(content_object=article, user=article.author, permission=write) for article in made
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def grants(person: User, count: int) -> None:
    """Lend this person so many articles to read, from all over the table."""
    review = Permission.objects.get(codename="review_article")
    keys = list(Article.objects.order_by("pk").values_list("pk", flat=True))
    chosen = keys[:: max(1, len(keys) // count)][:count]
    ArticleUserObjectPermission.objects.filter(user=person, permission=review).delete()
    ArticleUserObjectPermission.objects.bulk_create(
        ArticleUserObjectPermission(content_object_id=pk, user=person, permission=review) for pk in chosen
    )


def pattern() -> Article:
    """One approved article, made through the product's own verbs, that the others are like."""
    eva = factories.person("Eva", is_staff=True, is_managing_editor=True)
    return factories.approved(by=factories.person("Ana"), reviewer=factories.board_member("Rob"), editor=eva)


def _copy(like: Article, n: int) -> Article:
    moment = like.updated_at - timedelta(minutes=n)
    state = STATES[n % len(STATES)]
    same = ["title", "short_answer", "body", "topic_id", "audience", "author_id", "ai_involvement", "ai_accountable_id"]
    return Article(
        **{name: getattr(like, name) for name in same},
        slug=f"question-{n}",
        risk_id=1 + n % 4,
        state=state,
        latest_revision_id=like.latest_revision_id,
        approval_id=like.approval_id if state == State.APPROVED else None,
        created_at=moment,
        edited_at=moment,
        updated_at=moment,
    )


def _revision(like: Revision, article: Article) -> Revision:
    same = ["number", "content", "submitted_by_id", "submitted_by_label", "contributors", "findings"]
    fields = {name: getattr(like, name) for name in same}
    return Revision(**fields, article=article, digest=f"{article.pk:064d}", submitted_at=article.updated_at)
