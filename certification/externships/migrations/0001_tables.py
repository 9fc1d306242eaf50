"""Registers, placements, shifts, signatures and competencies."""

import uuid

import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import certification.records.models.corrections
from certification.first_tables import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_tables"),
        ("records", "0001_tables"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels(
            models=[
                migrations.CreateModel(
                    name="Site",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="approvals",
                                to="accounts.organisation",
                            ),
                        ),
                        (
                            "school",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="sites",
                                to="accounts.organisation",
                            ),
                        ),
                        ("approved_on", models.DateField()),
                        ("approval_ends_on", models.DateField(blank=True, null=True)),
                        ("agreement_starts_on", models.DateField(blank=True, null=True)),
                        ("agreement_ends_on", models.DateField(blank=True, null=True)),
                        (
                            "kind",
                            models.CharField(
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
                        (
                            "capacity",
                            models.PositiveSmallIntegerField(
                                blank=True,
                                null=True,
                                validators=[django.core.validators.MinValueValidator(1)],
                                verbose_name="places",
                            ),
                        ),
                        ("insurance_starts_on", models.DateField(blank=True, null=True)),
                        ("insurance_ends_on", models.DateField(blank=True, null=True)),
                        ("policy_number", models.CharField(blank=True, max_length=60, verbose_name="policy number")),
                        (
                            "latitude",
                            models.DecimalField(
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
                        (
                            "longitude",
                            models.DecimalField(
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
                        ("contact", models.CharField(blank=True, max_length=200, verbose_name="contact")),
                        ("version", models.PositiveIntegerField(default=1)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organisation", "school"), name="one_approval_of_a_site_per_school"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("approval_ends_on", None),
                                        ("approval_ends_on__gte", models.F("approved_on")),
                                        _connector="OR",
                                    ),
                                    models.Q(
                                        ("agreement_ends_on", None),
                                        ("agreement_starts_on", None),
                                        ("agreement_ends_on__gte", models.F("agreement_starts_on")),
                                        _connector="OR",
                                    ),
                                ),
                                name="site_dates_run_forward",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "kind__in",
                                        ["clinic", "hospital", "school_clinic", "sports", "spa", "hospice", "other"],
                                    )
                                ),
                                name="site_kind_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("capacity", None), ("capacity__gte", 1), _connector="OR"),
                                name="site_has_a_place",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("insurance_starts_on", None),
                                    ("insurance_ends_on", None),
                                    ("insurance_ends_on__gte", models.F("insurance_starts_on")),
                                    _connector="OR",
                                ),
                                name="site_insurance_runs_forward",
                            ),
                            models.CheckConstraint(
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
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Supervisor",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "school",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="supervisors",
                                to="accounts.organisation",
                            ),
                        ),
                        ("name", models.CharField(max_length=200, verbose_name="name")),
                        ("email", models.EmailField(max_length=254, verbose_name="e-mail address")),
                        ("phone", models.CharField(blank=True, max_length=20, verbose_name="phone number")),
                        ("asks_code", models.BooleanField(default=False, verbose_name="code by text message")),
                        ("licence_number", models.CharField(max_length=60, verbose_name="license number")),
                        (
                            "licence_state",
                            models.CharField(
                                max_length=2,
                                validators=[django.core.validators.RegexValidator("^[A-Z]{2}$")],
                                verbose_name="state",
                            ),
                        ),
                        ("profession", models.CharField(max_length=80, verbose_name="profession")),
                        ("valid_from", models.DateField(blank=True, null=True)),
                        ("valid_to", models.DateField(blank=True, null=True)),
                        ("verified_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "verified_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("verified_source", models.CharField(blank=True, max_length=200)),
                        (
                            "user",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="supervisor_of",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                models.F("school"),
                                django.db.models.functions.text.Lower("email"),
                                name="one_supervisor_per_address",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("valid_from", None),
                                    ("valid_to", None),
                                    ("valid_to__gte", models.F("valid_from")),
                                    _connector="OR",
                                ),
                                name="supervisor_licence_runs_forward",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("asks_code", False), models.Q(("phone", ""), _negated=True), _connector="OR"
                                ),
                                name="supervisor_code_has_a_number",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AskingRhythm",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "school",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="asking_rhythm",
                                to="accounts.organisation",
                            ),
                        ),
                        (
                            "rhythm",
                            models.CharField(
                                choices=[
                                    ("at_once", "At once"),
                                    ("daily", "Once a day, in the evening"),
                                    ("weekly", "Once a week, on Sunday evening"),
                                ],
                                max_length=7,
                            ),
                        ),
                        ("changed_at", models.DateTimeField()),
                        (
                            "changed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("rhythm__in", ["at_once", "daily", "weekly"])),
                                name="asking_rhythm_known",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SiteAssignment",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "supervisor",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="assignments",
                                to="externships.supervisor",
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="assignments",
                                to="externships.site",
                            ),
                        ),
                        ("from_on", models.DateField()),
                        ("until_on", models.DateField(blank=True, null=True)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("supervisor", "site", "from_on"), name="one_assignment_per_start"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("until_on", None), ("until_on__gte", models.F("from_on")), _connector="OR"
                                ),
                                name="assignment_runs_forward",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Placement",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "record",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="placements",
                                to="records.trainingrecord",
                            ),
                        ),
                        (
                            "site",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="placements",
                                to="externships.site",
                            ),
                        ),
                        ("starts_on", models.DateField()),
                        ("ends_on", models.DateField()),
                        ("required_minutes", models.PositiveIntegerField(default=0)),
                        ("required_by_kind", models.JSONField(blank=True, default=dict)),
                        ("before_clients", models.JSONField(blank=True, default=list)),
                        (
                            "state",
                            models.CharField(
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
                        (
                            "approved_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("ended_on", models.DateField(blank=True, null=True)),
                        (
                            "ended_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("version", models.PositiveIntegerField(default=1)),
                        (
                            "supervisors",
                            models.ManyToManyField(blank=True, related_name="named_in", to="externships.supervisor"),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("state__in", ["declined", "cancelled"]), _negated=True),
                                fields=("record", "site", "starts_on"),
                                name="one_placement_per_start",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                                name="placement_runs_forward",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "state__in",
                                        [
                                            "requested",
                                            "approved",
                                            "active",
                                            "complete",
                                            "terminated",
                                            "declined",
                                            "cancelled",
                                        ],
                                    )
                                ),
                                name="placement_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("ended_on__isnull", False), ("state__in", ["complete", "terminated"])),
                                    models.Q(
                                        models.Q(("state__in", ["complete", "terminated"]), _negated=True),
                                        ("ended_on", None),
                                    ),
                                    _connector="OR",
                                ),
                                name="placement_ended_has_a_day",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("approved_by__isnull", False),
                                    ("state__in", ["requested", "declined", "cancelled"]),
                                    _connector="OR",
                                ),
                                name="placement_is_approved_by_somebody",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PlacementStep",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "placement",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="steps",
                                to="externships.placement",
                            ),
                        ),
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
                        (
                            "by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("words", models.TextField(blank=True, max_length=1000)),
                        ("erased_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "ordering": ["at", "pk"],
                        "constraints": [
                            models.CheckConstraint(
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
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("what", "declined"), _negated=True),
                                    models.Q(("words", ""), _negated=True),
                                    ("erased_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="placement_declined_with_words",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LearningGoal",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "placement",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="goals",
                                to="externships.placement",
                            ),
                        ),
                        ("words", models.CharField(blank=True, max_length=300)),
                        (
                            "added_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("added_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("reached_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "reached_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "reached_by_supervisor",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="goals_reached",
                                to="externships.supervisor",
                            ),
                        ),
                        ("erased_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "ordering": ["pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("words", ""), _negated=True),
                                    ("erased_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="goal_has_words",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("reached_at", None), ("reached_by", None), ("reached_by_supervisor", None)
                                    ),
                                    models.Q(
                                        ("reached_at__isnull", False),
                                        ("reached_by__isnull", False),
                                        ("reached_by_supervisor", None),
                                    ),
                                    models.Q(
                                        ("reached_at__isnull", False),
                                        ("reached_by", None),
                                        ("reached_by_supervisor__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="goal_reached_says_who",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Clock",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "learner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="clocks", to="records.learner"
                            ),
                        ),
                        (
                            "placement",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="clocks",
                                to="externships.placement",
                            ),
                        ),
                        (
                            "supervisor",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="clocks",
                                to="externships.supervisor",
                            ),
                        ),
                        ("started_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "ended",
                            models.CharField(
                                blank=True,
                                choices=[("by_her", "clocked out"), ("sweeper", "never clocked out")],
                                max_length=7,
                            ),
                        ),
                        ("started_metres", models.PositiveIntegerField(blank=True, null=True)),
                        ("started_accuracy", models.PositiveIntegerField(blank=True, null=True)),
                        ("started_away", models.BooleanField(default=False)),
                        ("ended_metres", models.PositiveIntegerField(blank=True, null=True)),
                        ("ended_accuracy", models.PositiveIntegerField(blank=True, null=True)),
                        ("ended_away", models.BooleanField(default=False)),
                        ("erased_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("ended_at", None)),
                                fields=("learner",),
                                name="one_open_clock_per_learner",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("ended_at", None), ("ended_at__gte", models.F("started_at")), _connector="OR"
                                ),
                                name="clock_runs_forward",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("ended", ""), ("ended_at", None)),
                                    models.Q(("ended__in", ["by_her", "sweeper"]), ("ended_at__isnull", False)),
                                    _connector="OR",
                                ),
                                name="clock_end_says_how",
                            ),
                            models.CheckConstraint(
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
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("erased_at", None),
                                    models.Q(
                                        ("ended_accuracy", None),
                                        ("ended_away", False),
                                        ("ended_metres", None),
                                        ("started_accuracy", None),
                                        ("started_away", False),
                                        ("started_metres", None),
                                    ),
                                    _connector="OR",
                                ),
                                name="clock_erased_says_no_place",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ClockStretch",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "clock",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="stretches",
                                to="externships.clock",
                            ),
                        ),
                        ("key", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("activity", models.CharField(max_length=14)),
                        ("started_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "ordering": ["started_at", "pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "activity__in",
                                        [
                                            "client_session",
                                            "intake_notes",
                                            "observation",
                                            "instruction",
                                            "idle",
                                            "break",
                                        ],
                                    )
                                ),
                                name="stretch_activity_known",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Shift",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "placement",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="shifts",
                                to="externships.placement",
                            ),
                        ),
                        (
                            "supervisor",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="shifts",
                                to="externships.supervisor",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("client_session", "Client session"),
                                    ("intake_notes", "Intake and notes"),
                                    ("observation", "Observation"),
                                    ("instruction", "Instruction"),
                                    ("idle", "Idle time"),
                                ],
                                max_length=14,
                            ),
                        ),
                        ("starts_at", models.DateTimeField()),
                        ("ends_at", models.DateTimeField()),
                        ("break_minutes", models.PositiveIntegerField(default=0)),
                        ("techniques", models.JSONField(blank=True, default=list)),
                        ("client_code", models.CharField(blank=True, max_length=7)),
                        (
                            "statement",
                            models.TextField(blank=True, max_length=1000, verbose_name="what you did and learned"),
                        ),
                        ("regions", models.JSONField(blank=True, default=list)),
                        (
                            "complaint",
                            models.CharField(
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
                        (
                            "screen",
                            models.CharField(
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
                        ("measures", models.JSONField(blank=True, default=list)),
                        ("reflection", models.TextField(blank=True, max_length=2000, verbose_name="reflection")),
                        (
                            "entered",
                            models.CharField(
                                choices=[
                                    ("hand", "Entered by hand"),
                                    ("clock", "Clocked in and out"),
                                    ("changed", "Clocked, times changed by hand"),
                                ],
                                default="hand",
                                max_length=7,
                            ),
                        ),
                        (
                            "clock",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="shifts",
                                to="externships.clock",
                            ),
                        ),
                        ("clocked_from", models.DateTimeField(blank=True, null=True)),
                        ("clocked_to", models.DateTimeField(blank=True, null=True)),
                        ("clocked_break", models.PositiveIntegerField(blank=True, null=True)),
                        (
                            "amends",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="amendments",
                                to="externships.shift",
                            ),
                        ),
                        (
                            "amend_reason",
                            models.TextField(blank=True, max_length=500, verbose_name="why it is amended"),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("draft", "Draft"),
                                    ("sent", "Waits for a signature"),
                                    ("signed", "Signed"),
                                    ("returned", "Returned"),
                                    ("refused", "Refused"),
                                    ("withdrawn", "Withdrawn"),
                                ],
                                default="draft",
                                max_length=9,
                            ),
                        ),
                        (
                            "version",
                            models.PositiveIntegerField(
                                default=1, validators=[django.core.validators.MinValueValidator(1)]
                            ),
                        ),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("sent_at", models.DateTimeField(blank=True, null=True)),
                        ("erased_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "ordering": ["starts_at", "pk"],
                        "indexes": [models.Index(fields=["placement", "state"], name="shifts_by_state")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                                name="shift_ends_after_it_starts",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "kind__in",
                                        ["client_session", "intake_notes", "observation", "instruction", "idle"],
                                    )
                                ),
                                name="shift_kind_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("state__in", ["draft", "sent", "signed", "returned", "refused", "withdrawn"])
                                ),
                                name="shift_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("state", "sent"), _negated=True),
                                    ("sent_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="shift_waits_since_it_was_sent",
                            ),
                            models.CheckConstraint(
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
                            models.CheckConstraint(
                                condition=models.Q(("screen__in", ["", "clear", "adapted", "not_treated", "not_done"])),
                                name="shift_screen_known",
                            ),
                            models.CheckConstraint(
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
                            models.CheckConstraint(
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
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("amends", None), ("amend_reason", "")),
                                    models.Q(
                                        ("amends__isnull", False),
                                        models.Q(
                                            models.Q(("amend_reason", ""), _negated=True),
                                            ("erased_at__isnull", False),
                                            _connector="OR",
                                        ),
                                    ),
                                    _connector="OR",
                                ),
                                name="shift_amends_says_why",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state__in", ["refused", "withdrawn"]), _negated=True),
                                fields=("amends",),
                                name="one_amendment_at_a_time",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Competency",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "school",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="competencies",
                                to="accounts.organisation",
                            ),
                        ),
                        (
                            "code",
                            models.CharField(
                                max_length=40,
                                validators=[django.core.validators.RegexValidator("^[A-Z0-9]+(?:-[A-Z0-9]+)*$")],
                                verbose_name="code",
                            ),
                        ),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("school", "code"), name="one_competency_per_code")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CompetencyVersion",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "competency",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="versions",
                                to="externships.competency",
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        ("title", models.CharField(max_length=150, verbose_name="title")),
                        ("criteria", models.TextField(max_length=2000, verbose_name="what is looked for")),
                        (
                            "technique",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("mfr", "Myofascial release"),
                                    ("nmt", "Neuromuscular therapy"),
                                    ("trigger_point", "Trigger point work"),
                                    ("mld", "Manual lymphatic drainage"),
                                    ("muscle_testing", "Muscle testing"),
                                    ("stretching", "Stretching"),
                                ],
                                max_length=14,
                                verbose_name="technique",
                            ),
                        ),
                        ("region", models.CharField(blank=True, max_length=60, verbose_name="body region")),
                        ("safety", models.BooleanField(default=False, verbose_name="safety item")),
                        ("before_clients", models.BooleanField(default=False, verbose_name="before the first client")),
                        (
                            "opens_after",
                            models.PositiveIntegerField(
                                default=0,
                                validators=[
                                    django.core.validators.MinValueValidator(0),
                                    django.core.validators.MaxValueValidator(500),
                                ],
                                verbose_name="opens after",
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[("draft", "Draft"), ("in_use", "In use"), ("retired", "Retired")],
                                default="draft",
                                max_length=7,
                            ),
                        ),
                        (
                            "written_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("written_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("in_use_since", models.DateTimeField(blank=True, null=True)),
                        ("retired_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("competency", "number"), name="one_competency_version_per_number"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state", "in_use")),
                                fields=("competency",),
                                name="one_competency_version_in_use",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state", "draft")),
                                fields=("competency",),
                                name="one_competency_draft",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("in_use_since", None), ("retired_at", None), ("state", "draft")),
                                    models.Q(
                                        ("in_use_since__isnull", False), ("retired_at", None), ("state", "in_use")
                                    ),
                                    models.Q(
                                        ("in_use_since__isnull", False),
                                        ("retired_at__isnull", False),
                                        ("state", "retired"),
                                    ),
                                    _connector="OR",
                                ),
                                name="competency_state_has_its_days",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("before_clients", False), ("opens_after", 0), _connector="OR"),
                                name="competency_before_clients_is_open",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="EvaluationForm",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "school",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="evaluation_forms",
                                to="accounts.organisation",
                            ),
                        ),
                        (
                            "purpose",
                            models.CharField(
                                choices=[
                                    ("midterm", "Midterm evaluation"),
                                    ("final", "Final evaluation"),
                                    ("site", "Evaluation of the site"),
                                ],
                                max_length=7,
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        ("title", models.CharField(max_length=150, verbose_name="title")),
                        ("items", models.JSONField()),
                        (
                            "state",
                            models.CharField(
                                choices=[("draft", "Draft"), ("in_use", "In use"), ("retired", "Retired")],
                                default="in_use",
                                max_length=7,
                            ),
                        ),
                        (
                            "written_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("in_use_since", models.DateTimeField(default=django.utils.timezone.now)),
                        ("retired_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("school", "purpose", "number"), name="one_evaluation_form_per_number"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("state", "in_use")),
                                fields=("school", "purpose"),
                                name="one_evaluation_form_in_use",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("retired_at", None), ("state", "in_use")),
                                    models.Q(("retired_at__isnull", False), ("state", "retired")),
                                    _connector="OR",
                                ),
                                name="evaluation_form_state_has_its_day",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("purpose__in", ["midterm", "final", "site"])),
                                name="evaluation_form_purpose_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="EvaluationLink",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "purpose",
                            models.CharField(
                                choices=[
                                    ("checkoff", "Check-offs"),
                                    ("midterm", "Midterm evaluation"),
                                    ("final", "Final evaluation"),
                                ],
                                max_length=8,
                            ),
                        ),
                        (
                            "supervisor",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="evaluation_links",
                                to="externships.supervisor",
                            ),
                        ),
                        (
                            "placement",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="evaluation_links",
                                to="externships.placement",
                            ),
                        ),
                        ("shown", models.TextField()),
                        ("digest", models.CharField(max_length=64)),
                        ("token_hash", models.CharField(max_length=64, unique=True)),
                        ("address_hash", models.CharField(max_length=64)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "created_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("expires_at", models.DateTimeField()),
                        ("revoked_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "revoked_why",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("replaced", "sent again"),
                                    ("school", "revoked by the school"),
                                    ("disowned", "the reader said it is not hers"),
                                ],
                                max_length=9,
                            ),
                        ),
                        ("told_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "replaces",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="replaced_by",
                                to="externships.evaluationlink",
                            ),
                        ),
                        ("erased_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "indexes": [models.Index(fields=["placement", "purpose"], name="evaluations_of_placement")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("purpose__in", ["checkoff", "midterm", "final"])),
                                name="evaluation_link_purpose_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("expires_at__gt", models.F("created_at"))),
                                name="evaluation_link_expires_later",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("revoked_at", None), ("revoked_why", "")),
                                    models.Q(
                                        ("revoked_at__isnull", False), models.Q(("revoked_why", ""), _negated=True)
                                    ),
                                    _connector="OR",
                                ),
                                name="evaluation_link_revoked_says_why",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="EvaluationToken",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "link",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="tokens",
                                to="externships.evaluationlink",
                            ),
                        ),
                        ("token_hash", models.CharField(max_length=64, unique=True)),
                        ("days", models.PositiveSmallIntegerField()),
                        ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("link", "days"), name="one_evaluation_reminder_of_a_day")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="EvaluationAnswer",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "link",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="answer",
                                to="externships.evaluationlink",
                            ),
                        ),
                        ("marks", models.JSONField()),
                        ("words", models.TextField(blank=True, max_length=2000)),
                        ("typed_name", models.CharField(max_length=200)),
                        ("statement", models.CharField(max_length=300)),
                        ("licence", models.CharField(max_length=250)),
                        ("digest", models.CharField(max_length=64)),
                        ("second_factor", models.CharField(blank=True, max_length=2)),
                        ("answered_at", models.DateTimeField()),
                        ("ip", models.GenericIPAddressField(blank=True, null=True)),
                        ("agent", models.CharField(blank=True, max_length=300)),
                        (
                            "via",
                            models.CharField(
                                choices=[("link", "by the mailed link"), ("account", "from her account")],
                                default="link",
                                max_length=7,
                            ),
                        ),
                        ("erased_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        models.Q(("typed_name", ""), _negated=True),
                                        models.Q(("statement", ""), _negated=True),
                                    ),
                                    ("erased_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="evaluation_is_by_a_name",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("via__in", ["link", "account"])), name="evaluation_via_known"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CheckOff",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "version",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="checkoffs",
                                to="externships.competencyversion",
                            ),
                        ),
                        (
                            "record",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="checkoffs",
                                to="records.trainingrecord",
                            ),
                        ),
                        (
                            "outcome",
                            models.CharField(
                                choices=[("passed", "Passed"), ("failed", "Not yet"), ("not_seen", "Not seen")],
                                max_length=8,
                            ),
                        ),
                        (
                            "rating",
                            models.PositiveSmallIntegerField(
                                blank=True,
                                choices=[(0, "Not seen"), (1, "With help"), (2, "Independent"), (3, "Teaches it")],
                                null=True,
                            ),
                        ),
                        ("words", models.TextField(blank=True, max_length=1000)),
                        (
                            "evaluator",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "supervisor",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="checkoffs",
                                to="externships.supervisor",
                            ),
                        ),
                        (
                            "answer",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="checkoffs",
                                to="externships.evaluationanswer",
                            ),
                        ),
                        (
                            "placement",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="checkoffs",
                                to="externships.placement",
                            ),
                        ),
                        (
                            "after",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="retests",
                                to="externships.remediation",
                            ),
                        ),
                        ("decided_at", models.DateTimeField()),
                        ("erased_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "indexes": [models.Index(fields=["record", "version"], name="checkoffs_of_record")],
                        "constraints": [
                            models.UniqueConstraint(fields=("answer", "version"), name="one_checkoff_per_answer"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("outcome__in", ["passed", "failed", "not_seen"]), ("rating", None)),
                                    models.Q(("outcome", "not_seen"), ("rating", 0)),
                                    models.Q(("outcome", "failed"), ("rating", 1)),
                                    models.Q(("outcome", "passed"), ("rating__in", [2, 3])),
                                    _connector="OR",
                                ),
                                name="checkoff_outcome_is_that_of_its_rating",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("answer", None), ("evaluator__isnull", False), ("supervisor", None)),
                                    models.Q(
                                        ("answer__isnull", False),
                                        ("evaluator", None),
                                        ("placement__isnull", False),
                                        ("supervisor__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="checkoff_is_by_one_person",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Remediation",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "failed",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="plan",
                                to="externships.checkoff",
                            ),
                        ),
                        (
                            "minutes",
                            models.PositiveIntegerField(
                                validators=[
                                    django.core.validators.MinValueValidator(1),
                                    django.core.validators.MaxValueValidator(6000),
                                ],
                                verbose_name="minutes",
                            ),
                        ),
                        (
                            "instructor",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("due_on", models.DateField(verbose_name="due")),
                        ("words", models.TextField(blank=True, max_length=1000, verbose_name="what is practiced")),
                        (
                            "state",
                            models.CharField(
                                choices=[("planned", "Planned"), ("done", "Done")], default="planned", max_length=7
                            ),
                        ),
                        (
                            "planned_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("planned_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "done_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("done_at", models.DateTimeField(blank=True, null=True)),
                        ("erased_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("minutes__gt", 0)), name="remediation_takes_time"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("done_at", None), ("done_by", None), ("state", "planned")),
                                    models.Q(("done_at__isnull", False), ("done_by__isnull", False), ("state", "done")),
                                    _connector="OR",
                                ),
                                name="remediation_done_says_when_and_by_whom",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SiteEvaluation",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "placement",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="site_evaluation",
                                to="externships.placement",
                            ),
                        ),
                        (
                            "form",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="answers",
                                to="externships.evaluationform",
                            ),
                        ),
                        ("marks", models.JSONField()),
                        ("words", models.TextField(blank=True, max_length=2000)),
                        ("given_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("erased_at", models.DateTimeField(blank=True, null=True)),
                    ],
                ),
                migrations.CreateModel(
                    name="ShiftOrigin",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "shift",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="origins",
                                to="externships.shift",
                            ),
                        ),
                        ("origin_hash", models.CharField(max_length=64)),
                        ("noted_at", models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("shift", "origin_hash"), name="one_row_per_shift_and_origin"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RegisterPaper",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("attachment_name", models.CharField(blank=True, max_length=200)),
                        ("attachment_type", models.CharField(blank=True, max_length=60)),
                        ("attachment_sha256", models.CharField(blank=True, max_length=64)),
                        ("erased_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "attachment",
                            models.FileField(
                                storage=certification.records.models.corrections.private_storage,
                                upload_to="register-papers",
                            ),
                        ),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "site",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="papers",
                                to="externships.site",
                            ),
                        ),
                        (
                            "supervisor",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="papers",
                                to="externships.supervisor",
                            ),
                        ),
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
                        (
                            "added_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("added_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "withdrawn_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
                        ("withdrawn_why", models.CharField(blank=True, max_length=300)),
                        (
                            "erased_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("erased_why", models.CharField(blank=True, max_length=300)),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("kind__in", ["agreement", "insurance", "other"]),
                                        ("site__isnull", False),
                                        ("supervisor", None),
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
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("starts_on", None),
                                    ("ends_on", None),
                                    ("ends_on__gte", models.F("starts_on")),
                                    _connector="OR",
                                ),
                                name="paper_days_run_forward",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("attachment_sha256", ""), _negated=True),
                                    models.Q(
                                        models.Q(("erased_at", None), models.Q(("attachment", ""), _negated=True)),
                                        models.Q(("attachment", ""), ("erased_at__isnull", False)),
                                        _connector="OR",
                                    ),
                                ),
                                name="paper_has_a_file",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("erased_at", None), ("erased_by", None), ("erased_why", "")),
                                    models.Q(
                                        ("erased_at__isnull", False),
                                        ("erased_by__isnull", False),
                                        models.Q(("erased_why", ""), _negated=True),
                                        models.Q(("kind", "agreement"), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="paper_erased_with_a_reason",
                            ),
                            models.CheckConstraint(
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
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LapseNotice",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "school",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.organisation",
                            ),
                        ),
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
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("school", "subject", "what", "ends_on", "step"),
                                name="one_notice_of_a_lapse_per_step",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("step", 60), ("step", 30), ("step", 7), ("step", 0), _connector="OR"
                                ),
                                name="lapse_step_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PracticalKind",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "school",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="practical_kinds",
                                to="accounts.organisation",
                            ),
                        ),
                        (
                            "code",
                            models.CharField(
                                max_length=40,
                                validators=[django.core.validators.RegexValidator("^[A-Z0-9]+(?:-[A-Z0-9]+)*$")],
                                verbose_name="code",
                            ),
                        ),
                        ("title", models.CharField(max_length=150, verbose_name="title")),
                        (
                            "pass_percent",
                            models.PositiveSmallIntegerField(
                                default=75,
                                validators=[
                                    django.core.validators.MinValueValidator(1),
                                    django.core.validators.MaxValueValidator(100),
                                ],
                                verbose_name="passed from",
                            ),
                        ),
                        ("codes", models.JSONField(blank=True, default=list)),
                        ("course", models.CharField(blank=True, max_length=80, verbose_name="module")),
                        (
                            "fact",
                            models.CharField(
                                blank=True,
                                max_length=60,
                                validators=[django.core.validators.RegexValidator("^[a-z0-9]+(_[a-z0-9]+)*$")],
                                verbose_name="requirement of a rule pack",
                            ),
                        ),
                        ("retired_at", models.DateTimeField(blank=True, null=True)),
                        ("version", models.PositiveIntegerField(default=1)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("school", "code"), name="one_practical_kind_per_code"),
                            models.CheckConstraint(
                                condition=models.Q(("pass_percent__range", (1, 100))),
                                name="practical_pass_is_a_percentage",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Practical",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "kind",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="practicals",
                                to="externships.practicalkind",
                            ),
                        ),
                        (
                            "record",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="practicals",
                                to="records.trainingrecord",
                            ),
                        ),
                        ("on_day", models.DateField()),
                        ("place", models.CharField(max_length=200)),
                        ("items", models.JSONField()),
                        ("pass_percent", models.PositiveSmallIntegerField()),
                        ("course", models.CharField(blank=True, max_length=80)),
                        ("fact", models.CharField(blank=True, max_length=60)),
                        (
                            "planned_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("planned_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("cancelled_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "indexes": [models.Index(fields=["record", "kind"], name="practicals_of_record")],
                    },
                ),
                migrations.CreateModel(
                    name="PracticalSheet",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "practical",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="sheets",
                                to="externships.practical",
                            ),
                        ),
                        ("seat", models.PositiveSmallIntegerField()),
                        (
                            "examiner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("marks", models.JSONField(blank=True, default=dict)),
                        ("words", models.TextField(blank=True, max_length=2000)),
                        ("handed_in_at", models.DateTimeField(blank=True, null=True)),
                        ("erased_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("practical", "seat"), name="one_practical_sheet_per_seat"),
                            models.UniqueConstraint(fields=("practical", "examiner"), name="practical_by_two_people"),
                            models.CheckConstraint(
                                condition=models.Q(("seat__range", (1, 2))), name="practical_has_two_seats"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="PracticalResult",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "practical",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="result",
                                to="externships.practical",
                            ),
                        ),
                        ("numerator", models.BigIntegerField(blank=True, null=True)),
                        ("denominator", models.BigIntegerField(default=1)),
                        ("safe", models.BooleanField()),
                        ("passed", models.BooleanField()),
                        ("decided_at", models.DateTimeField()),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("denominator__gt", 0),
                                    models.Q(
                                        ("numerator", None),
                                        models.Q(
                                            ("numerator__gte", 0),
                                            (
                                                "numerator__lte",
                                                django.db.models.expressions.CombinedExpression(
                                                    models.F("denominator"), "*", models.Value(100)
                                                ),
                                            ),
                                        ),
                                        _connector="OR",
                                    ),
                                ),
                                name="practical_percent_is_one",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("passed", False), ("safe", True), _connector="OR"),
                                name="practical_passed_is_safe",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SignOffLink",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "supervisor",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="links",
                                to="externships.supervisor",
                            ),
                        ),
                        (
                            "placement",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="links",
                                to="externships.placement",
                            ),
                        ),
                        ("from_on", models.DateField()),
                        ("until_on", models.DateField()),
                        (
                            "channel",
                            models.CharField(
                                choices=[("mail", "e-mail"), ("paper", "paper form")], default="mail", max_length=5
                            ),
                        ),
                        ("token_hash", models.CharField(max_length=64, unique=True)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "created_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("expires_at", models.DateTimeField()),
                        ("held_at", models.DateTimeField(blank=True, null=True)),
                        ("goes_at", models.DateTimeField(blank=True, null=True)),
                        ("mailed_at", models.DateTimeField(blank=True, null=True)),
                        ("mailed_as", models.UUIDField(blank=True, null=True)),
                        ("address_hash", models.CharField(blank=True, max_length=64)),
                        ("revoked_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "revoked_why",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("replaced", "sent again"),
                                    ("school", "revoked by the school"),
                                    ("disowned", "the reader said it is not hers"),
                                ],
                                max_length=9,
                            ),
                        ),
                        ("spent_at", models.DateTimeField(blank=True, null=True)),
                        ("told_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "replaces",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="replaced_by",
                                to="externships.signofflink",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("revoked_at", None), ("spent_at", None)),
                                fields=["created_at"],
                                name="links_waiting",
                            ),
                            models.Index(
                                condition=models.Q(("goes_at__isnull", False), ("mailed_at", None)),
                                fields=["goes_at"],
                                name="links_to_go",
                            ),
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("channel__in", ["mail", "paper"])), name="link_channel_known"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("expires_at__gt", models.F("created_at"))),
                                name="link_expires_after_it_is_made",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("revoked_at", None), ("revoked_why", "")),
                                    models.Q(
                                        ("revoked_at__isnull", False), models.Q(("revoked_why", ""), _negated=True)
                                    ),
                                    _connector="OR",
                                ),
                                name="link_revoked_says_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("mailed_at__isnull", False),
                                    models.Q(("address_hash", ""), ("mailed_as", None)),
                                    _connector="OR",
                                ),
                                name="link_mailed_says_where",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("channel", "mail"),
                                    models.Q(("goes_at", None), ("mailed_at", None)),
                                    _connector="OR",
                                ),
                                name="link_on_paper_is_not_mailed",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LinkToken",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "link",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="tokens",
                                to="externships.signofflink",
                            ),
                        ),
                        ("token_hash", models.CharField(max_length=64, unique=True)),
                        ("days", models.PositiveSmallIntegerField()),
                        ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "constraints": [models.UniqueConstraint(fields=("link", "days"), name="one_reminder_of_a_day")],
                    },
                ),
                migrations.CreateModel(
                    name="SignOffRow",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "link",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="rows",
                                to="externships.signofflink",
                            ),
                        ),
                        (
                            "shift",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="rows", to="externships.shift"
                            ),
                        ),
                        ("version", models.PositiveIntegerField()),
                        ("shown", models.TextField()),
                        ("digest", models.CharField(max_length=64)),
                        ("erased_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("link", "shift"), name="one_row_per_shift_and_link")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SignOff",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "row",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="decisions",
                                to="externships.signoffrow",
                            ),
                        ),
                        (
                            "shift",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="decisions",
                                to="externships.shift",
                            ),
                        ),
                        ("version", models.PositiveIntegerField()),
                        (
                            "decision",
                            models.CharField(
                                choices=[
                                    ("sign", "Sign"),
                                    ("return", "Return"),
                                    ("refuse", "Refuse"),
                                    ("propose", "Other times proposed"),
                                ],
                                max_length=7,
                            ),
                        ),
                        ("words", models.TextField(blank=True, max_length=1000)),
                        ("typed_name", models.CharField(max_length=200)),
                        ("statement", models.CharField(blank=True, max_length=300)),
                        ("licence", models.CharField(max_length=250)),
                        ("digest", models.CharField(max_length=64)),
                        ("posted_minutes", models.PositiveIntegerField(default=0)),
                        ("left_out_minutes", models.PositiveIntegerField(default=0)),
                        ("proposed_starts_at", models.DateTimeField(blank=True, null=True)),
                        ("proposed_ends_at", models.DateTimeField(blank=True, null=True)),
                        ("proposed_break_minutes", models.PositiveIntegerField(blank=True, null=True)),
                        (
                            "via",
                            models.CharField(
                                choices=[
                                    ("link", "by the link"),
                                    ("account", "from her account"),
                                    ("paper", "on paper"),
                                ],
                                default="link",
                                max_length=7,
                            ),
                        ),
                        (
                            "receipt",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="decisions",
                                to="externships.signingreceipt",
                            ),
                        ),
                        (
                            "scan",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="decisions",
                                to="externships.paperscan",
                            ),
                        ),
                        ("second_factor", models.CharField(blank=True, max_length=2)),
                        ("decided_at", models.DateTimeField()),
                        ("ip", models.GenericIPAddressField(null=True)),
                        ("agent", models.CharField(blank=True, max_length=300)),
                        ("erased_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("shift", "version"), name="one_decision_per_version_of_a_shift"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("decision", "sign"), models.Q(("statement", ""), _negated=True)),
                                    models.Q(
                                        ("decision__in", ["return", "refuse"]),
                                        models.Q(
                                            models.Q(("words", ""), _negated=True),
                                            ("erased_at__isnull", False),
                                            _connector="OR",
                                        ),
                                        ("left_out_minutes", 0),
                                        ("posted_minutes", 0),
                                    ),
                                    models.Q(("decision", "propose"), ("left_out_minutes", 0), ("posted_minutes", 0)),
                                    _connector="OR",
                                ),
                                name="signoff_decision_is_complete",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("decision", "propose"),
                                        ("proposed_break_minutes__isnull", False),
                                        ("proposed_ends_at__gt", models.F("proposed_starts_at")),
                                        ("proposed_starts_at__isnull", False),
                                    ),
                                    models.Q(
                                        models.Q(("decision", "propose"), _negated=True),
                                        ("proposed_break_minutes", None),
                                        ("proposed_ends_at", None),
                                        ("proposed_starts_at", None),
                                    ),
                                    _connector="OR",
                                ),
                                name="signoff_proposes_whole_times",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("scan__isnull", False), ("via", "paper")),
                                    models.Q(("scan", None), ("via__in", ["link", "account"])),
                                    _connector="OR",
                                ),
                                name="signoff_on_paper_has_a_scan",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("second_factor", ""),
                                    models.Q(("decision", "sign"), ("via__in", ["link", "account"])),
                                    _connector="OR",
                                ),
                                name="signoff_second_factor_signs",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("typed_name", ""), _negated=True),
                                    ("erased_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="signoff_is_by_a_name",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SigningReceipt",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("code", models.CharField(max_length=21, unique=True)),
                        (
                            "link",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="receipts",
                                to="externships.signofflink",
                            ),
                        ),
                        ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                ),
                migrations.CreateModel(
                    name="PaperScan",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("attachment_name", models.CharField(blank=True, max_length=200)),
                        ("attachment_type", models.CharField(blank=True, max_length=60)),
                        ("erased_at", models.DateTimeField(blank=True, null=True)),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "link",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="scans",
                                to="externships.signofflink",
                            ),
                        ),
                        ("typed_name", models.CharField(max_length=200)),
                        ("signed_on", models.DateField()),
                        ("answers", models.JSONField(default=dict)),
                        (
                            "uploaded_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("uploaded_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "attachment",
                            models.FileField(
                                blank=True,
                                storage=certification.records.models.corrections.private_storage,
                                upload_to="signed-forms",
                            ),
                        ),
                        ("attachment_sha256", models.CharField(max_length=64)),
                        (
                            "outcome",
                            models.CharField(
                                blank=True,
                                choices=[("approved", "Approved"), ("refused", "Not approved")],
                                max_length=8,
                            ),
                        ),
                        (
                            "decided_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("decided_at", models.DateTimeField(blank=True, null=True)),
                        ("decided_words", models.TextField(blank=True, max_length=1000)),
                    ],
                    options={
                        "ordering": ["uploaded_at", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("outcome", "")), fields=("link",), name="one_scan_of_a_form_waits"
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("outcome", "approved")),
                                fields=("link",),
                                name="one_scan_of_a_form_is_approved",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("decided_by", None),
                                    models.Q(("decided_by", models.F("uploaded_by")), _negated=True),
                                    _connector="OR",
                                ),
                                name="scan_is_read_by_two",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("decided_at", None), ("decided_by", None), ("outcome", "")),
                                    models.Q(
                                        ("decided_at__isnull", False),
                                        ("decided_by__isnull", False),
                                        ("outcome__in", ["approved", "refused"]),
                                    ),
                                    _connector="OR",
                                ),
                                name="scan_answered_says_by_whom",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("outcome", "refused"), _negated=True),
                                    models.Q(("decided_words", ""), _negated=True),
                                    ("erased_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="scan_refused_says_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("attachment", ""), _negated=True),
                                    ("erased_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="scan_is_there",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SigningCode",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "link",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="codes",
                                to="externships.signofflink",
                            ),
                        ),
                        (
                            "evaluation",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="codes",
                                to="externships.evaluationlink",
                            ),
                        ),
                        ("number_hash", models.CharField(max_length=64)),
                        ("ends_with", models.CharField(max_length=2)),
                        ("code_hash", models.CharField(max_length=64)),
                        ("made_at", models.DateTimeField()),
                        ("expires_at", models.DateTimeField()),
                        ("tries", models.PositiveSmallIntegerField(default=0)),
                        ("spent_at", models.DateTimeField(blank=True, null=True)),
                        ("cancelled_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "indexes": [models.Index(fields=["number_hash", "made_at"], name="codes_to_a_number")],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("cancelled_at", None), ("spent_at", None)),
                                fields=("link",),
                                name="one_open_code_of_a_link",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("cancelled_at", None), ("spent_at", None)),
                                fields=("evaluation",),
                                name="one_open_code_of_an_evaluation",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("evaluation", None), ("link__isnull", False)),
                                    models.Q(("evaluation__isnull", False), ("link", None)),
                                    _connector="OR",
                                ),
                                name="code_is_of_one_link",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("expires_at__gt", models.F("made_at"))), name="code_expires_later"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("tries__lte", 5)), name="code_is_tried_five_times"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("spent_at", None),
                                    models.Q(
                                        ("cancelled_at", None),
                                        ("spent_at__gte", models.F("made_at")),
                                        ("spent_at__lt", models.F("expires_at")),
                                        ("tries__lt", 5),
                                    ),
                                    _connector="OR",
                                ),
                                name="code_signs_while_it_works",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="SecondFactorStep",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "supervisor",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="second_factor_steps",
                                to="externships.supervisor",
                            ),
                        ),
                        (
                            "what",
                            models.CharField(
                                choices=[
                                    ("number", "Number changed"),
                                    ("on", "Code asked for"),
                                    ("off", "Code not asked for any more"),
                                ],
                                max_length=6,
                            ),
                        ),
                        ("ends_with", models.CharField(blank=True, max_length=2)),
                        (
                            "by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("what__in", ["number", "on", "off"])),
                                name="second_factor_step_known",
                            )
                        ],
                    },
                ),
            ],
        ),
    ]
