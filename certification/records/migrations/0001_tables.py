"""The ledger of hours and the people in it."""

import uuid

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

import accounts.models
import certification.records.models.corrections
import certification.records.models.people
from certification.first_tables import CreateModels

# Not for what they hold. Their many small steps take ten seconds while ours are not there, and twenty-five after them.
# Never raised to later ones: in a database that stands, this migration came before those.
OTHERS_FIRST = [
    ("account", "0009_emailaddress_unique_primary_email"),
    ("admin", "0003_logentry_add_action_flag_choices"),
    ("django_tasks_database", "0021_conditional_partial_index_ordering"),
    ("mfa", "0003_authenticator_type_uniq"),
    ("usersessions", "0001_initial"),
    ("wagtailadmin", "0006_formstate"),
    ("wagtailcore", "0098_apitoken"),
    ("wagtaildocs", "0014_alter_document_file_size"),
    ("wagtailembeds", "0009_embed_cache_until"),
    ("wagtailimages", "0027_image_description"),
    ("wagtailmedia", "0005_alter_media_options"),
    ("wagtailredirects", "0008_add_verbose_name_plural"),
    ("wagtailsearch", "0010_add_text_fields"),
    ("wagtailusers", "0015_userprofile_keyboard_shortcuts"),
]


def no_minute_twice(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Design promise 4: PostgreSQL forbids overlapping spans of one learner by this, SQLite by a trigger (guards)."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
        schema_editor.execute(
            "ALTER TABLE records_occupiedtime ADD CONSTRAINT occupied_no_minute_twice "
            "EXCLUDE USING gist (learner_id WITH =, tstzrange(starts_at, ends_at) WITH &&)"
        )


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_tables"),
        ("requirements", "0001_tables"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        *OTHERS_FIRST,
    ]

    operations = [
        CreateModels(
            models=[
                migrations.CreateModel(
                    name="Learner",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "user",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="learner",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "merged_into",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="merged",
                                to="records.learner",
                            ),
                        ),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                ),
                migrations.CreateModel(
                    name="TrainingRecord",
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
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="records",
                                to="records.learner",
                            ),
                        ),
                        (
                            "school",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="training_records",
                                to="accounts.organisation",
                            ),
                        ),
                        (
                            "rule_set",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="training_records",
                                to="requirements.ruleset",
                            ),
                        ),
                        ("program_code", models.CharField(max_length=40)),
                        ("program_title", models.CharField(max_length=200)),
                        ("zone", models.CharField(max_length=64, validators=[accounts.models.validate_zone])),
                        ("enrolled_on", models.DateField()),
                        ("program_start_on", models.DateField(blank=True, null=True)),
                        ("completed_on", models.DateField(blank=True, null=True)),
                        (
                            "certificate_term",
                            models.CharField(
                                blank=True,
                                max_length=20,
                                validators=[certification.records.models.people.validate_term],
                            ),
                        ),
                        ("sealed_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "sealed_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "seal_reason",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("cycle", "Its cycle is over"),
                                    ("retake", "The program is taken again"),
                                    ("completed", "The program is completed"),
                                    ("left", "The learner left"),
                                    ("closed", "The school closed"),
                                ],
                                max_length=10,
                            ),
                        ),
                        (
                            "follows",
                            models.OneToOneField(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="followed_by",
                                to="records.trainingrecord",
                            ),
                        ),
                        ("source_key", models.CharField(max_length=120, unique=True)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                ),
                migrations.CreateModel(
                    name="RecordRequirement",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "record",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="requirements",
                                to="records.trainingrecord",
                            ),
                        ),
                        ("code", models.CharField(max_length=80)),
                        ("title", models.CharField(max_length=200)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("record", "code"), name="one_row_per_required_fact")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Presence",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "learner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="presences",
                                to="records.learner",
                            ),
                        ),
                        (
                            "source",
                            models.CharField(
                                choices=[("lesson", "Lesson"), ("shift", "Shift"), ("class", "Class")], max_length=8
                            ),
                        ),
                        ("source_key", models.CharField(max_length=160)),
                        ("since", models.DateTimeField(default=django.utils.timezone.now)),
                        ("until", models.DateTimeField(null=True)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("until", None)),
                                fields=("learner",),
                                name="one_open_presence_per_learner",
                            ),
                            models.UniqueConstraint(fields=("learner", "source_key"), name="one_presence_per_source"),
                            models.CheckConstraint(
                                condition=models.Q(("source__in", ["lesson", "shift", "class"])),
                                name="presence_source_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("until", None), ("until__gte", models.F("since")), _connector="OR"),
                                name="presence_ends_after_it_began",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Erasure",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "record",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="erasure",
                                to="records.trainingrecord",
                            ),
                        ),
                        (
                            "basis",
                            models.CharField(
                                choices=[
                                    ("retention", "The time for which they must be kept is over"),
                                    ("asked", "The person asked for it, and no duty stood against it"),
                                ],
                                max_length=10,
                            ),
                        ),
                        (
                            "by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                ),
                migrations.CreateModel(
                    name="Anomaly",
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
                                related_name="anomalies",
                                to="accounts.organisation",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("overlap", "In two places at once"),
                                    ("identical", "The same times for two learners"),
                                    ("burst", "Many hours written in one hour"),
                                    ("long_day", "More than a day holds"),
                                    ("back_dated", "Written long after the day"),
                                    ("round", "Nothing but whole hours"),
                                    ("one_device", "Two learners on one device at once"),
                                    ("two_sites", "One supervisor at two sites at once"),
                                    ("sign_burst", "Signed faster than anyone reads"),
                                    ("own_device", "Signed on the learner’s device"),
                                    ("over_ratio", "More learners at once than one can see"),
                                    ("signer_day", "A supervisor’s day of more than 16 hours"),
                                    ("at_once", "All signed within a minute of the mail"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("fingerprint", models.CharField(max_length=64)),
                        ("found_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("evidence", models.JSONField(default=dict)),
                        ("first_on", models.DateField(help_text="The first local day that it is about.")),
                        ("last_on", models.DateField()),
                        (
                            "records",
                            models.ManyToManyField(
                                related_name="anomalies", through="records.AnomalyRecord", to="records.trainingrecord"
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "anomalies",
                        "indexes": [models.Index(fields=["school", "found_at"], name="anomalies_of_school")],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("school", "fingerprint"), name="one_anomaly_per_fingerprint"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "kind__in",
                                        [
                                            "overlap",
                                            "identical",
                                            "burst",
                                            "long_day",
                                            "back_dated",
                                            "round",
                                            "one_device",
                                            "two_sites",
                                            "sign_burst",
                                            "own_device",
                                            "over_ratio",
                                            "signer_day",
                                            "at_once",
                                        ],
                                    )
                                ),
                                name="anomaly_kind_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("last_on__gte", models.F("first_on"))),
                                name="anomaly_days_run_forward",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AnomalyRecord",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "anomaly",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="records.anomaly",
                            ),
                        ),
                        (
                            "record",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="records.trainingrecord",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("anomaly", "record"), name="one_row_per_record_of_an_anomaly"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="AnomalyDecision",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "anomaly",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="decisions",
                                to="records.anomaly",
                            ),
                        ),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "verdict",
                            models.CharField(
                                choices=[
                                    ("explained", "Explained"),
                                    ("corrected", "Corrected"),
                                    ("fraud", "Fraud"),
                                    ("watch", "Keep watching"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("words", models.TextField(max_length=1000)),
                        ("erased_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "ordering": ["at", "pk"],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("verdict__in", ["explained", "corrected", "fraud", "watch"])),
                                name="anomaly_verdict_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("words", ""), _negated=True),
                                    ("erased_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="anomaly_decided_with_words",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HourLog",
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
                                related_name="hour_log",
                                to="accounts.organisation",
                            ),
                        ),
                        ("origin", models.CharField(max_length=200, unique=True)),
                        ("size", models.PositiveBigIntegerField(default=0)),
                        ("peaks", models.JSONField(default=list)),
                        (
                            "grown_at",
                            models.DateTimeField(
                                help_text="When it last grew; `recorded_at` never runs backwards.", null=True
                            ),
                        ),
                    ],
                ),
                migrations.CreateModel(
                    name="LogNode",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "log",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="nodes", to="records.hourlog"
                            ),
                        ),
                        ("level", models.PositiveSmallIntegerField()),
                        ("index", models.PositiveBigIntegerField()),
                        ("hash", models.CharField(max_length=64)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("log", "level", "index"), name="one_hash_per_subtree"),
                            models.CheckConstraint(condition=models.Q(("level__gt", 0)), name="leaves_are_no_nodes"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Checkpoint",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "log",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="checkpoints",
                                to="records.hourlog",
                            ),
                        ),
                        ("size", models.PositiveBigIntegerField()),
                        ("root", models.CharField(max_length=64)),
                        ("note", models.TextField()),
                        (
                            "reason",
                            models.CharField(
                                choices=[
                                    ("daily", "Daily"),
                                    ("graduation", "A certificate was issued"),
                                    ("asked", "A registrar asked"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "ordering": ["-size"],
                        "constraints": [
                            models.UniqueConstraint(fields=("log", "size"), name="one_checkpoint_per_size"),
                            models.CheckConstraint(
                                condition=models.Q(("size__gt", 0)), name="checkpoint_covers_something"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Witness",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "log",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="witnesses",
                                to="records.hourlog",
                            ),
                        ),
                        ("name", models.CharField(max_length=200, verbose_name="name")),
                        ("email", models.EmailField(max_length=254, verbose_name="e-mail address")),
                        ("since", models.DateTimeField(default=django.utils.timezone.now)),
                        ("until", models.DateTimeField(null=True)),
                    ],
                    options={
                        "ordering": ["since", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("until", None)),
                                fields=("log", "email"),
                                name="one_witness_per_address",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Posting",
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
                                related_name="postings",
                                to="records.trainingrecord",
                            ),
                        ),
                        ("source_key", models.CharField(max_length=160)),
                        ("request_digest", models.CharField(max_length=64)),
                        ("left_out", models.JSONField(default=list)),
                        ("posted_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("record", "source_key"), name="one_posting_per_source")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HourEntry",
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
                                related_name="entries",
                                to="records.trainingrecord",
                            ),
                        ),
                        (
                            "posting",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="entries",
                                to="records.posting",
                            ),
                        ),
                        ("source_key", models.CharField(max_length=170)),
                        ("date", models.DateField(help_text="The local day in the record's zone.")),
                        ("minutes", models.IntegerField()),
                        ("category", models.CharField(max_length=60)),
                        ("starts_at", models.DateTimeField(null=True)),
                        ("ends_at", models.DateTimeField(null=True)),
                        (
                            "spans",
                            models.JSONField(
                                default=list,
                                help_text="[[start, end], …], ISO 8601 in UTC: what it measured, gaps left out.",
                            ),
                        ),
                        (
                            "tags",
                            models.CharField(blank=True, help_text="Sorted, parted by semicolons.", max_length=300),
                        ),
                        (
                            "delivery",
                            models.CharField(
                                choices=[
                                    ("in_person", "In person"),
                                    ("synchronous", "Live online"),
                                    ("asynchronous", "Online, own time"),
                                ],
                                max_length=14,
                            ),
                        ),
                        (
                            "source",
                            models.CharField(
                                choices=[
                                    ("lesson", "Lesson"),
                                    ("class", "Class"),
                                    ("externship", "Externship shift"),
                                    ("transfer", "Transfer"),
                                    ("adjustment", "Adjustment"),
                                ],
                                max_length=12,
                            ),
                        ),
                        (
                            "course",
                            models.CharField(
                                blank=True,
                                help_text="Module code and version, or the sending school's code.",
                                max_length=80,
                            ),
                        ),
                        ("sending_school", models.CharField(blank=True, max_length=200)),
                        ("supervisor_licence_valid_from", models.DateField(null=True)),
                        ("supervisor_licence_valid_to", models.DateField(null=True)),
                        ("paid", models.BooleanField(null=True)),
                        ("title", models.CharField(max_length=250)),
                        ("content_revision", models.CharField(blank=True, max_length=60)),
                        ("place", models.CharField(blank=True, max_length=200)),
                        (
                            "signer",
                            models.CharField(
                                blank=True,
                                help_text="Pseudonym of who stands for it: supervisor:<uuid>.",
                                max_length=80,
                            ),
                        ),
                        (
                            "evidence",
                            models.CharField(
                                choices=[
                                    ("measured", "Measured"),
                                    ("awarded", "Awarded"),
                                    ("co_signed", "Co-signed"),
                                    ("transferred", "Transferred"),
                                    ("imported", "Imported"),
                                    ("self_reported", "Self-reported"),
                                    ("corrected", "Corrected"),
                                ],
                                max_length=14,
                            ),
                        ),
                        (
                            "reason",
                            models.CharField(blank=True, help_text="Reason code of a correction.", max_length=40),
                        ),
                        (
                            "reverses",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reversed_by",
                                to="records.hourentry",
                            ),
                        ),
                        ("recorded_at", models.DateTimeField()),
                        (
                            "recorded_by",
                            models.UUIDField(help_text="uuid of the user who acted; empty for the system.", null=True),
                        ),
                        ("text_hash", models.CharField(max_length=64)),
                        (
                            "log",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="entries",
                                to="records.hourlog",
                            ),
                        ),
                        ("position", models.PositiveBigIntegerField()),
                        ("salt", models.CharField(max_length=32)),
                        ("leaf_hash", models.CharField(max_length=64, unique=True)),
                    ],
                    options={
                        "ordering": ["date", "starts_at", "position"],
                        "indexes": [models.Index(fields=["record", "date"], name="entries_of_record")],
                        "constraints": [
                            models.UniqueConstraint(fields=("record", "source_key"), name="one_entry_per_source_part"),
                            models.UniqueConstraint(fields=("log", "position"), name="one_leaf_per_position"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("minutes__gt", 0), ("reverses__isnull", True)),
                                    models.Q(("minutes__lt", 0), ("reverses__isnull", False)),
                                    _connector="OR",
                                ),
                                name="entry_minutes_never_zero_negative_only_as_reversal",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("ends_at__isnull", True), ("starts_at__isnull", True)),
                                    ("ends_at__gt", models.F("starts_at")),
                                    _connector="OR",
                                ),
                                name="entry_times_come_together",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("delivery__in", ["in_person", "synchronous", "asynchronous"])),
                                name="entry_delivery_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("source__in", ["lesson", "class", "externship", "transfer", "adjustment"])
                                ),
                                name="entry_source_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "evidence__in",
                                        [
                                            "measured",
                                            "awarded",
                                            "co_signed",
                                            "transferred",
                                            "imported",
                                            "self_reported",
                                            "corrected",
                                        ],
                                    )
                                ),
                                name="entry_evidence_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="HourEntryText",
                    fields=[
                        (
                            "entry",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                primary_key=True,
                                related_name="text",
                                serialize=False,
                                to="records.hourentry",
                            ),
                        ),
                        ("salt", models.CharField(max_length=32)),
                        ("body", models.TextField()),
                    ],
                ),
                migrations.CreateModel(
                    name="OccupiedTime",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "learner",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="occupied",
                                to="records.learner",
                            ),
                        ),
                        (
                            "entry",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="occupied",
                                to="records.hourentry",
                            ),
                        ),
                        ("starts_at", models.DateTimeField()),
                        ("ends_at", models.DateTimeField()),
                    ],
                    options={
                        "indexes": [
                            models.Index(fields=["learner", "starts_at", "ends_at"], name="occupied_by_learner")
                        ],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                                name="occupied_time_runs_forward",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Balance",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "record",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="balances",
                                to="records.trainingrecord",
                            ),
                        ),
                        ("category", models.CharField(max_length=60)),
                        ("minutes", models.PositiveIntegerField()),
                        ("last_on", models.DateField(help_text="The latest local day of its lines.")),
                        ("log_size", models.PositiveBigIntegerField()),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("record", "category"), name="one_balance_per_category")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Claim",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "attachment",
                            models.FileField(
                                blank=True,
                                storage=certification.records.models.corrections.private_storage,
                                upload_to="record-papers",
                            ),
                        ),
                        ("attachment_name", models.CharField(blank=True, max_length=200)),
                        ("attachment_type", models.CharField(blank=True, max_length=60)),
                        ("attachment_sha256", models.CharField(blank=True, max_length=64)),
                        ("erased_at", models.DateTimeField(blank=True, null=True)),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "record",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="claims",
                                to="records.trainingrecord",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[("wrong", "A line is wrong"), ("missing", "Hours are missing")], max_length=8
                            ),
                        ),
                        (
                            "entry",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="claims",
                                to="records.hourentry",
                            ),
                        ),
                        ("date", models.DateField()),
                        ("minutes", models.PositiveIntegerField(blank=True, null=True)),
                        ("words", models.TextField(max_length=1000)),
                        (
                            "made_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("due_on", models.DateField()),
                        ("reminded_at", models.DateTimeField(blank=True, null=True)),
                        (
                            "answer",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("corrected", "Corrected"),
                                    ("refused", "Not corrected"),
                                    ("withdrawn", "Withdrawn"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("answer_words", models.TextField(blank=True, max_length=1000)),
                        (
                            "answered_by",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("answered_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "indexes": [
                            models.Index(condition=models.Q(("answer", "")), fields=["due_on"], name="claims_waiting")
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("answer", "")), fields=("entry",), name="one_open_claim_per_entry"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("entry__isnull", False), ("kind", "wrong")),
                                    models.Q(("entry__isnull", True), ("kind", "missing"), ("minutes__isnull", False)),
                                    _connector="OR",
                                ),
                                name="claim_names_a_line_or_missing_minutes",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("words", ""), _negated=True),
                                    ("erased_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="claim_says_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("answer", ""), ("answered_at__isnull", True), ("answered_by__isnull", True)
                                    ),
                                    models.Q(
                                        ("answer__in", ["corrected", "refused", "withdrawn"]),
                                        ("answered_at__isnull", False),
                                        ("answered_by__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="claim_answered_by_somebody",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("answer", "refused"), ("answer_words", ""), _negated=True),
                                    ("erased_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="claim_refused_with_words",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("answer", "withdrawn"), _negated=True),
                                    ("answered_by", models.F("made_by")),
                                    _connector="OR",
                                ),
                                name="claim_withdrawn_by_who_made_it",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("answer__in", ["corrected", "refused"]), _negated=True),
                                    models.Q(("answered_by", models.F("made_by")), _negated=True),
                                    _connector="OR",
                                ),
                                name="claim_not_answered_by_who_made_it",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Correction",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "attachment",
                            models.FileField(
                                blank=True,
                                storage=certification.records.models.corrections.private_storage,
                                upload_to="record-papers",
                            ),
                        ),
                        ("attachment_name", models.CharField(blank=True, max_length=200)),
                        ("attachment_type", models.CharField(blank=True, max_length=60)),
                        ("attachment_sha256", models.CharField(blank=True, max_length=64)),
                        ("erased_at", models.DateTimeField(blank=True, null=True)),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "record",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="corrections",
                                to="records.trainingrecord",
                            ),
                        ),
                        (
                            "entry",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="corrections",
                                to="records.hourentry",
                            ),
                        ),
                        (
                            "claim",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="corrections",
                                to="records.claim",
                            ),
                        ),
                        ("replacement", models.JSONField(blank=True, default=list)),
                        (
                            "minutes",
                            models.PositiveIntegerField(
                                help_text="Of the replacement; 0 where the line is taken back only."
                            ),
                        ),
                        (
                            "reason",
                            models.CharField(
                                choices=[
                                    ("minutes", "The minutes were wrong"),
                                    ("time", "The day or the times were wrong"),
                                    ("subject", "The subject was wrong"),
                                    ("delivery", "The way it was taught was wrong"),
                                    ("twice", "It was entered twice"),
                                    ("absent", "The learner did not attend"),
                                    ("missing", "The hours were missing"),
                                    ("system", "A fault of the system"),
                                    ("false_statement", "It rests on a false statement"),
                                ],
                                max_length=16,
                            ),
                        ),
                        ("words", models.TextField(max_length=1000)),
                        (
                            "proposed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("proposed_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "outcome",
                            models.CharField(
                                blank=True,
                                choices=[("approved", "Approved"), ("refused", "Refused"), ("withdrawn", "Withdrawn")],
                                max_length=10,
                            ),
                        ),
                        ("decision_words", models.TextField(blank=True, max_length=1000)),
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
                    ],
                    options={
                        "indexes": [
                            models.Index(
                                condition=models.Q(("outcome", "")), fields=["proposed_at"], name="corrections_waiting"
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("outcome", "")),
                                fields=("entry",),
                                name="one_open_correction_per_entry",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("entry__isnull", False), ("minutes__gt", 0), _connector="OR"),
                                name="correction_takes_back_or_posts",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("words", ""), _negated=True),
                                    ("erased_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="correction_says_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    (
                                        "reason__in",
                                        [
                                            "minutes",
                                            "time",
                                            "subject",
                                            "delivery",
                                            "twice",
                                            "absent",
                                            "missing",
                                            "system",
                                            "false_statement",
                                        ],
                                    )
                                ),
                                name="correction_reason_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("decided_at__isnull", True), ("decided_by__isnull", True), ("outcome", "")
                                    ),
                                    models.Q(
                                        ("decided_at__isnull", False),
                                        ("decided_by__isnull", False),
                                        ("outcome__in", ["approved", "refused", "withdrawn"]),
                                    ),
                                    _connector="OR",
                                ),
                                name="correction_decided_by_somebody",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("outcome__in", ["approved", "refused"]), _negated=True),
                                    models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                                    _connector="OR",
                                ),
                                name="correction_needs_two_people",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("outcome", "withdrawn"), _negated=True),
                                    ("decided_by", models.F("proposed_by")),
                                    _connector="OR",
                                ),
                                name="correction_withdrawn_by_who_proposed_it",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("decision_words", ""), ("outcome", "refused"), _negated=True),
                                    ("erased_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="correction_refused_with_words",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CourseResult",
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
                                related_name="course_results",
                                to="records.trainingrecord",
                            ),
                        ),
                        ("source_key", models.CharField(max_length=160)),
                        ("course", models.CharField(help_text="Module code and version, like MFR@1.", max_length=80)),
                        (
                            "grade_hundredths",
                            models.IntegerField(
                                blank=True, null=True, validators=[django.core.validators.MinValueValidator(0)]
                            ),
                        ),
                        (
                            "attendance_hundredths",
                            models.IntegerField(
                                blank=True, null=True, validators=[django.core.validators.MinValueValidator(0)]
                            ),
                        ),
                        ("evidence", models.CharField(max_length=200)),
                        ("recorded_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("record", "source_key"), name="one_result_per_source"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("grade_hundredths", None),
                                        ("grade_hundredths__range", (0, 10000)),
                                        _connector="OR",
                                    ),
                                    models.Q(
                                        ("attendance_hundredths", None),
                                        ("attendance_hundredths__range", (0, 10000)),
                                        _connector="OR",
                                    ),
                                ),
                                name="result_is_a_percentage",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Milestone",
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
                                related_name="milestones",
                                to="records.trainingrecord",
                            ),
                        ),
                        ("source_key", models.CharField(max_length=160)),
                        ("code", models.CharField(max_length=80)),
                        ("title", models.CharField(max_length=250)),
                        ("detail", models.CharField(blank=True, max_length=250)),
                        ("occurred_at", models.DateTimeField()),
                        ("recorded_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "indexes": [models.Index(fields=["record", "code"], name="milestones_of_record")],
                        "constraints": [
                            models.UniqueConstraint(fields=("record", "source_key"), name="one_milestone_per_source")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MilestoneWithdrawal",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "milestone",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="withdrawal",
                                to="records.milestone",
                            ),
                        ),
                        ("source_key", models.CharField(max_length=160)),
                        ("withdrawn_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                ),
                migrations.CreateModel(
                    name="Hold",
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
                                related_name="holds",
                                to="records.trainingrecord",
                            ),
                        ),
                        (
                            "reason",
                            models.CharField(
                                choices=[
                                    ("unpaid", "A bill is not paid"),
                                    ("papers", "Papers are missing"),
                                    ("conduct", "A matter of conduct is open"),
                                    ("order", "A board or court ordered it"),
                                    ("other", "Another reason"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("words", models.TextField(blank=True)),
                        (
                            "placed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("placed_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "released_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("released_at", models.DateTimeField(null=True)),
                        ("release_words", models.TextField(blank=True)),
                        ("erased_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("released_at__isnull", True)),
                                fields=("record", "reason"),
                                name="one_standing_hold_of_a_reason",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("reason__in", ["unpaid", "papers", "conduct", "order", "other"])),
                                name="hold_reason_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("release_words", ""),
                                        ("released_at__isnull", True),
                                        ("released_by__isnull", True),
                                    ),
                                    models.Q(("released_at__isnull", False), ("released_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="hold_released_by_somebody",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ImportBatch",
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
                                related_name="imports",
                                to="accounts.organisation",
                            ),
                        ),
                        ("kind", models.CharField(default="hours", max_length=12)),
                        (
                            "file",
                            models.FileField(
                                blank=True,
                                storage=certification.records.models.corrections.private_storage,
                                upload_to="imports",
                            ),
                        ),
                        ("file_name", models.CharField(max_length=200)),
                        ("file_sha256", models.CharField(max_length=64)),
                        ("verdicts", models.JSONField()),
                        ("tally", models.JSONField()),
                        (
                            "proposed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("proposed_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "outcome",
                            models.CharField(
                                blank=True,
                                choices=[("posted", "Posted"), ("refused", "Refused"), ("withdrawn", "Withdrawn")],
                                max_length=10,
                            ),
                        ),
                        ("decision_words", models.TextField(blank=True, max_length=1000)),
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
                        ("erased_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "ordering": ["-proposed_at", "-pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("outcome", "")),
                                fields=("school", "file_sha256"),
                                name="one_open_import_per_file",
                            ),
                            models.CheckConstraint(condition=models.Q(("kind", "hours")), name="import_kind_known"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("decided_at__isnull", True), ("decided_by__isnull", True), ("outcome", "")
                                    ),
                                    models.Q(
                                        ("decided_at__isnull", False),
                                        ("decided_by__isnull", False),
                                        ("outcome__in", ["posted", "refused", "withdrawn"]),
                                    ),
                                    _connector="OR",
                                ),
                                name="import_decided_by_somebody",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("outcome__in", ["posted", "refused"]), _negated=True),
                                    models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                                    _connector="OR",
                                ),
                                name="import_needs_two_people",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("outcome", "withdrawn"), _negated=True),
                                    ("decided_by", models.F("proposed_by")),
                                    _connector="OR",
                                ),
                                name="import_withdrawn_by_who_proposed_it",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("decision_words", ""), ("outcome", "refused"), _negated=True),
                                    ("erased_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="import_refused_with_words",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ImportRun",
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
                                related_name="import_runs",
                                to="accounts.organisation",
                            ),
                        ),
                        (
                            "batch",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="runs",
                                to="records.importbatch",
                            ),
                        ),
                        (
                            "step",
                            models.CharField(
                                choices=[("check", "Check the rows"), ("post", "Post the rows")], max_length=5
                            ),
                        ),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "file",
                            models.FileField(
                                blank=True,
                                storage=certification.records.models.corrections.private_storage,
                                upload_to="imports",
                            ),
                        ),
                        ("file_name", models.CharField(blank=True, max_length=200)),
                        ("words", models.TextField(blank=True, max_length=1000)),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("waiting", "Waits for its turn"),
                                    ("running", "Runs"),
                                    ("done", "Done"),
                                    ("failed", "Failed"),
                                ],
                                default="waiting",
                                max_length=7,
                            ),
                        ),
                        ("attempts", models.PositiveSmallIntegerField(default=0)),
                        ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("claimed_until", models.DateTimeField(blank=True, null=True)),
                        ("ended_at", models.DateTimeField(blank=True, null=True)),
                        ("sentence", models.TextField(blank=True, help_text="Why it failed, for who reads the page.")),
                    ],
                    options={
                        "ordering": ["-asked_at", "-pk"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state__in", ["waiting", "running"])),
                                fields=["asked_at"],
                                name="import_runs_going",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("step", "post"), models.Q(("state", "failed"), _negated=True)),
                                fields=("batch",),
                                name="one_posting_of_a_file",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("step__in", ["check", "post"])), name="import_run_step_known"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("state__in", ["waiting", "running", "done", "failed"])),
                                name="import_run_state_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("batch__isnull", False),
                                    models.Q(("step", "check"), models.Q(("state", "done"), _negated=True)),
                                    _connector="OR",
                                ),
                                name="import_run_done_has_a_batch",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("sentence", ""), ("state", "failed"), _negated=True),
                                name="import_run_failed_says_why",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Activation",
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
                                related_name="activations",
                                to="accounts.organisation",
                            ),
                        ),
                        (
                            "rule_set",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="activations",
                                to="requirements.ruleset",
                            ),
                        ),
                        ("activated_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "activated_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("note", models.CharField(blank=True, max_length=300)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("school", "rule_set"), name="one_activation_per_school")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RuleSetChange",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "record",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="rule_set_changes",
                                to="records.trainingrecord",
                            ),
                        ),
                        (
                            "activation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="changes",
                                to="records.activation",
                            ),
                        ),
                        (
                            "before",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="requirements.ruleset"
                            ),
                        ),
                        (
                            "after",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="requirements.ruleset"
                            ),
                        ),
                        ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("record", "activation"), name="one_change_per_activation")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Target",
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
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="targets",
                                to="records.learner",
                            ),
                        ),
                        (
                            "identifier",
                            models.CharField(help_text="Of the rule set, without its version.", max_length=64),
                        ),
                        ("chosen_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("dropped_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "ordering": ["chosen_at", "pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("dropped_at", None)),
                                fields=("learner", "identifier"),
                                name="one_target_per_rule_set",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Crosswalk",
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
                                related_name="crosswalks",
                                to="accounts.organisation",
                            ),
                        ),
                        (
                            "source",
                            models.CharField(
                                help_text="Identifier of the rule set that judges the records.", max_length=64
                            ),
                        ),
                        ("target", models.CharField(help_text="Identifier of the rule set aimed at.", max_length=64)),
                        ("version", models.PositiveIntegerField(default=1)),
                        ("changed_at", models.DateTimeField(default=django.utils.timezone.now)),
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
                            models.UniqueConstraint(
                                fields=("school", "source", "target"), name="one_crosswalk_per_pair"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("source", models.F("target")), _negated=True),
                                name="crosswalk_leads_elsewhere",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CrosswalkLine",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "crosswalk",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="lines",
                                to="records.crosswalk",
                            ),
                        ),
                        ("category", models.CharField(max_length=64)),
                        (
                            "course",
                            models.CharField(
                                blank=True, help_text="Module code and version, like MFR@1.", max_length=80
                            ),
                        ),
                        ("to_category", models.CharField(max_length=64)),
                        ("tags", models.CharField(blank=True, help_text="Parted by semicolons.", max_length=300)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("crosswalk", "category", "course"), name="one_line_per_category_and_course"
                            )
                        ],
                    },
                ),
            ],
        ),
        migrations.RunPython(no_minute_twice, migrations.RunPython.noop),
    ]
