"""The school's pages for corrections: what waits, a proposal, and one to be decided with both sides before one's eyes."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import role_required
from accounts.models import User
from accounts.selectors import schools_of

from .. import rules
from ..access import claim_to_answer, correction_for, line_of, record_at_school
from ..forms import CorrectionForm, DecisionForm
from ..models import Claim, Correction, HourEntry, TrainingRecord
from ..presenters import shown_entry, shown_part
from ..selectors import (
    corrections_seen_by,
    corrections_to_decide,
    effect_done,
    effect_of,
    held_by_others,
    lines_of,
    parts_of,
    roles_at,
    today_of,
)
from ..services import (
    DECIDING_ROLES,
    PROPOSING_ROLES,
    approve_correction,
    refuse_correction,
    withdraw_correction,
)
from .papers import paper_response, sent

ROWS_A_PAGE = 25


@role_required(*PROPOSING_ROLES)
@require_safe
def corrections(request: HttpRequest) -> HttpResponse:
    """What waits for this person's decision, what she proposed, and what was decided."""
    user = cast(User, request.user)
    sealing = list(schools_of(user, *DECIDING_ROLES))
    seen = corrections_seen_by(user, sealing)
    page = Paginator(seen.exclude(outcome=""), ROWS_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "records/desk_corrections.html",
        {
            "decides": bool(sealing),
            "waiting": list(corrections_to_decide(user, sealing)),
            "mine": list(seen.filter(outcome="", proposed_by=user)),
            "page_obj": page,
        },
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, uuid: UUID, entry_uuid: UUID) -> HttpResponse:
    """Propose what happens with a line."""
    record = record_at_school(cast(User, request.user), uuid, *PROPOSING_ROLES)
    return _proposal(request, record, line_of(record, entry_uuid))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Propose hours that are missing."""
    return _proposal(request, record_at_school(cast(User, request.user), uuid, *PROPOSING_ROLES), None)


def _proposal(request: HttpRequest, record: TrainingRecord, entry: HourEntry | None) -> HttpResponse:
    user = cast(User, request.user)
    claim = _claim_asked(request, record, entry)
    form = CorrectionForm(*sent(request), record=record, entry=entry, by=user, claim=claim)
    if request.method == "POST" and form.is_valid():
        correction = form.save()
        if correction is not None:
            messages.success(request, _("Proposed. Nothing changes before a second person approves it."))
            return redirect("records:desk_correction", uuid=correction.uuid)
    today = today_of(record)
    open_one = entry.corrections.filter(outcome="").first() if entry else None
    back = HourEntry.objects.filter(reverses=entry).first() if entry else None
    return render(
        request,
        "records/desk_correct.html",
        {
            "record": record,
            "entry": entry,
            "shown": shown_entry(entry, record) if entry else None,
            "claim": claim,
            "form": form,
            "open_one": open_one,
            "gone": bool(back) or bool(entry and entry.reverses_id),
            "closed": entry is not None and rules.is_closed(entry.date, today),
            "closes_on": rules.closes_on(entry.date if entry else today),
            "seals": bool(roles_at(user, record) & frozenset(DECIDING_ROLES)),
        },
        status=422 if form.is_bound else 200,
    )


def _claim_asked(request: HttpRequest, record: TrainingRecord, entry: HourEntry | None) -> Claim | None:
    """The open claim that the address names, of this record and about this line; None without one."""
    try:
        claim = claim_to_answer(cast(User, request.user), UUID(request.GET.get("claim", "")))
    except (ValueError, Http404):
        return None
    fits = claim.is_open and claim.record_id == record.pk and claim.entry_id == (entry.pk if entry else None)
    return claim if fits else None


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def correction(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Both sides of one correction, what it does to the numbers, and the answer of the second person."""
    user = cast(User, request.user)
    found = correction_for(user, uuid)
    form = DecisionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _decide(request, found, form):
        return redirect("records:desk_correction", uuid=uuid)
    record, parts = found.record, parts_of(found)
    approved = found.outcome == Correction.Outcome.APPROVED
    decides = bool(roles_at(user, record) & frozenset(DECIDING_ROLES))
    return render(
        request,
        "records/desk_correction.html",
        {
            "correction": found,
            "record": record,
            "old": shown_entry(found.entry, record) if found.entry else None,
            "new": [shown_part(part, record) for part in parts],
            "lines": lines_of(found) if approved else [],
            "effect": effect_done(found)
            if approved
            else effect_of(record, found.entry, parts)
            if found.is_open
            else None,
            "held": held_by_others(record, parts, found.entry) if found.is_open else [],
            "mine": found.proposed_by_id == user.pk,
            "seals": decides,
            "may_decide": decides and found.is_open and found.proposed_by_id != user.pk,
            "form": form,
        },
        status=422 if form.is_bound else 200,
    )


def _decide(request: HttpRequest, found: Correction, form: DecisionForm) -> bool:
    user, words = cast(User, request.user), form.cleaned_data["words"]
    answer = request.POST.get("decision")
    if answer == "approve":
        done = form.attempt(lambda: approve_correction(correction=found, by=user, words=words))
        said = _("Approved. Both lines stand on the record, and the learner gets a mail.")
    elif answer == "refuse":
        done = form.attempt(lambda: refuse_correction(correction=found, by=user, words=words))
        said = _("Refused. Nothing on the record changed.")
    elif answer == "withdraw":
        done = form.attempt(lambda: withdraw_correction(correction=found, by=user))
        said = _("Withdrawn. Nothing on the record changed.")
    else:
        form.add_error(None, ValidationError(_("Choose whether you approve or refuse it.")))
        return False
    if done is not None:
        messages.success(request, said)
    return done is not None


@login_required
@require_safe
def correction_paper(request: HttpRequest, uuid: UUID) -> HttpResponseBase:
    """The paper attached to a correction."""
    return paper_response(correction_for(cast(User, request.user), uuid))
