"""The public check as an API, `GET /api/v1/verify/{code}?name=`, and what organisations ask by their keys."""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID, uuid4

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Header, Query, Router, Schema
from ninja.errors import HttpError, Throttled
from ninja.errors import ValidationError as RequestError
from pydantic import ConfigDict, Field, StringConstraints

from certification import limits
from certification.keys.services import KeyFileError
from certification.shapes import Problem

from . import services
from .api_auth import KeyAuth, key_of
from .models import Check, Disclosure
from .offline.receipt import MOST_INSIDE
from .selectors import Status, lines_of, opened_transcript, receipt_of, status_of, told_of_line
from .verdicts import Asked
from .wording import told

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
    "/verify/{code}",
    response={200: NamedAnswer | Answer, 429: Problem},
    auth=None,
    url_name="verify",
    summary="Check a certificate",
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


Minutes = Annotated[int, Field(ge=0, le=10_000_000, strict=True)]
Category = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,64}$")]


class ItemIn(Schema):
    """One certificate to check. `claims` are minutes by category or tag of the rules, or by `total`."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "code": "7K4D-Q9XW-3HTR-M2VC-F",
                "name": "Daniela Reyes",
                "claims": {"mfr": 1800, "total": 18000},
            }
        },
    )
    code: Annotated[str, Field(min_length=1, max_length=60, description="As on the paper; small letters are fine.")]
    name: Annotated[str | None, Field(max_length=200, description="Compared, never given and not kept.")] = None
    claims: Annotated[
        dict[Category, Minutes],
        Field(max_length=services.MOST_CLAIMS, json_schema_extra={"additionalProperties": False}),
    ] = {}


class AskedIn(Schema):
    """Up to 500 certificates; each costs the same, known or not."""

    model_config = ConfigDict(extra="forbid")
    items: Annotated[list[ItemIn], Field(min_length=1, max_length=MOST_INSIDE)]


class ItemOut(Schema):
    """What is told of one certificate, in the order of the request; `code` as it is shown.

    `name` stands where one was asked. A claim is `not_consented`, right or wrong, unless the graduate opened her hours to
    your organisation. `record` stands where she opened her transcript: the id for `GET records/{uuid}/transcript`. `kind` as
    in `GET verify/{code}`: a `letter` tells hours as of a day and is no certificate of completion. Of an unknown code, and
    alike of one that its graduate hides, kind, title, school and day are null.
    """

    code: str
    status: Literal["valid", "superseded", "revoked", "expired", "unknown"]
    name: Literal["match", "differs"] | None = None
    claims: dict[str, Literal["matches", "differs", "not_consented"]]
    kind: Literal["completion", "ce", "achievement", "letter"] | None
    credential: str | None
    school: str | None
    issued_on: date | None
    record: UUID | None = None


class AnsweredOut(Schema):
    """The answers, and the receipt that proves them: a signed token, to be kept as it is (`verify_credential` reads it)."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "items": [
                    {
                        "code": "7K4D-Q9XW-3HTR-M2VC-F",
                        "status": "valid",
                        "name": "match",
                        "claims": {"mfr": "matches", "total": "differs"},
                        "kind": "completion",
                        "credential": "Medical massage therapist",
                        "school": "Riverbend School of Medical Massage",
                        "issued_on": "2026-06-12",
                        "record": "1f0e6a52-3b1c-4a8e-9d7e-2f5c8e1b7a10",
                    }
                ],
                "receipt": "eyJhbGciOiJSUzI1NiIsInR5cCI6InBhbG1hci1yZWNlaXB0K2p3dCJ9.e30.c2lnbmF0dXJl",
            }
        }
    )
    items: list[ItemOut]
    receipt: str


class TranscriptOut(Schema):
    """The canonical transcript, as it was frozen at issue; all times are minutes. `certificate.status` is today's.

    Blocks that this kind of certificate does not have are left out: one of achievement has a `test` and no hours.
    """

    form: Literal["palmar-transcript/1"]
    certificate: dict[str, Any]
    school: dict[str, Any]
    student: dict[str, Any]
    enrollment: dict[str, Any]
    rule_set: dict[str, Any]
    courses: list[dict[str, Any]] = []
    clinical: list[dict[str, Any]] = []
    transfers: list[dict[str, Any]] = []
    totals: dict[str, Any] | None = None
    corrections: list[dict[str, Any]] = []
    requirements: list[dict[str, Any]] = []
    education: dict[str, Any] | None = None
    test: dict[str, Any] | None = None
    unmet: list[dict[str, Any]]
    standing: str | None
    signers: list[dict[str, Any]]
    ledger: dict[str, Any]


