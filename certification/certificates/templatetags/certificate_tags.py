"""What pages of lower rooms show of certificates."""

from collections.abc import Iterable

from django import template

from certification.certificates.models import Certificate, CertificateDocument
from certification.certificates.selectors import approvals_of, certificate_of
from certification.records.models import TrainingRecord

register = template.Library()


@register.filter
def newest(files: Iterable[CertificateDocument]) -> list[CertificateDocument]:
    """Of a certificate's files the newest of each format, in their order. No query."""
    files = list(files)
    return [one for one in files if not any(_replaces(other, one) for other in files)]


@register.filter
def older(files: Iterable[CertificateDocument]) -> list[CertificateDocument]:
    """Of a certificate's files those in whose place others were signed. No query."""
    files = list(files)
    return [one for one in files if any(_replaces(other, one) for other in files)]


def _replaces(one: CertificateDocument, other: CertificateDocument) -> bool:
    return one.format == other.format and one.version > other.version


@register.simple_tag
def issued_certificate(record: TrainingRecord) -> Certificate | None:
    """The certificate of a record that is in force or lapsed, None where there is none or it was revoked. One query."""
    certificate = certificate_of(record)
    return None if certificate is None or certificate.is_revoked else certificate


@register.simple_tag
def approved_minutes(record: TrainingRecord) -> int:
    """Minutes of the course for which NCBTMB or Florida approved a record's program; 0 where it is no such course.

    What its certificate needs is this much; the rules that judge the record are those of a whole renewal. One query.
    """
    return max((one.minutes for one in approvals_of(record)), default=0)
