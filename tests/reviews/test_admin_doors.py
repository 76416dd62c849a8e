"""The doors of Django's own admin that go around object permissions, and that every one of them is shut."""

import re
from itertools import product

import pytest
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.utils import quote
from django.urls import NoReverseMatch, reverse
from django.utils.html import escape
from guardian.admin import GuardedModelAdmin
from simple_history.admin import SimpleHistoryAdmin

from articles.models import Article, Revision, Topic
from editorial.admin_doors import ClosedDoors
from editorial.models import AuditEntry, User
from reviews.emails import words_of
from reviews.models import BoardMember, Notification, ReviewAssignment, ReviewPolicy, Sweep
from tests import factories

pytestmark = pytest.mark.one_stack

REGISTERED = admin.site._registry
NEVER_REGISTERED = {"Revision", "Approval", "Decision", "Move", "Notice", "Release", "Reference", "Group", "Permission"}
LISTS = [Article, Topic, User, AuditEntry, BoardMember, Notification, ReviewPolicy, Sweep]


def admins():
    return [pytest.param(model, made, id=model.__name__) for model, made in REGISTERED.items()]


def addresses(model, pk):
    """Every address the stock admin would have for a row, and ours."""
    opts = model._meta
    stem = f"/admin/{opts.app_label}/{opts.model_name}/"
    ours = [stem, f"{stem}add/", f"{stem}{quote(pk)}/change/", f"{stem}{quote(pk)}/history/"]
    return [*ours, f"{stem}{quote(pk)}/", f"{stem}{quote(pk)}/delete/", f"{stem}{quote(pk)}/password/"]


def everything_stored():
    """What a view-only visitor could have changed."""
    return {
        "revisions": list(Revision.objects.values_list("pk", "digest", "content")),
        "articles": list(Article.objects.values_list("pk", "state", "title", "body", "risk", "edition", "approval")),
        "assignments": list(ReviewAssignment.objects.values_list("pk", "ended_at", "due_at", "ending")),
        "chain": list(AuditEntry.objects.values_list("sequence", "hash")),
        "people": list(User.objects.values_list("pk", "password", "is_staff", "is_superuser", "is_active")),
        "board": list(BoardMember.objects.values_list("pk", "profession", "left_at")),
        "policies": list(ReviewPolicy.objects.values_list("pk", "version")),
        "messages": list(Notification.objects.values_list("pk", "state", "recipient")),
        "topics": list(Topic.objects.values_list("pk", "name")),
    }


@pytest.mark.parametrize(("model", "made"), admins())
def test_a_20_every_admin_has_its_doors_shut(model, made):
    assert isinstance(made, ClosedDoors)
    assert not isinstance(made, (GuardedModelAdmin, SimpleHistoryAdmin))
    assert not made.actions
    assert not made.list_editable
    assert not made.save_as
    assert not made.view_on_site
    assert not made.inlines
    assert not made.autocomplete_fields
    assert not made.raw_id_fields


@pytest.mark.parametrize(("model", "made"), admins())
def test_a_20_nothing_can_be_deleted_by_anybody(model, made, rf, root):
    request = rf.get("/")
    root.is_managing_editor = root.is_responsible_editor = True
    request.user = root
    assert not made.has_delete_permission(request)
    assert not made.get_actions(request)


@pytest.mark.parametrize(("model", "made"), admins())
def test_a_20_no_address_leads_to_stock_history_deletion_or_passwords(model, made):
    names = {pattern.name for pattern in made.get_urls()}
    stem = f"{model._meta.app_label}_{model._meta.model_name}"
    assert not names & {f"{stem}_delete", f"{stem}_history", "auth_user_password_change"}


@pytest.mark.parametrize("name", ["autocomplete", "view_on_site"])
def test_a_28_the_site_looks_no_row_up_for_anybody(name):
    with pytest.raises(NoReverseMatch):
        reverse(f"admin:{name}", args=[1, 1] if name == "view_on_site" else [])


def test_frozen_and_append_only_rows_are_not_registered_at_all():
    assert not {model.__name__ for model in REGISTERED} & NEVER_REGISTERED


def test_admins_of_other_packages_do_not_get_in():
    admin.site.register(Revision, admin.ModelAdmin)
    assert Revision not in REGISTERED


