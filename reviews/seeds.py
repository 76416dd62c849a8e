"""After the first migration: the house's default policy is in force."""

from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models.signals import post_migrate

from reviews import policy
from reviews.models import ReviewPolicy


def lay_down_defaults(**_: Any) -> None:
    present = connection.introspection.table_names()
    if "reviews_reviewpolicy" in present and "articles_riskclass" in present and not ReviewPolicy.objects.exists():
        policy.lay_down(policy.DEFAULTS, by=None, note="The defaults the desk comes with.")


post_migrate.connect(lay_down_defaults, sender=apps.get_app_config("reviews"))
