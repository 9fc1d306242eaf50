"""Writes the school's registers: its sites, its supervisors, and who works where from when to when.

A register says what holds from now on; what is signed keeps what stood there that day, whatever is edited here.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.selectors import has_role
from accounts.services import edit_organisation, ensure_organisation

from .. import rules
from ..models import Placement, Site, SiteAssignment, SiteKind, Supervisor
from ..selectors import PLACING_ROLES, is_learner_of, taken_days

CHANGED_MEANWHILE = "changed_meanwhile"


@dataclass(frozen=True, slots=True)
class SiteDetails:
    """What else the school keeps of a site: its kind, how many learners it takes on one day (None: nobody counts), its
    insurance, where it lies (degrees, both or none), and whom to call there.
    """

    kind: str = SiteKind.CLINIC
    capacity: int | None = None
    insurance_starts_on: date | None = None
    insurance_ends_on: date | None = None
    policy_number: str = ""
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    contact: str = ""


def must_place(user: User, school_id: int) -> None:
    """Refuse who may not place this school's learners."""
    if not has_role(user, school_id, *PLACING_ROLES):
        raise ValidationError(_("Only the school’s coordinators and registrars may do that."))


def must_be_as_seen(row: Site | Supervisor | Placement, seen_version: int | None) -> None:
    """Refuse to write over what somebody else changed since the page was opened (code CHANGED_MEANWHILE)."""
    if seen_version is not None and seen_version != row.version:
        raise ValidationError(
            _(
                "Somebody changed this after you opened the page. Nothing of yours is saved yet: compare, then save again."
            ),
            code=CHANGED_MEANWHILE,
        )


def must_run_forward(periods: Mapping[str, tuple[date | None, date | None]]) -> None:
    """Refuse periods that end before they begin, beside the field that names their end."""
    wrong = [field for field, (first, last) in periods.items() if first and last and last < first]
    if wrong:
        raise ValidationError({field: _("The last day lies before the first.") for field in wrong})


def one_line(text: str) -> str:
    """Words without spare blanks and line breaks."""
    return " ".join(text.split())


def _lines(text: str) -> str:
    """An address as it is kept: its lines, however the browser parts them."""
    return "\n".join(filter(None, map(one_line, text.splitlines())))


def _locked_school(school: Organisation) -> Organisation:
    """The school, so that its registers take one new name at a time. Nobody who only refers to it waits."""
    return Organisation.objects.select_for_update(no_key=True).get(pk=school.pk)


def _own_uuid(model: type[models.Model], uuid: UUID | None) -> dict[str, UUID]:
    """The uuid that a form chose, unless another row has it."""
    taken = uuid is None or model._default_manager.filter(uuid=uuid).exists()
    return {} if taken else {"uuid": uuid}  # type: ignore[dict-item]


# ---- sites -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def register_site(
    *,
    school: Organisation,
    name: str,
    approved_on: date,
    slug: str = "",
    approval_ends_on: date | None = None,
    agreement_starts_on: date | None = None,
    agreement_ends_on: date | None = None,
    address: str = "",
    zone: str | None = None,
    details: SiteDetails | None = None,
    by: User | None = None,
    uuid: UUID | None = None,
) -> Site:
    """Approve a place for a school's learners, making its organisation if needed.

    Idempotent by `uuid` (chosen by the form, so a double click makes one row) and by (school, slug). Without a slug the
    place is one of the school's own. Refuses, beside the field: a name that stands on its list, dates that run back;
    and outsiders, where `by` is given.
    """
    if by is not None:
        must_place(by, school.pk)
    school = _locked_school(school)
    found = Site.objects.filter(uuid=uuid, school=school).first() if uuid else None
    if found:
        return found
    name = one_line(name)
    if not slug:
        _refuse_known_name(school, name)
        slug = _free_slug(school, name)
    details = _clean(details or SiteDetails())
    must_run_forward(
        {
            "approval_ends_on": (approved_on, approval_ends_on),
            "agreement_ends_on": (agreement_starts_on, agreement_ends_on),
        }
    )
    place = ensure_organisation(kind="site", slug=slug, name=name, address=_lines(address), zone=zone or school.zone)
    if place.kind != Organisation.Kind.SITE:
        raise ValidationError({"slug": _("An organisation of another kind has this short name.")})
    found = Site.objects.filter(organisation=place, school=school).first()
    if found:
        return found
    site = Site(
        organisation=place,
        school=school,
        approved_on=approved_on,
        approval_ends_on=approval_ends_on,
        agreement_starts_on=agreement_starts_on,
        agreement_ends_on=agreement_ends_on,
        **asdict(details),
        **_own_uuid(Site, uuid),
    )
    site.full_clean()
    site.save()
    return site


