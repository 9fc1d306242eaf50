"""Certificates and what leads to them."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from certification.first_tables import CreateModels


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_tables"),
        ("keys", "0001_tables"),
        ("records", "0001_tables"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels(
            models=[
                migrations.CreateModel(
                    name="CertificateProposal",
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
                                related_name="certificate_proposals",
                                to="records.trainingrecord",
                            ),
                        ),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("completion", "Certificate of completion"),
                                    ("ce", "Continuing education certificate"),
                                    ("achievement", "Certificate of achievement"),
                                    ("letter", "Interim letter of hours"),
                                ],
                                default="completion",
                                max_length=12,
                            ),
                        ),
                        ("subject", models.CharField(blank=True, default="", max_length=80)),
                        (
                            "supersedes",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="certificates.certificate",
                            ),
                        ),
                        (
                            "because",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("hours_corrected", "The hours behind it were corrected"),
                                    ("name_changed", "The name or the title changed"),
                                    ("document_error", "The document has an error"),
                                    ("after_revocation", "The one before was revoked"),
                                    ("renewed", "A newer letter takes its place"),
                                ],
                                max_length=16,
                            ),
                        ),
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
                            "withdrawn_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("withdrawn_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("supersedes__isnull", True), ("withdrawn_at__isnull", True)),
                                fields=("record", "kind", "subject"),
                                name="one_open_proposal_of_a_kind",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("withdrawn_at__isnull", True)),
                                fields=("supersedes",),
                                name="one_open_replacement_of_one",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("kind__in", ["completion", "ce", "achievement", "letter"])),
                                name="proposal_kind_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("because", ""), ("supersedes__isnull", True)),
                                    models.Q(
                                        (
                                            "because__in",
                                            [
                                                "hours_corrected",
                                                "name_changed",
                                                "document_error",
                                                "after_revocation",
                                                "renewed",
                                            ],
                                        ),
                                        ("supersedes__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="proposal_says_why_it_replaces",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("withdrawn_at__isnull", True), ("withdrawn_by__isnull", True)),
                                    models.Q(("withdrawn_at__isnull", False), ("withdrawn_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="proposal_withdrawn_by_somebody",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Certificate",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        ("code", models.CharField(max_length=21, unique=True)),
                        (
                            "proposal",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="certificate",
                                to="certificates.certificateproposal",
                            ),
                        ),
                        (
                            "record",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="certificates",
                                to="records.trainingrecord",
                            ),
                        ),
                        (
                            "school",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="certificates",
                                to="accounts.organisation",
                            ),
                        ),
                        ("school_name", models.CharField(max_length=200)),
                        (
                            "kind",
                            models.CharField(
                                choices=[
                                    ("completion", "Certificate of completion"),
                                    ("ce", "Continuing education certificate"),
                                    ("achievement", "Certificate of achievement"),
                                    ("letter", "Interim letter of hours"),
                                ],
                                max_length=12,
                            ),
                        ),
                        ("subject", models.CharField(blank=True, default="", max_length=80)),
                        ("title", models.CharField(max_length=200)),
                        ("holder_name", models.CharField(max_length=200)),
                        ("data", models.TextField()),
                        ("data_sha256", models.CharField(max_length=64)),
                        ("evaluation", models.TextField()),
                        (
                            "rule_set",
                            models.CharField(help_text="identifier@version that judged the hours.", max_length=80),
                        ),
                        ("log_size", models.PositiveBigIntegerField()),
                        ("log_root", models.CharField(max_length=64)),
                        (
                            "proposed_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "issued_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("issued_at", models.DateTimeField()),
                        ("issued_on", models.DateField(help_text="The local day in the record's zone.")),
                        (
                            "expires_on",
                            models.DateField(
                                help_text="The last day on which it holds; empty: it does not lapse.", null=True
                            ),
                        ),
                        (
                            "supersedes",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="superseded_by",
                                to="certificates.certificate",
                            ),
                        ),
                    ],
                    options={
                        "indexes": [models.Index(fields=["school", "-issued_at"], name="certificates_of_school")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("proposed_by", models.F("issued_by")), _negated=True),
                                name="certificate_needs_two_people",
                            ),
                            models.UniqueConstraint(
                                condition=models.Q(("supersedes__isnull", True)),
                                fields=("record", "kind", "subject"),
                                name="one_first_certificate_of_a_kind",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("kind__in", ["completion", "ce", "achievement", "letter"])),
                                name="certificate_kind_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Revocation",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "certificate",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="revocation",
                                to="certificates.certificate",
                            ),
                        ),
                        ("revoked_on", models.DateField()),
                        (
                            "reason",
                            models.CharField(
                                choices=[
                                    ("issued_in_error", "It was issued in error"),
                                    ("hours_corrected", "The hours behind it were corrected"),
                                    ("fraud", "It rests on false statements"),
                                    ("order", "A board or court ordered it"),
                                    ("asked", "The graduate asked for it"),
                                ],
                                max_length=16,
                            ),
                        ),
                        ("words", models.TextField(blank=True)),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("erased_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("reason__in", ["issued_in_error", "hours_corrected", "fraud", "order", "asked"])
                                ),
                                name="revocation_reason_known",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="IssueBatch",
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
                                related_name="issue_batches",
                                to="accounts.organisation",
                            ),
                        ),
                        (
                            "name",
                            models.CharField(help_text="What was chosen: a group, or so many records.", max_length=200),
                        ),
                        ("source_key", models.CharField(max_length=100, unique=True)),
                        ("size", models.PositiveIntegerField()),
                        (
                            "prepared_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("prepared_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "signed_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("signed_at", models.DateTimeField(null=True)),
                        (
                            "statement",
                            models.TextField(
                                blank=True, help_text="The words that were signed, as they stood on the page."
                            ),
                        ),
                        (
                            "withdrawn_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("withdrawn_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "indexes": [models.Index(fields=["school", "-prepared_at"], name="batches_of_school")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("prepared_by", models.F("signed_by")), _negated=True),
                                name="batch_needs_two_people",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("signed_at", None), ("signed_by", None), ("statement", "")),
                                    models.Q(
                                        ("signed_at__isnull", False),
                                        ("signed_by__isnull", False),
                                        models.Q(("statement", ""), _negated=True),
                                    ),
                                    _connector="OR",
                                ),
                                name="batch_signed_whole",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("withdrawn_at", None), ("withdrawn_by", None)),
                                    models.Q(("withdrawn_at__isnull", False), ("withdrawn_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="batch_withdrawn_by_somebody",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("signed_at", None), ("withdrawn_at", None), _connector="OR"),
                                name="batch_signed_or_withdrawn",
                            ),
                            models.CheckConstraint(condition=models.Q(("size__gt", 0)), name="batch_holds_something"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="IssueBatchRow",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "batch",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="rows",
                                to="certificates.issuebatch",
                            ),
                        ),
                        ("number", models.PositiveIntegerField(help_text="Its place in the list, from 1.")),
                        (
                            "record",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="records.trainingrecord",
                            ),
                        ),
                        (
                            "outcome",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("", "Chosen"),
                                    ("prepared", "Prepared"),
                                    ("issued", "Issued"),
                                    ("refused", "Refused"),
                                    ("withdrawn", "Left out"),
                                ],
                                default="",
                                max_length=9,
                            ),
                        ),
                        (
                            "proposal",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="certificates.certificateproposal",
                            ),
                        ),
                        (
                            "certificate",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="certificates.certificate",
                            ),
                        ),
                        ("reason", models.TextField(blank=True)),
                        ("attempts", models.PositiveSmallIntegerField(default=0)),
                        ("moved_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "ordering": ["number"],
                        "indexes": [
                            models.Index(
                                condition=models.Q(("outcome__in", ["", "prepared"])),
                                fields=["batch", "number"],
                                name="batch_rows_open",
                            )
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("batch", "record"), name="one_row_of_a_record"),
                            models.UniqueConstraint(fields=("batch", "number"), name="one_row_of_a_number"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("certificate", None), ("outcome", ""), ("proposal", None), ("reason", "")
                                    ),
                                    models.Q(
                                        ("certificate", None),
                                        ("outcome", "prepared"),
                                        ("proposal__isnull", False),
                                        ("reason", ""),
                                    ),
                                    models.Q(
                                        ("certificate__isnull", False),
                                        ("outcome", "issued"),
                                        ("proposal__isnull", False),
                                        ("reason", ""),
                                    ),
                                    models.Q(
                                        ("certificate", None),
                                        ("outcome", "refused"),
                                        models.Q(("reason", ""), _negated=True),
                                    ),
                                    models.Q(("certificate", None), ("outcome", "withdrawn"), ("reason", "")),
                                    _connector="OR",
                                ),
                                name="batch_row_is_of_its_outcome",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ProviderNumber",
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
                                related_name="provider_numbers",
                                to="accounts.organisation",
                            ),
                        ),
                        (
                            "regulator",
                            models.CharField(choices=[("ncbtmb", "NCBTMB"), ("florida", "Florida")], max_length=10),
                        ),
                        ("number", models.CharField(max_length=60)),
                        ("valid_from", models.DateField()),
                        ("valid_to", models.DateField()),
                        (
                            "recorded_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("recorded_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "withdrawn_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("withdrawn_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "ordering": ["regulator", "-valid_from", "-pk"],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("school", "regulator", "number", "valid_from"),
                                name="one_provider_number_from_a_day",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("regulator__in", ["ncbtmb", "florida"])),
                                name="provider_number_of_a_regulator",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("number", ""), _negated=True), name="provider_number_is_there"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("valid_to__gte", models.F("valid_from"))),
                                name="provider_number_ends_after_it_began",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("withdrawn_at__isnull", True), ("withdrawn_by__isnull", True)),
                                    models.Q(("withdrawn_at__isnull", False), ("withdrawn_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="provider_number_withdrawn_by_somebody",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CourseQuestions",
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
                                related_name="course_questions",
                                to="accounts.organisation",
                            ),
                        ),
                        ("program_code", models.CharField(max_length=40)),
                        ("number", models.PositiveIntegerField()),
                        ("statements", models.JSONField()),
                        (
                            "written_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("written_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("school", "program_code", "number"), name="one_wording_of_a_number"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CourseAnswers",
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
                                related_name="course_answers",
                                to="records.trainingrecord",
                            ),
                        ),
                        (
                            "questions",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="answers",
                                to="certificates.coursequestions",
                            ),
                        ),
                        ("statements", models.JSONField()),
                        ("ratings", models.JSONField()),
                        ("answered_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                ),
                migrations.CreateModel(
                    name="CourseSignature",
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
                                related_name="course_signatures",
                                to="records.trainingrecord",
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
                        ("signed_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("record", "instructor"), name="one_signature_under_a_course"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CertificateDocument",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "certificate",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="documents",
                                to="certificates.certificate",
                            ),
                        ),
                        (
                            "format",
                            models.CharField(
                                choices=[
                                    ("pdf", "Certificate as PDF"),
                                    ("json", "Certificate as Open Badge"),
                                    ("jwt", "Certificate as token"),
                                    ("png", "Certificate as picture"),
                                    ("transcript", "Transcript as PDF"),
                                    ("clr", "Transcript as Comprehensive Learner Record"),
                                    ("notice", "Notice of revocation as PDF"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("version", models.PositiveSmallIntegerField(default=1)),
                        ("body", models.BinaryField()),
                        ("sha256", models.CharField(max_length=64)),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("certificate", "format", "version"), name="one_document_of_a_version"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("format__in", ["pdf", "json", "jwt", "png", "transcript", "clr", "notice"])
                                ),
                                name="document_format_known",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="FileSigning",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "certificate",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="signings",
                                to="certificates.certificate",
                            ),
                        ),
                        ("version", models.PositiveSmallIntegerField()),
                        (
                            "credential_key",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="keys.signingkey"
                            ),
                        ),
                        (
                            "token_key",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="keys.signingkey"
                            ),
                        ),
                        (
                            "seal_key",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="keys.signingkey"
                            ),
                        ),
                        ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("certificate", "version"), name="one_signing_of_a_version")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Achievement",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("name", models.UUIDField(unique=True)),
                        (
                            "school",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="achievements",
                                to="accounts.organisation",
                            ),
                        ),
                        ("body", models.TextField(help_text="Canonical JSON.")),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                ),
                migrations.CreateModel(
                    name="LetterRequest",
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
                                related_name="letter_requests",
                                to="records.trainingrecord",
                            ),
                        ),
                        (
                            "asked_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                ),
                migrations.CreateModel(
                    name="LetterDecline",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "request",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="decline",
                                to="certificates.letterrequest",
                            ),
                        ),
                        ("words", models.TextField(blank=True)),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("erased_at", models.DateTimeField(blank=True, null=True)),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("words", ""), _negated=True),
                                    ("erased_at__isnull", False),
                                    _connector="OR",
                                ),
                                name="letter_decline_says_why",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="LookFile",
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
                                related_name="look_files",
                                to="accounts.organisation",
                            ),
                        ),
                        ("sha256", models.CharField(max_length=64)),
                        ("body", models.BinaryField()),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("school", "sha256"), name="one_look_file_of_its_bytes")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="DocumentLook",
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
                                related_name="document_looks",
                                to="accounts.organisation",
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        ("accent", models.CharField(max_length=7)),
                        ("ground", models.CharField(max_length=7)),
                        (
                            "paper",
                            models.CharField(
                                choices=[("us-letter", "US letter"), ("a4", "A4")], default="us-letter", max_length=9
                            ),
                        ),
                        (
                            "logo",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="certificates.lookfile",
                            ),
                        ),
                        (
                            "seal",
                            models.CharField(
                                choices=[
                                    ("none", "No seal"),
                                    ("drawn", "Drawn from the school’s name"),
                                    ("picture", "A picture of ours"),
                                ],
                                default="none",
                                max_length=7,
                            ),
                        ),
                        (
                            "seal_picture",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="certificates.lookfile",
                            ),
                        ),
                        (
                            "made_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "adopted_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("adopted_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("school", "number"), name="one_look_of_a_number"),
                            models.CheckConstraint(
                                condition=models.Q(("paper__in", ["us-letter", "a4"])), name="look_paper_known"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("seal__in", ["none", "drawn"]), ("seal_picture__isnull", True)),
                                    models.Q(("seal", "picture"), ("seal_picture__isnull", False)),
                                    _connector="OR",
                                ),
                                name="look_seal_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("adopted_at__isnull", True), ("adopted_by__isnull", True)),
                                    models.Q(("adopted_at__isnull", False), ("adopted_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="look_adopted_by_somebody",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Hand",
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
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        (
                            "file",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="certificates.lookfile",
                            ),
                        ),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "indexes": [models.Index(fields=["school", "user", "-id"], name="hands_of_a_signer")],
                    },
                ),
                migrations.CreateModel(
                    name="ExpiryNotice",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "certificate",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="expiry_notices",
                                to="certificates.certificate",
                            ),
                        ),
                        ("step", models.PositiveSmallIntegerField()),
                        ("told_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("certificate", "step"), name="expiry_told_once_a_step"),
                            models.CheckConstraint(
                                condition=models.Q(("step__in", [90, 30, 7])), name="expiry_step_known"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RevocationConfirmation",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "revocation",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="confirmation",
                                to="certificates.revocation",
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
                    ],
                ),
                migrations.CreateModel(
                    name="Signer",
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
                                related_name="signers",
                                to="accounts.organisation",
                            ),
                        ),
                        (
                            "user",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="signer_entries",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("name", models.CharField(max_length=200)),
                        ("title", models.CharField(max_length=100)),
                        ("from_on", models.DateField()),
                        ("until_on", models.DateField(null=True)),
                        (
                            "entered_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("entered_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "ended_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("ended_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("until_on__isnull", True)),
                                fields=("school", "user"),
                                name="one_open_signer_entry",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("until_on__isnull", True), ("until_on__gte", models.F("from_on")), _connector="OR"
                                ),
                                name="signer_ends_after_it_began",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(
                                        ("ended_at__isnull", True),
                                        ("ended_by__isnull", True),
                                        ("until_on__isnull", True),
                                    ),
                                    models.Q(
                                        ("ended_at__isnull", False),
                                        ("ended_by__isnull", False),
                                        ("until_on__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="signer_ended_by_somebody",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("name", ""), _negated=True), models.Q(("title", ""), _negated=True)
                                ),
                                name="signer_is_named",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StatusList",
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
                                related_name="status_lists",
                                to="accounts.organisation",
                            ),
                        ),
                        ("number", models.PositiveIntegerField()),
                        ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("body", models.TextField(blank=True)),
                        ("token", models.TextField(blank=True)),
                        ("signed_at", models.DateTimeField(null=True)),
                        ("stale", models.BooleanField(default=True)),
                        ("stale_since", models.DateTimeField(default=django.utils.timezone.now, null=True)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("school", "number"), name="one_status_list_of_a_number")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="StatusPlace",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "list",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="places",
                                to="certificates.statuslist",
                            ),
                        ),
                        ("place", models.PositiveIntegerField()),
                        (
                            "certificate",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="status_places",
                                to="certificates.certificate",
                            ),
                        ),
                        (
                            "part",
                            models.CharField(
                                choices=[("certificate", "Certificate"), ("transcript", "Transcript and its parts")],
                                max_length=11,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("list", "place"), name="one_credential_at_a_place"),
                            models.UniqueConstraint(fields=("certificate", "part"), name="one_place_of_a_part"),
                            models.CheckConstraint(
                                condition=models.Q(("place__lt", 131072)), name="status_place_in_the_list"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("part__in", ["certificate", "transcript"])),
                                name="status_part_known",
                            ),
                        ],
                    },
                ),
            ],
        ),
    ]
