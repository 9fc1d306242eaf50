"""Writes placements: which learner works at which site in which days, on what terms, and how that ended."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.templatetags.palmar import hm_text
from certification.records.models import Learner, TrainingRecord
from certification.records.selectors import unit_of
from notices.services import enqueue_mail

from .. import rules
from ..models import Kind, Placement, PlacementStep, Shift, Site, SiteAssignment, Supervisor
from ..selectors import (
    default_before_clients,
    gates_of,
    placements_beside,
    signed_by_kind,
    signed_minutes,
    taken_days,
)
from .registers import must_be_as_seen, must_place, must_run_forward

What = PlacementStep.What
MOST_NAMED = 20


@dataclass(frozen=True, slots=True)
class Terms:
    """What a placement asks for beside days and hours: minutes by kind of shift, who alone may sign (nobody: all who
    work there), and the Milestones {code, title} before the first client (None: those of the school).
    """

    required_by_kind: Mapping[str, int] = field(default_factory=dict)
    supervisors: Sequence[Supervisor] = ()
    before_clients: Sequence[Mapping[str, str]] | None = None


def locked(placement: Placement) -> Placement:
    """The placement, after taking its learner's lock: every writer here takes it first, so none waits in a ring."""
    lock_learner(placement.record)
    return Placement.objects.select_related(
        "site__organisation", "record__school", "record__learner__user", "record__rule_set"
    ).get(pk=placement.pk)


def lock_learner(record: TrainingRecord) -> None:
    """Take the lock of a record's learner."""
    Learner.objects.select_for_update().get(pk=record.learner_id)


def lock_learners(placements: Iterable[Placement]) -> None:
    """Take the locks of the learners of several placements, always in the same order, so that none waits in a ring."""
    wanted = Learner.objects.filter(records__placements__in=[placement.pk for placement in placements])
    list(Learner.objects.select_for_update().filter(pk__in=wanted.values("pk")).order_by("pk"))


def today_there(site: Site, now: datetime) -> date:
    """The local day at a site."""
    return now.astimezone(ZoneInfo(site.zone)).date()


def note_step(placement: Placement, what: str, by: User | None, now: datetime, words: str = "") -> None:
    """Write down who did what."""
    PlacementStep.objects.create(placement=placement, what=what, by=by, at=now, words=words)


# ---- making and changing ---------------------------------------------------------------------------------------------


@transaction.atomic
def open_placement(
    *,
    record: TrainingRecord,
    site: Site,
    starts_on: date,
    ends_on: date,
    required_minutes: int,
    approved_by: User,
    terms: Terms | None = None,
    although_clash: bool = False,
    now: datetime | None = None,
) -> Placement:
    """Send a learner to a site for a time: approved at once, active when its first day has come and its gates hold.

    Idempotent by days and hours; the learner is told by mail. Refuses another school's site, a sealed record, days
    that are all before she was enrolled, days outside the site's approval, agreement or insurance or on which all its
    places are taken, a second placement there from the same day, another placement of hers on these days unless
    `although_clash`, terms that cannot be, an approver without the right or who is the learner.
    """
    must_place(approved_by, record.school_id)
    now = now or timezone.now()
    nobody_places_herself(record, approved_by)
    if site.school_id != record.school_id:
        raise ValidationError({"site": _("This site is on another school’s list.")})
    lock_learner(record)
    found = Placement.objects.filter(record=record, site=site, starts_on=starts_on)
    twin = found.exclude(state__in=[Placement.State.DECLINED, Placement.State.CANCELLED]).first()
    if twin:
        if (twin.ends_on, twin.required_minutes) == (ends_on, required_minutes) and twin.state in Placement.LIVE:
            return twin
        raise ValidationError(
            {"starts_on": _("There is a placement at this site from that day already. Open that one to change it.")}
        )
    must_take_hours(record)
    must_run_forward({"ends_on": (starts_on, ends_on)})
    must_reach_enrollment(record, ends_on)
    must_be_covered(site, starts_on, ends_on)
    placement = Placement(
        record=record,
        site=site,
        starts_on=starts_on,
        ends_on=ends_on,
        required_minutes=required_minutes,
        state=Placement.State.APPROVED,
        approved_by=approved_by,
        created_at=now,
    )
    take_place(placement, terms or Terms(), although_clash=although_clash)
    note_step(placement, What.APPROVED, approved_by, now)
    begin_if_due(placement, now)
    tell_learner(placement, "approved")
    return placement


def nobody_places_herself(record: TrainingRecord, by: User) -> None:
    """Refuse who decides about her own placement."""
    if record.learner.user_id == by.pk:
        raise ValidationError(_("Nobody places herself. Ask a colleague."))


