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

from accounts.models import Organisation
from certification.keys import services as keys
from certification.keys.models import SigningKey
from certification.keys.selectors import keys_in_use
from certification.records.models import Checkpoint
from notices.services import enqueue_mail

from .. import baking, credentials, documents, kinds, rules
from ..documents.seal import seal
from ..models import Achievement, Certificate, CertificateDocument, FileSigning, StatusList, StatusPlace
from ..selectors import look_files, notices_to_seal_anew, signed_by_leaked, to_sign_anew
from .lists import fresh_list, list_address, reserve_places, school_did
from .notices import make_notice_anew
from .rounds import A_ROUND, one_by_one

log = logging.getLogger("palmar.certificates")
Format = CertificateDocument.Format
Purpose = SigningKey.Purpose
SIGNERS = (Purpose.CREDENTIAL, Purpose.TOKEN, Purpose.SEAL)
"""The keys that sign the files of a certificate."""


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

    Nobody is told of one that was revoked or replaced meanwhile.

    Raises KeyFileError when a private key is not there, CannotDrawError and UnsignableError for facts that cannot be
    drawn or signed.
    """
    certificate = (
        Certificate.objects.select_for_update(of=("self",))
        .select_related("school", "record__learner__user", "supersedes", "proposal", "revocation", "superseded_by")
        .get(pk=certificate.pk)
    )
    kept = list(certificate.documents.exclude(format=Format.NOTICE))
    if kept:
        return kept
    made = _make(certificate, version=1)
    if not certificate.is_revoked and not certificate.is_superseded:
        _tell(certificate)
    return made


@transaction.atomic
def make_documents_anew(*, certificate: Certificate) -> list[CertificateDocument]:
    """Sign every file of a certificate anew, under the keys in use, where a key that signed the newest ones has leaked.

    Atomic; idempotent: without a leak since, the newest files are returned. The old bytes stay; downloads serve the new
    ones, and the graduate is told once. Raises as `make_documents`.
    """
    certificate = (
        Certificate.objects.select_for_update(of=("self",))
        .select_related("school", "record__learner__user", "revocation", "superseded_by")
        .get(pk=certificate.pk)
    )
    last = certificate.signings.order_by("-version").first()
    if last is None or not signed_by_leaked(certificate):
        kept = certificate.documents.exclude(format=Format.NOTICE)
        return list(kept.filter(version=last.version if last else 1))
    made = _make(certificate, version=last.version + 1)
    if not certificate.is_revoked and not certificate.is_superseded:
        _tell_anew(certificate, last.version + 1)
    return made


def _make(certificate: Certificate, *, version: int) -> list[CertificateDocument]:
    now = timezone.now().replace(microsecond=0)
    did = school_did(certificate.school)
    while True:
        used = {one: keys.ensure_key(purpose=one, name=did, holder=certificate.school_name) for one in SIGNERS}
        with documents.look.files(look_files(certificate.school, certificate.facts)):
            bodies = _bodies(certificate, now)
        # A key that was changed meanwhile signed some of them and not others.
        if used.items() <= keys_in_use(did).items():
            break
    made = CertificateDocument.objects.bulk_create(
        CertificateDocument(
            certificate=certificate,
            format=format_,
            version=version,
            body=body,
            sha256=rules.sha256(body),
            created_at=now,
        )
        for format_, body in bodies.items()
    )
    FileSigning.objects.create(
        certificate=certificate,
        version=version,
        credential_key=used[Purpose.CREDENTIAL],
        token_key=used[Purpose.TOKEN],
        seal_key=used[Purpose.SEAL],
        made_at=now,
    )
    for found in StatusList.objects.filter(places__certificate=certificate, signed_at=None).distinct():
        fresh_list(found)  # whoever reads the files asks for it
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


def _tell_anew(certificate: Certificate, version: int) -> None:
    graduate = certificate.record.learner.user
    if graduate and graduate.is_active:
        enqueue_mail(
            key=f"certificate:{certificate.uuid}:signed-anew:{version}",
            to=graduate.email,
            template="certificates_signed_anew",
            context={"certificate": certificate, "name": graduate.get_short_name()},
            user=graduate,
        )


def sign_anew(*, school: Organisation | None = None, limit: int = A_ROUND) -> tuple[int, int]:
    """Make new files where a key that signed the newest has leaked; how many were made, and how many could not be.

    Notices of revocation too. Each is a transaction of its own; one that cannot be signed is logged and keeps none of
    the others waiting, a private key that is away ends the round. Safe to run twice at once, and to go on after a stop.
    """
    done = failed = 0
    for found, make in ((to_sign_anew(school), make_documents_anew), (notices_to_seal_anew(school), make_notice_anew)):
        for certificate in one_by_one(found):
            if done == limit:
                return done, failed
            try:
                make(certificate=certificate)
                done += 1
            except keys.KeyFileError as error:
                log.error("files wait for the school's key to be signed anew: %s", error)
                return done, failed + 1
            except (ValueError, LookupError) as error:  # CannotDrawError, UnsignableError, a file of the look is gone
                failed += 1
                log.error("the files of certificate %s cannot be signed anew: %s", certificate.uuid, error)
    return done, failed


def due_papers() -> int:
    """Make the files that are missing, as after a crash or a lost key; for how many certificates.

    One whose facts can be neither drawn nor signed is logged and keeps none of the others waiting.
    """
    done = 0
    made = CertificateDocument.objects.filter(certificate=OuterRef("pk")).exclude(format=Format.NOTICE)
    for certificate in one_by_one(Certificate.objects.filter(~Exists(made))):
        try:
            make_documents(certificate=certificate)
            done += 1
        except keys.KeyFileError as error:
            log.error("the files of a certificate wait for the school's key: %s", error)
            break
        except (ValueError, LookupError) as error:  # CannotDrawError, UnsignableError, a file of the look that is gone
            log.error("the files of certificate %s cannot be made: %s", certificate.uuid, error)
        if done == A_ROUND:
            break
    return done
