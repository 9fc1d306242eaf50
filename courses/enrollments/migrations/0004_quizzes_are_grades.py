"""The quiz of a module is its grade, also for who was given it before that was said."""

from django.db import migrations
from django.db.models import Exists, OuterRef


def count(apps, schema_editor):
    assignments = apps.get_model("quizzes", "QuizAssignment")
    enrollments = apps.get_model("enrollments", "Enrollment")
    given = enrollments.objects.filter(
        record=OuterRef("record"), program__modules__code=OuterRef("module"), program__modules__quiz=OuterRef("quiz")
    )
    assignments.objects.filter(Exists(given), counts_as_grade=False).update(counts_as_grade=True)


class Migration(migrations.Migration):
    dependencies = [
        ("enrollments", "0003_open_groups"),
        ("quizzes", "0006_marks_draws_and_cases"),
        ("catalog", "0015_photographs"),
    ]

    operations = [migrations.RunPython(count, migrations.RunPython.noop, elidable=True)]
