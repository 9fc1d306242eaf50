"""Files of historic hours that one person brings in and a second one lets pass, and the work on them in the background."""

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


class ImportRun(models.Model):
    """One row is work on a file that takes longer than a request may: its rows are checked, or posted.

    Written by `services.ask_*` and `services.run_import`; how far it is stands in the cache `progress`, since a row
    that says so could not be seen before the posting ends. It holds no fact: what was brought and decided is the
    ImportBatch. `done` is written in the transaction of what it tells of. Personal data: `file` (until the batch has
    it, or it failed), `file_name`, `words`, all emptied at its end.
    """

    class Step(models.TextChoices):
        CHECK = "check", _("Check the rows")
        POST = "post", _("Post the rows")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits for its turn")
        RUNNING = "running", _("Runs")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    school = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="import_runs")
    batch = models.ForeignKey(ImportBatch, null=True, blank=True, on_delete=models.PROTECT, related_name="runs")
    step = models.CharField(max_length=5, choices=Step)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    file = models.FileField(upload_to="imports", storage=private_storage, blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    words = models.TextField(max_length=1000, blank=True)
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField(default=timezone.now)
    claimed_until = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    sentence = models.TextField(blank=True, help_text="Why it failed, for who reads the page.")

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["batch"], condition=Q(step="post") & ~Q(state="failed"), name="one_posting_of_a_file"
            ),
            models.CheckConstraint(name="import_run_step_known", condition=Q(step__in=["check", "post"])),
            models.CheckConstraint(
                name="import_run_state_known", condition=Q(state__in=["waiting", "running", "done", "failed"])
            ),
            models.CheckConstraint(
                name="import_run_done_has_a_batch",
                condition=Q(batch__isnull=False) | Q(step="check") & ~Q(state="done"),
            ),
            models.CheckConstraint(name="import_run_failed_says_why", condition=~Q(state="failed", sentence="")),
        ]
        indexes = [
            # The tick asks for what was left lying.
            models.Index(fields=["asked_at"], name="import_runs_going", condition=Q(state__in=["waiting", "running"]))
        ]

    @property
    def is_going(self) -> bool:
        """Whether it waits or runs."""
        return self.state in {self.State.WAITING, self.State.RUNNING}
