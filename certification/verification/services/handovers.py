"""Writes hand-overs: what a graduate asks her school to send itself, that it went or why not; reminds the school."""

import uuid as uuids
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership, Organisation, User
from accounts.selectors import choosers_of, has_role, holders_of
from certification.certificates.models import Certificate, CertificateDocument
from certification.certificates.selectors import document
from certification.records.models import TrainingRecord
from certification.records.selectors import closing_of
from notices.services import enqueue_mail

from .. import handovers, rules
from ..models import Consent, Delivery, Disclosure, HandOver, Way
from ..selectors import hand_over_state, token_of
from ..selectors.handovers import waiting_hand_overs
from ..wording import told
from .consents import SignedIn, note_look, require_owner, share_certificate, still_open
from .sendings import send_link


def ask_hand_over(
    *,
    certificate: Certificate,
    by: User,
    recipient: str,
    way: str,
    address: str,
    purpose: str,
    until_on: date,
    signed_name: str,
    signed_in: SignedIn | None = None,
    source_key: str = "",
) -> HandOver:
    """Ask the school to send the sealed transcript to somebody itself, under a consent that this signs.

    Atomic; idempotent by `source_key`, as `share_certificate`, whose refusals hold here too. Refuses (ValidationError, by
    field) a certificate without a transcript, one that was revoked or replaced, nobody named, an unknown way, and no
    place to send it to. Who sends for the school gets a mail.
    """
    require_owner(certificate, by)
    asked = HandOver.objects.filter(consent__certificate=certificate, consent__source_key=source_key)
    made_before = asked.select_related("consent").first() if source_key else None
    if made_before:
        return made_before
    recipient, address = " ".join(recipient.split())[:200], " ".join(address.split())[:300]
    if document(certificate, CertificateDocument.Format.TRANSCRIPT) is None:
        raise ValidationError(_("This certificate has no transcript, or it is still being made."), code="no_transcript")
    if certificate.is_revoked or certificate.is_superseded:
        raise ValidationError(_("This certificate holds no more. Ask for the one that took its place."), code="over")
    if not recipient:
        raise ValidationError({"recipient": _("Name who gets the transcript: your consent is for them.")})
    if way not in Way.values:
        raise ValidationError({"way": _("Choose how it goes there.")})
    _require_address(way, address)
    with transaction.atomic():
        consent, _token = share_certificate(
            certificate=certificate,
            by=by,
            scope=Consent.Scope.TRANSCRIPT,
            purpose=purpose,
            until_on=until_on,
            signed_name=signed_name,
            recipient=recipient,
            handed=(str(Way(way).label), address),
            signed_in=signed_in,
            source_key=source_key,
        )
        made, fresh = HandOver.objects.get_or_create(
            consent=consent,
            defaults={"way": way, "address": address, "due_on": handovers.due_on(certificate.today(), until_on)},
        )
        if fresh:
            _tell_school(made, certificate, "verification_handover_asked", "asked")
    return made


def is_mail_address(address: str) -> bool:
    """Whether a mail can go there."""
    try:
        EmailValidator()(address)
    except ValidationError:
        return False
    return True


def _require_address(way: str, address: str) -> None:
    if way == Way.MAIL and not is_mail_address(address):
        raise ValidationError({"address": _("Write the e-mail address: office@board.example.")})
    if not address:
        raise ValidationError({"address": _("Write where it goes: the street, or the website.")})


