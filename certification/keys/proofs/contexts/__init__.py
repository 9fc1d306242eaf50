"""The JSON-LD contexts that our credentials name, pinned: read from files whose SHA-256 is known, never fetched.

Published by the W3C (Verifiable Credentials 2.0) and 1EdTech (Open Badges 3.0, CLR 2.0). The unversioned addresses of
the latter serve other files, so credentials name these versions.
"""

import functools
import hashlib
import json
from importlib import resources
from typing import Any

CREDENTIALS = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
OPEN_BADGES_EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
CLR = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"

PINNED = {
    CREDENTIALS: (
        "credentials-v2.jsonld",
        "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734",
    ),
    OPEN_BADGES: (
        "ob-3.0.3.jsonld",
        "3d34f4d4ef1bce691106e63798beb5e7b862ba841423f5ee1e53ab7ddf3bca84",
    ),
    OPEN_BADGES_EXTENSIONS: (
        "ob-extensions.jsonld",
        "87c06c81bc2317663bf288d740d94fddd2818c4342b186270ff6371dfaa63f93",
    ),
    CLR: (
        "clr-2.0.1.jsonld",
        "880f1902d4158f2f33ce06af41b90719977cd1ea337a9de2e41edb3ff5e543d6",
    ),
}


class UnknownContextError(ValueError):
    """A document names a context that we do not pin; the message says which."""


@functools.cache
def context(address: str) -> Any:
    """The context of an address. UnknownContextError for one that is not pinned, or whose file was changed."""
    if address not in PINNED:
        raise UnknownContextError(f"the context {address} is not known here, and none is fetched")
    name, digest = PINNED[address]
    # Not by path: the package also runs out of a zip file.
    body = resources.files(__package__).joinpath(name).read_bytes()
    if hashlib.sha256(body).hexdigest() != digest:
        raise UnknownContextError(f"our copy of {address} was changed")
    return json.loads(body)


def texts() -> dict[str, bytes]:
    """The pinned files by their addresses, for who checks without the network."""
    return {
        address: resources.files(__package__).joinpath(name).read_bytes() for address, (name, _digest) in PINNED.items()
    }
