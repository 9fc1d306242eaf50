"""Check-offs on the desk: find a learner, rate with few taps, plan what follows a failure, ask a supervisor."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import role_required
from accounts.buttons import by_button
from accounts.selectors import has_role, schools_of

from ..access_competencies import failed_checkoff, placement_to_evaluate, record_to_check, school_plan
from ..forms.competencies import AskEvaluationForm, RemediationForm
from ..models import EvaluationLink, Placement
from ..rules import PASSED
from ..selectors import name_of_learner, records_to_place
from ..selectors.competencies import (
    KEEPING_ROLES,
    RATING_ROLES,
    CompetencyLine,
    Sheet,
    counted_passes,
    open_plans,
    plan_of,
    sheet_of,
    unplanned,
    who_can_evaluate,
)
from ..services import Rating, finish_remediation, rate, refusal_in_words
from .replies import asked, page_of, say, status_of, today_at
from .sure import ask_once_more


@role_required(*KEEPING_ROLES)
@require_safe
def checkoffs(request: HttpRequest) -> HttpResponse:
    """Find the learner who is to be rated; above, the failures that wait for a plan and the plans that are not done."""
    schools = list(schools_of(request.user, *KEEPING_ROLES))  # type: ignore[arg-type]
    query, _state = asked(request)
    page = page_of(request, records_to_place(schools, query))
    passes = counted_passes(list(page.object_list))
    for record in page.object_list:
        record.passes = passes.get(record.pk, 0)
    return render(
        request,
        "externships/checkoffs_desk.html",
        {
            "page_obj": page,
            "query": query,
            "plans": open_plans(schools),
            "unplanned": unplanned(schools),
            "today": today_at(schools[0]),
        },
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def sheet(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """A learner's competencies, to rate."""
    record = record_to_check(request.user, uuid)  # type: ignore[arg-type]
    user: Any = request.user
    found = sheet_of(record)
    rates = has_role(user, record.school_id, *RATING_ROLES) and record.sealed_at is None
    errors: dict[str, list[str]] = {}
    if request.method == "POST" and rates:
        given = [
            Rating(line.version.uuid, value, request.POST.get(f"words-{line.version.uuid}", ""))
            for line in found.kept
            if (value := request.POST.get(f"rate-{line.version.uuid}", ""))
        ]
        try:
            if not given:
                raise ValidationError(_("Rate at least one competency."))
            where = _uuid(request.POST.get("placement", ""))
            placement = Placement.objects.filter(record=record, uuid=where).first() if where else None
            made = rate(
                record=record, ratings=given, by=user, placement=placement, key=_uuid(request.POST.get("key", ""))
            )
        except ValidationError as error:
            errors = error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}
        else:
            messages.success(
                request,
                ngettext("Noted: %(count)s competency.", "Noted: %(count)s competencies.", len(made))
                % {"count": len(made)},
            )
            return redirect("externships:desk_checkoff_sheet", uuid=uuid)
    return render(
        request,
        "externships/checkoffs_sheet.html",
        {
            "record": record,
            "sheet": found,
            "groups": _groups(found, request, errors, rates),
            "errors": errors,
            "rates": rates,
            "key": request.POST.get("key") or uuid4(),
            "placements": list(
                record.placements.filter(state__in=Placement.TAKES_A_PLACE)
                .select_related("site__organisation")
                .order_by("-starts_on")
            ),
            "placement": request.POST.get("placement", ""),
            "today": today_at(record.school),
        },
        status=422 if errors else 200,
    )


def _groups(
    found: Sheet, request: HttpRequest, errors: dict[str, list[str]], rates: bool
) -> list[tuple[str, list[dict[str, Any]]]]:
    """Lines by technique as the page shows them, with what was typed and what was refused; what is passed comes last."""
    user: Any = request.user

    def in_turn(lines: list[CompetencyLine]) -> list[CompetencyLine]:
        return sorted(lines, key=lambda line: line.standing.state == PASSED)

    return [
        (technique, [_row(line, line.refuses(user), request, errors, rates) for line in in_turn(lines)])
        for technique, lines in found.groups
    ]


