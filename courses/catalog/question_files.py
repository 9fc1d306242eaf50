"""Keeps a file of questions between its dry run and the word to bring it in: one a person, in her own folder."""

import hashlib
from contextlib import suppress

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from accounts.models import User
from certification.quizzes.formats.base import MOST_BYTES

FOLDER = "question-files"


def _folder(user: User) -> str:
    return f"{FOLDER}/{user.pk}"


def hold_file(user: User, file: UploadedFile) -> str:
    """Keep a file in the place of the one that she sent before; give the digest by which it is found again.

    Refuses (ValidationError by `file`) one that is empty or larger than any that is read.
    """
    if not file.size or file.size > MOST_BYTES:
        most = MOST_BYTES // 1024 // 1024
        raise ValidationError({"file": _("The file is empty, or larger than %d MB. Part it.") % most})
    data = file.read()
    drop_files(user)
    digest = hashlib.sha256(data).hexdigest()
    storages["private"].save(f"{_folder(user)}/{digest}", ContentFile(data))
    return digest


def held_file(user: User, digest: str) -> bytes | None:
    """The file that she sent last, if it is this one."""
    with suppress(FileNotFoundError), storages["private"].open(f"{_folder(user)}/{digest}") as file:
        data: bytes = file.read()
        if hashlib.sha256(data).hexdigest() == digest:
            return data
    return None


def drop_files(user: User) -> None:
    """Forget what she sent. Idempotent."""
    storage = storages["private"]
    names: list[str] = []
    with suppress(FileNotFoundError):
        names = storage.listdir(_folder(user))[1]
    for name in names:
        storage.delete(f"{_folder(user)}/{name}")
