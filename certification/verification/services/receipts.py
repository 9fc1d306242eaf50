"""Signs the receipts of checks, and signs them anew once a key has leaked."""

import base64
import json
import secrets
from collections.abc import Sequence
from datetime import UTC
from typing import Any

from django.conf import settings
from django.db import transaction

from certification.keys.proofs import did_of
from certification.keys.services import sign_statement
from certification.records.selectors import newest_checkpoints

from ..models import Check, CheckedItem, Receipt
from ..offline.receipt import FORM, MOST_INSIDE, TYP, receipt_claims, rows_digest
from ..selectors import asked_and_told, lines_of, receipt_of


def fresh_salt() -> str:
    """128 random bits for the names of one check."""
    return secrets.token_hex(16)


def make_receipt(*, check: Check, lines: Sequence[CheckedItem], salt: str) -> Receipt:
    """Sign what was asked and answered, on the newest checkpoints of the schools whose certificates were told of.

    Within the transaction of the check. Raises KeyFileError when the platform's private key is not there. At most five
    queries.
    """
    schools = {line.certificate.school_id for line in lines if line.certificate and line.status != "unknown"}
    claims = receipt_claims(
        issuer=platform_did(),
        check=str(check.uuid),
        asked_by={"name": check.organisation.name, "id": str(check.organisation.uuid)},
        asked_at=check.asked_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        second=int(check.asked_at.timestamp()),
        salt=salt,
        rows=[asked_and_told(line) for line in lines],
        checkpoints=[
            {"log": one.log.origin, "size": one.size, "root": one.root} for one in newest_checkpoints(schools)
        ],
    )
    token, key = sign_statement(claims, did=platform_did(), typ=TYP)
    return Receipt.objects.create(check_of=check, key=key, token=token)


@transaction.atomic
def receipt_to_hand_out(*, check: Check) -> Receipt:
    """The receipt of a check, signed anew where the key that signed it has leaked. Atomic; idempotent.

    The same words under the new key; the old bytes stay. Raises as `make_receipt`.
    """
    newest = receipt_of(check)
    if newest.key.compromised_at is None:
        return newest
    Check.objects.select_for_update(of=("self",)).get(pk=check.pk)
    newest = receipt_of(check)
    if newest.key.compromised_at is None:
        return newest
    token, key = sign_statement(_claims_of(newest.token), did=platform_did(), typ=TYP)
    return Receipt.objects.create(check_of=check, version=newest.version + 1, key=key, token=token)


def receipt_file(*, check: Check) -> bytes:
    """The file that is kept: the signed token, and beside it the lines where they are too many to stand in it."""
    token = receipt_to_hand_out(check=check).token
    told: dict[str, Any] = {"form": FORM, "token": token}
    if check.items > MOST_INSIDE:
        told["rows"] = _rows_as_signed(check, token)
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def _rows_as_signed(check: Check, token: str) -> list[dict[str, dict[str, Any]]]:
    """The lines as the receipt's digest has them: answers did not always say the kind of a certificate."""
    rows = [asked_and_told(line) for line in lines_of(check)]
    if rows_digest(rows) != _claims_of(token)["rows_sha256"]:
        for row in rows:
            row["told"].pop("kind")
    return rows


def _claims_of(token: str) -> dict[str, Any]:
    """What a receipt of our own says; its signature is not looked at."""
    payload = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return claims


def platform_did() -> str:
    """The DID by which the platform itself signs."""
    return did_of(settings.BASE_URL)