@transaction.atomic
def hand_over(
    *, hand_over: HandOver, by: User, way: str, key: str, sent_on: date | None = None, reference: str = ""
) -> Delivery:
    """Write down that the sealed transcript went; by e-mail it goes with this, as the graduate's own link.

    Atomic; idempotent by `key`, one for each press of the button. `sent_on` is a day at the school (none: today): what
    went while she consented may be noted after that. The graduate's log gets a look, and she a mail. Refuses
    (ValidationError) who neither keeps nor signs for the school, what was declined, a day before it was asked or after
    today, one on which her consent did not hold or the certificate was revoked or replaced, and, but by e-mail, nothing by
    which it is known there.
    """
    held = _held(hand_over, by)
    uuid = uuids.uuid5(held.uuid, key)
    went = Delivery.objects.filter(uuid=uuid).first()
    if went:
        return went
    consent, certificate = held.consent, held.consent.certificate
    today = certificate.today()
    if held.declined_at:
        raise ValidationError(_("This was declined. If she asks again, that is a request of its own."), code="declined")
    if way not in Way.values:
        raise ValidationError({"way": _("Choose how it went.")})
    sent_on = today if way == Way.MAIL else sent_on or today
    if sent_on > today or sent_on < certificate.day_of(consent.granted_at):
        raise ValidationError({"sent_on": _("Choose a day from when she asked until today.")})
    withdrawn = certificate.day_of(consent.withdrawn_at) if consent.withdrawn_at else None
    if sent_on > consent.until_on or (withdrawn and (way == Way.MAIL or sent_on > withdrawn)):
        raise ValidationError(
            _("Her consent has ended or was withdrawn, so nothing may go. If it went before that, note the day."),
            code="ended",
        )
    if (over := _over_on(certificate)) and sent_on >= over:
        raise ValidationError(
            _(
                "This certificate was revoked or replaced, so its transcript may not go. If it went before, note the day."
            ),
            code="over",
        )
    reference = " ".join(reference.split())[:200]
    if way != Way.MAIL and not reference:
        raise ValidationError({"reference": _("Write its number there, or who took it: that is what proves it later.")})
    issued = document(certificate, CertificateDocument.Format.TRANSCRIPT)
    if issued is None:
        raise ValidationError(_("This certificate has no transcript, or it is still being made."), code="no_transcript")
    if way == Way.MAIL:
        if not is_mail_address(held.address):
            raise ValidationError(
                {"way": _("She gave no e-mail address. Choose another way, or ask her to ask again.")}
            )
        if not token_of(consent):
            raise ValidationError(_("The link can no longer be shown. Choose another way, or ask her to ask again."))
        send_link(consent=consent, address=held.address, by=by, key=f"handover:{key}", handed=True)
    went = Delivery.objects.create(
        uuid=uuid,
        hand_over=held,
        way=way,
        sent_on=sent_on,
        reference=reference,
        sha256=issued.sha256,
        by=by,
    )
    state = "expired" if certificate.expires_on and certificate.expires_on < sent_on else "valid"
    note_look(consent=consent, face=Disclosure.Face.SCHOOL, told=told(state, "name", "totals", "transcript"))
    _tell_graduate(held, "verification_handover_done", f"done:{uuid}", delivery=went)
    return went


def _over_on(certificate: Certificate) -> date | None:
    """The day from which a certificate was revoked or replaced; None while it holds."""
    days = [certificate.revocation.revoked_on] if certificate.is_revoked else []
    days += [certificate.superseded_by.issued_on] if certificate.is_superseded else []
    return min(days, default=None)


@transaction.atomic
def decline_hand_over(*, hand_over: HandOver, by: User, words: str) -> HandOver:
    """Say why a transcript is not handed over; the graduate gets the words by mail. Atomic, idempotent.

    Refuses (ValidationError) who neither keeps nor signs for the school, no words, and what went already.
    """
    held = _held(hand_over, by)
    words = " ".join(words.split())[:600]
    if held.declined_at:
        return held
    if not words:
        raise ValidationError({"words": _("Say why, and what she can do. She reads these words.")})
    if held.deliveries.exists():
        raise ValidationError(_("It went already, so it cannot be declined."), code="went")
    if hand_over_state(held) not in handovers.OPEN:
        raise ValidationError(_("She withdrew it, or it has ended: there is nothing left to decline."), code="ended")
    held.declined_at, held.declined_by, held.declined_words = timezone.now(), by, words
    held.save(update_fields=["declined_at", "declined_by", "declined_words"])
    _tell_graduate(held, "verification_handover_declined", "declined")
    return held


