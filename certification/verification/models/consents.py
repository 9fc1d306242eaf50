"""What a graduate lets others see of a certificate: consents, the looks taken under them, and hiding."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from certification.certificates.models import Certificate

PARTY_KINDS = (Organisation.Kind.VERIFIER, Organisation.Kind.BOARD, Organisation.Kind.SCHOOL)
"""What a named party can be: whoever checks hours. A placement site or a buyer of places checks none; one that does is
on file as a verifier."""


class Consent(models.Model):
    """One row is a graduate's consent that a party, or whoever holds its link, may see so much, for a purpose, until a day.

    Written by `services.share_certificate`. It holds what 34 CFR 99.30 asks for: which records, for what, for whom, and
    the graduate's signature with its day. With `party` it is that organisation's alone and no link opens it; without,
    it opens to whoever holds the link, whose token is kept as a hash alone (`rules.token_hash`). Only `withdrawn_at` is
    filled in later, once; and her words go when her record is erased. `recipient` is the party's name as it was then.
    """

    class Scope(models.TextChoices):
        STATUS = "status", _("The name, and whether the certificate is valid")
        TOTALS = "totals", _("The certificate, with its hours by subject")
        TRANSCRIPT = "transcript", _("The certificate and the whole transcript")

    class OldScope(models.TextChoices):
        """What consents from before 29 November 2026 say. They open what they opened then; none is given any more."""

        CERTIFICATE = "certificate", _("The certificate, with my name")
        HOURS = "hours", _("The certificate and its hours by subject")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="consents")
    granted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField(default=timezone.now)
    scope = models.CharField(max_length=12, choices=[*Scope.choices, *OldScope.choices])
    party = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    recipient = models.CharField(max_length=200, blank=True)
    purpose = models.CharField(max_length=200, blank=True)
    until_on = models.DateField(help_text="The last day on which it opens, at the school.")
    token_hash = models.CharField(max_length=64, unique=True, null=True, blank=True)
    source_key = models.CharField(max_length=120)
    statement = models.TextField(blank=True, help_text="What she signed, word for word. Empty: from before signatures.")
    signed_name = models.CharField(max_length=200, blank=True, help_text="Her name as she typed it to sign.")
    signed_in_at = models.DateTimeField(
        null=True, help_text="When she had proved who she is, in the session she signed in."
    )
    signed_in_with = models.CharField(max_length=60, blank=True, help_text="By what: password, code, passkey.")
    withdrawn_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["certificate", "source_key"], name="one_consent_per_request"),
            models.CheckConstraint(
                name="consent_scope_known",
                condition=Q(scope__in=["status", "totals", "transcript", "certificate", "hours"]),
            ),
            models.CheckConstraint(
                name="consent_to_a_party_or_a_link",
                condition=Q(party__isnull=True, token_hash__isnull=False)
                | Q(party__isnull=False, token_hash__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return str(self.uuid)


class Disclosure(models.Model):
    """One row is one look at private facts under a consent: when, by whom, by which face, what for and what was told.

    It is the record that 34 CFR 99.32 asks for: `who` is the party by its name on that day, empty for whoever held the
    link; `purpose` is the consent's (empty: from before it stood here, see the consent). Written by
    `services.note_look`, never changed, but that the purpose goes with her words; the graduate sees it. It holds nothing
    about the machine that looked.
    """

    class Face(models.TextChoices):
        PAGE = "page", _("Page")
        PDF = "pdf", _("PDF")
        FILE = "file", _("File")
        DESK = "desk", _("Verifier’s desk")
        API = "api", _("API")
        SCHOOL = "school", _("Handed over by the school")

    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, related_name="disclosures")
    at = models.DateTimeField(default=timezone.now)
    face = models.CharField(max_length=8, choices=Face)
    who = models.CharField(max_length=200, blank=True)
    purpose = models.CharField(max_length=200, blank=True)
    told = models.CharField(max_length=500, help_text="What was told, in the codes of `wording.told_words`.")
    erased_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["consent", "-at"], name="looks_of_consent")]

    def __str__(self) -> str:
        return f"{self.face} at {self.at}"


class Visibility(models.Model):
    """One row is a graduate's decision that her code answers (hidden false) or not; the newest row holds.

    Without a row the code answers. Never changed.
    """

    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="visibilities")
    hidden = models.BooleanField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.certificate_id} {'hidden' if self.hidden else 'shown'}"
