"""What the inbox promises: each message in a sentence, a way to what it is about, and nothing of others."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template.loader import get_template
from django.urls import reverse

from articles import editing
from reviews import context, inbox
from reviews.kinds import Kind
from reviews.models import Notification
from reviews.notifications import notify
from tests import factories
from tests.desk import at, queries, words

pytestmark = [pytest.mark.django_db, pytest.mark.one_stack]


def told(client, person):
    client.force_login(person)
    return words(client.get(reverse("inbox")))


@pytest.mark.parametrize("kind", Kind.values)
def test_every_kind_of_message_has_a_sentence(client, ana, draft, kind):
    notify(Kind(kind), [ana], event=f"test:{kind}", article=draft)
    assert get_template(f"inbox/_{kind}.html")
    assert (draft.title in told(client, ana)) == (kind != Kind.INTERESTS_EXPIRING)


def test_each_person_is_led_to_where_their_own_work_is(client, ana, eva, rob, assignment):
    article = assignment.revision.article
    factories.decided(assignment, "request_changes")
    assert at("desk-article", article) in told(client, ana)
    assert reverse("admin:articles_article_change", args=[article.pk]) in told(client, eva)


def test_a_reviewer_is_led_to_the_review_while_it_is_open_and_nowhere_after(client, rob, assignment):
    address = reverse("admin:reviews_reviewassignment_change", args=[assignment.pk])
    assert address in told(client, rob.user)
    factories.decided(assignment, "request_changes")
    assert address not in told(client, rob.user)


def test_a_working_title_written_after_the_review_is_not_told_to_the_reviewer(client, ana, rob, assignment):
    article = assignment.revision.article
    factories.decided(assignment, "request_changes")
    article = factories.fresh(article)
    editing.change(article, by=ana, edition=article.edition, title="A title nobody else was shown?")
    assert "A title nobody else was shown?" in told(client, ana)
    assert "A title nobody else was shown?" not in told(client, rob.user)


def test_markup_in_a_reason_is_inert(client, ana, assignment):
    factories.decided(assignment, "request_changes", reason="<img src=x onerror=alert(1)>")
    page = told(client, ana)
    assert "<img src=x" not in page
    assert "&lt;img src=x" in page


def test_a_message_is_marked_as_read_and_the_header_counts_the_rest(client, ana, draft):
    for n in range(3):
        notify(Kind.WITHDRAWN, [ana], event=f"test:{n}", article=draft)
    client.force_login(ana)
    first = Notification.objects.inbox_of(ana).first()
    client.post(reverse("inbox-read", args=[first.pk]))
    assert client.get(reverse("inbox")).context["unread_count"] == 2
    client.post(reverse("inbox-read-all"))
    assert inbox.unread_count(ana) == 0


def test_nobody_marks_somebody_elses_message(client, ana, noor, draft):
    notify(Kind.WITHDRAWN, [ana], event="test", article=draft)
    client.force_login(noor)
    assert client.post(reverse("inbox-read", args=[Notification.objects.inbox_of(ana).get().pk])).status_code == 404
    assert inbox.unread_count(ana) == 1


def test_looking_at_a_link_marks_nothing(client, ana, draft):
    notify(Kind.WITHDRAWN, [ana], event="test", article=draft)
    client.force_login(ana)
    assert client.get(reverse("inbox-read", args=[Notification.objects.inbox_of(ana).get().pk])).status_code == 405
    assert inbox.unread_count(ana) == 1


@pytest.mark.slow
def test_the_inbox_costs_the_same_for_three_messages_and_for_thirty_and_turns_pages(client, ana, draft):
    client.force_login(ana)
    for n in range(3):
        notify(Kind.WITHDRAWN, [ana], event=f"few:{n}", article=draft)
    few = queries(client, reverse("inbox"))
    for n in range(40):
        notify(Kind.WITHDRAWN, [ana], event=f"more:{n}", article=draft)
    assert queries(client, reverse("inbox")) == few <= 9
    earlier = client.get(reverse("inbox")).context["earlier"]
    assert len(client.get(reverse("inbox") + earlier).context["told"]) == 13


def test_strangers_are_not_counted_for(django_assert_num_queries, rf):
    request = rf.get("/")
    request.user = AnonymousUser()
    with django_assert_num_queries(0):
        assert not context.inbox(request)["unread_count"]


def test_everybody_comes_home_to_their_own_work_after_signing_in(client, ana, eva, rob):
    homes = {}
    for person in (ana, eva, rob.user):
        client.force_login(person)
        homes[person.label] = client.get(reverse("home-of-user")).url
    assert homes == {"Ana": reverse("desk"), "Eva": reverse("admin:index"), "Rob": reverse("admin:index")}


def test_signing_in_and_out_uses_the_houses_addresses(client, ana):
    ana.set_password("a long enough secret")
    ana.save()
    answer = client.post(reverse("login"), {"username": "ana", "password": "a long enough secret"})
    assert answer.url == reverse("home-of-user")
    assert client.get(reverse("logout")).status_code == 405
    client.post(reverse("logout"))
    assert client.get(reverse("desk")).status_code == 302


def test_signing_in_leads_to_no_other_site(client, ana):
    client.force_login(ana)
    assert client.get(reverse("login"), {"next": "https://evil.example/"}).url == reverse("home-of-user")
