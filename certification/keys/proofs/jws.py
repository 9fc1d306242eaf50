"""Credentials as JWT (VC-JWT, Open Badges 3.0 section 8.2): RS256, the algorithm that every reader takes.

The claims are the credential's own members, with `iss`, `jti`, `sub`, `nbf` and `exp` as the standard maps them; there
is no wrapper. The text of a token can be spelled in several ways, so what names a credential is its `jti`.

Other statements of ours are signed the same way, each under a `typ` of its own, so that none passes for another.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from .integrity import BadProofError, UnsignableError, refuse_unsignable

ALGORITHM = "RS256"
RSA_BITS = 2048


def sign_jwt(credential: Mapping[str, Any], *, key: Mapping[str, Any], method: str) -> str:
    """A credential as compact JWS by a private RSA JWK, named by `method` (its URL in the DID document)."""
    bare = {name: value for name, value in credential.items() if name != "proof"}
    refuse_unsignable(bare)
    subject = bare.get("credentialSubject")
    if not isinstance(subject, Mapping) or "id" not in subject:
        raise UnsignableError("credentialSubject has no id, which a JWT needs as its subject")
    issuer = bare["issuer"]
    claims = {
        **bare,
        "iss": issuer["id"] if isinstance(issuer, Mapping) else issuer,
        "jti": bare["id"],
        "sub": subject["id"],
        "nbf": int(datetime.fromisoformat(bare["validFrom"]).timestamp()),
    }
    if "validUntil" in bare:
        claims["exp"] = int(datetime.fromisoformat(bare["validUntil"]).timestamp())
    header = {"alg": ALGORITHM, "typ": "JWT", "kid": method}
    return jwt.encode(header, claims, RSAKey.import_key(dict(key)), algorithms=[ALGORITHM])


def verify_jwt(token: str, key_of: Callable[[str], Mapping[str, Any] | None]) -> dict[str, Any]:
    """The credential of a token: its claims without those that repeat a member. `key_of` finds the public JWK of a key.

    Raises BadProofError when it is no token, of another algorithm, by an unknown key, or its claims contradict its
    members.
    """
    header = header_of(token)
    if header.get("alg") != ALGORITHM or not isinstance(header.get("kid"), str):
        raise BadProofError(f"a token that is not signed by {ALGORITHM}, or names no key")
    public = key_of(header["kid"])
    if public is None:
        raise BadProofError(f"the key {header['kid']} is not known")
    try:
        claims = jwt.decode(token, RSAKey.import_key(dict(public)), algorithms=[ALGORITHM]).claims
    except (JoseError, ValueError) as error:
        raise BadProofError("the signature does not fit the token") from error
    credential = {name: value for name, value in claims.items() if name not in ("iss", "jti", "sub", "nbf", "exp")}
    issuer = credential.get("issuer")
    subject = credential.get("credentialSubject")
    if (
        claims.get("iss") != (issuer.get("id") if isinstance(issuer, Mapping) else issuer)
        or claims.get("jti") != credential.get("id")
        or claims.get("sub") != (subject.get("id") if isinstance(subject, Mapping) else None)
    ):
        raise BadProofError("the token says of itself other than what it holds")
    return credential


def sign_claims(claims: Mapping[str, Any], *, key: Mapping[str, Any], method: str, typ: str) -> str:
    """A statement that is no credential as compact JWS by a private RSA JWK; `typ` says of what kind it is."""
    refuse_unsignable(claims)
    header = {"alg": ALGORITHM, "typ": typ, "kid": method}
    return jwt.encode(header, dict(claims), RSAKey.import_key(dict(key)), algorithms=[ALGORITHM])


def verify_claims(token: str, key_of: Callable[[str], Mapping[str, Any] | None], *, typ: str) -> dict[str, Any]:
    """The claims of a statement of this `typ`. `key_of` finds the public JWK of a key.

    Raises BadProofError when it is no token or of another kind or algorithm, by an unknown key, or any sign of it is not
    as it was signed, the spare bits of the last one included.
    """
    header = header_of(token)
    if header.get("typ") != typ:
        raise BadProofError(f"this is no token of the kind {typ}")
    if header.get("alg") != ALGORITHM or not isinstance(header.get("kid"), str):
        raise BadProofError(f"a token that is not signed by {ALGORITHM}, or names no key")
    public = key_of(header["kid"])
    if public is None:
        raise BadProofError(f"the key {header['kid']} is not known")
    try:
        return dict(jwt.decode(token, RSAKey.import_key(dict(public)), algorithms=[ALGORITHM]).claims)
    except (JoseError, ValueError) as error:
        raise BadProofError("the signature does not fit the token") from error


def header_of(token: str) -> dict[str, Any]:
    """What a token says of how it was signed; not believed before it is checked. BadProofError when it is no token."""
    try:
        return dict(jws.extract_compact(token.encode()).headers())
    except (JoseError, ValueError) as error:
        raise BadProofError("this is no signed token") from error
