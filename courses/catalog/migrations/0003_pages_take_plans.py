"""Pages made before they carried a plan take that of their lesson, in their drafts too: else publishing would reset it."""

from django.db import migrations

PLAIN = (
    "minutes", "min_seat_minutes", "delivery", "needs_self_checks", "needs_quiz_percent", "needs_mark",
    "release_after_days",
)  # fmt: skip


def take_plans(apps, schema_editor):
    LessonPage = apps.get_model("catalog", "LessonPage")
    Revision = apps.get_model("wagtailcore", "Revision")
    ContentType = apps.get_model("contenttypes", "ContentType")
    kinds = ContentType.objects.filter(app_label="catalog", model="lessonpage")
    for page in LessonPage.objects.exclude(lesson=None).select_related("lesson__module"):
        lesson = page.lesson
        plan = {name: getattr(lesson, name) for name in PLAIN}
        plan["category"] = "" if lesson.category == lesson.module.category else lesson.category
        LessonPage.objects.filter(pk=page.pk).update(**plan)
        for revision in Revision.objects.filter(content_type__in=kinds, object_id=str(page.pk)):
            revision.content = {**plan, **revision.content}
            revision.save(update_fields=["content"])


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0002_plans"),
        ("wagtailcore", "0098_apitoken"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(take_plans, migrations.RunPython.noop, elidable=True)]
