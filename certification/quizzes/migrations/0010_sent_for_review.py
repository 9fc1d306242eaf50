"""A question says which of its versions its author asked to be put in use."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("quizzes", "0007_words_that_go")]

    operations = [
        migrations.AddField(
            model_name="question",
            name="sent_number",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
    ]
