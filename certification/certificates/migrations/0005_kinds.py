"""Kinds of certificates beside completion, what CE certificates rest on, and the notice of a revocation."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from certification import guards


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("certificates", "0004_expiry"),
        ("records", "0014_signing_anomalies"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunPython(guards.lift, migrations.RunPython.noop),
        migrations.CreateModel(
            name="CourseAnswers",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("statements", models.JSONField()),
                ("ratings", models.JSONField()),
                ("answered_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="CourseQuestions",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("program_code", models.CharField(max_length=40)),
                ("number", models.PositiveIntegerField()),
                ("statements", models.JSONField()),
                ("written_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="CourseSignature",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("signed_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="LetterRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="ProviderNumber",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("regulator", models.CharField(choices=[("ncbtmb", "NCBTMB"), ("florida", "Florida")], max_length=10)),
                ("number", models.CharField(max_length=60)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField()),
                ("recorded_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("withdrawn_at", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["regulator", "-valid_from", "-pk"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="certificate",
            name="one_first_certificate_of_a_kind",
        ),
        migrations.RemoveConstraint(
            model_name="certificate",
            name="certificate_kind_known",
        ),
        migrations.RemoveConstraint(
            model_name="certificatedocument",
            name="document_format_known",
        ),
        migrations.RemoveConstraint(
            model_name="certificateproposal",
            name="one_open_proposal_of_a_kind",
        ),
        migrations.RemoveConstraint(
            model_name="certificateproposal",
            name="proposal_kind_known",
        ),
        migrations.AddField(
            model_name="certificate",
            name="subject",
            field=models.CharField(blank=True, default="", max_length=80),
        ),
        migrations.AddField(
            model_name="certificateproposal",
            name="subject",
            field=models.CharField(blank=True, default="", max_length=80),
        ),
        migrations.AlterField(
            model_name="certificate",
            name="kind",
            field=models.CharField(
                choices=[
                    ("completion", "Certificate of completion"),
                    ("ce", "Continuing education certificate"),
                    ("achievement", "Certificate of achievement"),
                    ("letter", "Interim letter of hours"),
                ],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="certificatedocument",
            name="format",
            field=models.CharField(
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
        migrations.AlterField(
            model_name="certificateproposal",
            name="kind",
            field=models.CharField(
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
        migrations.AddConstraint(
            model_name="certificate",
            constraint=models.UniqueConstraint(
                condition=models.Q(("supersedes__isnull", True)),
                fields=("record", "kind", "subject"),
                name="one_first_certificate_of_a_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="certificate",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["completion", "ce", "achievement", "letter"])),
                name="certificate_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="certificatedocument",
            constraint=models.CheckConstraint(
                condition=models.Q(("format__in", ["pdf", "json", "jwt", "png", "transcript", "clr", "notice"])),
                name="document_format_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="certificateproposal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("supersedes__isnull", True), ("withdrawn_at__isnull", True)),
                fields=("record", "kind", "subject"),
                name="one_open_proposal_of_a_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="certificateproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["completion", "ce", "achievement", "letter"])),
                name="proposal_kind_known",
            ),
        ),
        migrations.AddField(
            model_name="courseanswers",
            name="record",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="course_answers", to="records.trainingrecord"
            ),
        ),
        migrations.AddField(
            model_name="coursequestions",
            name="school",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="course_questions", to="accounts.organisation"
            ),
        ),
        migrations.AddField(
            model_name="coursequestions",
            name="written_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="courseanswers",
            name="questions",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="answers",
                to="certificates.coursequestions",
            ),
        ),
        migrations.AddField(
            model_name="coursesignature",
            name="instructor",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="coursesignature",
            name="record",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="course_signatures",
                to="records.trainingrecord",
            ),
        ),
        migrations.AddField(
            model_name="letterrequest",
            name="asked_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="letterrequest",
            name="record",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="letter_requests", to="records.trainingrecord"
            ),
        ),
        migrations.AddField(
            model_name="providernumber",
            name="recorded_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="providernumber",
            name="school",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="provider_numbers", to="accounts.organisation"
            ),
        ),
        migrations.AddField(
            model_name="providernumber",
            name="withdrawn_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="coursequestions",
            constraint=models.UniqueConstraint(
                fields=("school", "program_code", "number"), name="one_wording_of_a_number"
            ),
        ),
        migrations.AddConstraint(
            model_name="coursesignature",
            constraint=models.UniqueConstraint(fields=("record", "instructor"), name="one_signature_under_a_course"),
        ),
        migrations.AddConstraint(
            model_name="providernumber",
            constraint=models.UniqueConstraint(
                fields=("school", "regulator", "number", "valid_from"), name="one_provider_number_from_a_day"
            ),
        ),
        migrations.AddConstraint(
            model_name="providernumber",
            constraint=models.CheckConstraint(
                condition=models.Q(("regulator__in", ["ncbtmb", "florida"])), name="provider_number_of_a_regulator"
            ),
        ),
        migrations.AddConstraint(
            model_name="providernumber",
            constraint=models.CheckConstraint(
                condition=models.Q(("number", ""), _negated=True), name="provider_number_is_there"
            ),
        ),
        migrations.AddConstraint(
            model_name="providernumber",
            constraint=models.CheckConstraint(
                condition=models.Q(("valid_to__gte", models.F("valid_from"))),
                name="provider_number_ends_after_it_began",
            ),
        ),
        migrations.AddConstraint(
            model_name="providernumber",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("withdrawn_at__isnull", True), ("withdrawn_by__isnull", True)),
                    models.Q(("withdrawn_at__isnull", False), ("withdrawn_by__isnull", False)),
                    _connector="OR",
                ),
                name="provider_number_withdrawn_by_somebody",
            ),
        ),
        migrations.RunPython(migrations.RunPython.noop, guards.lift),
    ]
