"""The desk: what waits for a signature, who is ready, what was issued."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import role_required
from accounts.selectors import schools_of

from ..access import signing_schools
from ..selectors import (
    KEEPING_ROLES,
    SIGNER_ROLES,
    batches_of,
    issued_by_schools,
    lags_of,
    letters_asked_for,
    progress_of,
    ready_records,
    signers_of,
    unconfirmed_revocations,
    waiting_proposals,
)

ISSUED_A_PAGE = 25
BATCHES_SHOWN = 5


@role_required(*SIGNER_ROLES)
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """What waits for a signature, who is ready, what was issued."""
    schools = list(signing_schools(request.user))  # type: ignore[arg-type]
    ready, more_ready = ready_records(schools)
    signers = signers_of([school.pk for school in schools])
    waiting = [
        {
            "proposal": proposal,
            "mine": proposal.proposed_by_id == request.user.pk,
            "others": [u for u in signers[proposal.record.school_id] if u.pk != proposal.proposed_by_id],
        }
        for proposal in waiting_proposals(schools)
    ]
    page = Paginator(issued_by_schools(schools), ISSUED_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "certificates/desk.html",
        {
            # What waits for this person comes first.
            "waiting": sorted(waiting, key=lambda row: row["mine"]),
            "ready": ready,
            "letters": letters_asked_for(schools),
            "more_ready": more_ready,
            "issued": page,
            "batches": [(batch, progress_of(batch)) for batch in batches_of(schools)[:BATCHES_SHOWN]],
            "lags": lags_of(schools, now=timezone.now()),
            "several_schools": len(schools) > 1,
            "unconfirmed": [
                {"revocation": one, "mine": one.by_id == request.user.pk, "is_late": one.confirm_until < timezone.now()}
                for one in unconfirmed_revocations(schools)
            ],
            "keeps_register": schools_of(request.user, *KEEPING_ROLES).exists(),  # type: ignore[arg-type]
            "enough_signers": all(len(found) > 1 for found in signers.values()),
        },
    )
