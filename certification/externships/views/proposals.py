"""The learner takes over the times that her supervisor proposed."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.buttons import by_button

from ..access import own_proposal
from ..services import take_over_proposal
from .replies import say


def _page_of_shift(request: HttpRequest, uuid: UUID) -> str:
    proposal = own_proposal(request.user, uuid)  # type: ignore[arg-type]
    return reverse("externships:shift", args=[proposal.shift.uuid])


@login_required
@by_button(_page_of_shift)
def take_over(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Write the proposed times into her shift, as a draft to be sent."""
    proposal = own_proposal(request.user, uuid)  # type: ignore[arg-type]
    try:
        take_over_proposal(proposal=proposal)
    except ValidationError as error:
        say(request, error)
        return redirect("externships:shift", uuid=proposal.shift.uuid)
    messages.success(request, _("Taken over as a draft. Send it to be signed."))
    return redirect("externships:shifts")
