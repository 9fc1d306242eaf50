"""The only file that imports stripe: opens a checkout, reads it again, verifies a signed event."""

from dataclasses import dataclass
from datetime import UTC, datetime

import stripe
from django.conf import settings


class GatewayError(Exception):
    """Stripe could not be reached or refused; nothing was decided."""


class BadSignatureError(Exception):
    """The event was not signed by one of our secrets, or too long ago."""


@dataclass(frozen=True)
class Checkout:
    """One Checkout Session as Stripe knows it now. Amount in minor units."""

    id: str
    url: str
    paid: bool
    expired: bool
    amount_minor: int | None
    currency: str
    reference: str
    payment: str
    expires_at: datetime


@dataclass(frozen=True)
class SignedEvent:
    """What an event is about; its amounts are never trusted, the session is read again."""

    id: str
    kind: str
    checkout_id: str


def is_configured() -> bool:
    """Whether this school can take cards at all."""
    return bool(settings.STRIPE_SECRET_KEY)


def _client() -> stripe.StripeClient:
    addresses = {"api": settings.STRIPE_API_BASE} if settings.STRIPE_API_BASE else None
    return stripe.StripeClient(settings.STRIPE_SECRET_KEY, base_addresses=addresses, max_network_retries=2)  # type: ignore[arg-type]


def _read(session: stripe.checkout.Session) -> Checkout:
    values = session.to_dict()
    return Checkout(
        id=values["id"],
        url=values.get("url") or "",
        paid=values.get("payment_status") == "paid",
        expired=values.get("status") == "expired",
        amount_minor=values.get("amount_total"),
        currency=values.get("currency") or "",
        reference=values.get("client_reference_id") or "",
        payment=str(values.get("payment_intent") or ""),
        expires_at=datetime.fromtimestamp(values["expires_at"], tz=UTC),
    )


def open_checkout(
    *, reference: str, title: str, amount_minor: int, currency: str, email: str, return_url: str, idempotency_key: str
) -> Checkout:
    """Open a Checkout Session for one place. Idempotent by `idempotency_key`; raises GatewayError."""
    try:
        session = _client().v1.checkout.sessions.create(
            params={
                "mode": "payment",
                "client_reference_id": reference,
                "customer_email": email,
                "line_items": [
                    {
                        "quantity": 1,
                        "price_data": {
                            "currency": currency,
                            "unit_amount": amount_minor,
                            "product_data": {"name": title},
                        },
                    }
                ],
                "success_url": return_url,
                "cancel_url": return_url,
            },
            options={"idempotency_key": idempotency_key},
        )
    except stripe.StripeError as error:
        raise GatewayError(str(error)) from error
    return _read(session)


def read_checkout(checkout_id: str) -> Checkout:
    """Read a Checkout Session anew from Stripe; raises GatewayError."""
    try:
        return _read(_client().v1.checkout.sessions.retrieve(checkout_id))
    except stripe.StripeError as error:
        raise GatewayError(str(error)) from error


def verify_event(payload: bytes, signature: str) -> SignedEvent:
    """Check an event's signature against each of our secrets (two while rotating); raises BadSignatureError."""
    for secret in settings.STRIPE_WEBHOOK_SECRETS:
        try:
            event = stripe.Webhook.construct_event(payload, signature, secret)
        except (stripe.SignatureVerificationError, ValueError):
            continue
        values = event.to_dict()
        about = values.get("data", {}).get("object", {})
        is_checkout = about.get("object") == "checkout.session"
        return SignedEvent(values["id"], values["type"], about.get("id", "") if is_checkout else "")
    raise BadSignatureError
