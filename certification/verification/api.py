"""The public check as an API: `GET /api/v1/verify/{code}?name=`."""

from datetime import date
from typing import Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from ninja.errors import Throttled

from certification import limits

from .selectors import Status, status_of

router = Router(tags=["verification"])


class Answer(Schema):
    """What anyone may know of a code. A code that its graduate hides answers as one that never was.

    `kind` says what it is; a `letter` tells hours as of a day and is no certificate of completion.
    """

    status: Literal["valid", "superseded", "revoked", "expired", "unknown"]
    kind: Literal["completion", "ce", "achievement", "letter"] | None
    credential: str | None
    school: str | None
    issued_on: date | None


class NamedAnswer(Answer):
    """The same, and whether the name that was asked is the one on the certificate. The name itself is never given."""

    name: Literal["match", "differs"]


@router.get(
    "/verify/{code}", response=NamedAnswer | Answer, auth=None, url_name="verify", summary="Check a certificate"
)
def verify(request: HttpRequest, response: HttpResponse, code: str, name: str = Query("", max_length=300)) -> Status:
    """Check one code; 200 for every well-formed one, 422 for what is none, 429 after too many wrong guesses."""
    wait = limits.seconds_to_wait(request)
    if wait:
        raise Throttled(wait=wait)
    response["Cache-Control"] = "no-store"
    status = status_of(code, name=name)
    if status.is_miss:
        limits.count_miss(request)
    return status
