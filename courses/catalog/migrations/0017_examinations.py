"""By which quizzes a program examines outside of its modules."""

import uuid

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0016_seat_limits"),
        ("quizzes", "0007_words_that_go"),
    ]

    operations = [
        migrations.CreateModel(
            name="Examination",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                (
                    "attempts_allowed",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="attempts",
                    ),
                ),
                ("gates", models.JSONField(blank=True, default=list)),
                ("is_required", models.BooleanField(default=True, verbose_name="needed for the certificate")),
                ("sort_order", models.PositiveIntegerField(default=0)),
                (
                    "program",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="examinations", to="catalog.program"
                    ),
                ),
                (
                    "quiz",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="examinations",
                        to="quizzes.quiz",
                        verbose_name="quiz",
                    ),
                ),
            ],
            options={
                "ordering": ["sort_order", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("program", "quiz"), name="one_examination_per_quiz"),
                    models.CheckConstraint(
                        condition=models.Q(("title", ""), _negated=True), name="examination_has_a_title"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("attempts_allowed", None),
                            models.Q(("attempts_allowed__gte", 1), ("attempts_allowed__lte", 100)),
                            _connector="OR",
                        ),
                        name="examination_allows_an_attempt",
                    ),
                ],
            },
        ),
    ]
