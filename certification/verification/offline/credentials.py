"""Checks a credential by its proof or as a token: who signed it, when it holds, and each credential inside it."""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from certification.keys.proofs import integrity, jws
from certification.keys.proofs.integrity import BadProofError, UnsignableError

from .keyring import Keyring
from .outcome import Outcome

MOST_PARTS = 200
"""Credentials in one transcript; a stranger's could be made slow."""
STATUS_NOTE = (
    "Status was not checked: whether it was revoked or replaced since, no file can say. Ask at the address of the code."
)


def check_credential(
    document: Mapping[str, Any], keys: Keyring, at: datetime | None, *, kind: str = "credential"
) -> Outcome:
    """Check a credential with Data Integrity proofs, and those inside it.

    `at` is the moment for which it is asked; None: for when it was issued, whatever ended since.
    """
    outcome = Outcome(kind, about_of(document), id_of(document), str(subject_of(document) or ""), notes=[STATUS_NOTE])
    _proof(outcome, document, keys)
    _issuer(outcome, document)
    _dates(outcome, document, at)
    inside = parts_of(document)
    if len(inside) > MOST_PARTS:
        outcome.add(
            "credentials inside", False, f"it holds {len(inside)} credentials; {MOST_PARTS} are checked at most"
        )
        return outcome
    wrong = [name for part in inside if (name := _part(part, document, keys)) is not None]
    if inside:
        outcome.add(
            "credentials inside",
            not wrong,
            f"{len(wrong)} of {len(inside)} are not as they were signed: {', '.join(wrong[:5])}"
            if wrong
            else f"all {len(inside)} are signed by the same issuer, for the same person",
        )
    return outcome


def check_token(token: str, keys: Keyring, at: datetime | None) -> tuple[Outcome, dict[str, Any]]:
    """Check a credential as a token (VC-JWT, RS256), and the credential that it holds (empty where none can be read)."""
    outcome = Outcome("token", notes=[STATUS_NOTE])
    last = "no key of its issuer is known here"
    for choice in range(max(1, len(keys.keys))):
        try:
            credential = jws.verify_jwt(token, _nth(keys.rsa, choice))
        except BadProofError as error:
            if choice == 0 or "not known" not in str(error):
                last = str(error)
            continue
        outcome.about = about_of(credential)
        outcome.credential, outcome.subject = id_of(credential), str(subject_of(credential) or "")
        outcome.add("signature", True, "the token is as it was signed, by a key of its issuer")
        _issuer(outcome, credential, method=_kid(token))
        _dates(outcome, credential, at)
        return outcome, credential
    outcome.add("signature", False, last)
    return outcome, {}


def about_of(document: Mapping[str, Any]) -> str:
    """What a credential says of itself in one line; not believed before it is checked."""
    subject = document.get("credentialSubject")
    named = [
        str(one.get("identityHash", ""))
        for one in (subject.get("identifier") if isinstance(subject, Mapping) else None) or []
        if isinstance(one, Mapping) and one.get("identityType") == "name"
    ]
    issuer = document.get("issuer")
    school = str(issuer.get("name", "")) if isinstance(issuer, Mapping) else ""
    return " · ".join(part for part in (str(document.get("name", "")), *named, school) if part)


def id_of(document: Mapping[str, Any]) -> str:
    """The address that names a credential; empty where it has none."""
    found = document.get("id")
    return found if isinstance(found, str) else ""


def issuer_of(document: Mapping[str, Any]) -> str:
    """The DID of who says that it issued it; empty where it says nobody."""
    issuer = document.get("issuer")
    found = issuer.get("id") if isinstance(issuer, Mapping) else issuer
    return found if isinstance(found, str) else ""


def parts_of(document: Mapping[str, Any]) -> Sequence[Any]:
    """The credentials inside a transcript."""
    subject = document.get("credentialSubject")
    inside = subject.get("verifiableCredential") if isinstance(subject, Mapping) else None
    return inside if isinstance(inside, list) else []


