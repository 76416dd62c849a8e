"""The topics that articles are sorted by; articles themselves are handled where their reviews are known."""

from django.contrib import admin

from articles.models import Topic
from editorial.admin_doors import ClosedDoors
from editorial.models import User


@admin.register(Topic)
class TopicAdmin(ClosedDoors):
    list_display = ["name", "description"]
    search_fields = ["name"]
    fields = ["name", "slug", "description"]

    def is_open_to(self, user: User) -> bool:
        return user.is_editor or user.is_superuser

    def is_writable_by(self, user: User) -> bool:
        return self.is_open_to(user)
