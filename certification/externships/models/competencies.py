"""What learners must show that they can do, in versions; who checked it off, and the plan after a failure."""

import uuid
from datetime import datetime

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from certification.records.models import TrainingRecord

from .placements import Placement
from .registers import Supervisor
from .shifts import Technique

CODE = r"^[A-Z0-9]+(?:-[A-Z0-9]+)*$"


class State(models.TextChoices):
    """Where a version of something that learners are judged by stands; it only goes on, never back."""

    DRAFT = "draft", _("Draft")
    IN_USE = "in_use", _("In use")
    RETIRED = "retired", _("Retired")


class Competency(models.Model):
    """One row is one thing that a school's learners must show, under one lasting code; its words stand in versions."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    school = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="competencies")
    code = models.CharField(_("code"), max_length=40, validators=[RegexValidator(CODE)])
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["school", "code"], name="one_competency_per_code")]

    def __str__(self) -> str:
        return self.code

    @property
    def milestone(self) -> str:
        """The code of the milestone that passing posts."""
        return f"checkoff:{self.code}"


class CompetencyVersion(models.Model):
    """One row is what a competency says from one time on. A draft changes; once in use it never does.

    `safety` ones are passed or failed, all others rated 0 to 3. `before_clients`: to be passed before a first client.
    `opens_after` counts signed client sessions of its technique (of any, where it has none).
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    competency = models.ForeignKey(Competency, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField(_("title"), max_length=150)
    criteria = models.TextField(_("what is looked for"), max_length=2000)
    technique = models.CharField(_("technique"), max_length=14, choices=Technique, blank=True)
    region = models.CharField(_("body region"), max_length=60, blank=True)
    safety = models.BooleanField(_("safety item"), default=False)
    before_clients = models.BooleanField(_("before the first client"), default=False)
    opens_after = models.PositiveIntegerField(
        _("opens after"), default=0, validators=[MinValueValidator(0), MaxValueValidator(500)]
    )
    state = models.CharField(max_length=7, choices=State, default=State.DRAFT)
    written_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)
    in_use_since = models.DateTimeField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["competency", "number"], name="one_competency_version_per_number"),
            models.UniqueConstraint(
                fields=["competency"], condition=Q(state="in_use"), name="one_competency_version_in_use"
            ),
            models.UniqueConstraint(fields=["competency"], condition=Q(state="draft"), name="one_competency_draft"),
            models.CheckConstraint(
                name="competency_state_has_its_days",
                condition=Q(state="draft", in_use_since=None, retired_at=None)
                | Q(state="in_use", in_use_since__isnull=False, retired_at=None)
                | Q(state="retired", in_use_since__isnull=False, retired_at__isnull=False),
            ),
            # Who may not work with clients yet has no signed sessions to show.
            models.CheckConstraint(
                name="competency_before_clients_is_open", condition=Q(before_clients=False) | Q(opens_after=0)
            ),
        ]

    def __str__(self) -> str:
        return self.title


class EvaluationForm(models.Model):
    """One row is one version of what is asked about a learner or a site: items marked 1 to 5, and words.

    `items` is a list of {"code", "text"}. It is in use from the first; a newer one retires it, and it never changes.
    """

    class Purpose(models.TextChoices):
        MIDTERM = "midterm", _("Midterm evaluation")
        FINAL = "final", _("Final evaluation")
        SITE = "site", _("Evaluation of the site")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    school = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="evaluation_forms")
    purpose = models.CharField(max_length=7, choices=Purpose)
    number = models.PositiveIntegerField()
    title = models.CharField(_("title"), max_length=150)
    items = models.JSONField()
    state = models.CharField(max_length=7, choices=State, default=State.IN_USE)
    written_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    in_use_since = models.DateTimeField(default=timezone.now)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["school", "purpose", "number"], name="one_evaluation_form_per_number"),
            models.UniqueConstraint(
                fields=["school", "purpose"], condition=Q(state="in_use"), name="one_evaluation_form_in_use"
            ),
            models.CheckConstraint(
                name="evaluation_form_state_has_its_day",
                condition=Q(state="in_use", retired_at=None) | Q(state="retired", retired_at__isnull=False),
            ),
            models.CheckConstraint(
                name="evaluation_form_purpose_known", condition=Q(purpose__in=["midterm", "final", "site"])
            ),
        ]

    def __str__(self) -> str:
        return self.title


