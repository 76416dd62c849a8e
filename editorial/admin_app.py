"""Django's admin, opened as our own desk."""

from django.contrib.admin.apps import AdminConfig


class DeskAdminConfig(AdminConfig):
    default_site = "reviews.desk_site.DeskSite"
