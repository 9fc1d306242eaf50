"""Consents of a graduate as tests give them: signed, for a purpose, through the service."""

from datetime import timedelta
from typing import Any

from certification.certificates.models import Certificate
from certification.verification import services
from certification.verification.models import Consent


def share(certificate: Certificate, **fields: Any) -> tuple[Consent, str]:
    """Everything, to whoever holds the link, for thirty days, unless `fields` say otherwise; (consent, token)."""
    given: dict[str, Any] = {
        "by": certificate.record.learner.user,
        "scope": "transcript",
        "purpose": "license",
        "until_on": certificate.today() + timedelta(days=30),
        "signed_name": certificate.holder_name,
    }
    return services.share_certificate(certificate=certificate, **{**given, **fields})
