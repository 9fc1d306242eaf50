"""A short way for beats: they come every few seconds from each open lesson, and carry neither cookie nor session.

What a beat needs of the request is its body, so it is answered before sessions, languages, log-ins and the rest are set
up for it. Everything but a plain answer goes the usual way: what is refused, what is malformed, and a question that
must be worded in the reader's language. The usual way gives the same answers (a report sent twice changes nothing); a
test compares both.
"""

import json
import re
from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from pydantic import ValidationError

from .api import BeatIn, heard, report
from .services import BadTokenError

BEAT = re.compile(r"/api/v1/sessions/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})/beats")


class BeatLaneMiddleware:
    """Answers a beat at once, where there is nothing to say but what was counted."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The beat's answer, or whatever the usual way says."""
        if request.method == "POST" and (found := BEAT.fullmatch(request.path_info)):
            response = _beat(request, UUID(found[1]))
            if response is not None:
                return response
        return self.get_response(request)


def _beat(request: HttpRequest, uuid: UUID) -> HttpResponse | None:
    try:
        payload = BeatIn.model_validate_json(request.body)
        answer = report(uuid, payload, payload.sequence, why=payload.why, quiet=payload.quiet)
    except (ValidationError, BadTokenError):
        return None
    if answer.presence is not None:
        return None
    response = HttpResponse(json.dumps(heard(answer)), content_type="application/json")
    response["Content-Length"] = str(len(response.content))  # or the connection could not be kept
    response["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
    return response
