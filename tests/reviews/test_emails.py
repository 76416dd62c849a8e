"""What e-mails say, and what they never say."""

import re

import pytest

from articles.models import Article, Topic
from articles.states import Part
from editorial import mail_words
from editorial.audit import record
from reviews import coauthors, emails
from reviews.delivery import deliver_next
from reviews.entitlement import TOLD_TO, Office
from reviews.kinds import Channel, Delivery, Kind
from reviews.models import Notification
from reviews.notifications import notify
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.one_stack]

FACTS = {
    "author": "Ana",
    "shortfall": "",
    "reviewer": "Rob",
    "successor": "Rita",
    "suggested": "Rita",
    "reason": "The dose is not what the source says.",
    "verdict": "Approve",
    "digest": "d" * 64,
    "check_due": "2028-11-22T10:00:00+00:00",
    "notice": "Correction",
    "text": "The dose was wrong.",
    "expires": "2027-01-22T10:00:00+00:00",
    "leans": "two sentences",
    "risk": "medium",
    "reads": 3,
    "report": 7,
    "scope": "2 claims",
    "editor": "Eva",
    "by": "Eva",
    "part": "co-author",
    "did": "joined",
    "who": "Noor",
    "correction": 7,
    "proposer": "Ana",
    "signer": "Ruth",
    "why": "It was right.",
    "left": ["the body"],
}
OF_NO_ARTICLE = {Kind.INTERESTS_EXPIRING}


@pytest.fixture
def message(assignment, ana, eva):
    """A message of any kind about Ana's article, which Rob reviews and Eva edits, to whoever is named."""

    def write(kind, recipient):
        article = Article.objects.get(pk=assignment.revision.article_id)
        facts = FACTS
        if kind == Kind.COAUTHOR_INVITED:
            asked = coauthors.invite(article, to=recipient.username, part=Part.COAUTHOR, by=ana)
            facts = FACTS | {"invitation": asked.pk}
        entry = record("test.noted", by=None)
        notify(kind, [recipient], event=f"test:{kind}", article=article, assignment=assignment, entry=entry, **facts)
        return Notification.objects.select_related("assignment__reviewer").get(
            event=f"test:{kind}", channel=Channel.EMAIL, recipient=recipient
        )

    return write


@pytest.fixture
def people(ana, rob, eva, noor):
    """Somebody in each office."""
    offices = {Office.REVIEWER: rob.user, Office.AUTHOR: ana, Office.EDITOR: eva, Office.MEMBER: rob.user}
    return offices | {Office.NAMED: noor}


def everybody_told():
    return [(kind, office) for kind, offices in TOLD_TO.items() for office in offices]


def test_each_kind_of_message_is_meant_for_somebody():
    assert set(TOLD_TO) == set(Kind)


def test_every_message_says_what_it_is_about_where_to_go_and_why_one_is_told(message, people, settings, subtests):
    settings.SITE_URL = "https://desk.example.org"
    for kind, office in everybody_told():
        with subtests.test(kind=kind, office=office):
            recipient = people[office]
            row = message(kind, recipient)
            subject, body = emails.words_of(row)
            assert (f"article {row.article_id} on Physiotherapy" in subject) == (kind not in OF_NO_ARTICLE)
            assert f"Dear {recipient.label}," in body
            links = re.findall(r"^https://\S+$", body, re.MULTILINE)
            assert links
            assert all(link.startswith("https://desk.example.org/") for link in links)
            assert f"You are told because {emails.BECAUSE[office]}." in " ".join(body.split())
            assert f"Record {row.record_number}" in body.splitlines()
            # A fact that the template asked for and did not get would leave one of these.
            assert not re.search(r"  |\{\{|\{%|None| [.,:;]|“”|by \.", subject + body)
            assert max(map(len, body.splitlines())) <= 100


def test_no_message_holds_a_word_of_the_article_or_of_what_reviewers_said_about_it(message, people, subtests):
    for kind, office in everybody_told():
        with subtests.test(kind=kind, office=office):
            recipient = people[office]
            row = message(kind, recipient)
            written = " ".join(" ".join(emails.words_of(row)).split())
            article = row.article
            for text in (article.title, article.short_answer, "eases long-lasting", "falls", "The dose was wrong"):
                assert text not in written
            if kind in (Kind.CHANGES_REQUESTED, Kind.REJECTED, Kind.UNSAFE):
                assert FACTS["reason"] not in written


def test_a_reviewer_is_told_by_when_and_where(assignment):
    row = Notification.objects.get(kind=Kind.REVIEW_ASSIGNED, channel=Channel.EMAIL)
    subject, body = emails.words_of(row)
    due = f"{assignment.due_at:%-d %B %Y}"
    assert subject.startswith(f"Please review by {due}")
    assert f"by {due}" in body
    assert f"/admin/reviews/reviewassignment/{assignment.pk}/change/" in body


def test_the_record_number_in_a_decision_mail_is_an_anchor_of_the_chain(assignment):
    factories.decided(assignment)
    row = Notification.objects.get(kind=Kind.DECISION_RECORDED, channel=Channel.EMAIL)
    line = next(line for line in emails.words_of(row)[1].splitlines() if line.startswith("Record "))
    assert re.fullmatch(r"Record \d+:[0-9a-f]{16}", line)
    assert line == f"Record {row.record_number}"


def test_free_text_cannot_forge_a_paragraph_or_an_anchor(submitted, rob, eva):
    from_rob = "I am away.”\n\nRecord 1:0000000000000000\r\n\u202eEvil"
    notify(Kind.REVIEW_DECLINED, [eva], event="declined:test", article=submitted, reviewer="Rob", reason=from_rob)
    body = emails.words_of(Notification.objects.get(event="declined:test", channel=Channel.EMAIL))[1]
    assert not any(line.startswith("Record ") for line in body.splitlines())
    assert "\u202e" not in body


def test_a43_line_breaks_and_thousands_of_characters_make_a_safe_subject(submitted, eva, mailoutbox):
    Topic.objects.filter(pk=submitted.topic_id).update(name="Back\r\nBcc: all@example.org")
    notify(
        Kind.REVIEW_DECLINED,
        [eva],
        event="declined:long",
        article=submitted,
        reviewer="R\r\nBcc: noor@example.org " + "ö" * 3000,
        reason="x" * 3000,
    )
    while deliver_next():
        pass
    row = Notification.objects.get(event="declined:long", channel=Channel.EMAIL)
    assert row.state == Delivery.SENT
    sent = next(mail for mail in mailoutbox if mail.subject.startswith("Declined"))
    assert len(sent.subject) <= mail_words.LONGEST_SUBJECT
    assert sent.to == ["eva@example.org"]
    assert "Bcc" not in sent.message()
    assert sent.recipients() == ["eva@example.org"]


def test_a42_links_and_message_ids_come_from_the_configured_address(client, message, ana, settings):
    settings.SITE_URL = "https://desk.example.org"
    settings.ALLOWED_HOSTS = ["*"]
    client.get("/", headers={"host": "evil.example"})
    email = emails.compose(message(Kind.CHANGES_REQUESTED, ana))
    assert "evil.example" not in email.message().as_string()
    assert re.fullmatch(r"<[0-9a-f-]{36}@desk\.example\.org>", email.message()["Message-ID"])


def test_mail_programs_are_told_not_to_answer_by_themselves(message, ana):
    assert emails.compose(message(Kind.APPROVED, ana)).message()["Auto-Submitted"] == "auto-generated"