class GuessedError(Throttled):
    """So many misses look like guessing: a program that only asks too fast is told something else."""

    words = (
        "So many codes were unknown, or came with another name, that nothing is answered for now. The schools concerned "
        "are told. Look at your list before you ask again."
    )


by_key = KeyAuth()
WITH_SCOPE = "Make one that may at /checks/keys/: what a key may do is chosen there."
REFUSALS = {401: Problem, 403: Problem, 422: Problem, 429: Problem}


@router.post(
    "/verifications",
    response={200: AnsweredOut, **REFUSALS, 503: Problem},
    auth=by_key,
    exclude_unset=True,
    url_name="verifications",
    summary="Check up to 500 certificates",
)
def verifications(
    request: HttpRequest,
    response: HttpResponse,
    payload: AskedIn,
    idempotency_key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            min_length=1,
            max_length=255,
            description="Of your own choice, one for each request that you mean: sent again, it gets the same answer.",
        ),
    ] = None,
) -> dict[str, Any]:
    """Check codes, names and claims of hours, by a key with the scope `check`; each answer is kept and signed.

    With an `Idempotency-Key` a request that is sent again gets the same bytes; the same key with another body is refused
    (422). 422 names each line that cannot be asked by its place, and nothing was asked then. 429 says in `Retry-After`
    when to come again: after too many calls in a minute, or after so many wrong guesses that they look like probing.
    """
    key = key_of(request)
    if not key.may_check:
        raise HttpError(403, f"This key may not check certificates. {WITH_SCOPE}")
    response["Cache-Control"] = "no-store"
    items = [Asked(item.code, item.name or "", item.claims) for item in payload.items]
    try:
        made = services.check(
            organisation=key.organisation,
            items=items,
            face=Check.Face.API,
            key=key,
            request_key=f"api:{idempotency_key}" if idempotency_key else f"once:{uuid4()}",
        )
    except services.BadLinesError as refused:
        raise RequestError(
            [
                {
                    "type": "value_error",
                    "loc": ["body", "payload", "items", line.position, line.field],
                    "msg": line.message,
                }
                for line in refused.lines
            ]
        ) from refused
    except services.OtherRequestError as refused:
        raise HttpError(422, "This Idempotency-Key was used for another request. Choose a new one.") from refused
    except services.SlowedDownError as refused:
        raise GuessedError(wait=refused.wait) from refused
    except KeyFileError as error:
        raise HttpError(
            503, "No receipt can be signed at the moment, so nothing was answered. Try again later."
        ) from error
    return {
        "items": [{"code": line.code, **told_of_line(line)} for line in lines_of(made)],
        "receipt": receipt_of(made).token,
    }


@router.get(
    "/records/{uuid}/transcript",
    response={200: TranscriptOut, **REFUSALS, 404: Problem},
    auth=by_key,
    exclude_unset=True,
    url_name="transcript",
    summary="Read a transcript that its graduate opened to you",
)
def transcript(request: HttpRequest, response: HttpResponse, uuid: UUID) -> dict[str, Any]:
    """The canonical transcript of a record, by a key with the scope `transcript`, under an open consent of the graduate
    to the key's organisation that reaches the transcript; 404 alike for no such record and none that is opened to you.

    Each reading is noted, and the graduate sees it.
    """
    key = key_of(request)
    if not key.may_transcript:
        raise HttpError(403, f"This key may not read transcripts. {WITH_SCOPE}")
    response["Cache-Control"] = "no-store"
    opened = opened_transcript(key.organisation, uuid)
    if opened is None:
        raise Http404
    services.note_look(consent=opened.consent, face=Disclosure.Face.API, told=told(opened.certificate.state, "clr"))
    return opened.body