def _clean(details: SiteDetails) -> SiteDetails:
    """The details as they are kept; refuses half a place on the map, no places, and an insurance that runs back."""
    must_run_forward({"insurance_ends_on": (details.insurance_starts_on, details.insurance_ends_on)})
    errors: dict[str, str] = {}
    if details.capacity is not None and details.capacity < 1:
        errors["capacity"] = _("One place at least; leave it empty if nobody counts.")
    if (details.latitude is None) != (details.longitude is None):
        missing = "latitude" if details.latitude is None else "longitude"
        errors[missing] = _("A place on the map needs both numbers.")
    if errors:
        raise ValidationError(errors)
    return replace(details, policy_number=one_line(details.policy_number), contact=one_line(details.contact))


def _must_keep_its_places(site: Site, capacity: int | None, today: date) -> None:
    """Refuse fewer places than are taken on a day from today on."""
    if capacity is None or (site.capacity is not None and site.capacity <= capacity):
        return
    day = rules.full_day(rules.Window(today, None), taken_days(site), capacity + 1)
    if day is not None:
        raise ValidationError(
            {"capacity": _("On %(day)s more learners are placed there.") % {"day": date_format(day, "j F Y")}}
        )


def _refuse_known_name(school: Organisation, name: str, *, besides: Site | None = None) -> None:
    alike = Site.objects.filter(school=school, organisation__name__iexact=name)
    if besides is not None:
        alike = alike.exclude(pk=besides.pk)
    if alike.exists():
        raise ValidationError(
            {
                "name": _("“%(name)s” is on your list already. If this is another branch, add its street or town.")
                % {"name": name}
            }
        )


