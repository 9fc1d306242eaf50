"""Owns prices and orders. Money is integer minor units with its currency; money never edits a record of hours."""

import uuid

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from courses.catalog.models import Program
from courses.enrollments.models import Enrollment


class Price(models.Model):
    """One row is what a program cost from `since` until `until` (empty: now). Never changed: a new price is a new row."""

    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="prices")
    amount_minor = models.PositiveIntegerField(validators=[MinValueValidator(1)])
    currency = models.CharField(max_length=3, validators=[RegexValidator(r"^[a-z]{3}$")])
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["program"], condition=Q(until__isnull=True), name="one_present_price_per_program"
            ),
            models.CheckConstraint(name="price_above_zero", condition=Q(amount_minor__gt=0)),
        ]


class Order(models.Model):
    """One row is one person's wish to buy a place. Its state only moves forward: open, then paid or expired.

    Amount and currency are those of the price on the day. `enrollment` is the place that the payment bought;
    `problem` says in words why a paid order has none, for the school to settle.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        PAID = "paid", _("Paid")
        EXPIRED = "expired", _("Expired")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="orders")
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="orders")
    amount_minor = models.PositiveIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    checkout_id = models.CharField(max_length=200, null=True, blank=True, unique=True)
    checkout_url = models.URLField(max_length=2000, blank=True)
    checkout_expires_at = models.DateTimeField(null=True, blank=True)
    payment_reference = models.CharField(max_length=200, blank=True)
    enrollment = models.OneToOneField(Enrollment, null=True, blank=True, on_delete=models.PROTECT, related_name="order")
    problem = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    paid_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "program"], condition=Q(state="open"), name="one_open_order_per_program"
            ),
            models.CheckConstraint(
                name="paid_order_has_its_day", condition=~Q(state="paid") | Q(paid_at__isnull=False)
            ),
        ]


class StripeEvent(models.Model):
    """One row is one event that Stripe sent and we acted on; a second delivery of it changes nothing."""

    event_id = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=100)
    order = models.ForeignKey(Order, null=True, on_delete=models.PROTECT, related_name="events")
    received_at = models.DateTimeField(default=timezone.now)
