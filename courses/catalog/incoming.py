"""Files that browsers send straight into the bucket: what they may send, and the file as it lies there until it is judged.

A browser gets a form for one object under `private/incoming/`, signed by us, and a reference to it. The bucket holds the
form to its name, its size and its media type; what the object holds is judged when the reference comes back, in parts
and each time the same version of it, since the form still opens for some minutes and may be sent again.
"""

import io
import logging
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.files.storage import storages
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from .uploads import UnsuitableFileError

FOLDER = "incoming/"
FORM_SECONDS = 10 * 60
# A large file takes hours over a slow line, and then somebody writes its transcript.
REFERENCE_SECONDS = 12 * 3600
SALT = "courses.catalog.incoming"
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
MOST_NAME = 255
PART = 256 * 1024
# The head and the length take a handful; a file that is made to be read all over does not keep the request waiting.
MOST_PARTS = 200

log = logging.getLogger("palmar.files")


def is_open() -> bool:
    """Whether browsers may send files into the bucket."""
    return bool(settings.S3_DIRECT_UPLOADS)


@dataclass(frozen=True)
class Offer:
    """What a browser needs to send one file: the address, the fields that go before the file, the reference for us."""

    address: str
    fields: dict[str, str]
    reference: str


def offer(*, user_id: int, kind: str, name: str, content_type: str, most: int) -> Offer:
    """A form for one object of at most `most` bytes, open for ten minutes; its reference is this user's and this kind's."""
    token = secrets.token_urlsafe(32)
    made = _client().generate_presigned_post(
        _storage().bucket_name,
        _key(FOLDER + token),
        Fields={"Content-Type": content_type},
        Conditions=[{"Content-Type": content_type}, ["content-length-range", 1, most]],
        ExpiresIn=FORM_SECONDS,
    )
    about = {"token": token, "user": user_id, "kind": kind, "name": PurePath(name).name[-MOST_NAME:]}
    return Offer(made["url"], made["fields"], signing.dumps(about, salt=SALT))


class SentFile(UploadedFile):
    """A file in the bucket that was not judged yet; read in parts, always the version that was there at first."""

    def __init__(self, token: str, name: str, *, size: int, version: str) -> None:
        reader = io.BufferedReader(_Parts(_key(FOLDER + token), size, version), PART)
        super().__init__(file=reader, name=name, size=size)
        self.token = token
        self._version = version

    def copy_to(self, wanted: str, content_type: str, *, longest: int) -> str:
        """Copy it inside the bucket into the private storage; its name there, which is the wanted one where that is free.

        Refuses (UnsuitableFileError) when another version has taken its place since, or the bucket does not answer.
        """
        storage = _storage()
        with _failing_as(_gone()):
            name: str = storage.get_available_name(wanted, max_length=longest)
            _client().copy(
                {"Bucket": storage.bucket_name, "Key": _key(FOLDER + self.token)},
                storage.bucket_name,
                _key(name),
                ExtraArgs={
                    **storage.get_object_parameters(name),
                    "ContentType": content_type,
                    "MetadataDirective": "REPLACE",
                    "CopySourceIfMatch": self._version,
                },
            )
        return name

    def remove(self) -> None:
        """Take it out of the bucket; when the bucket does not answer, the sweep does it later."""
        try:
            with _failing_as(OSError("the bucket does not answer")):
                _storage().delete(FOLDER + self.token)
        except OSError:
            log.warning("an object that was sent is left to the sweep", exc_info=True)


def sent_file(reference: str, *, user_id: int, kind: str) -> SentFile:
    """The file of a reference. Refuses (UnsuitableFileError) one of others, of another kind, too old, or without a file."""
    wrong = UnsuitableFileError(_("This file was not sent by you for this form; choose it again."))
    try:
        about = signing.loads(reference, salt=SALT, max_age=REFERENCE_SECONDS)
    except signing.SignatureExpired as error:
        raise UnsuitableFileError(_("The file was sent too long ago; choose it again.")) from error
    except signing.BadSignature as error:
        raise wrong from error
    token = str(about.get("token", ""))
    if about.get("user") != user_id or about.get("kind") != kind or not TOKEN.fullmatch(token):
        raise wrong
    with _failing_as(_gone()):
        head = _client().head_object(Bucket=_storage().bucket_name, Key=_key(FOLDER + token))
        file = SentFile(token, str(about["name"]), size=head["ContentLength"], version=head["ETag"])
        file.file.peek(1)  # type: ignore[union-attr]
    return file


def remove_older_than(instant: datetime) -> int:
    """Take objects out of the bucket that were sent before that instant and that nobody came back for; how many."""
    removed = 0
    for lying in _storage().bucket.objects.filter(Prefix=_key(FOLDER)):
        if lying.last_modified < instant:
            lying.delete()  # the bucket does not mind when another process was first
            removed += 1
    return removed


class _Parts(io.RawIOBase):
    """An object read by ranges; the bucket refuses each range of another version."""

    def __init__(self, key: str, size: int, version: str) -> None:
        self._key, self._size, self._version = key, size, version
        self._at = self._asked = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = max(0, offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence])
        return self._at

    def readinto(self, buffer: Any) -> int:
        last = min(self._at + len(buffer), self._size) - 1
        if last < self._at:
            return 0
        self._asked += 1
        if self._asked > MOST_PARTS:
            raise OSError("too many parts")
        with _failing_as(OSError("the object cannot be read")):
            answer = _client().get_object(
                Bucket=_storage().bucket_name,
                Key=self._key,
                Range=f"bytes={self._at}-{last}",
                IfMatch=self._version,
            )
            data = answer["Body"].read()
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


def _gone() -> UnsuitableFileError:
    return UnsuitableFileError(_("The file could not be fetched from where it was sent; choose it again."))


@contextmanager
def _failing_as(error: Exception) -> Iterator[None]:
    """Whatever the bucket or the way to it answers wrongly, in our words."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except (BotoCoreError, ClientError, OSError) as cause:
        raise error from cause


def _storage() -> Any:
    return storages["private"]


def _client() -> Any:
    return _storage().connection.meta.client


def _key(name: str) -> str:
    return f"{_storage().location}/{name}"
