"""The only writer of object permissions: a grant is the shadow of authorship or of an open assignment."""

from guardian.shortcuts import assign_perm, remove_perm

from articles.models import Article, ArticleUserObjectPermission
from editorial.models import User

WRITE = "articles.write_article"
REVIEW = "articles.review_article"


def grant_writing(article: Article, person: User) -> None:
    assign_perm(WRITE, person, article)


def revoke_writing(article: Article, person: User) -> None:
    remove_perm(WRITE, person, article)


def grant_reading(article: Article, person: User) -> None:
    assign_perm(REVIEW, person, article)


def revoke_reading(article: Article, person: User) -> None:
    remove_perm(REVIEW, person, article)


def may_read(article: Article, person: User) -> bool:
    """Has been lent the text to judge it, and not given it back."""
    granted = ArticleUserObjectPermission.objects.filter(content_object=article, user=person)
    return granted.filter(permission__codename=REVIEW.partition(".")[2]).exists()
