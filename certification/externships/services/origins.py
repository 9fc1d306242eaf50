"""Notes on which device a shift was written, by a keyed hash that is forgotten."""

from datetime import datetime

from django.utils import timezone
from django.utils.crypto import salted_hmac

from ..models import ORIGIN_LIFE, Shift, ShiftOrigin


def origin_of(address: str | None, browser: str) -> str | None:
    """What devices are compared by: whoever reads the database alone cannot tell the address from it."""
    if address is None:
        return None
    return salted_hmac("externships.origin", f"{address}\n{browser}", algorithm="sha256").hexdigest()


def note_origin(*, shift: Shift, address: str | None, browser: str, now: datetime | None = None) -> None:
    """Note that a shift was written on this device. Idempotent."""
    origin = origin_of(address, browser)
    if origin is not None:
        ShiftOrigin.objects.get_or_create(shift=shift, origin_hash=origin, defaults={"noted_at": now or timezone.now()})


def forget_origins(*, now: datetime) -> int:
    """Delete what is older than ORIGIN_LIFE; how many. Idempotent."""
    return ShiftOrigin.objects.filter(noted_at__lt=now - ORIGIN_LIFE).delete()[0]
