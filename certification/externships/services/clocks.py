"""Writes clocks: in, what she does now, out; closing makes draft shifts. A sweeper closes what was forgotten."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from certification.records.services import enter, leave
from notices.services import enqueue_mail

from .. import rules
from ..models import Clock, ClockStretch, Placement, Shift, Site, Supervisor
from .placements import locked
from .shifts import check_claim, must_be_past_the_gates


def place_of(site: Site) -> tuple[float, float] | None:
    """Where a site is, in degrees; None where the school has not said."""
    latitude, longitude = getattr(site, "latitude", None), getattr(site, "longitude", None)
    return None if latitude is None or longitude is None else (float(latitude), float(longitude))


@transaction.atomic
def clock_in(
    *,
    placement: Placement,
    supervisor: Supervisor,
    activity: str,
    key: UUID,
    position: rules.Position | None = None,
    now: datetime | None = None,
) -> Clock:
    """Start a learner's clock at a site, by the server's time, with what she does first.

    Atomic. Idempotent by `key` (made by the page, so a double tap makes one clock). A lesson that runs ends by it.
    Refuses, with words, another open clock, an open class, and whatever stands against a shift by hand at this moment.
    Of `position` only the distance to the site is kept.
    """
    now = (now or timezone.now()).replace(microsecond=0)
    placement = locked(placement)
    learner = placement.record.learner
    known = Clock.objects.filter(uuid=key).first()
    if known is not None and known.learner_id == learner.pk:
        return known
    running = Clock.objects.filter(learner=learner, ended_at=None).select_related("placement__site__organisation")
    if running.exists():
        raise ValidationError(_still_running(running[0]))
    if activity not in rules.KINDS:
        raise ValidationError({"activity": _("Choose what you do first.")})
    supervisor = Supervisor.objects.get(pk=supervisor.pk)
    moment = rules.Claim(activity, now, now + rules.SECOND, 0)
    check_claim(Shift(placement=placement, supervisor=supervisor), supervisor, moment, now + rules.SECOND)
    seen = rules.sighting(place_of(placement.site), position)
    clock = Clock(
        learner=learner,
        placement=placement,
        supervisor=supervisor,
        started_at=now,
        started_metres=seen.distance if seen else None,
        started_accuracy=seen.accuracy if seen else None,
        started_away=bool(seen and seen.away),
    )
    if known is None:
        clock.uuid = key
    enter(learner=learner, source="shift", source_key=clock.source_key, at=now)
    clock.save(force_insert=True)
    ClockStretch.objects.create(clock=clock, activity=activity, started_at=now)
    return clock


def _still_running(clock: Clock) -> str:
    return _("Your clock at %(site)s runs since %(since)s. Clock out there first.") % {
        "site": clock.placement.site,
        "since": date_format(_wall(clock.started_at, clock), "j F, g:i A"),
    }


def _wall(moment: datetime, clock: Clock) -> datetime:
    return moment.astimezone(ZoneInfo(clock.placement.site.zone)).replace(tzinfo=None)


@transaction.atomic
def tap_activity(*, clock: Clock, activity: str, key: UUID, now: datetime | None = None) -> ClockStretch | None:
    """Say what she does from now on: a kind of shift, or a break. The running stretch, or None once the clock ended.

    Atomic. Idempotent by `key` and by content: a tap that came before, or says what she does already, changes nothing.
    A clock that nobody stopped in time is closed instead. Refuses, beside `activity`, a client before the gates.
    """
    now = (now or timezone.now()).replace(microsecond=0)
    placement = locked(clock.placement)
    clock = Clock.objects.select_for_update().get(pk=clock.pk)
    if activity not in rules.ACTIVITIES:
        raise ValidationError({"activity": _("Choose what you do now.")})
    last = clock.stretches.order_by("started_at", "pk").last()
    assert last is not None
    if clock.ended_at is None and now >= rules.must_end_at(clock.started_at):
        _close(clock, forgotten=True, now=now)
    if clock.ended_at is not None:
        return None
    if last.activity == activity or ClockStretch.objects.filter(key=key).exists():
        return last
    moment = max(now, last.started_at)
    if activity == "client_session":
        must_be_past_the_gates(placement, moment, "activity")
    return ClockStretch.objects.create(clock=clock, key=key, activity=activity, started_at=moment)


@transaction.atomic
def clock_out(*, clock: Clock, position: rules.Position | None = None, now: datetime | None = None) -> Clock:
    """Stop a clock; its stretches of work become draft shifts. Atomic; idempotent: what ended stays as it ended.

    After the longest shift's length nobody can say when the work ended but she: it is closed as forgotten then.
    """
    now = (now or timezone.now()).replace(microsecond=0)
    placement = locked(clock.placement)
    clock = Clock.objects.select_for_update().get(pk=clock.pk)
    if clock.ended_at is not None:
        return clock
    clock.placement = placement
    forgotten = now > rules.must_end_at(clock.started_at)
    seen = None if forgotten else rules.sighting(place_of(placement.site), position)
    if seen:
        clock.ended_metres, clock.ended_accuracy, clock.ended_away = seen.distance, seen.accuracy, seen.away
    _close(clock, forgotten=forgotten, now=now)
    return clock


def close_forgotten(*, now: datetime | None = None) -> int:
    """Close every clock that ran as long as the longest shift may be; its drafts wait for her word. How many.

    Each in a transaction of its own; safe twice and by two processes at once.
    """
    now = now or timezone.now()
    due = Clock.objects.filter(ended_at=None, started_at__lte=now - rules.LONGEST_SHIFT).order_by("pk")
    return sum(_close_if_due(clock, now) for clock in due.select_related("placement__record"))


@transaction.atomic
def _close_if_due(clock: Clock, now: datetime) -> bool:
    locked(clock.placement)
    clock = Clock.objects.select_for_update().get(pk=clock.pk)
    if clock.ended_at is not None:
        return False
    _close(clock, forgotten=True, now=now)
    return True


def _close(clock: Clock, *, forgotten: bool, now: datetime) -> None:
    """End a clock whose learner is locked, make its drafts, and let her go; tell her where it was forgotten."""
    last = clock.stretches.order_by("started_at", "pk").last()
    assert last is not None
    end = rules.must_end_at(clock.started_at) if forgotten else max(now, last.started_at)
    clock.ended_at = end
    clock.ended = Clock.Ended.BY_SWEEPER if forgotten else Clock.Ended.BY_HER
    clock.save()
    taps = [rules.Tap(one.activity, one.started_at) for one in clock.stretches.order_by("started_at", "pk")]
    worked = rules.stretches(taps, end, forgotten=forgotten)
    for one in worked:
        Shift.objects.create(
            placement=clock.placement,
            supervisor_id=clock.supervisor_id,
            kind=one.kind,
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            break_minutes=one.break_minutes,
            entered=Shift.Entered.CLOCK,
            clock=clock,
            clocked_from=one.starts_at,
            clocked_to=one.ends_at if one.known else None,
            clocked_break=one.break_minutes,
            created_at=now,
        )
    leave(learner=clock.learner, source_key=clock.source_key, at=end)
    if forgotten:
        _tell_forgotten(clock, asks=any(not one.known for one in worked))


def _tell_forgotten(clock: Clock, *, asks: bool) -> None:
    learner = clock.learner.user
    if learner is not None:
        enqueue_mail(
            key=f"clock-forgotten:{clock.uuid}",
            to=learner.email,
            user=learner,
            template="externships_clock_forgotten",
            context={
                "person": learner,
                "site": str(clock.placement.site),
                "since": _wall(clock.started_at, clock),
                "hours": rules.LONGEST_SHIFT.total_seconds() / 3600,
                "asks": asks,
                "school": clock.placement.record.school.name,
            },
        )
