"""Owns people (users, their former names and licences) and organisations with the roles people hold in them."""

import uuid
import zoneinfo
from functools import cache
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    """Makes users; the e-mail address is the name they log in by."""

    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make one user; without a password she can log in only by a code to her address."""
        if not email:
            raise ValueError("A user needs an e-mail address.")
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make a user who may do everything in the admin; she still cannot edit the ledger."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find a user by e-mail address, whatever its case."""
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """One row is one person who can log in. Personal data: e-mail address and names.

    `legal_name` is what certificates print, and beside it `latin_name`, its spelling in the passport's Latin letters,
    where a registrar wrote it down; `preferred_name` is what screens and mails say. A change of legal name leaves a
    FormerName row. The row carries no hours: those belong to the person's Learner.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    email = models.EmailField(_("e-mail address"), max_length=254, unique=True)
    legal_name = models.CharField(_("legal name"), max_length=200, blank=True)
    latin_name = models.CharField(_("name in Latin letters"), max_length=200, blank=True)
    preferred_name = models.CharField(_("what we call you"), max_length=100, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(_("may open Django's admin"), default=False)
    date_joined = models.DateTimeField(default=timezone.now)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="one_user_per_address")]

    def __str__(self) -> str:
        return self.get_full_name()

    def get_full_name(self) -> str:
        """The legal name, else the address."""
        return self.legal_name or self.email

    def get_short_name(self) -> str:
        """What screens and mails call her: the name that she chose for it, else her whole name.

        No part of a legal name is taken for it: in many languages the family name stands first.
        """
        return self.preferred_name or self.get_full_name()

    # Wagtail's user screens read these two of Django's stock user model.
    @property
    def first_name(self) -> str:
        """What she is called."""
        return self.get_short_name()

    @property
    def last_name(self) -> str:
        """The last word of the legal name."""
        return self.legal_name.rpartition(" ")[2]


class FormerName(models.Model):
    """One row is a legal name that a person bore until `until_on`. Never changed; erased with the person."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="former_names")
    legal_name = models.CharField(max_length=200)
    until_on = models.DateField()


@cache
def _zones() -> frozenset[str]:
    """The zones of this machine; asked once, since each time it reads the whole zone folder."""
    return frozenset(zoneinfo.available_timezones())


def validate_zone(name: str) -> None:
    """Refuse what is not an IANA time zone."""
    if name not in _zones():
        raise ValidationError(
            _("“%(name)s” is not a time zone; write it like America/New_York."), params={"name": name}
        )


class Organisation(models.Model):
    """One row is a school, placement site, buyer, verifier or board, with the dates between which it was open.

    Written by staff. `slug` stands in public addresses and never changes.
    """

    class Kind(models.TextChoices):
        SCHOOL = "school", _("School")
        SITE = "site", _("Placement site")
        BUYER = "buyer", _("Buyer of places")
        VERIFIER = "verifier", _("Verifier")
        BOARD = "board", _("Board")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=10, choices=Kind)
    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    address = models.TextField(blank=True)
    zone = models.CharField(_("time zone"), max_length=64, default="America/New_York", validators=[validate_zone])
    licence_number = models.CharField(max_length=60, blank=True)
    opened_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True, help_text="The last day on which it was open.")
    custodian = models.CharField(
        _("who keeps the records"),
        max_length=200,
        blank=True,
        help_text=_("Of a school that closed: stands on the public page of each of its certificates."),
    )
    custodian_contact = models.CharField(_("how the custodian is reached"), max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="organisation_closes_after_it_opens",
                condition=models.Q(closed_on__isnull=True)
                | models.Q(opened_on__isnull=True)
                | models.Q(closed_on__gte=models.F("opened_on")),
            )
        ]

    def __str__(self) -> str:
        return self.name


class SchoolClosing(models.Model):
    """One row says that a school has closed: from then on its records are read and sent, and nothing is written.

    Written by `certification.records.services.close_school`, at the latest by the tick after `closed_on`; never changed,
    never taken back. The roles of its staff end with it in effect (`selectors.roles_of`): only a custodian's still
    holds.
    """

    school = models.OneToOneField(Organisation, on_delete=models.PROTECT, related_name="closing")
    closed_on = models.DateField()
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.school_id} on {self.closed_on}"


class ClosingPlan(models.Model):
    """One row says that a last day of a school was planned or, without a day, that the plan was called off.

    Written by `certification.certificates.services`; never changed. The newest row is what stands (`Organisation.closed_on`
    repeats its day); that the school closed is told by its SchoolClosing, after which no row comes.
    """

    school = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="closing_plans")
    last_day = models.DateField(null=True, blank=True)
    custodian = models.CharField(max_length=200, blank=True)
    contact = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="closing_plan_names_who_keeps_the_records",
                condition=models.Q(last_day__isnull=True, custodian="", contact="")
                | models.Q(last_day__isnull=False) & ~models.Q(custodian="") & ~models.Q(contact=""),
            )
        ]

    def __str__(self) -> str:
        return f"{self.school_id}: {self.last_day or 'called off'}"


class CustodyChange(models.Model):
    """One row says that a person got the role of custodian at a school, or lost it, by whose hand and when. Never changed.

    Written by `services.give_custody` and `take_custody` beside the Membership that it speaks of.
    """

    school = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="custody_changes")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    is_given = models.BooleanField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.school_id}: {self.user_id} {'given' if self.is_given else 'taken'}"


class Membership(models.Model):
    """One row is one role of one person in one organisation, from `since` until `until` (empty: still).

    All rights of staff come from here: a role in school A sees nothing of school B.
    """

    class Role(models.TextChoices):
        INSTRUCTOR = "instructor", _("Instructor")
        COORDINATOR = "coordinator", _("Coordinator")
        REGISTRAR = "registrar", _("Registrar")
        ADMIN = "admin", _("Administrator")
        CUSTODIAN = "custodian", _("Custodian of a closed school")
        SUPERVISOR = "supervisor", _("Supervisor")
        VERIFIER = "verifier", _("Verifier")
        BUYER = "buyer", _("Buyer")
        BOARD = "board", _("Board")
        MANAGER = "manager", _("Manager")

    ROLES_OF_KIND: ClassVar[dict[str, frozenset[str]]] = {
        "school": frozenset({"instructor", "coordinator", "registrar", "admin", "custodian"}),
        "site": frozenset({"supervisor"}),
        "verifier": frozenset({"verifier", "manager"}),
        "buyer": frozenset({"buyer"}),
        "board": frozenset({"board", "manager"}),
    }

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=12, choices=Role)
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation", "role"],
                condition=models.Q(until__isnull=True),
                name="one_open_membership_per_role",
            )
        ]

    def clean(self) -> None:
        """Refuse a role that this kind of organisation does not have."""
        if self.role not in self.ROLES_OF_KIND[self.organisation.kind]:
            raise ValidationError({"role": _("This kind of organisation does not have that role.")})


class Licence(models.Model):
    """One row is a professional licence of a person, as somebody checked it on a day. Dates include both ends."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="licences")
    number = models.CharField(max_length=60)
    state = models.CharField(_("state"), max_length=2, validators=[RegexValidator(r"^[A-Z]{2}$")])
    profession = models.CharField(max_length=80)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    verified_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    verified_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "state", "profession", "number"], name="one_row_per_licence")
        ]
