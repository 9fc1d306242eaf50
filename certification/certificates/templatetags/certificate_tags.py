"""What pages of lower rooms show of certificates."""

from django import template

from certification.certificates.models import Certificate
from certification.certificates.selectors import certificate_of
from certification.records.models import TrainingRecord

register = template.Library()


@register.simple_tag
def issued_certificate(record: TrainingRecord) -> Certificate | None:
    """The certificate of a record that is in force or lapsed, None where there is none or it was revoked. One query."""
    certificate = certificate_of(record)
    return None if certificate is None or certificate.is_revoked else certificate
