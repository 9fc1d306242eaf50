"""Checks a paper that somebody attaches, by its first bytes and its size."""

import hashlib
from dataclasses import dataclass

import filetype
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _

from ..models.corrections import Attached

MOST_BYTES = 10 * 1024 * 1024
KINDS = {
    "application/pdf": "pdf",
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/webp": "webp",
    "image/heic": "heic",
}


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper that may be kept: its bytes, its name as sent, and its kind as its bytes say."""

    body: bytes
    name: str
    kind: str

    def put_on(self, row: Attached) -> None:
        """Attach it to a row that is not saved yet; the file gets a name of ours."""
        row.attachment = ContentFile(self.body, name=f"paper.{KINDS[self.kind]}")
        row.attachment_name = self.name
        row.attachment_type = self.kind
        row.attachment_sha256 = hashlib.sha256(self.body).hexdigest()


def read_paper(upload: UploadedFile | None) -> Paper | None:
    """The paper of an upload, None where there is none; refuses (ValidationError, `attachment`) what is too large or
    not one of KINDS. What it calls itself does not matter.
    """
    if upload is None:
        return None
    if (upload.size or 0) > MOST_BYTES:
        raise ValidationError({"attachment": _("The file is larger than 10 MB. Send a smaller scan.")})
    upload.seek(0)
    body = upload.read()
    guess = filetype.guess(body)
    kind = guess.mime if guess else ""
    if kind not in KINDS:
        raise ValidationError({"attachment": _("Attach a PDF or a picture (PNG, JPEG, WebP or HEIC).")})
    return Paper(body, get_valid_filename(upload.name or "paper")[-200:], kind)


def drop_file(row: Attached) -> None:
    """Remove the file of a row that was not kept after all."""
    if getattr(row.attachment, "_committed", False) and row.attachment:
        row.attachment.storage.delete(row.attachment.name or "")
