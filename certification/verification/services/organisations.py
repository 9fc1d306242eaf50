"""Writes which organisations check: what they ask for, what the platform decides, whom they invite, and stops."""

import uuid as uuids
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import Membership, Organisation, User
from accounts.selectors import has_role
from accounts.services import end_role, ensure_organisation, grant_role
from notices.services import enqueue_mail

from ..models import Application, ApplicationDecision, CheckingStop, MemberInvitation
from ..selectors import MANAGING_ROLES, open_stop

MOST_OPEN = 3
"""How many undecided applications one person may have."""
MOST_INVITED = 50
"""How many invitations of one organisation may wait for an answer."""
ADDRESS_DAYS = 90
"""How long the address of an invitation that ended is kept."""


@transaction.atomic
def apply_to_check(
    *, uuid: uuids.UUID, by: User, sort: str, name: str, website: str, address: str, position: str, purpose: str
) -> Application:
    """Ask that an organisation may check; tells the platform's people. Atomic, idempotent by `uuid`.

    Refuses (ValidationError) an unknown sort and a fourth application of one person while three wait.
    """
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    made = Application.objects.filter(uuid=uuid).first()
    if made and made.applicant_id == by.pk:
        return made
    if made:
        raise ValidationError(_("This page was used already. Load it again."))
    if Application.objects.filter(applicant=by, withdrawn_at=None, decision=None).count() >= MOST_OPEN:
        raise ValidationError(_("Three of your applications wait already. Withdraw one, or wait until we answer."))
    application = Application(
        uuid=uuid,
        applicant=by,
        sort=sort,
        name=" ".join(name.split()),
        website=website.strip(),
        address=address.strip(),
        position=" ".join(position.split()),
        purpose=purpose.strip(),
    )
    application.full_clean(exclude=["withdrawn_at", "erased_at"])
    application.save()
    for keeper in User.objects.filter(is_superuser=True, is_active=True).order_by("pk"):
        enqueue_mail(
            key=f"application:{uuid}:{keeper.uuid}",
            to=keeper.email,
            template="verification_applied",
            context={"application": application, "name": keeper.get_short_name()},
            user=keeper,
        )
    return application


@transaction.atomic
def withdraw_application(*, application: Application, by: User) -> None:
    """Take a request back before it is decided. Atomic, idempotent. Refuses anybody but who made it."""
    application = Application.objects.select_for_update(no_key=True).get(pk=application.pk)
    if application.applicant_id != by.pk:
        raise ValidationError(_("Only who made it takes an application back."))
    if ApplicationDecision.objects.filter(application=application).exists():
        raise ValidationError(_("It is decided already."))
    Application.objects.filter(pk=application.pk, withdrawn_at=None).update(withdrawn_at=timezone.now())


@transaction.atomic
def decide_application(
    *, application: Application, approved: bool, by: User, looked_at: str = "", words: str = ""
) -> ApplicationDecision:
    """Approve a request, which makes the organisation and its first manager, or decline it with words. Mails her.

    Atomic; idempotent by its answer: the same once more changes nothing, the other is refused. Refuses
    (ValidationError) who is not of the platform, who made the request, an approval that does not say by what the
    organisation was known, and a refusal without words.
    """
    _require_platform(by)
    application = Application.objects.select_for_update(no_key=True).select_related("applicant").get(pk=application.pk)
    if application.applicant_id == by.pk:
        raise ValidationError(_("You made this application. Somebody else decides it."))
    made = ApplicationDecision.objects.filter(application=application).first()
    if made:
        if made.approved != approved:
            raise ValidationError(_("It was decided otherwise in the meantime. Load the page again."))
        return made
    if application.withdrawn_at:
        raise ValidationError(_("The applicant has taken it back."))
    if approved and not application.applicant.is_active:
        raise ValidationError(_("The applicant's account was closed, so nobody could manage the organisation."))
    if approved and not looked_at.strip():
        raise ValidationError({"looked_at": _("Say by what you know that it is the organisation that it says.")})
    if not approved and not words.strip():
        raise ValidationError({"words": _("Say why, so that the applicant knows what to do.")})
    organisation = _found(application) if approved else None
    decision = ApplicationDecision.objects.create(
        application=application,
        approved=approved,
        looked_at=looked_at.strip(),
        words=words.strip(),
        organisation=organisation,
        by=by,
    )
    applicant = application.applicant
    if applicant.is_active:
        if organisation:
            grant_role(user=applicant, organisation=organisation, role=Membership.Role.MANAGER)
        enqueue_mail(
            key=f"application-decided:{application.uuid}",
            to=applicant.email,
            template="verification_approved" if approved else "verification_declined",
            context={"application": application, "words": words.strip(), "name": applicant.get_short_name()},
            user=applicant,
        )
    return decision


