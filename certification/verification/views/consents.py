"""The graduate's consents to one certificate: to a named organisation or by a link, and every look under them."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.buttons import by_button
from accounts.models import User
from certification.certificates.access import own_certificate
from certification.certificates.models import Certificate

from .. import handovers, rules, services
from ..access import own_consent
from ..forms import PartyForm, ShareForm
from ..models import CheckedItem, Consent
from ..selectors import (
    as_look,
    case_looks_about,
    cases_about,
    checks_of,
    consents_of,
    hand_overs_of,
    is_hidden,
    lists_with,
    looks_of,
    open_stop,
    parties_known,
    state_of_consent,
    token_of,
)
from ..wording import RECORDS, line_told, told_words
from .answers import private

A_PAGE = 25
MOST_ASKED = 100
FORMS: dict[str, type[ShareForm]] = {"link": ShareForm, "party": PartyForm}
"""To whom she consents, as the address says it."""


def _sharing_page(
    request: HttpRequest, certificate: Certificate, to: str, *, form: ShareForm | None = None, status: int = 200
) -> HttpResponse:
    links, asked = [], hand_overs_of(certificate)
    for consent in consents_of(certificate):
        state = state_of_consent(consent)
        token = token_of(consent) if state == rules.OPEN else ""
        address = f"{settings.BASE_URL}/verify/{certificate.code}?t={token}" if token else ""
        by_school = asked.get(consent.pk)
        shown = "" if by_school else address
        links.append({"consent": consent, "state": state, "address": shown, "by_school": by_school})
    context = {
        "certificate": certificate,
        "links": links,
        "hidden": is_hidden(certificate),
        "form": form or FORMS[to].fresh(certificate),
        "to": to,
        "open": handovers.OPEN,
        "known": parties_known() if to == "party" else [],
        "records": [(label, RECORDS[scope]) for scope, label in Consent.Scope.choices],
    }
    return private(render(request, "verification/sharing.html", context, status=status))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sharing(request: HttpRequest, code: str) -> HttpResponse:
    """A graduate's consents to one certificate: give one (`?to=party`, else by a link), withdraw, hide the code."""
    certificate = own_certificate(request.user, code)  # type: ignore[arg-type]
    to = "party" if request.GET.get("to") == "party" else "link"
    if request.method != "POST":
        return _sharing_page(request, certificate, to)
    form = FORMS[to](request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            consent, _token = services.share_certificate(
                certificate=certificate,
                by=request.user,  # type: ignore[arg-type]
                until_on=given["until_on"],
                scope=given["scope"],
                purpose=given["purpose"],
                signed_name=given["signed_name"],
                signed_in=signed_in(request),
                source_key=f"form:{given['key']}",
                **form.named,
            )
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            if consent.party and open_stop(consent.party):
                said = _(
                    "Kept. %(name)s may check nothing for now, so it sees what you chose only once it may again. "
                    "If that is too late, let somebody see it by a link."
                )
                messages.warning(request, said % {"name": consent.recipient})
            elif consent.party_id:
                said = _("%(name)s can see what you chose from now on. We mail nobody: tell them your code.")
                messages.success(request, said % {"name": consent.recipient})
            else:
                messages.success(request, _("The link is ready. Copy it and send it yourself: we mail it to nobody."))
            return redirect(reverse("verification:sharing", args=[code]) + f"#link-{consent.uuid}")
    return _sharing_page(request, certificate, to, form=form, status=422)


def signed_in(request: HttpRequest) -> services.SignedIn | None:
    """How and when she had proved who she is in this session: the last proof, and all that it took."""
    user = cast(User, request.user)
    proofs: list[dict[str, Any]] = get_authentication_records(request, user)
    if not proofs:
        return services.SignedIn(at=user.last_login) if user.last_login else None
    methods = dict.fromkeys(str(one.get("type") or one["method"]) for one in proofs)
    return services.SignedIn(at=datetime.fromtimestamp(proofs[-1]["at"], UTC), by=", ".join(methods))


@login_required
@require_safe
def looks(request: HttpRequest, code: str) -> HttpResponse:
    """Who looked at her certificate under her consents: when, what for and what they were told, a row each."""
    certificate = own_certificate(request.user, code)  # type: ignore[arg-type]
    page = Paginator(looks_of(certificate), A_PAGE).get_page(request.GET.get("page"))
    asked = Paginator(checks_of(certificate), A_PAGE).get_page(request.GET.get("asked"))
    cases = list(cases_about(certificate.record)) if page.number == 1 else []
    context = {
        "certificate": certificate,
        "page_obj": page,
        "looks": [as_look(row) for row in page],
        "asked": asked,
        "asked_told": _told(asked),
        "listed": list(lists_with(certificate)) if page.number == 1 else [],
        "cases": cases,
        "case_looks": case_looks_about(certificate.record)[:MOST_ASKED] if cases else [],
    }
    return private(render(request, "verification/looks.html", context))


def _told(lines: Iterable[CheckedItem]) -> list[dict[str, Any]]:
    """What each line told, in words."""
    return [{"line": line, "told": told_words(line_told(line.status, line.name, line.told.values()))} for line in lines]


@login_required
@by_button("verification:sharing", "code")
def withdraw(request: HttpRequest, code: str, uuid: UUID) -> HttpResponse:
    """Withdraw a consent, a party's or a link's."""
    consent = own_consent(request.user, code, uuid)  # type: ignore[arg-type]
    services.withdraw_consent(consent=consent, by=request.user)  # type: ignore[arg-type]
    messages.success(request, _("Withdrawn. Nothing opens by it any more."))
    return redirect("verification:sharing", code=code)


@login_required
@by_button("verification:sharing", "code")
def hide(request: HttpRequest, code: str) -> HttpResponse:
    """Hide the code, or let it answer again."""
    certificate = own_certificate(request.user, code)  # type: ignore[arg-type]
    hidden = request.POST.get("hidden") == "1"
    services.set_hidden(certificate=certificate, by=request.user, hidden=hidden)  # type: ignore[arg-type]
    if hidden:
        messages.success(request, _("Hidden. Whoever checks the code now is told that no certificate has it."))
    else:
        messages.success(request, _("Shown. Whoever checks the code is told again that it is valid, or not."))
    return redirect("verification:sharing", code=code)
