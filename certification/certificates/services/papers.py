"""Makes the files of a certificate: signed credentials, the sealed PDF, the baked badge; kept byte for byte.

Signing takes a tenth of a second, so it runs in the task queue. All files of a certificate appear at once; a failure
leaves none, and the next tick tries again.
"""

import json
import logging
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django_tasks import task

from certification.keys import services as keys
from certification.records.models import Checkpoint
from notices.services import enqueue_mail

from .. import baking, credentials, documents, rules
from ..documents.seal import seal
from ..models import Achievement, Certificate, CertificateDocument, StatusPlace
from .lists import list_address, reserve_places, school_did

log = logging.getLogger("palmar.certificates")
Format = CertificateDocument.Format


@task()
def make_papers(certificate_id: int) -> None:
    """Make the files of one certificate; a failure is logged and tried again by the tick."""
    try:
        make_documents(certificate=Certificate.objects.get(pk=certificate_id))
    except keys.KeyFileError as error:
        log.error("the files of a certificate wait for the school's key: %s", error)


@transaction.atomic
def make_documents(*, certificate: Certificate) -> list[CertificateDocument]:
    """Sign and keep every file of a certificate, and tell the graduate. Atomic; idempotent: what is there stays.

    Raises KeyFileError when a private key is not there, CannotDrawError and UnsignableError for facts that cannot be
    drawn or signed.
    """
    certificate = (
        Certificate.objects.select_for_update(of=("self",))
        .select_related("school", "record__learner__user", "supersedes", "proposal")
        .get(pk=certificate.pk)
    )
    kept = list(certificate.documents.all())
    if kept:
        return kept
    now = timezone.now().replace(microsecond=0)
    bodies = _bodies(certificate, now)
    made = CertificateDocument.objects.bulk_create(
        CertificateDocument(
            certificate=certificate, format=format_, body=body, sha256=rules.sha256(body), created_at=now
        )
        for format_, body in bodies.items()
    )
    _tell(certificate)
    return made


def _bodies(certificate: Certificate, now: datetime) -> dict[str, bytes]:
    facts, school = certificate.facts, certificate.school
    did = school_did(school)
    house = credentials.House(settings.BASE_URL)
    issuer = credentials.Issuer(did, certificate.school_name)
    places = {
        part: credentials.StatusPlace(list_address(place.list), place.place)
        for part, place in reserve_places(certificate).items()
    }
    own, whole = places[StatusPlace.Part.CERTIFICATE], places[StatusPlace.Part.TRANSCRIPT]

    bare = credentials.badge(facts, house=house, issuer=issuer, status=own)
    _keep_achievement(certificate, bare["credentialSubject"]["achievement"])
    badge = keys.sign_document(bare, did=did, created=now)
    parts = [
        keys.sign_document(part, did=did, created=now)
        for part in credentials.category_badges(facts, house=house, issuer=issuer, status=whole)
    ]
    transcript = keys.sign_document(
        credentials.clr(facts, house=house, issuer=issuer, status=whole, certificate=badge, categories=parts),
        did=did,
        created=now,
    )
    badge_text, transcript_text = (json.dumps(one, ensure_ascii=False) for one in (badge, transcript))
    stamp = keys.seal_of(did=did, holder=certificate.school_name)
    # In the order in which people look for them.
    return {
        Format.PDF: seal(
            documents.completion_pdf(facts, credential=badge_text), key=stamp.key, certificate=stamp.certificate
        ),
        Format.TRANSCRIPT: seal(
            documents.transcript_pdf(facts, credential=transcript_text), key=stamp.key, certificate=stamp.certificate
        ),
        Format.PNG: baking.bake(documents.badge_png(facts), badge_text),
        Format.JSON: badge_text.encode(),
        Format.JWT: keys.sign_token(bare, did=did).encode(),
        Format.CLR: transcript_text.encode(),
    }


def _keep_achievement(certificate: Certificate, achievement: dict[str, object]) -> None:
    """Keep what the certificate is awarded for at the address that it names, word for word."""
    name = str(achievement["id"]).rpartition("/")[2]
    Achievement.objects.get_or_create(
        name=name, defaults={"school": certificate.school, "body": rules.canonical(achievement)}
    )


def _tell(certificate: Certificate) -> None:
    """Tell the graduate, with the signed head of the log, so that a copy lies with her."""
    graduate = certificate.record.learner.user
    if graduate is None:
        return
    note = Checkpoint.objects.filter(log__school=certificate.school, size=certificate.log_size).first()
    enqueue_mail(
        key=f"certificate:{certificate.uuid}:issued",
        to=graduate.email,
        template="certificates_replaced" if certificate.supersedes_id else "certificates_issued",
        context={
            "certificate": certificate,
            "before": certificate.supersedes,
            "name": graduate.get_short_name(),
            "note": note.note if note else "",
            "slug": certificate.school.slug,
        },
        user=graduate,
    )


def due_papers() -> int:
    """Make the files that are missing, as after a crash or a lost key; for how many certificates.

    One whose facts can be neither drawn nor signed is logged and keeps none of the others waiting.
    """
    done = 0
    for certificate in Certificate.objects.filter(documents=None).order_by("pk")[:50]:
        try:
            make_documents(certificate=certificate)
            done += 1
        except keys.KeyFileError as error:
            log.error("the files of a certificate wait for the school's key: %s", error)
            break
        except ValueError as error:  # CannotDrawError, UnsignableError
            log.error("the files of certificate %s cannot be made: %s", certificate.uuid, error)
    return done
