"""The desk of whoever checks: one certificate, what was asked before, one check with its receipt."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.selectors import has_role
from certification.certificates.selectors import document
from certification.keys.services import KeyFileError

from .. import rules, services
from ..access import NEEDS, Format, asked_check, asking_organisation, opened_to
from ..forms import CheckForm
from ..models import Check, Disclosure
from ..rules import ASKING_ROLES, KEY_ROLES
from ..selectors import checks_by, closed_on, lines_with, open_consents_to, open_stop, sums_of
from ..verdicts import UNKNOWN
from ..wording import told
from .answers import checker_required, paper_response, private

A_PAGE = 50
SUMS = {
    "unknown": _lazy("Unknown"),
    "name": _lazy("Another name"),
    "claims": _lazy("Another number of hours"),
    "letter": _lazy("Letter of hours, no certificate"),
    "revoked": _lazy("Revoked"),
    "superseded": _lazy("Replaced"),
    "expired": _lazy("Expired"),
    "valid": _lazy("Valid"),
}
"""What is told of many lines, what needs a second look first."""


def _page(request: HttpRequest, rows: Any) -> Any:
    return Paginator(rows, A_PAGE).get_page(request.GET.get("page"))


@checker_required(*ASKING_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def single(request: HttpRequest) -> HttpResponse:
    """Check one certificate in an organisation's name; the answer has a page of its own, with its receipt."""
    organisation, organisations = asking_organisation(request.user, request.GET.get("organisation"))  # type: ignore[arg-type]
    context: dict[str, Any] = {
        "organisation": organisation,
        "organisations": organisations,
        "manages": has_role(request.user, organisation, *KEY_ROLES),  # type: ignore[arg-type]
        "stop": open_stop(organisation),
    }
    if request.method != "POST":
        context |= {"form": CheckForm.fresh(), "latest": checks_by(organisation)[:5]}
        return private(render(request, "verification/checks.html", context))
    form = CheckForm(request.POST)
    status = 422
    if form.is_valid():
        try:
            made = services.check(
                organisation=organisation,
                by=request.user,  # type: ignore[arg-type]
                items=[form.asked],
                face=Check.Face.DESK,
                request_key=f"desk:{form.cleaned_data['key']}",
            )
            return private(redirect("verification:check_made", uuid=made.uuid))
        except services.BadLinesError as refused:
            for line in refused.lines:
                form.add_error(line.field if line.field in form.fields else None, line.message)
        except services.OtherRequestError:
            messages.info(request, _("That page was used already, and nothing was asked. Type it again here."))
            return private(redirect(f"{reverse('verification:checks')}?organisation={organisation.slug}"))
        except services.SlowedDownError as refused:
            form.add_error(None, services.slowed_words(refused))
            status = 429
        except KeyFileError:
            form.add_error(None, _("No receipt can be signed at the moment, so nothing was asked. Try again later."))
            status = 503
        except ValidationError as refused:
            form.add_error(None, refused)
    context |= {"form": form, "latest": checks_by(organisation)[:5]}
    return private(render(request, "verification/checks.html", context, status=status))


@checker_required(*ASKING_ROLES)
@require_safe
def history(request: HttpRequest) -> HttpResponse:
    """What an organisation asked, newest first."""
    organisation, organisations = asking_organisation(request.user, request.GET.get("organisation"))  # type: ignore[arg-type]
    context = {
        "organisation": organisation,
        "organisations": organisations,
        "manages": has_role(request.user, organisation, *KEY_ROLES),  # type: ignore[arg-type]
        "stop": open_stop(organisation),
        "page": _page(request, checks_by(organisation)),
    }
    return private(render(request, "verification/check_history.html", context))


@checker_required(*ASKING_ROLES)
@require_safe
def one(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One check: what was asked, and what was answered then; of many lines also those of one kind alone (`?show=`)."""
    check = asked_check(request.user, uuid)  # type: ignore[arg-type]
    show = request.GET.get("show", "")
    show = show if show in SUMS and check.items > 1 else ""
    page = _page(request, lines_with(check, show))
    only = page[0] if check.items == 1 else None
    shown = [line.certificate for line in page if line.certificate and line.status != UNKNOWN]
    stopped = bool(shown) and open_stop(check.organisation) is not None
    opened = {} if stopped or not shown else open_consents_to(check.organisation, shown)
    sums = sums_of(check) if only is None else {}
    context = {
        "check": check,
        "page": page,
        "only": only,
        "opened": opened,
        "closed_on": closed_on(only.certificate) if only and only.certificate and only.status != UNKNOWN else None,
        "sums": [(kind, words, sums.get(kind, 0)) for kind, words in SUMS.items()],
        "several": any(0 < n < check.items for n in sums.values()),
        "show": show,
        "shown": SUMS.get(show, ""),
    }
    return private(render(request, "verification/check_made.html", context))


@checker_required(*ASKING_ROLES)
@require_safe
def opened(request: HttpRequest, code: str) -> HttpResponse:
    """What a graduate opened of her certificate to the organisation by name; each look is noted."""
    found = opened_to(request.user, code, request.GET.get("organisation"))  # type: ignore[arg-type]
    certificate = found.certificate
    if request.method == "GET":
        parts = ("name", "totals") if found.shows_hours else ("name",)
        services.note_look(consent=found.consent, face=Disclosure.Face.DESK, told=told(certificate.state, *parts))
    context = {
        "shared": found,
        "certificate": certificate,
        "status": certificate.state,
        "code": certificate.code,
        "checked_at": timezone.now(),
        "party": found.consent.party,
    }
    return private(render(request, "verification/shared.html", context))


@checker_required(*ASKING_ROLES)
@require_safe
def opened_file(request: HttpRequest, code: str, format: str) -> HttpResponse:
    """A sealed file that was opened to the organisation, byte for byte."""
    found = opened_to(request.user, code, request.GET.get("organisation"))  # type: ignore[arg-type]
    issued = document(found.certificate, format)
    if issued is None or not rules.reaches(found.consent.scope, NEEDS[Format(format)]):
        raise Http404
    if request.method == "GET":
        services.note_look(consent=found.consent, face=Disclosure.Face.DESK, told=told(found.certificate.state, format))
    return paper_response(issued, found.certificate, download="download" in request.GET)


@checker_required(*ASKING_ROLES)
@require_safe
def receipt(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The signed receipt as a file to keep."""
    check = asked_check(request.user, uuid)  # type: ignore[arg-type]
    try:
        body = services.receipt_file(check=check)
    except KeyFileError:
        response = HttpResponse(
            _("The receipt waits for a new key. Try again later."), status=503, content_type="text/plain; charset=utf-8"
        )
        response["Retry-After"] = "600"
        return private(response)
    response = HttpResponse(body, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="receipt-{check.uuid}.json"'
    response["X-Content-Type-Options"] = "nosniff"
    return private(response)
