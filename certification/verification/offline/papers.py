"""Checks a sealed PDF: that the seal is whole and whose it is, and the credential that is attached."""

import io
import zlib
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfError, PdfReadError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from certification.keys.rules import jwk_thumbprint, unpadded

from .keyring import Keyring
from .outcome import Outcome

ATTACHED = "credential.json"
MOST_ATTACHED = 262_144
# What a file that was tampered with makes pyHanko and the readers below it raise.
_BROKEN = (
    PdfError,
    PdfReadError,
    SigningError,
    SignatureValidationError,
    ValueError,
    KeyError,
    TypeError,
    IndexError,
    AttributeError,
    AssertionError,
    RecursionError,
    OSError,
    NotImplementedError,
    zlib.error,
)


class NoPdfError(ValueError):
    """A file that is no PDF that can be read."""


def check_seal(outcome: Outcome, data: bytes, keys: Keyring, issuer: str) -> None:
    """Note whether the file is sealed, unchanged since, and by a key of `issuer` (the credential's)."""
    reader = _reader(data)
    try:
        seals = list(reader.embedded_signatures)
        if not seals:
            outcome.add("seal", False, "the file is not sealed, so what it prints may be anything")
            return
        whole = True
        for seal in seals:
            # Its own certificate is taken for known here: whose key it is, is judged below.
            context = ValidationContext(trust_roots=[seal.signer_cert], allow_fetching=False)
            status = validate_pdf_signature(seal, context)
            entire = status.coverage == SignatureCoverageLevel.ENTIRE_FILE
            whole = whole and bool(status.intact and status.valid and entire)
        print_ = _fingerprint(seals[0].signer_cert)
    except _BROKEN as error:
        outcome.add("seal", False, f"the seal cannot be read: the file was changed ({type(error).__name__})")
        return
    outcome.add(
        "seal",
        whole,
        "the file is to the byte as it was sealed" if whole else "the file was changed after it was sealed",
    )
    owner = keys.owner_of(print_)
    outcome.add(
        "sealed by",
        bool(owner) and owner == issuer,
        f"sealed by a key of {owner}"
        if owner and owner == issuer
        else f"sealed by a key of {owner}, which is not the issuer"
        if owner
        else "sealed by a key that is not among those that were given: anybody can seal in any name",
    )


def attached(data: bytes) -> bytes:
    """The credential in a PDF. NoPdfError when the file is none, carries none, or several."""
    reader = _reader(data)
    try:
        found = [_content(spec) for name, spec in _files(reader) if name == ATTACHED]
    except _BROKEN as error:
        raise NoPdfError("what is attached cannot be read") from error
    if len(found) != 1:
        raise NoPdfError("no credential is attached" if not found else "several credentials are attached")
    if len(found[0]) > MOST_ATTACHED:
        raise NoPdfError("the attached credential is too large")
    return found[0]


def _reader(data: bytes) -> PdfFileReader:
    try:
        reader = PdfFileReader(io.BytesIO(data), strict=False)
        _ = reader.root
    except _BROKEN as error:
        raise NoPdfError("this is no PDF that can be read") from error
    return reader


def _files(reader: PdfFileReader) -> list[tuple[str, Any]]:
    names = reader.root.get("/Names", {}).get("/EmbeddedFiles", {}) if "/Names" in reader.root else {}
    listed = list(_leaves(names)) if names else []
    return [(str(listed[place]), listed[place + 1]) for place in range(0, len(listed) - 1, 2)]


def _leaves(node: Any, depth: int = 0) -> list[Any]:
    """The entries of a name tree, in order."""
    if depth > 8:
        raise ValueError("a name tree that does not end")
    found = [part.get_object() if isinstance(part, generic.IndirectObject) else part for part in node.get("/Names", [])]
    for kid in node.get("/Kids", []):
        found += _leaves(kid.get_object() if isinstance(kid, generic.IndirectObject) else kid, depth + 1)
    return found


def _content(spec: Any) -> bytes:
    return bytes(spec["/EF"]["/F"].data)


def _fingerprint(certificate: Any) -> str:
    """RFC 7638 of the RSA key in an X.509 certificate; empty for another kind of key."""
    public = certificate.public_key
    if public.algorithm != "rsa":
        return ""
    numbers = public["public_key"].parsed.native
    return jwk_thumbprint({"e": _number(numbers["public_exponent"]), "kty": "RSA", "n": _number(numbers["modulus"])})


def _number(value: int) -> str:
    return unpadded(value.to_bytes((value.bit_length() + 7) // 8, "big"))
