"""Writes the school's registers: sites, supervisors, who works where, and which learner is placed where."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.selectors import has_role
from accounts.services import ensure_organisation
from certification.records.models import TrainingRecord

from .. import rules
from ..models import Placement, Site, SiteAssignment, Supervisor
from ..selectors import PLACING_ROLES, is_learner_of


@transaction.atomic
def register_site(
    *,
    school: Organisation,
    slug: str,
    name: str,
    approved_on: date,
    approval_ends_on: date | None = None,
    agreement_starts_on: date | None = None,
    agreement_ends_on: date | None = None,
    address: str = "",
    zone: str | None = None,
) -> Site:
    """Approve a place for a school's learners, making its organisation if needed. Idempotent by (school, slug)."""
    place = ensure_organisation(kind="site", slug=slug, name=name, address=address, zone=zone or school.zone)
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
    )
    site.full_clean()
    site.save()
    return site


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
    user: User | None = None,
) -> Supervisor:
    """Put a supervisor on the school's list, not yet verified. Idempotent by (school, address); refuses a learner."""
    email = email.strip()
    found = Supervisor.objects.filter(school=school, email__iexact=email).first()
    if found:
        return found
    if is_learner_of(school=school, email=email, user_id=user.pk if user else None):
        raise ValidationError(
            {"email": _("This address belongs to a learner of the school. A learner cannot supervise.")}
        )
    supervisor = Supervisor(
        school=school,
        name=" ".join(name.split()),
        email=email,
        licence_number=licence_number,
        licence_state=licence_state,
        profession=profession,
        valid_from=valid_from,
        valid_to=valid_to,
        user=user,
    )
    supervisor.full_clean()
    supervisor.save()
    return supervisor


@transaction.atomic
def assign_supervisor(
    *, supervisor: Supervisor, site: Site, from_on: date, until_on: date | None = None
) -> SiteAssignment:
    """Say that a supervisor works at a site from a day on. Idempotent by (supervisor, site, from_on)."""
    if supervisor.school_id != site.school_id:
        raise ValidationError(_("This supervisor and this site are on the lists of different schools."))
    found = SiteAssignment.objects.filter(supervisor=supervisor, site=site, from_on=from_on).first()
    if found:
        return found
    assignment = SiteAssignment(supervisor=supervisor, site=site, from_on=from_on, until_on=until_on)
    assignment.full_clean()
    assignment.save()
    return assignment


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
    """Send a learner to a site for a time. Idempotent by (record, site, starts_on).

    Refuses another school's site, a sealed record, days outside the site's approval or agreement, an approver without
    the right.
    """
    must_place(approved_by, record.school_id)
    if site.school_id != record.school_id:
        raise ValidationError({"site": _("This site is on another school’s list.")})
    found = Placement.objects.filter(record=record, site=site, starts_on=starts_on).first()
    if found:
        return found
    if record.sealed_at is not None:
        raise ValidationError(_("This record is sealed: it ended, and takes no more placements."))
    for window in (
        rules.Window(site.approved_on, site.approval_ends_on),
        rules.Window(site.agreement_starts_on, site.agreement_ends_on),
    ):
        if not (window.holds(starts_on) and window.holds(ends_on)):
            raise ValidationError(
                {"starts_on": _("The site’s approval or agreement does not cover these days. Renew it first.")}
            )
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


def must_place(user: User, school_id: int) -> None:
    """Refuse who may not place this school's learners."""
    if not has_role(user, school_id, *PLACING_ROLES):
        raise ValidationError(_("Only the school’s coordinators and registrars may do that."))
