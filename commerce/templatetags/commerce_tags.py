"""The enroll box: a lower room's page shows it by loading this tag."""

from typing import Any

from django import template

from commerce import gateway
from commerce.selectors import present_price
from courses.catalog.models import Program
from courses.enrollments.models import Enrollment

register = template.Library()


@register.filter
def money(amount_minor: int, currency: str) -> str:
    """Minor units as people write them: `$2,850`, `€1,200.50`."""
    sign = {"usd": "$", "eur": "€", "gbp": "£"}.get(currency)
    if currency in {"jpy", "krw", "clp", "vnd"}:
        text = f"{amount_minor:,}"
    else:
        whole, rest = divmod(amount_minor, 100)
        text = f"{whole:,}.{rest:02d}" if rest else f"{whole:,}"
    return f"{sign}{text}" if sign else f"{text} {currency.upper()}"


@register.inclusion_tag("commerce/enroll_box.html", takes_context=True)
def enroll_box(context: dict[str, Any], program: Program) -> dict[str, Any]:
    """How to get a place in `program`: for a visitor, a logged-in person, or somebody who has one. Two queries."""
    request = context.get("request")
    user = getattr(request, "user", None)
    known = user is not None and user.is_authenticated
    return {
        "program": program,
        "price": present_price(program),
        "takes_cards": gateway.is_configured(),
        "known": known,
        "enrolled": known
        and Enrollment.objects.filter(learner__user=user, program=program, state__in=["active", "suspended"]).exists(),
        "csrf_token": context.get("csrf_token"),
        "request": request,
    }
