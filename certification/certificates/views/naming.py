"""Names, written down on the record's page: the legal one, and its spelling in the passport's Latin letters."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from accounts.access import role_required
from accounts.buttons import by_button
from accounts.services import write_latin_name

from .. import services
from ..access import record_to_certify
from ..forms import LatinNameForm, LegalNameForm
from ..selectors import SIGNER_ROLES
from .choosing import back, chosen
from .record import record_page


@role_required(*SIGNER_ROLES)
@by_button("certificates:record", "uuid")
def latin_name(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Keep the spelling; what was issued keeps the one that it was issued with."""
    subject = record_to_certify(request.user, uuid)  # type: ignore[arg-type]
    about = chosen(request, subject)
    learner = subject.learner.user
    form = LatinNameForm(request.POST)
    if learner is not None and form.is_valid():
        try:
            write_latin_name(user=learner, latin_name=form.cleaned_data["latin_name"])
        except ValidationError as refused:
            form.add_error(None, refused)
    if learner is None or not form.is_valid():
        return record_page(request, subject, name_form=form, status=422)
    messages.success(request, _("Kept. The next certificate prints it."))
    return back(subject, *about)


@role_required(*SIGNER_ROLES)
@by_button("certificates:record", "uuid")
def legal_name(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Keep a new legal name, as the paper says it; what was issued is replaced afterwards."""
    subject = record_to_certify(request.user, uuid)  # type: ignore[arg-type]
    about = chosen(request, subject)
    form = LegalNameForm(request.POST)
    if form.is_valid():
        try:
            services.write_legal_name(
                record=subject,
                legal_name=form.cleaned_data["legal_name"],
                by=request.user,  # type: ignore[arg-type]
            )
        except ValidationError as refused:
            form.add_error(None, refused)
    if not form.is_valid():
        return record_page(request, subject, legal_form=form, status=422)
    messages.success(request, _("Kept. The learner gets a mail, and the next certificate prints the name."))
    return back(subject, *about)
