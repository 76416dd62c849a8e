"""Readers ask and report without an account: their words are taken in with care, answered in public, and forgotten."""

import json
import re
from datetime import timedelta

import lxml.html
import pytest
import trafilatura
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from readability import Document

from articles.asking import unit_at
from articles.models import Article, Passage
from articles.states import Audience
from editorial import clock
from editorial.errors import Conflict, WorkflowError
from editorial.models import AuditEntry
from reviews import emails, publication, questions, reports
from reviews.claims import claims_of
from reviews.kinds import Channel, Kind, Outcome, Problem
from reviews.models import Notification, ProblemReport, ReaderQuestion
from reviews.reader_forms import FromAPerson
from tests import factories
from tests.desk import queries, words

pytestmark = pytest.mark.django_db

QUESTION = "Does regular exercise ease low back pain?"
HOSTILE = "</textarea><script>alert(1)</script>\" onfocus='x' {{ 7|add:7 }} & “it”?"
CANARY = "quillfeather"


def asked(client, question=QUESTION, **more):
    return client.post(reverse("ask"), {"question": question} | more)


def typed(**fields):
    """What a browser sends of a form that was opened a minute ago."""
    with clock.at(clock.now() - timedelta(minutes=1)):
        return {"opened": FromAPerson().opened_now} | fields


def reported(client, article, **fields):
    said = {"kind": "wrong", "words": "The effect is overstated.", "quote": ""} | fields
    return client.post(reverse("report", args=[article.slug]), typed(**said))


def sent(text=QUESTION):
    question, _ = questions.ask(text)
    return question


def received(article, kind=Problem.WRONG):
    report, _ = reports.receive(unit_at(article.slug, at=clock.now()), kind=kind, words=f"A {CANARY} in it.")
    return report


# An instant answer


@pytest.mark.slow
def test_an_answer_is_quoted_under_a_word_on_who_chose_it_with_who_checked_it_in_the_same_unit(client, approved):
    answer = asked(client)
    page = lxml.html.document_fromstring(words(answer))
    [unit] = page.xpath("//*[@data-standing]")
    said = " ".join(unit.text_content().split())
    assert said.index("Checked by Rob, Physiotherapist") < said.index("Regular exercise probably eases")
    assert f"{approved.get_absolute_url()}#s-what-exercise-can-do" in unit.xpath(".//a/@href")
    before = words(answer).split("data-standing")[0]
    assert "A machine chose these passages by their words" in before
    assert (answer["Cache-Control"], answer["X-Robots-Tag"]) == ("no-store", "noindex")
    assert ReaderQuestion.objects.count() == 0


@pytest.mark.slow
def test_a13_a_doubted_text_is_quoted_with_its_whole_caution_before_it_whatever_tidies_the_page(client, approved, ruth):
    publication.raise_concern(approved, by=ruth, text="A source is being looked into.", details=factories.CONCERN)
    html = words(asked(client))
    caution = unit_at(approved.slug, at=clock.now()).caution
    [unit] = lxml.html.document_fromstring(html).xpath("//*[@data-standing]")
    assert caution.text in " ".join(unit.text_content().split())
    tidied = lxml.html.fromstring(Document(html).summary()).text_content()
    for text in (" ".join(tidied.split()), " ".join((trafilatura.extract(html) or "").split())):
        if (quote := text.find("Regular exercise probably")) >= 0:
            assert 0 <= text.find(caution.not_done) < quote


@pytest.mark.slow
def test_inv1_nothing_of_an_unchecked_or_withdrawn_text_is_quoted_named_or_counted(client, approved, ana, eva):
    body = factories.BODY.replace("Regular exercise", f"Regular exercise with a {CANARY}")
    waiting = factories.submitted(by=ana, title=f"Does a {CANARY} ease back pain?", body=body)
    Passage.objects.create(article=waiting, source="forged", position=0, title="x", text=f"A {CANARY} eases back pain.")
    question, token = questions.ask(f"Does a {CANARY} ease pain?", about=unit_at(waiting.slug, at=clock.now()))
    for answer in (
        asked(client, f"Does a {CANARY} ease back pain?"),
        asked(client, "exercise pain", about=waiting.slug),
        client.get(reverse("ask"), {"about": waiting.slug}),
    ):
        said = re.sub(r"<(textarea|blockquote class=.quote).*?</", "", words(answer), flags=re.DOTALL)
        assert answer.status_code == 200
        assert CANARY not in said.replace(waiting.slug, "")
    with pytest.raises(WorkflowError, match="checked and shown now"):
        questions.answer(question, slug=waiting.slug, by=eva)
    questions.answer(question, slug=approved.slug, by=eva)
    status = reverse("question", args=[token])
    assert approved.title in words(client.get(status))
    publication.withdraw(approved, by=eva, reason="Wrong.")
    assert approved.title not in words(client.get(status))
    assert "Nothing here fits well enough" in words(asked(client))


