"""Many rows at once, copied inside the database: what is measured is reading them."""

from django.contrib.auth.models import Permission
from django.db import connection, models

from articles.models import Article, ArticleUserObjectPermission, Notice
from articles.states import NoticeKind, State
from editorial.models import User
from reviews.models import Decision, Release, ReviewAssignment
from tests import factories

# What a desk that has run for some years looks like: a long tail, and some work in hand.
STATES = [State.APPROVED] * 15 + [State.DRAFT] * 2 + [State.SUBMITTED, State.UNDER_REVIEW, State.CHANGES_REQUESTED]
IS_APPROVED, IS_UNDER_REVIEW = "n % 20 < 15", "n % 20 = 18"
OURS = "slug LIKE 'question-%'"
NTH_ARTICLE = "(SELECT id FROM articles_article WHERE slug = 'question-' || n)"
NTH_REVISION = "(SELECT latest_revision_id FROM articles_article WHERE slug = 'question-' || n)"


def articles(upto: int) -> None:
    """Fill the desk until it holds so many articles, each with a revision, an author and the author's grant."""
    like = Article.objects.select_related("latest_revision").filter(state=State.APPROVED).order_by("pk")[0]
    many = range(Article.objects.count(), upto)
    _copy(like, many, **_as_article(like))
    _copy(like.latest_revision, many, article_id=NTH_ARTICLE, digest="'digest-' || n", **_before("submitted_at"))
    own = "SELECT r.id FROM articles_revision r WHERE r.article_id = articles_article.id"
    _run(f"UPDATE articles_article SET latest_revision_id = ({own}) WHERE {OURS}")
    write = Permission.objects.get(codename="write_article")
    grant = ArticleUserObjectPermission.objects.get(content_object=like, permission=write)
    _copy(grant, many, content_object_id=NTH_ARTICLE)


def large_desk(upto: int, *, open_assignments: int) -> None:
    """The same with every table full that the editors' pages read: who was asked, what they decided, what was said."""
    articles(upto)
    like = Article.objects.select_related("approval").get(slug__startswith="does-")
    asked = ReviewAssignment.objects.get(revision=like.latest_revision_id)
    many = range(1, upto)
    _authors(like.author)
    _copy(like.approval, many, IS_APPROVED, revision_id=NTH_REVISION, digest="'digest-' || n")
    own = "SELECT a.id FROM articles_approval a WHERE a.revision_id = articles_article.latest_revision_id"
    _run(f"UPDATE articles_article SET approval_id = ({own}) WHERE state = 'approved' AND {OURS}")
    _copy(asked, many, IS_APPROVED, revision_id=NTH_REVISION, **_before("assigned_at", "due_at", "ended_at"))
    decision = Decision.objects.get(assignment=asked)
    held = f"(SELECT a.id FROM reviews_reviewassignment a WHERE a.revision_id = {NTH_REVISION})"
    _copy(decision, many, IS_APPROVED, revision_id=NTH_REVISION, assignment_id=held)
    _copy(Release.objects.get(revision=like.latest_revision_id), many, IS_APPROVED, revision_id=NTH_REVISION)
    reading = {"ended_at": "NULL", "ending": "''", "revision_id": NTH_REVISION}
    late = f"CASE WHEN n % 3 = 0 THEN {_earlier('assigned_at')} ELSE due_at END"
    _copy(asked, range(1, 20 * open_assignments + 1), IS_UNDER_REVIEW, due_at=late, **reading)
    _notices(like, many)


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


def _as_article(like: Article) -> dict[str, str]:
    states = " ".join(f"WHEN {n} THEN '{state}'" for n, state in enumerate(STATES))
    return {
        "slug": "'question-' || n",
        "title": "'Does exercise help long-lasting back pain, case ' || n || '?'",
        "state": f"CASE n % {len(STATES)} {states} END",
        "approval_id": f"CASE WHEN {IS_APPROVED} THEN {like.approval_id} END",
        "risk_id": "1 + (n / 20) % 4",
        **_before("created_at", "edited_at", "updated_at", "submitted_at", "check_due_at"),
    }


def _authors(like: User) -> None:
    """Two hundred people wrote these, not one."""
    _copy(like, range(200), username="'author-' || n", printed_name="'Author ' || n", email="n || '@example.org'")
    own = "SELECT u.id FROM editorial_user u WHERE u.username = 'author-' || (articles_article.id % 200)"
    _run(f"UPDATE articles_article SET author_id = ({own}) WHERE {OURS}")


def _notices(like: Article, many: range) -> None:
    """A correction on one article in four, and now and then an open flag."""
    said = {"kind": NoticeKind.CORRECTION, "text": "A number was put right.", "by_label": "Ruth"}
    notice = Notice.objects.create(article=like, at=like.updated_at, **said)
    kind = f"CASE WHEN n % 5000 = 18 THEN '{NoticeKind.UNSAFE}' ELSE '{NoticeKind.CORRECTION}' END"
    _copy(notice, many, "n % 4 = 2", article_id=NTH_ARTICLE, kind=kind)


def _before(*columns: str) -> dict[str, str]:
    """Each minute another: what is copied from one row does not all happen at one moment."""
    return {column: _earlier(column) for column in columns}


def _earlier(column: str) -> str:
    if connection.vendor == "postgresql":
        return f"{column} - 10 * n * interval '1 minute'"
    return f"strftime('%Y-%m-%d %H:%M:%f000', {column}, '-' || (10 * n) || ' minutes')"


def _copy(row: models.Model, numbers: range, where: str = "TRUE", **other: str) -> None:
    """One copy of the row for each number; `other` says in SQL which columns differ, by the number `n`."""
    table = row._meta.db_table
    columns = [field.column for field in row._meta.concrete_fields if not field.primary_key]
    values = ", ".join(other.get(column, f'"{column}"') for column in columns)
    counting = (
        f"WITH RECURSIVE numbers(n) AS (SELECT {numbers.start} UNION ALL"
        f" SELECT n + 1 FROM numbers WHERE n < {numbers.stop - 1})"
    )
    into = ", ".join(f'"{column}"' for column in columns)
    _run(
        f"INSERT INTO {table} ({into}) {counting} SELECT {values} FROM {table}, numbers"
        f" WHERE {table}.id = {row.pk} AND {where}"
    )


def _run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        # Each step looks rows of the one before up by their keys, which has to be known to be worth it.
        cursor.execute("ANALYZE")