def must_take_hours(record: TrainingRecord) -> None:
    """Refuse a sealed record."""
    if TrainingRecord.objects.filter(pk=record.pk, sealed_at__isnull=False).exists():
        raise ValidationError(_("This record is sealed: it ended, and takes no more placements."))


def must_be_covered(site: Site, starts_on: date | None, ends_on: date | None) -> None:
    """Refuse days that the site's approval, agreement or insurance, as they stand now, do not cover; beside the day.

    A day that is None is not asked about. A policy is renewed yearly: it must cover the first day, each shift is judged
    for its own.
    """
    site = Site.objects.get(pk=site.pk)
    sentences = {
        "approval": _("The site’s approval does not cover this day. Renew it first."),
        "agreement": _("The site’s agreement does not cover this day. Renew it first."),
        "insurance": _("The site’s insurance does not cover this day. Renew it first."),
    }
    errors = {
        name: [sentences[what] for what in lacking]
        for name, day in (("starts_on", starts_on), ("ends_on", ends_on))
        if day is not None
        and (lacking := [what for what in site.lacks(day) if (what, name) != ("insurance", "ends_on")])
    }
    if errors:
        raise ValidationError(errors)


def must_reach_enrollment(record: TrainingRecord, ends_on: date) -> None:
    """Refuse days that are all before the learner was enrolled: no hour of them could count."""
    if ends_on < record.enrolled_on:
        words = {"day": date_format(record.enrolled_on, "j F Y")}
        raise ValidationError(
            {
                "ends_on": _("She was enrolled on %(day)s: hours before that day do not count. Choose a later day.")
                % words
            }
        )


def take_place(placement: Placement, terms: Terms, *, although_clash: bool) -> None:
    """Save a placement on its terms, when there is a place for it; the learner's lock is taken.

    From here on the site's row is locked too: whoever takes its last place is the first to have asked.
    """
    must_have_a_place(placement)
    must_not_clash(placement, although_clash)
    _check_terms(placement, terms)
    asked = terms.before_clients
    placement.required_by_kind = dict(terms.required_by_kind)
    placement.before_clients = (
        default_before_clients(placement.record.school) if asked is None else [dict(one) for one in asked]
    )
    placement.full_clean(validate_constraints=False)
    placement.save()
    placement.supervisors.set(terms.supervisors)


def must_have_a_place(placement: Placement) -> None:
    """Refuse days on which the site has no place left, beside the first of them. Locks the site."""
    site = Site.objects.select_for_update(no_key=True).get(pk=placement.site_id)
    if site.capacity is None:
        return
    day = rules.full_day(placement.window, taken_days(site, besides=placement.pk), site.capacity)
    if day is not None:
        words = {"site": str(placement.site), "count": site.capacity, "day": date_format(day, "j F Y")}
        raise ValidationError(
            {"starts_on": _("%(site)s takes %(count)s at a time, and on %(day)s no place is left.") % words}
        )


def must_not_clash(placement: Placement, meant: bool) -> None:
    """Refuse another placement of the learner on shared days, unless it is meant."""
    beside = [] if meant else placements_beside(placement)
    if beside:
        words = {
            "site": str(beside[0].site),
            "first": date_format(beside[0].starts_on, "j F Y"),
            "last": date_format(beside[0].ends_on, "j F Y"),
        }
        raise ValidationError(
            {
                "although_clash": _(
                    "She is placed at %(site)s from %(first)s to %(last)s, on shared days. Tick this if that is meant."
                )
                % words
            }
        )


def _check_terms(placement: Placement, terms: Terms) -> None:
    errors: dict[str, str] = {}
    wrong = rules.kinds_wrong(terms.required_by_kind, placement.required_minutes)
    if wrong == "sum":
        unit = unit_of(placement.record)
        errors["required_minutes"] = _("The hours by kind add up to %(sum)s, more than is needed in all.") % {
            "sum": hm_text(sum(terms.required_by_kind.values()), unit)
        }
    elif wrong:
        errors["required_by_kind"] = _("Say how many hours of which kind; idle time is never asked for.")
    for person in terms.supervisors:
        there = SiteAssignment.objects.filter(supervisor=person, site=placement.site_id)
        if not any(rules.meet(row.window, placement.window) for row in there):
            errors["supervisors"] = _("%(name)s does not work at %(site)s on any of these days.") % {
                "name": person.name,
                "site": placement.site,
            }
    asked = list(terms.before_clients or [])
    codes = {one.get("code") for one in asked}
    if (
        len(codes) != len(asked)
        or len(asked) > MOST_NAMED
        or not all(one.get("code") and one.get("title") for one in asked)
    ):
        errors["before_clients"] = _("Choose from the list, each once.")
    if errors:
        raise ValidationError(errors)


