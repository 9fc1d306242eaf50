"""Settings of the clock stand within limits; what stood outside is moved to the nearest limit."""

import django.core.validators
from django.db import migrations, models


def move_into_limits(apps, schema_editor):
    for program in apps.get_model("catalog", "Program").objects.all():
        program.idle_seconds = min(max(program.idle_seconds, 30), 3600)
        program.gap_seconds = max(min(program.gap_seconds, program.idle_seconds, 900), 10)
        program.beat_seconds = min(max(program.beat_seconds, 5), 300, program.gap_seconds // 2)
        program.save(update_fields=["idle_seconds", "gap_seconds", "beat_seconds"])


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("catalog", "0015_photographs"),
        ("requirements", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="program",
            name="beat_seconds",
            field=models.PositiveSmallIntegerField(
                default=30,
                help_text="How often an open lesson reports, in seconds: 5 to 300.",
                validators=[
                    django.core.validators.MinValueValidator(
                        5, "An open lesson reports every 5 seconds at the most: give 5 or more."
                    ),
                    django.core.validators.MaxValueValidator(
                        300, "An open lesson reports every 5 minutes at the least: give 300 or less."
                    ),
                ],
                verbose_name="beat",
            ),
        ),
        migrations.AlterField(
            model_name="program",
            name="day_cap_minutes",
            field=models.PositiveSmallIntegerField(
                default=480,
                help_text="Seat minutes that a day can hold, in the record’s time zone; 0: no cap.",
                verbose_name="day cap",
            ),
        ),
        migrations.AlterField(
            model_name="program",
            name="gap_seconds",
            field=models.PositiveSmallIntegerField(
                default=150,
                help_text="A silence longer than this counts nothing: the most that a lost network can cost. At least two beats, at most the idle limit.",
                validators=[
                    django.core.validators.MaxValueValidator(
                        900, "A page silent for 15 minutes is closed: give 900 seconds or less for the gap."
                    )
                ],
                verbose_name="gap",
            ),
        ),
        migrations.AlterField(
            model_name="program",
            name="idle_seconds",
            field=models.PositiveSmallIntegerField(
                default=300,
                help_text="Without a touch, a key or playing media for so many seconds, time stops: 30 to 3600.",
                validators=[
                    django.core.validators.MinValueValidator(
                        30, "Nobody reads without a pause: give 30 seconds or more, 300 if you are not sure."
                    ),
                    django.core.validators.MaxValueValidator(
                        3600, "After an hour without a sign nobody is there: give 3600 seconds or less."
                    ),
                ],
                verbose_name="idle limit",
            ),
        ),
        migrations.RunPython(move_into_limits, migrations.RunPython.noop, elidable=True),
        migrations.AddConstraint(
            model_name="program",
            constraint=models.CheckConstraint(
                condition=models.Q(("beat_seconds__gte", 5), ("beat_seconds__lte", 300)),
                name="beat_of_5_seconds_to_5_minutes",
            ),
        ),
        migrations.AddConstraint(
            model_name="program",
            constraint=models.CheckConstraint(
                condition=models.Q(("idle_seconds__gte", 30), ("idle_seconds__lte", 3600)),
                name="idle_limit_of_half_a_minute_to_an_hour",
            ),
        ),
        migrations.AddConstraint(
            model_name="program",
            constraint=models.CheckConstraint(
                condition=models.Q(("gap_seconds__lte", 900)), name="gap_is_at_most_a_quarter_of_an_hour"
            ),
        ),
        migrations.AddConstraint(
            model_name="program",
            constraint=models.CheckConstraint(
                condition=models.Q(("gap_seconds__lte", models.F("idle_seconds"))),
                name="gap_is_at_most_the_idle_limit",
                violation_error_message="The gap must not be longer than the idle limit, or a silent page counts for longer than an idle one. Shorten the gap, or lengthen the idle limit.",
            ),
        ),
    ]
