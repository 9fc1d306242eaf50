"""Reads what was decided in one sitting, for whoever has its code: never whose hours they are."""

import json
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from certification import codes

from .. import rules
from ..models import SigningReceipt, SignOff


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """One decided row: when it was worked by the clock at the site (None: erased), what was decided, and its digest."""

    starts: datetime | None
    ends: datetime | None
    minutes: int
    sign_off: SignOff
    zone_change: str = ""

    @property
    def next_day(self) -> bool:
        """Whether it ended on a later day than it began."""
        return self.starts is not None and self.ends is not None and self.ends.date() > self.starts.date()


@dataclass(frozen=True, slots=True)
class ShownReceipt:
    """One sitting: school, site, when by its clock, and the rows. No name of a learner, client, signer or device."""

    code: str
    school: str
    site: str
    zone: str
    at: datetime
    lines: tuple[ReceiptLine, ...]

    @property
    def signed_minutes(self) -> int:
        """Minutes signed."""
        return sum(line.minutes for line in self.lines if line.sign_off.decision == SignOff.Decision.SIGN)


def receipt_of(typed: str) -> ShownReceipt | None:
    """The receipt of a typed code; None alike for an unknown code and for what is no code. At most two queries."""
    try:
        code = codes.parse_code(typed, after="/receipts/")
    except codes.BadCodeError:
        return None
    receipt = (
        SigningReceipt.objects.select_related("link__placement__site__organisation", "link__placement__record__school")
        .filter(code=code)
        .first()
    )
    if receipt is None:
        return None
    placement = receipt.link.placement
    zone = placement.site.zone
    decisions = receipt.decisions.select_related("row", "shift").order_by("shift__starts_at", "pk")
    return ShownReceipt(
        code=code,
        school=placement.record.school.name,
        site=str(placement.site),
        zone=zone,
        at=receipt.made_at.astimezone(ZoneInfo(zone)).replace(tzinfo=None),
        lines=tuple(_line(done, zone) for done in decisions),
    )


def _line(done: SignOff, zone: str) -> ReceiptLine:
    """Times as they were shown; once those bytes are erased, as the shift has them if it is still that version."""
    here = ZoneInfo(zone)
    if not done.row.erased_at:
        shown = json.loads(done.row.shown)
        starts, ends = (datetime.fromisoformat(shown[name]) for name in ("starts_at", "ends_at"))
        minutes = int(shown["minutes"])
    elif done.shift.version == done.version:
        starts, ends = done.shift.starts_at, done.shift.ends_at
        minutes = rules.minutes_of(starts, ends, done.shift.break_minutes)
    else:
        return ReceiptLine(None, None, 0, done)
    return ReceiptLine(
        starts.astimezone(here).replace(tzinfo=None),
        ends.astimezone(here).replace(tzinfo=None),
        minutes,
        done,
        rules.across(starts, ends, zone).zone_change,
    )
