"""Makes evidence bundles: everything that proves one learner's hours, checkable offline (docs/evidence.md)."""

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone

from certification.certificates.models import Certificate, CertificateDocument, StatusList
from certification.certificates.services import list_address, school_did
from certification.keys.proofs import contexts
from certification.keys.selectors import document_of
from certification.records.models import Checkpoint, TrainingRecord
from certification.records.rules import exports, instant
from certification.records.selectors.exports import packs_told
from certification.records.services import export_record
from certification.requirements.selectors import labelled

from .offline.bundle import FORM, INDEX

Format = CertificateDocument.Format
NAMES = {
    Format.JSON: "certificate.json",
    Format.JWT: "certificate.jwt",
    Format.PNG: "badge.png",
    Format.PDF: "certificate.pdf",
    Format.TRANSCRIPT: "transcript.pdf",
    Format.CLR: "transcript.json",
    Format.NOTICE: "notice.pdf",
}
"""The names under which issued files lie in a bundle; others keep their format's."""


def evidence_bundle(*, record: TrainingRecord) -> bytes:
    """The record's export in its learner's copy, with every certificate that was issued on it, as a ZIP.

    What `verify_credential` needs lies in it: files, frozen facts, the versions of the rules that judged, signed heads
    of the log, DID documents, status lists and contexts, all as of now. Writes nothing. Some fifteen queries for the
    record, and six for each certificate.
    """
    school = record.school
    did = school_did(school)
    parts: dict[str, bytes] = {}
    listed = []
    certificates = (
        Certificate.objects.filter(record=record)
        .select_related("school", "revocation", "superseded_by")
        .order_by("issued_at", "pk")
    )
    for certificate in certificates:
        folder = f"certificates/{certificate.code}/"
        parts |= {f"{folder}{name}": body for name, body in _of_certificate(certificate).items()}
        listed.append(
            {
                "code": certificate.code,
                "kind": certificate.kind,
                "state": certificate.state,
                "issued_on": certificate.issued_on.isoformat(),
                "address": f"{settings.BASE_URL}/verify/{certificate.code}",
            }
        )
    document = document_of(did)
    if document is not None:
        parts[f"did/{school.slug}.json"] = exports.json_page(document)
    lists = StatusList.objects.filter(places__certificate__record=record).exclude(body="").distinct().order_by("pk")
    parts |= {f"status/{one.uuid}.json": one.body.encode() for one in lists}
    for address, body in contexts.texts().items():
        parts[f"contexts/{contexts.PINNED[address][0]}"] = body
    parts["EVIDENCE.txt"] = render_to_string(
        "verification/evidence.txt",
        {"record": record, "school": school, "certificates": listed, "base": settings.BASE_URL},
    ).encode()
    parts[INDEX] = exports.json_page(
        {
            "form": FORM,
            "made_at": instant(timezone.now()),
            "record": str(record.uuid),
            "did": did,
            "certificates": listed,
            "status_lists": [list_address(one) for one in lists],
            "contexts": {address: digest for address, (_name, digest) in contexts.PINNED.items()},
        }
    )
    heads = [certificate.log_size for certificate in certificates]
    return export_record(record=record, whole=False, more=parts, heads=heads)


def _of_certificate(certificate: Certificate) -> dict[str, bytes]:
    """The parts of one certificate by their names."""
    # Oldest first: of files that were signed anew the newest stay.
    parts = {
        NAMES.get(Format(document.format), document.format): bytes(document.body)
        for document in certificate.documents.order_by("pk")
    }
    parts["facts.json"] = certificate.data.encode()
    parts["evaluation.json"] = certificate.evaluation.encode()
    head = Checkpoint.objects.filter(log__school=certificate.school, size=certificate.log_size).first()
    if head is not None:
        parts["checkpoint.txt"] = head.note.encode()
    rule_set = labelled(certificate.rule_set)
    if rule_set is not None:
        parts |= {f"rules/{label}.yaml": text.encode() for label, text in packs_told([rule_set]).items()}
    return parts
