"""Looks for signatures that ask for a look, and posts them to `records`."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Max, Min, QuerySet
from django.db.models.functions import Coalesce

from accounts.models import Organisation
from certification.records.services import Finding, note_findings

from .. import rules
from ..models import LinkToken, ShiftOrigin, SignOff, SignOffLink
from .origins import origin_of

_COLUMNS = (
    *("uuid", "shift__uuid", "row__link__supervisor__uuid", "shift__placement__site__uuid"),
    *("shift__placement__record__uuid", "shift__placement__site__organisation__zone"),
    *("shift__starts_at", "shift__ends_at", "shift__placement__record__learner__uuid", "row__link__uuid"),
    *("decided_at", "via", "ip", "agent"),
)


def find_anomalies(since: datetime) -> int:
    """Look at the shifts signed since, beside all that the same supervisors signed of that time; how many are new.

    One query, five for each school where something was signed, and those of noting. Safe at any time.
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
    rows = list(beside.order_by().values_list(*_COLUMNS))
    for found in rules.two_sites(map(_signed, rows)):
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
    in_time = list(map(_signature, rows))
    new = list(fresh.order_by().values_list(*_COLUMNS))
    # What two people of the school typed in from paper was not read on a screen.
    on_screen = [_signature(row) for row in new if row[11] != SignOff.Via.PAPER]
    patterns = [
        *rules.over_ratio(in_time),
        *rules.signer_days(in_time),
        *rules.sign_bursts(on_screen),
        *rules.at_once(on_screen, _asked({one.link for one in on_screen})),
        *_own_devices(new),
    ]
    yield from map(_finding, patterns)


def _finding(found: rules.Pattern) -> Finding:
    ordered = sorted(found.signatures, key=lambda one: str(one.sign_off))
    return Finding(
        found.kind,
        found.about,
        tuple(sorted({one.record for one in ordered}, key=str)),
        *found.days,
        {
            "sign_offs": [str(one.sign_off) for one in ordered],
            "shifts": [str(one.shift) for one in ordered],
            **found.numbers,
        },
    )


def _signed(row: tuple[Any, ...]) -> rules.Signed:
    sign_off, shift, supervisor, site, record, zone, starts_at, ends_at = row[:8]
    day = starts_at.astimezone(ZoneInfo(zone)).date()
    return rules.Signed(sign_off, shift, supervisor, site, record, day, starts_at, ends_at)


def _signature(row: tuple[Any, ...]) -> rules.Signature:
    sign_off, shift, supervisor, _site, record, zone, starts_at, ends_at, learner, link, decided_at = row[:11]
    return rules.Signature(sign_off, shift, supervisor, learner, record, link, zone, starts_at, ends_at, decided_at)


def _asked(links: set[UUID]) -> dict[UUID, tuple[int, list[datetime]]]:
    """How many rows each link has, and when its mails were written. Two queries."""
    found = {
        uuid: (count, [made_at])
        for uuid, made_at, count in SignOffLink.objects.filter(uuid__in=links)
        .annotate(count=Count("rows"), first_at=Coalesce("mailed_at", "created_at"))
        .values_list("uuid", "first_at", "count")
    }
    for uuid, made_at in LinkToken.objects.filter(link__uuid__in=links).values_list("link__uuid", "made_at"):
        found[uuid][1].append(made_at)
    return found


def _own_devices(new: Sequence[tuple[Any, ...]]) -> Iterable[rules.Pattern]:
    """Signatures from a device on which the same record's shifts were written; one for a day and supervisor. One query."""
    records = {row[4] for row in new if row[12]}
    written = set(
        ShiftOrigin.objects.filter(shift__placement__record__uuid__in=records).values_list(
            "shift__placement__record__uuid", "origin_hash"
        )
    )
    found: dict[tuple[str, str, str], list[rules.Signature]] = {}
    for row in new:
        if (row[4], origin_of(row[12], row[13])) in written:
            one = _signature(row)
            day = one.decided_at.astimezone(ZoneInfo(one.zone)).date()
            found.setdefault((str(one.record), str(one.supervisor), day.isoformat()), []).append(one)
    for about, rows in found.items():
        day = rows[0].decided_at.astimezone(ZoneInfo(rows[0].zone)).date()
        yield rules.Pattern("own_device", about, (day, day), tuple(rows), {"count": len(rows)})
