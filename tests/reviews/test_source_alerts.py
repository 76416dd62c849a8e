"""When a source is retracted, readers of every text that leans on it know at once, and nobody is told twice."""

import io
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import reverse

from articles import editing, retractions
from articles.drafts import draft_of
from articles.importers import UnreadableFile
from articles.importers.retractions import ListedPaper
from articles.integrity.claims import extract
from articles.models import Notice, ReadCount, RetractionRecord
from articles.public import for_public, public_article
from articles.states import NoticeKind
from editorial import clock
from editorial.errors import Conflict, WorkflowError
from editorial.models import AuditEntry
from reviews import emails, publication, source_alerts, tasks
from reviews.kinds import Channel, Kind
from reviews.models import Notification
from reviews.source_alerts import LIST, load_list
from tests import factories
from tests.desk import queries, words

pytestmark = pytest.mark.django_db

DOI = factories.HAYDEN.doi.lower()
PAGE = "admin:articles_retractionrecord_changelist"
CSV = (
    "Record ID,Title,RetractionDate,OriginalPaperDOI,OriginalPaperPubMedID,RetractionNature\n"
    f"1,Exercise therapy,1/1/2026 0:00,{DOI},0,%s\n"
    "2,Another,1/1/2026 0:00,10.1000/other,0,Retraction\n"
)


def paper(nature="retraction", **fields):
    return ListedPaper(**({"doi": DOI, "pmid": "", "nature": nature, "title": "Exercise therapy"} | fields))


def alerts(article):
    return Notice.objects.filter(article=article, kind=NoticeKind.SOURCE_ALERT)


def told(*people):
    return Notification.objects.filter(kind=Kind.SOURCE_ALERT, recipient__in=people, channel=Channel.EMAIL)


def unit_of(article):
    return public_article(for_public(type(article).objects).get(pk=article.pk), at=clock.now())


def uploaded(nature="Retraction", name="list.csv"):
    file = io.BytesIO((CSV % nature).encode())
    file.name = name
    return {"file": file}


@pytest.fixture
def list_file(tmp_path, settings):
    """The operator's file, as the daily task finds it."""
    path = tmp_path / "list.csv"
    path.write_text(CSV % "Retraction")
    settings.RETRACTION_LIST = str(path)
    return path


# Readers


def test_the_page_of_an_approved_text_carries_alert_and_caution_right_after_the_load(client, approved, eva):
    address = approved.get_absolute_url()
    before = words(client.get(address))
    assert "retracted" not in before
    assert load_list([paper()], by=eva) == source_alerts.Outcome(listed=1, articles_alerted=1)
    response = client.get(address)
    page = words(response)
    assert unit_of(approved).caution.text in page
    assert "Reference 1 of this text (“Exercise therapy”) has been retracted: it no longer counts as evidence." in page
    assert "<title>Source retracted or in doubt: " in page
    assert response.status_code == 200


def test_a_concern_is_told_in_words_of_its_own_and_a_correction_not_at_all(approved, eva):
    load_list([paper("correction")], by=eva)
    assert not alerts(approved)
    load_list([paper("concern")], by=eva)
    assert "is under an expression of concern" in alerts(approved).get().text
    assert "retracted" not in alerts(approved).get().text


def test_a_source_of_a_newer_version_only_is_not_said_to_be_in_the_text_that_is_read(approved, ana, eva):
    other = replace(factories.HAYDEN, key="new2024", doi="10.1000/new")
    editing.add_references(approved, [other], by=ana)
    body = factories.BODY + "\nWalking helps too [@new2024].\n"
    editing.change(approved, by=ana, edition=factories.fresh(approved).edition, body=body)
    publication.submit(approved, by=ana)
    load_list([paper(doi="10.1000/new")], by=eva)
    assert "Reference 2 of the newer version that waits to be checked" in alerts(approved).get().text


def test_a_draft_and_a_text_that_was_taken_back_get_no_alert(draft, submitted, ana, eva):
    publication.withdraw(submitted, by=ana, reason="The question was wrong.")
    assert load_list([paper()], by=eva).articles_alerted == 0


# Once


