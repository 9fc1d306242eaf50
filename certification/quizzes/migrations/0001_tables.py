"""Banks, quizzes, attempts and marks."""

import uuid

import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import certification.quizzes.models
from certification.first_tables import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_tables"),
        ("records", "0001_tables"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels(
            models=[
                migrations.CreateModel(
                    name="QuestionBank",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "school",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="question_banks",
                                to="accounts.organisation",
                            ),
                        ),
                        ("code", models.CharField(max_length=40)),
                        ("title", models.CharField(max_length=200)),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("school", "code"), name="one_bank_per_code")],
                    },
                ),
                migrations.CreateModel(
                    name="Tag",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "bank",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="tags",
                                to="quizzes.questionbank",
                            ),
                        ),
                        ("name", models.CharField(max_length=40)),
                    ],
                    options={
                        "ordering": ["name"],
                        "constraints": [models.UniqueConstraint(fields=("bank", "name"), name="one_tag_per_name")],
                    },
                ),
                migrations.CreateModel(
                    name="Vignette",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "bank",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="vignettes",
                                to="quizzes.questionbank",
                            ),
                        ),
                        ("code", models.CharField(max_length=80)),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("bank", "code"), name="one_vignette_per_code")],
                    },
                ),
                migrations.CreateModel(
                    name="VignetteVersion",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "vignette",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="versions",
                                to="quizzes.vignette",
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        ("title", models.CharField(max_length=200)),
                        ("text", models.TextField()),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "written_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("vignette", "number"), name="one_vignette_version_per_number"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Question",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "bank",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="questions",
                                to="quizzes.questionbank",
                            ),
                        ),
                        ("code", models.CharField(max_length=80)),
                        (
                            "state",
                            models.CharField(
                                choices=[("draft", "Draft"), ("active", "In use"), ("retired", "Retired")],
                                default="draft",
                                max_length=8,
                                verbose_name="state",
                            ),
                        ),
                        ("category", models.CharField(blank=True, max_length=200, verbose_name="category")),
                        (
                            "difficulty",
                            models.CharField(
                                blank=True,
                                choices=[("easy", "Easy"), ("medium", "Medium"), ("hard", "Hard")],
                                max_length=6,
                                verbose_name="difficulty",
                            ),
                        ),
                        ("asked_number", models.PositiveIntegerField(blank=True, null=True)),
                        ("sent_number", models.PositiveIntegerField(blank=True, null=True)),
                        ("tags", models.ManyToManyField(blank=True, related_name="questions", to="quizzes.tag")),
                    ],
                    options={
                        "verbose_name": "question",
                        "verbose_name_plural": "questions",
                        "constraints": [
                            models.UniqueConstraint(fields=("bank", "code"), name="one_question_per_code"),
                            models.CheckConstraint(
                                condition=models.Q(("state__in", ["draft", "active", "retired"])),
                                name="question_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "active"), _negated=True),
                                    ("asked_number__isnull", False),
                                    _connector="OR",
                                ),
                                name="question_in_use_names_its_version",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="QuestionVersion",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "question",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="versions",
                                to="quizzes.question",
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        ("kind", models.CharField(max_length=20)),
                        (
                            "vignette",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="question_versions",
                                to="quizzes.vignetteversion",
                            ),
                        ),
                        ("stem", models.TextField()),
                        (
                            "picture",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="question_versions",
                                to="quizzes.questionpicture",
                            ),
                        ),
                        ("choices", models.JSONField(blank=True, default=list)),
                        ("content", models.JSONField(blank=True, default=dict)),
                        ("explanation", models.TextField(blank=True)),
                        ("objective", models.CharField(blank=True, max_length=300)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "written_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("question", "number"), name="one_question_version_per_number"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="QuestionPicture",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "school",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="question_pictures",
                                to="accounts.organisation",
                            ),
                        ),
                        ("digest", models.CharField(max_length=64)),
                        ("kind", models.CharField(choices=[("svg", "SVG"), ("png", "PNG")], max_length=3)),
                        ("data", models.BinaryField()),
                        (
                            "width",
                            models.PositiveIntegerField(validators=[django.core.validators.MinValueValidator(1)]),
                        ),
                        (
                            "height",
                            models.PositiveIntegerField(validators=[django.core.validators.MinValueValidator(1)]),
                        ),
                        ("title", models.CharField(max_length=200)),
                        ("description", models.TextField()),
                        ("credit", models.CharField(blank=True, max_length=200)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("school", "digest"), name="one_picture_per_digest"),
                            models.CheckConstraint(
                                condition=models.Q(("kind__in", ["svg", "png"])), name="picture_kind_known"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("height__gte", 1), ("width__gte", 1)), name="picture_has_a_size"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Quiz",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "school",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="quizzes",
                                to="accounts.organisation",
                            ),
                        ),
                        (
                            "bank",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="quizzes",
                                to="quizzes.questionbank",
                            ),
                        ),
                        ("code", models.CharField(max_length=40)),
                        ("title", models.CharField(max_length=200)),
                        (
                            "pass_percent",
                            models.PositiveSmallIntegerField(
                                default=75, validators=[django.core.validators.MaxValueValidator(100)]
                            ),
                        ),
                        (
                            "attempts_allowed",
                            models.PositiveSmallIntegerField(
                                default=3, validators=[django.core.validators.MinValueValidator(1)]
                            ),
                        ),
                        ("intro", models.TextField(blank=True)),
                        ("settings", models.JSONField(blank=True, default=dict)),
                    ],
                    options={
                        "verbose_name": "quiz",
                        "verbose_name_plural": "quizzes",
                        "constraints": [
                            models.UniqueConstraint(fields=("school", "code"), name="one_quiz_per_code"),
                            models.CheckConstraint(
                                condition=models.Q(("pass_percent__lte", 100)), name="pass_mark_is_a_percentage"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("attempts_allowed__gte", 1)), name="quiz_allows_an_attempt"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="QuizSection",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "quiz",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="sections", to="quizzes.quiz"
                            ),
                        ),
                        ("order", models.PositiveIntegerField()),
                        ("title", models.CharField(max_length=200)),
                        ("intro", models.TextField(blank=True)),
                    ],
                    options={
                        "ordering": ["order", "pk"],
                    },
                ),
                migrations.CreateModel(
                    name="QuizItem",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "quiz",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="items", to="quizzes.quiz"
                            ),
                        ),
                        (
                            "section",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="items",
                                to="quizzes.quizsection",
                            ),
                        ),
                        (
                            "question",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="items",
                                to="quizzes.question",
                            ),
                        ),
                        (
                            "draw_bank",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="draws",
                                to="quizzes.questionbank",
                            ),
                        ),
                        ("category", models.CharField(blank=True, max_length=200)),
                        (
                            "difficulty",
                            models.CharField(
                                blank=True,
                                choices=[("easy", "Easy"), ("medium", "Medium"), ("hard", "Hard")],
                                max_length=6,
                            ),
                        ),
                        ("tag", models.CharField(blank=True, max_length=40)),
                        (
                            "count",
                            models.PositiveSmallIntegerField(
                                default=1, validators=[django.core.validators.MinValueValidator(1)]
                            ),
                        ),
                        ("order", models.PositiveIntegerField()),
                        (
                            "points",
                            models.PositiveSmallIntegerField(
                                default=1, validators=[django.core.validators.MinValueValidator(1)]
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["order", "pk"],
                        "constraints": [
                            models.UniqueConstraint(fields=("quiz", "question"), name="one_item_per_question"),
                            models.CheckConstraint(condition=models.Q(("points__gte", 1)), name="item_is_worth_points"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("count", 1), ("draw_bank__isnull", True), ("question__isnull", False)),
                                    models.Q(
                                        ("count__gte", 1), ("draw_bank__isnull", False), ("question__isnull", True)
                                    ),
                                    _connector="OR",
                                ),
                                name="item_asks_or_draws",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="QuizDraft",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "quiz",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT, related_name="draft", to="quizzes.quiz"
                            ),
                        ),
                        ("title", models.CharField(max_length=200)),
                        (
                            "pass_percent",
                            models.PositiveSmallIntegerField(
                                validators=[django.core.validators.MaxValueValidator(100)]
                            ),
                        ),
                        (
                            "attempts_allowed",
                            models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1)]),
                        ),
                        ("intro", models.TextField(blank=True)),
                        ("settings", models.JSONField(blank=True, default=dict)),
                        ("items", models.JSONField(blank=True, default=list)),
                        (
                            "written_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("written_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("sent_at", models.DateTimeField(blank=True, null=True)),
                    ],
                ),
                migrations.CreateModel(
                    name="QuizAssignment",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "record",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="quiz_assignments",
                                to="records.trainingrecord",
                            ),
                        ),
                        (
                            "quiz",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="assignments",
                                to="quizzes.quiz",
                            ),
                        ),
                        ("module", models.CharField(max_length=40)),
                        ("module_version", models.PositiveIntegerField()),
                        ("counts_as_grade", models.BooleanField(default=False)),
                        ("opens_at", models.DateTimeField(blank=True, null=True)),
                        ("closes_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "attempts_allowed",
                            models.PositiveSmallIntegerField(
                                blank=True, help_text="Empty: as many as the quiz allows.", null=True
                            ),
                        ),
                        (
                            "extra_minutes",
                            models.PositiveSmallIntegerField(
                                default=0,
                                help_text="So many minutes after closing, an attempt begun in time still takes answers.",
                            ),
                        ),
                        ("title", models.CharField(blank=True, max_length=200)),
                        (
                            "planned_attempts",
                            models.PositiveSmallIntegerField(
                                blank=True, null=True, validators=[django.core.validators.MinValueValidator(1)]
                            ),
                        ),
                        ("gates", models.JSONField(blank=True, default=list)),
                        ("assigned_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("record", "quiz"), name="one_assignment_per_quiz"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("planned_attempts", None), ("planned_attempts__gte", 1), _connector="OR"
                                ),
                                name="assignment_plans_an_attempt",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("opens_at", None),
                                    ("closes_at", None),
                                    ("closes_at__gt", models.F("opens_at")),
                                    _connector="OR",
                                ),
                                name="assignment_closes_after_it_opens",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Allowance",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "assignment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="allowances",
                                to="quizzes.quizassignment",
                            ),
                        ),
                        ("before", models.JSONField()),
                        ("after", models.JSONField()),
                        ("reason", models.CharField(max_length=500)),
                        (
                            "allowed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("allowed_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("erased_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "ordering": ["pk"],
                    },
                ),
                migrations.CreateModel(
                    name="Attempt",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "assignment",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="attempts",
                                to="quizzes.quizassignment",
                            ),
                        ),
                        ("number", models.PositiveSmallIntegerField()),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("open", "Open"),
                                    ("marking", "Handed in, waits for its mark"),
                                    ("submitted", "Handed in"),
                                ],
                                default="open",
                                max_length=10,
                            ),
                        ),
                        ("seed", models.CharField(default=certification.quizzes.models.new_seed, max_length=32)),
                        ("pass_percent", models.PositiveSmallIntegerField()),
                        ("settings", models.JSONField(blank=True, default=dict)),
                        ("started_at", models.DateTimeField()),
                        ("due_at", models.DateTimeField(blank=True, null=True)),
                        ("honour_given_at", models.DateTimeField(blank=True, null=True)),
                        ("submitted_at", models.DateTimeField(null=True)),
                        ("score_numerator", models.PositiveBigIntegerField(null=True)),
                        ("score_denominator", models.PositiveBigIntegerField(null=True)),
                        ("passed", models.BooleanField(null=True)),
                    ],
                    options={
                        "ordering": ["number"],
                        "constraints": [
                            models.UniqueConstraint(fields=("assignment", "number"), name="one_attempt_per_number"),
                            models.UniqueConstraint(
                                condition=models.Q(("state", "open")),
                                fields=("assignment",),
                                name="one_open_attempt_per_assignment",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("passed__isnull", True),
                                        ("score_denominator__isnull", True),
                                        ("score_numerator__isnull", True),
                                        ("state", "open"),
                                        ("submitted_at__isnull", True),
                                    ),
                                    models.Q(
                                        ("passed__isnull", True),
                                        ("score_denominator__isnull", True),
                                        ("score_numerator__isnull", True),
                                        ("state", "marking"),
                                        ("submitted_at__isnull", False),
                                    ),
                                    models.Q(
                                        ("passed__isnull", False),
                                        ("score_denominator__gte", 1),
                                        ("score_denominator__isnull", False),
                                        ("score_numerator__isnull", False),
                                        ("score_numerator__lte", models.F("score_denominator")),
                                        ("state", "submitted"),
                                        ("submitted_at__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="attempt_is_open_or_scored",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Response",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "attempt",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="responses",
                                to="quizzes.attempt",
                            ),
                        ),
                        (
                            "question_version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="responses",
                                to="quizzes.questionversion",
                            ),
                        ),
                        ("position", models.PositiveSmallIntegerField()),
                        ("choice_order", models.JSONField(default=list)),
                        ("points", models.PositiveSmallIntegerField()),
                        ("section", models.CharField(blank=True, max_length=200)),
                        ("section_intro", models.TextField(blank=True)),
                        ("flagged", models.BooleanField(default=False)),
                        ("answer", models.JSONField(default=list)),
                        ("sequence", models.PositiveBigIntegerField(default=0)),
                        ("saved_at", models.DateTimeField(null=True)),
                        ("awarded_numerator", models.PositiveBigIntegerField(null=True)),
                        ("awarded_denominator", models.PositiveBigIntegerField(null=True)),
                        ("erased_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "ordering": ["position"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("attempt", "question_version"), name="one_response_per_question"
                            ),
                            models.UniqueConstraint(fields=("attempt", "position"), name="one_response_per_position"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("awarded_denominator__isnull", True), ("awarded_numerator__isnull", True)
                                    ),
                                    models.Q(
                                        ("awarded_denominator__gte", 1),
                                        ("awarded_denominator__isnull", False),
                                        ("awarded_numerator__isnull", False),
                                        (
                                            "awarded_numerator__lte",
                                            django.db.models.expressions.CombinedExpression(
                                                models.F("points"), "*", models.F("awarded_denominator")
                                            ),
                                        ),
                                    ),
                                    _connector="OR",
                                ),
                                name="awarded_points_are_exact",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Mark",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "response",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT, related_name="mark", to="quizzes.response"
                            ),
                        ),
                        ("points", models.JSONField()),
                        ("remarks", models.JSONField(blank=True, default=dict)),
                        ("remark", models.TextField(blank=True)),
                        (
                            "marked_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("marked_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("erased_at", models.DateTimeField(blank=True, null=True)),
                    ],
                ),
                migrations.CreateModel(
                    name="MarkCorrection",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "mark",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="corrections",
                                to="quizzes.mark",
                            ),
                        ),
                        ("number", models.PositiveSmallIntegerField()),
                        ("points", models.JSONField()),
                        ("remarks", models.JSONField(blank=True, default=dict)),
                        ("remark", models.TextField(blank=True)),
                        ("reason", models.CharField(max_length=500)),
                        (
                            "decided_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("decided_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("erased_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "ordering": ["number"],
                        "constraints": [
                            models.UniqueConstraint(fields=("mark", "number"), name="one_correction_per_number"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("reason", ""), _negated=True),
                                    ("erased_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="correction_has_a_reason",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Regrade",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "quiz",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="regrades", to="quizzes.quiz"
                            ),
                        ),
                        (
                            "question",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="regrades",
                                to="quizzes.question",
                            ),
                        ),
                        (
                            "by_version",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="regrades",
                                to="quizzes.questionversion",
                            ),
                        ),
                        (
                            "how",
                            models.CharField(
                                choices=[
                                    ("key", "By the corrected key"),
                                    ("either", "By the better of both keys"),
                                    ("full", "All points for everybody"),
                                ],
                                max_length=6,
                            ),
                        ),
                        ("reason", models.CharField(max_length=500)),
                        (
                            "decided_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("decided_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("how__in", ["key", "either", "full"])), name="regrade_way_known"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("by_version__isnull", True), ("how", "full")),
                                    models.Q(("by_version__isnull", False), ("how__in", ["key", "either"])),
                                    _connector="OR",
                                ),
                                name="regrade_by_key_names_it",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AwardChange",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "regrade",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="award_changes",
                                to="quizzes.regrade",
                            ),
                        ),
                        (
                            "correction",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="award_changes",
                                to="quizzes.markcorrection",
                            ),
                        ),
                        (
                            "response",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="changes",
                                to="quizzes.response",
                            ),
                        ),
                        ("old_numerator", models.PositiveBigIntegerField()),
                        ("old_denominator", models.PositiveBigIntegerField()),
                        ("new_numerator", models.PositiveBigIntegerField()),
                        ("new_denominator", models.PositiveBigIntegerField()),
                    ],
                    options={
                        "ordering": ["pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("regrade", "response"), name="one_award_change_per_regrade"
                            ),
                            models.UniqueConstraint(fields=("correction",), name="one_award_change_per_correction"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("correction__isnull", True), ("regrade__isnull", False)),
                                    models.Q(("correction__isnull", False), ("regrade__isnull", True)),
                                    _connector="OR",
                                ),
                                name="award_changes_for_one_cause",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ScoreChange",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "regrade",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="score_changes",
                                to="quizzes.regrade",
                            ),
                        ),
                        (
                            "correction",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="score_changes",
                                to="quizzes.markcorrection",
                            ),
                        ),
                        (
                            "attempt",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="changes",
                                to="quizzes.attempt",
                            ),
                        ),
                        ("old_numerator", models.PositiveBigIntegerField()),
                        ("old_denominator", models.PositiveBigIntegerField()),
                        ("old_passed", models.BooleanField()),
                        ("new_numerator", models.PositiveBigIntegerField()),
                        ("new_denominator", models.PositiveBigIntegerField()),
                        ("new_passed", models.BooleanField()),
                    ],
                    options={
                        "ordering": ["pk"],
                        "constraints": [
                            models.UniqueConstraint(fields=("regrade", "attempt"), name="one_score_change_per_regrade"),
                            models.UniqueConstraint(fields=("correction",), name="one_score_change_per_correction"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("correction__isnull", True), ("regrade__isnull", False)),
                                    models.Q(("correction__isnull", False), ("regrade__isnull", True)),
                                    _connector="OR",
                                ),
                                name="score_changes_for_one_cause",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Appeal",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "response",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="appeal",
                                to="quizzes.response",
                            ),
                        ),
                        ("words", models.TextField()),
                        ("raised_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "outcome",
                            models.CharField(
                                blank=True, choices=[("upheld", "Granted"), ("declined", "Not granted")], max_length=8
                            ),
                        ),
                        ("answer", models.TextField(blank=True)),
                        (
                            "answered_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("answered_at", models.DateTimeField(blank=True, null=True)),
                        ("erased_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "ordering": ["raised_at", "pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("answer", ""),
                                        ("answered_at__isnull", True),
                                        ("answered_by__isnull", True),
                                        ("outcome", ""),
                                    ),
                                    models.Q(
                                        ("answered_at__isnull", False),
                                        ("answered_by__isnull", False),
                                        ("outcome__in", ["upheld", "declined"]),
                                        models.Q(
                                            models.Q(("answer", ""), _negated=True),
                                            ("erased_at__isnull", False),
                                            _connector="OR",
                                        ),
                                    ),
                                    _connector="OR",
                                ),
                                name="appeal_open_or_answered",
                            )
                        ],
                    },
                ),
            ],
        ),
    ]