def test_words_of_an_emergency_are_answered_with_where_to_get_help_first(client, approved):
    page = words(asked(client, "I took an overdose, does exercise help?"))
    assert page.index("do not read on: get help") < page.index("Send to the editors")
    assert "do not read on" not in words(asked(client))


def test_hostile_questions_do_nothing_and_lose_nothing(client, approved, subtests):
    for question in ("", "x" * 501, "x" * 100_000, "why\0me?", "a \u202e b", HOSTILE):
        with subtests.test(question=question[:20]):
            answer = asked(client, question)
            assert answer.status_code == (200 if question == HOSTILE else 422)
            assert "<script>alert" not in words(answer)
            box = lxml.html.document_fromstring(words(answer)).xpath("//textarea[@name='question']")[0]
            assert box.text_content().strip() == question.replace("\0", "\ufffd")


# A question for the editors


@pytest.mark.slow
def test_a_question_goes_to_the_editors_with_nothing_of_who_asked_it(approved):
    client = Client(enforce_csrf_checks=True)
    assert client.post(reverse("ask-editors"), typed(question=QUESTION)).status_code == 403
    page = lxml.html.document_fromstring(words(asked(client, about=approved.slug)))
    form = page.xpath("//form[contains(@action, 'editors')]")[0]
    fields = dict(form.form_values()) | typed(question=f"{QUESTION} {HOSTILE}")
    answer = client.post(reverse("ask-editors"), fields)
    question = ReaderQuestion.objects.get()
    kept = json.dumps([str(v) for v in question.__dict__.values()])
    assert question.article == approved
    assert answer["Location"].strip("/").split("/")[-1] not in kept
    assert "127.0.0.1" not in kept
    status = client.get(answer["Location"])
    assert (status["Cache-Control"], status["X-Robots-Tag"]) == ("no-store", "noindex")
    assert "Waiting for the editors" in words(status)
    assert "<script>alert" not in words(status)
    assert not AuditEntry.objects.filter(data__icontains="exercise", about=question.about).exists()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"website": "https://example.org"}, "people do not see"),
        ({"opened": "forged"}, "did not come from our page"),
        ({"opened": ""}, "did not come from our page"),
        ({"question": "x" * 501}, "the limit is 500"),
    ],
)
def test_what_a_program_sends_is_refused_in_a_sentence_and_a_person_loses_nothing(client, fields, said):
    given = typed(question=QUESTION) | fields
    answer = client.post(reverse("ask-editors"), given)
    assert answer.status_code == 422
    assert said in words(answer)
    assert given["question"] in words(answer)
    at_once = client.post(reverse("ask-editors"), {"question": QUESTION, "opened": FromAPerson().opened_now})
    assert "faster than anybody types" in words(at_once)
    assert not ReaderQuestion.objects.exists()


def test_an_address_that_was_not_given_away_shows_nothing(client, approved):
    _, token = questions.ask(QUESTION)
    for name in ("question", "ticket"):
        for guess in ("x" * 32, token[:-1] + ("a" if token[-1] != "a" else "b"), ReaderQuestion.objects.get().key[:32]):
            assert client.get(reverse(name, args=[guess])).status_code == 404
    assert client.get(f"/ask/{ReaderQuestion.objects.get().pk}/").status_code == 404


