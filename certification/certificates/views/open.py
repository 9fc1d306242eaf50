"""What stands inside signed credentials, for programs of anyone, anywhere: achievements and status lists."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from .. import status
from ..selectors import achievement as find_achievement
from ..selectors import status_list as find_list


def _open_to_all(response: HttpResponse, cache: str) -> HttpResponse:
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = cache
    response["X-Content-Type-Options"] = "nosniff"
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
def achievement(request: HttpRequest, name: UUID) -> HttpResponse:
    """What a credential is awarded for, word for word as the credential says it. One query."""
    found = find_achievement(name)
    if found is None:
        raise Http404
    body = HttpResponse(found.body, content_type="application/json")
    return _open_to_all(body, "public, max-age=31536000, immutable")


@require_safe
def status_list(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One status list as it was signed last: JSON, or a token for who asks for `application/vc+jwt`. One query.

    It signs nothing. A list that was signed more than a day ago (`status.SERVED_FOR`), since nobody does the work, is
    not handed out: 503, so that a verifier says that the status could not be checked, and not that all is well.
    """
    found = find_list(uuid)
    if found is None:
        raise Http404
    if not status.is_served(found.signed_at, timezone.now()):
        late = HttpResponse(status=503)
        late["Retry-After"] = "300"
        return _open_to_all(late, "no-store")
    wants_token = any(kind in request.headers.get("Accept", "") for kind in ("application/vc+jwt", "application/jwt"))
    body = HttpResponse(
        found.token if wants_token else found.body,
        content_type="application/vc+jwt" if wants_token else "application/vc+ld+json",
    )
    body["Vary"] = "Accept"
    return _open_to_all(body, f"public, max-age={int(status.TTL.total_seconds())}")
