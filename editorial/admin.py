"""Accounts, which administrators look after, and the audit chain, which editors can read."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.forms import BaseUserCreationForm
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from editorial import addresses, invitations
from editorial.admin_doors import ClosedDoors, visitor
from editorial.invitation_pages import answer_request, invite_page, one_invitation, reset_second_factor
from editorial.models import AccountMail, AccountRequest, AuditEntry, Invitation, User

SPOKEN = {
    "is_active": ("Active", "Untick this when somebody leaves. Accounts are never deleted: the record names them."),
    "is_staff": ("May open the review desk", "Board members, editors and administrators need this."),
    "is_superuser": ("Administrator", "Looks after accounts and topics. It opens no article and decides nothing."),
}
OFFICES = ("is_staff", "is_managing_editor", "is_responsible_editor", "is_superuser")


class NewAccountForm(BaseUserCreationForm):
    class Meta:
        model = User
        fields = ("username", "printed_name", "email")


@admin.register(User)
class AccountAdmin(ClosedDoors):
    """Administrators add people and deactivate them; nobody is deleted, and nobody sets another's password later.

    Whoever could set a reviewer's password could decide in the reviewer's name.
    """

    list_display = ["username", "printed_name", "email", "offices"]
    list_filter = ["is_active", "is_staff", "is_managing_editor", "is_responsible_editor", "is_machine"]
    search_fields = ["username", "printed_name", "email"]
    ordering = ["username"]

    def is_open_to(self, user: User) -> bool:
        return user.is_active and user.is_superuser

    def is_writable_by(self, user: User) -> bool:
        return self.is_open_to(user)

    @admin.display(description="offices")
    def offices(self, person: User) -> str:
        held = {
            "machine": person.is_machine,
            "managing editor": person.is_managing_editor,
            "responsible editor": person.is_responsible_editor,
            "administrator": person.is_superuser,
            "review desk": person.is_staff,
        }
        names = ", ".join(name for name, holds in held.items() if holds) or "none"
        return names if person.is_active else f"deactivated ({names})"

    def formfield_for_dbfield(self, db_field: models.Field, request: HttpRequest, **kwargs: Any) -> forms.Field | None:
        label, help_text = SPOKEN.get(db_field.name, (None, None))
        spoken = {"label": label, "help_text": help_text} if label else {}
        return super().formfield_for_dbfield(db_field, request, **(kwargs | spoken))

    def get_form(
        self, request: HttpRequest, obj: models.Model | None = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm]:
        return super().get_form(request, obj, change=change, **kwargs) if obj else NewAccountForm

    def get_fieldsets(self, request: HttpRequest, obj: models.Model | None = None) -> Any:
        if obj is None:
            about = (
                "To let somebody choose their own password, invite them instead. This is for machines and first days."
            )
            return [(None, {"fields": [*NewAccountForm.Meta.fields, "password1", "password2"], "description": about})]
        offices = "Reviewing is not among these: it needs a board membership and an open assignment."
        return [
            (None, {"fields": ["username", "printed_name", "email"]}),
            ("Access", {"fields": ["is_active", "is_machine", "last_login", "date_joined"]}),
            ("Offices", {"fields": [*OFFICES], "description": offices}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> list[str]:
        """Nobody gives an office to themselves, and nobody locks themselves out."""
        if obj is None:
            return []
        own = ["is_active", "is_machine", *OFFICES] if obj.pk == visitor(request).pk else []
        return ["username", "last_login", "date_joined", *own]

    def get_urls(self) -> list[URLPattern]:
        lost = self.admin_site.admin_view(reset_second_factor)
        return [*super().get_urls(), path("<int:object_id>/second-factor/", lost, name="editorial_user_second_factor")]

    def save_model(self, request: HttpRequest, obj: Any, form: forms.ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and "email" in form.changed_data:
            addresses.replaced(obj, old=form.initial["email"])

    def save_related(self, request: HttpRequest, form: forms.ModelForm, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if not change:
            messages.info(request, "The account has no office yet. Tick what this person does here, then save.")


@admin.register(AuditEntry)
class AuditEntryAdmin(ClosedDoors):
    """Who did what, in the order of the chain; nothing here can be changed by anybody."""

    list_display = ["sequence", "at", "actor_label", "action", "about", "record_number"]
    list_filter = ["action"]
    search_fields = ["about", "actor_label", "action"]
    list_display_links = ["sequence"]
    fields = ["sequence", "at", "actor_label", "action", "about", "subject", "data", "previous", "hash"]

    def is_open_to(self, user: User) -> bool:
        return user.is_editor


class EditorsAndAdministrators(ClosedDoors):
    """For those who may invite; every act on these pages is a verb."""

    def is_open_to(self, user: User) -> bool:
        return invitations.may_invite(user)


@admin.register(Invitation)
class InvitationAdmin(EditorsAndAdministrators):
    list_display = ["email", "role", "invited_by", "sent_at", "standing"]
    list_select_related = ["invited_by"]
    search_fields = ["email"]

    def is_writable_by(self, user: User) -> bool:
        return self.is_open_to(user)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        return invite_page(request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return one_invitation(request, object_id)

    @admin.display(description="how it stands")
    def standing(self, invitation: Invitation) -> str:
        return invitation.standing


@admin.register(AccountRequest)
class AccountRequestAdmin(EditorsAndAdministrators):
    list_display = ["name", "email", "affiliation", "asked_at", "answer"]
    list_filter = ["answer"]
    search_fields = ["name", "email"]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return answer_request(request, object_id)


@admin.register(AccountMail)
class AccountMailAdmin(EditorsAndAdministrators):
    """Letters about accounts, and what became of each; the links in them are kept nowhere."""

    list_display = ["to", "kind", "created_at", "state", "outcome"]
    list_filter = ["state", "kind"]
    search_fields = ["to"]
    fields = ["to", "kind", "created_at", "state", "due_at", "attempts", "ended_at", "outcome", "possible_duplicate"]
