"""Reads printed forms and their scans."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count, Prefetch

from accounts.models import Organisation

from ..models import PaperScan, SignOffLink
from .shifts import loaded_links


def forms_of(schools: Iterable[Organisation], now: datetime) -> list[SignOffLink]:
    """The forms of some schools that may still be handed in, with how many `shifts` they show and their waiting
    `scans`; those with a scan first, the oldest first. Two queries.
    """
    waiting = Prefetch("scans", PaperScan.objects.filter(outcome="").select_related("uploaded_by"))
    forms = (
        loaded_links()
        .filter(
            placement__record__school__in=schools,
            channel=SignOffLink.Channel.PAPER,
            revoked_at=None,
            spent_at=None,
            expires_at__gt=now,
        )
        .annotate(shifts=Count("rows"))
        .prefetch_related(waiting)
        .order_by("created_at", "pk")
    )
    return sorted(forms, key=lambda form: not form.scans.all())