def _free_slug(school: Organisation, name: str) -> str:
    """A short name that no organisation has, with the school's before it: what a screen makes is the school's own."""
    base = f"{school.slug}-{slugify(name) or uuid4().hex[:8]}"[:70].rstrip("-")
    taken = set(Organisation.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(slug for slug in (base, *(f"{base}-{n}" for n in range(2, len(taken) + 3))) if slug not in taken)


@transaction.atomic
def edit_site(
    *,
    site: Site,
    name: str,
    address: str,
    approved_on: date,
    approval_ends_on: date | None,
    agreement_starts_on: date | None,
    agreement_ends_on: date | None,
    by: User,
    details: SiteDetails | None = None,
    seen_version: int | None = None,
) -> Site:
    """Change a site's name, address, dates and details (None: as they are); what is signed stays signed, and new shifts
    must fit the new dates. An agreement or insurance that is renewed without a gap keeps its first day, so that what was
    covered stays covered.

    Idempotent by content. Refuses outsiders, a change made meanwhile by somebody else (`seen_version`), dates that run
    back, a name that another site of the list has, another name or address for a place that other schools use too, and
    fewer places than are taken on a day to come.
    """
    must_place(by, site.school_id)
    site = (
        Site.objects.select_for_update(of=("self",), no_key=True)
        .select_related("organisation", "school")
        .get(pk=site.pk)
    )
    name, address = one_line(name), _lines(address)
    dates: dict[str, Any] = {
        "approved_on": approved_on,
        "approval_ends_on": approval_ends_on,
        "agreement_starts_on": agreement_starts_on,
        "agreement_ends_on": agreement_ends_on,
    }
    if details is not None:
        dates |= asdict(_clean(details))
    stale = seen_version is not None and seen_version != site.version
    for first, last, old in (
        ("agreement_starts_on", "agreement_ends_on", site.agreement),
        ("insurance_starts_on", "insurance_ends_on", site.insurance),
    ):
        if first in dates:
            # Sent twice, the second finds what the first has made of it.
            dates[first] = rules.renewed(old, rules.Window(dates[first], dates[last]), again=stale).first
    place = site.organisation
    moved = (name, address) != (place.name, place.address)
    if not moved and all(getattr(site, field) == day for field, day in dates.items()):
        return site
    must_be_as_seen(site, seen_version)
    must_run_forward(
        {
            "approval_ends_on": (approved_on, approval_ends_on),
            "agreement_ends_on": (agreement_starts_on, agreement_ends_on),
        }
    )
    if details is not None:
        _must_keep_its_places(site, details.capacity, timezone.localdate(timezone=ZoneInfo(site.zone)))
    if moved:
        if Site.objects.filter(organisation=place).exclude(pk=site.pk).exists():
            raise ValidationError(
                {"name": _("Other schools use this place too, so its name and address cannot be changed here.")}
            )
        if name != place.name:
            _locked_school(site.school)
            _refuse_known_name(site.school, name, besides=site)
        site.organisation = edit_organisation(organisation=place, name=name, address=address)
    for field, day in dates.items():
        setattr(site, field, day)
    site.version += 1
    site.full_clean()
    site.save()
    return site


# ---- supervisors -----------------------------------------------------------------------------------------------------


@transaction.atomic
def register_supervisor(
    *,
    school: Organisation,
    name: str,
    email: str,
    licence_number: str,
    licence_state: str,
    profession: str,
    valid_from: date | None = None,
    valid_to: date | None = None,
    phone: str = "",
    user: User | None = None,
    by: User | None = None,
    uuid: UUID | None = None,
) -> Supervisor:
    """Put a supervisor on the school's list, not yet verified.

    Idempotent by `uuid` (chosen by the form) and by (school, address); a form's address that is on the list already is
    refused, so that nothing typed is dropped. Refuses a learner's address, dates that run back, and outsiders where
    `by` is given.
    """
    if by is not None:
        must_place(by, school.pk)
    school = _locked_school(school)
    email = email.strip()
    found = Supervisor.objects.filter(uuid=uuid, school=school).first() if uuid else None
    if found is None:
        found = Supervisor.objects.filter(school=school, email__iexact=email).first()
        if found and uuid:
            refuse_known_address(found)
    if found:
        return found
    refuse_learner(school.pk, email, user.pk if user else None)
    must_run_forward({"valid_to": (valid_from, valid_to)})
    supervisor = Supervisor(
        school=school,
        name=one_line(name),
        email=email,
        licence_number=one_line(licence_number),
        licence_state=licence_state,
        profession=one_line(profession),
        valid_from=valid_from,
        valid_to=valid_to,
        phone=clean_phone(phone),
        user=user,
        **_own_uuid(Supervisor, uuid),
    )
    supervisor.full_clean()
    supervisor.save()
    return supervisor


def clean_phone(text: str) -> str:
    """A phone number as it is kept, empty for none; refuses what is none."""
    if not text.strip():
        return ""
    number = rules.phone_typed(text)
    if number is None:
        raise ValidationError({"phone": _("Write the number like (912) 555-0143, or with + and the country.")})
    return number


def refuse_known_address(known: Supervisor) -> None:
    """Say whose address it is."""
    raise ValidationError({"email": _("%(name)s is on your list with this address.") % {"name": known.name}})


def refuse_learner(school_id: int, email: str, user_id: int | None) -> None:
    """Refuse an address or account of somebody who studies at the school."""
    if is_learner_of(school=school_id, email=email, user_id=user_id):
        raise ValidationError(
            {"email": _("This address belongs to a learner of the school. A learner cannot supervise.")}
        )


# ---- who works where -------------------------------------------------------------------------------------------------


@transaction.atomic
def assign_supervisor(
    *, supervisor: Supervisor, site: Site, from_on: date, until_on: date | None = None, by: User | None = None
) -> SiteAssignment:
    """Say that a supervisor works at a site from a day on.

    Idempotent by content. Refuses days on which she is listed there already, days that run back, and outsiders where
    `by` is given.
    """
    if by is not None:
        must_place(by, site.school_id)
    if supervisor.school_id != site.school_id:
        raise ValidationError(_("This supervisor and this site are on the lists of different schools."))
    must_run_forward({"until_on": (from_on, until_on)})
    supervisor = Supervisor.objects.select_for_update(no_key=True).get(pk=supervisor.pk)
    found = SiteAssignment.objects.filter(supervisor=supervisor, site=site, from_on=from_on, until_on=until_on).first()
    if found:
        return found
    fresh = SiteAssignment(supervisor=supervisor, site=site, from_on=from_on, until_on=until_on)
    _refuse_listed_twice(fresh, "from_on")
    fresh.full_clean()
    fresh.save()
    return fresh


def _refuse_listed_twice(assignment: SiteAssignment, field: str) -> None:
    others = SiteAssignment.objects.filter(supervisor=assignment.supervisor_id, site=assignment.site_id)
    for other in others.exclude(pk=assignment.pk).order_by("from_on"):
        if not rules.meet(assignment.window, other.window):
            continue
        words = {"name": assignment.supervisor.name, "first": date_format(other.from_on, "j F Y")}
        if other.until_on is None:
            sentence = _("%(name)s is listed there from %(first)s on already.") % words
        else:
            words["last"] = date_format(other.until_on, "j F Y")
            sentence = _("%(name)s is listed there from %(first)s to %(last)s already.") % words
        raise ValidationError({field: sentence})


@transaction.atomic
def end_assignment(
    *, assignment: SiteAssignment, until_on: date, by: User, seen_until_on: date | None = None
) -> SiteAssignment:
    """Say on which day a supervisor works at a site for the last time; what she signed stays signed.

    An end can be moved. Idempotent by content. Refuses outsiders, a day before the first, an end that somebody else set
    meanwhile (other than `seen_until_on`), days on which she is listed there anew.
    """
    must_place(by, assignment.site.school_id)
    Supervisor.objects.select_for_update(no_key=True).get(pk=assignment.supervisor_id)
    assignment = SiteAssignment.objects.select_related("supervisor", "site__organisation").get(pk=assignment.pk)
    if assignment.until_on == until_on:
        return assignment
    if assignment.until_on != seen_until_on:
        raise ValidationError(
            _("Somebody changed the last day meanwhile. Nothing of yours is saved yet: compare, then save again."),
            code=CHANGED_MEANWHILE,
        )
    must_run_forward({"until_on": (assignment.from_on, until_on)})
    assignment.until_on = until_on
    _refuse_listed_twice(assignment, "until_on")
    assignment.full_clean()
    assignment.save(update_fields=["until_on"])
    return assignment
