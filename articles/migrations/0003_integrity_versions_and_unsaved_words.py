import django.db.models.deletion
import simple_history.models
from django.conf import settings
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
        ("articles", "0002_retraction_list"),
        ("editorial", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="AlertedClaim",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("field", models.CharField(help_text="The language variant it stands in.", max_length=20)),
                ("identity", models.CharField(max_length=64)),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="claims", to="articles.notice"
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [models.UniqueConstraint(fields=("notice", "identity"), name="a_claim_is_named_once")],
            },
        ),
        migrations.CreateModel(
            name="BroughtIn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("name", models.CharField(help_text="The file it came from, or that it was pasted.", max_length=300)),
                (
                    "fingerprint",
                    models.CharField(
                        help_text="SHA-256 of what was brought in: the same comes in once.", max_length=64
                    ),
                ),
                ("report", models.JSONField(help_text="How many sources arrived, and each problem with its line.")),
                (
                    "article",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="brought_in", to="articles.article"
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [models.UniqueConstraint(fields=("by", "fingerprint"), name="brought_in_once")],
            },
        ),
        migrations.CreateModel(
            name="Buffer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("tab", models.CharField(max_length=32)),
                ("edition", models.PositiveIntegerField(help_text="Of the text it was typed over.")),
                (
                    "step",
                    models.BigIntegerField(
                        help_text="Grows with each sending of a tab: what arrives late replaces nothing."
                    ),
                ),
                ("fields", models.JSONField(default=dict)),
                ("saved_at", models.DateTimeField(db_index=True)),
                ("settled_at", models.DateTimeField(help_text="Since then its words are saved as text.", null=True)),
                (
                    "article",
                    models.ForeignKey(
                        help_text="Empty: a new text.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="articles.article",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["-saved_at", "-pk"],
                "constraints": [models.UniqueConstraint(fields=("user", "tab"), name="one_buffer_per_tab")],
            },
        ),
        migrations.CreateModel(
            name="CheckedSentence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "mark",
                    models.BigIntegerField(
                        help_text="The first eight bytes of the SHA-256 of the normalised sentence."
                    ),
                ),
                (
                    "revision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="checked_sentences",
                        to="articles.revision",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [models.UniqueConstraint(fields=("mark", "revision"), name="each_sentence_once")],
            },
        ),
        migrations.CreateModel(
            name="CheckRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("by_label", models.CharField(max_length=200)),
                ("rules_version", models.CharField(help_text="Names the rules by their code.", max_length=16)),
                ("results", models.JSONField()),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "revision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="check_runs", to="articles.revision"
                    ),
                ),
            ],
            options={
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="HistoricalRecordedSearch",
            fields=[
                ("id", models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID")),
                ("where", models.CharField(max_length=200, verbose_name="where")),
                ("terms", models.CharField(max_length=2000, verbose_name="search terms")),
                ("searched_on", models.DateField(verbose_name="day of the search")),
                ("hits", models.PositiveIntegerField(verbose_name="number of hits")),
                ("note", models.CharField(blank=True, max_length=500)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1),
                ),
                (
                    "article",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="articles.article",
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical recorded search",
                "verbose_name_plural": "historical recorded searchs",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Passage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.CharField(help_text="How the text was cut, and its digest.", max_length=80)),
                ("position", models.PositiveSmallIntegerField()),
                ("title", models.TextField()),
                ("heading", models.CharField(blank=True, max_length=300)),
                ("text", models.TextField()),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="passages", to="articles.article"
                    ),
                ),
            ],
            options={
                "ordering": ["article", "position"],
                "constraints": [models.UniqueConstraint(fields=("article", "position"), name="one_passage_per_place")],
            },
        ),
        migrations.CreateModel(
            name="ReadCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("reads", models.PositiveIntegerField(default=0)),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="articles.article"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("article", "day"), name="one_count_a_day")],
            },
        ),
        migrations.CreateModel(
            name="RecordedSearch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("where", models.CharField(max_length=200, verbose_name="where")),
                ("terms", models.CharField(max_length=2000, verbose_name="search terms")),
                ("searched_on", models.DateField(verbose_name="day of the search")),
                ("hits", models.PositiveIntegerField(verbose_name="number of hits")),
                ("note", models.CharField(blank=True, max_length=500)),
                ("edition", models.PositiveIntegerField(default=0, editable=False)),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="searches", to="articles.article"
                    ),
                ),
            ],
            options={
                "ordering": ["searched_on", "pk"],
            },
        ),
        migrations.CreateModel(
            name="SpellingKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=24)),
                ("word", models.CharField(max_length=24)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("key", "word"), name="one_row_per_key_and_word")],
            },
        ),
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
            name="funding",
            field=models.CharField(blank=True, max_length=500, verbose_name="who paid for the work"),
        ),
        migrations.AddField(
            model_name="article",
            name="interests",
            field=models.CharField(blank=True, max_length=500, verbose_name="interests of the authors"),
        ),
        migrations.AddField(
            model_name="article",
            name="open_reports",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name="article",
            name="settled_reports",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name="article",
            name="submitted_at",
            field=models.DateTimeField(editable=False, help_text="The newest revision; the queue's order.", null=True),
        ),
        migrations.AddField(
            model_name="historicalarticle",
            name="funding",
            field=models.CharField(blank=True, max_length=500, verbose_name="who paid for the work"),
        ),
        migrations.AddField(
            model_name="historicalarticle",
            name="interests",
            field=models.CharField(blank=True, max_length=500, verbose_name="interests of the authors"),
        ),
        migrations.AddField(
            model_name="reference",
            name="edition",
            field=models.PositiveIntegerField(default=1, editable=False),
        ),
        migrations.AddField(
            model_name="reference",
            name="list_number",
            field=models.PositiveSmallIntegerField(
                editable=False,
                help_text="What the list it came from calls it, until the text cites by keys.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="searchdocument",
            name="letter",
            field=models.CharField(default="", help_text="Where it stands in the A–Z.", max_length=1),
        ),
        migrations.AddField(
            model_name="searchdocument",
            name="sorted_by",
            field=models.CharField(default="", max_length=120),
        ),
        migrations.AlterField(
            model_name="notice",
            name="kind",
            field=models.CharField(
                choices=[
                    ("correction", "Correction"),
                    ("concern", "Expression of concern"),
                    ("retraction", "Retraction"),
                    ("withdrawal", "Withdrawal"),
                    ("source_alert", "Source alert"),
                    ("unsafe", "Flagged unsafe"),
                    ("class_raised", "Risk class raised"),
                    ("quarantine", "Quarantine"),
                    ("resolution", "Resolution"),
                ],
                max_length=20,
            ),
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
        migrations.AddIndex(
            model_name="searchdocument",
            index=models.Index(fields=["letter", "sorted_by", "article"], name="alphabetical_order"),
        ),
    ]