def _row(
    line: CompetencyLine, reason: str, request: HttpRequest, errors: dict[str, list[str]], rates: bool
) -> dict[str, Any]:
    uuid = line.version.uuid
    return {
        "line": line,
        "name": f"rate-{uuid}",
        "reason": refusal_in_words(line, reason) if reason else "",
        "open": rates and not reason,
        "value": request.POST.get(f"rate-{uuid}", ""),
        "words": request.POST.get(f"words-{uuid}", ""),
        "errors": [*errors.get(f"rate-{uuid}", []), *errors.get(f"words-{uuid}", [])],
        "plan": plan_of(line.last) if line.last else None,
    }


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The plan after a failed check-off."""
    failed = failed_checkoff(request.user, uuid)  # type: ignore[arg-type]
    there = plan_of(failed)
    form = RemediationForm(request.POST or None, failed=failed, plan=there, by=request.user)  # type: ignore[arg-type]
    if request.method == "POST" and form.is_valid() and form.save() is not None:
        messages.success(request, _("Planned. When it is done, note it here; then somebody else rates her again."))
        return redirect("externships:desk_checkoff_sheet", uuid=failed.record.uuid)
    return render(
        request,
        "externships/checkoffs_plan.html",
        {"form": form, "failed": failed, "plan": there, "name": name_of_learner(failed.record)},
        status=status_of(form),
    )


def _sheet_of_plan(request: HttpRequest, uuid: UUID) -> str:
    found = school_plan(request.user, uuid)  # type: ignore[arg-type]
    return reverse("externships:desk_checkoff_sheet", args=[found.failed.record.uuid])


@login_required
@by_button(_sheet_of_plan)
def plan_done(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Note that a plan is done."""
    found = school_plan(request.user, uuid)  # type: ignore[arg-type]
    page = ask_once_more(
        request,
        title=_("Was the practice done?"),
        words=_("Then somebody else than before can rate her again. It cannot be taken back."),
        button=_("Note it as done"),
        back=reverse("externships:desk_remediation", args=[found.failed.uuid]),
    )
    if page is not None:
        return page
    try:
        finish_remediation(plan=found, by=request.user)  # type: ignore[arg-type]
    except ValidationError as error:
        say(request, error)
    else:
        messages.success(request, _("Done. Somebody else than before can rate her again now."))
    return redirect("externships:desk_checkoff_sheet", uuid=found.failed.record.uuid)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Ask a supervisor of a placement to rate or evaluate its learner; for the learner and the school."""
    placement = placement_to_evaluate(request.user, uuid)  # type: ignore[arg-type]
    own = placement.record.learner.user_id == request.user.pk
    lines = [line for line in sheet_of(placement.record).kept if line.standing.state in {"open", "retest"}]
    supervisors = who_can_evaluate(placement, today_at(placement.site.organisation))
    form = AskEvaluationForm(
        request.POST or None,
        placement=placement,
        supervisors=supervisors,
        lines=lines,
        by=request.user,  # type: ignore[arg-type]
        initial={"purpose": EvaluationLink.Purpose.CHECKOFF},
    )
    if request.method == "POST" and form.is_valid():
        link = form.save()
        if link is not None:
            messages.success(
                request, _("Asked. %(name)s gets one e-mail with a link.") % {"name": link.supervisor.name}
            )
            if own:
                return redirect("externships:competencies")
            return redirect("externships:desk_checkoff_sheet", uuid=placement.record.uuid)
    return render(
        request,
        "externships/checkoffs_ask.html",
        {
            "form": form,
            "placement": placement,
            "own": own,
            "supervisors": supervisors,
            "name": name_of_learner(placement.record),
        },
        status=status_of(form),
    )
