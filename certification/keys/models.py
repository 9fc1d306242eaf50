"""Owns the register of signing keys: which key signed what, from when to when. Private halves are not here."""

import json
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class SigningKey(models.Model):
    """One row is the public half of one key, kept for ever: what it signed stays checkable after it retired.

    `name` is who signs by it: the origin of an hour log, or the DID of a school. `kid` is its RFC 7638 thumbprint, by
    which the private half is found in ISSUER_KEY_FILE. `fragment` names it in the DID document for ever (`ed-2026`).
    Ed25519 keys have `public_key`, RSA keys `public_jwk`, keys of seals an X.509 `certificate` besides. Only
    `retired_at` and `compromised_at` are filled in later, once each. One key of a purpose and name is in use.
    """

    class Purpose(models.TextChoices):
        LOG = "log", _("Checkpoints of an hour log")
        CREDENTIAL = "credential", _("Credentials, by Ed25519")
        TOKEN = "token", _("Credentials as tokens, by RSA")
        SEAL = "seal", _("Seals of PDF documents, by RSA")

    kid = models.CharField(max_length=43, unique=True)
    purpose = models.CharField(max_length=12, choices=Purpose)
    name = models.CharField(max_length=200)
    fragment = models.CharField(max_length=20, blank=True)
    public_key = models.CharField(
        max_length=43, blank=True, help_text="The 32 bytes, base64url without padding, as in a JWK."
    )
    public_jwk = models.TextField(blank=True)
    certificate = models.TextField(blank=True, help_text="X.509, PEM.")
    created_at = models.DateTimeField(default=timezone.now)
    retired_at = models.DateTimeField(null=True)
    compromised_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["purpose", "name"], condition=Q(retired_at=None), name="one_key_in_use_of_a_purpose"
            ),
            models.UniqueConstraint(
                fields=["name", "fragment"], condition=~Q(fragment=""), name="one_key_of_a_fragment"
            ),
            models.CheckConstraint(
                name="key_purpose_known", condition=Q(purpose__in=["log", "credential", "token", "seal"])
            ),
            models.CheckConstraint(
                name="key_is_of_its_purpose",
                condition=(Q(purpose="log") & ~Q(public_key=""))
                | (Q(purpose="credential") & ~Q(public_key="") & ~Q(fragment=""))
                | (Q(purpose="token") & ~Q(public_jwk="") & ~Q(fragment=""))
                | (Q(purpose="seal") & ~Q(public_jwk="") & ~Q(certificate="")),
            ),
            models.CheckConstraint(
                name="key_retires_after_it_began",
                condition=Q(retired_at=None) | Q(retired_at__gte=F("created_at")),
            ),
            models.CheckConstraint(
                name="compromised_key_is_retired", condition=Q(compromised_at=None) | Q(retired_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.kid}"

    @property
    def jwk(self) -> dict[str, Any]:
        """The public half of an RSA key as a JWK."""
        jwk: dict[str, Any] = json.loads(self.public_jwk)
        return jwk

    @property
    def method(self) -> str:
        """Its URL in the DID document of who signs by it."""
        return f"{self.name}#{self.fragment}"


class AddedSignature(models.Model):
    """One row is a signature that a later key put under a note, since the one that signed it leaked. Never changed.

    `text_sha256` names the text that both signed; `line` is the C2SP signature line, as it follows the note's own.
    """

    key = models.ForeignKey(SigningKey, on_delete=models.PROTECT, related_name="+")
    text_sha256 = models.CharField(max_length=64, db_index=True)
    line = models.TextField()
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "text_sha256"], name="one_added_signature_of_a_key")]

    def __str__(self) -> str:
        return f"{self.key_id} {self.text_sha256[:8]}"
