"""Certificates of seal keys: X.509, signed by the key itself. Pure: the day comes in.

Readers show such a seal as intact and its signer as unknown; a school that buys a certificate of a known authority
puts it in its place. The proof of a credential is its Data Integrity proof, not this.
"""

from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LIFE = timedelta(days=3650)


def self_signed(key: rsa.RSAPrivateKey, *, name: str, at: datetime) -> str:
    """The certificate of a key in the name of `name` (a school), valid ten years from `at`; PEM."""
    subject = x509.Name(
        [x509.NameAttribute(NameOID.COMMON_NAME, name[:64]), x509.NameAttribute(NameOID.ORGANIZATION_NAME, name[:64])]
    )
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(minutes=5))
        .not_valid_after(at + LIFE)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM).decode()


def holder_of(certificate: str) -> str:
    """The name in a certificate of ours (PEM)."""
    found = x509.load_pem_x509_certificate(certificate.encode()).subject
    return str(found.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)
