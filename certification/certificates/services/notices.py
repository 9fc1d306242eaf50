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
from certification.keys.models import SigningKey
from certification.keys.selectors import keys_in_use

from .. import documents, rules
from ..documents import notice
from ..documents.seal import seal
from ..models import Certificate, CertificateDocument
from ..selectors import look_files, notices_to_seal_anew, printed_name
from .lists import school_did
from .rounds import A_ROUND, one_by_one

log = logging.getLogger("palmar.certificates")
Format = CertificateDocument.Format
Purpose = SigningKey.Purpose


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
    kept = certificate.documents.filter(format=Format.NOTICE).order_by("-version").first()
    return kept or _make(certificate, version=1)


@transaction.atomic
def make_notice_anew(*, certificate: Certificate) -> CertificateDocument | None:
    """Seal the notice of a revocation anew, where a key that sealed the newest one has leaked. Atomic; idempotent.

    Without a leak since, the newest is returned, and None where there is none. The old bytes stay; downloads serve the
    new ones. Raises as `make_notice`.
    """
    certificate = (
        Certificate.objects.select_for_update(of=("self",))
        .select_related("school", "revocation__by")
        .get(pk=certificate.pk)
    )
    newest = certificate.documents.filter(format=Format.NOTICE).order_by("-version").first()
    if newest is None or not notices_to_seal_anew().filter(pk=certificate.pk).exists():
        return newest
    return _make(certificate, version=newest.version + 1)


def _make(certificate: Certificate, *, version: int) -> CertificateDocument:
    did, by = school_did(certificate.school), printed_name(certificate.revocation.by, certificate.school)
    with documents.look.files(look_files(certificate.school, certificate.facts)):
        drawn = documents.draw("notice.typ", lambda _facts: notice.sheet_of(certificate, by=by), certificate.facts)
    while True:
        key = keys.ensure_key(purpose=Purpose.SEAL, name=did, holder=certificate.school_name)
        now: datetime = timezone.now()
        stamp = keys.seal_of(did=did, holder=certificate.school_name)
        body = seal(drawn, key=stamp.key, certificate=stamp.certificate)
        # By `created_at` a leak is traced to what it sealed: the key must be the same before and after.
        if keys_in_use(did).get(Purpose.SEAL) == key:
            break
    return CertificateDocument.objects.create(
        certificate=certificate,
        format=Format.NOTICE,
        version=version,
        body=body,
        sha256=rules.sha256(body),
        created_at=now,
    )


def due_notices() -> int:
    """Make the notices that are missing, as after a crash or a lost key; how many."""
    done = 0
    missing = Certificate.objects.filter(revocation__isnull=False).exclude(documents__format=Format.NOTICE)
    for certificate in one_by_one(missing):
        try:
            make_notice(certificate=certificate)
            done += 1
        except keys.KeyFileError as error:
            log.error("a notice of revocation waits for the school's key: %s", error)
            break
        except (ValueError, LookupError) as error:  # CannotDrawError, a file of the look that is not there
            log.error("the notice of certificate %s cannot be made: %s", certificate.uuid, error)
        if done == A_ROUND:
            break
    return done
