"""After the first migration: the house's default policy is in force."""

from typing import Any

from django.apps import apps
from django.db.models.signals import post_migrate

from editorial.seeds import tables_are_current
from reviews import policy
from reviews.models import ReviewPolicy


def lay_down_defaults(**_: Any) -> None:
    if tables_are_current() and not ReviewPolicy.objects.exists():
        policy.lay_down(policy.DEFAULTS, by=None, note="The defaults the desk comes with.")


post_migrate.connect(lay_down_defaults, sender=apps.get_app_config("reviews"))