def test_editors_join_answer_decline_and_have_written_and_each_reader_hears_of_it(client, approved, ana, eva):
    first, token = questions.ask(QUESTION)
    again, again_token = questions.ask("Is regular exercise easing low back pains?")
    other, other_token = questions.ask("Is chess a sport?")
    assert [len(group) for group in questions.grouped([again, first, other])] == [2, 1]
    client.force_login(eva)
    listed = words(client.get(reverse("admin:reviews_readerquestion_changelist")))
    assert "Asked 2 times in nearly the same words" in listed
    page = reverse("admin:reviews_readerquestion_change", args=[again.pk])
    assert approved.title in words(client.get(page))
    client.post(page, {"act": "merge", "into": first.pk})
    address = f"https://desk.example.org{approved.get_absolute_url()}#s-what"
    first_page = reverse("admin:reviews_readerquestion_change", args=[first.pk])
    client.post(first_page, {"act": "answer", "article": address, "words": "Here."})
    assert client.post(first_page, {"act": "decline", "words": "Too late."}).status_code == 409
    declined = client.post(page.replace(str(again.pk), str(other.pk)), {"act": "decline", "words": "Not medicine."})
    assert declined.status_code == 302
    stranger = Client()
    for of in (token, again_token):
        assert approved.title in words(stranger.get(reverse("question", args=[of])))
    assert "Not medicine." in words(stranger.get(reverse("question", args=[other_token])))
    actions = AuditEntry.objects.filter(about__startswith="question:").values_list("action", flat=True)
    assert sorted(actions) == ["question.answered", "question.asked", "question.asked", "question.asked"] + [
        "question.declined",
        "question.merged",
    ]


def test_a_question_becomes_a_draft_of_an_author_the_editor_names_and_is_nowhere_public(client, ana, eva, noor):
    question, token = questions.ask(f"Does a {CANARY} help?")
    client.force_login(eva)
    page = reverse("admin:reviews_readerquestion_change", args=[question.pk])
    said = {"act": "draft", "title": question.text, "topic": factories.topic().pk, "audience": Audience.PATIENT}
    assert client.post(page, said | {"author": "nobody-here"}).status_code == 422
    client.post(page, said | {"author": "ana"})
    article = Article.objects.get()
    assert (article.author, article.state, article.ai_involvement) == (ana, "draft", "draft_and_edits")
    assert Notification.objects.filter(kind=Kind.QUESTION_DRAFTED, recipient=ana).count() == 2
    status = words(Client().get(reverse("question", args=[token])))
    assert "asked an author to write" in status
    assert article.slug not in status
    with pytest.raises(PermissionDenied):
        questions.decline(sent(), words="No.", by=noor)


def test_the_words_of_a_question_are_gone_when_they_were_promised_to_be_and_the_count_stays(client, eva, settings):
    question, token = questions.ask(QUESTION)
    settled = sent()
    questions.decline(settled, words="No.", by=eva)
    with clock.at(clock.now() + timedelta(days=settings.QUESTIONS_KEPT_DAYS - 1)):
        assert questions.forget() == 0
    with clock.at(clock.now() + timedelta(days=settings.QUESTIONS_KEPT_DAYS)):
        assert (questions.forget(), questions.forget()) == (2, 0)
        page = words(client.get(reverse("question", args=[token])))
    assert QUESTION not in page
    assert "had to be deleted" in page
    assert list(ReaderQuestion.objects.values_list("text", "stage")) == [("", "declined"), ("", "declined")]
    assert AuditEntry.objects.filter(action="questions.forgotten").count() == 1


# A report


def test_a_report_has_a_clock_and_an_outcome_in_public_and_its_words_only_for_the_editors(client, approved, eva):
    quote = "Regular exercise probably eases long-lasting low back pain a little [1]."
    ticket = reported(client, approved, words=f"A {CANARY}: {HOSTILE}", quote=quote)["Location"]
    report = ProblemReport.objects.get()
    assert report.claim == claims_of(approved.latest_revision)[0].identity
    assert (report.place, report.digest) == ("s-what-exercise-can-do", approved.latest_revision.digest)
    page = words(client.get(ticket))
    assert "The editors answer by" in page
    article = client.get(approved.get_absolute_url())
    assert "1 report on this text is being looked into" in words(article)
    desk = Client()
    desk.force_login(eva)
    address = reverse("admin:reviews_problemreport_change", args=[report.pk])
    said = words(desk.get(address))
    assert CANARY in said
    assert "<script>alert" not in said
    desk.post(address, {"act": "settle", "outcome": "changed", "words": "The sentence now says how little."})
    again = desk.post(address, {"act": "settle", "outcome": "stands", "words": "My words."})
    assert (again.status_code, "My words." in words(again)) == (409, True)
    for public in (ticket, reverse("reports"), approved.get_absolute_url()):
        page = words(client.get(public))
        assert CANARY not in page
        assert "settled" in page.lower()
    assert "The sentence now says how little." in words(client.get(ticket))
    assert client.get(approved.get_absolute_url())["ETag"] != article["ETag"]
    actions = AuditEntry.objects.filter(action__startswith="report.").order_by("pk")
    assert list(actions.values_list("action", flat=True)) == ["report.received", "report.settled"]
    assert CANARY not in json.dumps(list(AuditEntry.objects.values_list("data", flat=True)))


