"""Writes people, organisations and the roles people hold."""

import unicodedata
from datetime import date

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from .models import ClosingPlan, CustodyChange, FormerName, Licence, Membership, Organisation, SchoolClosing, User
from .selectors import choosers_of

_CUSTODIAN = Membership.Role.CUSTODIAN


@transaction.atomic
def ensure_user(
    *, email: str, legal_name: str, preferred_name: str = "", password: str | None = None, superuser: bool = False
) -> User:
    """Return the user with this address, made with a confirmed address if she was not there. Idempotent by address."""
    found = User.objects.filter(email__iexact=email).first()
    if found:
        return found
    make = User.objects.create_superuser if superuser else User.objects.create_user
    user = make(email, password, legal_name=legal_name, preferred_name=preferred_name)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


@transaction.atomic
def ensure_organisation(*, kind: str, slug: str, name: str, **fields: object) -> Organisation:
    """Return the organisation with this slug, made from the arguments if it was not there. Idempotent by slug."""
    found = Organisation.objects.filter(slug=slug).first()
    if found:
        return found
    organisation = Organisation(kind=kind, slug=slug, name=name, **fields)
    organisation.full_clean()
    organisation.save()
    return organisation


@transaction.atomic
def edit_organisation(*, organisation: Organisation, name: str, address: str) -> Organisation:
    """Write down another name or address; what stands in records keeps the old one. Idempotent by content."""
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    if (organisation.name, organisation.address) != (name, address):
        organisation.name, organisation.address = name, address
        organisation.full_clean()
        organisation.save(update_fields=["name", "address"])
    return organisation


def hold_school(*, school: Organisation) -> Organisation:
    """Hold a school as it stands until the transaction ends, as many at once may; read anew with its closing. For a transaction.

    Whoever plans its closing, calls it off or closes it waits, and who comes meanwhile sees what they did. One query or two.
    """
    if connection.vendor == "postgresql":  # SQLite has one writer at a time
        with connection.cursor() as cursor:
            # Django writes no FOR SHARE, and its other locks would make those wait for each other who only read.
            cursor.execute("SELECT 1 FROM accounts_organisation WHERE id = %s FOR SHARE", [school.pk])
    return Organisation.objects.select_related("closing").get(pk=school.pk)


@transaction.atomic
def plan_last_day(
    *, school: Organisation, last_day: date | None, by: User, custodian: str = "", contact: str = ""
) -> Organisation:
    """Write down the day on which a school is open last, or (None) that the planned one is called off; each is kept.

    Only `certification.certificates.services` calls it, which asks who may. Who keeps the records stays when it is called
    off. Atomic; idempotent by content.
    """
    school = Organisation.objects.select_for_update(no_key=True).get(pk=school.pk)
    if last_day is None:
        if school.closed_on is not None:
            ClosingPlan.objects.create(school=school, by=by)
            school.closed_on = None
            school.save(update_fields=["closed_on"])
        return school
    newest = ClosingPlan.objects.filter(school=school).order_by("-pk").first()
    wanted = (last_day, custodian, contact)
    if newest is None or (newest.last_day, newest.custodian, newest.contact) != wanted:
        ClosingPlan.objects.create(school=school, last_day=last_day, custodian=custodian, contact=contact, by=by)
    school.closed_on, school.custodian, school.custodian_contact = wanted
    school.save(update_fields=["closed_on", "custodian", "custodian_contact"])
    return school


@transaction.atomic
def shut_school(
    *, school: Organisation, today: date, by: User | None = None, custodian: str = "", contact: str = ""
) -> SchoolClosing:
    """Write down that a school whose last day (`closed_on`) is over has closed: its staff have no roles there any more.

    Only `certification.records.services.close_school` calls it, which ends the school's records too. `by`: None for the
    system. `custodian` and `contact` are who keeps the records and how they are reached; empty leaves what stands.
    Atomic; idempotent; cannot be taken back. Refuses what is no school, and one whose last day is not known or not over.
    """
    school = Organisation.objects.select_for_update(no_key=True).get(pk=school.pk)
    if school.kind != Organisation.Kind.SCHOOL:
        raise ValidationError(_("Only a school closes."))
    if school.closed_on is None or school.closed_on >= today:
        raise ValidationError({"closed_on": _("Its last day must be known and over before its records are shut.")})
    school.custodian, school.custodian_contact = custodian or school.custodian, contact or school.custodian_contact
    school.save(update_fields=["custodian", "custodian_contact"])
    closing, _made = SchoolClosing.objects.get_or_create(
        school=school, defaults={"closed_on": school.closed_on, "by": by}
    )
    return closing


@transaction.atomic
def grant_role(*, user: User, organisation: Organisation, role: str) -> Membership:
    """Give `user` the role from now on. Idempotent while she holds it; refuses a role the organisation has not."""
    membership, _made = Membership.objects.get_or_create(
        user=user, organisation=organisation, role=role, until=None, defaults={"since": timezone.now()}
    )
    membership.clean()
    user.__dict__.pop("_roles", None)
    return membership


@transaction.atomic
def end_role(*, user: User, organisation: Organisation, role: str) -> None:
    """End the role now; the row stays as history. Idempotent."""
    Membership.objects.filter(user=user, organisation=organisation, role=role, until=None).update(until=timezone.now())
    user.__dict__.pop("_roles", None)


