"""Question versions have a content for kinds without a list of choices, and pictures that they ask about have a place."""

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

from certification import guards


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("quizzes", "0004_asked_has_a_version"),
    ]

    operations = [
        migrations.RunPython(guards.lift, migrations.RunPython.noop),
        migrations.AddField("questionversion", "content", models.JSONField(blank=True, default=dict)),
        migrations.AlterField("questionversion", "choices", models.JSONField(blank=True, default=list)),
        migrations.CreateModel(
            name="QuestionPicture",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                (
                    "school",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="question_pictures",
                        to="accounts.organisation",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("school", "digest"), name="one_picture_per_digest"),
                    models.CheckConstraint(condition=models.Q(("kind__in", ["svg", "png"])), name="picture_kind_known"),
                    models.CheckConstraint(
                        condition=models.Q(("height__gte", 1), ("width__gte", 1)), name="picture_has_a_size"
                    ),
                ],
            },
        ),
        migrations.RunPython(migrations.RunPython.noop, guards.lift),
    ]
