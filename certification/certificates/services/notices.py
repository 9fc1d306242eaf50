"""Makes the notice of a revocation: a sealed PDF that says what no longer holds, since when, why, and whom to ask.

Made by the task queue like the other files; what failed is made by the next tick. Who had the certificate shown to her
by a consent is told by the registrar: `verification` lists them.
"""

import logging
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django_tasks import task

from certification.keys import services as keys

from .. import documents, rules
from ..documents import notice
from ..documents.seal import seal
from ..models import Certificate, CertificateDocument
from ..selectors import look_files
from .lists import school_did

log = logging.getLogger("palmar.certificates")
Format = CertificateDocument.Format


@task()
def make_notice_of(certificate_id: int) -> None:
    """Make the notice of one revocation; a failure is logged and tried again by the tick."""
    try:
        make_notice(certificate=Certificate.objects.get(pk=certificate_id))
    except keys.KeyFileError as error:
        log.error("a notice of revocation waits for the school's key: %s", error)


@transaction.atomic
def make_notice(*, certificate: Certificate) -> CertificateDocument | None:
    """Draw, seal and keep the notice of a certificate's revocation; None where it was not revoked. Atomic; idempotent.

    Raises KeyFileError when the private key is not there.
    """
    certificate = (
        Certificate.objects.select_for_update(of=("self",))
        .select_related("school", "revocation__by")
        .get(pk=certificate.pk)
    )
    if not certificate.is_revoked:
        return None
    kept = certificate.documents.filter(format=Format.NOTICE).first()
    if kept:
        return kept
    now: datetime = timezone.now().replace(microsecond=0)
    stamp = keys.seal_of(did=school_did(certificate.school), holder=certificate.school_name)
    with documents.look.files(look_files(certificate.school, certificate.facts)):
        drawn = documents.draw("notice.typ", lambda _facts: notice.sheet_of(certificate), certificate.facts)
    body = seal(drawn, key=stamp.key, certificate=stamp.certificate)
    return CertificateDocument.objects.create(
        certificate=certificate, format=Format.NOTICE, body=body, sha256=rules.sha256(body), created_at=now
    )


def due_notices() -> int:
    """Make the notices that are missing, as after a crash or a lost key; how many."""
    done = 0
    for certificate in Certificate.objects.filter(revocation__isnull=False).exclude(documents__format=Format.NOTICE)[
        :50
    ]:
        try:
            make_notice(certificate=certificate)
            done += 1
        except keys.KeyFileError as error:
            log.error("a notice of revocation waits for the school's key: %s", error)
            break
        except (ValueError, LookupError) as error:  # CannotDrawError, a file of the look that is not there
            log.error("the notice of certificate %s cannot be made: %s", certificate.uuid, error)
    return done
