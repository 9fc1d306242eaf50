"""The keys of an organisation: made, shown once, replaced, revoked."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.buttons import by_button
from accounts.models import Organisation

from .. import services
from ..access import asking_organisation, asking_organisations, kept_key
from ..forms import KeyForm
from ..models import ApiKey
from ..rules import KEY_ROLES
from ..selectors import keys_of, open_stop
from .answers import checker_required, private


def _keys_page(
    request: HttpRequest,
    organisation: Organisation,
    organisations: list[Organisation],
    *,
    form: KeyForm | None = None,
    made: ApiKey | None = None,
    secret: str = "",
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    context: dict[str, Any] = {
        "organisation": organisation,
        "organisations": organisations,
        "keys": [{"key": key, "state": key.state(now)} for key in keys_of(organisation)],
        "form": form or KeyForm.fresh(),
        "made": made,
        "secret": secret,
        "days": services.OVERLAP.days,
        "manages": True,
        "stop": open_stop(organisation),
    }
    return private(render(request, "verification/api_keys.html", context, status=status))


@checker_required(*KEY_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: HttpRequest) -> HttpResponse:
    """The keys of an organisation; a new one is shown in the answer to its making, and never again."""
    organisation, organisations = asking_organisation(request.user, request.GET.get("organisation"), KEY_ROLES)  # type: ignore[arg-type]
    if request.method != "POST":
        return _keys_page(request, organisation, organisations)
    form = KeyForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            made, secret = services.make_key(
                organisation=organisation,
                by=request.user,  # type: ignore[arg-type]
                label=given["label"],
                expires_on=given["expires_on"],
                may_check="check" in given["scopes"],
                may_transcript="transcript" in given["scopes"],
                source_key=f"form:{given['key']}",
            )
            return _keys_page(request, organisation, organisations, made=made, secret=secret)
        except ValidationError as refused:
            form.add_error(None, refused)
    return _keys_page(request, organisation, organisations, form=form, status=422)


@checker_required(*KEY_ROLES)
@by_button("verification:api_keys")
def rotate(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Let a new key take the place of one; it is shown in this answer, and never again."""
    key = kept_key(request.user, uuid)  # type: ignore[arg-type]
    try:
        made, secret = services.rotate_key(key=key, by=request.user)  # type: ignore[arg-type]
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
        return redirect(_address(key))
    hers = asking_organisations(request.user, KEY_ROLES)  # type: ignore[arg-type]
    return _keys_page(request, key.organisation, hers, made=made, secret=secret)


@checker_required(*KEY_ROLES)
@by_button("verification:api_keys")
def revoke(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """End a key at once."""
    key = kept_key(request.user, uuid)  # type: ignore[arg-type]
    services.revoke_key(key=key, by=request.user)  # type: ignore[arg-type]
    messages.success(request, _("Revoked. Programs that use this key get no answer any more."))
    return redirect(_address(key))


def _address(key: ApiKey) -> str:
    return f"{reverse('verification:api_keys')}?organisation={key.organisation.slug}"
