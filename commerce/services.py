"""Writes prices and orders; a payment that Stripe confirms becomes one enrollment, however often we hear of it."""

import logging
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from certification.records.services import require_open
from courses.catalog.models import Program
from courses.enrollments.models import Enrollment
from courses.enrollments.services import enroll

from . import gateway
from .models import Order, Price, StripeEvent
from .selectors import present_price

log = logging.getLogger("palmar.commerce")


@transaction.atomic
def set_price(*, program: Program, amount_minor: int, currency: str) -> Price:
    """Make this the program's price from now on; the old one stays as history. Idempotent by the same price."""
    now = timezone.now()
    present = present_price(program)
    if present and (present.amount_minor, present.currency) == (amount_minor, currency):
        return present
    if present:
        Price.objects.filter(pk=present.pk).update(until=now)
    price = Price(program=program, amount_minor=amount_minor, currency=currency, since=now)
    price.full_clean()
    price.save()
    return price


def start_checkout(*, user: User, program: Program) -> Order:
    """Open (or find) this person's order for the program and a Checkout Session for it.

    Stripe is called outside any transaction, under an idempotency key made of the order, so that a double click or a
    lost answer opens one session. Refuses, with a sentence: no card payment here, no price, already enrolled.
    """
    if not gateway.is_configured():
        raise ValidationError(_("This school does not take cards here yet. Ask it for an invitation."))
    require_open(program.school)
    price = present_price(program)
    if price is None or not program.is_open:
        raise ValidationError(_("This program takes no new learners at present."))
    if Enrollment.objects.filter(learner__user=user, program=program, state__in=["active", "suspended"]).exists():
        raise ValidationError(_("You are enrolled in this program already; nothing is to be paid."))
    order = _open_order(user, program, price)
    if order.checkout_url and order.checkout_expires_at and order.checkout_expires_at > timezone.now():
        return order
    if order.checkout_id:
        order = settle(order=order)
        if order.state != Order.State.OPEN:
            if order.state == Order.State.PAID:
                return order
            order = _open_order(user, program, price)
    try:
        checkout = gateway.open_checkout(
            reference=str(order.uuid),
            title=program.title,
            amount_minor=order.amount_minor,
            currency=order.currency,
            email=user.email,
            return_url=f"{settings.BASE_URL}/orders/{order.uuid}/",
            idempotency_key=f"order:{order.uuid}",
        )
    except gateway.GatewayError as error:
        log.warning("checkout for order %s not opened: %s", order.uuid, error)
        raise ValidationError(
            _("The payment page cannot be reached at the moment. Nothing was charged; try again in a minute.")
        ) from error
    Order.objects.filter(pk=order.pk, state=Order.State.OPEN).update(
        checkout_id=checkout.id,
        checkout_url=checkout.url,
        checkout_expires_at=checkout.expires_at - timedelta(minutes=5),
    )
    order.refresh_from_db()
    return order


def _open_order(user: User, program: Program, price: Price) -> Order:
    found = Order.objects.filter(user=user, program=program, state=Order.State.OPEN).first()
    if found and (found.amount_minor, found.currency) == (price.amount_minor, price.currency):
        return found
    try:
        with transaction.atomic():
            if found and not found.checkout_id:
                # Its price is no longer the present one, and nobody was asked to pay it yet.
                Order.objects.filter(pk=found.pk).update(state=Order.State.EXPIRED)
            elif found:
                return found
            return Order.objects.create(
                user=user, program=program, amount_minor=price.amount_minor, currency=price.currency
            )
    except IntegrityError:
        return Order.objects.get(user=user, program=program, state=Order.State.OPEN)


def settle(*, order: Order, event: gateway.SignedEvent | None = None) -> Order:
    """Ask Stripe how the order's checkout stands and act on it once: paid and enrolled, expired, or still open.

    Called by the webhook and by the page that the buyer comes back to; whoever is first acts, the other finds it done.
    Atomic after the call; the event's row rolls back with everything else, so Stripe's retry still works.
    """
    if not order.checkout_id:
        return order
    checkout = gateway.read_checkout(order.checkout_id)
    with transaction.atomic():
        order = Order.objects.select_for_update(of=("self",)).select_related("program", "user").get(pk=order.pk)
        if event is not None:
            _row, fresh = StripeEvent.objects.get_or_create(
                event_id=event.id, defaults={"kind": event.kind, "order": order}
            )
            if not fresh:
                return order
        if order.state == Order.State.PAID:
            return order
        if checkout.paid:
            _take_payment(order, checkout)
        elif checkout.expired and order.state == Order.State.OPEN:
            order.state = Order.State.EXPIRED
            order.save(update_fields=["state"])
    return order


def _take_payment(order: Order, checkout: gateway.Checkout) -> None:
    order.state = Order.State.PAID
    order.paid_at = timezone.now()
    order.payment_reference = checkout.payment
    if checkout.reference != str(order.uuid) or (checkout.amount_minor, checkout.currency) != (
        order.amount_minor,
        order.currency,
    ):
        order.problem = "The payment does not match the order; no place was given."
        log.error("order %s: payment %s does not match", order.uuid, checkout.payment)
    else:
        try:
            with transaction.atomic():
                place = enroll(user=order.user, program=order.program, source_key=f"order:{order.uuid}")
            if place.source_key == f"order:{order.uuid}":
                order.enrollment = place
            else:
                order.problem = "Paid for a place that the learner already had by another door: to be refunded."
        except ValidationError as error:
            order.problem = " ".join(error.messages)[:300]
            log.error("order %s is paid but not enrolled: %s", order.uuid, order.problem)
    order.save()


def receive_event(*, payload: bytes, signature: str) -> None:
    """Act on one signed event of Stripe; raises gateway.BadSignatureError or gateway.GatewayError.

    The event is only a hint that something happened: what did is read from Stripe. Unknown kinds and foreign
    checkouts are taken note of by doing nothing. Idempotent by the event's id.
    """
    event = gateway.verify_event(payload, signature)
    if not event.checkout_id or StripeEvent.objects.filter(event_id=event.id).exists():
        return
    order = Order.objects.filter(checkout_id=event.checkout_id).first()
    if order is not None:
        settle(order=order, event=event)


def settle_open_orders() -> int:
    """Ask after open checkouts whose events never came; for `tick`. How many were settled."""
    settled = 0
    since = timezone.now() - timedelta(days=3)
    for order in Order.objects.filter(state=Order.State.OPEN, checkout_id__isnull=False, created_at__gte=since)[:50]:
        try:
            settled += settle(order=order).state != Order.State.OPEN
        except gateway.GatewayError as error:
            log.warning("order %s not asked after: %s", order.uuid, error)
            break
    return settled