def test_a_report_about_safety_reaches_every_editor_at_once_and_stands_first(client, approved, eva, ruth):
    received(approved)
    reported(client, approved, kind="safety", words=f"A {CANARY} took ten.")
    report = ProblemReport.objects.about_safety().get()
    told = Notification.objects.filter(kind=Kind.SAFETY_REPORT, channel=Channel.EMAIL)
    assert {row.recipient for row in told} == {eva, ruth}
    subject, body = emails.words_of(told.first())
    assert CANARY not in subject + body
    assert reverse("admin:reviews_problemreport_change", args=[report.pk]) in body
    client.force_login(eva)
    assert "Could hurt someone, say readers" in words(client.get(reverse("admin:index")))
    listed = words(client.get(reverse("admin:reviews_problemreport_changelist")))
    assert listed.index(f"Report {report.pk}") < listed.index(f"Report {report.pk - 1}")
    reports.escalate(report, by=eva)
    with pytest.raises(Conflict):
        reports.escalate(report, by=eva)
    assert {row.recipient for row in Notification.objects.filter(kind=Kind.REPORT_ESCALATED)} == {ruth}


def test_inv4_nobody_settles_a_report_on_a_text_they_wrote_or_review(submitted, approved, ana, rob, noor):
    ana.is_managing_editor = rob.user.is_managing_editor = True
    ana.save()
    rob.user.save()
    report = received(approved)
    for person in (ana, rob.user, noor):
        with pytest.raises(PermissionDenied):
            reports.settle(report, outcome=Outcome.STANDS, words="It is right.", by=person)


def test_an_unchecked_text_is_named_beside_its_caution_wherever_it_is_reported(client, submitted, eva):
    line = unit_at(submitted.slug, at=clock.now()).caution_line
    token = reported(client, submitted)["Location"]
    reports.settle(ProblemReport.objects.get(), outcome=Outcome.STANDS, words="We looked.", by=eva)
    for address in (reverse("report", args=[submitted.slug]), token, reverse("reports")):
        page = lxml.html.document_fromstring(words(client.get(address)))
        [unit] = page.xpath("//*[@data-standing]")
        assert submitted.title in unit.text_content()
        assert line in unit.text_content()
    publication.withdraw(submitted, by=eva, reason="Wrong.")
    for address in (reverse("report", args=[submitted.slug]), token, reverse("reports")):
        assert submitted.title not in words(client.get(address))
    refused = reported(client, submitted, words="x" * 100_000, quote="\0")
    assert (refused.status_code, "x" * 100_000 in words(refused)) == (422, True)


def test_the_words_of_a_report_are_deleted_so_long_after_it_was_settled(approved, eva, settings):
    report, waiting = received(approved), received(approved)
    reports.settle(report, outcome=Outcome.STANDS, words="We looked.", by=eva)
    with clock.at(clock.now() + timedelta(days=settings.QUESTIONS_KEPT_DAYS)):
        assert (reports.forget(), reports.forget()) == (1, 0)
    report.refresh_from_db()
    waiting.refresh_from_db()
    assert (report.words, bool(waiting.words), report.answer) == ("", True, "We looked.")


@pytest.mark.slow
def test_lists_of_reports_and_questions_cost_the_same_for_three_and_for_thirty(client, approved, ana, rob, eva):
    desk = Client()
    desk.force_login(eva)
    lists = [(client, reverse("reports")), (desk, reverse("admin:reviews_problemreport_changelist"))]
    lists.append((desk, reverse("admin:reviews_readerquestion_changelist")))

    def add(number):
        for n in range(number):
            text = factories.approved(by=ana, reviewer=rob, editor=eva) if n < 3 else approved
            report = received(text)
            questions.ask(f"{QUESTION} {n}")
            if n % 3:
                reports.settle(report, outcome=Outcome.STANDS, words="We looked.", by=eva)

    add(3)
    few = [queries(browser, address) for browser, address in lists]
    add(27)
    assert [queries(browser, address) for browser, address in lists] == few
