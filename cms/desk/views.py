"""The staff's home: what waits, and search over people."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import role_required
from accounts.selectors import STAFF_ROLES

from .selectors import PEOPLE_A_PAGE, people, troubled_orders, waiting_for


@role_required(*STAFF_ROLES)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What waits for this person."""
    return render(request, "desk/home.html", {"piles": waiting_for(request.user)})  # type: ignore[arg-type]


@role_required(*STAFF_ROLES)
@require_safe
def find_people(request: HttpRequest) -> HttpResponse:
    """Learners of this person's schools, by any part of name or address."""
    query = request.GET.get("q", "")[:200]
    found = people(request.user, query)  # type: ignore[arg-type]
    page = Paginator(found, PEOPLE_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "desk/people.html", {"query": query, "page_obj": page})


@role_required("registrar", "admin")
@require_safe
def orders(request: HttpRequest) -> HttpResponse:
    """Payments that gave no place, for the school to settle by hand."""
    return render(request, "desk/orders.html", {"orders": troubled_orders(request.user)})  # type: ignore[arg-type]
