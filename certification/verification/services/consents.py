"""Writes what a graduate allows: consents to a party or by a link, their withdrawal, hiding the code; notes each look."""

import uuid as uuids
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from certification.certificates import rules as certificate_rules
from certification.certificates.models import Certificate
from certification.records.models import TrainingRecord

from .. import rules
from ..models import PARTY_KINDS, Consent, Disclosure, Visibility
from ..selectors import derived_token, is_hidden, token_of
from ..wording import statement_of
from .inserting import insert_all

LONGEST_DAYS = 366
TOLD = 500
"""Signs of what was told that one look keeps."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """How the graduate had proved who she is in the session in which she signs: when, and by what (password, code)."""

    at: datetime
    by: str = ""


def share_certificate(
    *,
    certificate: Certificate,
    by: User,
    scope: str,
    purpose: str,
    until_on: date,
    signed_name: str,
    party: Organisation | None = None,
    recipient: str = "",
    handed: tuple[str, str] | None = None,
    signed_in: SignedIn | None = None,
    source_key: str = "",
) -> tuple[Consent, str]:
    """Let a party, or whoever holds the returned token, see so much of a certificate until a day; (consent, token).

    With `party` the token is empty: it is that organisation's alone, by its name of today, whatever `recipient` says.
    `handed` says how and where the school itself is to send it. The sentence that she signs is kept word for word, in the
    language of the call. Atomic. Idempotent by `source_key`
    (per certificate): the same key gives the same consent back. Refuses (ValidationError, by field) anybody but the
    graduate, an unknown scope, a party that cannot be one or is closed, a missing purpose, a signature that is not her
    name, a day before today or more than a year ahead.
    """
    require_owner(certificate, by)
    source_key = source_key or f"link:{uuids.uuid4()}"
    made_before = _by_key(certificate, source_key)
    if made_before:
        return made_before, token_of(made_before)
    if scope not in Consent.Scope.values:
        raise ValidationError({"scope": _("Choose what may be seen.")})
    today = certificate.today()
    if party is not None:
        _require_party(party, certificate, today)
    purpose, signed_name = " ".join(purpose.split())[:200], " ".join(signed_name.split())[:200]
    if not purpose:
        raise ValidationError({"purpose": _("Say what they need it for, in a few words.")})
    if until_on < today:
        raise ValidationError({"until_on": _("That day is over. Choose today or a later day.")})
    if until_on > today + timedelta(days=LONGEST_DAYS):
        raise ValidationError({"until_on": _("A consent lasts a year at most. Choose an earlier day.")})
    if not any(certificate_rules.same_name(held, signed_name) for held in names_to_sign_with(certificate, by)):
        raise ValidationError({"signed_name": _("Sign with your own name, as it stands on the certificate.")})
    uuid = uuids.uuid4()
    token = "" if party else derived_token(str(uuid))
    recipient = party.name if party else " ".join(recipient.split())[:200]
    try:
        with transaction.atomic():
            consent = Consent.objects.create(
                uuid=uuid,
                certificate=certificate,
                granted_by=by,
                scope=scope,
                party=party,
                recipient=recipient,
                purpose=purpose,
                until_on=until_on,
                token_hash=rules.token_hash(token) if token else None,
                source_key=source_key,
                statement=statement_of(
                    certificate=certificate,
                    scope=scope,
                    recipient=recipient,
                    purpose=purpose,
                    until_on=until_on,
                    handed=handed,
                ),
                signed_name=signed_name,
                signed_in_at=signed_in.at if signed_in else None,
                signed_in_with=signed_in.by[:60] if signed_in else "",
            )
    except IntegrityError:  # the same request, a moment earlier
        consent = Consent.objects.select_related("certificate__school").get(
            certificate=certificate, source_key=source_key
        )
        return consent, token_of(consent)
    return consent, token


def names_to_sign_with(certificate: Certificate, by: User) -> list[str]:
    """The spellings of her name that sign: as printed on the certificate, and as she is called on file today."""
    spelled = [certificate.holder_name, certificate.facts["student"].get("latin", ""), by.legal_name, by.latin_name]
    return [name for name in spelled if name]


def _require_party(party: Organisation, certificate: Certificate, today: date) -> None:
    if party.kind not in PARTY_KINDS:
        raise ValidationError({"party": _("Only a school, a board or a verifier on file can be named.")})
    if party.pk == certificate.school_id:
        raise ValidationError({"party": _("This school issued the certificate and needs no consent to see it.")})
    if party.closed_on is not None and party.closed_on < today:
        raise ValidationError({"party": _("This organisation has closed. Make a link for who took over its work.")})


def _by_key(certificate: Certificate, source_key: str) -> Consent | None:
    rows = Consent.objects.filter(certificate=certificate, source_key=source_key)
    return rows.select_related("certificate__school").first()


@transaction.atomic
def withdraw_consent(*, consent: Consent, by: User) -> Consent:
    """Withdraw a consent at once and for good, a party's or a link's. Atomic, idempotent. Refuses anybody but the graduate."""
    require_owner(consent.certificate, by)
    Consent.objects.filter(pk=consent.pk, withdrawn_at=None).update(withdrawn_at=timezone.now())
    consent.refresh_from_db(fields=["withdrawn_at"])
    return consent


@transaction.atomic
def set_hidden(*, certificate: Certificate, by: User, hidden: bool) -> None:
    """Make the code answer as if it never was, or answer again. Atomic, idempotent. Refuses anybody but the graduate.

    Links that she shared go on opening: each is a consent of its own.
    """
    require_owner(certificate, by)
    if is_hidden(certificate) != hidden:
        Visibility.objects.create(certificate=certificate, hidden=hidden, by=by)


def note_look(*, consent: Consent, face: str, told: str) -> Disclosure:
    """Write down one look at private facts. Each look is its own row; a named party stands in it by its name of today."""
    return Disclosure.objects.create(**_look(consent), face=face, told=told[:TOLD])


def note_looks(*, looks: Iterable[tuple[Consent, str]], face: str) -> int:
    """Write down many looks by one face, each a consent and what was told under it; how many. A few queries in all."""
    rows = [Disclosure(**_look(consent), face=face, told=told[:TOLD]) for consent, told in looks]
    insert_all(rows)
    return len(rows)


def _look(consent: Consent) -> dict[str, Any]:
    return {"consent": consent, "who": consent.party.name if consent.party else "", "purpose": consent.purpose}


def withdraw_links(*, user: User) -> int:
    """Withdraw every open consent of a person whose account is closed: nobody is there to answer for it. How many."""
    return Consent.objects.filter(certificate__record__learner__user=user, withdrawn_at=None).update(
        withdrawn_at=timezone.now()
    )


def open_links(*, user: User) -> int:
    """How many consents of a person were not withdrawn."""
    return Consent.objects.filter(certificate__record__learner__user=user, withdrawn_at=None).count()


def still_open(record: TrainingRecord) -> QuerySet[Consent]:
    """The consents of a record that open something yet: what they say is in use."""
    # Days end at each school by its own clock: none is over before the day after it is, everywhere.
    still = timezone.now().date() - timedelta(days=1)
    return Consent.objects.filter(certificate__record=record, withdrawn_at=None, until_on__gte=still)


def consent_words_behind(*, record: TrainingRecord, open_too: bool = True) -> int:
    """How many consents hold words of hers: whom she named, what for, and her signature. Without `open_too` those that
    still open something are left out."""
    return _with_words(record, open_too).count()


@transaction.atomic
def erase_consent_words(*, record: TrainingRecord, open_too: bool = True) -> int:
    """Erase those words, here and in the looks; that, when, how far and to which party stays. Below its Erasure alone."""
    now = timezone.now()
    looks = Disclosure.objects.filter(consent__certificate__record=record).exclude(purpose="")
    (looks if open_too else looks.exclude(consent__in=still_open(record))).update(purpose="", erased_at=now)
    bare = {"recipient": "", "purpose": "", "statement": "", "signed_name": "", "erased_at": now}
    return _with_words(record, open_too).update(**bare)


def _with_words(record: TrainingRecord, open_too: bool) -> QuerySet[Consent]:
    bare = {"recipient": "", "purpose": "", "statement": "", "signed_name": ""}
    rows = Consent.objects.filter(certificate__record=record).exclude(**bare)
    return rows if open_too else rows.exclude(pk__in=still_open(record))


def require_owner(certificate: Certificate, by: User) -> None:
    """Refuse (ValidationError) anybody but the graduate."""
    if certificate.record.learner.user_id is None or certificate.record.learner.user_id != by.pk:
        raise ValidationError(_("Only the graduate decides who sees this certificate."), code="not_owner")
