"""The school's registers: sites, supervisors, and who works where, each with its days."""

import uuid
from datetime import date

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User

from .. import rules


class SiteKind(models.TextChoices):
    """What kind of place it is."""

    CLINIC = "clinic", _("Clinic")
    HOSPITAL = "hospital", _("Hospital")
    SCHOOL_CLINIC = "school_clinic", _("School clinic")
    SPORTS = "sports", _("Sports")
    SPA = "spa", _("Spa")
    HOSPICE = "hospice", _("Hospice")
    OTHER = "other", _("Other")


class Site(models.Model):
    """One row is one school's approval of one place where its learners work, with the dates of the agreement.

    Written by the school's staff. An organisation that two schools use has two rows. Empty ends are open. `capacity`
    is how many learners may be placed there on one day (empty: nobody counts); place on the map in degrees. `version`
    rises with each edit, so that of two people who edit at once the later one is told. Personal data: `contact`.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="approvals")
    school = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="sites")
    approved_on = models.DateField()
    approval_ends_on = models.DateField(null=True, blank=True)
    agreement_starts_on = models.DateField(null=True, blank=True)
    agreement_ends_on = models.DateField(null=True, blank=True)
    kind = models.CharField(_("kind"), max_length=13, choices=SiteKind, default=SiteKind.CLINIC)
    capacity = models.PositiveSmallIntegerField(_("places"), null=True, blank=True, validators=[MinValueValidator(1)])
    insurance_starts_on = models.DateField(null=True, blank=True)
    insurance_ends_on = models.DateField(null=True, blank=True)
    policy_number = models.CharField(_("policy number"), max_length=60, blank=True)
    latitude = models.DecimalField(
        max_digits=8,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
    )
    longitude = models.DecimalField(
        max_digits=9,
        decimal_places=6,
        null=True,
        blank=True,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
    )
    contact = models.CharField(_("contact"), max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "school"], name="one_approval_of_a_site_per_school"),
            models.CheckConstraint(
                name="site_dates_run_forward",
                condition=(Q(approval_ends_on=None) | Q(approval_ends_on__gte=F("approved_on")))
                & (
                    Q(agreement_ends_on=None)
                    | Q(agreement_starts_on=None)
                    | Q(agreement_ends_on__gte=F("agreement_starts_on"))
                ),
            ),
            models.CheckConstraint(name="site_kind_known", condition=Q(kind__in=SiteKind.values)),
            models.CheckConstraint(name="site_has_a_place", condition=Q(capacity=None) | Q(capacity__gte=1)),
            models.CheckConstraint(
                name="site_insurance_runs_forward",
                condition=Q(insurance_starts_on=None)
                | Q(insurance_ends_on=None)
                | Q(insurance_ends_on__gte=F("insurance_starts_on")),
            ),
            models.CheckConstraint(
                name="site_lies_on_the_map",
                condition=Q(latitude=None, longitude=None)
                | Q(
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__range=(-90, 90),
                    longitude__range=(-180, 180),
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.organisation.name

    @property
    def zone(self) -> str:
        """The time zone of the clock on its wall."""
        return self.organisation.zone

    @property
    def approval(self) -> rules.Window:
        """The days of the school's approval."""
        return rules.Window(self.approved_on, self.approval_ends_on)

    @property
    def agreement(self) -> rules.Window:
        """The days of the agreement."""
        return rules.Window(self.agreement_starts_on, self.agreement_ends_on)

    @property
    def insurance(self) -> rules.Window:
        """The days of the insurance; without any day on file nothing is asked of it."""
        return rules.Window(self.insurance_starts_on, self.insurance_ends_on)

    def lacks(self, day: date) -> tuple[str, ...]:
        """What does not cover a day, of "approval", "agreement" and "insurance": nobody new works there then."""
        held = (("approval", self.approval), ("agreement", self.agreement), ("insurance", self.insurance))
        return tuple(name for name, window in held if not window.holds(day))


class Supervisor(models.Model):
    """One row is a licensed person who may sign for a school's learners. Personal data: name, address, licence.

    Written by the school's staff. `verified_at` says when somebody of the school checked the licence, and
    `verified_source` what was looked at; until then nothing is sent to her. She needs no account; `user` is there for
    who has one. `phone` (E.164) is for a second factor: with `asks_code` she signs by link or account only with a code
    that was texted to it (`SigningCode`). `version` rises with each edit.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    school = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="supervisors")
    name = models.CharField(_("name"), max_length=200)
    email = models.EmailField(_("e-mail address"), max_length=254)
    phone = models.CharField(_("phone number"), max_length=20, blank=True)
    asks_code = models.BooleanField(_("code by text message"), default=False)
    licence_number = models.CharField(_("license number"), max_length=60)
    licence_state = models.CharField(_("state"), max_length=2, validators=[RegexValidator(r"^[A-Z]{2}$")])
    profession = models.CharField(_("profession"), max_length=80)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    verified_source = models.CharField(max_length=200, blank=True)
    user = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="supervisor_of")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint("school", Lower("email"), name="one_supervisor_per_address"),
            models.CheckConstraint(
                name="supervisor_licence_runs_forward",
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
            ),
            models.CheckConstraint(name="supervisor_code_has_a_number", condition=Q(asks_code=False) | ~Q(phone="")),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def phone_ends(self) -> str:
        """All of her number that she is shown."""
        return rules.last_digits(self.phone)

    @property
    def licence(self) -> rules.Window:
        """The days on which her licence is valid."""
        return rules.Window(self.valid_from, self.valid_to)

    @property
    def licence_line(self) -> str:
        """Her licence in one line, as a signature keeps it."""
        return rules.licence_line(self.profession, self.licence_state, self.licence_number, self.licence)


class AskingRhythm(models.Model):
    """One row says when a school asks its supervisors to sign; a school without one asks at once.

    Written by those who place its learners; who changed it last, and when, stands here.
    """

    class Rhythm(models.TextChoices):
        """How often one mail may go to one supervisor."""

        AT_ONCE = rules.AT_ONCE, _("At once")
        DAILY = rules.DAILY, _("Once a day, in the evening")
        WEEKLY = rules.WEEKLY, _("Once a week, on Sunday evening")

    school = models.OneToOneField(Organisation, on_delete=models.PROTECT, related_name="asking_rhythm")
    rhythm = models.CharField(max_length=7, choices=Rhythm)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="asking_rhythm_known", condition=Q(rhythm__in=[rules.AT_ONCE, rules.DAILY, rules.WEEKLY])
            )
        ]

    def __str__(self) -> str:
        return f"{self.school_id} {self.rhythm}"


class SiteAssignment(models.Model):
    """One row says that a supervisor works at a site from one local day to another (empty: still)."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    supervisor = models.ForeignKey(Supervisor, on_delete=models.PROTECT, related_name="assignments")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="assignments")
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["supervisor", "site", "from_on"], name="one_assignment_per_start"),
            models.CheckConstraint(
                name="assignment_runs_forward", condition=Q(until_on=None) | Q(until_on__gte=F("from_on"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.supervisor_id} at {self.site_id} from {self.from_on}"

    @property
    def window(self) -> rules.Window:
        """Its days."""
        return rules.Window(self.from_on, self.until_on)
