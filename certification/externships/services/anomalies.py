"""Looks for signatures that ask for a look, and posts them to `records`."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Max, Min, QuerySet

from accounts.models import Organisation
from certification.records.services import Finding, note_findings

from .. import rules
from ..models import SignOff

_COLUMNS = (
    *("uuid", "shift__uuid", "row__link__supervisor__uuid", "shift__placement__site__uuid"),
    *("shift__placement__record__uuid", "shift__placement__site__organisation__zone"),
    *("shift__starts_at", "shift__ends_at"),
)


def find_anomalies(since: datetime) -> int:
    """Look at the shifts signed since, beside all that the same supervisors signed of that time; how many are new.

    One query, two for each school where something was signed, and those of noting. Safe at any time.
    """
    signed = SignOff.objects.filter(decision=SignOff.Decision.SIGN)
    fresh = signed.filter(decided_at__gte=since)
    schools = Organisation.objects.filter(pk__in=fresh.values("shift__placement__record__school"))
    return sum(
        note_findings(
            school=school,
            findings=_findings(
                signed.filter(shift__placement__record__school=school),
                fresh.filter(shift__placement__record__school=school),
            ),
        )
        for school in schools.order_by("pk")
    )


def _findings(signed: QuerySet[SignOff], fresh: QuerySet[SignOff]) -> Iterable[Finding]:
    of_time = fresh.aggregate(first=Min("shift__starts_at"), last=Max("shift__ends_at"))
    beside = signed.filter(
        row__link__supervisor__in=fresh.values("row__link__supervisor"),
        shift__starts_at__lt=of_time["last"],
        shift__ends_at__gt=of_time["first"],
    )
    for found in rules.two_sites(_signed(row) for row in beside.order_by().values_list(*_COLUMNS)):
        yield Finding(
            "two_sites",
            (str(found.supervisor), *(str(site) for site in found.sites), found.day.isoformat()),
            tuple(sorted({one.record for one in found.signed}, key=str)),
            found.day,
            found.day,
            {
                "sign_offs": [str(one.sign_off) for one in found.signed],
                "shifts": [str(one.shift) for one in found.signed],
                "minutes": int(found.longest.total_seconds()) // 60,
            },
        )


def _signed(row: tuple[Any, ...]) -> rules.Signed:
    sign_off, shift, supervisor, site, record, zone, starts_at, ends_at = row
    day = starts_at.astimezone(ZoneInfo(zone)).date()
    return rules.Signed(sign_off, shift, supervisor, site, record, day, starts_at, ends_at)
