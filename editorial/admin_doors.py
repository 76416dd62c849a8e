"""The stock admin with every door shut that leads around `visible_to`; a subclass opens the few it means to."""

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.paginator import Paginator
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import URLPattern, path
from django.utils.functional import cached_property

from editorial.audit import record
from editorial.models import User

MOST_COUNTED = 5000


class StaffRequest(HttpRequest):
    """A request that the site let through: somebody on the staff is behind it."""

    user: User


def visitor(request: HttpRequest) -> User:
    """Who is behind a request that the site let through."""
    return cast(User, request.user)


class DayInput(forms.DateInput):
    """The browser's own calendar: no script, and the same on a telephone."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class BoundedPaginator(Paginator):
    """Counts no further than a person would ever leaf, however long the table is."""

    @cached_property
    def count(self) -> int:
        return cast(models.QuerySet, self.object_list)[:MOST_COUNTED].count()


class ClosedDoors(admin.ModelAdmin):
    """View-only unless a subclass says otherwise, and always without deletion, actions, pop-ups and free look-ups.

    What is shut, and why: the stock history page and "view on site" ask nobody whether the row is visible; deletion,
    list editing, "save as new" and actions go around the verbs; look-ups in the query string can guess hidden columns.
    """

    actions = None
    view_on_site = False
    save_as = False
    list_editable = ()
    list_per_page = 50
    list_max_show_all = 0
    show_full_result_count = False
    paginator = BoundedPaginator
    formfield_overrides = {models.DateField: {"widget": DayInput}}

    def is_open_to(self, user: User) -> bool:
        """Who finds this part of the desk at all. Nobody, until a subclass says so."""
        return False

    def is_writable_by(self, user: User) -> bool:
        """Who may add and change rows here."""
        return False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self.admin_site.has_permission(request) and self.is_open_to(visitor(request))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.admin_site.has_permission(request) and self.is_writable_by(visitor(request))

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return self.admin_site.has_permission(request) and self.is_writable_by(visitor(request))

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        return lookup.split("__")[0] in self.list_filter

    def to_field_allowed(self, request: HttpRequest, to_field: str) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        """The list, one row, and a new one: no deletion, no stock history, no password page."""
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        view = self.admin_site.admin_view
        return [
            path("", view(self.changelist_view), name=f"{name}_changelist"),
            path("add/", view(self.add_view), name=f"{name}_add"),
            path("<int:object_id>/change/", view(self._one), name=f"{name}_change"),
        ]

    def formfield_for_dbfield(self, db_field: models.Field, request: HttpRequest, **kwargs: Any) -> forms.Field | None:
        """Without the pop-ups that add or change the other side of a relation."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        return super().changelist_view(request, extra_context)

    def save_model(self, request: HttpRequest, obj: Any, form: forms.ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        act = "changed" if change else "added"
        name = self.opts.model_name
        record(f"{name}.{act}", by=visitor(request), about=f"{name}:{obj.pk}", fields=sorted(form.changed_data))

    def _one(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """What is not visible does not exist; the stock view would redirect and say that it may have been deleted."""
        if not self.get_queryset(request).filter(pk=object_id).exists():
            raise Http404
        return self.change_view(request, str(object_id))