def _found(application: Application) -> Organisation:
    """The new organisation, at an address that is free: two of one name are two."""
    base = slugify(application.name)[:70] or "organisation"
    taken = set(Organisation.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    names = (base, *(f"{base}-{number}" for number in range(2, len(taken) + 3)))
    slug = next(name for name in names if name not in taken)
    return ensure_organisation(kind=application.kind, slug=slug, name=application.name, address=application.address)


@transaction.atomic
def invite_member(*, organisation: Organisation, address: str, role: str, by: User) -> MemberInvitation:
    """Invite whoever proves this address to a role; mails it. Atomic; idempotent while the same invitation waits.

    Refuses (ValidationError) who does not manage the organisation, a role that it does not have, somebody who holds
    it, and more than fifty invitations that wait. The answer is the same whether or not the address has an account.
    """
    _require_manager(organisation, by)
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    address = address.strip().lower()
    validate_email(address)
    if role not in MemberInvitation.ROLES & Membership.ROLES_OF_KIND[organisation.kind]:
        raise ValidationError({"role": _("Choose one of the roles of this organisation.")})
    open_ = MemberInvitation.objects.filter(organisation=organisation, ended_at=None)
    waiting = open_.filter(address=address, role=role).first()
    if waiting:
        return waiting
    held = Membership.objects.filter(organisation=organisation, role=role, until=None)
    if held.filter(user__email__iexact=address).exists():
        raise ValidationError({"address": _("Whoever has this address holds that role already.")})
    if open_.count() >= MOST_INVITED:
        raise ValidationError(_("Fifty invitations wait for an answer. Take some back first."))
    invitation = MemberInvitation.objects.create(organisation=organisation, address=address, role=role, by=by)
    enqueue_mail(
        key=f"member:{invitation.uuid}",
        to=address,
        template="verification_invited",
        context={"organisation": organisation, "role": _word(role), "inviter": by.get_full_name()},
    )
    return invitation


def _word(role: str) -> str:
    return str(Membership.Role(role).label)


@transaction.atomic
def answer_invitation(*, invitation: MemberInvitation, by: User, accepts: bool) -> None:
    """Accept an invitation, which gives the role, or decline it. Atomic; idempotent by its answer.

    Refuses (ValidationError) whoever has not confirmed its address, and one that was taken back.
    """
    invitation = (
        MemberInvitation.objects.select_for_update(no_key=True, of=("self",))
        .select_related("organisation")
        .get(pk=invitation.pk)
    )
    confirmed = by.emailaddress_set.filter(verified=True, email__iexact=invitation.address)  # type: ignore[attr-defined]
    if not invitation.address or not confirmed.exists():
        raise ValidationError(_("This invitation was sent to another address. Log in with that one."))
    if invitation.ended_at:
        if invitation.accepted != accepts:
            raise ValidationError(_("This invitation is over. Ask for a new one."))
        return
    _end(invitation, accepted=accepts)
    if accepts:
        grant_role(user=by, organisation=invitation.organisation, role=invitation.role)


@transaction.atomic
def take_back_invitation(*, invitation: MemberInvitation, by: User) -> None:
    """End an invitation that nobody has answered. Atomic, idempotent. Refuses who does not manage the organisation."""
    _require_manager(invitation.organisation, by)
    invitation = MemberInvitation.objects.select_for_update(no_key=True).get(pk=invitation.pk)
    if invitation.accepted:
        raise ValidationError(_("It was accepted in the meantime. End the role instead."))
    if invitation.ended_at is None:
        _end(invitation, accepted=False)


def _end(invitation: MemberInvitation, *, accepted: bool) -> None:
    MemberInvitation.objects.filter(pk=invitation.pk).update(ended_at=timezone.now(), accepted=accepted)


@transaction.atomic
def end_member(*, membership: Membership, by: User) -> None:
    """End somebody's role in an organisation that checks, as its manager or as herself. Atomic, idempotent.

    Refuses (ValidationError) anybody else, and the end of the last manager by anybody but the platform's people: nobody
    could then say who belongs to it.
    """
    organisation = Organisation.objects.select_for_update(no_key=True).get(pk=membership.organisation_id)
    if membership.user_id != by.pk:
        _require_manager(organisation, by)
    held = Membership.objects.filter(
        organisation=organisation, role=Membership.Role.MANAGER, until=None, user__is_active=True
    )
    is_last = membership.role == Membership.Role.MANAGER and not held.exclude(user=membership.user_id).exists()
    if is_last and not by.is_superuser:
        raise ValidationError(_("Nobody else manages this organisation. Make somebody else its manager first."))
    end_role(user=membership.user, organisation=organisation, role=membership.role)


@transaction.atomic
def stop_checking(*, organisation: Organisation, words: str, by: User) -> CheckingStop:
    """Let an organisation check nothing from now on, and tell its managers why. Atomic; idempotent while it is stopped.

    Refuses (ValidationError) who is not of the platform, and a stop without words.
    """
    _require_platform(by)
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    stopped = open_stop(organisation)
    if stopped:
        return stopped
    if not words.strip():
        raise ValidationError({"words": _("Say why: the organisation reads it.")})
    stop = CheckingStop.objects.create(organisation=organisation, words=words.strip(), by=by)
    _tell_managers(stop, "stop", "verification_stopped", words=stop.words)
    return stop


@transaction.atomic
def lift_stop(*, stop: CheckingStop, by: User) -> None:
    """Let the organisation check again, and tell its managers. Atomic, idempotent. Refuses who is not of the platform."""
    _require_platform(by)
    if CheckingStop.objects.filter(pk=stop.pk, lifted_at=None).update(lifted_at=timezone.now(), lifted_by=by):
        _tell_managers(stop, "lifted", "verification_lifted")


def _tell_managers(stop: CheckingStop, event: str, template: str, **context: Any) -> None:
    organisation = stop.organisation
    managers = Membership.objects.filter(
        role__in=MANAGING_ROLES, organisation=organisation, until=None, user__is_active=True
    )
    for held in managers.select_related("user"):
        enqueue_mail(
            key=f"{event}:{stop.uuid}:{held.user.uuid}",
            to=held.user.email,
            template=template,
            context={"organisation": organisation, "name": held.user.get_short_name(), **context},
            user=held.user,
        )


def forget_invitations(*, now: datetime) -> int:
    """Wipe the addresses of invitations that ended ninety days ago, and end those that nobody answered. Idempotent.

    How many addresses went.
    """
    over = now - timedelta(days=ADDRESS_DAYS)
    MemberInvitation.objects.filter(ended_at=None, at__lt=over).update(ended_at=now)
    return MemberInvitation.objects.filter(ended_at__lt=over).exclude(address="").update(address="")


def asked_and_invited(*, user: User) -> int:
    """How many applications and invitations say something of a person."""
    applied = Application.objects.filter(applicant=user).exclude(position="").count()
    return applied + _invitations_to(user).count()


def _invitations_to(user: User) -> QuerySet[MemberInvitation]:
    """Those to any address of hers, confirmed or not."""
    more = user.emailaddress_set.values_list("email", flat=True)  # type: ignore[attr-defined]
    return MemberInvitation.objects.filter(address__in={address.lower() for address in (user.email, *more)})


@transaction.atomic
def forget_invited(*, user: User) -> None:
    """End the invitations to a person's address, and wipe it. Atomic, idempotent. Before her account is closed."""
    invited = _invitations_to(user)
    invited.filter(ended_at=None).update(ended_at=timezone.now())
    invited.update(address="")


@transaction.atomic
def forget_applicant(*, user: User) -> None:
    """Erase what she was where she applied from. Atomic, idempotent. After her account is closed: the database asks."""
    applied = Application.objects.filter(applicant=user).exclude(position="")
    applied.update(position="", erased_at=timezone.now())


def _require_platform(by: User) -> None:
    if not (by.is_active and by.is_superuser):
        raise ValidationError(_("Only the platform's own people decide this."), code="no_right")


def _require_manager(organisation: Organisation, by: User) -> None:
    manages = has_role(by, organisation, *MANAGING_ROLES) or (by.is_active and by.is_superuser)
    if organisation.kind not in (Organisation.Kind.VERIFIER, Organisation.Kind.BOARD) or not manages:
        raise ValidationError(_("Only a manager says who belongs to the organisation."), code="no_right")
