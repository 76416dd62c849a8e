"""Who may see what, by two ways of keeping permissions, at a tenth and at the whole of a large desk."""

from functools import partial
from unittest.mock import patch

from django.contrib.contenttypes.models import ContentType
from guardian.models import UserObjectPermission

from articles.models import Article, ArticleUserObjectPermission
from benchmarks import filling
from benchmarks.measuring import milliseconds, queries, say
from editorial.models import User
from tests import factories

SIZES = (3000, 30_000)
LENT = 20  # articles one reviewer holds


def run() -> None:
    filling.pattern()
    reviewer = factories.person("Rita")
    base: dict[str, float] = {}
    for size in SIZES:
        filling.articles(size)
        filling.grants(reviewer, LENT)
        print(f"\n{size:,} articles, {LENT} of them lent to one reviewer")
        _measure("what a reviewer sees, by a direct foreign key", partial(_seen_by, reviewer), base)
        _same_grants_by_generic_id()
        _measure("the same by generic ids, cast for each comparison", partial(_seen_by_generic_ids, reviewer), base)


def _measure(what: str, act, base: dict[str, float]) -> None:
    """Each is compared with itself at the smaller size."""
    took = milliseconds(act)
    say(what, took, against=base.setdefault(what, took), asked=queries(act))


def _seen_by(person: User) -> list[str]:
    return list(Article.objects.visible_to(person).order_by("pk").values_list("slug", flat=True))


def _seen_by_generic_ids(person: User) -> list[str]:
    """The same question where grants know their object only by a type and a text."""
    with patch("guardian.shortcuts.get_user_obj_perms_model", return_value=UserObjectPermission):
        return _seen_by(person)


def _same_grants_by_generic_id() -> None:
    kind = ContentType.objects.get_for_model(Article)
    UserObjectPermission.objects.all().delete()
    UserObjectPermission.objects.bulk_create(
        UserObjectPermission(user_id=user, permission_id=permission, content_type=kind, object_pk=str(pk))
        for user, permission, pk in ArticleUserObjectPermission.objects.values_list(
            "user", "permission", "content_object"
        )
    )


if __name__ == "__main__":
    run()
