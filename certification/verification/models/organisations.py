"""Organisations that check: how they came onto the platform, whom they invite, and when checking was stopped.

An organisation itself and the roles in it are `accounts.Organisation` and `accounts.Membership`.
"""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Organisation, User


class Application(models.Model):
    """One row is somebody's request that her organisation may check certificates.

    Written by `services.apply_to_check`. Never changed, but that she may withdraw it once, and that her position goes
    with the person. What the platform decided is an `ApplicationDecision`.
    """

    class Sort(models.TextChoices):
        BOARD = "board", _("State board or other authority")
        SCHOOL = "school", _("School that is not on this platform")
        EMPLOYER = "employer", _("Employer")
        INSURER = "insurer", _("Insurer or payer")
        OTHER = "other", _("Something else")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    applicant = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    sort = models.CharField(max_length=10, choices=Sort)
    name = models.CharField(max_length=200)
    website = models.CharField(max_length=200)
    address = models.TextField()
    position = models.CharField(max_length=120, blank=True, help_text="What she is there. Goes with the person.")
    purpose = models.TextField(help_text="What it checks certificates for.")
    withdrawn_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="application_sort_known", condition=Q(sort__in=["board", "school", "employer", "insurer", "other"])
            ),
            models.CheckConstraint(
                name="application_says_what_for", condition=~Q(name="") & ~Q(website="") & ~Q(purpose="")
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def kind(self) -> str:
        """The kind of organisation that approval makes."""
        board = self.sort == self.Sort.BOARD
        return Organisation.Kind.BOARD if board else Organisation.Kind.VERIFIER


class ApplicationDecision(models.Model):
    """One row is the platform's one answer to an application: by whom, on what ground, and what it made.

    Never changed. An application is not decided by who made it.
    """

    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="decision")
    approved = models.BooleanField()
    looked_at = models.TextField(help_text="By what it was known that the organisation is the one that it says.")
    words = models.TextField(blank=True, help_text="What the applicant reads when it is declined.")
    organisation = models.OneToOneField(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="approval_makes_an_organisation",
                condition=Q(approved=True, organisation__isnull=False) | Q(approved=False, organisation__isnull=True),
            ),
            models.CheckConstraint(
                name="decision_says_why",
                condition=Q(approved=True) & ~Q(looked_at="") | Q(approved=False) & ~Q(words=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {'approved' if self.approved else 'declined'}"


class MemberInvitation(models.Model):
    """One row invites whoever proves an address to a role in an organisation that checks.

    Written by `services.invite_member`. It holds no secret: only who is logged in with this address, confirmed, can
    accept it. `ended_at` and `accepted` are filled in once: accepted, declined by her, or taken back. The address goes
    with the organisation's wish (`services.forget_invitations`), 90 days after it ended.
    """

    ROLES: frozenset[str] = frozenset({Membership.Role.VERIFIER, Membership.Role.BOARD, Membership.Role.MANAGER})

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    address = models.CharField(max_length=254, blank=True)
    role = models.CharField(max_length=12)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    accepted = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "address", "role"],
                condition=Q(ended_at__isnull=True),
                name="one_open_invitation_per_role",
            ),
            models.CheckConstraint(
                name="invitation_role_known", condition=Q(role__in=["verifier", "board", "manager"])
            ),
            models.CheckConstraint(
                name="accepted_invitation_ended", condition=Q(accepted=False) | Q(ended_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} in {self.organisation_id}"


class CheckingStop(models.Model):
    """One row says that the platform stopped an organisation from checking, and why; `lifted_at` when it may again.

    While one is open its members and its keys are told nothing. Only the lifting is filled in later, once.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="checking_stops")
    words = models.TextField(help_text="Why; its members read it.")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"], condition=Q(lifted_at__isnull=True), name="one_open_stop_per_organisation"
            ),
            models.CheckConstraint(name="stop_says_why", condition=~Q(words="")),
            models.CheckConstraint(
                name="stop_lifted_by_somebody",
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} since {self.at}"
