"""Who asks, who consents, who was told."""

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
        ("certificates", "0001_tables"),
        ("keys", "0001_tables"),
        ("records", "0001_tables"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        CreateModels(
            models=[
                migrations.CreateModel(
                    name="ApiKey",
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
                                related_name="api_keys",
                                to="accounts.organisation",
                            ),
                        ),
                        ("label", models.CharField(max_length=80, verbose_name="label")),
                        ("shown", models.CharField(max_length=16)),
                        ("key_hash", models.CharField(max_length=64, unique=True)),
                        ("may_check", models.BooleanField(default=True, verbose_name="check certificates")),
                        (
                            "may_transcript",
                            models.BooleanField(
                                default=False, verbose_name="read transcripts that graduates opened to you"
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
                        ("expires_on", models.DateField()),
                        (
                            "replaces",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="replaced_by",
                                to="verification.apikey",
                            ),
                        ),
                        ("ends_at", models.DateTimeField(null=True)),
                        ("revoked_at", models.DateTimeField(null=True)),
                        (
                            "revoked_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("last_used_on", models.DateField(null=True)),
                        ("source_key", models.CharField(max_length=80)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("organisation", "source_key"), name="one_key_per_request"),
                            models.CheckConstraint(
                                condition=models.Q(("may_check", True), ("may_transcript", True), _connector="OR"),
                                name="key_may_something",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("revoked_at__isnull", True), ("revoked_by__isnull", True)),
                                    models.Q(("revoked_at__isnull", False), ("revoked_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="key_revoked_by_somebody",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Case",
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
                                related_name="+",
                                to="accounts.organisation",
                            ),
                        ),
                        (
                            "school",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="cases",
                                to="accounts.organisation",
                            ),
                        ),
                        ("number", models.CharField(help_text="The board's own.", max_length=60)),
                        (
                            "person",
                            models.CharField(
                                blank=True, help_text="Whom it is about, and the code of a certificate.", max_length=300
                            ),
                        ),
                        ("ground", models.TextField(help_text="By what law the board may read it.")),
                        (
                            "asked_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("closed_at", models.DateTimeField(null=True)),
                        ("erased_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("ground", ""), _negated=True), models.Q(("number", ""), _negated=True)
                                ),
                                name="case_says_by_what_law",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CaseAnswer",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "case",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="answer",
                                to="verification.case",
                            ),
                        ),
                        (
                            "record",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="case_answers",
                                to="records.trainingrecord",
                            ),
                        ),
                        ("until_on", models.DateField(help_text="The last day, at the school.", null=True)),
                        (
                            "words",
                            models.CharField(
                                blank=True, help_text="To the board, where nothing is opened.", max_length=600
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
                        ("ended_at", models.DateTimeField(null=True)),
                        (
                            "ended_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("record__isnull", False), ("until_on__isnull", False)),
                                    models.Q(
                                        ("record", None), ("until_on", None), models.Q(("words", ""), _negated=True)
                                    ),
                                    _connector="OR",
                                ),
                                name="case_answer_opens_or_says_why",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("ended_at", None), ("ended_by", None)),
                                    models.Q(("ended_at__isnull", False), ("ended_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="case_access_ended_by_somebody",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CaseLook",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "case",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="looks",
                                to="verification.case",
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
                        ("face", models.CharField(choices=[("page", "Page"), ("evidence", "Evidence")], max_length=8)),
                    ],
                    options={
                        "indexes": [models.Index(fields=["case", "-at"], name="looks_of_case")],
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("face__in", ["page", "evidence"])), name="case_look_face_known"
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Check",
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
                                related_name="checks",
                                to="accounts.organisation",
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
                        (
                            "key",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="checks",
                                to="verification.apikey",
                            ),
                        ),
                        (
                            "face",
                            models.CharField(
                                choices=[("desk", "Desk"), ("file", "File"), ("api", "API")], max_length=4
                            ),
                        ),
                        ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("request_key", models.CharField(max_length=64)),
                        ("request_digest", models.CharField(max_length=64)),
                        ("items", models.PositiveIntegerField()),
                        ("misses", models.PositiveIntegerField()),
                    ],
                    options={
                        "indexes": [models.Index(fields=["organisation", "-asked_at"], name="checks_of_organisation")],
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("organisation", "request_key"), name="one_check_per_request"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("by__isnull", True), ("face", "api"), ("key__isnull", False)),
                                    models.Q(
                                        ("by__isnull", False), ("face__in", ["desk", "file"]), ("key__isnull", True)
                                    ),
                                    _connector="OR",
                                ),
                                name="check_by_a_person_or_a_key",
                            ),
                            models.CheckConstraint(condition=models.Q(("items__gt", 0)), name="check_asks_something"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CheckedItem",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "check_of",
                            models.ForeignKey(
                                db_column="check_id",
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="lines",
                                to="verification.check",
                            ),
                        ),
                        ("position", models.PositiveIntegerField()),
                        ("code", models.CharField(max_length=40)),
                        ("name_sha256", models.CharField(blank=True, max_length=64)),
                        ("claims", models.JSONField(default=dict)),
                        ("status", models.CharField(max_length=12)),
                        ("name", models.CharField(blank=True, max_length=8)),
                        ("told", models.JSONField(default=dict)),
                        ("told_record", models.BooleanField(default=False)),
                        (
                            "certificate",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="checked_items",
                                to="certificates.certificate",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("check_of", "position"), name="one_line_per_position"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("status", "unknown"),
                                    models.Q(
                                        ("certificate__isnull", False),
                                        ("status__in", ["valid", "superseded", "revoked", "expired"]),
                                    ),
                                    _connector="OR",
                                ),
                                name="checked_item_status_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("name", ""), ("name_sha256", "")),
                                    models.Q(
                                        ("name__in", ["match", "differs"]), models.Q(("name_sha256", ""), _negated=True)
                                    ),
                                    _connector="OR",
                                ),
                                name="checked_item_name_answered",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ProbingAlert",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "organisation",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="probing_alerts",
                                to="accounts.organisation",
                            ),
                        ),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("since", models.DateTimeField()),
                        ("until", models.DateTimeField()),
                        ("asked", models.PositiveIntegerField()),
                        ("misses", models.PositiveIntegerField()),
                    ],
                    options={
                        "indexes": [models.Index(fields=["organisation", "-at"], name="alerts_of_organisation")],
                    },
                ),
                migrations.CreateModel(
                    name="Consent",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "certificate",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="consents",
                                to="certificates.certificate",
                            ),
                        ),
                        (
                            "granted_by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("granted_at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "scope",
                            models.CharField(
                                choices=[
                                    ("status", "The name, and whether the certificate is valid"),
                                    ("totals", "The certificate, with its hours by subject"),
                                    ("transcript", "The certificate and the whole transcript"),
                                    ("certificate", "The certificate, with my name"),
                                    ("hours", "The certificate and its hours by subject"),
                                ],
                                max_length=12,
                            ),
                        ),
                        (
                            "party",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.organisation",
                            ),
                        ),
                        ("recipient", models.CharField(blank=True, max_length=200)),
                        ("purpose", models.CharField(blank=True, max_length=200)),
                        ("until_on", models.DateField(help_text="The last day on which it opens, at the school.")),
                        ("token_hash", models.CharField(blank=True, max_length=64, null=True, unique=True)),
                        ("source_key", models.CharField(max_length=120)),
                        (
                            "statement",
                            models.TextField(
                                blank=True, help_text="What she signed, word for word. Empty: from before signatures."
                            ),
                        ),
                        (
                            "signed_name",
                            models.CharField(blank=True, help_text="Her name as she typed it to sign.", max_length=200),
                        ),
                        (
                            "signed_in_at",
                            models.DateTimeField(
                                help_text="When she had proved who she is, in the session she signed in.", null=True
                            ),
                        ),
                        (
                            "signed_in_with",
                            models.CharField(blank=True, help_text="By what: password, code, passkey.", max_length=60),
                        ),
                        ("withdrawn_at", models.DateTimeField(null=True)),
                        ("erased_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                fields=("certificate", "source_key"), name="one_consent_per_request"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    ("scope__in", ["status", "totals", "transcript", "certificate", "hours"])
                                ),
                                name="consent_scope_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("party__isnull", True), ("token_hash__isnull", False)),
                                    models.Q(("party__isnull", False), ("token_hash__isnull", True)),
                                    _connector="OR",
                                ),
                                name="consent_to_a_party_or_a_link",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Disclosure",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "consent",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="disclosures",
                                to="verification.consent",
                            ),
                        ),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "face",
                            models.CharField(
                                choices=[
                                    ("page", "Page"),
                                    ("pdf", "PDF"),
                                    ("file", "File"),
                                    ("desk", "Verifier’s desk"),
                                    ("api", "API"),
                                    ("school", "Handed over by the school"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("who", models.CharField(blank=True, max_length=200)),
                        ("purpose", models.CharField(blank=True, max_length=200)),
                        (
                            "told",
                            models.CharField(
                                help_text="What was told, in the codes of `wording.told_words`.", max_length=500
                            ),
                        ),
                        ("erased_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "indexes": [models.Index(fields=["consent", "-at"], name="looks_of_consent")],
                    },
                ),
                migrations.CreateModel(
                    name="Visibility",
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
                                related_name="visibilities",
                                to="certificates.certificate",
                            ),
                        ),
                        ("hidden", models.BooleanField()),
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
                    name="HandOver",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "consent",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="hand_over",
                                to="verification.consent",
                            ),
                        ),
                        (
                            "way",
                            models.CharField(
                                choices=[
                                    ("portal", "Upload on their website"),
                                    ("post", "By post"),
                                    ("hand", "By hand"),
                                    ("mail", "By e-mail"),
                                ],
                                help_text="As she wishes it.",
                                max_length=8,
                            ),
                        ),
                        (
                            "address",
                            models.CharField(
                                blank=True, help_text="Where it goes: e-mail, street or website.", max_length=300
                            ),
                        ),
                        ("due_on", models.DateField()),
                        ("told", models.CharField(blank=True, help_text="The last step that was told.", max_length=8)),
                        ("declined_at", models.DateTimeField(null=True)),
                        (
                            "declined_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("declined_words", models.CharField(blank=True, max_length=600)),
                        ("erased_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("way__in", ["portal", "post", "hand", "mail"])),
                                name="hand_over_way_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("told__in", ["", "due", "late", "ended"])),
                                name="hand_over_step_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("declined_at", None), ("declined_by", None), ("declined_words", "")),
                                    models.Q(("declined_at__isnull", False), ("declined_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="hand_over_declined_by_somebody",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Delivery",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uuid", models.UUIDField(editable=False, unique=True)),
                        (
                            "hand_over",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="deliveries",
                                to="verification.handover",
                            ),
                        ),
                        (
                            "way",
                            models.CharField(
                                choices=[
                                    ("portal", "Upload on their website"),
                                    ("post", "By post"),
                                    ("hand", "By hand"),
                                    ("mail", "By e-mail"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("sent_on", models.DateField(help_text="At the school.")),
                        (
                            "reference",
                            models.CharField(
                                blank=True, help_text="A number of the post or the portal, who took it.", max_length=200
                            ),
                        ),
                        (
                            "sha256",
                            models.CharField(help_text="Of the transcript as it was handed over.", max_length=64),
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
                        ("erased_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("way__in", ["portal", "post", "hand", "mail"])),
                                name="delivery_way_known",
                            )
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="GraduateList",
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
                                related_name="graduate_lists",
                                to="accounts.organisation",
                            ),
                        ),
                        ("number", models.PositiveIntegerField(help_text="1, 2, 3 … within the school.")),
                        ("receiver", models.CharField(help_text="The board.", max_length=200)),
                        ("ground", models.CharField(help_text="By what law the board may have it.", max_length=300)),
                        (
                            "from_on",
                            models.DateField(help_text="The first day of issue that it covers, at the school."),
                        ),
                        ("to_on", models.DateField(help_text="The last.")),
                        (
                            "hidden",
                            models.PositiveIntegerField(
                                default=0, help_text="How many were left out because they hide their codes."
                            ),
                        ),
                        ("sha256", models.CharField(max_length=64)),
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
                            "sent_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("sent_at", models.DateTimeField(null=True)),
                        (
                            "way",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("portal", "Upload on their website"),
                                    ("post", "By post"),
                                    ("hand", "By hand"),
                                    ("mail", "By e-mail"),
                                ],
                                max_length=8,
                            ),
                        ),
                        ("reference", models.CharField(blank=True, max_length=120)),
                        (
                            "dropped_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("dropped_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("school", "number"), name="one_graduate_list_of_a_number"),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("receiver", ""), _negated=True), models.Q(("ground", ""), _negated=True)
                                ),
                                name="graduate_list_says_by_what_law",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("from_on__lte", models.F("to_on"))), name="graduate_list_of_days"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("sent_at", None), ("dropped_at", None), _connector="OR"),
                                name="graduate_list_sent_or_dropped",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("sent_at", None), ("sent_by", None), ("way", "")),
                                    models.Q(
                                        ("sent_at__isnull", False),
                                        ("sent_by__isnull", False),
                                        ("way__in", ["portal", "post", "hand", "mail"]),
                                    ),
                                    _connector="OR",
                                ),
                                name="graduate_list_sent_by_somebody",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("dropped_at", None), ("dropped_by", None)),
                                    models.Q(("dropped_at__isnull", False), ("dropped_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="graduate_list_dropped_by_somebody",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="GraduateLine",
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
                                related_name="lines",
                                to="verification.graduatelist",
                            ),
                        ),
                        ("line", models.PositiveIntegerField(help_text="1 is the first below the header.")),
                        (
                            "certificate",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="graduate_lines",
                                to="certificates.certificate",
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("list", "line"), name="one_graduate_of_a_line"),
                            models.UniqueConstraint(
                                fields=("list", "certificate"), name="a_graduate_stands_once_in_a_list"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Application",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "applicant",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        (
                            "sort",
                            models.CharField(
                                choices=[
                                    ("board", "State board or other authority"),
                                    ("school", "School that is not on this platform"),
                                    ("employer", "Employer"),
                                    ("insurer", "Insurer or payer"),
                                    ("other", "Something else"),
                                ],
                                max_length=10,
                            ),
                        ),
                        ("name", models.CharField(max_length=200)),
                        ("website", models.CharField(max_length=200)),
                        ("address", models.TextField()),
                        (
                            "position",
                            models.CharField(
                                blank=True, help_text="What she is there. Goes with the person.", max_length=120
                            ),
                        ),
                        ("purpose", models.TextField(help_text="What it checks certificates for.")),
                        ("withdrawn_at", models.DateTimeField(null=True)),
                        ("erased_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(("sort__in", ["board", "school", "employer", "insurer", "other"])),
                                name="application_sort_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("name", ""), _negated=True),
                                    models.Q(("website", ""), _negated=True),
                                    models.Q(("purpose", ""), _negated=True),
                                ),
                                name="application_says_what_for",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="ApplicationDecision",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "application",
                            models.OneToOneField(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="decision",
                                to="verification.application",
                            ),
                        ),
                        ("approved", models.BooleanField()),
                        (
                            "looked_at",
                            models.TextField(
                                help_text="By what it was known that the organisation is the one that it says."
                            ),
                        ),
                        (
                            "words",
                            models.TextField(blank=True, help_text="What the applicant reads when it is declined."),
                        ),
                        (
                            "organisation",
                            models.OneToOneField(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="accounts.organisation",
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
                    options={
                        "constraints": [
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("approved", True), ("organisation__isnull", False)),
                                    models.Q(("approved", False), ("organisation__isnull", True)),
                                    _connector="OR",
                                ),
                                name="approval_makes_an_organisation",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("approved", True), models.Q(("looked_at", ""), _negated=True)),
                                    models.Q(("approved", False), models.Q(("words", ""), _negated=True)),
                                    _connector="OR",
                                ),
                                name="decision_says_why",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="MemberInvitation",
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
                                related_name="+",
                                to="accounts.organisation",
                            ),
                        ),
                        ("address", models.CharField(blank=True, max_length=254)),
                        ("role", models.CharField(max_length=12)),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("ended_at", models.DateTimeField(null=True)),
                        ("accepted", models.BooleanField(default=False)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("ended_at__isnull", True)),
                                fields=("organisation", "address", "role"),
                                name="one_open_invitation_per_role",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("role__in", ["verifier", "board", "manager"])),
                                name="invitation_role_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("accepted", False), ("ended_at__isnull", False), _connector="OR"),
                                name="accepted_invitation_ended",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="CheckingStop",
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
                                related_name="checking_stops",
                                to="accounts.organisation",
                            ),
                        ),
                        ("words", models.TextField(help_text="Why; its members read it.")),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("lifted_at", models.DateTimeField(null=True)),
                        (
                            "lifted_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(
                                condition=models.Q(("lifted_at__isnull", True)),
                                fields=("organisation",),
                                name="one_open_stop_per_organisation",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("words", ""), _negated=True), name="stop_says_why"
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("lifted_at__isnull", True), ("lifted_by__isnull", True)),
                                    models.Q(("lifted_at__isnull", False), ("lifted_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="stop_lifted_by_somebody",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Receipt",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "check_of",
                            models.ForeignKey(
                                db_column="check_id",
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="receipts",
                                to="verification.check",
                            ),
                        ),
                        ("version", models.PositiveSmallIntegerField(default=1)),
                        (
                            "key",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="keys.signingkey"
                            ),
                        ),
                        ("token", models.TextField()),
                        ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("check_of", "version"), name="one_receipt_of_a_version")
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Roster",
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
                                related_name="rosters",
                                to="accounts.organisation",
                            ),
                        ),
                        ("number", models.PositiveIntegerField(help_text="1, 2, 3 … within the school.")),
                        ("profession", models.CharField(max_length=4)),
                        ("body", models.TextField()),
                        ("sha256", models.CharField(max_length=64)),
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
                            "sent_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("sent_at", models.DateTimeField(null=True)),
                        (
                            "reference",
                            models.CharField(
                                blank=True, help_text="What the receiver answered at once.", max_length=120
                            ),
                        ),
                        (
                            "dropped_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("dropped_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("school", "number"), name="one_roster_of_a_number"),
                            models.CheckConstraint(
                                condition=models.Q(("sent_at", None), ("dropped_at", None), _connector="OR"),
                                name="roster_sent_or_dropped",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("sent_at", None), ("sent_by", None)),
                                    models.Q(("sent_at__isnull", False), ("sent_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="roster_sent_by_somebody",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("dropped_at", None), ("dropped_by", None)),
                                    models.Q(("dropped_at__isnull", False), ("dropped_by__isnull", False)),
                                    _connector="OR",
                                ),
                                name="roster_dropped_by_somebody",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RosterRow",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "roster",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="rows",
                                to="verification.roster",
                            ),
                        ),
                        ("line", models.PositiveIntegerField(help_text="1 is the first below the header.")),
                        (
                            "certificate",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="roster_rows",
                                to="certificates.certificate",
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
                        ("course_number", models.CharField(max_length=60)),
                        ("completed_on", models.DateField()),
                        ("stands", models.BooleanField(default=True)),
                        ("reply", models.CharField(blank=True, max_length=8)),
                        ("reply_words", models.CharField(blank=True, max_length=300)),
                        (
                            "reply_by",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("reply_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("roster", "line"), name="one_row_of_a_line"),
                            models.UniqueConstraint(
                                condition=models.Q(("stands", True)),
                                fields=("record", "course_number"),
                                name="nobody_is_reported_twice",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("reply__in", ["", "accepted", "refused"])),
                                name="roster_reply_known",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(
                                    models.Q(("reply", ""), ("reply_at", None), ("reply_by", None)),
                                    models.Q(
                                        models.Q(("reply", ""), _negated=True),
                                        ("reply_at__isnull", False),
                                        ("reply_by__isnull", False),
                                    ),
                                    _connector="OR",
                                ),
                                name="roster_reply_by_somebody",
                            ),
                            models.CheckConstraint(
                                condition=models.Q(("reply", "refused"), ("stands", True), _negated=True),
                                name="refused_row_reports_nothing",
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="RosterNotice",
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
                                related_name="+",
                                to="certificates.certificate",
                            ),
                        ),
                        ("step", models.CharField(max_length=8)),
                        ("told_at", models.DateTimeField(default=django.utils.timezone.now)),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("certificate", "step"), name="one_roster_notice_of_a_step"),
                            models.CheckConstraint(
                                condition=models.Q(("step__in", ["due", "late"])), name="roster_notice_step_known"
                            ),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="Sending",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("uuid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                        (
                            "certificate",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="sendings",
                                to="certificates.certificate",
                            ),
                        ),
                        (
                            "consent",
                            models.ForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="sendings",
                                to="verification.consent",
                            ),
                        ),
                        ("address", models.CharField(blank=True, max_length=254)),
                        (
                            "by",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                        ("at", models.DateTimeField(default=django.utils.timezone.now)),
                        ("erased_at", models.DateTimeField(null=True)),
                    ],
                ),
            ],
        ),
    ]
