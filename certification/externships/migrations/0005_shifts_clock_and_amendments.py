"""What a shift says beside its times, clocks and their taps, and amendments of signed shifts."""

import uuid

import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
from django.db import migrations, models

from certification import guards


class Migration(migrations.Migration):
    dependencies = [
        ("externships", "0004_placements_live"),
        ("records", "0013_milestones_are_withdrawn"),
    ]

    operations = [
        migrations.RunPython(guards.lift, migrations.RunPython.noop),
        migrations.CreateModel(
            name="ClockStretch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("activity", models.CharField(max_length=14)),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "ordering": ["started_at", "pk"],
            },
        ),
        migrations.AddField(
            model_name="shift",
            name="amend_reason",
            field=models.TextField(blank=True, max_length=500, verbose_name="why it is amended"),
        ),
        migrations.AddField(
            model_name="shift",
            name="amends",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="amendments",
                to="externships.shift",
            ),
        ),
        migrations.AddField(
            model_name="shift",
            name="clocked_break",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="shift",
            name="clocked_from",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="shift",
            name="clocked_to",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="shift",
            name="complaint",
            field=models.CharField(
                blank=True,
                choices=[
                    ("pain", "Pain"),
                    ("restricted_motion", "Restricted motion"),
                    ("swelling", "Swelling"),
                    ("headache", "Headache"),
                    ("stress_tension", "Stress or tension"),
                    ("scar", "Scar"),
                    ("sports", "Sports"),
                    ("maintenance", "Maintenance"),
                    ("other", "Something else"),
                ],
                max_length=17,
            ),
        ),
        migrations.AddField(
            model_name="shift",
            name="measures",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name="shift",
            name="reflection",
            field=models.TextField(blank=True, max_length=2000, verbose_name="reflection"),
        ),
        migrations.AddField(
            model_name="shift",
            name="regions",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name="shift",
            name="screen",
            field=models.CharField(
                blank=True,
                choices=[
                    ("clear", "Asked: nothing found"),
                    ("adapted", "Something found, treatment adapted"),
                    ("not_treated", "Referred, or not treated"),
                    ("not_done", "Not asked"),
                ],
                max_length=11,
            ),
        ),
        migrations.AlterField(
            model_name="shift",
            name="entered",
            field=models.CharField(
                choices=[
                    ("hand", "Entered by hand"),
                    ("clock", "Clocked in and out"),
                    ("changed", "Clocked, times changed by hand"),
                ],
                default="hand",
                max_length=7,
            ),
        ),
        migrations.CreateModel(
            name="Clock",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("started_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "ended",
                    models.CharField(
                        blank=True, choices=[("by_her", "clocked out"), ("sweeper", "never clocked out")], max_length=7
                    ),
                ),
                ("started_metres", models.PositiveIntegerField(blank=True, null=True)),
                ("started_accuracy", models.PositiveIntegerField(blank=True, null=True)),
                ("started_away", models.BooleanField(default=False)),
                ("ended_metres", models.PositiveIntegerField(blank=True, null=True)),
                ("ended_accuracy", models.PositiveIntegerField(blank=True, null=True)),
                ("ended_away", models.BooleanField(default=False)),
                (
                    "learner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="clocks", to="records.learner"
                    ),
                ),
                (
                    "placement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="clocks", to="externships.placement"
                    ),
                ),
                (
                    "supervisor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="clocks", to="externships.supervisor"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="shift",
            name="clock",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="shifts",
                to="externships.clock",
            ),
        ),
        migrations.AddConstraint(
            model_name="shift",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "complaint__in",
                        [
                            "",
                            "pain",
                            "restricted_motion",
                            "swelling",
                            "headache",
                            "stress_tension",
                            "scar",
                            "sports",
                            "maintenance",
                            "other",
                        ],
                    )
                ),
                name="shift_complaint_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="shift",
            constraint=models.CheckConstraint(
                condition=models.Q(("screen__in", ["", "clear", "adapted", "not_treated", "not_done"])),
                name="shift_screen_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="shift",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("clock", None),
                        ("clocked_break", None),
                        ("clocked_from", None),
                        ("clocked_to", None),
                        ("entered", "hand"),
                    ),
                    models.Q(
                        ("clock__isnull", False),
                        ("clocked_break__isnull", False),
                        ("clocked_from__isnull", False),
                        ("entered__in", ["clock", "changed"]),
                    ),
                    _connector="OR",
                ),
                name="shift_clocked_is_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="shift",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("entered", "clock"), _negated=True),
                    models.Q(
                        ("break_minutes", models.F("clocked_break")),
                        ("clocked_to__isnull", False),
                        ("ends_at", models.F("clocked_to")),
                        ("starts_at", models.F("clocked_from")),
                    ),
                    models.Q(("clocked_to", None), ("state__in", ["draft", "withdrawn"])),
                    _connector="OR",
                ),
                name="shift_by_the_clock_is_as_clocked",
            ),
        ),
        migrations.AddConstraint(
            model_name="shift",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("amends", None), ("amend_reason", "")),
                    models.Q(
                        ("amends__isnull", False),
                        models.Q(
                            models.Q(("amend_reason", ""), _negated=True), ("erased_at__isnull", False), _connector="OR"
                        ),
                    ),
                    _connector="OR",
                ),
                name="shift_amends_says_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="shift",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["refused", "withdrawn"]), _negated=True),
                fields=("amends",),
                name="one_amendment_at_a_time",
            ),
        ),
        migrations.AddField(
            model_name="clockstretch",
            name="clock",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="stretches", to="externships.clock"
            ),
        ),
        migrations.AddConstraint(
            model_name="clock",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)), fields=("learner",), name="one_open_clock_per_learner"
            ),
        ),
        migrations.AddConstraint(
            model_name="clock",
            constraint=models.CheckConstraint(
                condition=models.Q(("ended_at", None), ("ended_at__gte", models.F("started_at")), _connector="OR"),
                name="clock_runs_forward",
            ),
        ),
        migrations.AddConstraint(
            model_name="clock",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended", ""), ("ended_at", None)),
                    models.Q(("ended__in", ["by_her", "sweeper"]), ("ended_at__isnull", False)),
                    _connector="OR",
                ),
                name="clock_end_says_how",
            ),
        ),
        migrations.AddConstraint(
            model_name="clock",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("started_away", False),
                        models.Q(
                            ("started_accuracy__isnull", False),
                            (
                                "started_metres__gt",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("started_accuracy"), "+", models.Value(500)
                                ),
                            ),
                            ("started_metres__isnull", False),
                        ),
                        _connector="OR",
                    ),
                    models.Q(
                        ("ended_away", False),
                        models.Q(
                            ("ended_accuracy__isnull", False),
                            (
                                "ended_metres__gt",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("ended_accuracy"), "+", models.Value(500)
                                ),
                            ),
                            ("ended_metres__isnull", False),
                        ),
                        _connector="OR",
                    ),
                ),
                name="clock_away_is_measured",
            ),
        ),
        migrations.AddConstraint(
            model_name="clockstretch",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("activity__in", ["client_session", "intake_notes", "observation", "instruction", "idle", "break"])
                ),
                name="stretch_activity_known",
            ),
        ),
        # Backwards, it comes first.
        migrations.RunPython(migrations.RunPython.noop, guards.lift),
    ]
