"""Rule packs."""

import uuid

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="RuleSet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("identifier", models.CharField(max_length=64, verbose_name="identifier")),
                ("version", models.PositiveIntegerField(verbose_name="version")),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                (
                    "status",
                    models.CharField(
                        choices=[("verified", "Verified"), ("unverified", "Unverified"), ("sample", "Sample")],
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("source", models.TextField(verbose_name="text of the pack")),
                ("digest", models.CharField(max_length=64, verbose_name="SHA-256 of the text")),
                ("valid_from", models.DateField(null=True, verbose_name="valid from")),
                ("valid_to", models.DateField(null=True, verbose_name="valid to")),
                (
                    "applies_by",
                    models.CharField(
                        choices=[
                            ("program_start", "Program start"),
                            ("enrolment", "Enrollment"),
                            ("session", "Session"),
                            ("application", "Application"),
                        ],
                        max_length=13,
                        verbose_name="applies by",
                    ),
                ),
                ("imported_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="imported at")),
            ],
            options={
                "verbose_name": "rule set",
                "verbose_name_plural": "rule sets",
                "ordering": ["identifier", "version"],
                "constraints": [
                    models.UniqueConstraint(fields=("identifier", "version"), name="requirements_ruleset_version"),
                    models.CheckConstraint(
                        condition=models.Q(("version__gte", 1)), name="requirements_ruleset_version_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["verified", "unverified", "sample"])),
                        name="requirements_ruleset_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("applies_by__in", ["program_start", "enrolment", "session", "application"])
                        ),
                        name="requirements_ruleset_axis",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_from__isnull", True),
                            ("valid_to__isnull", True),
                            ("valid_to__gte", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="requirements_ruleset_window",
                    ),
                ],
            },
        ),
    ]