def terms_of(placement: Placement) -> Terms:
    """The terms on which a placement stands now. One query."""
    return Terms(placement.required_by_kind, list(placement.supervisors.all()), placement.before_clients)


@transaction.atomic
def edit_placement(
    *,
    placement: Placement,
    starts_on: date,
    ends_on: date,
    required_minutes: int,
    by: User,
    seen_version: int | None = None,
    terms: Terms | None = None,
    although_clash: bool = False,
    now: datetime | None = None,
) -> Placement:
    """Change the days, the required minutes or the terms (None: as they are) of an approved or active placement.

    Idempotent by content. Refuses outsiders, a request, a placement that ended, a change made meanwhile by somebody
    else (`seen_version`), days that leave out a shift that is signed or waits, a new day that the site does not cover,
    days for which it has no place, another placement of hers on new days unless `although_clash`, terms that cannot be.
    """
    must_place(by, placement.record.school_id)
    now = now or timezone.now()
    placement = locked(placement)
    before = terms_of(placement)
    terms = terms or before
    if (placement.starts_on, placement.ends_on, placement.required_minutes) == (
        starts_on,
        ends_on,
        required_minutes,
    ) and _same(terms, before):
        return placement
    must_be_as_seen(placement, seen_version)
    if placement.state in Placement.ENDED:
        raise ValidationError(_("This placement has ended. Open it again before you change it."))
    if placement.state not in Placement.LIVE:
        raise ValidationError(_("This is a request. Approve it, with the days that are right."))
    must_run_forward({"ends_on": (starts_on, ends_on)})
    moved = (placement.starts_on, placement.ends_on) != (starts_on, ends_on)
    if moved:
        must_reach_enrollment(placement.record, ends_on)
        # A day that stays was covered when it was chosen; what the site has on file now may begin after it.
        must_be_covered(
            placement.site,
            starts_on if starts_on != placement.starts_on else None,
            ends_on if ends_on != placement.ends_on else None,
        )
        twin = Placement.objects.filter(
            record=placement.record_id, site=placement.site_id, starts_on=starts_on
        ).exclude(state__in=[Placement.State.DECLINED, Placement.State.CANCELLED])
        if twin.exclude(pk=placement.pk).exists():
            raise ValidationError({"starts_on": _("There is another placement at this site from that day.")})
        for name, day, first in (("starts_on", starts_on, True), ("ends_on", ends_on, False)):
            held = _day_held(placement, first=first)
            if held and (held < day if first else day < held):
                raise ValidationError({name: _refuse_day(held)})
    placement.starts_on, placement.ends_on, placement.required_minutes = starts_on, ends_on, required_minutes
    placement.version += 1
    had_begun, placement.state = placement.state == Placement.State.ACTIVE, Placement.State.APPROVED
    # What stands beside it was meant when the days were chosen.
    take_place(placement, terms, although_clash=although_clash or not moved)
    note_step(placement, What.CHANGED, by, now)
    begin_if_due(placement, now, again=had_begun)
    return placement


def _same(terms: Terms, before: Terms) -> bool:
    if dict(terms.required_by_kind) != dict(before.required_by_kind):
        return False
    if {person.pk for person in terms.supervisors} != {person.pk for person in before.supervisors}:
        return False
    asked, had = terms.before_clients, before.before_clients or []
    return asked is not None and [dict(one) for one in asked] == [dict(one) for one in had]


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


# ---- beginning -------------------------------------------------------------------------------------------------------


def begin_if_due(placement: Placement, now: datetime, *, again: bool = False) -> bool:
    """Make an approved placement active when its first day has come and nothing keeps her from clients; whether it did.

    Nor while the site's approval, agreement or insurance is over. The learner's lock is taken. Nobody changed anything,
    so its version stays. `again`: it was active before; that it is still is no step, and what ended since stops none.
    """
    today = today_there(placement.site, now)
    if placement.state != Placement.State.APPROVED or today < placement.starts_on:
        return False
    if not again and placement.site.lacks(today):
        return False
    if not all(line.is_met for line in gates_of(placement, now)):
        return False
    placement.state = Placement.State.ACTIVE
    placement.save(update_fields=["state"])
    if not again:
        note_step(placement, What.BEGAN, None, now)
    return True


