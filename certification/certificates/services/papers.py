"""Makes the files of a certificate: signed credentials, the sealed PDF, the baked badge; kept byte for byte.

Signing takes a tenth of a second, so it runs in the task queue. All files of a certificate appear at once; a failure
leaves none, and the next tick tries again.
"""

import json
import logging
from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django_tasks import task

from certification.keys import services as keys
from certification.records.models import Checkpoint
from notices.services import enqueue_mail

from .. import baking, credentials, documents, kinds, rules
from ..documents.seal import seal
from ..models import Achievement, Certificate, CertificateDocument, StatusPlace
from ..selectors import look_files
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
        .select_related("school", "record__learner__user")
        .get(pk=certificate.pk)
    )
    kept = list(certificate.documents.exclude(format=Format.NOTICE))
    if kept:
        return kept
    now = timezone.now().replace(microsecond=0)
    with documents.look.files(look_files(certificate.school, certificate.facts)):
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

    behavior = kinds.of(certificate.kind)
    bare = credentials.badge(facts, house=house, issuer=issuer, status=own, award=behavior.award(facts))
    _keep_achievement(certificate, bare["credentialSubject"]["achievement"])
    badge = keys.sign_document(bare, did=did, created=now)
    badge_text = json.dumps(badge, ensure_ascii=False)
    stamp = keys.seal_of(did=did, holder=certificate.school_name)

    def sealed(pdf: bytes) -> bytes:
        return seal(pdf, key=stamp.key, certificate=stamp.certificate)

    makers: dict[str, Callable[[], bytes]] = {
        Format.PDF: lambda: sealed(behavior.pdf(facts, badge_text)),
        Format.PNG: lambda: baking.bake(documents.badge_png(facts, behavior.sheet), badge_text),
        Format.JSON: badge_text.encode,
        Format.JWT: keys.sign_token(bare, did=did).encode,
    }
    if Format.CLR in behavior.formats:
        parts = [
            keys.sign_document(part, did=did, created=now)
            for part in (
                *credentials.category_badges(facts, house=house, issuer=issuer, status=whole),
                credentials.record_badge(facts, house=house, issuer=issuer, status=whole),
            )
        ]
        record = credentials.clr(facts, house=house, issuer=issuer, status=whole, certificate=badge, categories=parts)
        record_text = json.dumps(keys.sign_document(record, did=did, created=now), ensure_ascii=False)
        makers[Format.TRANSCRIPT] = lambda: sealed(documents.transcript_pdf(facts, credential=record_text))
        makers[Format.CLR] = record_text.encode
    return {format_: makers[format_]() for format_ in behavior.formats}


def _keep_achievement(certificate: Certificate, achievement: dict[str, object]) -> None:
    """Keep what the certificate is awarded for at the address that it names, word for word."""
    name = str(achievement["id"]).rpartition("/")[2]
    Achievement.objects.get_or_create(
        name=name, defaults={"school": certificate.school, "body": rules.canonical(achievement)}
    )


def _tell(certificate: Certificate) -> None:
    """Tell the graduate, with the signed head of the log, so that a copy lies with her."""
    graduate = certificate.record.learner.user
    if graduate is None or not graduate.is_active:  # her account was closed, and has no address
        return
    note = Checkpoint.objects.filter(log__school=certificate.school, size=certificate.log_size).first()
    enqueue_mail(
        key=f"certificate:{certificate.uuid}:issued",
        to=graduate.email,
        template="certificates_issued",
        context={
            "certificate": certificate,
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
    made = CertificateDocument.objects.filter(certificate=OuterRef("pk")).exclude(format=Format.NOTICE)
    for certificate in Certificate.objects.filter(~Exists(made)).order_by("pk")[:50]:
        try:
            make_documents(certificate=certificate)
            done += 1
        except keys.KeyFileError as error:
            log.error("the files of a certificate wait for the school's key: %s", error)
            break
        except ValueError as error:  # CannotDrawError, UnsignableError
            log.error("the files of certificate %s cannot be made: %s", certificate.uuid, error)
    return done