@transaction.atomic
def give_custody(*, school: Organisation, user: User, by: User) -> Membership:
    """Make a person a custodian of a school: she finds its certificates and sends them again, also once it has closed. Logged.

    Atomic; idempotent while she is one. Refuses (ValidationError) who does not choose custodians there, a person who
    cannot log in, and herself while somebody else could choose her.
    """
    school = Organisation.objects.select_for_update(no_key=True).get(pk=school.pk)
    _require_choosing(by, school)
    standing = Membership.objects.filter(user=user, organisation=school, role=_CUSTODIAN, until=None).first()
    if standing:
        return standing
    if not user.is_active:
        raise ValidationError({"email": _("This account is closed. Choose somebody who can log in.")})
    if by == user and choosers_of(school).exclude(pk=by.pk).exists():
        raise ValidationError(
            {"email": _("Nobody chooses herself while somebody else can. Ask one of them.")}, code="own"
        )
    CustodyChange.objects.create(school=school, user=user, is_given=True, by=by)
    return grant_role(user=user, organisation=school, role=_CUSTODIAN)


@transaction.atomic
def take_custody(*, school: Organisation, user: User, by: User) -> None:
    """End a person's role of custodian at a school. Logged; atomic; idempotent where she has none.

    Refuses (ValidationError) who does not choose custodians there, and the last one of a school that has closed: nobody
    would be there to send a certificate, or to choose the next.
    """
    school = Organisation.objects.select_for_update(no_key=True).get(pk=school.pk)
    _require_choosing(by, school)
    held = Membership.objects.filter(organisation=school, role=_CUSTODIAN, until=None)
    if not held.filter(user=user).exists():
        return
    if (
        SchoolClosing.objects.filter(school=school).exists()
        and not held.filter(user__is_active=True).exclude(user=user).exists()
    ):
        raise ValidationError(
            _("The school has closed, and nobody else keeps its records. Give the role to the next custodian first."),
            code="last",
        )
    CustodyChange.objects.create(school=school, user=user, is_given=False, by=by)
    end_role(user=user, organisation=school, role=_CUSTODIAN)


def _require_choosing(by: User, school: Organisation) -> None:
    if school.kind != Organisation.Kind.SCHOOL or not choosers_of(school).filter(pk=by.pk).exists():
        raise ValidationError(
            _("The administrators of %(school)s choose its custodians; once it has closed, its custodians do.")
            % {"school": school.name},
            code="no_right",
        )


@transaction.atomic
def change_legal_name(*, user: User, legal_name: str, until_on: date) -> User:
    """Give `user` a new legal name and keep the old one as a FormerName. Idempotent by the new name."""
    legal_name = " ".join(legal_name.split())
    if not legal_name:
        raise ValidationError({"legal_name": _("Write the name as it stands on the licence or passport.")})
    if legal_name != user.legal_name:
        if user.legal_name:
            FormerName.objects.create(user=user, legal_name=user.legal_name, until_on=until_on)
        # The old spelling in Latin letters would be that of another name.
        user.legal_name, user.latin_name = legal_name, ""
        user.save(update_fields=["legal_name", "latin_name"])
    return user


@transaction.atomic
def write_latin_name(*, user: User, latin_name: str) -> User:
    """Write down the legal name's spelling in Latin letters, as in the passport; empty takes it away.

    Idempotent by content. Refuses (ValidationError) letters of another script, figures and other signs.
    """
    latin_name = unicodedata.normalize("NFC", " ".join(latin_name.split()))
    if len(latin_name) > 200:
        raise ValidationError({"latin_name": _("Write at most 200 letters.")})
    if not all(sign in " .,'’ʼ-‐" or unicodedata.name(sign, "").startswith("LATIN ") for sign in latin_name):
        raise ValidationError(
            {"latin_name": _("Write it in Latin letters, as in the lines at the foot of the passport’s page.")}
        )
    if latin_name != user.latin_name:
        user.latin_name = latin_name
        user.save(update_fields=["latin_name"])
    return user


@transaction.atomic
def record_licence(*, user: User, number: str, state: str, profession: str, **fields: object) -> Licence:
    """Write down a licence once. Idempotent by (user, state, profession, number)."""
    licence = Licence.objects.filter(user=user, number=number, state=state, profession=profession).first()
    if licence is None:
        licence = Licence(user=user, number=number, state=state, profession=profession, **fields)
        licence.full_clean()
        licence.save()
    return licence


@transaction.atomic
def close_account(*, user: User, keep_name: bool) -> User:
    """Close an account for good: no way in, no address, no devices; with `keep_name` the legal names stay for now.

    Atomic, idempotent. Refuses (ValidationError) somebody who holds a role: end it first, so that it is plain who acted.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if Membership.objects.filter(user=user, until=None).exists() or user.is_superuser or user.is_staff:
        raise ValidationError(_("This person still holds a role. End it first."))
    for model in (EmailAddress, Authenticator, UserSession):
        model.objects.filter(user=user).delete()
    user.email = f"erased-{user.uuid}@erased.invalid"
    user.preferred_name = ""
    user.is_active = False
    user.set_unusable_password()
    if not keep_name:
        user.legal_name = user.latin_name = ""
        FormerName.objects.filter(user=user).delete()
    user.save()
    return user
