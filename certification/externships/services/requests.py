"""Writes what learners ask for and what the school answers: requests for a placement."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from certification.records.models import TrainingRecord
from notices.services import enqueue_mail

from ..models import Placement, PlacementStep, Site, Supervisor
from ..selectors import name_of_learner, staff_to_ask
from .placements import (
    Terms,
    begin_if_due,
    lock_learner,
    locked,
    mail_words,
    must_be_covered,
    must_reach_enrollment,
    must_take_hours,
    nobody_places_herself,
    note_step,
    take_place,
    tell_learner,
    today_there,
)
from .registers import must_be_as_seen, must_place, must_run_forward
from .wording import refuse_clients

MOST_WAITING = 3
MOST_WORDS = 1000
State, What = Placement.State, PlacementStep.What


@transaction.atomic
def request_placement(
    *,
    record: TrainingRecord,
    site: Site,
    starts_on: date,
    ends_on: date,
    words: str,
    by: User,
    uuid: UUID | None = None,
    now: datetime | None = None,
) -> Placement:
    """Ask the school for a placement, and tell those who place its learners.

    Idempotent by `uuid` (chosen by the form). Refuses, beside the field, who is not the learner, another school's site,
    a sealed record, days that run back, are over, or that the site does not cover, a placement or request there from
    the same day, no words or such as may name a client, and more than MOST_WAITING requests that wait.
    """
    now = now or timezone.now()
    if record.learner.user_id != by.pk:
        raise ValidationError(_("Only the learner herself asks for a placement."))
    if site.school_id != record.school_id:
        raise ValidationError({"site": _("This site is on another school’s list.")})
    lock_learner(record)
    found = Placement.objects.filter(uuid=uuid, record=record).first() if uuid else None
    if found:
        return found
    must_take_hours(record)
    _check_words(words, _("Say in a sentence why you want to learn there."), _may_stand(record, site))
    must_run_forward({"ends_on": (starts_on, ends_on)})
    if ends_on < today_there(site, now):
        raise ValidationError({"ends_on": _("These days are over.")})
    _must_be_on_offer(site, starts_on, ends_on)
    hers = Placement.objects.filter(record=record).exclude(state__in=[State.DECLINED, State.CANCELLED])
    if hers.filter(site=site, starts_on=starts_on).exists():
        raise ValidationError({"starts_on": _("You have a placement or a request there from that day already.")})
    if hers.filter(state=State.REQUESTED).count() >= MOST_WAITING:
        raise ValidationError(_("Several requests of yours wait already. Take one back, or ask your coordinator."))
    taken = uuid is None or Placement.objects.filter(uuid=uuid).exists()
    placement = Placement(
        record=record,
        site=site,
        starts_on=starts_on,
        ends_on=ends_on,
        state=State.REQUESTED,
        created_at=now,
        **({} if taken else {"uuid": uuid}),
    )
    placement.full_clean(validate_constraints=False)
    placement.save()
    note_step(placement, What.REQUESTED, by, now, words.strip())
    _tell_staff(placement, "requested", words.strip())
    return placement


def _check_words(words: str, missing: str, known: Iterable[str]) -> None:
    if len(words.strip()) < 3:
        raise ValidationError({"words": missing})
    if len(words.strip()) > MOST_WORDS:
        raise ValidationError({"words": _("Please say it in 1,000 characters at most.")})
    refuse_clients("words", words, known)


def _may_stand(record: TrainingRecord, site: Site) -> list[str]:
    """Names that words about a placement may hold: hers, the school's, the site's, and who supervises there."""
    there = Supervisor.objects.filter(assignments__site=site).values_list("name", flat=True).distinct()
    return [name_of_learner(record), record.school.name, str(site), *there]


def _must_be_on_offer(site: Site, starts_on: date, ends_on: date) -> None:
    """Say to the learner what the school's own refusal means for her."""
    try:
        must_be_covered(site, starts_on, ends_on)
    except ValidationError as error:
        sentence = _("The school’s approval, the agreement or the insurance of this site does not cover this day.")
        raise ValidationError(dict.fromkeys(error.message_dict, sentence)) from error


