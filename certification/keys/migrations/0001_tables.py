"""Keys and their register."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="SigningKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kid", models.CharField(max_length=43, unique=True)),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("log", "Checkpoints of an hour log"),
                            ("credential", "Credentials, by Ed25519"),
                            ("token", "Credentials as tokens, by RSA"),
                            ("seal", "Seals of PDF documents, by RSA"),
                        ],
                        max_length=12,
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("fragment", models.CharField(blank=True, max_length=20)),
                (
                    "public_key",
                    models.CharField(
                        blank=True, help_text="The 32 bytes, base64url without padding, as in a JWK.", max_length=43
                    ),
                ),
                ("public_jwk", models.TextField(blank=True)),
                ("certificate", models.TextField(blank=True, help_text="X.509, PEM.")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("retired_at", models.DateTimeField(null=True)),
                ("compromised_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("retired_at", None)),
                        fields=("purpose", "name"),
                        name="one_key_in_use_of_a_purpose",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("fragment", ""), _negated=True),
                        fields=("name", "fragment"),
                        name="one_key_of_a_fragment",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("purpose__in", ["log", "credential", "token", "seal"])),
                        name="key_purpose_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("purpose", "log"), models.Q(("public_key", ""), _negated=True)),
                            models.Q(
                                ("purpose", "credential"),
                                models.Q(("public_key", ""), _negated=True),
                                models.Q(("fragment", ""), _negated=True),
                            ),
                            models.Q(
                                ("purpose", "token"),
                                models.Q(("public_jwk", ""), _negated=True),
                                models.Q(("fragment", ""), _negated=True),
                            ),
                            models.Q(
                                ("purpose", "seal"),
                                models.Q(("public_jwk", ""), _negated=True),
                                models.Q(("certificate", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="key_is_of_its_purpose",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("retired_at", None), ("retired_at__gte", models.F("created_at")), _connector="OR"
                        ),
                        name="key_retires_after_it_began",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("compromised_at", None), ("retired_at__isnull", False), _connector="OR"),
                        name="compromised_key_is_retired",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AddedSignature",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "key",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="keys.signingkey"
                    ),
                ),
                ("text_sha256", models.CharField(db_index=True, max_length=64)),
                ("line", models.TextField()),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("key", "text_sha256"), name="one_added_signature_of_a_key")
                ],
            },
        ),
    ]
