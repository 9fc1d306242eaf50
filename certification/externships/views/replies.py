"""What several pages of this room answer alike."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import Organisation

from ..models import Kind, Placement

ROWS_A_PAGE = 25


def say(request: HttpRequest, error: ValidationError) -> None:
    """Say a service's refusal at the head of the next page."""
    for sentence in error.messages:
        messages.error(request, sentence)


def today_at(place: Organisation) -> date:
    """The local day at a school or site."""
    return timezone.localdate(timezone=ZoneInfo(place.zone))


def open_to_work(placements: Iterable[Placement]) -> list[Placement]:
    """Those in which a shift can have been worked: approved or active, and begun, of a record that takes hours."""
    return [
        one
        for one in placements
        if one.state in Placement.LIVE
        and one.record.sealed_at is None
        and one.starts_on <= today_at(one.site.organisation)
    ]


def kinds_asked(placement: Placement, signed: Mapping[str, int]) -> list[tuple[str, int, int]]:
    """What a placement asks for by kind of shift: its name, minutes signed and minutes needed. No query."""
    asked = placement.required_by_kind
    return [(str(kind.label), signed.get(kind, 0), asked[kind]) for kind in Kind if kind in asked]


def page_of(request: HttpRequest, rows: QuerySet[Any]) -> Page:
    """The page of a list that the address asks for. Two queries when read."""
    return Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page"))


def asked(request: HttpRequest) -> tuple[str, str]:
    """What a list is searched for, and the state it is narrowed to."""
    return request.GET.get("q", "")[:200].strip(), request.GET.get("state", "")


def status_of(form: Form) -> int:
    """422 for a form that was sent and refused."""
    return 422 if form.is_bound and form.errors else 200
