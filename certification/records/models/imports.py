"""Files of historic hours that one person brings in and a second one lets pass."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User

from .corrections import private_storage


class ImportBatch(models.Model):
    """One row is one file of historic hours with what a dry run said of each of its rows.

    It waits while `outcome` is empty and changes no hour; a second person lets it pass, once, and everything is posted
    in that transaction under keys of the rows' own content. `verdicts` is a list of `{row, verdict, code, column, value,
    email, legal_name, program, date, minutes, category, new_learner}`; `tally` sums it up. Personal data: the file,
    `verdicts`, `decision_words`; a person's rows are blanked in both when her time is over (`erased_at`: last), and the
    SHA-256 remains that of the file as it was brought.
    """

    class Outcome(models.TextChoices):
        POSTED = "posted", _("Posted")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    school = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="imports")
    kind = models.CharField(max_length=12, default="hours")
    file = models.FileField(upload_to="imports", storage=private_storage, blank=True)
    file_name = models.CharField(max_length=200)
    file_sha256 = models.CharField(max_length=64)
    verdicts = models.JSONField()
    tally = models.JSONField()
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(default=timezone.now)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    decision_words = models.TextField(max_length=1000, blank=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-proposed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "file_sha256"], condition=Q(outcome=""), name="one_open_import_per_file"
            ),
            models.CheckConstraint(name="import_kind_known", condition=Q(kind="hours")),
            models.CheckConstraint(
                name="import_decided_by_somebody",
                condition=Q(outcome="", decided_by__isnull=True, decided_at__isnull=True)
                | Q(outcome__in=["posted", "refused", "withdrawn"], decided_by__isnull=False, decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="import_needs_two_people",
                condition=~Q(outcome__in=["posted", "refused"]) | ~Q(decided_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="import_withdrawn_by_who_proposed_it",
                condition=~Q(outcome="withdrawn") | Q(decided_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="import_refused_with_words",
                condition=~Q(outcome="refused", decision_words="") | Q(erased_at__isnull=False),
            ),
        ]

    @property
    def is_open(self) -> bool:
        """Whether it waits for the second person."""
        return not self.outcome

    @property
    def may_pass(self) -> bool:
        """Whether by its dry run it can be let pass: nothing is refused, and something is new."""
        return not self.tally["refused"] and bool(self.tally["post"])
