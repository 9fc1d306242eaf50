"""Receipts of checks: what one holds, and whether it is as it was signed.

A receipt is a JWT by a key of the platform. Up to `MOST_INSIDE` lines stand in it; of more it holds the digest, and the
lines stand beside it in the receipt file. Either way no sign of a line can be changed.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from certification.certificates.rules import canonical, folded_name, sha256
from certification.keys.proofs import jws
from certification.keys.proofs.integrity import BadProofError

from .keyring import Keyring
from .outcome import Outcome

FORM = "palmar-receipt/1"
TYP = "palmar-receipt+jwt"
MOST_INSIDE = 500
MEMBERS = ({"form", "token"}, {"form", "token", "rows"})
"""The members of a receipt file, and no others: what nobody signed would pass for signed."""
PROOF_NOTE = (
    "It proves what was answered at that moment, and nothing of today: a certificate may have been revoked or replaced "
    "since. Ask again at the address of its code."
)
CHECKPOINT_NOTE = (
    "The checkpoints are the newest signed heads of the schools' hour logs at that moment. Whoever kept one can show that "
    "a log was rewritten before it; the receipt alone does not prove any hours."
)
NAME_NOTE = "Names stand in it as digests: sha256 of the salt, a line break, and the name as it was compared."


def name_digest(salt: str, name: str) -> str:
    """What a receipt holds of a name that was asked: who knows it can show it, who does not reads nothing."""
    return sha256(f"{salt}\n{folded_name(name)}".encode())


def rows_digest(rows: Sequence[Mapping[str, Any]]) -> str:
    """SHA-256 of the lines in canonical form (RFC 8785)."""
    return hashlib.sha256(canonical(list(rows)).encode()).hexdigest()


def receipt_claims(
    *,
    issuer: str,
    check: str,
    asked_by: Mapping[str, str],
    asked_at: str,
    second: int,
    salt: str,
    rows: Sequence[Mapping[str, Any]],
    checkpoints: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """What is signed: who asked (name and id of the organisation), when, what, what was answered, on what checkpoints."""
    listed: dict[str, Any] = {"rows": [dict(row) for row in rows]} if len(rows) <= MOST_INSIDE else {}
    return {
        "iss": issuer,
        "jti": f"urn:uuid:{check}",
        "iat": second,
        "form": FORM,
        "asked_by": dict(asked_by),
        "asked_at": asked_at,
        "salt": salt,
        "count": len(rows),
        "rows_sha256": rows_digest(rows),
        **listed,
        "checkpoints": [dict(one) for one in checkpoints],
    }


def is_receipt_token(token: str) -> bool:
    """Whether a token says of itself that it is a receipt."""
    try:
        return bool(jws.header_of(token).get("typ") == TYP)
    except BadProofError:
        return False


def check_receipt(token: str, keys: Keyring, rows: Any = None) -> Outcome:
    """Check a receipt, and the lines beside it, where there are any (None: there are none)."""
    outcome = Outcome("receipt", notes=[PROOF_NOTE])
    claims = _claims(outcome, token, keys)
    if claims is None:
        return outcome
    asked_by = claims.get("asked_by")
    asker = asked_by if isinstance(asked_by, dict) else {}
    outcome.about = f"{asker.get('name', '')} · {claims.get('asked_at', '')} · lines: {claims.get('count', '')}"
    outcome.credential, outcome.subject = str(claims.get("jti", "")), f"urn:uuid:{asker.get('id', '')}"
    method = str(jws.header_of(token)["kid"])
    own = bool(claims.get("iss")) and method.partition("#")[0] == claims.get("iss")
    outcome.add(
        "issuer",
        own,
        f"signed by a key of {claims['iss']} itself" if own else "it names one issuer, and another signed",
    )
    outcome.add(
        "asked",
        claims.get("form") == FORM,
        f"{asker.get('name', '')} ({asker.get('id', '')}) asked at {claims.get('asked_at')}"
        if claims.get("form") == FORM
        else "it is of a form that is not known here",
    )
    _rows(outcome, claims, rows)
    for one in _listed(claims.get("checkpoints")):
        outcome.notes.append(f"Checkpoint then: {one.get('log')}, size {one.get('size')}, root {one.get('root')}")
    outcome.notes += [CHECKPOINT_NOTE, NAME_NOTE]
    return outcome


def _claims(outcome: Outcome, token: str, keys: Keyring) -> dict[str, Any] | None:
    last = "no key of its issuer is known here"
    for choice in range(max(1, len(keys.keys))):
        try:
            claims = jws.verify_claims(token, lambda method, nth=choice: _nth(keys, method, nth), typ=TYP)  # type: ignore[misc]
        except BadProofError as error:
            if choice == 0 or "not known" not in str(error):
                last = str(error)
            continue
        outcome.add("signature", True, "the receipt is as it was signed, by a key of its issuer")
        return claims
    outcome.add("signature", False, last)
    return None


def _nth(keys: Keyring, method: str, choice: int) -> Mapping[str, Any] | None:
    found = keys.rsa(method)
    return found[choice] if choice < len(found) else None


def _rows(outcome: Outcome, claims: Mapping[str, Any], beside: Any) -> None:
    inside = claims.get("rows")
    rows = inside if isinstance(inside, list) else beside
    if not isinstance(rows, list):
        outcome.add(
            "answers",
            None,
            f"its {claims.get('count')} lines stand in the receipt file beside it: check that file to prove them",
        )
        return
    if isinstance(inside, list) and beside is not None and beside != inside:
        outcome.add("answers", False, "the lines beside the receipt are not those in it")
        return
    try:
        fits = rows_digest(rows) == claims.get("rows_sha256") and len(rows) == claims.get("count")
    except (ValueError, TypeError, RecursionError):
        fits = False
    if not fits:
        outcome.add("answers", False, "the lines are not those that were answered")
        return
    outcome.add("answers", True, f"every one of its {len(rows)} lines is as it was answered")
    if len(rows) <= MOST_INSIDE:
        outcome.notes += [_told(number, row) for number, row in enumerate(rows, start=1)]


def _told(number: int, row: Any) -> str:
    """One line for a person: what was asked and what was answered."""
    asked, told = (row.get("asked"), row.get("told")) if isinstance(row, dict) else ({}, {})
    asked, told = asked if isinstance(asked, dict) else {}, told if isinstance(told, dict) else {}
    parts = [f"{asked.get('code', '')}: {told.get('status', '')}"]
    parts += [str(told["kind"])] if told.get("kind") else []
    parts += [f"name {told['name']}"] if "name" in told else []
    claimed, answered = asked.get("claims"), told.get("claims")
    if isinstance(claimed, dict) and isinstance(answered, dict):
        parts += [f"{code} {minutes} min {answered.get(code, '')}" for code, minutes in claimed.items()]
    return f"Line {number}: " + ", ".join(parts)


def _listed(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
