"""Reads prices and orders."""

from uuid import UUID

from django.http import Http404

from accounts.models import User
from courses.catalog.models import Program

from .models import Order, Price


def present_price(program: Program) -> Price | None:
    """What the program costs now. One query."""
    return Price.objects.filter(program=program, until=None).first()


def order_for(user: User, uuid: UUID) -> Order:
    """The order of this person; for others it does not exist. One query."""
    order = Order.objects.filter(user=user, uuid=uuid).select_related("program", "enrollment").first()
    if order is None:
        raise Http404
    return order