def test_loading_the_same_list_again_alerts_nobody_twice(approved, ana, eva, ruth):
    load_list([paper()], by=eva)
    assert load_list([paper()], by=eva).articles_alerted == 0
    assert alerts(approved).count() == 1
    assert told(ana, eva, ruth).count() == 3


def test_one_article_with_two_listed_sources_gets_one_alert_for_each(ana, eva):
    article = factories.draft(by=ana)
    other = replace(factories.HAYDEN, key="walk2020", doi="", pmid="77", title="Walking", year=2020)
    editing.add_references(article, [other], by=ana)
    publication.submit(article, by=ana)
    assert load_list([paper(), paper(doi="", pmid="77", title="")], by=eva).articles_alerted == 1
    assert sorted(notice.text.split(" has ")[0] for notice in alerts(article)) == [
        "A source in the list of this text",
        "Reference 1 of this text (“Exercise therapy”)",
    ]


def test_an_alert_that_an_editor_settled_stays_settled(approved, eva):
    load_list([paper()], by=eva)
    publication.resolve(alerts(approved).get(), by=eva, text="Two newer reviews say the same; checked by Rob.")
    assert load_list([paper()], by=eva).articles_alerted == 0
    assert unit_of(approved).caution is None


def test_a_doubt_that_grew_into_a_retraction_is_told_and_a_retraction_that_shrank_is_not(approved, eva):
    load_list([paper("concern")], by=eva)
    assert load_list([paper("retraction")], by=eva).articles_alerted == 1
    publication.resolve(alerts(approved).first(), by=eva, text="Overtaken by the retraction.")
    assert load_list([paper("concern")], by=eva).articles_alerted == 0
    assert alerts(approved).count() == 2


def test_a_paper_that_a_later_list_knows_by_another_identifier_is_the_same_paper(ana, eva):
    both = replace(factories.HAYDEN, pmid="34580864")
    article = factories.draft(by=ana, references=False)
    editing.add_references(article, [both], by=ana)
    publication.submit(article, by=ana)
    load_list([paper()], by=eva)
    assert load_list([paper(doi="", pmid="34580864")], by=eva).articles_alerted == 0


# Who hears of it, and what is on record


def test_authors_and_editors_hear_of_it_and_no_reviewer(approved, ana, eva, ruth, rob, noor):
    load_list([paper()], by=eva)
    assert told(ana).count() == told(eva).count() == told(ruth).count() == 1
    assert not told(rob.user, noor)


def test_the_record_names_who_loaded_what_and_what_came_of_it(approved, eva):
    load_list([paper(), paper("concern", doi="10.1000/b")], by=eva, digest="d" * 64)
    checked, opened, noticed, loaded = AuditEntry.objects.exclude(action="review.assigned")[:4]
    assert (loaded.action, loaded.actor, loaded.data["digest"]) == ("retractions.loaded", eva, "d" * 64)
    assert (loaded.data["listed"], loaded.data["natures"]) == (2, {"retraction": 1, "concern": 1})
    assert (noticed.action, noticed.actor) == ("notice.source_alert", None)
    assert (opened.action, opened.actor, opened.data["reason"]) == ("recheck.opened", None, "source_alert")
    assert (checked.action, checked.data["articles_alerted"]) == ("retractions.checked", 1)


@pytest.mark.parametrize("who", ["ana", "rob", "noor", "root", "max_the_machine"])
def test_only_editors_can_load_a_list(who, request, eva):
    person = request.getfixturevalue(who)
    with pytest.raises(PermissionDenied):
        load_list([paper()], by=getattr(person, "user", person))
    assert not RetractionRecord.objects.exists()


def test_an_empty_list_does_not_wipe_the_one_in_force(eva):
    load_list([paper()], by=eva)
    with pytest.raises(WorkflowError, match="the one that is loaded was kept"):
        load_list([], by=eva)
    assert RetractionRecord.objects.count() == 1


def test_two_lists_at_the_same_moment_never_mix(eva, monkeypatch):
    load_list([paper()], by=eva)
    before = AuditEntry.objects.count()
    with pytest.raises(Conflict, match="Another list is being loaded"):
        load_list([paper(doi="10.1000/b"), paper(doi="10.1000/b")], by=eva)
    assert RetractionRecord.objects.get().doi == DOI
    assert AuditEntry.objects.count() == before


# The command and the clock


