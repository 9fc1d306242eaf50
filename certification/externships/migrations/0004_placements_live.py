"""Placements that are asked for and decided, with their goals; papers of the registers, and what was told in time."""

import uuid

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import certification.records.models.corrections
from certification import guards


def tell_who_approved(apps, schema_editor):
    """Placements of before were all made by the school: who approved them stands on the row."""
    placements, steps = apps.get_model("externships", "Placement"), apps.get_model("externships", "PlacementStep")
    steps.objects.bulk_create(
        steps(placement_id=pk, what="approved", by_id=by, at=at)
        for pk, by, at in placements.objects.order_by("pk").values_list("pk", "approved_by", "created_at")
    )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("externships", "0003_erased_words"),
        ("records", "0013_milestones_are_withdrawn"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(guards.lift, migrations.RunPython.noop),
        migrations.CreateModel(
            name="LapseNotice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject", models.CharField(max_length=60)),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("approval", "Approval"),
                            ("agreement", "Agreement"),
                            ("insurance", "Insurance"),
                            ("licence", "License"),
                        ],
                        max_length=9,
                    ),
                ),
                ("ends_on", models.DateField()),
                ("step", models.PositiveSmallIntegerField()),
                ("told_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="LearningGoal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("words", models.CharField(blank=True, max_length=300)),
                ("added_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("reached_at", models.DateTimeField(blank=True, null=True)),
                ("erased_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="PlacementStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("requested", "Asked for"),
                            ("approved", "Approved"),
                            ("declined", "Declined"),
                            ("cancelled", "Taken back"),
                            ("began", "Began"),
                            ("changed", "Changed"),
                            ("complete", "Ended as complete"),
                            ("terminated", "Ended before that"),
                            ("reopened", "Opened again"),
                        ],
                        max_length=10,
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("words", models.TextField(blank=True, max_length=1000)),
                ("erased_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["at", "pk"],
            },
        ),
        migrations.CreateModel(
            name="RegisterPaper",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("attachment_name", models.CharField(blank=True, max_length=200)),
                ("attachment_type", models.CharField(blank=True, max_length=60)),
                ("attachment_sha256", models.CharField(blank=True, max_length=64)),
                ("erased_at", models.DateTimeField(blank=True, null=True)),
                (
                    "attachment",
                    models.FileField(
                        storage=certification.records.models.corrections.private_storage, upload_to="register-papers"
                    ),
                ),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("agreement", "Agreement"),
                            ("insurance", "Insurance"),
                            ("licence", "Copy of the license"),
                            ("cv", "CV"),
                            ("other", "Other paper"),
                        ],
                        max_length=9,
                    ),
                ),
                ("starts_on", models.DateField(blank=True, null=True)),
                ("ends_on", models.DateField(blank=True, null=True)),
                ("added_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                ("withdrawn_why", models.CharField(blank=True, max_length=300)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="placement",
            name="one_placement_per_start",
        ),
        migrations.RemoveConstraint(
            model_name="placement",
            name="placement_state_known",
        ),
        migrations.RemoveConstraint(
            model_name="placement",
            name="placement_ended_has_a_day",
        ),
        migrations.AddField(
            model_name="placement",
            name="before_clients",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name="placement",
            name="required_by_kind",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="placement",
            name="supervisors",
            field=models.ManyToManyField(blank=True, related_name="named_in", to="externships.supervisor"),
        ),
        migrations.AddField(
            model_name="site",
            name="capacity",
            field=models.PositiveSmallIntegerField(
                blank=True, null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name="places"
            ),
        ),
        migrations.AddField(
            model_name="site",
            name="contact",
            field=models.CharField(blank=True, max_length=200, verbose_name="contact"),
        ),
        migrations.AddField(
            model_name="site",
            name="insurance_ends_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="site",
            name="insurance_starts_on",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="site",
            name="kind",
            field=models.CharField(
                choices=[
                    ("clinic", "Clinic"),
                    ("hospital", "Hospital"),
                    ("school_clinic", "School clinic"),
                    ("sports", "Sports"),
                    ("spa", "Spa"),
                    ("hospice", "Hospice"),
                    ("other", "Other"),
                ],
                default="clinic",
                max_length=13,
                verbose_name="kind",
            ),
        ),
        migrations.AddField(
            model_name="site",
            name="latitude",
            field=models.DecimalField(
                blank=True,
                decimal_places=6,
                max_digits=8,
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(-90),
                    django.core.validators.MaxValueValidator(90),
                ],
            ),
        ),
        migrations.AddField(
            model_name="site",
            name="longitude",
            field=models.DecimalField(
                blank=True,
                decimal_places=6,
                max_digits=9,
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(-180),
                    django.core.validators.MaxValueValidator(180),
                ],
            ),
        ),
        migrations.AddField(
            model_name="site",
            name="policy_number",
            field=models.CharField(blank=True, max_length=60, verbose_name="policy number"),
        ),
        migrations.AddField(
            model_name="supervisor",
            name="phone",
            field=models.CharField(blank=True, max_length=20, verbose_name="phone number"),
        ),
        migrations.AddField(
            model_name="supervisor",
            name="verified_source",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AlterField(
            model_name="placement",
            name="approved_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="placement",
            name="state",
            field=models.CharField(
                choices=[
                    ("requested", "Requested"),
                    ("approved", "Approved"),
                    ("active", "Active"),
                    ("complete", "Complete"),
                    ("terminated", "Terminated"),
                    ("declined", "Declined"),
                    ("cancelled", "Cancelled"),
                ],
                default="requested",
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="placement",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["declined", "cancelled"]), _negated=True),
                fields=("record", "site", "starts_on"),
                name="one_placement_per_start",
            ),
        ),
        migrations.AddConstraint(
            model_name="placement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        ["requested", "approved", "active", "complete", "terminated", "declined", "cancelled"],
                    )
                ),
                name="placement_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="placement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_on__isnull", False), ("state__in", ["complete", "terminated"])),
                    models.Q(models.Q(("state__in", ["complete", "terminated"]), _negated=True), ("ended_on", None)),
                    _connector="OR",
                ),
                name="placement_ended_has_a_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="placement",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("approved_by__isnull", False),
                    ("state__in", ["requested", "declined", "cancelled"]),
                    _connector="OR",
                ),
                name="placement_is_approved_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="site",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["clinic", "hospital", "school_clinic", "sports", "spa", "hospice", "other"])
                ),
                name="site_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="site",
            constraint=models.CheckConstraint(
                condition=models.Q(("capacity", None), ("capacity__gte", 1), _connector="OR"), name="site_has_a_place"
            ),
        ),
        migrations.AddConstraint(
            model_name="site",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("insurance_starts_on", None),
                    ("insurance_ends_on", None),
                    ("insurance_ends_on__gte", models.F("insurance_starts_on")),
                    _connector="OR",
                ),
                name="site_insurance_runs_forward",
            ),
        ),
        migrations.AddConstraint(
            model_name="site",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("latitude", None), ("longitude", None)),
                    models.Q(
                        ("latitude__isnull", False),
                        ("latitude__range", (-90, 90)),
                        ("longitude__isnull", False),
                        ("longitude__range", (-180, 180)),
                    ),
                    _connector="OR",
                ),
                name="site_lies_on_the_map",
            ),
        ),
        migrations.AddField(
            model_name="lapsenotice",
            name="school",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organisation"
            ),
        ),
        migrations.AddField(
            model_name="learninggoal",
            name="added_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="learninggoal",
            name="placement",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="goals", to="externships.placement"
            ),
        ),
        migrations.AddField(
            model_name="learninggoal",
            name="reached_by_supervisor",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="goals_reached",
                to="externships.supervisor",
            ),
        ),
        migrations.AddField(
            model_name="learninggoal",
            name="reached_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="placementstep",
            name="by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="placementstep",
            name="placement",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="externships.placement"
            ),
        ),
        migrations.AddField(
            model_name="registerpaper",
            name="added_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="registerpaper",
            name="site",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="papers",
                to="externships.site",
            ),
        ),
        migrations.AddField(
            model_name="registerpaper",
            name="supervisor",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="papers",
                to="externships.supervisor",
            ),
        ),
        migrations.AddField(
            model_name="registerpaper",
            name="withdrawn_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="lapsenotice",
            constraint=models.UniqueConstraint(
                fields=("school", "subject", "what", "ends_on", "step"), name="one_notice_of_a_lapse_per_step"
            ),
        ),
        migrations.AddConstraint(
            model_name="lapsenotice",
            constraint=models.CheckConstraint(
                condition=models.Q(("step", 60), ("step", 30), ("step", 7), ("step", 0), _connector="OR"),
                name="lapse_step_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="learninggoal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("words", ""), _negated=True), ("erased_at__isnull", False), _connector="OR"
                ),
                name="goal_has_words",
            ),
        ),
        migrations.AddConstraint(
            model_name="learninggoal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reached_at", None), ("reached_by", None), ("reached_by_supervisor", None)),
                    models.Q(
                        ("reached_at__isnull", False), ("reached_by__isnull", False), ("reached_by_supervisor", None)
                    ),
                    models.Q(
                        ("reached_at__isnull", False), ("reached_by", None), ("reached_by_supervisor__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="goal_reached_says_who",
            ),
        ),
        migrations.AddConstraint(
            model_name="placementstep",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "what__in",
                        [
                            "requested",
                            "approved",
                            "declined",
                            "cancelled",
                            "began",
                            "changed",
                            "complete",
                            "terminated",
                            "reopened",
                        ],
                    )
                ),
                name="placement_step_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="placementstep",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("what", "declined"), _negated=True),
                    models.Q(("words", ""), _negated=True),
                    ("erased_at__isnull", False),
                    _connector="OR",
                ),
                name="placement_declined_with_words",
            ),
        ),
        migrations.AddConstraint(
            model_name="registerpaper",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("kind__in", ["agreement", "insurance", "other"]), ("site__isnull", False), ("supervisor", None)
                    ),
                    models.Q(
                        ("kind__in", ["licence", "cv", "insurance", "other"]),
                        ("site", None),
                        ("supervisor__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="paper_has_one_owner",
            ),
        ),
        migrations.AddConstraint(
            model_name="registerpaper",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("starts_on", None), ("ends_on", None), ("ends_on__gte", models.F("starts_on")), _connector="OR"
                ),
                name="paper_days_run_forward",
            ),
        ),
        migrations.AddConstraint(
            model_name="registerpaper",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("attachment", ""), _negated=True),
                    models.Q(("attachment_sha256", ""), _negated=True),
                    ("erased_at", None),
                ),
                name="paper_has_a_file",
            ),
        ),
        migrations.AddConstraint(
            model_name="registerpaper",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("withdrawn_at", None), ("withdrawn_by", None), ("withdrawn_why", "")),
                    models.Q(
                        ("withdrawn_at__isnull", False),
                        ("withdrawn_by__isnull", False),
                        models.Q(("withdrawn_why", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="paper_withdrawn_with_a_reason",
            ),
        ),
        migrations.RunPython(tell_who_approved, migrations.RunPython.noop),
        # Backwards, it comes first.
        migrations.RunPython(migrations.RunPython.noop, guards.lift),
    ]
