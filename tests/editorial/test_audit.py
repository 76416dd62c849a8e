"""INV-6 to INV-8: what is kept for good stays, and whatever happens to the record is found and named."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from articles.models import Approval, Move, Notice, Revision
from editorial import immutability
from editorial.audit import record
from editorial.models import AuditEntry, AuditHead, User
from editorial.verification import Verdict, verify
from reviews import publication
from reviews.models import Decision, Release, ReviewPolicy
from tests import factories

pytestmark = pytest.mark.django_db
STANDALONE = Path(__file__).parents[2] / "editorial" / "verify_export.py"


@pytest.fixture
def unguarded(approved):
    """An approved article in a database whose guards somebody took away."""
    immutability.remove()
    yield approved
    immutability.install()


def tampered(statement, *params):
    with connection.cursor() as cursor:
        cursor.execute(statement, params)


def test_an_untouched_record_is_whole(approved):
    assert verify().faults == []


def test_a04_the_database_refuses_every_way_to_change_what_is_kept(approved, ruth, subtests):
    publication.correct(approved, by=ruth, text="A typing error in the title was mended.", details=factories.CORRECTION)
    connection.check_constraints()  # so that no waiting check of a key is what stops a TRUNCATE
    for model in (Revision, Approval, Move, Notice, Decision, Release, ReviewPolicy, AuditEntry):
        with subtests.test(model=model.__name__):
            for attempt in _ways_to_change(model):
                with pytest.raises(IntegrityError), transaction.atomic():
                    attempt()


def _ways_to_change(model):
    row = model.objects.order_by("pk").first()
    table, key = model._meta.db_table, model._meta.pk.column
    field, column = model._meta.concrete_fields[-1].attname, model._meta.concrete_fields[-1].column
    attempts = [
        lambda: model.objects.filter(pk=row.pk).update(**{field: getattr(row, field)}),
        lambda: model.objects.bulk_update([row], [model._meta.concrete_fields[-1].name]),
        lambda: row.save(),
        lambda: model.objects.filter(pk=row.pk)._raw_delete("default"),
        lambda: tampered(f"UPDATE {table} SET {column} = {column} WHERE {key} = %s", row.pk),
        lambda: tampered(f"DELETE FROM {table} WHERE {key} = %s", row.pk),
    ]
    if connection.vendor == "sqlite":
        attempts.append(lambda: tampered(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"))
    else:
        attempts.append(lambda: tampered(f"TRUNCATE {table} CASCADE"))
    return attempts


def test_a04_a_fixture_cannot_overwrite_a_revision(approved, tmp_path):
    content = approved.latest_revision
    dumped = io.StringIO()
    call_command("dumpdata", "articles.revision", stdout=dumped)
    rows = json.loads(dumped.getvalue())
    rows[0]["fields"]["content"] = "{}"
    path = tmp_path / "forged.json"
    path.write_text(json.dumps(rows))
    with pytest.raises(IntegrityError), transaction.atomic():
        call_command("loaddata", str(path))
    assert Revision.objects.get(pk=content.pk).content == content.content


def test_people_are_never_deleted(ana):
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=ana.pk)._raw_delete("default")


def test_guards_are_proven_at_the_start():
    assert immutability.missing() == []
    assert immutability.proven()
    immutability.remove()
    assert not immutability.proven()
    immutability.install()
    assert immutability.proven()


def test_a_changed_entry_is_named(unguarded):
    tampered("UPDATE editorial_auditentry SET action = 'harmless' WHERE sequence = 4")
    assert any("entry 4 (harmless) was changed" in fault.what for fault in verify().faults)
    assert verify().verdict == Verdict.BROKEN


def test_a_removed_entry_is_named(unguarded):
    tampered("DELETE FROM editorial_auditentry WHERE sequence = 4")
    assert any("entry 4 is missing" in fault.what for fault in verify().faults)


def test_reordered_entries_are_named(unguarded):
    tampered("UPDATE editorial_auditentry SET sequence = 9999 WHERE sequence = 4")
    tampered("UPDATE editorial_auditentry SET sequence = 4 WHERE sequence = 5")
    tampered("UPDATE editorial_auditentry SET sequence = 5 WHERE sequence = 9999")
    assert verify().verdict == Verdict.BROKEN


def test_a_chain_cut_at_its_end_is_shorter_than_its_head(unguarded):
    last = AuditEntry.objects.order_by("-sequence").first()
    tampered("DELETE FROM editorial_auditentry WHERE sequence = %s", last.sequence)
    assert verify().verdict == Verdict.SHORTENED


def test_a_chain_cut_together_with_its_head_is_found_by_a_mailed_anchor(unguarded):
    last = AuditEntry.objects.order_by("-sequence").first()
    tampered("DELETE FROM editorial_auditentry WHERE sequence = %s", last.sequence)
    before = AuditEntry.objects.order_by("-sequence").first()
    AuditHead.objects.update(sequence=before.sequence, hash=before.hash)
    assert Verdict.SHORTENED not in {fault.verdict for fault in verify().faults}
    assert Verdict.SHORTENED in {fault.verdict for fault in verify([last.record_number]).faults}


def test_a_rewritten_chain_is_found_by_a_mailed_anchor(approved):
    entry = AuditEntry.objects.order_by("-sequence").first()
    faults = verify([f"{entry.sequence}:{'0' * 16}"]).faults
    assert [fault.verdict for fault in faults] == [Verdict.BROKEN]


def test_a_row_without_its_entry_and_an_entry_without_its_row_are_named(unguarded):
    ReviewPolicy.objects.create(version=99, in_force_from="2026-01-01T00:00Z", rules={}, laid_down_by="nobody")
    decision = Decision.objects.get()
    tampered("DELETE FROM reviews_decision WHERE id = %s", decision.pk)
    said = [fault.what for fault in verify().faults if fault.verdict == Verdict.UNMATCHED]
    assert any("reviews.reviewpolicy" in what and "no entry" in what for what in said)
    assert any(f"reviews.decision:{decision.pk}" in what and "its row is gone" in what for what in said)


def test_a_changed_decision_is_named(unguarded):
    tampered("UPDATE reviews_decision SET reason = 'I was never here'")
    assert any("reviews.decision" in f.what and "was changed" in f.what for f in verify().faults)


def test_the_command_answers_with_the_documented_codes(unguarded):
    with pytest.raises(CommandError) as refused:
        call_command("verify_audit", stderr=io.StringIO())
    assert refused.value.returncode == Verdict.UNGUARDED
    immutability.install()
    said = io.StringIO()
    call_command("verify_audit", stdout=said)
    assert "The record is whole" in said.getvalue()


def test_a36_a_renamed_person_stays_on_record_as_they_were_known(approved, ana):
    ana.printed_name = "Ana Newname"
    ana.save()
    assert AuditEntry.objects.filter(actor=ana, action="article.created").get().actor_label == "Ana"


def test_an_export_is_verified_without_this_software(approved, tmp_path):
    path = tmp_path / "chain.jsonl"
    with path.open("w") as file:
        call_command("export_audit", stdout=file)
    anchor = AuditEntry.objects.order_by("-sequence").first().record_number

    def judged(*arguments):
        return subprocess.run([sys.executable, "-I", STANDALONE, *arguments], capture_output=True, text=True)

    assert judged(path, anchor).returncode == 0
    lines = path.read_text().splitlines()
    path.write_text("\n".join(line.replace('"Ana"', '"Bob"') for line in lines))
    assert judged(path).returncode == 1
    path.write_text("\n".join(lines[:2] + lines[3:]))
    assert judged(path).returncode == 1
    path.write_text("\n".join(lines[:-1]))
    assert judged(path, anchor).returncode == 2
    assert judged("nowhere.jsonl").returncode == 64


def test_a_refused_transaction_leaves_no_entry(ana):
    before = AuditEntry.objects.count()
    with transaction.atomic():
        record("something.done", by=ana)
        transaction.set_rollback(True)
    assert AuditEntry.objects.count() == before
