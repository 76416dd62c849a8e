"""What a notice has to say, field by field: refused while something is missing, and shown wherever the notice is."""

import hashlib

import pytest
from django.urls import reverse

from articles.models import Notice
from articles.notice_fields import FIELDS, LONGEST, NoticeIncomplete, checked, printed
from articles.states import NoticeKind
from editorial.audit import canonical, fingerprint
from editorial.errors import WorkflowError
from reviews import publication
from tests import factories
from tests.desk import words


def test_each_field_is_refused_by_its_own_name():
    wrong = {"was_wrong": " ", "effect": "x" * (LONGEST + 1), "noticed_by": "nobody", "noticed_on": "2999-01-01"}
    with pytest.raises(NoticeIncomplete) as refusal:
        checked(NoticeKind.CORRECTION, wrong | {"is_approved": "yes"})
    assert set(refusal.value.errors) == {*wrong, "is_right", "is_approved"}
    for said in ("soon", "2024-13-01", "9999-12-31", "2020-01-01"):
        with pytest.raises(NoticeIncomplete):
            checked(NoticeKind.CONCERN, factories.CONCERN | {"expected_on": said})
    with pytest.raises(NoticeIncomplete):
        checked(NoticeKind.CONCERN, factories.CONCERN | {"doing": "turned \u202e round"})
    assert "replaced_by" not in checked(NoticeKind.RETRACTION, factories.RETRACTION)


@pytest.mark.django_db
def test_a_correction_says_what_was_wrong_wherever_it_is_told(client, approved, ruth):
    client.force_login(ruth)
    page = reverse("admin:articles_article_change", args=[approved.pk])
    said = {"act": "correct", "text": "One number was wrong."} | factories.CORRECTION
    refused = client.post(page, said | {"effect": "", "noticed_on": "yesterday"})
    assert refused.status_code == 422
    assert "“What it does to the conclusion” has to be said." in words(refused)
    assert "has to be a date" in words(refused)
    assert "This field is required" not in words(refused)
    assert "One number was wrong." in words(refused)
    assert client.post(page, said).status_code == 302
    notice = Notice.objects.get()
    assert notice.details == factories.CORRECTION
    client.logout()
    for address in (approved.get_absolute_url(), reverse("corrections")):
        told = words(client.get(address))
        assert '<dt>What is right</dt><dd class="as-typed">“Two pages”</dd>' in told
        assert '<dt>Who noticed it</dt><dd class="as-typed">A reader</dd>' in told
        assert "2 January 2024" in told
    assert "What is right: “Two pages”" in client.get(reverse("feed")).content.decode()
    [item] = client.get(reverse("feed-json")).json()["items"]
    assert item["standing"]["notices"][0]["details"]["Who noticed it"] == "A reader"
    [overlay] = client.get(reverse("api:article", args=[approved.slug])).json()["standing"]["overlays"]
    assert [each["label"] for each in overlay["details"]] == [field.label for field in FIELDS[NoticeKind.CORRECTION]]
    with pytest.raises(NoticeIncomplete):
        publication.raise_concern(approved, by=ruth, text="It is in doubt.", details={})


@pytest.mark.django_db
@pytest.mark.parametrize(
    "words", ["It is \u202eright", "It is\x07 wrong", "x" * 10_001], ids=["turned", "bell", "long"]
)
def test_the_words_of_a_notice_hide_nothing_and_have_an_end(approved, ana, ruth, words):
    on = {"by": ruth, "details": factories.CORRECTION}
    for verb in (
        lambda: publication.correct(approved, text=words, **on),
        lambda: publication.retract(approved, by=ruth, text="Wrong.", reason=words, details=factories.RETRACTION),
        lambda: publication.withdraw(approved, by=ana, reason=words),
        lambda: publication.submit(approved, by=ana, change_note=words),
    ):
        with pytest.raises(WorkflowError):
            verb()
    assert not Notice.objects.exists()


@pytest.mark.django_db
def test_a_notice_from_before_the_fields_keeps_its_fingerprint_and_is_still_told(approved, ruth):
    notice = publication.correct(approved, by=ruth, text="One number was wrong.", details=factories.CORRECTION)
    before = Notice.objects.get(pk=notice.pk)
    before.details = {}
    columns = {f.attname: f.value_to_string(before) for f in Notice._meta.concrete_fields if f.name != "details"}
    assert fingerprint(before) == hashlib.sha256(canonical(columns)).hexdigest()
    assert fingerprint(notice) != fingerprint(before)
    assert printed(before.kind, before.details) == ()
