"""The one door to text messages: whichever gateway SMS_URL names, by Apprise. Nothing personal goes into a log."""

import logging
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings

PLACE = "{to}"
"""Where in SMS_URL the number goes."""
_ANY_NUMBER = "+12025550143"
_NAMES_SOMEBODY = re.compile(r"\+?\d{6,}")


class TextingError(Exception):
    """A text message did not go; says why, without the number."""


def texting_is_on() -> bool:
    """Whether this server sends text messages."""
    return bool(settings.SMS_URL)


def problem_of(url: str) -> str:
    """What is wrong with an SMS_URL; empty when a gateway can be made of it. Sends nothing."""
    if PLACE not in url:
        return f"it does not say {PLACE} where the number goes"
    return "" if _service(url, _ANY_NUMBER) else "no gateway is known by it, or a part of it is missing"


def send_text(*, to: str, body: str) -> None:
    """Send one text message to a number in E.164. Raises TextingError; a gateway's yes is all that can be known."""
    if not texting_is_on():
        raise TextingError("SMS_URL is not set")
    with _said_by_the_gateway() as said:
        service = _service(settings.SMS_URL, to)
        if service is None:
            raise TextingError("SMS_URL names no gateway that is known")
        gone = service.notify(body=body)
    if not gone:
        raise TextingError(" ".join(said)[:400] or "the gateway did not take it")


def _service(url: str, to: str) -> Any:
    # It loads some two hundred gateways, which no other page should wait for.
    import apprise

    asset = apprise.AppriseAsset(
        app_id="",
        http_redirects=False,  # what follows a redirect would hand the code to another server
        secure_logging=True,
        storage_mode=apprise.PersistentStoreMode.MEMORY,
    )
    with _said_by_the_gateway():
        return apprise.Apprise.instantiate(url.replace(PLACE, to), asset=asset, suppress_exceptions=True)


class _Said(logging.Handler):
    """Keeps what the library says in this thread, without numbers."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.thread = threading.get_ident()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self.thread:
            self.lines.append(_NAMES_SOMEBODY.sub("…", record.getMessage()))


@contextmanager
def _said_by_the_gateway() -> Iterator[list[str]]:
    """The library tells failures by its logger alone, with numbers in them; settings keep that logger from any log."""
    handler, logger = _Said(), logging.getLogger("apprise")
    logger.addHandler(handler)
    try:
        yield handler.lines
    finally:
        logger.removeHandler(handler)
