"""Lessons that somebody opened before know since when."""

from django.db import migrations
from django.db.models import Min


def mark(apps, schema_editor):
    Lesson = apps.get_model("catalog", "Lesson")
    LessonProgress = apps.get_model("study", "LessonProgress")
    for row in LessonProgress.objects.order_by().values("lesson").annotate(first=Min("opened_at")):
        Lesson.objects.filter(pk=row["lesson"], studied_at=None).update(studied_at=row["first"])


class Migration(migrations.Migration):
    dependencies = [("study", "0004_answers"), ("catalog", "0003_pages_take_plans")]

    operations = [migrations.RunPython(mark, migrations.RunPython.noop, elidable=True)]
