"""What the checks say later is a record of its own, beside what was frozen and never in its place."""

import io

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.urls import reverse

from articles import check_runs, retractions
from articles.importers.retractions import ListedPaper
from articles.models import CheckRun, Revision
from editorial.models import AuditEntry
from editorial.verification import Verdict, verify
from tests import factories

pytestmark = pytest.mark.django_db


def load(nature="retraction"):
    retractions.replace_list([ListedPaper(factories.HAYDEN.doi.lower(), "", nature, "Exercise")])


def recorded(*arguments):
    said = io.StringIO()
    call_command("check_integrity", *(arguments or ("--revisions", "--record")), stdout=said)
    return said.getvalue()


def test_a_run_on_an_old_revision_is_on_record_and_changes_nothing_that_was_frozen(submitted, eva):
    revision = submitted.latest_revision
    before = revision.findings
    load()
    run = check_runs.run(revision, by=eva)
    since = check_runs.since_submission(revision)
    assert [(said["rule"], said["field"]) for said in since.found] == [("REF-RETRACTED", "references.hayden2021")]
    assert (since.gone, since.now_checked) == ((), ("REF-RETRACTED",))
    assert Revision.objects.get(pk=revision.pk).findings == before
    entry = AuditEntry.objects.first()
    assert (entry.action, entry.actor, entry.subject) == ("checks.run", eva, f"articles.checkrun:{run.pk}")
    assert verify().verdict == Verdict.OK
    with pytest.raises(Exception, match="kept for good"):
        CheckRun.objects.update(rules_version="other")


def test_checks_that_say_the_same_again_differ_in_nothing(submitted, eva):
    assert check_runs.since_submission(submitted.latest_revision) is None
    check_runs.run(submitted.latest_revision, by=eva)
    assert not check_runs.since_submission(submitted.latest_revision).differs


@pytest.mark.parametrize("who", ["ana", "rob", "noor", "root", "max_the_machine"])
def test_only_editors_run_them_again(submitted, who, request):
    person = request.getfixturevalue(who)
    with pytest.raises(PermissionDenied):
        check_runs.run(submitted.latest_revision, by=getattr(person, "user", person))
    assert not CheckRun.objects.exists()


def test_editor_and_reviewer_see_what_is_new_on_which_source(client, assignment, eva, rob):
    article = assignment.revision.article
    load()
    client.force_login(eva)
    page = reverse("admin:articles_article_change", args=[article.pk])
    assert "Since submission" not in client.get(page).content.decode()
    done = client.post(page, {"act": "check_again"}, follow=True).content.decode()
    assert "Since submission the checks say something else." in done
    assert "<b>REF-RETRACTED</b> on source 1" in done
    client.force_login(rob.user)
    desk = client.get(reverse("admin:reviews_reviewassignment_change", args=[assignment.pk])).content.decode()
    assert "<b>REF-RETRACTED</b> on source 1" in desk


def test_the_command_goes_through_all_that_is_public_and_records_only_what_is_new(approved, submitted, draft):
    assert "2 public revisions checked, 0 of them recorded anew." in recorded()
    load("concern")
    said = recorded()
    assert f"{approved.slug}, revision 1: the checks say something new." in said
    assert "2 public revisions checked, 2 of them recorded anew." in said
    assert "2 public revisions checked, 0 of them recorded anew." in recorded()
    load()
    recorded()
    assert [run.by_label for run in CheckRun.objects.all()] == ["the system"] * 4
    for wrong in (["--revisions"], ["--record"], [submitted.slug, "--revisions", "--record"]):
        with pytest.raises(CommandError, match="Name one text"):
            recorded(*wrong)
