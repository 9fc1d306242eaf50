"""Practical examinations on the desk: kinds, planning, an examiner's own sheet, the result."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import require_role, role_required
from accounts.buttons import by_button
from accounts.selectors import has_role, holders_of, schools_of

from ..access_competencies import record_to_examine, school_practical, school_practical_kind
from ..forms.competencies import PlanPracticalForm, PracticalKindForm
from ..models import Practical, PracticalKind, PracticalSheet
from ..selectors import PLACING_ROLES, name_of_learner, records_to_place
from ..selectors.competencies import KEEPING_ROLES, versions_in_use
from ..selectors.practical import kinds_of, marked_items, percent_of, practicals_of, result_row, state_of, to_mark
from ..services import cancel_practical, save_sheet
from .replies import asked, page_of, say, status_of, today_at
from .sure import ask_once_more


@role_required(*KEEPING_ROLES)
@require_safe
def practicals(request: HttpRequest) -> HttpResponse:
    """The examinations that this person marks; for those who plan, all of their schools."""
    user = request.user
    placing = list(schools_of(user, *PLACING_ROLES))  # type: ignore[arg-type]
    state = request.GET.get("state", "planned")
    page = page_of(request, practicals_of(placing, state=state))
    return render(
        request,
        "externships/practical_desk.html",
        {
            "sheets": list(to_mark(user)),  # type: ignore[arg-type]
            "placing": bool(placing),
            "page_obj": page,
            "rows": [(one, state_of(one)) for one in page.object_list],
            "kinds": kinds_of(placing),
            "state": state,
        },
    )


@role_required(*PLACING_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def new_kind(request: HttpRequest) -> HttpResponse:
    """Write down a kind of examination."""
    return _kind(request, None)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def kind(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Change a kind of examination."""
    return _kind(request, school_practical_kind(request.user, uuid))  # type: ignore[arg-type]


def _kind(request: HttpRequest, found: PracticalKind | None) -> HttpResponse:
    schools = [found.school] if found else list(schools_of(request.user, *PLACING_ROLES))  # type: ignore[arg-type]
    versions = [version for school in schools for version in versions_in_use(school)]
    codes = list({version.competency.code: version.title for version in versions}.items())
    form = PracticalKindForm(request.POST or None, schools=schools, codes=codes, kind=found, by=request.user)  # type: ignore[arg-type]
    if request.method == "POST" and form.is_valid() and form.save() is not None:
        messages.success(request, _("Saved. What is planned already keeps what stood here."))
        return redirect("externships:desk_practicals")
    return render(request, "externships/practical_kind.html", {"form": form, "kind": found}, status=status_of(form))


@role_required(*PLACING_ROLES)
@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """Find the learner who is to be examined."""
    schools = list(schools_of(request.user, *PLACING_ROLES))  # type: ignore[arg-type]
    query, _state = asked(request)
    page = page_of(request, records_to_place(schools, query))
    return render(request, "externships/practical_find.html", {"page_obj": page, "query": query})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Plan an examination of a learner."""
    record = record_to_examine(request.user, uuid)  # type: ignore[arg-type]
    kinds = [one for one in kinds_of([record.school]) if one.retired_at is None]
    form = PlanPracticalForm(
        request.POST or None,
        record=record,
        kinds=kinds,
        examiners=[user for user in holders_of(record.school, "instructor") if user.pk != record.learner.user_id],
        by=request.user,  # type: ignore[arg-type]
        today=today_at(record.school),
    )
    if request.method == "POST" and form.is_valid():
        made = form.save()
        if made is not None:
            messages.success(request, _("Planned. Both examiners find their sheets under Practical examinations."))
            return redirect("externships:desk_practical", uuid=made.uuid)
    return render(
        request,
        "externships/practical_plan.html",
        {"form": form, "record": record, "name": name_of_learner(record), "kinds": kinds},
        status=status_of(form),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def practical(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One examination: for an examiner her own sheet, for all who may see it the result once both are in."""
    found = school_practical(request.user, uuid)  # type: ignore[arg-type]
    own = next((sheet for sheet in found.sheets.all() if sheet.examiner_id == request.user.pk), None)
    errors: dict[str, list[str]] = {}
    if request.method == "POST" and own is not None:
        hand_in = request.POST.get("do") == "hand_in"
        try:
            if hand_in and request.POST.get("sure") != "yes":
                raise ValidationError(
                    {"sure": _("Tick the sentence if your sheet is done. Until then nothing is handed in.")}
                )
            sheet = save_sheet(
                sheet=own,
                marks=_marks(request, found),
                words=request.POST.get("words", ""),
                by=request.user,  # type: ignore[arg-type]
                hand_in=hand_in,
            )
        except ValidationError as error:
            errors = error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}
        else:
            said = _("Handed in. It stays as it is.") if sheet.handed_in_at else _("Kept. Nobody sees it but you.")
            messages.success(request, said)
            return redirect("externships:desk_practical", uuid=uuid)
    result = result_row(found)
    return render(
        request,
        "externships/practical_one.html",
        {
            "practical": found,
            "name": name_of_learner(found.record),
            "state": state_of(found),
            "own": own,
            "rows": _rows(request, found, own, errors) if own and own.handed_in_at is None else [],
            "errors": errors,
            "words": request.POST.get("words", own.words if own else ""),
            "sure": request.POST.get("sure") == "yes",
            "result": result,
            "percent": percent_of(result) if result else None,
            "items": marked_items(found),
            "sheets": [
                (sheet.examiner.get_full_name(), sheet.handed_in_at, sheet.words if result else "")
                for sheet in found.sheets.all()
            ],
            "plans": has_role(request.user, found.record.school_id, *PLACING_ROLES),  # type: ignore[arg-type]
            "today": today_at(found.record.school),
        },
        status=422 if errors else 200,
    )


def _marks(request: HttpRequest, found: Practical) -> dict[str, int]:
    typed = {item["code"]: request.POST.get(f"mark-{item['code']}", "") for item in found.items}
    return {code: int(mark) for code, mark in typed.items() if mark.isdecimal() and len(mark) == 1}


def _rows(
    request: HttpRequest, found: Practical, own: PracticalSheet, errors: dict[str, list[str]]
) -> list[dict[str, object]]:
    typed = request.method == "POST"
    return [
        {
            "item": item,
            "value": request.POST.get(f"mark-{item['code']}", "") if typed else str(own.marks.get(item["code"], "")),
            "errors": errors.get(f"mark-{item['code']}", []),
        }
        for item in found.items
    ]


@login_required
@by_button("externships:desk_practical", "uuid")
def cancel(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Call an examination off; for those who plan, not for its examiners."""
    found = school_practical(request.user, uuid)  # type: ignore[arg-type]
    require_role(request.user, found.record.school_id, *PLACING_ROLES)  # type: ignore[arg-type]
    page = ask_once_more(
        request,
        title=_("Call this examination off?"),
        words=_(
            "Nothing is decided by it any more, and what the examiners marked so far is lost. You can plan another one."
        ),
        button=_("Call it off"),
        back=reverse("externships:desk_practical", args=[uuid]),
    )
    if page is not None:
        return page
    try:
        cancel_practical(practical=found, by=request.user)  # type: ignore[arg-type]
    except ValidationError as error:
        say(request, error)
    else:
        messages.success(request, _("Called off."))
    return redirect("externships:desk_practicals")
