"""Who calls the API by a key: `Authorization: Bearer KEY`, never in an address; and how often."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja.errors import HttpError, Throttled
from ninja.security import HttpBearer

from certification import limits

from . import services
from .models import ApiKey
from .selectors import WORKING, kept_key_of

NEW_KEY = "Make a new one at /checks/keys/."
WORKS_NO_MORE = {
    "expired": f"The last day of this key is over. {NEW_KEY}",
    "ended": f"This key was replaced, and the days in which it still worked are over. Use the newer one. {NEW_KEY}",
    "revoked": f"This key was revoked. {NEW_KEY}",
}
"""Why a key does not work any more; whoever holds it was told it once, so this is told to nobody else."""
STOPPED = "This organisation may check nothing for now. The reason:"
WINDOW_SECONDS = 60
CALLS_OF_KEY = 120
CALLS_OF_ORGANISATION = 300
"""Calls in a minute. One call asks about up to 500 codes, so ten thousand take twenty."""


class KeyAuth(HttpBearer):
    """An organisation's key. Wrong ones are counted with the misses of their address, over all public faces together.

    One that worked once is no guess, so it does not count: a program that was forgotten shuts no campus out.
    """

    openapi_bearerFormat = "palmar_ and 43 signs"  # noqa: N815 -- the name that OpenAPI reads
    openapi_description = (
        "A key of an organisation, made at /checks/keys/. Only this header is read, never the address."
    )

    def authenticate(self, request: HttpRequest, token: str) -> ApiKey | None:
        """The key, with its organisation; None for what is none. Throttled after too many calls. Two queries.

        Refuses (HttpError) a key that works no more (401), and an organisation that was stopped (403), each with why.
        """
        wait = limits.seconds_to_wait(request)
        if wait:
            raise Throttled(wait=wait)
        key = kept_key_of(token)
        if key is None:
            limits.count_miss(request)
            return None
        state = key.state(timezone.now())
        if state not in WORKING:
            wait = limits.turn(f"key:{key.pk}", CALLS_OF_KEY, WINDOW_SECONDS)
            if wait:
                raise Throttled(wait=wait)
            raise HttpError(401, WORKS_NO_MORE[state])
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
