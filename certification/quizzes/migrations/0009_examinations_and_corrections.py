"""An assignment says how its program plans it as an examination; a mark is corrected, and its points and score change."""

import uuid

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from certification import guards


class Migration(migrations.Migration):
    dependencies = [
        ("quizzes", "0007_words_that_go"),
        ("records", "0013_milestones_are_withdrawn"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(guards.lift, migrations.RunPython.noop),
        migrations.CreateModel(
            name="MarkCorrection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("number", models.PositiveSmallIntegerField()),
                ("points", models.JSONField()),
                ("remarks", models.JSONField(blank=True, default=dict)),
                ("remark", models.TextField(blank=True)),
                ("reason", models.CharField(max_length=500)),
                ("decided_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("erased_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["number"],
            },
        ),
        migrations.AddField(
            model_name="quizassignment",
            name="gates",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name="quizassignment",
            name="planned_attempts",
            field=models.PositiveSmallIntegerField(
                blank=True, null=True, validators=[django.core.validators.MinValueValidator(1)]
            ),
        ),
        migrations.AddField(
            model_name="quizassignment",
            name="title",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AlterField(
            model_name="awardchange",
            name="regrade",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="award_changes",
                to="quizzes.regrade",
            ),
        ),
        migrations.AlterField(
            model_name="scorechange",
            name="regrade",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="score_changes",
                to="quizzes.regrade",
            ),
        ),
        migrations.AddConstraint(
            model_name="quizassignment",
            constraint=models.CheckConstraint(
                condition=models.Q(("planned_attempts", None), ("planned_attempts__gte", 1), _connector="OR"),
                name="assignment_plans_an_attempt",
            ),
        ),
        migrations.AddField(
            model_name="markcorrection",
            name="decided_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="markcorrection",
            name="mark",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="corrections", to="quizzes.mark"
            ),
        ),
        migrations.AddField(
            model_name="awardchange",
            name="correction",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="award_changes",
                to="quizzes.markcorrection",
            ),
        ),
        migrations.AddField(
            model_name="scorechange",
            name="correction",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="score_changes",
                to="quizzes.markcorrection",
            ),
        ),
        migrations.AddConstraint(
            model_name="awardchange",
            constraint=models.UniqueConstraint(fields=("correction",), name="one_award_change_per_correction"),
        ),
        migrations.AddConstraint(
            model_name="awardchange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("correction__isnull", True), ("regrade__isnull", False)),
                    models.Q(("correction__isnull", False), ("regrade__isnull", True)),
                    _connector="OR",
                ),
                name="award_changes_for_one_cause",
            ),
        ),
        migrations.AddConstraint(
            model_name="scorechange",
            constraint=models.UniqueConstraint(fields=("correction",), name="one_score_change_per_correction"),
        ),
        migrations.AddConstraint(
            model_name="scorechange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("correction__isnull", True), ("regrade__isnull", False)),
                    models.Q(("correction__isnull", False), ("regrade__isnull", True)),
                    _connector="OR",
                ),
                name="score_changes_for_one_cause",
            ),
        ),
        migrations.AddConstraint(
            model_name="markcorrection",
            constraint=models.UniqueConstraint(fields=("mark", "number"), name="one_correction_per_number"),
        ),
        migrations.AddConstraint(
            model_name="markcorrection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reason", ""), _negated=True), ("erased_at__isnull", False), _connector="OR"
                ),
                name="correction_has_a_reason",
            ),
        ),
        migrations.RunPython(migrations.RunPython.noop, guards.lift),
    ]
