"""Writes placements: which learner works at which site in which days, and how that ended."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from certification.records.models import Learner, TrainingRecord

from .. import rules
from ..models import Placement, Shift, Site
from ..selectors import signed_minutes
from .registers import must_be_as_seen, must_place, must_run_forward


def locked(placement: Placement) -> Placement:
    """The placement, after taking its learner's lock: every writer here takes it first, so none waits in a ring."""
    _lock_learner(placement.record)
    return Placement.objects.select_related(
        "site__organisation", "record__school", "record__learner__user", "record__rule_set"
    ).get(pk=placement.pk)


def _lock_learner(record: TrainingRecord) -> None:
    Learner.objects.select_for_update().get(pk=record.learner_id)


@transaction.atomic
def open_placement(
    *,
    record: TrainingRecord,
    site: Site,
    starts_on: date,
    ends_on: date,
    required_minutes: int,
    approved_by: User,
) -> Placement:
    """Send a learner to a site for a time.

    Idempotent by content. Refuses another school's site, a sealed record, days outside the site's approval or
    agreement, a second placement there from the same day, an approver without the right or who is the learner.
    """
    must_place(approved_by, record.school_id)
    if record.learner.user_id == approved_by.pk:
        raise ValidationError(_("Nobody places herself. Ask a colleague."))
    if site.school_id != record.school_id:
        raise ValidationError({"site": _("This site is on another school’s list.")})
    _lock_learner(record)
    found = Placement.objects.filter(record=record, site=site, starts_on=starts_on).first()
    if found:
        if (found.ends_on, found.required_minutes, found.state) == (ends_on, required_minutes, Placement.State.ACTIVE):
            return found
        raise ValidationError(
            {"starts_on": _("There is a placement at this site from that day already. Open that one to change it.")}
        )
    _must_take_hours(record)
    must_run_forward({"ends_on": (starts_on, ends_on)})
    _must_be_covered(site, starts_on, ends_on)
    placement = Placement(
        record=record,
        site=site,
        starts_on=starts_on,
        ends_on=ends_on,
        required_minutes=required_minutes,
        approved_by=approved_by,
    )
    placement.full_clean()
    placement.save()
    return placement


def _must_take_hours(record: TrainingRecord) -> None:
    if TrainingRecord.objects.filter(pk=record.pk, sealed_at__isnull=False).exists():
        raise ValidationError(_("This record is sealed: it ended, and takes no more placements."))


def _must_be_covered(site: Site, starts_on: date, ends_on: date) -> None:
    """Refuse days that the site's approval or agreement, as they stand now, do not cover; beside the day."""
    site = Site.objects.get(pk=site.pk)
    errors: dict[str, str] = {}
    for field, day in (("starts_on", starts_on), ("ends_on", ends_on)):
        if not (site.approval.holds(day) and site.agreement.holds(day)):
            errors[field] = _("The site’s approval or agreement does not cover this day. Renew it first.")
    if errors:
        raise ValidationError(errors)


@transaction.atomic
def edit_placement(
    *,
    placement: Placement,
    starts_on: date,
    ends_on: date,
    required_minutes: int,
    by: User,
    seen_version: int | None = None,
) -> Placement:
    """Change the days or the required minutes of an active placement.

    Idempotent by content. Refuses outsiders, a placement that ended, a change made meanwhile by somebody else
    (`seen_version`), days that leave out a shift that is signed or waits, days that the site does not cover.
    """
    must_place(by, placement.record.school_id)
    placement = locked(placement)
    if (placement.starts_on, placement.ends_on, placement.required_minutes) == (starts_on, ends_on, required_minutes):
        return placement
    must_be_as_seen(placement, seen_version)
    if placement.state != Placement.State.ACTIVE:
        raise ValidationError(_("This placement has ended. Open it again before you change it."))
    must_run_forward({"ends_on": (starts_on, ends_on)})
    if (placement.starts_on, placement.ends_on) != (starts_on, ends_on):
        _must_be_covered(placement.site, starts_on, ends_on)
        twin = Placement.objects.filter(record=placement.record_id, site=placement.site_id, starts_on=starts_on)
        if twin.exclude(pk=placement.pk).exists():
            raise ValidationError({"starts_on": _("There is another placement at this site from that day.")})
        for field, day, first in (("starts_on", starts_on, True), ("ends_on", ends_on, False)):
            held = _day_held(placement, first=first)
            if held and (held < day if first else day < held):
                raise ValidationError({field: _refuse_day(held)})
    placement.starts_on, placement.ends_on, placement.required_minutes = starts_on, ends_on, required_minutes
    placement.version += 1
    placement.full_clean()
    placement.save()
    return placement


