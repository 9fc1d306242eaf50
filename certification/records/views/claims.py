"""Claims: a learner says what is wrong with her hours and reads the answer; registrars answer."""

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
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import role_required
from accounts.models import User
from accounts.selectors import schools_of

from .. import rules
from ..access import claim_to_answer, line_of, own_claim, own_record, paper_of_claim
from ..forms import ClaimForm, DecisionForm
from ..models import HourEntry, TrainingRecord
from ..presenters import shown_entry
from ..selectors import answered_claims, claims_of, late_claims, open_claims, today_of
from ..services import DECIDING_ROLES, refuse_claim, withdraw_claim
from .papers import paper_response, sent

ROWS_A_PAGE = 25


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def claim(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Say that a line is wrong (`?entry=`), or that hours are missing."""
    user = cast(User, request.user)
    record = own_record(user, uuid)
    line = _line_asked(request, record)
    today = today_of(record)
    form = ClaimForm(*sent(request), record=record, line=line, by=user, today=today)
    if request.method == "POST" and form.is_valid():
        made = form.save()
        if made is not None:
            messages.success(request, _("Sent. You get the answer by mail, and it stands here."))
            return redirect("records:claims", uuid=uuid)
    return render(
        request,
        "records/claim.html",
        {
            "record": record,
            "line": line,
            "shown": shown_entry(line, record) if line else None,
            "open_one": line.claims.filter(answer="").first() if line else None,
            "gone": line is not None and (line.reverses_id is not None or _is_taken_back(line)),
            "form": form,
            "days": rules.ANSWER_DAYS,
            "due_on": rules.answer_due(today),
        },
        status=422 if form.is_bound else 200,
    )


def _line_asked(request: HttpRequest, record: TrainingRecord) -> HourEntry | None:
    """The line that the form or the address names; 404 where it is none of this record."""
    asked = request.POST.get("entry") or request.GET.get("entry")
    if not asked:
        return None
    try:
        return line_of(record, UUID(asked))
    except ValueError:
        raise Http404 from None


def _is_taken_back(line: HourEntry) -> bool:
    return HourEntry.objects.filter(reverses=line).exists()


@login_required
@require_safe
def claims(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """A learner's claims about a record, with their answers."""
    record = own_record(cast(User, request.user), uuid)
    return render(request, "records/claims.html", {"record": record, "claims": claims_of(record)})


@login_required
@require_POST
def withdraw(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Take one's own claim back."""
    found = own_claim(cast(User, request.user), uuid)
    try:
        withdraw_claim(claim=found, by=cast(User, request.user))
    except ValidationError as error:
        for sentence in error.messages:
            messages.error(request, sentence)
    else:
        messages.success(request, _("Withdrawn. Your line stays as it is."))
    return redirect("records:claims", uuid=found.record.uuid)


@login_required
@require_safe
def claim_paper(request: HttpRequest, uuid: UUID) -> HttpResponseBase:
    """The paper attached to a claim."""
    return paper_response(paper_of_claim(cast(User, request.user), uuid))


@role_required(*DECIDING_ROLES)
@require_safe
def desk_claims(request: HttpRequest) -> HttpResponse:
    """The claims of this person's schools: those that wait, late ones marked, and those that were answered."""
    user = cast(User, request.user)
    schools = list(schools_of(user, *DECIDING_ROLES))
    waiting = list(open_claims(user, schools))
    page = Paginator(answered_claims(user, schools), ROWS_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "records/desk_claims.html",
        {"waiting": waiting, "late": late_claims(waiting), "page_obj": page},
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def desk_claim(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One claim: what she says, the line as it stands, and the answer."""
    user = cast(User, request.user)
    found = claim_to_answer(user, uuid)
    form = DecisionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        words = form.cleaned_data["words"]
        if form.attempt(lambda: refuse_claim(claim=found, by=user, words=words)) is not None:
            messages.success(request, _("Answered. She gets a mail with your reasons."))
            return redirect("records:desk_claim", uuid=uuid)
    return render(
        request,
        "records/desk_claim.html",
        {
            "claim": found,
            "record": found.record,
            "shown": shown_entry(found.entry, found.record) if found.entry else None,
            "gone": found.entry is not None and _is_taken_back(found.entry),
            "corrections": list(found.corrections.select_related("proposed_by").order_by("proposed_at")),
            "late": found.is_open and rules.is_late(found.due_on, today_of(found.record)),
            "form": form,
        },
        status=422 if form.is_bound else 200,
    )
