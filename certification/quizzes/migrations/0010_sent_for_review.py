"""A question says which of its versions its author asked to be put in use."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("quizzes", "0009_examinations_and_corrections")]

    operations = [
        migrations.AddField(
            model_name="question",
            name="sent_number",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
    ]