def test_the_command_loads_a_list_and_says_what_came_of_it(approved, list_file, capsys):
    call_command("load_retractions", str(list_file))
    assert capsys.readouterr().out.strip() == "Papers on the list: 2. Articles that got a source alert: 1."
    assert alerts(approved).count() == 1


@pytest.mark.parametrize("content", ["no,such,columns\n1,2,3\n", CSV % "Retraction" + '3,"open', "a\0b"])
def test_a_malformed_file_is_refused_and_nothing_is_half_loaded(content, list_file, approved, eva):
    load_list([paper(doi="10.1000/kept")], by=eva)
    before = AuditEntry.objects.count()
    list_file.write_text(content)
    with pytest.raises(CommandError, match="was not loaded: “list.csv”"):
        call_command("load_retractions", str(list_file))
    with pytest.raises(UnreadableFile), list_file.open("rb") as file:
        source_alerts.load_file(file, name="list.csv", by=eva)
    assert RetractionRecord.objects.get().doi == "10.1000/kept"
    assert AuditEntry.objects.count() == before
    assert not alerts(approved)


def test_the_clock_loads_the_operators_file_once_for_each_content(list_file, approved):
    tasks.load_retractions()
    assert alerts(approved).count() == 1
    entries = AuditEntry.objects.count()
    tasks.load_retractions()
    assert AuditEntry.objects.count() == entries
    list_file.write_text((CSV % "Correction").replace("Another", "Others"))
    tasks.load_retractions()
    assert RetractionRecord.objects.get(doi=DOI).nature == "correction"


