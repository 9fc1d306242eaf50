"""Does one thing to many placements: asks again for signatures, moves last days, ends what is complete.

Each placement stands alone: what is refused for one says why, and the others are done.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User

from ..models import Placement
from ..selectors import waiting_links
from .links import resend_links
from .placements import edit_placement, end_placement

REMIND, EXTEND, COMPLETE = BULK_ACTIONS = ("remind", "extend", "complete")


@dataclass(frozen=True, slots=True)
class BulkLine:
    """What was, or would be, done to one placement; or why it is refused."""

    placement: Placement
    done: bool
    sentence: str


def bulk_placements(
    *,
    placements: Iterable[Placement],
    action: str,
    by: User,
    ends_on: date | None = None,
    only_look: bool = False,
    now: datetime | None = None,
) -> list[BulkLine]:
    """Do one of BULK_ACTIONS to each placement; `only_look` says exactly what would happen and does nothing.

    One transaction a placement. Idempotent as the services it calls. Refuses an unknown action, and to move last days
    without a day.
    """
    now = now or timezone.now()
    if action not in BULK_ACTIONS:
        raise ValidationError({"action": _("Choose what is to be done.")})
    if action == EXTEND and ends_on is None:
        raise ValidationError({"ends_on": _("Choose the new last day.")})
    lines = []
    for placement in placements:
        try:
            with transaction.atomic():
                sentence, done = _one(placement, action, by, ends_on, now)
                if only_look:
                    transaction.set_rollback(True)
        except ValidationError as error:
            sentence, done = " ".join(error.messages), False
        lines.append(BulkLine(placement, done, sentence))
    return lines


def _one(placement: Placement, action: str, by: User, ends_on: date | None, now: datetime) -> tuple[str, bool]:
    """Do it to one placement: a sentence, and whether anything changed."""
    if action == REMIND:
        return _remind(placement, by, now)
    if action == EXTEND:
        assert ends_on is not None
        before = placement.ends_on
        if before == ends_on:
            return _("Its last day is this one already."), False
        edit_placement(
            placement=placement,
            starts_on=placement.starts_on,
            ends_on=ends_on,
            required_minutes=placement.required_minutes,
            by=by,
        )
        return _("Last day from %(before)s to %(after)s.") % {
            "before": date_format(before, "j M Y"),
            "after": date_format(ends_on, "j M Y"),
        }, True
    today = now.astimezone(ZoneInfo(placement.site.zone)).date()
    end_placement(placement=placement, state=Placement.State.COMPLETE, ended_on=today, by=by, now=now)
    return _("Complete on %(day)s.") % {"day": date_format(today, "j M Y")}, True


def _remind(placement: Placement, by: User, now: datetime) -> tuple[str, bool]:
    links = [item.link for item in waiting_links([placement.record.school], now, placement=placement)]
    if not links:
        return _("No signature waits."), False
    fresh = resend_links(links=links, by=by, now=now)
    names = list(dict.fromkeys(link.supervisor.name for link in fresh if not link.held_at))
    if not names:
        return _("Nothing is mailed: the supervisor’s license is not checked yet."), False
    return (
        ngettext("A new mail to %(names)s.", "New mails to %(names)s.", len(names)) % {"names": ", ".join(names)},
        True,
    )