def begin_placements(*, now: datetime) -> int:
    """Make active what is approved and whose day has come, each in a transaction of its own; how many. Idempotent."""
    waiting = Placement.objects.filter(state=Placement.State.APPROVED).select_related(
        "site__organisation", "record__learner"
    )
    count = 0
    for placement in waiting.order_by("pk"):
        if placement.starts_on <= today_there(placement.site, now):
            with transaction.atomic():
                count += begin_if_due(locked(placement), now)
    return count


# ---- ending ----------------------------------------------------------------------------------------------------------


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

    What waits can still be signed; drafts can no longer be sent. Idempotent by content. Refuses outsiders, a request,
    one that ended otherwise, a day that has not come, a day before a shift that is signed or waits; as complete also a
    day before its first, and fewer minutes signed than required unless `although_short`.
    """
    must_place(by, placement.record.school_id)
    now = now or timezone.now()
    placement = locked(placement)
    if (placement.state, placement.ended_on) == (state, ended_on):
        return placement
    if placement.state in Placement.ENDED:
        raise ValidationError(
            _("It was ended meanwhile: %(state)s, %(day)s. Open it again if that is wrong.")
            % {
                "state": placement.get_state_display().lower(),
                "day": date_format(placement.ended_on, "j F Y") if placement.ended_on else "",
            }
        )
    if placement.state not in Placement.LIVE:
        raise ValidationError(_("This is a request, and no placement that could end. Approve or decline it."))
    if state not in Placement.ENDED:
        raise ValidationError({"state": _("Say how it ends.")})
    complete = state == Placement.State.COMPLETE
    held = _day_held(placement, first=False)
    if ended_on > today_there(placement.site, now):
        raise ValidationError({"ended_on": _("That day has not come yet. End it when it is over.")})
    if held and ended_on < held:
        raise ValidationError({"ended_on": _refuse_day(held)})
    if complete and ended_on < placement.starts_on:
        raise ValidationError({"ended_on": _("It had not begun on that day, so it cannot be complete.")})
    if complete and not although_short:
        _must_be_enough(placement)
    placement.state, placement.ended_on, placement.ended_by = state, ended_on, by
    placement.version += 1
    placement.full_clean()
    placement.save()
    note_step(placement, state, by, now)
    return placement


def _must_be_enough(placement: Placement) -> None:
    """Refuse fewer minutes than required, in all or of one kind."""
    signed = signed_minutes(placement)
    if signed < placement.required_minutes:
        raise ValidationError(
            {"although_short": _("Fewer hours are signed than needed. Tick this if it is complete all the same.")}
        )
    by_kind = signed_by_kind(placement)
    short = [kind for kind, minutes in placement.required_by_kind.items() if by_kind.get(kind, 0) < minutes]
    if short:
        raise ValidationError(
            {
                "although_short": _(
                    "Fewer hours are signed than needed: %(kinds)s. Tick this if it is complete all the same."
                )
                % {"kinds": ", ".join(str(Kind(kind).label) for kind in short)}
            }
        )


@transaction.atomic
def reopen_placement(
    *, placement: Placement, by: User, although_clash: bool = False, now: datetime | None = None
) -> Placement:
    """Open an ended placement again. Idempotent.

    Refuses outsiders, a sealed record, a request that was declined or cancelled, days on which the site has no place
    left, another placement of hers on these days unless `although_clash`.
    """
    must_place(by, placement.record.school_id)
    now = now or timezone.now()
    placement = locked(placement)
    if placement.state in Placement.LIVE:
        return placement
    if placement.state not in Placement.ENDED:
        raise ValidationError(_("This request is over. Place her anew."))
    must_take_hours(placement.record)
    must_have_a_place(placement)
    must_not_clash(placement, although_clash)
    placement.state, placement.ended_on, placement.ended_by = Placement.State.APPROVED, None, None
    placement.version += 1
    placement.full_clean()
    placement.save()
    note_step(placement, What.REOPENED, by, now)
    begin_if_due(placement, now)
    return placement


# ---- telling ---------------------------------------------------------------------------------------------------------


def mail_words(placement: Placement, **more: Any) -> dict[str, Any]:
    """What mails about a placement say."""
    record = placement.record
    return {"placement": placement, "site": placement.site, "record": record, "unit": unit_of(record), **more}


def tell_learner(placement: Placement, what: str, words: str = "") -> None:
    """Mail what the school decided to the learner: approved or declined. Once for each version."""
    person = placement.record.learner.user
    if person is None:
        return
    enqueue_mail(
        key=f"placement-{what}:{placement.uuid}:{placement.version}",
        to=person.email,
        user=person,
        template=f"externships_placement_{what}",
        context=mail_words(placement, person=person, words=words),
    )
