"""What every request passes: an id for the log, and the back office's own content security policy."""

import contextvars
import json
import logging
import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

_request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="-")
GetResponse = Callable[[HttpRequest], HttpResponse]


class RequestIdMiddleware:
    """Names each request in the log and in the answer's `X-Request-Id`."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Name it, answer it, forget the name."""
        token = _request_id.set(uuid.uuid4().hex[:16])
        try:
            response = self.get_response(request)
            response["X-Request-Id"] = _request_id.get()
            return response
        finally:
            _request_id.reset(token)


class RequestIdFilter(logging.Filter):
    """Puts the request's id on each log line."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep every line."""
        record.request_id = _request_id.get()
        return True


class JsonFormatter(logging.Formatter):
    """One JSON object a line, for log collectors."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line = {
            "at": self.formatTime(record),
            "level": record.levelname,
            "logger": record.name,
            "request_id": getattr(record, "request_id", "-"),
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line)


class ProblemMiddleware:
    """Answers a program in its own language: what refuses a call of the API outside its handlers becomes a problem document.

    Such are a method that a call does not take, an address that is none, a missing CSRF token, a body that is too large,
    and a fault of ours. Status and headers stay (`Allow`, `Retry-After`).
    """

    PLACE = "/api/"
    KIND = "application/problem+json"

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and reword a refusal that is no problem document."""
        response = self.get_response(request)
        if response.status_code < 400 or not request.path.startswith(self.PLACE):
            return response
        if response.headers.get("Content-Type", "").startswith(self.KIND) or (
            settings.DEBUG and response.status_code == 500
        ):
            return response
        body = {"type": "about:blank", "title": self._title(request, response), "status": response.status_code}
        response.content = json.dumps(body).encode()
        response["Content-Type"] = self.KIND
        response["Content-Length"] = str(len(response.content))
        return response

    @staticmethod
    def _title(request: HttpRequest, response: HttpResponse) -> str:
        if response.status_code == 405:
            return f"This call is not made by {request.method}. It takes {response.headers.get('Allow', 'none')}."
        return {
            400: "The request cannot be read.",
            403: "Not for you; or the CSRF token is missing.",
            404: "There is no such call. /api/v1/openapi.json lists them.",
            413: "The request is too large.",
            500: "Something went wrong on our side. Try again later.",
        }.get(response.status_code, response.reason_phrase)


class NoCopyMiddleware:
    """Keeps whatever checks or shows certificates out of caches and search engines, refusals included.

    A page that was not found tells as much as one that was: it must not lie about either.
    """

    PLACES = ("/verify", "/checks/", "/certificates/", "/transcripts/", "/api/v1/")

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and say so where nothing stronger is said."""
        response = self.get_response(request)
        if request.path.startswith(self.PLACES):
            response.headers.setdefault("Cache-Control", "private, no-store")
            response.headers.setdefault("X-Robots-Tag", "noindex, nofollow")
        return response


class BackOfficePolicyMiddleware:
    """Gives the CMS, Django's admin and the API's documentation page the looser policy that they need."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, with the policy of the place."""
        response = self.get_response(request)
        if request.path.startswith(settings.BACK_OFFICE_PREFIXES):
            response._csp_config = settings.BACK_OFFICE_POLICY  # type: ignore[attr-defined]
            response["X-Frame-Options"] = "SAMEORIGIN"  # the editor frames its own previews
        return response
