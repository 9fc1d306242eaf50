"""Questions that were asked name the version, and quizzes the bank of their first question."""

from django.db import migrations
from django.db.models import Max, OuterRef, Subquery


def name_what_is_asked(apps, schema_editor):
    """Until now the newest version of each question was asked."""
    Question = apps.get_model("quizzes", "Question")
    QuestionVersion = apps.get_model("quizzes", "QuestionVersion")
    newest = (
        QuestionVersion.objects.filter(question=OuterRef("pk"))
        .order_by()
        .values("question")
        .annotate(top=Max("number"))
    )
    Question.objects.exclude(state="draft").update(asked_number=Subquery(newest.values("top")))
    # A question without words was never asked.
    Question.objects.filter(state="active", asked_number=None).update(state="draft")


def name_the_bank(apps, schema_editor):
    """A quiz belongs to the bank of its first question."""
    QuizItem = apps.get_model("quizzes", "QuizItem")
    first = QuizItem.objects.filter(quiz=OuterRef("pk")).order_by("order", "pk").values("question__bank")[:1]
    apps.get_model("quizzes", "Quiz").objects.update(bank=Subquery(first))


class Migration(migrations.Migration):
    dependencies = [("quizzes", "0002_authoring")]

    operations = [
        migrations.RunPython(name_what_is_asked, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(name_the_bank, migrations.RunPython.noop, elidable=True),
    ]
