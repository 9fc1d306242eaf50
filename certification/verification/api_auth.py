"""Who calls the API by a key: `Authorization: Bearer KEY`, never in an address; and how often."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja.errors import HttpError, Throttled
from ninja.security import HttpBearer

from certification import limits

from . import services
from .models import ApiKey
from .selectors import opened_key

STOPPED = "This organisation may check nothing for now. The reason:"
WINDOW_SECONDS = 60
CALLS_OF_KEY = 120
CALLS_OF_ORGANISATION = 300
"""Calls in a minute. One call asks about up to 500 codes, so ten thousand take twenty."""


class KeyAuth(HttpBearer):
    """An organisation's key. Wrong ones are counted with the misses of their address, over all public faces together."""

    openapi_bearerFormat = "palmar_ and 43 signs"  # noqa: N815 -- the name that OpenAPI reads
    openapi_description = (
        "A key of an organisation, made at /checks/keys/. Only this header is read, never the address."
    )

    def authenticate(self, request: HttpRequest, token: str) -> ApiKey | None:
        """The key, with its organisation; None for one that does not work. Throttled after too many calls. Two queries."""
        wait = limits.seconds_to_wait(request)
        if wait:
            raise Throttled(wait=wait)
        key = opened_key(token, timezone.now())
        if key is None:
            limits.count_miss(request)
            return None
        if key.stopped:  # type: ignore[attr-defined]
            raise HttpError(403, f"{STOPPED} {key.stopped}")  # type: ignore[attr-defined]
        for name, most in (
            (f"key:{key.pk}", CALLS_OF_KEY),
            (f"organisation:{key.organisation_id}", CALLS_OF_ORGANISATION),
        ):
            wait = limits.turn(name, most, WINDOW_SECONDS)
            if wait:
                raise Throttled(wait=wait)
        services.note_use(key=key)
        return key


def key_of(request: Any) -> ApiKey:
    """The key by which this call came."""
    key: ApiKey = request.auth
    return key
