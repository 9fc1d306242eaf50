"""Seals a PDF as the school: PAdES B-B by pyHanko, certified so that no later change passes. Touches no network.

The seal says that the bytes are as the school made them. It is not the proof of the hours: that is the credential in
the file, and the log behind it.
"""

import io

from asn1crypto import pem, x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

FIELD = "Seal"


class _Holder(signers.Signer):
    """Signs with the key as it is held. pyHanko's own signer reads the key anew for each of its two signatures, and to
    check it each time costs far more than to sign (three quarters of the time of a seal).
    """

    def __init__(self, key: RSAPrivateKey, certificate: x509.Certificate) -> None:
        super().__init__(signing_cert=certificate, cert_registry=SimpleCertificateStore())
        self._key = key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """The signature; as many zeros where only its length is asked for."""
        if digest_algorithm.lower() != "sha256":
            raise ValueError(f"a seal is made with SHA-256, not {digest_algorithm}")
        if dry_run:
            return bytes((self._key.key_size + 7) // 8)
        return self._key.sign(data, padding.PKCS1v15(), hashes.SHA256())


def seal(pdf: bytes, *, key: RSAPrivateKey, certificate: str, place: str = "") -> bytes:
    """The PDF with one certifying signature; `certificate` is X.509 in PEM, `place` where the school is."""
    _name, _headers, der = pem.unarmor(certificate.encode())
    signer = _Holder(key, x509.Certificate.load(der))
    about = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
        location=place or None,
    )
    # typst's last line is not ended, and PDF/A asks that what follows %%EOF begins a line.
    body = pdf if pdf.endswith(b"\n") else pdf + b"\n"
    out = signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(body)), about, signer)
    return bytes(out.getvalue())