def _tell_staff(placement: Placement, what: str, words: str = "") -> None:
    """Mail to those who place the school's learners."""
    for person in staff_to_ask(placement.record.school_id):
        enqueue_mail(
            key=f"placement-{what}:{placement.uuid}:{person.uuid}",
            to=person.email,
            user=person,
            template=f"externships_placement_{what}",
            context=mail_words(placement, person=person, words=words, learner=name_of_learner(placement.record)),
        )


@transaction.atomic
def approve_placement(
    *,
    placement: Placement,
    starts_on: date,
    ends_on: date,
    required_minutes: int,
    by: User,
    terms: Terms | None = None,
    although_clash: bool = False,
    seen_version: int | None = None,
    now: datetime | None = None,
) -> Placement:
    """Approve a request with the days, hours and terms that are right, and tell the learner.

    Idempotent by content: approved as asked for now, it answers with what stands. Refuses what `open_placement` refuses,
    a request that was decided or changed meanwhile (`seen_version`).
    """
    must_place(by, placement.record.school_id)
    now = now or timezone.now()
    placement = locked(placement)
    nobody_places_herself(placement.record, by)
    wanted = (starts_on, ends_on, required_minutes)
    if placement.state in Placement.LIVE and wanted == (
        placement.starts_on,
        placement.ends_on,
        placement.required_minutes,
    ):
        return placement
    _must_wait(placement)
    must_be_as_seen(placement, seen_version)
    must_take_hours(placement.record)
    must_run_forward({"ends_on": (starts_on, ends_on)})
    must_reach_enrollment(placement.record, ends_on)
    must_be_covered(placement.site, starts_on, ends_on)
    twin = Placement.objects.filter(record=placement.record_id, site=placement.site_id, starts_on=starts_on)
    if twin.exclude(pk=placement.pk).exclude(state__in=[State.DECLINED, State.CANCELLED]).exists():
        raise ValidationError({"starts_on": _("There is another placement at this site from that day.")})
    placement.starts_on, placement.ends_on, placement.required_minutes = wanted
    placement.state, placement.approved_by = State.APPROVED, by
    placement.version += 1
    take_place(placement, terms or Terms(), although_clash=although_clash)
    note_step(placement, What.APPROVED, by, now)
    begin_if_due(placement, now)
    tell_learner(placement, "approved")
    return placement


@transaction.atomic
def decline_placement(*, placement: Placement, words: str, by: User, now: datetime | None = None) -> Placement:
    """Decline a request with words that the learner reads, and tell her. Idempotent.

    Refuses outsiders, the learner herself, no words or such as may name a client, and a request that was decided otherwise.
    """
    must_place(by, placement.record.school_id)
    now = now or timezone.now()
    placement = locked(placement)
    nobody_places_herself(placement.record, by)
    if placement.state == State.DECLINED:
        return placement
    _must_wait(placement)
    known = [*_may_stand(placement.record, placement.site), by.get_full_name()]
    _check_words(words, _("Say in a few words why, and what she can do: she reads this."), known)
    placement.state = State.DECLINED
    placement.version += 1
    placement.save(update_fields=["state", "version"])
    note_step(placement, What.DECLINED, by, now, words.strip())
    tell_learner(placement, "declined", words.strip())
    return placement


@transaction.atomic
def cancel_placement(*, placement: Placement, by: User, now: datetime | None = None) -> Placement:
    """Take one's own request back before it is decided, and tell the school. Idempotent; refuses everybody else."""
    now = now or timezone.now()
    placement = locked(placement)
    if placement.record.learner.user_id != by.pk:
        raise ValidationError(_("Only who asked for a placement takes it back."))
    if placement.state == State.CANCELLED:
        return placement
    _must_wait(placement)
    placement.state = State.CANCELLED
    placement.version += 1
    placement.save(update_fields=["state", "version"])
    note_step(placement, What.CANCELLED, by, now)
    _tell_staff(placement, "cancelled")
    return placement


def _must_wait(placement: Placement) -> None:
    if placement.state != State.REQUESTED:
        step = placement.steps.exclude(what=What.CHANGED).order_by("-at", "-pk").first()
        raise ValidationError(
            _("It was decided meanwhile: %(state)s, %(day)s.")
            % {
                "state": placement.get_state_display().lower(),
                "day": date_format(step.at, "j F Y") if step else "",
            }
        )