class EvaluationLink(models.Model):
    """One row is one mail that asks one supervisor about one learner: to rate competencies, or to evaluate her.

    The token stands only in that mail; here is its SHA-256. `shown` is what its page shows (canonical JSON), `digest`
    that of the bytes; both made with the link. Opening changes nothing; its answer spends it. `address_hash` is that of
    the address it went to: when the supervisor's is another, it opens nothing. Personal data: `shown` names the
    learner and goes with her record's words.
    """

    class Purpose(models.TextChoices):
        CHECKOFF = "checkoff", _("Check-offs")
        MIDTERM = "midterm", _("Midterm evaluation")
        FINAL = "final", _("Final evaluation")

    class Revoked(models.TextChoices):
        """Why a link is void."""

        REPLACED = "replaced", _("sent again")
        SCHOOL = "school", _("revoked by the school")
        DISOWNED = "disowned", _("the reader said it is not hers")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    purpose = models.CharField(max_length=8, choices=Purpose)
    supervisor = models.ForeignKey(Supervisor, on_delete=models.PROTECT, related_name="evaluation_links")
    placement = models.ForeignKey(Placement, on_delete=models.PROTECT, related_name="evaluation_links")
    shown = models.TextField()
    digest = models.CharField(max_length=64)
    token_hash = models.CharField(max_length=64, unique=True)
    address_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_why = models.CharField(max_length=9, choices=Revoked, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)
    replaces = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by")
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="evaluation_link_purpose_known", condition=Q(purpose__in=["checkoff", "midterm", "final"])
            ),
            models.CheckConstraint(
                name="evaluation_link_expires_later", condition=Q(expires_at__gt=models.F("created_at"))
            ),
            models.CheckConstraint(
                name="evaluation_link_revoked_says_why",
                condition=(Q(revoked_at=None) & Q(revoked_why="")) | (Q(revoked_at__isnull=False) & ~Q(revoked_why="")),
            ),
        ]
        indexes = [models.Index(fields=["placement", "purpose"], name="evaluations_of_placement")]

    def __str__(self) -> str:
        return f"{self.purpose} {self.uuid}"

    @property
    def mailed_at(self) -> datetime:
        """When its mail was written: with the link."""
        return self.created_at


class EvaluationToken(models.Model):
    """One row is another token of an evaluation's link, carried by the reminder of that many `days`; older ones work on.

    Append-only; it dies with its link. Only its SHA-256 is kept.
    """

    link = models.ForeignKey(EvaluationLink, on_delete=models.PROTECT, related_name="tokens", db_index=False)
    token_hash = models.CharField(max_length=64, unique=True)
    days = models.PositiveSmallIntegerField()
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["link", "days"], name="one_evaluation_reminder_of_a_day")]

    def __str__(self) -> str:
        return f"{self.link_id} after {self.days} days"


class EvaluationAnswer(models.Model):
    """One row is what a supervisor answered to one link. Append-only; a link has one, which spends it.

    `marks` are numbers by item (an empty one was left open), and `goal:<uuid>` of each goal that she ticked; `digest`
    is that of what she was shown; `statement` and `licence` are what she confirmed, word for word; `second_factor` as
    in `SignOff`; `via` says whether the mailed link or her account opened the page. Personal data: name, license, words,
    address and agent of the device; they go with the words of the record.
    """

    class Via(models.TextChoices):
        """How it came."""

        LINK = "link", _("by the mailed link")
        ACCOUNT = "account", _("from her account")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    link = models.OneToOneField(EvaluationLink, on_delete=models.PROTECT, related_name="answer")
    marks = models.JSONField()
    words = models.TextField(max_length=2000, blank=True)
    typed_name = models.CharField(max_length=200)
    statement = models.CharField(max_length=300)
    licence = models.CharField(max_length=250)
    digest = models.CharField(max_length=64)
    second_factor = models.CharField(max_length=2, blank=True)
    answered_at = models.DateTimeField()
    ip = models.GenericIPAddressField(null=True, blank=True)
    agent = models.CharField(max_length=300, blank=True)
    via = models.CharField(max_length=7, choices=Via, default=Via.LINK)
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="evaluation_is_by_a_name",
                condition=(~Q(typed_name="") & ~Q(statement="")) | Q(erased_at__isnull=False),
            ),
            models.CheckConstraint(name="evaluation_via_known", condition=Q(via__in=["link", "account"])),
        ]

    def __str__(self) -> str:
        return str(self.uuid)

    @property
    def signer(self) -> str:
        """The name she typed, or in its place that it was erased."""
        return self.typed_name or str(_("name erased"))