def _day_held(placement: Placement, *, first: bool) -> date | None:
    """The first or last local day of a shift of the placement that is signed or waits; None without one."""
    shifts = placement.shifts.filter(state__in=[Shift.State.SENT, Shift.State.SIGNED])
    shift = shifts.order_by("starts_at" if first else "-ends_at").first()
    if shift is None:
        return None
    return rules.days_touched(shift.starts_at, shift.ends_at, placement.site.zone)[0 if first else -1]


def _refuse_day(held: date) -> str:
    return _("A shift of %(day)s is signed or waits for a signature. It must stay inside.") % {
        "day": date_format(held, "j F Y")
    }


@transaction.atomic
def end_placement(
    *,
    placement: Placement,
    state: str,
    ended_on: date,
    by: User,
    although_short: bool = False,
    now: datetime | None = None,
) -> Placement:
    """End a placement as complete or terminated on a local day of its site.

    What waits can still be signed; drafts can no longer be sent. Idempotent by content. Refuses outsiders, one that
    ended otherwise, a day that has not come, a day before a shift that is signed or waits; as complete also a day
    before its first, and fewer minutes signed than required unless `although_short`.
    """
    must_place(by, placement.record.school_id)
    now = now or timezone.now()
    placement = locked(placement)
    if (placement.state, placement.ended_on) == (state, ended_on):
        return placement
    if placement.state != Placement.State.ACTIVE:
        raise ValidationError(
            _("It was ended meanwhile: %(state)s, %(day)s. Open it again if that is wrong.")
            % {
                "state": placement.get_state_display().lower(),
                "day": date_format(placement.ended_on, "j F Y") if placement.ended_on else "",
            }
        )
    if state not in (Placement.State.COMPLETE, Placement.State.TERMINATED):
        raise ValidationError({"state": _("Say how it ends.")})
    complete = state == Placement.State.COMPLETE
    held = _day_held(placement, first=False)
    if ended_on > now.astimezone(ZoneInfo(placement.site.zone)).date():
        raise ValidationError({"ended_on": _("That day has not come yet. End it when it is over.")})
    if held and ended_on < held:
        raise ValidationError({"ended_on": _refuse_day(held)})
    if complete and ended_on < placement.starts_on:
        raise ValidationError({"ended_on": _("It had not begun on that day, so it cannot be complete.")})
    if complete and not although_short and signed_minutes(placement) < placement.required_minutes:
        raise ValidationError(
            {"although_short": _("Fewer hours are signed than needed. Tick this if it is complete all the same.")}
        )
    placement.state, placement.ended_on, placement.ended_by = state, ended_on, by
    placement.version += 1
    placement.full_clean()
    placement.save()
    return placement


@transaction.atomic
def reopen_placement(*, placement: Placement, by: User) -> Placement:
    """Make an ended placement active again. Idempotent. Refuses outsiders and a sealed record."""
    must_place(by, placement.record.school_id)
    placement = locked(placement)
    if placement.state == Placement.State.ACTIVE:
        return placement
    _must_take_hours(placement.record)
    placement.state, placement.ended_on, placement.ended_by = Placement.State.ACTIVE, None, None
    placement.version += 1
    placement.full_clean()
    placement.save()
    return placement
