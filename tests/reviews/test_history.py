"""The history of an article on one page: all that happened, in one line, as far as whoever looks may know it."""

import pytest
from django.urls import reverse

from articles import editing
from articles.models import Move
from articles.quotes import Passage
from reviews import claims, comments, publication
from reviews.comments import Remark
from reviews.models import ReviewAssignment, Thread, ThreadMessage
from reviews.timeline import MOST, Sort
from tests import factories
from tests.desk import at, queries, words

pytestmark = pytest.mark.django_db


def in_the_admin(article):
    return reverse("admin:article-history", args=[article.pk])


@pytest.fixture
def story(assignment, ana, rob, rita, eva):
    """Rob commented and asked for changes; Ana answered and submitted again; Rita reads the new revision."""
    on = {"by": rob.user, "digest": assignment.revision.digest}
    claims.begin(assignment, by=rob.user)
    comments.say_at_once(assignment, Passage("body", "pain follows a fall"), Remark("Which fall?"), **on)
    factories.decided(assignment, "request_changes", reason="Please mend this.")
    article = factories.answered(assignment.revision.article, words="We wrote which.")
    editing.change(article, by=ana, edition=article.edition, body=factories.BODY.replace("a little", "by 10 percent"))
    publication.submit(factories.fresh(article), by=ana, change_note="Which fall is told now.")
    factories.assigned(factories.fresh(article), rita, by=eva)
    return factories.fresh(article)


EVERYBODY = ("Revision 2 was frozen", "Which fall is told now.", "Under review: Rita", "Changes requested: Rob")
AUTHORS = ("Text edited", "Rob asked: Comment on the body", "Which fall?", "Decision on revision 1", "We wrote which.")
EDITORS = ("Rob was asked to read it", "Rita accepted the review", "Rob opened the text")


def test_it_tells_each_as_much_as_they_may_know(client, story, ana, eva, rita, rob):
    shown = {}
    for name, user, where in (
        ("ana", ana, at("desk-history", story)),
        ("eva", eva, in_the_admin(story)),
        ("rita", rita.user, in_the_admin(story)),
    ):
        client.force_login(user)
        shown[name] = words(client.get(where))
    for told in EVERYBODY:
        assert all(told in page for page in shown.values()), told
    for told in AUTHORS:
        assert told in shown["ana"], told
        assert told in shown["eva"], told
        assert told not in shown["rita"], told
    assert story.latest_revision.digest[:12] in shown["rita"]
    for told in EDITORS:
        assert told in shown["eva"], told
        assert told not in shown["ana"], told
    assert "Rita accepted the review" in shown["rita"]
    assert "Rob was asked to read it" not in shown["rita"]
    assert "Compare two versions" not in shown["rita"]
    client.force_login(rob.user)
    assert client.get(in_the_admin(story)).status_code == 404


def test_it_is_narrowed_to_one_kind_and_nothing_else(client, story, ana):
    client.force_login(ana)
    where = at("desk-history", story)
    page = client.get(f"{where}?sort=points")
    assert {event.sort for event in page.context["page"].events} == {Sort.POINTS}
    assert len(page.context["page"].events) == ThreadMessage.objects.count() == 4
    assert "Nothing of this kind happened yet" in words(client.get(f"{where}?sort=notices"))
    for wrong in (
        "?sort=reviews",
        "?sort=x",
        "?before=x",
        "?before=9999-12-31T23:59:59-23:59",
        "?before=0001-01-01T00:00:00%2B23:59",
        "?older=9&newer=now",
        "?older=x&newer=1",
        "?older=1&newer=²",
    ):
        assert client.get(where + wrong).status_code == 404, wrong


def test_why_a_text_was_retracted_is_told_to_nobody_but_editors(client, approved, ana, ruth):
    told = {"text": "It is wrong.", "reason": "Kept with the desk."}
    publication.retract(approved, by=ruth, **told, details=factories.RETRACTION)
    for user, where, is_told in ((ana, at("desk-history", approved), False), (ruth, in_the_admin(approved), True)):
        client.force_login(user)
        page = words(client.get(where))
        assert told["text"] in page
        assert (told["reason"] in page) is is_told


def test_any_two_versions_are_compared_with_what_touches_the_meaning_marked(client, story, ana, eva):
    editing.change(story, by=ana, edition=story.edition, short_answer="Probably by 20 percent.")
    for user, where in ((ana, at("desk-history", story)), (eva, in_the_admin(story))):
        client.force_login(user)
        page = words(client.get(f"{where}?older=1&newer=2"))
        assert '<option value="1" selected>' in page
        assert 'data-sign="number"' in page
        assert "by 10 percent" in page
        assert "20 percent" not in page.split('id="events"')[0]
        assert "20 percent" in words(client.get(f"{where}?older=2&newer=now")).split('id="events"')[0]
        assert "Nothing a reader would see differs" in words(client.get(f"{where}?older=1&newer=1"))


def test_words_of_others_are_never_read_as_markup(client, draft, ana, eva):
    hostile = '<script>alert("x")</script>'
    editing.change(draft, by=ana, edition=draft.edition, interests=hostile)
    publication.submit(factories.fresh(draft), by=ana, change_note=hostile)
    for user, where in ((ana, at("desk-history", draft)), (eva, in_the_admin(draft))):
        client.force_login(user)
        assert hostile not in words(client.get(where))
        assert "&lt;script&gt;" in words(client.get(where))


@pytest.mark.slow
@pytest.mark.one_stack
def test_three_of_each_cost_as_many_queries_as_thirty_and_no_page_loses_any(client, story, ana, eva, rita):
    addresses = ((ana, at("desk-history", story)), (eva, in_the_admin(story)), (rita.user, in_the_admin(story)))

    def cost():
        found = []
        for user, where in addresses:
            client.force_login(user)
            client.get(where)
            found.append(queries(client, where))
        return found

    few = cost()
    assert max(few) < 30
    point, said, move = Thread.objects.first(), ThreadMessage.objects.first(), Move.objects.last()
    log = ReviewAssignment.history.last()
    for _ in range(27):
        point.pk = said.pk = move.pk = log.history_id = None
        point.save()
        said.thread = point
        said.save()
        move.save()
        log.save()
        story = editing.change(story, by=ana, edition=story.edition, funding=f"Nobody {story.edition}.")
    assert cost() == few
    client.force_login(ana)
    seen, older = [], "before="
    while older:
        page = client.get(f"{addresses[0][1]}?{older}")
        seen += page.context["page"].events
        older = page.context["older"] if page.context["page"].older else ""
    assert len(seen) > 3 * MOST
    assert [event.at for event in seen] == sorted((event.at for event in seen), reverse=True)
    assert sum(event.words == "Text edited" for event in seen) == 28
