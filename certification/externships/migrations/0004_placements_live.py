"""Placements that are asked for and decided; sites and supervisors with all that the school keeps of them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("externships", "0003_erased_words"),
    ]

    operations = [
        migrations.AddField(
            "supervisor", "phone", models.CharField(blank=True, max_length=20, verbose_name="phone number")
        ),
    ]
