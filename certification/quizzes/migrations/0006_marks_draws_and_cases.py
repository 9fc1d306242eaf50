"""Quizzes have settings, sections and draws; cases, marks, regrades, appeals and allowances have a place."""

import uuid

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from certification import guards


class Migration(migrations.Migration):
    dependencies = [
        ("quizzes", "0005_content_and_pictures"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(guards.lift, migrations.RunPython.noop),
        migrations.CreateModel(
            name="Allowance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("before", models.JSONField()),
                ("after", models.JSONField()),
                ("reason", models.CharField(max_length=500)),
                ("allowed_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Appeal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("words", models.TextField()),
                ("raised_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "outcome",
                    models.CharField(
                        blank=True, choices=[("upheld", "Granted"), ("declined", "Not granted")], max_length=8
                    ),
                ),
                ("answer", models.TextField(blank=True)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["raised_at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="AwardChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("old_numerator", models.PositiveBigIntegerField()),
                ("old_denominator", models.PositiveBigIntegerField()),
                ("new_numerator", models.PositiveBigIntegerField()),
                ("new_denominator", models.PositiveBigIntegerField()),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Mark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("points", models.JSONField()),
                ("remarks", models.JSONField(blank=True, default=dict)),
                ("remark", models.TextField(blank=True)),
                ("marked_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="QuizSection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("order", models.PositiveIntegerField()),
                ("title", models.CharField(max_length=200)),
                ("intro", models.TextField(blank=True)),
            ],
            options={
                "ordering": ["order", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Regrade",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
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
                ("decided_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="ScoreChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("old_numerator", models.PositiveBigIntegerField()),
                ("old_denominator", models.PositiveBigIntegerField()),
                ("old_passed", models.BooleanField()),
                ("new_numerator", models.PositiveBigIntegerField()),
                ("new_denominator", models.PositiveBigIntegerField()),
                ("new_passed", models.BooleanField()),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Tag",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=40)),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Vignette",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("code", models.CharField(max_length=80)),
            ],
        ),
        migrations.CreateModel(
            name="VignetteVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("title", models.CharField(max_length=200)),
                ("text", models.TextField()),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="attempt",
            name="attempt_is_open_or_scored",
        ),
        migrations.AddField(
            model_name="attempt",
            name="due_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="attempt",
            name="honour_given_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="attempt",
            name="settings",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="question",
            name="category",
            field=models.CharField(blank=True, max_length=200, verbose_name="category"),
        ),
        migrations.AddField(
            model_name="questionversion",
            name="picture",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="question_versions",
                to="quizzes.questionpicture",
            ),
        ),
        migrations.AddField(
            model_name="quiz",
            name="intro",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="quiz",
            name="settings",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="quizdraft",
            name="intro",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="quizdraft",
            name="settings",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="quizitem",
            name="category",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="quizitem",
            name="count",
            field=models.PositiveSmallIntegerField(default=1, validators=[django.core.validators.MinValueValidator(1)]),
        ),
        migrations.AddField(
            model_name="quizitem",
            name="difficulty",
            field=models.CharField(
                blank=True, choices=[("easy", "Easy"), ("medium", "Medium"), ("hard", "Hard")], max_length=6
            ),
        ),
        migrations.AddField(
            model_name="quizitem",
            name="draw_bank",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="draws",
                to="quizzes.questionbank",
            ),
        ),
        migrations.AddField(
            model_name="quizitem",
            name="tag",
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AddField(
            model_name="response",
            name="flagged",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="response",
            name="section",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="response",
            name="section_intro",
            field=models.TextField(blank=True),
        ),
        migrations.AlterField(
            model_name="attempt",
            name="state",
            field=models.CharField(
                choices=[("open", "Open"), ("marking", "Handed in, waits for its mark"), ("submitted", "Handed in")],
                default="open",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="quizitem",
            name="question",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="items",
                to="quizzes.question",
            ),
        ),
        migrations.AddConstraint(
            model_name="attempt",
            constraint=models.CheckConstraint(
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
        ),
        migrations.AddField(
            model_name="allowance",
            name="allowed_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="allowance",
            name="assignment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="allowances", to="quizzes.quizassignment"
            ),
        ),
        migrations.AddField(
            model_name="appeal",
            name="answered_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="appeal",
            name="response",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="appeal", to="quizzes.response"
            ),
        ),
        migrations.AddField(
            model_name="awardchange",
            name="response",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="changes", to="quizzes.response"
            ),
        ),
        migrations.AddField(
            model_name="mark",
            name="marked_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="mark",
            name="response",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="mark", to="quizzes.response"
            ),
        ),
        migrations.AddField(
            model_name="quizsection",
            name="quiz",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="sections", to="quizzes.quiz"
            ),
        ),
        migrations.AddField(
            model_name="quizitem",
            name="section",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="items",
                to="quizzes.quizsection",
            ),
        ),
        migrations.AddConstraint(
            model_name="quizitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("count", 1), ("draw_bank__isnull", True), ("question__isnull", False)),
                    models.Q(("count__gte", 1), ("draw_bank__isnull", False), ("question__isnull", True)),
                    _connector="OR",
                ),
                name="item_asks_or_draws",
            ),
        ),
        migrations.AddField(
            model_name="regrade",
            name="by_version",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="regrades",
                to="quizzes.questionversion",
            ),
        ),
        migrations.AddField(
            model_name="regrade",
            name="decided_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="regrade",
            name="question",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="regrades", to="quizzes.question"
            ),
        ),
        migrations.AddField(
            model_name="regrade",
            name="quiz",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="regrades", to="quizzes.quiz"
            ),
        ),
        migrations.AddField(
            model_name="awardchange",
            name="regrade",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="award_changes", to="quizzes.regrade"
            ),
        ),
        migrations.AddField(
            model_name="scorechange",
            name="attempt",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="changes", to="quizzes.attempt"
            ),
        ),
        migrations.AddField(
            model_name="scorechange",
            name="regrade",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="score_changes", to="quizzes.regrade"
            ),
        ),
        migrations.AddField(
            model_name="tag",
            name="bank",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="tags", to="quizzes.questionbank"
            ),
        ),
        migrations.AddField(
            model_name="question",
            name="tags",
            field=models.ManyToManyField(blank=True, related_name="questions", to="quizzes.tag"),
        ),
        migrations.AddField(
            model_name="vignette",
            name="bank",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="vignettes", to="quizzes.questionbank"
            ),
        ),
        migrations.AddField(
            model_name="vignetteversion",
            name="vignette",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="quizzes.vignette"
            ),
        ),
        migrations.AddField(
            model_name="vignetteversion",
            name="written_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="questionversion",
            name="vignette",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="question_versions",
                to="quizzes.vignetteversion",
            ),
        ),
        migrations.AddConstraint(
            model_name="appeal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("answer", ""), ("answered_at__isnull", True), ("answered_by__isnull", True), ("outcome", "")
                    ),
                    models.Q(
                        ("answered_at__isnull", False),
                        ("answered_by__isnull", False),
                        ("outcome__in", ["upheld", "declined"]),
                        models.Q(("answer", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="appeal_open_or_answered",
            ),
        ),
        migrations.AddConstraint(
            model_name="regrade",
            constraint=models.CheckConstraint(
                condition=models.Q(("how__in", ["key", "either", "full"])), name="regrade_way_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="regrade",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("by_version__isnull", True), ("how", "full")),
                    models.Q(("by_version__isnull", False), ("how__in", ["key", "either"])),
                    _connector="OR",
                ),
                name="regrade_by_key_names_it",
            ),
        ),
        migrations.AddConstraint(
            model_name="awardchange",
            constraint=models.UniqueConstraint(fields=("regrade", "response"), name="one_award_change_per_regrade"),
        ),
        migrations.AddConstraint(
            model_name="scorechange",
            constraint=models.UniqueConstraint(fields=("regrade", "attempt"), name="one_score_change_per_regrade"),
        ),
        migrations.AddConstraint(
            model_name="tag",
            constraint=models.UniqueConstraint(fields=("bank", "name"), name="one_tag_per_name"),
        ),
        migrations.AddConstraint(
            model_name="vignette",
            constraint=models.UniqueConstraint(fields=("bank", "code"), name="one_vignette_per_code"),
        ),
        migrations.AddConstraint(
            model_name="vignetteversion",
            constraint=models.UniqueConstraint(fields=("vignette", "number"), name="one_vignette_version_per_number"),
        ),
        migrations.RunPython(migrations.RunPython.noop, guards.lift),
    ]
