"""Seals a PDF as the school: PAdES B-B by pyHanko, certified so that no later change passes. Touches no network.

The seal says that the bytes are as the school made them. It is not the proof of the hours: that is the credential in
the file, and the log behind it.
"""

import io

from asn1crypto import keys as asn1_keys
from asn1crypto import pem, x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

FIELD = "Seal"


def seal(pdf: bytes, *, key: RSAPrivateKey, certificate: str, place: str = "") -> bytes:
    """The PDF with one certifying signature; `certificate` is X.509 in PEM, `place` where the school is."""
    _name, _headers, der = pem.unarmor(certificate.encode())
    secret = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    signer = signers.SimpleSigner(
        signing_cert=x509.Certificate.load(der),
        signing_key=asn1_keys.PrivateKeyInfo.load(secret),
        cert_registry=SimpleCertificateStore(),
    )
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
