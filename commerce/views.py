"""Buying a place: the button's POST, the page that a buyer comes back to, and Stripe's webhook."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from courses.catalog.models import Program

from . import gateway, services
from .models import Order
from .selectors import order_for


@login_required
@require_POST
def checkout(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Send the buyer to Stripe's page for her order."""
    program = get_object_or_404(Program, uuid=uuid, is_open=True)
    try:
        order = services.start_checkout(user=request.user, program=program)  # type: ignore[arg-type]
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("enrollments:enroll", uuid=program.uuid)
    except gateway.GatewayError:
        messages.error(
            request, _("The payment page cannot be reached at the moment. Nothing was charged; try again in a minute.")
        )
        return redirect("enrollments:enroll", uuid=program.uuid)
    if order.state == Order.State.PAID:
        return redirect("commerce:order", uuid=order.uuid)
    return redirect(order.checkout_url)


@login_required
@require_safe
def order(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """How the order stands, asked of Stripe when it is still open: paid and enrolled, open, or expired."""
    found = order_for(request.user, uuid)  # type: ignore[arg-type]
    unreachable = False
    if found.state == Order.State.OPEN and found.checkout_id:
        try:
            found = services.settle(order=found)
        except gateway.GatewayError:
            unreachable = True
    return render(request, "commerce/order.html", {"order": found, "unreachable": unreachable})


@csrf_exempt
@require_POST
def stripe_webhook(request: HttpRequest) -> HttpResponse:
    """Stripe's door: 400 for a bad signature, 503 when we cannot act now (Stripe tries again), else 200."""
    try:
        services.receive_event(payload=request.body, signature=request.headers.get("Stripe-Signature", ""))
    except gateway.BadSignatureError:
        return HttpResponse("bad signature", status=400, content_type="text/plain")
    except gateway.GatewayError:
        return HttpResponse("try again", status=503, content_type="text/plain")
    return HttpResponse("ok", content_type="text/plain")
