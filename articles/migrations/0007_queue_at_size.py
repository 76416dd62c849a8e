from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def fill(apps, schema_editor):
    """One statement for each column: what is copied stands in the newest revision and in the approval that stands."""
    Article = apps.get_model("articles", "Article")
    revisions = apps.get_model("articles", "Revision").objects.filter(pk=OuterRef("latest_revision"))
    approvals = apps.get_model("articles", "Approval").objects.filter(pk=OuterRef("approval"))
    Article.objects.exclude(latest_revision=None).update(submitted_at=Subquery(revisions.values("submitted_at")))
    stand = Article.objects.exclude(approval=None).exclude(state__in=["withdrawn", "retracted"])
    stand.update(check_due_at=Subquery(approvals.values("valid_until")))
    # PostgreSQL builds no index on rows whose keys it has put off checking.
    schema_editor.connection.check_constraints()


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0006_readers_and_alerted_claims"),
    ]

    operations = [
        migrations.AddField(
            model_name="article",
            name="check_due_at",
            field=models.DateTimeField(
                editable=False,
                help_text="Of the approval that stands; for finding, never for what readers are told.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="article",
            name="submitted_at",
            field=models.DateTimeField(editable=False, help_text="The newest revision; the queue's order.", null=True),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="article",
            index=models.Index(
                condition=models.Q(("state__in", ("submitted", "under_review", "changes_requested"))),
                fields=["-risk", "submitted_at", "id"],
                name="in_work_order",
            ),
        ),
        migrations.AddIndex(
            model_name="article",
            index=models.Index(
                condition=models.Q(("state__in", ("submitted", "under_review", "changes_requested"))),
                fields=["state", "-risk", "submitted_at", "id"],
                name="in_work_by_state",
            ),
        ),
        migrations.AddIndex(
            model_name="article",
            index=models.Index(
                condition=models.Q(("check_due_at__isnull", False)),
                fields=["check_due_at", "id"],
                name="check_due_order",
            ),
        ),
        migrations.AddIndex(
            model_name="article",
            index=models.Index(fields=["language"], name="by_language"),
        ),
        migrations.AddIndex(
            model_name="article",
            index=models.Index(fields=["ai_involvement"], name="by_ai_involvement"),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("kind__in", ("unsafe", "quarantine"))), fields=["article"], name="stopping_notices"
            ),
        ),
    ]
