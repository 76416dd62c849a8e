import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def those_asked_before_had_accepted(apps, schema_editor):
    """Until now whoever was asked had the text at once."""
    apps.get_model("reviews", "ReviewAssignment").objects.update(accepted_at=models.F("assigned_at"))


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0003_integrity_versions_and_unsaved_words"),
        ("editorial", "__first__"),
        ("reviews", "0003_interests_and_credentials"),
    ]

    operations = [
        migrations.CreateModel(
            name="Absence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("note", models.CharField(blank=True, help_text="For the editors only.", max_length=200)),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="absences", to="reviews.boardmember"
                    ),
                ),
            ],
            options={
                "ordering": ["starts_on", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gte", models.F("starts_on"))), name="ends_after_start"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ChecklistAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("item", models.CharField(max_length=20)),
                (
                    "answer",
                    models.CharField(choices=[("yes", "Yes"), ("no", "No"), ("na", "Does not apply")], max_length=3),
                ),
                ("note", models.TextField(blank=True)),
                ("answered_at", models.DateTimeField()),
                (
                    "assignment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="checklist_answers",
                        to="reviews.reviewassignment",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("assignment", "item"), name="one_answer_per_item"),
                    models.CheckConstraint(
                        condition=models.Q(("answer__in", ["yes", "no", "na"])), name="known_answer"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ClaimVerdict",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "identity",
                    models.CharField(
                        help_text="Which claim: it holds while the sentence stays as it is.", max_length=64
                    ),
                ),
                (
                    "finding",
                    models.CharField(
                        choices=[
                            ("supported", "Supported"),
                            ("partly", "Partly"),
                            ("not_supported", "Not supported"),
                            ("contradicted", "Contradicted"),
                            ("wrong_population", "Wrong population"),
                            ("cannot_open", "Cannot open"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "place",
                    models.CharField(
                        blank=True, help_text="Where in the source: page, table, a few words.", max_length=300
                    ),
                ),
                ("note", models.TextField(blank=True, help_text="For the authors.")),
                (
                    "evidence",
                    models.CharField(help_text="Fingerprint of the sentence and its sources as judged.", max_length=64),
                ),
                ("judged_at", models.DateTimeField()),
                (
                    "assignment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="claim_verdicts",
                        to="reviews.reviewassignment",
                    ),
                ),
                (
                    "carried_from",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="reviews.decision"
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("assignment", "identity"), name="one_verdict_per_claim"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "finding__in",
                                [
                                    "supported",
                                    "partly",
                                    "not_supported",
                                    "contradicted",
                                    "wrong_population",
                                    "cannot_open",
                                ],
                            )
                        ),
                        name="known_claim_finding",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="InterestAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "level",
                    models.CharField(choices=[("none", "None"), ("minor", "Minor"), ("major", "Major")], max_length=8),
                ),
                ("words", models.TextField(blank=True)),
                ("answered_at", models.DateTimeField()),
                (
                    "assignment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="interest_answer",
                        to="reviews.reviewassignment",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("level", "none"), models.Q(("words", ""), _negated=True), _connector="OR"),
                        name="an_interest_is_named",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LadderStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rung", models.CharField(max_length=40)),
                (
                    "act",
                    models.CharField(
                        choices=[
                            ("remind", "Remind the reviewer"),
                            ("deputy", "Ask the deputy"),
                            ("editor", "Tell the editors"),
                            ("reassign", "Ask whoever fits best"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "reached_at",
                    models.DateTimeField(help_text="When the rung was due, however late the clock came by."),
                ),
                ("taken_at", models.DateTimeField()),
                ("outcome", models.TextField()),
                (
                    "assignment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="reviews.reviewassignment"
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [models.UniqueConstraint(fields=("assignment", "rung"), name="each_rung_once")],
            },
        ),
        migrations.CreateModel(
            name="ProblemReport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(editable=False, max_length=64, unique=True)),
                (
                    "digest",
                    models.CharField(blank=True, help_text="Of the text that readers were shown then.", max_length=64),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("safety", "Safety: it could hurt someone"),
                            ("wrong", "It is wrong"),
                            ("outdated", "It is out of date"),
                            ("source", "Something is the matter with a source"),
                            ("unclear", "It is unclear"),
                        ],
                        max_length=10,
                        verbose_name="what is the matter",
                    ),
                ),
                ("quote", models.CharField(blank=True, max_length=1000)),
                (
                    "place",
                    models.CharField(
                        blank=True, help_text="Where the quote stands in the text, if it does.", max_length=200
                    ),
                ),
                (
                    "claim",
                    models.CharField(
                        blank=True, help_text="The identity of the claim it is about, if any.", max_length=64
                    ),
                ),
                ("words", models.TextField(blank=True, verbose_name="the reader's words")),
                ("reported_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("open", "Being looked into"),
                            ("escalated", "With the responsible editor"),
                            ("settled", "Settled"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("escalated_at", models.DateTimeField(null=True)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("changed", "The text was changed, or is being changed"),
                            ("marked", "A notice was put on the text, or it was taken down"),
                            ("stands", "We looked into it, and the text stands"),
                            ("elsewhere", "It is not about what this text says"),
                        ],
                        max_length=10,
                    ),
                ),
                ("answer", models.TextField(blank=True, help_text="What readers are told.")),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="articles.article"
                    ),
                ),
                (
                    "revision",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="articles.revision"
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "readers' reports",
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(fields=["stage", "due_at"], name="report_order"),
                    models.Index(fields=["article", "stage"], name="reports_of_article"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("settled_at__isnull", False),
                                ("stage", "settled"),
                                models.Q(("outcome", ""), _negated=True),
                                models.Q(("answer", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("stage", "settled"), _negated=True),
                                ("answer", ""),
                                ("outcome", ""),
                                ("settled_at", None),
                            ),
                            _connector="OR",
                        ),
                        name="a_settled_report_has_an_outcome",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ReaderQuestion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(editable=False, max_length=64, unique=True)),
                ("text", models.CharField(blank=True, max_length=500)),
                ("asked_at", models.DateTimeField()),
                ("kept_until", models.DateTimeField()),
                (
                    "stage",
                    models.CharField(
                        choices=[
                            ("open", "Waiting for the editors"),
                            ("merged", "Joined with the same question"),
                            ("answered", "Answered"),
                            ("drafted", "Being written about"),
                            ("declined", "Not taken up"),
                        ],
                        db_index=True,
                        default="open",
                        max_length=10,
                    ),
                ),
                ("words", models.TextField(blank=True, help_text="What the editors tell the reader.")),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "answer",
                    models.ForeignKey(
                        help_text="What answers it, or will.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="articles.article",
                    ),
                ),
                (
                    "article",
                    models.ForeignKey(
                        help_text="Where the reader came from.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="articles.article",
                    ),
                ),
                (
                    "merged_into",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merged",
                        to="reviews.readerquestion",
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "readers' questions",
                "ordering": ["-pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("text", ""), _negated=True),
                        fields=["kept_until"],
                        name="question_texts_kept",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("settled_at", None), ("stage", "open")),
                            models.Q(models.Q(("stage", "open"), _negated=True), ("settled_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="an_open_question_is_not_settled",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Recheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("expiry", "Its check runs out"),
                            ("source_alert", "A source was retracted or is in doubt"),
                            ("report", "A reader reported it"),
                            ("risk", "Its risk class was raised"),
                            ("editor", "An editor asked for it"),
                        ],
                        max_length=14,
                    ),
                ),
                (
                    "claims",
                    models.JSONField(
                        default=list, help_text="The identities of the claims it is about; none: the whole text."
                    ),
                ),
                ("is_whole", models.BooleanField()),
                ("words", models.TextField(help_text="What the reviewers are told of why.")),
                ("opened_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("stands", "It stands"),
                            ("needs_changes", "It needs changes"),
                            ("unsafe", "It is unsafe"),
                            ("dropped", "No longer needed"),
                        ],
                        max_length=14,
                    ),
                ),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="articles.article"
                    ),
                ),
                (
                    "notice",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="articles.notice"
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        help_text="Null: the system.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="reviews.problemreport",
                    ),
                ),
                (
                    "revision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="articles.revision"
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("closed_at__isnull", True)), fields=["article"], name="open_rechecks"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("notice__isnull", False)), fields=("notice",), name="once_for_a_notice"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("report__isnull", False)), fields=("report",), name="once_for_a_report"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("closed_at__isnull", True), ("is_whole", True)),
                        fields=("revision",),
                        name="whole_text_once_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_at__isnull", True), ("outcome", "")),
                            models.Q(("closed_at__isnull", False), models.Q(("outcome", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="a_closed_recheck_has_an_outcome",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60)),
                ("query", models.CharField(help_text="As the queue's address says it.", max_length=500)),
                ("is_shared", models.BooleanField(default=False, help_text="All editors see it.")),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["name", "pk"],
                "constraints": [models.UniqueConstraint(fields=("owner", "name"), name="one_view_per_name")],
            },
        ),
        migrations.CreateModel(
            name="TellingPreference",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "choices",
                    models.JSONField(
                        default=dict, help_text="Per kind of message; a kind that is not named is told at once."
                    ),
                ),
                (
                    "time_zone",
                    models.CharField(
                        default="UTC", help_text="Dates in e-mails are given for this zone.", max_length=60
                    ),
                ),
                (
                    "daily_at",
                    models.PositiveSmallIntegerField(
                        default=7, help_text="The hour of the daily e-mail, in that zone."
                    ),
                ),
                (
                    "quiet_from",
                    models.PositiveSmallIntegerField(help_text="From this hour on no e-mail is sent…", null=True),
                ),
                ("quiet_until", models.PositiveSmallIntegerField(help_text="… until this one.", null=True)),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="telling", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("daily_at__lt", 24)), name="a_day_has_24_hours"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("quiet_from__isnull", True), ("quiet_until__isnull", True)),
                            models.Q(
                                ("quiet_from__isnull", False),
                                ("quiet_from__lt", 24),
                                ("quiet_until__isnull", False),
                                ("quiet_until__lt", 24),
                                models.Q(("quiet_from", models.F("quiet_until")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="quiet_hours_begin_and_end",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Thread",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64)),
                (
                    "origin",
                    models.CharField(
                        choices=[("claim", "Claim"), ("checklist", "Checklist"), ("reason", "Reasons")], max_length=10
                    ),
                ),
                ("subject", models.CharField(help_text="What it is about, in a few words.", max_length=400)),
                ("field", models.CharField(blank=True, help_text="Where the quote stands.", max_length=20)),
                ("quote", models.TextField(blank=True, help_text="The sentence as it was frozen.")),
                (
                    "claim",
                    models.CharField(
                        blank=True, help_text="The identity of the claim, if it is about one.", max_length=64
                    ),
                ),
                (
                    "item",
                    models.CharField(
                        blank=True, help_text="The item of the checklist, if it is about one.", max_length=20
                    ),
                ),
                ("opened_by_label", models.CharField(max_length=200)),
                ("profession", models.CharField(max_length=120)),
                (
                    "is_blocking",
                    models.BooleanField(help_text="Has to be answered in writing before the text is submitted again."),
                ),
                ("opened_at", models.DateTimeField()),
                (
                    "response",
                    models.TextField(blank=True, help_text="What the authors will answer; sent when they submit."),
                ),
                ("response_at", models.DateTimeField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                ("settled_at", models.DateTimeField(null=True)),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="articles.article"
                    ),
                ),
                (
                    "decision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="reviews.decision"
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "response_by",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="articles.revision"
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "indexes": [models.Index(fields=["article", "settled_at"], name="threads_of_article")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("settled_at__isnull", True), ("settled_by__isnull", True)),
                            models.Q(("settled_at__isnull", False), ("settled_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="who_settled_is_named",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("origin__in", ["claim", "checklist", "reason"])), name="known_origin"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ThreadMessage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("side", models.CharField(choices=[("reviewer", "Reviewer"), ("author", "Author")], max_length=10)),
                ("by_label", models.CharField(max_length=200)),
                ("words", models.TextField()),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "revision",
                    models.ForeignKey(
                        help_text="What it is about.",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="articles.revision",
                    ),
                ),
                (
                    "thread",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="messages", to="reviews.thread"
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="reviewassignment",
            name="asked_once_per_revision",
        ),
        migrations.AddField(
            model_name="boardmember",
            name="capacity",
            field=models.PositiveSmallIntegerField(default=5, help_text="Open reviews at most."),
        ),
        migrations.AddField(
            model_name="boardmember",
            name="deputy",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="reviews.boardmember",
            ),
        ),
        migrations.AddField(
            model_name="decision",
            name="checklist",
            field=models.JSONField(default=list, help_text="The answers to the checklist as it was worded then."),
        ),
        migrations.AddField(
            model_name="decision",
            name="claims",
            field=models.JSONField(default=list, help_text="The verdicts on its claims, in reading order."),
        ),
        migrations.AddField(
            model_name="decision",
            name="confirmed_by",
            field=models.CharField(blank=True, help_text="How an approver showed who they are.", max_length=40),
        ),
        migrations.AddField(
            model_name="historicalboardmember",
            name="capacity",
            field=models.PositiveSmallIntegerField(default=5, help_text="Open reviews at most."),
        ),
        migrations.AddField(
            model_name="historicalboardmember",
            name="deputy",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="reviews.boardmember",
            ),
        ),
        migrations.AddField(
            model_name="historicalreviewassignment",
            name="accepted_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="historicalreviewassignment",
            name="replaces",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="reviews.reviewassignment",
            ),
        ),
        migrations.AddField(
            model_name="historicalreviewassignment",
            name="suggested",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="reviews.boardmember",
            ),
        ),
        migrations.AddField(
            model_name="notification",
            name="digest",
            field=models.UUIDField(help_text="Names the one e-mail that it goes out in with others.", null=True),
        ),
        migrations.AddField(
            model_name="notification",
            name="is_gathered",
            field=models.BooleanField(default=False, help_text="Waits to go out with the others of its day."),
        ),
        migrations.AddField(
            model_name="reviewassignment",
            name="accepted_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="reviewassignment",
            name="replaces",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="reviews.reviewassignment",
            ),
        ),
        migrations.AddField(
            model_name="reviewassignment",
            name="suggested",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="reviews.boardmember",
            ),
        ),
        migrations.AlterField(
            model_name="historicalreviewassignment",
            name="assigned_by",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                help_text="Null: the system.",
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="historicalreviewassignment",
            name="ending",
            field=models.CharField(
                blank=True,
                choices=[
                    ("decided", "Decided"),
                    ("declined", "Declined by the reviewer"),
                    ("recused", "Recused: a major interest"),
                    ("replaced", "Taken back by the editor"),
                    ("passed_on", "Passed on to somebody else"),
                    ("closed", "The revision is no longer under review"),
                ],
                editable=False,
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="notification",
            name="kind",
            field=models.CharField(
                choices=[
                    ("submitted", "A text was submitted"),
                    ("review_assigned", "You are asked to review"),
                    ("review_due_soon", "A review is due soon"),
                    ("review_overdue", "A review is overdue"),
                    ("review_declined", "A reviewer declined"),
                    ("review_recused", "A reviewer has a major interest"),
                    ("review_passed_on", "A review was passed on"),
                    ("review_ended", "Your review is no longer needed"),
                    ("decision_recorded", "Your decision is on record"),
                    ("changes_requested", "Changes are asked for"),
                    ("asked_again", "A reviewer asks again"),
                    ("threads_answered", "Authors answered what you asked"),
                    ("rejected", "The text was not accepted"),
                    ("ready_for_release", "A quorum is met; release is waiting"),
                    ("split_vote", "Reviewers disagree; a third is needed"),
                    ("third_invited", "Reviewers disagree; a third was asked"),
                    ("approved", "The text is approved"),
                    ("unsafe", "A reviewer flagged a text as unsafe"),
                    ("withdrawn", "The text was withdrawn"),
                    ("notice_published", "A notice was published"),
                    ("quarantined", "A page was taken down by the sweep"),
                    ("source_alert", "A source was retracted or doubted"),
                    ("interests_expiring", "Your declaration of interests expires"),
                    ("question_drafted", "A reader's question became a draft of yours"),
                    ("safety_report", "A reader says that a text could hurt someone"),
                    ("report_escalated", "A report needs the responsible editor"),
                    ("recheck_opened", "An approved text is read again"),
                    ("recheck_stands", "Read again: it stands"),
                    ("recheck_changes", "Read again: it needs changes"),
                ],
                max_length=24,
            ),
        ),
        migrations.AlterField(
            model_name="reviewassignment",
            name="assigned_by",
            field=models.ForeignKey(
                help_text="Null: the system.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="reviewassignment",
            name="ending",
            field=models.CharField(
                blank=True,
                choices=[
                    ("decided", "Decided"),
                    ("declined", "Declined by the reviewer"),
                    ("recused", "Recused: a major interest"),
                    ("replaced", "Taken back by the editor"),
                    ("passed_on", "Passed on to somebody else"),
                    ("closed", "The revision is no longer under review"),
                ],
                editable=False,
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="historicalreviewassignment",
            name="recheck",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="reviews.recheck",
            ),
        ),
        migrations.AddField(
            model_name="reviewassignment",
            name="recheck",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="assignments",
                to="reviews.recheck",
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewassignment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("recheck__isnull", True)),
                fields=("revision", "reviewer"),
                name="asked_once_per_revision",
            ),
        ),
        migrations.AddConstraint(
            model_name="reviewassignment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("recheck__isnull", False)),
                fields=("recheck", "reviewer"),
                name="asked_once_per_recheck",
            ),
        ),
        migrations.RunPython(those_asked_before_had_accepted, migrations.RunPython.noop),
    ]
