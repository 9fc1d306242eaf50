"""Who may open an issued document: the graduate, who signs for its school, or whoever holds her link."""

from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404

from accounts.models import User
from accounts.selectors import has_role
from certification.certificates.access import may_read
from certification.certificates.models import Certificate, CertificateDocument
from certification.certificates.selectors import SIGNER_ROLES, certificate_by_code, document, has_documents, read_code

from . import rules
from .models import Consent
from .selectors import Shared, shared

Format = CertificateDocument.Format
NEEDS = {
    Format.PDF: rules.TOTALS,
    Format.JSON: rules.TOTALS,
    Format.JWT: rules.TOTALS,
    Format.PNG: rules.TOTALS,
    Format.NOTICE: rules.TOTALS,
    Format.TRANSCRIPT: rules.TRANSCRIPT,
    Format.CLR: rules.TRANSCRIPT,
}
"""What a consent must reach for a file to open under it. The certificate's own files print the hours by subject and no
course, place, grade or other school; those stand in the transcript alone. By its narrowest scope no file is handed out."""


@dataclass(frozen=True, slots=True)
class OpenedDocument:
    """An issued document (None while it is being made), and the consent that opened it, if one did."""

    document: CertificateDocument | None
    certificate: Certificate
    shared: Shared | None = None


def document_for(user: User, code: str, token: str, format: str = "pdf") -> OpenedDocument:
    """The issued bytes for this person or link; Http404 alike for no code, unknown and forbidden. At most 6 queries."""
    try:
        code = read_code(code)
    except ValidationError as error:
        raise Http404 from error
    # Both are asked whether or not the first finds anything, so that time tells nothing about a code.
    opened = shared(code, token)
    certificate = certificate_by_code(code)
    if certificate is None:
        raise Http404
    if may_read(user, certificate):
        opened = None
    elif opened is None or not rules.reaches(opened.consent.scope, NEEDS[Format(format)]):
        raise Http404
    issued = document(certificate, format)
    if format == CertificateDocument.Format.NOTICE and not certificate.is_revoked:
        raise Http404
    if issued is None and format != CertificateDocument.Format.NOTICE and has_documents(certificate):
        raise Http404  # one from before files of this format were made
    return OpenedDocument(issued, certificate, opened)


def revoked_certificate(user: User, code: str) -> Certificate:
    """A revoked certificate, for who signs for its school; Http404 for any other: who looked is the graduate's matter.

    Two queries.
    """
    try:
        certificate = certificate_by_code(read_code(code))
    except ValidationError as error:
        raise Http404 from error
    if certificate is None or not certificate.is_revoked or not has_role(user, certificate.school_id, *SIGNER_ROLES):
        raise Http404
    return certificate


def own_consent(user: User, code: str, uuid: UUID) -> Consent:
    """A link of a person's own certificate. Two queries."""
    consent = (
        Consent.objects.filter(uuid=uuid, certificate__code=code)
        .select_related("certificate__school", "certificate__record__learner")
        .first()
    )
    if consent is None or consent.certificate.record.learner.user_id != user.pk:
        raise Http404
    return consent