def _nth(found: Callable[[str], Sequence[Any]], choice: int) -> Callable[[str], Any]:
    """The key at this place of those that may fit: a source that names no methods offers several."""

    def key_of(method: str) -> Any:
        keys = found(method)
        return keys[choice] if choice < len(keys) else None

    return key_of


def proofs_of(document: Mapping[str, Any], keys: Keyring) -> list[dict[str, Any]]:
    """The proofs of a document once they fit. BadProofError or UnsignableError otherwise."""
    error: BadProofError | None = None
    for choice in range(max(1, len(keys.keys))):
        try:
            return integrity.verify(document, _nth(keys.ed25519, choice))
        except BadProofError as failed:
            # That there is no further key says less than why the one before did not fit.
            if error is not None and "not known" in str(failed):
                break
            error = failed
    raise error or BadProofError("no key of its issuer is known here")


def _proof(outcome: Outcome, document: Mapping[str, Any], keys: Keyring) -> None:
    try:
        proofs = proofs_of(document, keys)
    except (BadProofError, UnsignableError) as error:
        outcome.add("proof", False, str(error))
        return
    methods = ", ".join(str(proof["verificationMethod"]) for proof in proofs)
    outcome.add("proof", True, f"every word of it is as it was signed, by {methods}")


def _issuer(outcome: Outcome, document: Mapping[str, Any], *, method: str = "") -> None:
    """The key must be the issuer's own: anybody can sign, in any name."""
    proof = document.get("proof")
    listed = [proof] if isinstance(proof, Mapping) else proof if isinstance(proof, list) else []
    methods = [method] if method else [str(one.get("verificationMethod")) for one in listed if isinstance(one, Mapping)]
    issuer = issuer_of(document)
    own = bool(issuer) and bool(methods) and all(one.partition("#")[0] == issuer for one in methods)
    outcome.add(
        "issuer",
        own,
        f"signed by a key of {issuer} itself"
        if own
        else f"it names {issuer or 'nobody'} as issuer, and another signed",
    )


def _dates(outcome: Outcome, document: Mapping[str, Any], at: datetime | None) -> None:
    try:
        begins = datetime.fromisoformat(str(document["validFrom"]))
        ends = datetime.fromisoformat(str(document["validUntil"])) if "validUntil" in document else None
        early, late = at is not None and begins > at, at is not None and ends is not None and ends <= at
    except (KeyError, ValueError, TypeError):
        outcome.add("dates", False, "it does not say from when it holds")
        return
    if early:
        outcome.add("dates", False, f"it holds only from {document['validFrom']}")
    elif late:
        outcome.add("dates", False, f"it held until {document['validUntil']} and has lapsed")
    else:
        until = f" until {document['validUntil']}" if ends else ""
        outcome.add("dates", True, f"it holds from {document['validFrom']}{until}")


def _part(part: Any, whole: Mapping[str, Any], keys: Keyring) -> str | None:
    """The name of a credential inside that is not as it was signed, or is another's; None when it fits."""
    if not isinstance(part, Mapping):
        return "something that is no credential"
    name = str(part.get("name", "one without a name"))[:80]
    try:
        methods = [str(proof["verificationMethod"]) for proof in proofs_of(part, keys)]
    except (BadProofError, UnsignableError):
        return name
    own = all(method.partition("#")[0] == issuer_of(whole) for method in methods)
    return None if own and issuer_of(part) == issuer_of(whole) and subject_of(part) == subject_of(whole) else name


def subject_of(document: Mapping[str, Any]) -> Any:
    """The id of whom it is about."""
    subject = document.get("credentialSubject")
    return subject.get("id") if isinstance(subject, Mapping) else None


def _kid(token: str) -> str:
    head = token.partition(".")[0]
    return str(json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4))).get("kid", ""))