def remind_of_hand_overs(*, now: datetime) -> int:
    """Mail who sends for a school what is soon late and what is late, and a graduate that hers ended without having
    gone, once each; how many. Idempotent."""
    count = 0
    for found in waiting_hand_overs(before=now.date() + timedelta(days=handovers.SOON + 1)):
        with transaction.atomic():
            count += _remind(found.pk, now)
    return count


def _remind(pk: int, now: datetime) -> int:
    held = _locked(pk)
    state = hand_over_state(held, now=now)
    if state not in (handovers.DUE, handovers.LATE, handovers.ENDED) or held.told == state:
        return 0
    held.told = state
    held.save(update_fields=["told"])
    certificate = held.consent.certificate
    if state == handovers.ENDED:
        _tell_graduate(held, "verification_handover_ended", state)
        return 1
    days = (held.due_on - certificate.day_of(now)).days
    _tell_school(held, certificate, "verification_handover_due", state, late=state == handovers.LATE, days=days)
    return 1


def hand_over_words_behind(*, record: TrainingRecord, open_too: bool = True) -> int:
    """How many hand-overs hold words: where it goes, why not, under what number it went. Without `open_too` those that
    still wait are left out."""
    return _with_words(record, open_too).count() + _with_reference(record).count()


@transaction.atomic
def erase_hand_over_words(*, record: TrainingRecord, open_too: bool = True) -> int:
    """Erase those words; that, when, how and which bytes stay. Below its Erasure alone."""
    now = timezone.now()
    gone = _with_reference(record).update(reference="", erased_at=now)
    return gone + _with_words(record, open_too).update(address="", declined_words="", erased_at=now)


def _with_words(record: TrainingRecord, open_too: bool) -> QuerySet[HandOver]:
    rows = HandOver.objects.filter(consent__certificate__record=record).exclude(address="", declined_words="")
    return rows if open_too else rows.exclude(consent__in=still_open(record))


def _with_reference(record: TrainingRecord) -> QuerySet[Delivery]:
    return Delivery.objects.filter(hand_over__consent__certificate__record=record).exclude(reference="")


def _locked(pk: int) -> HandOver:
    rows = HandOver.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("consent__certificate__school", "consent__certificate__record__learner__user").get(pk=pk)


def _held(hand_over: HandOver, by: User) -> HandOver:
    held = _locked(hand_over.pk)
    if not has_role(by, held.consent.certificate.school_id, *rules.SENDING_ROLES):
        raise ValidationError(_("Only who keeps or signs for the school sends its certificates."), code="no_right")
    return held


def _senders(school: Organisation) -> tuple[dict[int, User], bool]:
    """Who sends for a school; of one that closed without a custodian who can name one, and that it is so."""
    if closing_of(school) is None:
        roles = (Membership.Role.REGISTRAR, Membership.Role.ADMIN)
        return {person.pk: person for role in roles for person in holders_of(school, role)}, False
    keepers = {person.pk: person for person in holders_of(school, Membership.Role.CUSTODIAN)}
    return (keepers, False) if keepers else ({person.pk: person for person in choosers_of(school)}, True)


def _tell_school(one: HandOver, certificate: Certificate, template: str, step: str, **more: Any) -> None:
    people, nobody_keeps = _senders(certificate.school)
    for person in people.values():
        enqueue_mail(
            key=f"handover:{one.uuid}:{step}:{person.uuid}",
            to=person.email,
            template=template,
            context={
                "hand_over": one,
                "certificate": certificate,
                "name": person.get_short_name(),
                "nobody_keeps": nobody_keeps,
                **more,
            },
            user=person,
        )


def _tell_graduate(one: HandOver, template: str, step: str, **more: Any) -> None:
    certificate = one.consent.certificate
    graduate = certificate.record.learner.user
    if graduate is None or not graduate.is_active:
        return
    enqueue_mail(
        key=f"handover:{one.uuid}:{step}",
        to=graduate.email,
        template=template,
        context={"hand_over": one, "certificate": certificate, "name": graduate.get_short_name(), **more},
        user=graduate,
    )
