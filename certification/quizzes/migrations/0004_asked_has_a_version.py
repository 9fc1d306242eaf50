"""The database refuses a question in use that names no version."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("quizzes", "0003_what_is_asked")]

    operations = [
        migrations.AddConstraint(
            "question",
            models.CheckConstraint(
                condition=models.Q(("state", "active"), _negated=True) | models.Q(("asked_number__isnull", False)),
                name="question_in_use_names_its_version",
            ),
        ),
    ]
