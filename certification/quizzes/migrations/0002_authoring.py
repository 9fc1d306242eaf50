"""Questions name the version that is asked, quizzes the bank of their school, and drafts of quizzes have a place."""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("quizzes", "0001_initial"),
    ]

    operations = [
        migrations.AlterModelOptions("question", {"verbose_name": "question", "verbose_name_plural": "questions"}),
        migrations.AlterModelOptions("quiz", {"verbose_name": "quiz", "verbose_name_plural": "quizzes"}),
        migrations.AddField(
            "question",
            "difficulty",
            models.CharField(
                blank=True,
                choices=[("easy", "Easy"), ("medium", "Medium"), ("hard", "Hard")],
                default="",
                max_length=6,
                verbose_name="difficulty",
            ),
            preserve_default=False,
        ),
        migrations.AddField("question", "asked_number", models.PositiveIntegerField(blank=True, null=True)),
        migrations.AlterField(
            "question",
            "state",
            models.CharField(
                choices=[("draft", "Draft"), ("active", "In use"), ("retired", "Retired")],
                default="draft",
                max_length=8,
                verbose_name="state",
            ),
        ),
        migrations.AddField(
            "questionversion",
            "written_by",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            "quiz",
            "bank",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="quizzes",
                to="quizzes.questionbank",
            ),
        ),
        migrations.CreateModel(
            name="QuizDraft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=200)),
                (
                    "pass_percent",
                    models.PositiveSmallIntegerField(validators=[django.core.validators.MaxValueValidator(100)]),
                ),
                (
                    "attempts_allowed",
                    models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1)]),
                ),
                ("items", models.JSONField(blank=True, default=list)),
                ("written_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                (
                    "quiz",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="draft", to="quizzes.quiz"
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
    ]
