"""Puts the rooms' API routers together at `/api/v1/`; errors are RFC 9457 problem documents."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, Throttled
from ninja.errors import ValidationError as RequestError

from certification.quizzes.api import router as quizzes
from certification.verification.api import router as verification
from courses.study.api import router as study

api = NinjaAPI(title="Palmar", version="1", docs_url="/docs", openapi_url="/openapi.json", urls_namespace="api")


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
    response = problem(request, 429, "Too many requests; wait a little.")
    if error.wait:
        response["Retry-After"] = str(int(error.wait))
    return response


@api.exception_handler(HttpError)
def _http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem(request, error.status_code, str(error))


for router in (study, quizzes, verification):
    api.add_router("", router)


@csrf_exempt
def no_such_call(request: HttpRequest, rest: str) -> HttpResponse:
    """Whatever stands under /api/ and is no call answers a program in its own language."""
    return problem(request, 404, "There is no such call. /api/v1/openapi.json lists them.")