def test_a_load_that_was_cut_short_is_taken_up_again_by_the_clock(list_file, approved, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(source_alerts, "_alert", _crash)
        with pytest.raises(SystemExit):
            tasks.load_retractions()
    assert RetractionRecord.objects.count() == 2
    assert not alerts(approved)
    tasks.load_retractions()
    assert alerts(approved).count() == 1


def _crash(pk):
    raise SystemExit


def test_without_the_setting_the_clock_changes_nothing(settings, eva):
    load_list([paper()], by=eva)
    before = AuditEntry.objects.count()
    settings.RETRACTION_LIST = ""
    tasks.load_retractions()
    assert AuditEntry.objects.count() == before


def test_a_list_that_cannot_be_loaded_is_said_to_editors_until_it_goes_well_again(client, list_file, eva, caplog):
    client.force_login(eva)
    tasks.load_retractions()
    before = AuditEntry.objects.count()
    list_file.rename(list_file.with_name("away.csv"))
    tasks.load_retractions()
    assert "stays in force" in caplog.text
    assert RetractionRecord.objects.count() == 2
    assert "The list was not loaded on" in words(client.get(reverse(PAGE)))
    list_file.with_name("away.csv").rename(list_file)
    tasks.load_retractions()
    tasks.load_retractions()
    assert "The list was not loaded on" not in words(client.get(reverse(PAGE)))
    told = AuditEntry.objects.filter(about=LIST).values_list("action", flat=True)[:2]
    assert list(told) == ["retractions.in_force", "retractions.not_loaded"]
    assert AuditEntry.objects.count() == before + 2


def test_the_clock_fetches_the_list_from_the_operators_address_once_for_each_content(
    list_server, settings, tmp_path, approved
):
    settings.VAR, settings.RETRACTION_LIST = tmp_path, f"{list_server.address}?key=secret"
    list_server.body = (CSV % "Retraction").encode()
    tasks.load_retractions()
    assert alerts(approved).count() == 1
    entries = AuditEntry.objects.count()
    tasks.load_retractions()
    assert list_server.answers == [200, 304]
    assert AuditEntry.objects.count() == entries
    list_server.body, list_server.fault = b"x" * 900, "cut off"
    tasks.load_retractions()
    failure = source_alerts.last_failure()
    assert "only 450 of 900 bytes arrived" in failure.data["why"]
    assert "secret" not in str(failure.data)
    assert RetractionRecord.objects.count() == 2


def test_the_clock_of_the_desk_rings_it_daily(settings):
    rung = settings.CELERY_BEAT_SCHEDULE["load-retractions"]
    assert rung["task"] == tasks.load_retractions.name
    assert rung["schedule"].remaining_estimate(clock.now()) <= timedelta(days=1)


# The editors' page


def test_an_editor_loads_a_list_and_sees_which_articles_it_concerns(client, approved, eva):
    client.force_login(eva)
    assert "No list is loaded" in words(client.get(reverse(PAGE)))
    answer = client.post(reverse(PAGE), uploaded(), follow=True)
    page = words(answer)
    assert "2 papers on the list. 1 article got a source alert" in page
    assert "loaded by Eva" in page
    assert reverse("admin:articles_article_change", args=[approved.pk]) in page
    assert AuditEntry.objects.filter(about=LIST, actor=eva).count() == 2


def test_what_leans_on_a_listed_source_comes_by_risk_then_readers_with_its_sentences(client, ana, eva):
    client.force_login(eva)
    little_read, much_read, grave = (factories.submitted(by=ana, risk=risk) for risk in (2, 2, 3))
    ReadCount.objects.create(article=much_read, day=clock.now().date(), reads=7)
    load_list([paper()], by=eva)
    response = client.get(reverse(PAGE))
    assert [lean.hit.article for lean in response.context["page"]] == [grave, much_read, little_read]
    assert "Regular exercise probably eases long-lasting low back pain a little [@hayden2021]." in words(response)
    (claim,) = alerts(much_read).get().claims.all()
    (known,) = [each for each in extract(draft_of(much_read)) if "hayden2021" in each.keys]
    assert (claim.field, claim.identity) == ("body", known.identity)
    mail = emails.words_of(told(eva).get(article=much_read))[1]
    assert "What leans on it: 1 sentence: 1 in the body." in mail
    assert "Reads in the last 30 days: 7." in mail
    assert "Regular exercise" not in mail


def test_a_source_that_was_only_corrected_comes_after_every_doubt(ana, eva):
    grave, slight = factories.submitted(by=ana, risk=3), factories.submitted(by=ana, risk=2)
    load_list([paper()], by=eva)
    found = retractions.hits()
    assert [hit.article for hit in retractions.ranked(found, reads={})] == [grave, slight]
    mended = [replace(hit, record=RetractionRecord(nature="correction")) for hit in found if hit.article == grave]
    found = [*mended, *(hit for hit in found if hit.article == slight)]
    assert [hit.article for hit in retractions.ranked(found, reads={})] == [slight, grave]


@pytest.mark.parametrize(
    ("sent", "said"),
    [({}, "Choose the file"), ({"file": io.BytesIO(b"x")}, "has no column"), ({"other": "1"}, "no field “other”")],
)
def test_a_refused_upload_says_why_beside_the_field(client, eva, sent, said):
    client.force_login(eva)
    answer = client.post(reverse(PAGE), sent)
    assert answer.status_code == 422
    assert said in words(answer)


def test_what_a_list_calls_a_paper_is_text_and_never_markup(client, approved, eva):
    client.force_login(eva)
    load_list([paper(title="<script>alert(1)</script>")], by=eva)
    for address in (reverse(PAGE), approved.get_absolute_url(), reverse("inbox")):
        page = words(client.get(address))
        assert "alert(1)" in page
        assert "<script>alert" not in page


@pytest.mark.parametrize("who", ["noor", "ana", "rob", "root", "max_the_machine"])
def test_nobody_else_opens_the_page_or_loads_through_it(client, who, request, eva):
    person = request.getfixturevalue(who)
    client.force_login(getattr(person, "user", person))
    for answer in (client.get(reverse(PAGE)), client.post(reverse(PAGE), uploaded())):
        assert answer.status_code in (302, 403)
        assert answer.status_code == 403 or "/login/" in answer.url
    assert not RetractionRecord.objects.exists()


@pytest.mark.slow
def test_page_and_check_ask_as_little_of_30_articles_as_of_3(client, ana, eva, django_assert_num_queries):
    client.force_login(eva)
    costs = []
    for count in (3, 27):
        for _ in range(count):
            factories.submitted(by=ana)
        retractions.replace_list([paper()])
        costs.append(queries(client, reverse(PAGE)))
        with django_assert_num_queries(3):
            assert len(source_alerts._untold()) in (3, 30)
        retractions.replace_list([])
    assert costs[0] == costs[1]
