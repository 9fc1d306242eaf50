"""A board reads one record by case: its pages, and those of the school that answers."""

from datetime import timedelta
from typing import Any, cast
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import role_required
from accounts.buttons import by_button
from accounts.models import Organisation, User
from accounts.selectors import has_role, roles_of, schools_of
from certification.certificates.selectors import SIGNER_ROLES, read_code, with_state
from certification.externships.selectors import name_of_learner
from certification.records.models import TrainingRecord
from certification.records.presenters import hours_page
from certification.records.selectors import fitting, transcript_for

from .. import services
from ..access import board_of, case_of_board, case_to_answer
from ..bundles import evidence_bundle
from ..forms import CaseAnswerForm, CaseForm
from ..models import Case, CaseLook
from ..selectors import (
    ANSWERING_ROLES,
    BOARD_ROLES,
    cases_of,
    cases_to,
    open_stop,
    schools_asked,
    state_of_case,
    today_of_school,
)
from .answers import checker_required, private

ROWS = 100
FOUND = 20
USUAL_DAYS = 90


def _stated(found: list[Case]) -> list[dict[str, Any]]:
    return [{"case": one, "state": state_of_case(one)} for one in found]


# ---------------------------------------------------------------- the board's side


@checker_required(*BOARD_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def cases(request: HttpRequest) -> HttpResponse:
    """A board's cases, and a new one."""
    user = cast(User, request.user)
    board, boards = board_of(user, request.GET.get("of"))
    form = CaseForm(
        request.POST if request.method == "POST" else None, schools=schools_asked(), initial={"key": uuid4()}
    )
    if form.is_bound and form.is_valid():
        given = dict(form.cleaned_data)
        try:
            case = services.open_case(uuid=given.pop("key"), organisation=board, by=user, **given)
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(
                request, _("%(school)s is asked. We write to you when it answers.") % {"school": case.school}
            )
            return redirect("verification:case", uuid=case.uuid)
    page = Paginator(cases_of(board), 30).get_page(request.GET.get("page"))
    context = {"board": board, "boards": boards, "form": form, "page_obj": page, "cases": _stated(list(page))}
    return private(render(request, "verification/cases.html", context, status=422 if form.is_bound else 200))


@login_required
@require_safe
def case(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One case of a board: how it stands; nothing of the record."""
    found = case_of_board(cast(User, request.user), uuid)
    context = {
        "case": found,
        "state": state_of_case(found),
        "answer": getattr(found, "answer", None),
        "stop": open_stop(found.organisation),
    }
    return private(render(request, "verification/case.html", context))


@login_required
@by_button("verification:case", "uuid")
def close(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The board needs it no more."""
    user = cast(User, request.user)
    services.close_case(case=case_of_board(user, uuid), by=user)
    messages.success(request, _("Closed. Nothing opens under this case any more."))
    return redirect("verification:case", uuid=uuid)


def _opened(request: HttpRequest, uuid: UUID, face: str) -> tuple[Case, TrainingRecord | None]:
    """The record that a case opens today, once the look is written down; None, with a message, where none is open."""
    user = cast(User, request.user)
    found = case_of_board(user, uuid)
    try:
        services.note_case_look(case=found, face=face, by=user)
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
        return found, None
    records = TrainingRecord.objects.select_related("school", "rule_set", "learner__user")
    assert found.answer.record_id  # it is open
    return found, records.get(pk=found.answer.record_id)


@login_required
@by_button("verification:case", "uuid")
def read(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The record of a case: who, what was issued, and every line. Each opening is written down."""
    found, record = _opened(request, uuid, CaseLook.Face.PAGE)
    if record is None:
        return redirect("verification:case", uuid=uuid)
    page_data = hours_page(transcript_for(record))
    lines = page_data.transcript.entries
    page = Paginator(lines, ROWS).get_page(request.POST.get("page"))
    user = record.learner.user
    context = {
        "case": found,
        "record": record,
        "person": user,
        "names": list(user.former_names.all()) if user else [],
        "certificates": list(with_state().filter(record=record).order_by("issued_at")),
        "page_data": page_data,
        "page_obj": page,
        "lines": page_data.shown(list(page.object_list)),
    }
    return private(render(request, "verification/case_record.html", context))


@login_required
@by_button("verification:case", "uuid")
def evidence(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Everything that proves the hours of the record of a case, as one file."""
    found, record = _opened(request, uuid, CaseLook.Face.EVIDENCE)
    if record is None:
        return redirect("verification:case", uuid=uuid)
    response = HttpResponse(evidence_bundle(record=record), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="evidence-{found.uuid}.zip"'
    return private(response)


# ---------------------------------------------------------------- the school's side


@role_required(*ANSWERING_ROLES)
@require_safe
def asked(request: HttpRequest) -> HttpResponse:
    """What boards asked of her schools."""
    schools = _answering(cast(User, request.user))
    page = Paginator(cases_to(schools), 30).get_page(request.GET.get("page"))
    signs = any(role in SIGNER_ROLES for _place, role in roles_of(cast(User, request.user)))
    context = {"page_obj": page, "cases": _stated(list(page)), "signs": signs}
    return private(render(request, "verification/cases_asked.html", context))


def _answering(user: User) -> list[Organisation]:
    return list(schools_of(user, *ANSWERING_ROLES))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One case that was put to a school: find the record and open it, or say why not; take it back."""
    user = cast(User, request.user)
    found = case_to_answer(user, uuid)
    if request.method == "POST" and request.POST.get("step") == "end":
        services.end_access(case=found, by=user)
        messages.success(request, _("Taken back. The board reads nothing any more."))
        return redirect("verification:case_answer", uuid=uuid)
    query = request.GET.get("q", "").replace("\x00", " ").strip()[:200]
    records = {one.uuid: one for one in _records(found, query)} if query else {}
    usual = today_of_school(found.school) + timedelta(days=USUAL_DAYS)
    form = CaseAnswerForm(
        request.POST if request.method == "POST" else None,
        initial={"until_on": usual},
        found=[(key, f"{name_of_learner(one)}, {one.program_title}") for key, one in records.items()],
    )
    if form.is_bound and form.is_valid():
        given = dict(form.cleaned_data)
        record = records.get(given.pop("record"))
        try:
            if record is None and not given["words"]:
                raise ValidationError(_("Choose a record to open, or say why none is."))
            services.answer_case(case=found, by=user, record=record, **given)
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, _("Answered. The board is told."))
            return redirect("verification:case_answer", uuid=uuid)
    context = {
        "case": found,
        "state": state_of_case(found),
        "answer": getattr(found, "answer", None),
        "looks": found.looks.select_related("by").order_by("-at")[:200],
        "form": form,
        "query": query,
        "found": records,
        "signs": has_role(user, found.school_id, *SIGNER_ROLES),
    }
    return private(render(request, "verification/case_answer.html", context, status=422 if form.is_bound else 200))


def _records(case: Case, query: str) -> list[TrainingRecord]:
    """The school's records that fit a name, an address or the code of a certificate."""
    records = TrainingRecord.objects.filter(school=case.school).select_related("learner__user")
    try:
        return list(records.filter(certificates__code=read_code(query)))
    except ValidationError:  # no code, so a name
        return list(fitting(records, query).order_by("-pk")[:FOUND])