@pytest.mark.parametrize("look_up", ["password__startswith=p", "email__contains=a", "groups__name=x"])
def test_hidden_columns_cannot_be_guessed_through_the_query_string(client, root, look_up):
    client.force_login(root)
    response = client.get(reverse("admin:editorial_user_changelist") + f"?{look_up}")
    assert response.status_code == 400


# who may only look


@pytest.fixture
def world(assignment, approved, rita):
    """One of everything, on record."""
    Sweep.objects.create(started_at=assignment.assigned_at)
    return [
        (Article, approved.pk),
        (Article, assignment.revision.article_id),
        (ReviewAssignment, assignment.pk),
        (Topic, approved.topic_id),
        (User, rita.user_id),
        (AuditEntry, AuditEntry.objects.first().pk),
        (BoardMember, rita.pk),
        (Notification, Notification.objects.first().pk),
        (ReviewPolicy, ReviewPolicy.objects.first().pk),
        (Sweep, Sweep.objects.first().pk),
        (Revision, approved.latest_revision_id),
    ]


@pytest.mark.slow
def test_a_21_writing_to_any_address_changes_nothing(client, world, rita, root, noor, subtests):
    """Rita has no duty on these texts, root no office, and Noor is not on the staff."""
    before = everything_stored()
    for who, method in product([rita.user, root, noor], ["post", "put", "patch", "delete"]):
        client.force_login(who)
        with subtests.test(who=who.label, method=method):
            for model, pk in world:
                if who == root and model in (User, Topic):
                    continue
                for address in addresses(model, pk):
                    response = getattr(client, method)(address, {"act": "withdraw", "reason": "x", "state": "approved"})
                    assert response.status_code in (302, 403, 404, 405), address
            assert everything_stored() == before


@pytest.mark.parametrize("model", [AuditEntry, Notification, Sweep, ReviewPolicy])
def test_a_21_even_an_editor_only_reads_these(client, world, ruth, model):
    client.force_login(ruth)
    before = everything_stored()
    pk = dict(world)[model]
    for address in addresses(model, pk):
        if model is ReviewPolicy and address.endswith("add/"):
            continue
        assert client.post(address, {"_save": "1", "outcome": "x"}).status_code in (403, 404, 405), address
    assert everything_stored() == before


# Who finds what


def found_by(client, user):
    client.force_login(user)
    return {
        model.__name__
        for model in LISTS
        if client.get(reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")).status_code == 200
    }


def test_each_office_finds_its_own_parts_and_no_others(client, rob, eva, root):
    assert found_by(client, rob.user) == set()
    assert found_by(client, eva) == {
        "Article",
        "AuditEntry",
        "BoardMember",
        "Notification",
        "ReviewPolicy",
        "Sweep",
        "Topic",
    }
    assert found_by(client, root) == {"Topic", "User"}


def test_the_front_page_names_only_what_can_be_opened(client, rob, root):
    client.force_login(rob.user)
    assert "/admin/articles/" not in client.get(reverse("admin:index")).content.decode()
    client.force_login(root)
    shown = client.get(reverse("admin:index")).content.decode()
    assert reverse("admin:editorial_user_changelist") in shown
    assert reverse("admin:reviews_notification_changelist") not in shown


def test_editors_read_a_message_as_its_recipient_does_and_no_record_of_its_facts(client, assignment, eva):
    message = Notification.objects.filter(assignment=assignment).first()
    client.force_login(eva)
    page = client.get(reverse("admin:reviews_notification_change", args=[message.pk]))
    subject, body = words_of(message)
    assert f"<p><b>{escape(subject)}</b></p>" in page.content.decode()
    assert escape(body.splitlines()[-1]) in page.content.decode()
    assert "{&#x27;" not in page.content.decode()


def test_rows_open_read_only_for_editors(client, world, eva):
    client.force_login(eva)
    for model in (AuditEntry, Notification, Sweep, ReviewPolicy):
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}_change"
        response = client.get(reverse(name, args=[dict(world)[model]]))
        assert response.status_code == 200
        assert "_save" not in response.content.decode()


def test_an_editor_can_change_a_member_and_is_led_to_what_is_kept_beside(client, eva, rob):
    client.force_login(eva)
    page = client.get(reverse("admin:reviews_boardmember_change", args=[rob.pk])).content.decode()
    assert 'name="_save"' in page
    assert reverse("admin:member-standing", args=[rob.pk]) in page


