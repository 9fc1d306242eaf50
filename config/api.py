"""Puts the rooms' API routers together at `/api/v1/`; errors are RFC 9457 problem documents."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, Throttled
from ninja.errors import ValidationError as RequestError
from ninja.openapi.schema import OpenAPISchema

from certification.quizzes.api import router as quizzes
from certification.verification.api import router as verification
from courses.study.api import router as study

REFUSED = {
    "400": "The body is no JSON.",
    "401": "Nobody is logged in, or the key is not valid.",
    "403": "Not for this person or key; or the CSRF token is missing.",
    "404": "There is no such object, or it is not yours.",
    "409": "It cannot be done now.",
    "422": "The request does not fit its description, or is refused in words.",
    "429": "Too many requests; `Retry-After` says when to come again.",
    "503": "Not at the moment.",
}
"""What each status of a problem document means, for the description."""


class PalmarAPI(NinjaAPI):
    """The API, described as it answers: every refusal is a problem document, and stands at each call that can meet it."""

    def get_openapi_schema(self, **where: Any) -> OpenAPISchema:
        """The description, with the refusals that the handlers below give, in their own media type."""
        schema = super().get_openapi_schema(**where)
        for path, calls in schema["paths"].items():
            for call in calls.values():
                met = {str(status) for status in call["responses"] if int(status) >= 400}
                met |= {"401", "403"} if call.get("security") else set()
                met |= {"404"} if "{uuid}" in path else set()
                met |= {"422"} if call["parameters"] or "requestBody" in call else set()
                met |= {"400"} if "requestBody" in call else set()
                kept = {status: said for status, said in call["responses"].items() if int(status) < 400}
                call["responses"] = kept | {int(status): _refusal(status) for status in sorted(met)}
        return schema


def _refusal(status: str) -> dict[str, Any]:
    headers = {"429": "Retry-After", "401": "WWW-Authenticate"}
    described: dict[str, Any] = {
        "description": REFUSED[status],
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if status in headers:
        described["headers"] = {headers[status]: {"schema": {"type": "string"}}}
    return described


api = PalmarAPI(title="Palmar", version="1", docs_url="/docs", openapi_url="/openapi.json", urls_namespace="api")


def problem(request: HttpRequest, status: int, title: str, **members: Any) -> HttpResponse:
    """One problem document."""
    response = api.create_response(
        request, {"type": "about:blank", "title": title, "status": status, **members}, status=status
    )
    response["Content-Type"] = "application/problem+json"
    return response


@api.exception_handler(AuthenticationError)
def _unauthenticated(request: HttpRequest, error: Exception) -> HttpResponse:
    response = problem(request, 401, "Log in, or send a valid key.")
    response["WWW-Authenticate"] = "Bearer"
    return response


@api.exception_handler(Http404)
def _missing(request: HttpRequest, error: Exception) -> HttpResponse:
    return problem(request, 404, "There is no such object, or it is not yours.")


@api.exception_handler(PermissionDenied)
def _forbidden(request: HttpRequest, error: Exception) -> HttpResponse:
    return problem(request, 403, "You may not do this.")


@api.exception_handler(RequestError)
def _unreadable(request: HttpRequest, error: RequestError) -> HttpResponse:
    return problem(request, 422, "The request does not fit the description of this call.", errors=error.errors)


@api.exception_handler(ValidationError)
def _refused(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return problem(request, 422, " ".join(error.messages))


@api.exception_handler(Throttled)
def _throttled(request: HttpRequest, error: Throttled) -> HttpResponse:
    response = problem(request, 429, getattr(error, "words", "Too many requests; wait a little."))
    if error.wait:
        response["Retry-After"] = str(int(error.wait))
    return response


@api.exception_handler(HttpError)
def _http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    response = problem(request, error.status_code, str(error))
    if error.status_code == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response


for router in (study, quizzes, verification):
    api.add_router("", router)


@csrf_exempt
def no_such_call(request: HttpRequest, rest: str) -> HttpResponse:
    """Whatever stands under /api/ and is no call answers a program in its own language."""
    return problem(request, 404, "There is no such call. /api/v1/openapi.json lists them.")
