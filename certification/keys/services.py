"""Makes, retires and uses signing keys."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from . import keyfile, rules
from .keyfile import KeyFileError
from .models import SigningKey

__all__ = ["KeyFileError", "ensure_key", "rotate_key", "sign_note"]


def ensure_key(*, purpose: str, name: str) -> SigningKey:
    """The key in use of this purpose and name, made when there is none. Of twenty callers at once all get one key.

    Raises KeyFileError when the file of private halves cannot be written.
    """
    in_use = SigningKey.objects.filter(purpose=purpose, name=name, retired_at=None)
    found = in_use.first()
    if found:
        return found
    fresh = _fresh(purpose, name)
    try:
        with transaction.atomic():
            fresh.save(force_insert=True)
    except IntegrityError:
        return in_use.get()
    return fresh


@transaction.atomic
def rotate_key(*, purpose: str, name: str) -> SigningKey:
    """Retire the key in use and begin a new one; what the old one signed stays checkable. Atomic."""
    now = timezone.now()
    for key in SigningKey.objects.select_for_update().filter(purpose=purpose, name=name, retired_at=None):
        key.retired_at = now
        key.save(update_fields=["retired_at"])
    fresh = _fresh(purpose, name)
    fresh.save(force_insert=True)
    return fresh


def sign_note(text: str, *, purpose: str, name: str) -> str:
    """The C2SP note of `text`, signed by the key in use. Raises KeyFileError when its private half is not there."""
    key = ensure_key(purpose=purpose, name=name)
    return rules.sign_note(text, name=name, private=keyfile.private_key(key.kid))


def _fresh(purpose: str, name: str) -> SigningKey:
    public = keyfile.add(purpose=purpose, name=name).public
    return SigningKey(kid=rules.thumbprint(public), purpose=purpose, name=name, public_key=rules.unpadded(public))
