"""What was issued, by code, record, person and school; its files, lists and achievements."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from accounts.models import Organisation, User
from certification import codes
from certification.records.access import own_records
from certification.records.models import TrainingRecord

from .. import wording
from ..models import Achievement, Certificate, CertificateDocument, Kind, StatusList


def read_code(text: str) -> str:
    """The shown form of a typed code; refuses (ValidationError, one sentence) what is none. No query."""
    try:
        return codes.parse_code(text)
    except codes.BadCodeError as error:
        raise ValidationError(wording.bad_code(error), code="bad_code") from error


def with_state() -> QuerySet[Certificate]:
    """Certificates with all that their state needs and without their long facts. One query when read."""
    long = [f"{row}{column}" for row in ("", "superseded_by__") for column in ("data", "evaluation")]
    return Certificate.objects.select_related("school__closing", "revocation", "superseded_by").defer(*long)


def certificate_by_code(code: str) -> Certificate | None:
    """The certificate with this (shown) code, with all that its state needs. One query, found or not."""
    return with_state().filter(code=code).first()


def certificate_of(record: TrainingRecord, kind: str = Kind.COMPLETION, subject: str = "") -> Certificate | None:
    """The last certificate of a record's chain of one kind, with its files (without bytes). Two queries."""
    return (
        with_state()
        .filter(record=record, kind=kind, subject=subject, superseded_by=None)
        .select_related("proposed_by", "issued_by", "proposal", "revocation__by", "revocation__confirmation__by")
        .select_related("supersedes")
        .defer("supersedes__data", "supersedes__evaluation")
        .prefetch_related(_with_files())
        .first()
    )


RESTING = (Kind.COMPLETION, Kind.CE)
"""Kinds that say of a record's hours that they are all there. A letter says how many there were on a day."""


def rests_on(record: TrainingRecord) -> bool:
    """Whether a certificate of all the hours that was issued and not revoked rests on a record. One query."""
    return Certificate.objects.filter(record=record, kind__in=RESTING, revocation=None).exists()


def _with_files() -> Prefetch[Any]:
    """All files of certificates, the older versions too, without their bytes."""
    return Prefetch("documents", CertificateDocument.objects.defer("body").order_by("pk"))


def certificates_of(user: User) -> list[Certificate]:
    """A person's own certificates with their files (without bytes), newest first. Two queries."""
    found = (
        with_state()
        .filter(record__in=own_records(user))
        .select_related("supersedes", "proposal", "superseded_by__proposal")
        .defer("supersedes__data", "supersedes__evaluation")
        .prefetch_related(_with_files())
    )
    return list(found.order_by("-issued_at", "-pk"))


def certificate_with_files(certificate: Certificate) -> Certificate:
    """The certificate again, with its files (without bytes), its record and the one that follows it. Two queries."""
    rows = with_state().select_related("record__followed_by", "supersedes").prefetch_related(_with_files())
    return rows.get(pk=certificate.pk)


def records_without_certificate(user: User) -> list[TrainingRecord]:
    """A person's records that have none of all their hours yet. One query."""
    issued = Certificate.objects.filter(record=OuterRef("pk"), kind__in=RESTING)
    return list(own_records(user).filter(~Exists(issued)).select_related("school", "learner__user"))


def issued_by_schools(schools: Collection[Organisation]) -> QuerySet[Certificate]:
    """What these schools issued, newest first. One query."""
    return with_state().filter(school__in=schools).select_related("record", "issued_by").order_by("-issued_at", "-pk")


def certificates_on(record: TrainingRecord) -> list[Certificate]:
    """Every certificate that was issued on a record, oldest first. One query."""
    rows = (
        with_state()
        .filter(record=record)
        .select_related(
            "proposed_by", "issued_by", "revocation__by", "revocation__confirmation", "superseded_by__proposal"
        )
    )
    return list(rows.order_by("issued_at", "pk"))


def document(certificate: Certificate, format: str = "pdf") -> CertificateDocument | None:
    """The issued bytes in one format, as they were signed last. One query."""
    return CertificateDocument.objects.filter(certificate=certificate, format=format).order_by("-version").first()


def has_documents(certificate: Certificate) -> bool:
    """Whether its files were made. One query."""
    files = CertificateDocument.objects.filter(certificate=certificate)
    return files.exclude(format=CertificateDocument.Format.NOTICE).exists()


def achievement(name: UUID) -> Achievement | None:
    """What certificates of this name are awarded for. One query."""
    return Achievement.objects.filter(name=name).first()


def status_list(uuid: UUID) -> StatusList | None:
    """One list of what was revoked. One query."""
    return StatusList.objects.filter(uuid=uuid).first()
