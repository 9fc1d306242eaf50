"""Essays, marks, appeals and allowances say when their words went."""

from django.conf import settings
from django.db import migrations, models

from certification import guards


class Migration(migrations.Migration):
    dependencies = [
        ("quizzes", "0006_marks_draws_and_cases"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(guards.lift, migrations.RunPython.noop),
        migrations.RemoveConstraint(
            model_name="appeal",
            name="appeal_open_or_answered",
        ),
        migrations.AddField(
            model_name="allowance",
            name="erased_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="appeal",
            name="erased_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="mark",
            name="erased_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="response",
            name="erased_at",
            field=models.DateTimeField(blank=True, null=True),
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
                        models.Q(
                            models.Q(("answer", ""), _negated=True), ("erased_at__isnull", False), _connector="OR"
                        ),
                    ),
                    _connector="OR",
                ),
                name="appeal_open_or_answered",
            ),
        ),
        migrations.RunPython(migrations.RunPython.noop, guards.lift),
    ]