class CheckOff(models.Model):
    """One row is one word about one competency of one learner. Append-only; the newest that is not "not seen" counts.

    By a user of the school (`evaluator`) or by a supervisor's `answer` to a link. `rating` is 0 to 3; a safety item has
    none. `after` is the done plan that a re-test follows. Personal data: `words`, which go with the record's.
    """

    class Outcome(models.TextChoices):
        PASSED = "passed", _("Passed")
        FAILED = "failed", _("Not yet")
        NOT_SEEN = "not_seen", _("Not seen")

    class Rating(models.IntegerChoices):
        NOT_SEEN = 0, _("Not seen")
        WITH_HELP = 1, _("With help")
        INDEPENDENT = 2, _("Independent")
        TEACHES = 3, _("Teaches it")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    version = models.ForeignKey(CompetencyVersion, on_delete=models.PROTECT, related_name="checkoffs")
    record = models.ForeignKey(TrainingRecord, on_delete=models.PROTECT, related_name="checkoffs")
    outcome = models.CharField(max_length=8, choices=Outcome)
    rating = models.PositiveSmallIntegerField(null=True, blank=True, choices=Rating)
    words = models.TextField(max_length=1000, blank=True)
    evaluator = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    supervisor = models.ForeignKey(
        Supervisor, null=True, blank=True, on_delete=models.PROTECT, related_name="checkoffs"
    )
    answer = models.ForeignKey(
        EvaluationAnswer, null=True, blank=True, on_delete=models.PROTECT, related_name="checkoffs"
    )
    placement = models.ForeignKey(Placement, null=True, blank=True, on_delete=models.PROTECT, related_name="checkoffs")
    after = models.ForeignKey("Remediation", null=True, blank=True, on_delete=models.PROTECT, related_name="retests")
    decided_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["answer", "version"], name="one_checkoff_per_answer"),
            models.CheckConstraint(
                name="checkoff_outcome_is_that_of_its_rating",
                condition=Q(rating=None, outcome__in=["passed", "failed", "not_seen"])
                | Q(rating=0, outcome="not_seen")
                | Q(rating=1, outcome="failed")
                | Q(rating__in=[2, 3], outcome="passed"),
            ),
            models.CheckConstraint(
                name="checkoff_is_by_one_person",
                condition=Q(evaluator__isnull=False, supervisor=None, answer=None)
                | Q(evaluator=None, supervisor__isnull=False, answer__isnull=False, placement__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["record", "version"], name="checkoffs_of_record")]

    def __str__(self) -> str:
        return f"{self.outcome} {self.version_id} of {self.record_id}"

    @property
    def by(self) -> str:
        """Who said it, as the rules name people: one who is known as a user too is one person. Reads the supervisor."""
        user = self.evaluator_id or (self.supervisor.user_id if self.supervisor else None)
        return f"user:{user}" if user else f"supervisor:{self.supervisor_id}"


class Remediation(models.Model):
    """One row is the plan after one failed check-off: what is practiced, with whom, until when.

    It changes while it is planned; done it never does, and opens the re-test. Personal data: `words`.
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        DONE = "done", _("Done")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    failed = models.OneToOneField(CheckOff, on_delete=models.PROTECT, related_name="plan")
    minutes = models.PositiveIntegerField(_("minutes"), validators=[MinValueValidator(1), MaxValueValidator(6000)])
    instructor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField(_("due"))
    words = models.TextField(_("what is practiced"), max_length=1000, blank=True)
    state = models.CharField(max_length=7, choices=State, default=State.PLANNED)
    planned_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    planned_at = models.DateTimeField(default=timezone.now)
    done_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="remediation_takes_time", condition=Q(minutes__gt=0)),
            models.CheckConstraint(
                name="remediation_done_says_when_and_by_whom",
                condition=Q(state="planned", done_at=None, done_by=None)
                | Q(state="done", done_at__isnull=False, done_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state}, due {self.due_on}"


class SiteEvaluation(models.Model):
    """One row is what a learner says of the site of one placement. Append-only. Personal data: `words`.

    Staff see means, and words, only where at least three learners spoke (`rules.LEAST`), and never whose they are.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    placement = models.OneToOneField(Placement, on_delete=models.PROTECT, related_name="site_evaluation")
    form = models.ForeignKey(EvaluationForm, on_delete=models.PROTECT, related_name="answers")
    marks = models.JSONField()
    words = models.TextField(max_length=2000, blank=True)
    given_at = models.DateTimeField(default=timezone.now)
    erased_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.uuid)
