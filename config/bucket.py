"""Says how files lie in an S3 bucket: public ones under `public/`, private ones under `private/`.

Only `public/images/` may be readable by everybody, by a policy of the bucket; no object has rights of its own. The
packages that talk to it are loaded when a storage is first used.
"""

from typing import Any
from urllib.parse import urlsplit


def storages(bucket: str, *, endpoint: str, region: str, access_key: str, secret_key: str) -> dict[str, dict[str, Any]]:
    """The `default` (public) and `private` storages in this bucket; without keys, those of the machine's role."""
    shared = {
        "bucket_name": bucket,
        "endpoint_url": endpoint or None,
        "region_name": region,
        "access_key": access_key or None,
        "secret_key": secret_key or None,
        "signature_version": "s3v4",
        # A server of one's own answers under its own name.
        "addressing_style": "path" if endpoint else "virtual",
        "default_acl": None,
        "file_overwrite": False,
    }
    backend = "storages.backends.s3.S3Storage"
    pictures = {"CacheControl": "public, max-age=31536000, immutable"}
    return {
        "default": {
            "BACKEND": backend,
            "OPTIONS": {**shared, "location": "public", "querystring_auth": False, "object_parameters": pictures},
        },
        "private": {
            "BACKEND": backend,
            "OPTIONS": {
                **shared,
                "location": "private",
                "querystring_auth": True,
                "querystring_expire": 300,
                "object_parameters": {"CacheControl": "private, no-store"},
            },
        },
    }


def origin(bucket: str, endpoint: str, region: str) -> str:
    """From where browsers fetch the bucket's files and to where they send some, for the content security policy."""
    if endpoint:
        parts = urlsplit(endpoint)
        return f"{parts.scheme}://{parts.netloc}"
    # Amazon's client names every region in the addresses that it makes, but for the oldest.
    if region in ("", "us-east-1"):
        return f"https://{bucket}.s3.amazonaws.com"
    return f"https://{bucket}.s3.{region}.amazonaws.com"