def test_no_template_is_empty():
    left = [path.name for path in (settings.HOME / "templates").rglob("*.html") if not path.read_text().strip()]
    assert left == []


def test_what_does_not_exist_is_not_found(client, eva):
    client.force_login(eva)
    assert client.get(reverse("admin:editorial_auditentry_change", args=[10**9])).status_code == 404


# Accounts, board and topics


def test_a_new_account_has_no_office_and_is_on_record(client, root):
    client.force_login(root)
    said = {"username": "zoe", "printed_name": "Zoe", "email": "zoe@example.org"}
    said |= {"password1": "long-and-unusual-1", "password2": "long-and-unusual-1", "is_superuser": "on"}
    assert client.post(reverse("admin:editorial_user_add"), said).status_code == 302
    zoe = User.objects.get(username="zoe")
    assert {zoe.is_staff, zoe.is_superuser, zoe.is_editor} == {False}
    assert AuditEntry.objects.filter(action="user.added", about=f"user:{zoe.pk}", actor=root).exists()


def test_people_are_deactivated_and_never_deleted(client, root, rita):
    client.force_login(root)
    where = reverse("admin:editorial_user_change", args=[rita.user_id])
    assert client.post(where, {"printed_name": "Rita", "email": "rita@example.org"}).status_code == 302
    assert not User.objects.get(pk=rita.user_id).is_active
    assert client.post(where.replace("change", "delete"), {"post": "yes"}).status_code == 404


def test_nobody_gives_an_office_to_themselves(client, root):
    client.force_login(root)
    where = reverse("admin:editorial_user_change", args=[root.pk])
    said = {"printed_name": "Root", "email": "root@example.org", "is_active": "on", "is_responsible_editor": "on"}
    client.post(where, said)
    root.refresh_from_db()
    assert root.is_active
    assert root.is_superuser
    assert not root.is_editor


def test_nobody_sets_a_reviewers_password(client, root, rob):
    client.force_login(root)
    before = rob.user.password
    where = reverse("admin:editorial_user_change", args=[rob.user_id])
    client.post(where, {"printed_name": "Rob", "password": "stolen", "password1": "stolen", "is_active": "on"})
    assert User.objects.get(pk=rob.user_id).password == before


def test_a_28_only_people_who_can_be_appointed_are_offered(client, eva, ana, rob, max_the_machine):
    client.force_login(eva)
    form = client.get(reverse("admin:reviews_boardmember_add")).context["adminform"].form
    offered = set(form.fields["user"].queryset)
    assert ana in offered
    assert not offered & {rob.user, max_the_machine}


def test_an_editor_changes_a_board_members_specialties_on_record(client, eva, rob):
    client.force_login(eva)
    heart = factories.topic("Cardiology")
    said = {"profession": "Cardiologist", "joined_at": "2024-01-01"}
    where = reverse("admin:reviews_boardmember_change", args=[rob.pk])
    assert client.post(where, said | {"specialties": [heart.pk]}).status_code == 302
    assert list(rob.specialties.all()) == [heart]
    assert AuditEntry.objects.filter(action="boardmember.changed", actor=eva).exists()
    assert rob.history.first().history_user == eva


def test_an_editor_adds_a_topic(client, eva):
    client.force_login(eva)
    said = {"name": "Sleep", "slug": "sleep", "description": ""}
    assert client.post(reverse("admin:articles_topic_add"), said).status_code == 302
    assert Topic.objects.filter(slug="sleep").exists()


def test_a_17_hostile_names_are_inert_in_every_list(client, eva, root):
    hostile = '<img src=x onerror="alert(1)">'
    factories.person(hostile, username="hostile")
    Topic.objects.create(name=hostile, slug="hostile")
    for user, name in ((root, "editorial_user"), (eva, "articles_topic")):
        client.force_login(user)
        assert hostile not in client.get(reverse(f"admin:{name}_changelist")).content.decode()


def test_the_sign_in_page_has_one_heading_and_no_inline_script(client):
    shown = client.get(reverse("admin:login"), follow=True).content.decode()
    assert shown.count("<h1") == 1
    assert not re.search(r"<script(?![^>]*\ssrc=)", shown)
    assert "style=" not in shown
