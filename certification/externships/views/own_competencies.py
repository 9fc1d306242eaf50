"""The learner's own page of competencies, and what she says of her sites."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from .. import rules
from ..access import own_placement
from ..models import Placement
from ..selectors.competencies import (
    evaluation_state,
    evaluations_of_placement,
    form_in_use,
    own_records,
    sheet_of,
    sites_to_evaluate,
    today_there,
)
from ..selectors.practical import marked_items, own_practicals, percent_of, result_row, state_of
from ..services import evaluate_site


@login_required
@require_safe
def competencies(request: HttpRequest) -> HttpResponse:
    """Everything that a learner must show, and how she stands; her examinations and evaluations.

    The newest record that is not sealed, or the one that the address names.
    """
    records = own_records(request.user)  # type: ignore[arg-type]
    asked = request.GET.get("record", "")
    record = next((one for one in records if str(one.uuid) == asked), records[0] if records else None)
    if record is None:
        return render(request, "externships/competencies_own.html", {"record": None})
    now = timezone.now()
    placements = [one for one in sites_to_evaluate(request.user) if one.record_id == record.pk]  # type: ignore[arg-type]
    links = [(link, evaluation_state(link, now)) for one in placements for link in evaluations_of_placement(one)]
    return render(
        request,
        "externships/competencies_own.html",
        {
            "record": record,
            "records": records,
            "sheet": sheet_of(record),
            "placements": placements,
            "open_placements": [one for one in placements if one.state in Placement.LIVE],
            "sites": [
                one
                for one in placements
                if one.state in Placement.TAKES_A_PLACE and today_there(one, now) >= one.starts_on
            ],
            "links": links,
            "practicals": [
                {
                    "practical": practical,
                    "state": state_of(practical),
                    "items": marked_items(practical),
                    "percent": percent_of(result) if (result := result_row(practical)) else None,
                    "safe": result.safe if result else None,
                    "words": [sheet.words for sheet in practical.sheets.all() if result and sheet.words],
                }
                for practical in own_practicals(record)
            ],
        },
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def site(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What a learner says of the site of a placement, once."""
    placement = own_placement(request.user, uuid)  # type: ignore[arg-type]
    said = getattr(placement, "site_evaluation", None)
    form = said.form if said else form_in_use(placement.record.school_id, "site")
    if form is None or placement.state not in Placement.TAKES_A_PLACE:
        raise Http404
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        typed = {item["code"]: request.POST.get(f"mark-{item['code']}", "") for item in form.items}
        marks = {code: int(mark) for code, mark in typed.items() if mark.isdecimal() and len(mark) < 3}
        try:
            evaluate_site(
                placement=placement,
                form=form,
                marks=marks,
                words=request.POST.get("words", ""),
                by=request.user,  # type: ignore[arg-type]
            )
        except ValidationError as error:
            errors = error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}
        else:
            messages.success(
                request, _("Thank you. The school reads it without your name, once three learners have answered.")
            )
            return redirect("externships:competencies")
    rows = [
        {
            "code": item["code"],
            "text": item["text"],
            "value": str(said.marks.get(item["code"])) if said else request.POST.get(f"mark-{item['code']}", ""),
            "errors": errors.get(f"mark-{item['code']}", []),
        }
        for item in form.items
    ]
    return render(
        request,
        "externships/competencies_site.html",
        {
            "placement": placement,
            "form": form,
            "said": said,
            "rows": rows,
            "errors": errors,
            "words": request.POST.get("words", ""),
            "least": rules.LEAST,
        },
        status=422 if errors else 200,
    )
